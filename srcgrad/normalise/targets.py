"""Expressions that are written into: parts of variables, or copies of elements, where what is written is lost."""

from __future__ import annotations

from collections.abc import Mapping

import gast

from srcgrad.kind import Array, Kind, Scalar


def is_part_of_variable(node: gast.expr, kinds: Mapping[gast.AST, Kind]) -> bool:
    """Whether an array is (a part of) a variable's: ``x``, ``x[1:]`` and ``state.x[i].T``, but not ``x[[0, 1]]``."""
    while isinstance(node, gast.Subscript | gast.Attribute):
        if isinstance(node, gast.Subscript) and isinstance(kinds.get(node.value), Array):
            if not _gives_a_view(node.slice, kinds):
                return False
        node = node.value
    return isinstance(node, gast.Name)


def _gives_a_view(index: gast.expr, kinds: Mapping[gast.AST, Kind]) -> bool:
    """Whether an array at this index is a part of it, as with integers and slices, and no copy of elements."""
    match index:
        case gast.Tuple(elts=parts):
            return all(_gives_a_view(part, kinds) for part in parts)
        case gast.Slice():
            return True
        case gast.Constant(value=value):
            return value is None or value is Ellipsis or type(value) is int
        case _:
            kind = kinds.get(index)
            return isinstance(kind, Scalar) and kind.dtype != "bool"
