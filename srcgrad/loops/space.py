"""Places in arrays as loops visit them: which element of an array belongs to one point of an iteration space."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import gast

from srcgrad.kind import Dimension
from srcgrad.syntax.build import add, attribute, binary, constant, name, subscript


@dataclass(frozen=True)
class Along:
    """An axis of an array that is walked along one axis of the space: element ``start + step * k`` at point k."""

    axis: int
    start: int = 0
    step: int = 1


@dataclass(frozen=True)
class At:
    """An axis of an array of which one element is read at all points."""

    index: gast.expr


@dataclass(frozen=True)
class Access:
    """One element of an array for each point of the space, one entry for each axis of the array."""

    array: str
    axes: tuple[Along | At, ...]


@dataclass(frozen=True)
class Extent:
    """The points along one axis of a space: ``array.shape[axis] - start - cut`` of them, or that over ``step``."""

    array: str
    axis: int
    start: int = 0
    cut: int = 0
    step: int = 1

    def stop(self, base: int) -> gast.expr:
        """The end of the range that begins with ``base``."""
        length = subscript(attribute(self.array, "shape"), self.axis)
        assert self.step == 1
        return shifted(length, base - self.start - self.cut)


@dataclass(frozen=True)
class Space:
    """The points of some statements: lengths as kinds name them, and how the program can tell them.

    An axis of length 1 is no loop; it has no extent.
    """

    dims: tuple[Dimension, ...]
    extents: tuple[Extent | None, ...]


@dataclass(frozen=True)
class Pointwise:
    """What is computed at each point: a tree whose placeholders stand for elements of arrays."""

    tree: gast.expr
    accesses: dict[gast.AST, Access] = field(default_factory=dict, hash=False)

    def arrays(self) -> set[str]:
        """The arrays that are read."""
        return {access.array for access in self.accesses.values()}


@dataclass(frozen=True)
class Position:
    """One coordinate: a loop variable, or an end of an axis, plus a number."""

    expression: gast.expr | None
    offset: int = 0

    def moved(self, offset: int) -> Position:
        """The coordinate a number of elements further."""
        return replace(self, offset=self.offset + offset)

    def as_expression(self) -> gast.expr:
        """``i + 1``."""
        return constant(self.offset) if self.expression is None else shifted(self.expression, self.offset)


def shifted(expression: gast.expr, offset: int) -> gast.expr:
    """``expression + offset``, as ``n - 2`` where that is negative."""
    if offset < 0:
        return binary(expression, "-", constant(-offset))
    return add(expression, offset) if offset else expression


def element(access: Access, point: tuple[Position, ...]) -> gast.Subscript:
    """The element of an access at a point of the space: ``a[i + 1, 0]``."""
    indices: list[gast.expr] = []
    for axis in access.axes:
        if isinstance(axis, At):
            indices.append(axis.index)
        elif axis.step == 1:
            indices.append(point[axis.axis].moved(axis.start).as_expression())
        else:
            scaled = binary(constant(axis.step), "*", point[axis.axis].as_expression())
            indices.append(shifted(scaled, axis.start))
    return subscript(name(access.array), *indices)
