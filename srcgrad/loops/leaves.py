"""Leaves: names, slices and transposed parts of arrays, as one element for each point of an iteration space.

``u[1:-1]`` walks its axis from element 1; ``x[i, ::2]`` stays in row i and takes every second element.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import gast

from srcgrad.analyse.kinds import symbols
from srcgrad.analyse.kinds.elementwise import length_of
from srcgrad.kind import Array, Constant, Dimension, Kind, Scalar
from srcgrad.loops.space import At
from srcgrad.syntax.build import names_read, number_value


@dataclass(frozen=True)
class Walk:
    """An axis of an array that is walked along axis ``axis`` of the leaf: from ``start`` to ``cut`` before its end."""

    axis: int
    start: int = 0
    cut: int = 0
    step: int = 1


@dataclass(frozen=True)
class Leaf:
    """A part of an array, ``axes`` by the array's axes; ``rank`` is the part's number of dimensions."""

    array: str
    axes: tuple[Walk | At, ...]
    rank: int

    def numbers(self) -> set[str]:
        """The names of the numbers that say which part it is."""
        return set().union(*(names_read(axis.index) for axis in self.axes if isinstance(axis, At)))


def leaf_of(node: gast.AST, of: Mapping[gast.AST, Kind], views: Mapping[str, Leaf]) -> Leaf | None:
    """The leaf that an expression is; None where it is none, or where its bounds are not known well enough."""
    kind = of.get(node)
    if not isinstance(kind, Array) or not kind.dims:
        return None
    match node:
        case gast.Name(id=identifier):
            known = views.get(identifier)
            return known or Leaf(identifier, tuple(Walk(axis) for axis in range(len(kind.dims))), len(kind.dims))
        case gast.Attribute(value=value, attr="T"):
            inner = leaf_of(value, of, views)
            return None if inner is None else _transposed(inner)
        case gast.Subscript(value=value, slice=index):
            inner, whole = leaf_of(value, of, views), of.get(value)
            if inner is None or not isinstance(whole, Array) or whole.dims is None:
                return None
            return _part(inner, index, whole.dims, of)
    return None


def _transposed(leaf: Leaf) -> Leaf:
    """The leaf with its axes in reverse order."""
    last = leaf.rank - 1
    return _renumbered(leaf, lambda axis: last - axis, leaf.rank)


def _renumbered(leaf: Leaf, place: Callable[[int], int], rank: int) -> Leaf:
    axes = tuple(replace(axis, axis=place(axis.axis)) if isinstance(axis, Walk) else axis for axis in leaf.axes)
    return Leaf(leaf.array, axes, rank)


def _part(
    leaf: Leaf, index: gast.AST, dims: tuple[Dimension, ...], of: Mapping[gast.AST, Kind]
) -> Leaf | None:
    """The part of a leaf that a basic index takes."""
    parts = list(index.elts) if isinstance(index, gast.Tuple) else [index]
    parts = _without_ellipsis(parts, leaf.rank, of)
    taken: dict[int, Walk | At] = {}
    rank = axis = 0
    for part in parts:
        if of.get(part) == Constant(None):
            rank += 1
            continue
        if axis >= leaf.rank:
            return None
        walk = next(one for one in leaf.axes if isinstance(one, Walk) and one.axis == axis)
        found = _sliced(walk, part, dims[axis], of) if isinstance(part, gast.Slice) else _single(walk, part, of)
        if found is None:
            return None
        if isinstance(found, Walk):
            found = replace(found, axis=rank)
            rank += 1
        taken[axis] = found
        axis += 1
    for rest in range(axis, leaf.rank):
        walk = next(one for one in leaf.axes if isinstance(one, Walk) and one.axis == rest)
        taken[rest] = replace(walk, axis=rank)
        rank += 1
    return Leaf(leaf.array, tuple(taken[one.axis] if isinstance(one, Walk) else one for one in leaf.axes), rank)


def _without_ellipsis(parts: list[gast.AST], rank: int, of: Mapping[gast.AST, Kind]) -> list[gast.AST]:
    """The parts of an index with whole slices in the place of ``...``."""
    ellipsis = [place for place, part in enumerate(parts) if of.get(part) == Constant(Ellipsis)]
    if not ellipsis:
        return parts
    given = sum(of.get(part) not in (Constant(None), Constant(Ellipsis)) for part in parts)
    whole = [gast.Slice(None, None, None) for _ in range(rank - given)]
    return [*parts[: ellipsis[0]], *whole, *parts[ellipsis[0] + 1 :]]


def _single(walk: Walk, index: gast.AST, of: Mapping[gast.AST, Kind]) -> At | None:
    """One element of an axis that was whole so far."""
    kind = of.get(index)
    is_whole = walk == Walk(walk.axis)
    if not isinstance(kind, Scalar) or not kind.dtype.startswith("int") or not is_whole or not is_plain(index):
        return None
    return At(index)


def _sliced(walk: Walk, index: gast.Slice, dim: Dimension, of: Mapping[gast.AST, Kind]) -> Walk | None:
    """A slice of an axis whose bounds need no look at the length: ``1:-1``, ``:n - 1``, ``::2``."""
    step = 1 if index.step is None else number_value(index.step)
    start = 0 if index.lower is None else number_value(index.lower)
    if not isinstance(step, int) or step < 1 or not isinstance(start, int) or start < 0 or walk.step != 1:
        return None
    cut = 0 if index.upper is None else _cut(index.upper, dim, of)
    if cut is None:
        return None
    return replace(walk, start=walk.start + start, cut=walk.cut + cut, step=step)


def _cut(upper: gast.expr, dim: Dimension, of: Mapping[gast.AST, Kind]) -> int | None:
    """How many elements an upper bound cuts off at the end."""
    number = number_value(upper)
    if isinstance(number, int) and number < 0:
        return -number
    kind = of.get(upper)
    bound = None if kind is None else length_of(kind)
    if bound is None:
        return None
    difference = symbols.subtract(dim, bound)
    # With n - 3 the bound counts from the end where n is 2: the part is not empty then.
    return difference if isinstance(difference, int) and 0 <= difference <= 2 else None


def is_plain(node: gast.AST) -> bool:
    """Whether an expression is made of names, numbers, arithmetic and lengths alone."""
    match node:
        case gast.Name() | gast.Constant():
            return True
        case gast.BinOp(left=left, right=right):
            return is_plain(left) and is_plain(right)
        case gast.UnaryOp(operand=operand):
            return is_plain(operand)
        case gast.Attribute(value=gast.Name(), attr="size" | "ndim"):
            return True
        case gast.Subscript(value=gast.Attribute(value=gast.Name(), attr="shape"), slice=gast.Constant()):
            return True
        case _:
            return False
