"""Make a failing program smaller: drop statements and parts of expressions while it still fails in the same way."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

Interesting = Callable[[str], bool]


def reduced(text: str, interesting: Interesting, attempts: int = 600) -> str:
    """The smallest text found for which ``interesting`` still holds, within so many attempts."""
    best = ast.unparse(ast.parse(text))
    left = attempts
    progress = True
    while progress and left > 0:
        progress = False
        for candidate in smaller(best):
            left -= 1
            if left <= 0:
                break
            if len(candidate) < len(best) and interesting(candidate):
                best, progress = candidate, True
                break
    return best


def smaller(text: str) -> Iterator[str]:
    """The program with one part left out, large parts first."""
    count = len(list(edits(ast.parse(text))))
    for number in range(count):
        tree = ast.parse(text)
        list(edits(tree))[number]()
        try:
            yield ast.unparse(ast.fix_missing_locations(tree))
        except (ValueError, AttributeError):
            continue


def edits(tree: ast.AST) -> Iterator[Callable[[], None]]:
    """Ways to make a tree smaller in place; only one of them is to be applied."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                for position, statement in enumerate(block):
                    yield lambda block=block, position=position: drop(block, position)
                    inner = getattr(statement, "body", None)
                    if isinstance(inner, list) and not isinstance(statement, ast.FunctionDef):
                        yield lambda block=block, position=position, inner=inner: unwrap(block, position, inner)
                if field == "orelse" and block:
                    yield lambda block=block: block.clear()
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            members = value if isinstance(value, list) else [value]
            for position, member in enumerate(members):
                for part in parts(member):
                    yield lambda parent=parent, field=field, value=value, position=position, part=part: put(
                        parent, field, value, position, part
                    )


def parts(node: object) -> list[ast.expr]:
    """Parts of an expression that may stand in its place."""
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.BoolOp(values=values):
            return list(values)
        case ast.Call(args=args) if args:
            return [arg for arg in args if not isinstance(arg, ast.Starred)]
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.Compare():
            return [ast.Constant(True), ast.Constant(False)]
        case ast.Subscript(value=value, ctx=ast.Load()):
            return [value]
    return []


def put(parent: ast.AST, field: str, value: object, position: int, part: ast.expr) -> None:
    """Set a child of a node to a part of it."""
    if isinstance(value, list):
        value[position] = part
    else:
        setattr(parent, field, part)


def drop(block: list[ast.stmt], position: int) -> None:
    """Leave out one statement."""
    block[position : position + 1] = [] if len(block) > 1 else [ast.Pass()]


def unwrap(block: list[ast.stmt], position: int, inner: list[ast.stmt]) -> None:
    """Put the body of a compound statement in its place."""
    block[position : position + 1] = inner
