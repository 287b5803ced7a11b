"""Elementwise expressions as what they compute at one point: ``k * (u[2:] - u[:-2])`` is ``k * (u[i + 2] - u[i])``.

What is not elementwise (a matrix product, a sum) is computed before the loop, under a name of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from srcgrad.analyse.kinds import CallFact
from srcgrad.kind import Array, Constant, Dimension, Kind, Scalar
from srcgrad.loops.leaves import Leaf, Walk, is_plain, leaf_of
from srcgrad.loops.space import Access, Along, At, Extent, Pointwise
from srcgrad.syntax.build import binary, call, constant, name, names_read
from srcgrad.syntax.names import Names

# The number types with which numba computes as NumPy does, value by value.
PLAIN_DTYPES = ("bool", "int64", "float32", "float64", "complex128")

# Functions of one number and of two that NumPy and numba know for single numbers.
ELEMENTWISE = {
    getattr(np, called)
    for called in (
        "exp log log2 log10 log1p expm1 sqrt cbrt sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh "
        "arctanh absolute fabs sign floor ceil square conjugate isnan isinf isfinite deg2rad rad2deg radians degrees "
        "arctan2 hypot maximum minimum fmax fmin copysign power logical_not logical_and logical_or add subtract "
        "multiply divide negative reciprocal greater greater_equal less less_equal equal not_equal"
    ).split()
}
_ARITHMETIC = (gast.Add, gast.Sub, gast.Mult)
_LOGIC = (gast.BitAnd, gast.BitOr, gast.BitXor)
_NOT_FOR_INTEGERS = (gast.Pow, gast.FloorDiv, gast.Mod)


class NotPointwise(Exception):
    """An expression is not elementwise, or it is not known that it is: it stays as it is."""


@dataclass
class Facts:
    """What is known of the nodes of a function, new ones included: kinds, callees, names of views."""

    of: dict[gast.AST, Kind]
    calls: dict[gast.Call, CallFact]
    names: Names
    views: dict[str, Leaf] = field(default_factory=dict)

    def callee(self, node: gast.Call) -> tuple[Any, list[gast.expr]]:
        """The function that a call runs and its positional arguments, a method's receiver first."""
        fact = self.calls.get(node)
        if fact is None or len(fact.targets) != 1:
            return None, []
        target = fact.targets[0]
        arguments: list[gast.expr] = list(node.args)
        if target.bound and isinstance(node.func, gast.Attribute):
            arguments.insert(0, node.func.value)
        elif target.bound or target.leading:
            return None, []
        return target.function, arguments

    def named(self, wanted: str, value: gast.expr) -> tuple[gast.Name, gast.stmt]:
        """A new name for a value, and the statement that gives it its value."""
        kind = self.of[value]
        used = name(self.names.numbered(wanted))
        statement = gast.Assign([gast.Name(used.id, gast.Store(), None, None)], value, None)
        self.of[used] = self.of[statement.targets[0]] = kind
        return used, statement


class Operands:
    """Reads one expression over a space whose lengths are ``dims``."""

    def __init__(self, facts: Facts, dims: tuple[Dimension, ...]) -> None:
        self.facts = facts
        self.dims = dims
        self.accesses: dict[gast.AST, Access] = {}
        self.hoists: list[gast.stmt] = []
        self.extents: dict[int, Extent] = {}
        self.models: list[tuple[gast.expr, str]] = []
        self.numbers: set[str] = set()

    def pointwise(self, node: gast.expr) -> Pointwise:
        """The expression at one point; NotPointwise where it is none."""
        tree = self.read(node, tuple(range(len(self.dims))))
        return Pointwise(tree, self.accesses)

    def read(self, node: gast.expr, axes: tuple[int, ...], is_inner: bool = False) -> gast.expr:
        """The tree of an expression whose axes are these axes of the space, aligned at the end."""
        kind = self.facts.of.get(node)
        if isinstance(kind, Scalar):
            return self.number(node)
        if not isinstance(kind, Array) or kind.dims is None or kind.dtype not in PLAIN_DTYPES:
            raise NotPointwise
        if len(kind.dims) > len(axes):
            raise NotPointwise
        axes = axes[len(axes) - len(kind.dims) :]
        if any(dim not in (1, self.dims[axis]) for dim, axis in zip(kind.dims, axes, strict=True)):
            raise NotPointwise
        leaf = leaf_of(node, self.facts.of, self.facts.views)
        if leaf is not None:
            return self.placeholder(leaf, kind, axes, node)
        found = self._composed(node, kind, axes)
        if found is None:
            if not is_inner:
                raise NotPointwise
            return self._set_apart(node, kind, axes)
        return found

    def placeholder(self, leaf: Leaf, kind: Array, axes: tuple[int, ...], node: gast.expr) -> gast.expr:
        """The node that stands for an element of a leaf."""
        stand_in = name("element")
        self.accesses[stand_in] = self.access(leaf, kind, axes, node)
        return stand_in

    def access(self, leaf: Leaf, kind: Array, axes: tuple[int, ...], node: gast.expr) -> Access:
        """The element of a leaf at each point."""
        assert kind.dims is not None
        places: list[Along | At] = []
        for position, walk in enumerate(leaf.axes):
            if isinstance(walk, At):
                self.numbers |= names_read(walk.index)
                places.append(walk)
            elif kind.dims[walk.axis] == 1:
                places.append(At(constant(walk.start)))
            else:
                axis = axes[walk.axis]
                places.append(Along(axis, walk.start, walk.step))
                if walk.step == 1:
                    self.extents.setdefault(axis, Extent(leaf.array, position, walk.start, walk.cut))
        order = [walk.axis for walk in leaf.axes if isinstance(walk, Walk)]
        if kind.dims == self.dims and order == sorted(order):
            self.models.append((node, kind.dtype))
        return Access(leaf.array, tuple(places))

    def number(self, node: gast.expr) -> gast.expr:
        """A number that is the same at all points: as it stands where it is plain, else under a name."""
        if not is_plain(node):
            node, statement = self.facts.named("factor", node)
            self.hoists.append(statement)
        self.numbers |= names_read(node)
        return node

    def _set_apart(self, node: gast.expr, kind: Array, axes: tuple[int, ...]) -> gast.expr:
        """An array that is computed before the loop."""
        wanted = "part" if isinstance(node, gast.Subscript) else "product" if isinstance(node, gast.BinOp) else "values"
        used, statement = self.facts.named(wanted, node)
        self.hoists.append(statement)
        leaf = leaf_of(used, self.facts.of, self.facts.views)
        assert leaf is not None
        return self.placeholder(leaf, kind, axes, used)

    # ---- expressions with operands ----

    def _composed(self, node: gast.expr, kind: Array, axes: tuple[int, ...]) -> gast.expr | None:
        """An elementwise operation on operands; None where the node is something else."""
        match node:
            case gast.BinOp(left=left, op=op, right=right) if self._is_elementwise(op, (left, right)):
                return gast.BinOp(self.read(left, axes, True), op, self.read(right, axes, True))
            case gast.UnaryOp(op=gast.USub() | gast.UAdd() as op, operand=operand) if kind.dtype != "bool":
                return gast.UnaryOp(op, self.read(operand, axes, True))
            case gast.UnaryOp(op=gast.Invert(), operand=operand) if kind.dtype == "bool":
                return gast.UnaryOp(gast.Not(), self.read(operand, axes, True))
            case gast.Compare(left=left, ops=[op], comparators=[right]):
                return gast.Compare(self.read(left, axes, True), [op], [self.read(right, axes, True)])
            case gast.Attribute(value=value, attr="real" | "imag" as part):
                return gast.Attribute(self.read(value, axes, True), part, gast.Load())
            case gast.Subscript(value=value, slice=index):
                return self._with_new_axes(value, index, axes)
            case gast.Call():
                return self._called(node, axes)
        return None

    def _is_elementwise(self, op: gast.AST, operands: Sequence[gast.expr]) -> bool:
        dtypes = [getattr(self.facts.of.get(operand), "dtype", "object") for operand in operands]
        if isinstance(op, _LOGIC):
            return all(dtype == "bool" for dtype in dtypes)
        if all(dtype == "bool" for dtype in dtypes):
            return False
        if all(dtype.startswith(("int", "uint", "bool")) for dtype in dtypes):
            return isinstance(op, (*_ARITHMETIC, gast.Div))
        return isinstance(op, (*_ARITHMETIC, gast.Div, *_NOT_FOR_INTEGERS))

    def _with_new_axes(self, value: gast.expr, index: gast.AST, axes: tuple[int, ...]) -> gast.expr | None:
        """``e[:, None]`` for an expression that is no leaf."""
        parts = list(index.elts) if isinstance(index, gast.Tuple) else [index]
        kept = []
        for place, part in enumerate(parts):
            if self.facts.of.get(part) == Constant(None):
                continue
            if not isinstance(part, gast.Slice) or any((part.lower, part.upper, part.step)):
                return None
            kept.append(place)
        if len(parts) == len(kept):
            return None
        kept += range(len(parts), len(axes))
        return self.read(value, tuple(axes[place] for place in kept), True)

    def _called(self, node: gast.Call, axes: tuple[int, ...]) -> gast.expr | None:
        function, arguments = self.facts.callee(node)
        if any(isinstance(argument, gast.Starred) for argument in arguments):
            return None
        if _is_in(function, ELEMENTWISE) and not node.keywords and len(arguments) == function.nin:
            if _is_in(function, {np.power, np.add, np.subtract, np.multiply, np.negative, np.reciprocal}):
                if not any(self._dtype(argument).startswith(("float", "complex")) for argument in arguments):
                    return None
            return gast.Call(node.func, [self.read(argument, axes, True) for argument in arguments], [])
        special = _SPECIAL.get(function) if callable(function) and getattr(function, "__hash__", None) else None
        return None if special is None else special(self, node, arguments, axes)

    def _dtype(self, node: gast.expr) -> str:
        return getattr(self.facts.of.get(node), "dtype", "object")

    # ---- functions with a meaning of their own ----

    def _chosen(self, node: gast.Call, arguments: list[gast.expr], axes: tuple[int, ...]) -> gast.expr | None:
        """``np.where(c, x, y)`` is ``x if c else y``."""
        if len(arguments) != 3 or node.keywords:
            return None
        condition, taken, other = (self.read(argument, axes, True) for argument in arguments)
        return gast.IfExp(condition, taken, other)

    def _clipped(self, node: gast.Call, arguments: list[gast.expr], axes: tuple[int, ...]) -> gast.expr | None:
        if len(arguments) != 3 or node.keywords:
            return None
        if any(not isinstance(self.facts.of.get(argument), (Scalar, Array)) for argument in arguments):
            return None
        value, low, high = (self.read(argument, axes, True) for argument in arguments)
        return call("np.minimum", call("np.maximum", value, low), high)

    def _same(self, node: gast.Call, arguments: list[gast.expr], axes: tuple[int, ...]) -> gast.expr | None:
        """A copy, or the same values with other lengths."""
        return self.read(arguments[0], axes, True) if not node.keywords else None

    def _part_of_complex(self, node: gast.Call, arguments: list[gast.expr], axes: tuple[int, ...]) -> gast.expr | None:
        part = "real" if self.facts.callee(node)[0] is np.real else "imag"
        return gast.Attribute(self.read(arguments[0], axes, True), part, gast.Load())

    def _filled(self, node: gast.Call, arguments: list[gast.expr], axes: tuple[int, ...]) -> gast.expr | None:
        """``np.ones_like(x)`` is 1.0 wherever x has an element."""
        function = self.facts.callee(node)[0]
        if node.keywords or len(arguments) != (2 if function is np.full_like else 1):
            return None
        before = set(self.accesses)
        self.read(arguments[0], axes, True)
        for added in set(self.accesses) - before:
            del self.accesses[added]
        if function is np.full_like:
            return self.read(arguments[1], axes, True)
        dtype = self._dtype(node)
        number: Any = 1 if function is np.ones_like else 0
        return constant(number if dtype.startswith("int") else bool(number) if dtype == "bool" else float(number))

    def _outer(self, node: gast.Call, arguments: list[gast.expr], axes: tuple[int, ...]) -> gast.expr | None:
        kinds = [self.facts.of.get(argument) for argument in arguments]
        if len(arguments) != 2 or node.keywords:
            return None
        if any(not isinstance(kind, Array) or kind.ndim != 1 for kind in kinds):
            return None
        left, right = arguments
        return binary(self.read(left, axes[:1], True), "*", self.read(right, axes[1:], True))

    def _expanded(self, node: gast.Call, arguments: list[gast.expr], axes: tuple[int, ...]) -> gast.expr | None:
        """``np.expand_dims(e, axis)``."""
        place = self.facts.of.get(arguments[1]) if len(arguments) == 2 and not node.keywords else None
        if not isinstance(place, Scalar) or not isinstance(place.value, int):
            return None
        position = place.value % len(axes)
        return self.read(arguments[0], axes[:position] + axes[position + 1 :], True)

    def _retyped(self, node: gast.Call, arguments: list[gast.expr], axes: tuple[int, ...]) -> gast.expr | None:
        """``x.astype(float)`` of integers and truth values."""
        if self._dtype(node) != "float64" or self._dtype(arguments[0]) not in ("bool", "int64", "float64"):
            return None
        return call("float", self.read(arguments[0], axes, True))


def _is_in(function: Any, functions: set[Any]) -> bool:
    return isinstance(function, np.ufunc) and function in functions


_SPECIAL: dict[Any, Callable[[Operands, gast.Call, list[gast.expr], tuple[int, ...]], gast.expr | None]] = {
    np.where: Operands._chosen,
    np.clip: Operands._clipped,
    np.copy: Operands._same,
    np.ndarray.copy: Operands._same,
    np.broadcast_to: Operands._same,
    np.real: Operands._part_of_complex,
    np.imag: Operands._part_of_complex,
    np.ones_like: Operands._filled,
    np.zeros_like: Operands._filled,
    np.full_like: Operands._filled,
    np.outer: Operands._outer,
    np.expand_dims: Operands._expanded,
    np.astype: Operands._retyped,
    np.ndarray.astype: Operands._retyped,
}
