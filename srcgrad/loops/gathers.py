"""Several shifted additions into one array as one loop that reads at several places and writes at one.

    u_bar[2:] += v                     if u_bar.shape[0] >= 4:
    u_bar[1:-1] -= 2.0 * v                 for i in range(u_bar.shape[0] - 4):
    u_bar[:-2] += v                            u_bar[i + 2] += v[i] - 2.0 * v[i + 1] + v[i + 2]
                                           u_bar[0] += v[0]
                                           ...

A loop that scatters to several places at each point is not vectorised, and one loop for each place reads and writes
the array as often: on a stencil of five points the gather takes a third of the one and half of the other.  Where the
places do not overlap, near the edges, the additions are made one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import gast

from srcgrad.loops.nests import Scope, best_base, loop, nest
from srcgrad.loops.operations import Operation
from srcgrad.loops.space import Along, Extent, Position, shifted
from srcgrad.syntax.build import (
    add,
    attribute,
    augment,
    constant,
    if_statement,
    name,
    negate,
    subscript,
    subtract,
)

_MOST_EDGE = 4


def gather(operations: Sequence[Operation], scope: Scope) -> list[gast.stmt]:
    """The loops for additions to different elements of one array at each point."""
    first = operations[0]
    rank = len(first.space.dims)
    assert first.target is not None
    extents = [[extent for extent in one.space.extents if extent is not None] for one in operations]
    ordered = all(
        one.target is not None
        and len(own) == rank
        and [place.axis for place in one.target.axes if isinstance(place, Along)] == list(range(rank))
        and all(isinstance(place, Along) and place.step == 1 for place in one.target.axes)
        and all(extent.array == first.target.array and extent.axis == axis for axis, extent in enumerate(own))
        for one, own in zip(operations, extents, strict=True)
    )
    family = _Family(operations, extents, scope)
    if not ordered or any(family.width(axis) > _MOST_EDGE for axis in range(rank)) or family.is_stepped():
        return [statement for one in operations for statement in nest([one], one.space.extents, scope, {})]
    return family.loops()


@dataclass(frozen=True)
class _Family:
    """Additions to one array, by the extents of the parts that they add to."""

    operations: Sequence[Operation]
    extents: Sequence[Sequence[Extent]]
    scope: Scope

    @property
    def rank(self) -> int:
        return len(self.extents[0])

    def starts(self, axis: int) -> list[int]:
        return [own[axis].start for own in self.extents]

    def cuts(self, axis: int) -> list[int]:
        return [own[axis].cut for own in self.extents]

    def width(self, axis: int) -> int:
        """How many elements at either end are not written by all."""
        return max(self.starts(axis)) - min(self.starts(axis))

    def is_stepped(self) -> bool:
        """Whether anything is read in steps."""
        return any(
            isinstance(place, Along) and place.step != 1
            for one in self.operations
            for access in self.scope.touched(one)
            for place in access.axes
        )

    def length(self, axis: int) -> gast.expr:
        """The length of the array along one axis."""
        return subscript(attribute(self.extents[0][axis].array, "shape"), axis)

    # ---- loops ----

    def loops(self) -> list[gast.stmt]:
        """All of it: the gather where all additions reach, and one loop for each addition near the edges.

        The rows of the gather have a loop of their own: with a test inside, numba does not see that ``i - 1`` is
        no negative index, and does not vectorise.
        """
        outer = self.rank - 1
        rows = tuple(Position(name(self.scope.variables[axis])) for axis in range(outer))
        core = self._over_rows(self._inner(rows), max)
        border = self._one_by_one(rows)
        tests = [self._test(axis) for axis in range(outer) if self.width(axis)]
        fits: list[gast.expr] = []
        if self.width(outer):
            least = max(self.starts(outer)) + max(self.cuts(outer))
            fits = [_compare(self.length(outer), gast.GtE(), constant(least))]
        if not tests:
            return [if_statement(fits[0], core, self._over_rows(border, min))] if fits else core
        inside = gast.BoolOp(gast.And(), [*tests, *fits]) if len(tests) + len(fits) > 1 else tests[0]
        border = self._over_rows([if_statement(gast.UnaryOp(gast.Not(), inside), border)], min)
        return [if_statement(fits[0], core), *border] if fits else [*core, *border]

    def _over_rows(self, body: list[gast.stmt], end: Callable[[list[int]], int]) -> list[gast.stmt]:
        """Loops over all axes but the last: over what all additions reach, or over what any does."""
        for axis in reversed(range(self.rank - 1)):
            stop = shifted(self.length(axis), -end(self.cuts(axis)))
            body = [loop(self.scope.variables[axis], end(self.starts(axis)), stop, body)]
        return body

    def _test(self, axis: int) -> gast.expr:
        """Whether all additions reach a row: ``2 <= i < n - 2``."""
        return gast.Compare(
            constant(max(self.starts(axis))),
            [gast.LtE(), gast.Lt()],
            [name(self.scope.variables[axis]), shifted(self.length(axis), -max(self.cuts(axis)))],
        )

    def _inner(self, rows: tuple[Position, ...]) -> list[gast.stmt]:
        """The gather along the last axis, and the elements at its ends."""
        last = self.rank - 1
        starts, cuts = self.starts(last), self.cuts(last)
        low, high = max(starts), max(cuts)
        variable = self.scope.variables[last]
        places = [low]
        for one, start in zip(self.operations, starts, strict=True):
            # A place that is read at point k of the operation is read for element k + start.
            reads = [
                place.start - start + low
                for access in self.scope.touched(one)
                for place in access.axes
                if isinstance(place, Along) and place.axis == last
            ]
            places += reads
        base = best_base(places)
        column = Position(name(variable), low - base)
        everywhere = range(len(self.operations))
        core = loop(
            variable, base, shifted(self.length(last), base - low - high), [self._sum(everywhere, (*rows, column))]
        )
        before = [
            self._sum([one for one in everywhere if starts[one] <= place], (*rows, Position(None, place)))
            for place in range(min(starts), low)
        ]
        after = [
            self._sum([one for one in everywhere if cuts[one] < place], (*rows, Position(self.length(last), -place)))
            for place in range(high, min(cuts), -1)
        ]
        return [*before, core, *after]

    def _one_by_one(self, rows: tuple[Position, ...]) -> list[gast.stmt]:
        """One loop for each addition, where it reaches the row."""
        last = self.rank - 1
        variable = self.scope.variables[last]
        statements: list[gast.stmt] = []
        for number, own in enumerate(self.extents):
            reads = [
                place.start
                for access in self.scope.touched(self.operations[number])
                for place in access.axes
                if isinstance(place, Along) and place.axis == last
            ]
            base = best_base(reads)
            column = Position(name(variable), own[last].start - base)
            body: list[gast.stmt] = [
                loop(variable, base, own[last].stop(base), [self._sum([number], (*rows, column))])
            ]
            tests: list[gast.expr] = [
                gast.Compare(
                    constant(own[axis].start),
                    [gast.LtE(), gast.Lt()],
                    [name(self.scope.variables[axis]), shifted(self.length(axis), -own[axis].cut)],
                )
                for axis in range(last)
                if self.width(axis)
            ]
            if tests:
                body = [if_statement(tests[0] if len(tests) == 1 else gast.BoolOp(gast.And(), tests), body)]
            statements += body
        return statements

    def _sum(self, numbers: Sequence[int], place: tuple[Position, ...]) -> gast.stmt:
        """All that some of the additions add to one element."""
        total: gast.expr | None = None
        for number in numbers:
            operation, own = self.operations[number], self.extents[number]
            point = tuple(position.moved(-own[axis].start) for axis, position in enumerate(place))
            value = self.scope.value(operation.value, point)
            if isinstance(operation.operator, gast.Sub):
                total = negate(value) if total is None else subtract(total, value)
            else:
                total = value if total is None else add(total, value)
        assert total is not None
        return augment(subscript(self.extents[0][0].array, *(one.as_expression() for one in place)), "+", total)


def _compare(left: gast.expr, operator: gast.AST, right: gast.expr) -> gast.expr:
    return gast.Compare(left, [operator], [right])

