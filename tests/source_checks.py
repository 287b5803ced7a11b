"""What a reader would object to in a generated module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

# Text that no person writes: additions of nothing, multiplications by one.
CLUMSY = (
    r"\+ 0(?![.\w])",
    r"\+ 0\.0(?!\d)",
    r"(?<![\w.])1\.0 \* ",
    r" \* 1\.0(?!\d)",
    r" / 1\.0(?!\d)",
    r"-\(-",
    r"\+ -",
)


# An adjoint that is an integer of the program's, made a float; a constant argument of the user's, written out.
KEEPS_FLOAT = re.compile(r"\w+_bar = 1\.0 \* [^ ]+")
USERS_CONSTANT = re.compile(r"\w+_value = .*")


def objections(text: str, primal: str = "") -> list[str]:
    """What is wrong with generated source: it does not compile, or it carries what nobody would write.

    ``primal`` is the user's own text; what stands there may stand in the generated source too.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        return [f"does not compile: {error}"]
    found = [f"line is too long: {line.strip()[:40]}..." for line in text.splitlines() if len(line) > 120]
    ours = primal.replace(" ", "")
    for line in text.splitlines():
        code = line.split("#")[0].strip()
        if KEEPS_FLOAT.fullmatch(code) or USERS_CONSTANT.fullmatch(code):
            continue
        for pattern in CLUMSY:
            if re.search(pattern, code) and code.replace(" ", "") not in ours:
                found.append(f"clumsy: {code}")
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            found += [f"{function.name}: {name} is assigned and never read" for name in never_read(function, primal)]
            found += [f"{function.name}: {name} is read and never assigned" for name in never_assigned(function)]
    return found


def never_read(function: ast.FunctionDef, primal: str) -> Iterator[str]:
    """Local names that a function assigns and nobody reads, but for those of the user's own text."""
    read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    for name in sorted(plainly_assigned(function) - read):
        # Where nobody reads a variable of the user's, nobody reads its tangent.
        value = re.sub(r"_dot_*$", "", name)
        if value != name and value in read:
            value = name
        if not re.search(rf"\b{re.escape(value)}\b", primal) and name != "_":
            yield name


def plainly_assigned(function: ast.FunctionDef) -> set[str]:
    """Names that stand alone on the left of an assignment; loop variables and parts of tuples may go unread."""
    assigned: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            assigned |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            assigned.add(node.target.id)
    return assigned


def never_assigned(function: ast.FunctionDef) -> Iterator[str]:
    """Adjoints and tapes that are read with no assignment anywhere in the function."""
    stored = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    stored |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    stored |= {node.name for node in ast.walk(function) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in stored:
            if re.search(r"_(bar|tape|dot)_*$", node.id):
                yield node.id
