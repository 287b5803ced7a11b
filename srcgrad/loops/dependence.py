"""Which operations may run point by point in one loop: none may see what another writes too early or too late.

Point k of ``u[1:] = v[:-1]`` writes element k + 1 and reads element k: two accesses of one array meet where
their elements are equal, which is a fixed number of points apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gast

from srcgrad.loops.operations import Operation
from srcgrad.loops.space import Access, Along, At
from srcgrad.syntax.build import number_value
from srcgrad.syntax.printer import print_tree

MayShare = Callable[[str, str], bool]
_COMMUTING = (gast.Add, gast.Sub)


def is_added(operation: Operation) -> bool:
    """Whether an operation adds to what is there, so that it may change places with others that do."""
    return operation.form == "store" and isinstance(operation.operator, _COMMUTING)


def overlaps_itself(operation: Operation, may_share: MayShare) -> bool:
    """Whether an operation would read elements that it has written at an earlier point."""
    if operation.target is None:
        return False
    return any(not _read_first(access, operation.target, may_share) for access in operation.value.accesses.values())


def may_share_a_loop(first: Operation, second: Operation, may_share: MayShare) -> bool:
    """Whether ``first`` and then ``second`` mean the same when both run at a point before the next point's turn."""
    if second.form != "store" and second.written() in _names_of(first):
        return False
    if first.form == "total" and first.name in second.numbers:
        return False
    written = first.target or Access(first.name, tuple(map(Along, range(len(first.space.dims)))))
    writing = second.target or Access(second.name, tuple(map(Along, range(len(second.space.dims)))))
    commute = (
        is_added(first) and is_added(second) and first.target is not None and first.written() == second.written()
    )
    if first.form != "total":
        if any(not _read_first(written, access, may_share) for access in second.value.accesses.values()):
            return False
        if second.form != "total" and not commute and not _read_first(written, writing, may_share):
            return False
    if second.form != "total":
        return all(_read_first(access, writing, may_share) for access in first.value.accesses.values())
    return True


def _names_of(operation: Operation) -> set[str]:
    return {operation.written(), *operation.value.arrays(), *operation.numbers}


def _read_first(first: Access, second: Access, may_share: MayShare) -> bool:
    """Whether no point of ``first`` meets an element that ``second`` has met at an earlier point."""
    if first.array != second.array:
        return not may_share(first.array, second.array)
    distances = distance(first, second)
    if distances is None:
        return False
    if distances == APART:
        return True
    for number in distances:
        if number:
            return number > 0
    return True


APART: tuple[int, ...] = (0, 0, 0, 0, 0, 0, 0, 0, 0)


def distance(first: Access, second: Access) -> tuple[int, ...] | None:
    """How many points later ``second`` meets an element of ``first``, by the axes of the space.

    APART where they never meet, None where that is not one distance.
    """
    found: dict[int, int] = {}
    for one, other in zip(first.axes, second.axes, strict=True):
        if isinstance(one, At) and isinstance(other, At):
            numbers = number_value(one.index), number_value(other.index)
            if isinstance(numbers[0], int) and isinstance(numbers[1], int):
                if numbers[0] != numbers[1]:
                    return APART if (numbers[0] < 0) == (numbers[1] < 0) else None
            elif print_tree(one.index) != print_tree(other.index):
                return None
        elif isinstance(one, Along) and isinstance(other, Along):
            if one.axis != other.axis or one.step != other.step:
                return None
            difference, remainder = divmod(one.start - other.start, one.step)
            if remainder:
                return APART
            if found.setdefault(one.axis, difference) != difference:
                return APART
        else:
            return None
    if not found:
        return None
    axes = range(max(found) + 1)
    return tuple(found[axis] for axis in axes) if set(found) == set(axes) else None


def families(operations: Sequence[Operation]) -> dict[str, list[Operation]]:
    """The operations that add to different elements of the same array at one point, by the array."""
    found: dict[str, list[Operation]] = {}
    for operation in operations:
        if operation.target is not None:
            found.setdefault(operation.target.array, []).append(operation)
    return {
        array: members
        for array, members in found.items()
        if len({member.target for member in members}) > 1 and all(map(is_added, members))
    }
