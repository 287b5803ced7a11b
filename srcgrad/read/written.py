"""Functions made of trees: what a pass cuts out of a function is called and read like a function of the user's."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FunctionType

import gast

from srcgrad.read.function import FunctionSource, remember
from srcgrad.syntax.tree import copy_tree


def function_of(tree: gast.FunctionDef, source: FunctionSource) -> FunctionType:
    """A function whose definition is ``tree``, and whose free names are those of the function of ``source``.

    Its code has the lines of the user's file, so that tracebacks and errors point there.
    """
    origin = source.function
    captured = origin.__code__.co_freevars
    definition = gast.fix_missing_locations(gast.copy_location(copy_tree(tree), source.tree))
    body: list[gast.stmt] = [definition]
    if captured:
        cells = gast.Assign(
            [gast.Name(name, gast.Store(), None, None) for name in captured], gast.Constant(None, None), None
        )
        outer = gast.FunctionDef("outer", _no_arguments(), [cells, definition], [], None, None, [])
        body = [gast.fix_missing_locations(gast.copy_location(outer, source.tree))]
    module = compile(gast.gast_to_ast(gast.Module(body, [])), source.filename, "exec", dont_inherit=True)
    code = next(item for item in _codes(module) if item.co_name == tree.name)
    closure = tuple((origin.__closure__ or ())[captured.index(name)] for name in code.co_freevars)
    made = FunctionType(code, origin.__globals__, tree.name, None, closure)
    remember(made, definition, source.lines)
    return made


def _no_arguments() -> gast.arguments:
    return gast.arguments([], [], None, [], [], None, [])


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and all inside it."""
    yield code
    for item in code.co_consts:
        if isinstance(item, CodeType):
            yield from _codes(item)
