"""From a function object to the tree of its definition."""

from __future__ import annotations

import ast
import inspect
import sys
import weakref
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

import gast

from srcgrad.errors import SourceError, UnsupportedError, located
from srcgrad.read.members import as_free_function
from srcgrad.read.text import Definition, file_lines, find_definition, trees_in_use

# The name of a lambda that is not assigned to one.
ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class FunctionSource:
    """A function and the tree of its definition.

    ``tree`` has no decorators, and its line and column numbers are those of the file, whose lines are ``lines``.
    It is shared between readers: a pass copies it before it changes anything.  A lambda becomes ``def name(...):
    return body``, named after the variable it is assigned to.  The text inside a class is made to mean the same
    outside of it.
    """

    name: str
    tree: gast.FunctionDef
    filename: str
    lines: tuple[str, ...]
    function: FunctionType
    signature: inspect.Signature


@dataclass(frozen=True)
class _Reading:
    """What is read once for a code object, whichever function carries it."""

    tree: gast.FunctionDef
    lines: tuple[str, ...]


# Readings by the identity of code objects (equal code in two files is not the same), dropped with the code.
_readings: dict[int, tuple[weakref.ref[CodeType], _Reading]] = {}


def read_function(function: Any) -> FunctionSource:
    """The source of a Python function.

    Raises SourceError where the text cannot be had or is no longer that of the function, and UnsupportedError
    for ``async def``.
    """
    if not isinstance(function, FunctionType):
        raise SourceError(
            f"{_shown(function)} has no Python source",
            advice="wrap it in a function of yours, such as lambda x: f(x), or register a rule for it",
        )
    reading = _reading(function)
    return FunctionSource(
        name=reading.tree.name,
        tree=reading.tree,
        filename=function.__code__.co_filename,
        lines=reading.lines,
        function=function,
        signature=signature_of(function),
    )


def signature_of(function: FunctionType) -> inspect.Signature:
    """The function's own signature, with annotations evaluated where they can be."""
    if sys.version_info >= (3, 14):
        from annotationlib import Format

        signature = inspect.signature(function, follow_wrapped=False, annotation_format=Format.FORWARDREF)
    else:
        signature = inspect.signature(function, follow_wrapped=False)
    annotations = [parameter.annotation for parameter in signature.parameters.values()]
    if not any(isinstance(annotation, str) for annotation in (*annotations, signature.return_annotation)):
        return signature
    names = {**function.__globals__, **_captured(function)}
    return signature.replace(
        parameters=[
            parameter.replace(annotation=_evaluated(parameter.annotation, names))
            for parameter in signature.parameters.values()
        ],
        return_annotation=_evaluated(signature.return_annotation, names),
    )


def _captured(function: FunctionType) -> dict[str, Any]:
    """The values in the function's closure, as far as they are set."""
    captured: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        try:
            captured[name] = cell.cell_contents
        except ValueError:  # the cell is empty
            continue
    return captured


def _evaluated(annotation: Any, names: dict[str, Any]) -> Any:
    """The value of an annotation that is text, or the text where it has none."""
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, names)
    except Exception:
        # An annotation may name what exists for type checkers only, and is anybody's code: no error of ours.
        return annotation


def _reading(function: FunctionType) -> _Reading:
    """What the function's text says, read at most once for each code object."""
    code = function.__code__
    known = _readings.get(id(code))
    if known is not None and known[0]() is code:
        return known[1]
    lines = file_lines(function)
    with located(code.co_filename, lines), trees_in_use:
        definition = find_definition(function, lines)
        reading = _Reading(_tree(definition, code), lines)
    _remember(code, reading)
    return reading


def remember(function: FunctionType, tree: gast.FunctionDef, lines: tuple[str, ...]) -> None:
    """Let a function that was made of a tree be read as this tree; ``lines`` are those that the tree's nodes name."""
    _remember(function.__code__, _Reading(tree, lines))


def _remember(code: CodeType, reading: _Reading) -> None:
    identity = id(code)
    _readings[identity] = (weakref.ref(code, lambda _: _forget(identity)), reading)


def _forget(identity: int) -> None:
    """Drop the reading of a code object that is gone, unless its identity is in use again."""
    known = _readings.get(identity)
    if known is not None and known[0]() is None:
        del _readings[identity]


def _tree(definition: Definition, code: CodeType) -> gast.FunctionDef:
    """The definition as a gast function without decorators."""
    node = definition.node
    if isinstance(node, ast.AsyncFunctionDef):
        raise UnsupportedError("async functions are not differentiated", node=node, advice="use a plain def")
    tree = gast.ast_to_gast(node)
    if isinstance(tree, gast.Lambda):
        tree = _as_function(tree, definition.assigned_name or ANONYMOUS)
    tree.decorator_list = []
    return as_free_function(tree, definition.class_name, code.co_freevars)


def _as_function(node: gast.Lambda, name: str) -> gast.FunctionDef:
    """A lambda as a function with one return."""
    result = gast.copy_location(gast.Return(node.body), node.body)
    tree = gast.FunctionDef(name, node.args, [result], [], None, None, [])
    return gast.copy_location(tree, node)


def _shown(value: Any) -> str:
    """A callable as messages name it."""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    module = getattr(value, "__module__", None)
    if name is None:
        return repr(value)
    return name if module in (None, "builtins", "__main__") else f"{module}.{name}"
