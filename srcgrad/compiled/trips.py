"""Whether the trips of a loop may change places: each computes what it would in any order, sums apart.

``A_bar[i, j] += y_bar[j] * t; t_bar += y_bar[j] * A[i, j]`` only adds, and to other elements in each trip.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from srcgrad.compiled.elements import Elements
from srcgrad.syntax.build import names_read
from srcgrad.syntax.comments import is_comment


def may_change_places(
    loop: gast.For, elements: Elements, live_after: frozenset[str], may_share: Callable[[str, str], bool]
) -> bool:
    """Whether the trips of a loop of plain statements may run in any order."""
    return loop.target.id not in live_after and _numbers_allow_it(loop, live_after) and _elements_allow_it(
        elements, may_share
    )


def _numbers_allow_it(loop: gast.For, live_after: frozenset[str]) -> bool:
    """Whether each number is made anew in each trip and not read behind the loop, or is a sum that no trip reads."""
    sums: set[str] = set()
    made: set[str] = set()
    read: set[str] = set()
    carried: set[str] = set()
    for statement in loop.body:
        if is_comment(statement):
            continue
        here = names_read(statement.value) | (
            names_read(statement.targets[0] if isinstance(statement, gast.Assign) else statement.target)
        )
        target = statement.targets[0] if isinstance(statement, gast.Assign) else statement.target
        if isinstance(target, gast.Name) and isinstance(statement, gast.AugAssign):
            here = names_read(statement.value)
            if target.id not in made:
                if not isinstance(statement.op, gast.Add | gast.Sub):
                    return False
                sums.add(target.id)
        read |= here
        carried |= here - made
        if isinstance(target, gast.Name) and isinstance(statement, gast.Assign):
            made.add(target.id)
    return not (sums & read or made & carried or made & sums or made & live_after)


def _elements_allow_it(elements: Elements, may_share: Callable[[str, str], bool]) -> bool:
    """Whether what a trip writes is touched by no other trip, but where all of them only add."""
    for one in elements.written():
        for other in elements.all:
            if not may_share(one.array, other.array):
                continue
            if one.array != other.array:
                return False
            if not (one.adds and other.adds) and not elements.meet_in_one_trip_only(one, other):
                return False
    return True
