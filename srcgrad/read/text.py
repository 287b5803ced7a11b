"""The text of a function: the lines of its file, and the one definition in them that gives its code.

A definition is trusted only where compiling it gives the function's own code object again.  That tells apart
several lambdas on one line, and refuses a file that was edited after it was imported.
"""

from __future__ import annotations

import __future__ as future_features  # isort: skip
import ast
import inspect
import linecache
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FunctionType

from srcgrad.errors import Location, SourceError

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_OwnScope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

# What `from __future__` can switch on leaves its mark on every function's code.
_FUTURE_FLAGS = 0
for _feature in future_features.all_feature_names:
    _FUTURE_FLAGS |= getattr(future_features, _feature).compiler_flag

# No file has so many lines: the lambdas of one line are told apart by line numbers from here on.
_BEYOND_ANY_FILE = 10_000_000

# Trees of files are shared, and their line numbers change for moments: who uses them holds this.
trees_in_use = threading.Lock()


@dataclass(frozen=True)
class Definition:
    """A function's definition in the tree of its file, and what only its surroundings tell.

    ``surroundings`` are the file's outermost statement around it behind the file's imports, ``class_name`` is the
    class whose body it stands in (at any depth) and ``assigned_name`` the name to which a lambda is assigned at once.
    """

    node: FunctionNode
    surroundings: tuple[ast.stmt, ...]
    class_name: str | None = None
    assigned_name: str | None = None


def file_lines(function: FunctionType) -> tuple[str, ...]:
    """All lines of the file that a function was defined in; notebooks, prompts and doctests count as files."""
    filename = function.__code__.co_filename
    linecache.checkcache(filename)
    lines = linecache.getlines(filename, function.__globals__)
    if not lines:
        lines = _lines_by_inspection(function)
    if not lines:
        raise SourceError(
            f"the source text of {function.__qualname__} cannot be found: Python has no text for {filename}",
            advice=_advice_without_text(filename),
        )
    return tuple(line.rstrip("\n") for line in lines)


def find_definition(function: FunctionType, lines: tuple[str, ...]) -> Definition:
    """The definition in these lines that gives the function's code; SourceError where none does.

    The caller holds `trees_in_use`, and goes on to hold it while it uses the definition.
    """
    code = function.__code__
    try:
        module = _parse("\n".join(lines) + "\n", code.co_filename)
    except SyntaxError as error:
        raise _changed(function, lines) from error
    candidates = list(_candidates(module, code))
    matching = [found for found in candidates if _gives(found, code)]
    if not matching:
        raise _changed(function, lines)
    # Candidates with the same code mean the same; the columns tell which one to show in messages.
    return next((found for found in matching if _holds_positions(found.node, code)), matching[0])


@lru_cache(maxsize=8)
def _parse(text: str, filename: str) -> ast.Module:
    """The tree of a whole file (IPython allows ``await`` outside functions)."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    module = compile(text, filename, "exec", flags, dont_inherit=True)
    assert isinstance(module, ast.Module)
    return module


def _lines_by_inspection(function: FunctionType) -> list[str]:
    """The lines as `inspect` finds them: it knows more of this Python's prompt than `linecache` tells."""
    try:
        return list(inspect.findsource(function)[0])
    except (OSError, IndexError):
        return []


def _candidates(module: ast.Module, code: CodeType) -> Iterator[Definition]:
    """The definitions that start where the code says it starts, in the order of the text."""
    imports = tuple(_imports(module))
    for statement in module.body:
        # Python compiles a call of an imported module's attribute in its own way.
        surroundings = (*imports, statement)
        yield from _candidates_in(statement, surroundings, code, None, None)


def _candidates_in(
    node: ast.AST,
    surroundings: tuple[ast.stmt, ...],
    code: CodeType,
    class_name: str | None,
    assigned_name: str | None,
) -> Iterator[Definition]:
    """The candidates in one part of an outermost statement."""
    if not _first_line(node) <= code.co_firstlineno <= getattr(node, "end_lineno", code.co_firstlineno):
        return
    if isinstance(node, FunctionNode):
        name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
        if name == code.co_name and _first_line(node) == code.co_firstlineno:
            yield Definition(node, surroundings, class_name, assigned_name)
    inside = node.name if isinstance(node, ast.ClassDef) else class_name
    for child in ast.iter_child_nodes(node):
        yield from _candidates_in(child, surroundings, code, inside, _assigned_name(node, child))


def _imports(scope: ast.AST) -> Iterator[ast.stmt]:
    """The imports of a module's own scope."""
    for child in ast.iter_child_nodes(scope):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif isinstance(child, ast.stmt | ast.excepthandler) and not isinstance(child, _OwnScope):
            yield from _imports(child)


def _assigned_name(parent: ast.AST, child: ast.AST) -> str | None:
    """The name that an assignment gives to its whole right side, where ``child`` is that."""
    match parent:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is child:
            return name
        case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is child:
            return name
        case ast.NamedExpr(target=ast.Name(id=name), value=value) if value is child:
            return name
        case _:
            return None


def _first_line(node: ast.AST) -> int:
    """Where a part of a file starts: a definition at its first decorator; 0 for a part without a place of its own."""
    if isinstance(node, _OwnScope) and node.decorator_list:
        return node.decorator_list[0].lineno
    return getattr(node, "lineno", 0)


def _gives(found: Definition, code: CodeType) -> bool:
    """Whether compiling a definition, in its surroundings, gives this code again."""
    compiled = _compiled(found, code)
    if _rewritten_by_pytest(code):
        return compiled is not None and _is_part_of(compiled, code)
    return compiled is not None and _bare(compiled) == _bare(code)


def _compiled(found: Definition, code: CodeType) -> CodeType | None:
    """The code object of a definition, compiled in its surroundings; without asserts where pytest rewrote them."""
    flags = (code.co_flags & _FUTURE_FLAGS) | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    optimize = 1 if _rewritten_by_pytest(code) else -1
    with _moved_out_of_the_file(found.node):
        module = ast.Module(list(found.surroundings), [])
        outermost = compile(module, code.co_filename, "exec", flags, dont_inherit=True, optimize=optimize)
    line = code.co_firstlineno + _BEYOND_ANY_FILE
    return next(
        (part for part in _codes_in(outermost) if part.co_firstlineno == line and part.co_name == code.co_name), None
    )


@contextmanager
def _moved_out_of_the_file(node: FunctionNode) -> Iterator[None]:
    """Give a definition lines of its own for a while, which make its code easy to find among the others.

    All of its lines move, since Python compiles what shares a line in its own way; but not a lambda's defaults, which
    may hold lambdas too.
    """
    _move(node, _BEYOND_ANY_FILE)
    try:
        yield
    finally:
        _move(node, -_BEYOND_ANY_FILE)


def _move(node: FunctionNode, lines: int) -> None:
    """Add to the line numbers of a definition."""
    ast.increment_lineno(node, lines)
    if isinstance(node, ast.Lambda):
        ast.increment_lineno(node.args, -lines)


def _codes_in(code: CodeType) -> Iterator[CodeType]:
    """A code object and all that are nested in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes_in(constant)


def _bare(code: CodeType) -> CodeType:
    """The code without its place in a file: equal for equal programs."""
    constants = tuple(_bare(value) if isinstance(value, CodeType) else value for value in code.co_consts)
    return code.replace(co_consts=constants, co_filename="", co_firstlineno=1, co_linetable=b"", co_qualname="")


def _holds_positions(node: FunctionNode, code: CodeType) -> bool:
    """Whether all instructions of the code were made from text inside this definition."""
    start, end = (node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0)
    return all(start <= (line, column) < end for line, _, column, _ in code.co_positions() if line and column)


def _rewritten_by_pytest(code: CodeType) -> bool:
    """Whether pytest replaced assert statements in this code, or in a function inside it, as it imported the file."""
    return any(
        name.startswith(("@py_", "@pytest_")) for part in _codes_in(code) for name in part.co_names + part.co_varnames
    )


def _is_part_of(compiled: CodeType, code: CodeType) -> bool:
    """Whether the code has all names and constants of ``compiled``, its text less what pytest replaced."""
    numbers = {(type(value), repr(value)) for value in code.co_consts if not isinstance(value, CodeType)}
    return (
        compiled.co_argcount == code.co_argcount
        and compiled.co_varnames[: compiled.co_argcount] == code.co_varnames[: code.co_argcount]
        and set(compiled.co_names) <= set(code.co_names)
        and set(compiled.co_varnames) <= set(code.co_varnames)
        and set(compiled.co_freevars) <= set(code.co_freevars)
        and all(
            value is None or isinstance(value, CodeType) or (type(value), repr(value)) in numbers
            for value in compiled.co_consts
        )
    )


def _changed(function: FunctionType, lines: tuple[str, ...]) -> SourceError:
    """The refusal of a text that is not the function's."""
    code = function.__code__
    line = code.co_firstlineno
    text = lines[line - 1] if line <= len(lines) else ""
    return SourceError(
        f"the text at this place is no longer that of {function.__qualname__}",
        location=Location(code.co_filename, line, 0, len(text), text),
        advice="the file was edited after it was imported, or rewritten as it was imported; "
        "import it again (importlib.reload) or start Python anew",
    )


def _advice_without_text(filename: str) -> str:
    """What to do about a function without text, by where it came from."""
    if filename == "<stdin>":
        return "define the function in a file, a notebook or IPython; Python's own prompt keeps the text from 3.13 on"
    if filename.startswith("<"):
        return (
            "define the function in a file or a notebook; for text given to exec, compile it under a name of its own "
            "and set linecache.cache[name] = (len(text), None, text.splitlines(True), name)"
        )
    return "install the package with its .py files, or register a rule for the function"
