"""Derivatives of functions of one number by differences, and whether there is one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

_HALVINGS = 10


@dataclass(frozen=True)
class Slope:
    """A derivative found by differences: its value and error, or the slopes to both sides where they disagree.

    ``first`` is the size of the first difference, which an error may be compared with where the value is 0.
    """

    value: float
    error: float
    first: float = 0.0
    sides: tuple[float, float] | None = None


def central(value: Callable[[float], float], start: float) -> Slope:
    """Central differences with halved distances, extrapolated; the estimate with the smallest error."""
    best = Slope(math.nan, math.inf)
    above: list[float] = []
    first = 0.0
    for halving in range(_HALVINGS):
        distance = start / 2.0**halving
        right, left = value(distance), value(-distance)
        row = [(right - left) / (2.0 * distance)]
        if not math.isfinite(row[0]):
            above = []
            continue
        first = first or abs(row[0])
        rounding = 4e-16 * max(abs(right), abs(left)) / distance
        for column, earlier in enumerate(above, start=1):
            row.append(row[-1] + (row[-1] - earlier) / (4.0**column - 1.0))
            error = max(abs(row[-1] - row[-2]), abs(row[-1] - earlier)) + rounding
            if error < best.error:
                best = Slope(row[-1], error, first)
        above = row
    return best


def sides_of(value: Callable[[float], float], start: float) -> tuple[float, float] | None:
    """The slopes to the left and to the right, where they differ by more than curvature explains; else None."""
    here = value(0.0)

    def gap(distance: float) -> tuple[float, float]:
        return (here - value(-distance)) / distance, (value(distance) - here) / distance

    far, near = gap(start), gap(start / 16.0)
    wide, narrow = far[1] - far[0], near[1] - near[0]
    rounding = 64e-16 * abs(here) / start
    significant = abs(narrow) > 1e-4 * max(abs(near[0]), abs(near[1])) + 16.0 * rounding
    # Curvature makes the gap shrink with the distance; a kink keeps it, a jump or noise makes it grow.
    if not math.isfinite(narrow):
        return near
    if not significant or abs(narrow) <= 0.5 * abs(wide):
        return None
    settled = max(abs(far[0] - near[0]), abs(far[1] - near[1])) <= 0.2 * abs(narrow)
    return near if settled else (-math.inf, math.inf)
