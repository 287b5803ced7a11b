"""Attributes of arrays that show their elements in another way, as what they are.

Before::

    A.flat[k] = v
    z.imag[1:] = w
    r = x.conj()            # where x is real
    A[i][:] = w

After::

    A[k // A.shape[1], k % A.shape[1]] = v
    z[1:] = np.real(z[1:]) + 1j * w
    r = x
    A[i] = w
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gast
import numpy as np

from srcgrad.kind import Array, Kind, Scalar
from srcgrad.normalise.scopes import own_nodes
from srcgrad.syntax.build import add, base_name, binary, call, constant, method, multiply, subscript
from srcgrad.syntax.tree import copy_tree, located_at, with_replaced

_PLAIN = (
    gast.Name, gast.Constant, gast.Slice, gast.Tuple, gast.BinOp, gast.UnaryOp, gast.operator, gast.unaryop,
    gast.expr_context, gast.Attribute, gast.Subscript,
)  # fmt: skip


def plain_parts(
    tree: gast.FunctionDef, kinds: Mapping[gast.AST, Kind], function_of: Callable[[gast.Call], Any]
) -> gast.FunctionDef:
    """The function with ``A.flat``, ``z.real`` and ``z.imag`` read and written as elements of the arrays themselves."""
    parts = _Parts(kinds, function_of)
    replaced: dict[gast.AST, gast.AST] = {}
    for node in own_nodes(tree.body):
        found = parts.statement(node) if isinstance(node, gast.stmt) else parts.expression(node)
        if found is not None:
            replaced[node] = gast.fix_missing_locations(located_at(found, node))
    return with_replaced(tree, replaced) if replaced else tree


class _Parts:
    """What stands for parts of arrays."""

    def __init__(self, kinds: Mapping[gast.AST, Kind], function_of: Callable[[gast.Call], Any]) -> None:
        self.kinds = kinds
        self.function_of = function_of

    # ---- values ----

    def expression(self, node: gast.AST) -> gast.expr | None:
        """The expression in the place of one that is read."""
        match node:
            case gast.Subscript(value=gast.Attribute(value=array, attr="flat"), slice=index, ctx=gast.Load()):
                if not self._is_array(array):
                    return None
                place = self._flat_place(array, index)
                return place or subscript(method(copy_tree(array), "flatten"), copy_tree(index))
            case gast.Attribute(value=array, attr="real", ctx=gast.Load()) if self._is_real(array):
                return copy_tree(array)
            case gast.Call(func=gast.Attribute(value=array, attr="conj" | "conjugate"), args=[], keywords=[]):
                return copy_tree(array) if self._is_real(array) else None
            case gast.Call(args=[array], keywords=[]) if self._is_real(array) and self.function_of(node) is np.real:
                return copy_tree(array)
            case _:
                return None

    # ---- writes ----

    def statement(self, node: gast.stmt) -> gast.stmt | None:
        """The assignment in the place of one to a part."""
        match node:
            case gast.Assign(targets=[target], value=value):
                pass
            case gast.AugAssign(target=target, value=value):
                pass
            case _:
                return None
        index: Any = None
        if isinstance(target, gast.Subscript) and isinstance(target.value, gast.Subscript):
            return _rewritten(node, copy_tree(target.value)) if self._is_whole_view(target) else None
        if isinstance(target, gast.Subscript) and isinstance(target.value, gast.Attribute):
            target, index = target.value, target.slice
        if not isinstance(target, gast.Attribute) or not self._is_array(target.value) or base_name(target) is None:
            return None
        if target.attr == "flat":
            return self._flat(node, target.value, index, value)
        if target.attr in ("real", "imag") and all(isinstance(part, _PLAIN) for part in gast.walk(target)):
            return self._component(node, target.value, target.attr, index, value)
        return None

    def _is_whole_view(self, target: gast.Subscript) -> bool:
        """Whether a target is all of a view: ``A[i][:]``, which is ``A[i]`` where something is assigned."""
        view = target.value
        kind = self.kinds.get(view)
        if not _is_full_slice(target.slice) or not isinstance(kind, Array) or not kind.ndim:
            return False
        parts = view.slice.elts if isinstance(view.slice, gast.Tuple) else [view.slice]
        is_basic = all(isinstance(part, gast.Slice) or self._is_number(part) for part in parts)
        return is_basic and self._is_array(view.value)

    def _is_number(self, index: gast.expr) -> bool:
        kind = self.kinds.get(index)
        return isinstance(kind, Scalar) and kind.dtype.startswith(("int", "uint"))

    def _flat(self, node: Any, array: gast.expr, index: gast.expr | None, value: gast.expr) -> gast.stmt | None:
        given, kind = self.kinds.get(value), self.kinds.get(array)
        assert isinstance(kind, Array)
        is_everything = index is None or _is_full_slice(index)
        if isinstance(node, gast.Assign) and is_everything and isinstance(given, Array | Scalar):
            if isinstance(given, Array) and (given.dims != kind.dims or kind.dims is None):
                value = call("np.resize", copy_tree(value), gast.Attribute(copy_tree(array), "shape", gast.Load()))
            return gast.Assign([_stored(subscript(copy_tree(array), constant(Ellipsis)))], value, None)
        if index is None:
            return None
        place = self._flat_place(array, index)
        if place is None and isinstance(given, Scalar) and isinstance(index, gast.Slice):
            size = gast.Attribute(copy_tree(array), "size", gast.Load())
            shape = gast.Attribute(copy_tree(array), "shape", gast.Load())
            positions = subscript(call("np.arange", size), copy_tree(index))
            place = subscript(copy_tree(array), call("np.unravel_index", positions, shape))
        return None if place is None else _rewritten(node, place)

    def _flat_place(self, array: gast.expr, index: gast.expr) -> gast.Subscript | None:
        """The element at a position in the order of the rows: ``A[k // A.shape[1], k % A.shape[1]]``."""
        kind, at = self.kinds.get(array), self.kinds.get(index)
        ndim = kind.ndim if isinstance(kind, Array) else None
        if ndim is None or not ndim or not all(isinstance(part, _PLAIN) for part in gast.walk(index)):
            return None
        is_number = isinstance(at, Scalar) and at.dtype.startswith(("int", "uint"))
        if ndim == 1:
            return subscript(copy_tree(array), copy_tree(index)) if is_number else None
        if not is_number:
            return None
        shape = gast.Attribute(copy_tree(array), "shape", gast.Load())
        if ndim == 2:
            columns = subscript(shape, 1)
            row, column = (binary(copy_tree(index), operator, columns) for operator in ("//", "%"))
            return subscript(copy_tree(array), row, column)
        size = gast.Attribute(copy_tree(array), "size", gast.Load())
        return subscript(copy_tree(array), call("np.unravel_index", subscript(call("range", size), index), shape))

    def _component(
        self, node: Any, array: gast.expr, part: str, index: gast.expr | None, value: gast.expr
    ) -> gast.stmt | None:
        if index is not None and not all(isinstance(inner, _PLAIN) for inner in gast.walk(index)):
            return None
        written = subscript(copy_tree(array), constant(Ellipsis) if index is None else copy_tree(index))
        if self._is_real(array):
            return _rewritten(node, written) if part == "real" else None
        kind, given = self.kinds.get(array), self.kinds.get(value)
        if not isinstance(kind, Array) or not kind.dtype.startswith("complex"):
            return None
        if not isinstance(given, Array | Scalar) or given.dtype.startswith("complex"):
            return None
        real, imaginary = call("np.real", copy_tree(written)), call("np.imag", copy_tree(written))
        new = copy_tree(value)
        if isinstance(node, gast.AugAssign):
            new = gast.BinOp(real if part == "real" else imaginary, node.op, new)
        if part == "real":
            real = new
        else:
            imaginary = new
        total = add(real, multiply(gast.Constant(1j, None), imaginary))
        return gast.Assign([_stored(written)], total, None)

    def _is_array(self, node: gast.expr) -> bool:
        return isinstance(self.kinds.get(node), Array)

    def _is_real(self, node: gast.expr) -> bool:
        kind = self.kinds.get(node)
        return isinstance(kind, Array) and kind.dtype.startswith(("float", "int"))


def _is_full_slice(index: gast.expr) -> bool:
    match index:
        case gast.Slice(lower=None, upper=None, step=None):
            return True
        case gast.Constant(value=value):
            return value is Ellipsis
        case _:
            return False


def _rewritten(node: Any, place: gast.expr) -> gast.stmt:
    if isinstance(node, gast.AugAssign):
        return gast.AugAssign(_stored(place), node.op, copy_tree(node.value))
    return gast.Assign([_stored(place)], copy_tree(node.value), None)


def _stored(place: gast.expr) -> gast.expr:
    place.ctx = gast.Store()
    return place



