"""Functions of NumPy that write some elements of an array, as assignments to those elements.

Before::

    np.putmask(a, mask, v)
    np.put_along_axis(A, order, V, axis=1)
    np.fill_diagonal(A, d)
    a.put([0, 3], v)
    np.sqrt(x, out=y, where=mask)

After::

    a[mask] = v[mask]
    A[np.arange(A.shape[0])[:, None], order] = V
    count = min(A.shape)
    for diagonal in range(count):
        A[diagonal, diagonal] = d[diagonal % len(d)]
    given = [0, 3]
    for position in range(len(given)):
        a[given[position]] = v
    y[mask] = np.sqrt(x[mask])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import gast

from srcgrad.kind import Array, Kind, Range, Scalar, SequenceOf, TupleOf
from srcgrad.syntax.build import assign, base_name, binary, call, constant, for_statement, name, subscript
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import copy_tree

Block = list[gast.stmt]


class ElementWrites:
    """The assignments that stand for calls."""

    def __init__(self, kinds: Mapping[gast.AST, Kind], names: Names) -> None:
        self.kinds = kinds
        self.names = names

    def fill_diagonal(self, matrix: gast.expr, value: gast.expr) -> Block | None:
        """``np.fill_diagonal(A, d)``"""
        kind, given = self.kinds.get(matrix), self.kinds.get(value)
        if base_name(matrix) is None or not isinstance(kind, Array) or kind.ndim != 2:
            return None
        item = self._item(given)
        if item is None:
            return None
        before, value = self._held(value)
        position = self.names.fresh("diagonal")
        written = assign(subscript(copy_tree(matrix), name(position), name(position)), item(value, name(position)))
        count = self.names.fresh("count")
        counted = assign(count, call("min", gast.Attribute(copy_tree(matrix), "shape", gast.Load())))
        return [*before, counted, for_statement(position, call("range", name(count)), [written])]

    def put(self, target: gast.expr, indices: gast.expr, value: gast.expr, mode: str = "raise") -> Block | None:
        """``np.put(a, indices, v)`` for an array with one dimension."""
        kind, at = self.kinds.get(target), self.kinds.get(indices)
        if not isinstance(kind, Array) or kind.ndim != 1 or mode not in ("raise", "wrap"):
            return None
        size = gast.Attribute(copy_tree(target), "size", gast.Load())
        if isinstance(at, Scalar):
            place = binary(indices, "%", size) if mode == "wrap" else indices
            is_number = isinstance(self.kinds.get(value), Scalar)
            return [assign(subscript(copy_tree(target), place), value)] if is_number else None

        def at_position(index: gast.expr) -> gast.expr:
            return binary(index, "%", size) if mode == "wrap" else index

        return self._one_by_one(target, indices, value, lambda old, new: new, at_position)

    def at(self, function: gast.expr, target: gast.expr, indices: gast.expr, value: gast.expr | None) -> Block | None:
        """``np.maximum.at(a, indices, v)``: one element after the other, as NumPy has it."""
        if value is None:
            value = gast.Constant(0.0, None)
            return self._one_by_one(
                target, indices, value, lambda old, new: gast.Call(copy_tree(function), [old], [])
            )
        return self._one_by_one(target, indices, value, lambda old, new: gast.Call(copy_tree(function), [old, new], []))

    def _one_by_one(
        self,
        target: gast.expr,
        indices: gast.expr,
        value: gast.expr,
        combine: Callable[[gast.expr, gast.expr], gast.expr],
        at_position: Callable[[gast.expr], gast.expr] = lambda index: index,
    ) -> Block | None:
        kind = self.kinds.get(indices)
        flat = isinstance(kind, Array) and kind.ndim == 1 and kind.dtype.startswith(("int", "uint"))
        listed = isinstance(kind, SequenceOf | Range) and not isinstance(kind, TupleOf)
        if isinstance(kind, SequenceOf):
            listed = isinstance(kind.element, Scalar) and kind.element.dtype.startswith("int")
        given = self.kinds.get(value)
        item = self._item(Scalar("float64") if isinstance(value, gast.Constant) else given)
        if not (flat or listed) or item is None or base_name(target) is None:
            return None
        if isinstance(target, gast.Call):
            return None
        before, indices = self._held(indices)
        more, value = self._held(value)
        position = name(self.names.fresh("position"))
        place = subscript(copy_tree(target), at_position(subscript(indices, position)))
        written = assign(place, combine(copy_tree(place), item(value, position)))
        return [*before, *more, for_statement(position, call("range", call("len", indices)), [written])]

    def _item(self, kind: Kind | None) -> Callable[[gast.expr, gast.expr], gast.expr] | None:
        """How the value at one position is read: a number is the same everywhere, an array starts again at its end."""
        if isinstance(kind, Scalar):
            return lambda value, position: value
        is_listed = isinstance(kind, SequenceOf) and isinstance(kind.element, Scalar)
        if is_listed or (isinstance(kind, Array) and kind.ndim == 1):
            return lambda value, position: subscript(value, binary(position, "%", call("len", value)))
        return None

    def _held(self, value: gast.expr) -> tuple[Block, gast.expr]:
        """A name for a value that is read trip by trip, before any element changes."""
        if isinstance(value, gast.Constant):
            return [], value
        held = self.names.fresh("given")
        kind = self.kinds.get(value)
        if isinstance(kind, Array) and isinstance(value, gast.Name | gast.Subscript | gast.Attribute):
            value = call(gast.Attribute(value, "copy", gast.Load()))
        return [assign(held, value)], name(held)

    # ---- masks ----

    def put_mask(self, target: gast.expr, mask: gast.expr, value: gast.expr) -> Block | None:
        """``np.putmask(a, mask, v)``: each element of v goes to its own place."""
        if not self._is_mask(mask, target):
            return None
        kind, given = self.kinds.get(target), self.kinds.get(value)
        before, mask = self._named(mask)
        if isinstance(given, Array):
            if not self._same_shape(given, kind):
                value = call("np.resize", value, gast.Attribute(copy_tree(target), "shape", gast.Load()))
            value = subscript(value, mask)
        elif not isinstance(given, Scalar):
            return None
        return [*before, assign(subscript(copy_tree(target), mask), value)]

    def place(self, target: gast.expr, mask: gast.expr, value: gast.expr) -> Block | None:
        """``np.place(a, mask, v)``: the elements of v one after the other, again from the start where they end."""
        if not self._is_mask(mask, target):
            return None
        given = self.kinds.get(value)
        before, mask = self._named(mask)
        if isinstance(given, SequenceOf | TupleOf):
            value = call("np.array", value)
        elif not isinstance(given, Array | Scalar):
            return None
        if not isinstance(given, Scalar):
            value = call("np.resize", value, call("np.count_nonzero", mask))
        return [*before, assign(subscript(copy_tree(target), mask), value)]

    def where(self, called: gast.Call, operands: list[gast.expr], out: gast.expr, mask: gast.expr) -> Block | None:
        """``np.sqrt(x, out=y, where=mask)``: the function of the chosen elements alone."""
        kind = self.kinds.get(out)
        given = [self.kinds.get(operand) for operand in operands]
        if not all(isinstance(g, Scalar) or self._same_shape(g, kind) for g in given) or not self._is_mask(mask, out):
            return self._where_broadcast(called, operands, out, mask)
        before, mask = self._named(mask)
        chosen = [
            operand if isinstance(self.kinds.get(operand), Scalar) else subscript(operand, mask) for operand in operands
        ]
        return [*before, assign(subscript(copy_tree(out), mask), gast.Call(called.func, chosen, []))]

    def _where_broadcast(
        self, called: gast.Call, operands: list[gast.expr], out: gast.expr, mask: gast.expr
    ) -> Block | None:
        """The function of all elements, for shapes that may differ; what is not chosen gives no warnings."""
        kind = self.kinds.get(out)
        for operand in (*operands, mask):
            given = self.kinds.get(operand)
            if isinstance(given, Array) and isinstance(kind, Array):
                if given.ndim is None or kind.ndim is None or given.ndim > kind.ndim:
                    return None
            elif not isinstance(given, Scalar):
                return None
        whole = subscript(copy_tree(out), constant(Ellipsis))
        value = call("np.where", mask, gast.Call(called.func, operands, []), copy_tree(out))
        quiet = call("np.errstate")
        quiet.keywords = [gast.keyword("all", constant("ignore"))]
        return [gast.With([gast.withitem(quiet, None)], [assign(whole, value)], None)]

    def _is_mask(self, mask: gast.expr, target: gast.expr) -> bool:
        kind = self.kinds.get(mask)
        return isinstance(kind, Array) and kind.dtype == "bool" and self._same_shape(kind, self.kinds.get(target))

    def _same_shape(self, kind: Kind | None, other: Kind | None) -> bool:
        if not isinstance(kind, Array) or not isinstance(other, Array) or kind.dims is None:
            return False
        return kind.dims == other.dims

    def _named(self, mask: gast.expr) -> tuple[Block, gast.expr]:
        if isinstance(mask, gast.Name):
            return [], mask
        held = self.names.fresh("mask")
        return [assign(held, mask)], name(held)

    # ---- along an axis ----

    def put_along_axis(
        self, target: gast.expr, indices: gast.expr, value: gast.expr, axis: gast.expr | None
    ) -> Block | None:
        """``np.put_along_axis(A, order, V, axis)``"""
        kind, at = self.kinds.get(target), self.kinds.get(indices)
        if not isinstance(kind, Array) or not isinstance(at, Array) or kind.ndim is None or at.ndim != kind.ndim:
            return None
        match axis:
            case gast.Constant(value=int(along)):
                pass
            case gast.UnaryOp(op=gast.USub(), operand=gast.Constant(value=int(along))):
                along = kind.ndim - along
            case _:
                return None
        before, indices = self._held(indices) if not isinstance(indices, gast.Name) else ([], indices)
        places: list[gast.expr] = []
        for dimension in range(kind.ndim):
            if dimension == along:
                places.append(indices)
                continue
            length = subscript(gast.Attribute(copy_tree(target), "shape", gast.Load()), dimension)
            grid = call("np.arange", length)
            parts: list[gast.expr] = [constant(None)] * kind.ndim
            parts[dimension] = gast.Slice(None, None, None)
            while parts and parts[0] is not None and isinstance(parts[0], gast.Constant):
                parts.pop(0)
            places.append(subscript(grid, *parts) if len(parts) > 1 else grid)
        return [*before, assign(subscript(copy_tree(target), *places), value)]


