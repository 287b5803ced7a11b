"""The unit directions of arguments, several at once: tangents with an axis for the directions in front."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from srcgrad.calling.cotangents import Branch, Leaf, Template, rebuilt, template

# Tangents of so many numbers at once are worked on while they stay in the cache of a processor.
_NUMBERS = 2**16


def chunks(count: int) -> Iterator[range]:
    """The numbers of the directions that are taken at once, for an argument of ``count`` numbers.

    Where there is no number, there is still one direction, which shows what a tangent looks like.
    """
    count = max(count, 1)
    most = max(1, _NUMBERS // count)
    # Of even size, so that the last is not much shorter than the others.
    rounds = -(-count // most)
    for turn in range(rounds):
        yield range(turn * count // rounds, (turn + 1) * count // rounds)


def unit_directions(argument: Any, first: int, directions: range) -> tuple[Any, int]:
    """Tangents of an argument whose numbers count from ``first``; and where those of the next argument begin.

    In direction k the number k has the tangent 1, all others 0.

    >>> unit_directions({"a": 1.0, "b": np.zeros(2)}, 0, range(3))[0]["b"]
    array([[0., 0.],
           [1., 0.],
           [0., 1.]])
    """
    return _directions(argument, template(argument), first, directions)


def _directions(value: Any, wanted: Template, first: int, directions: range) -> tuple[Any, int]:
    if isinstance(wanted, Leaf):
        count = int(np.prod(wanted.shape, dtype=int))
        made = np.zeros((len(directions), count), wanted.dtype)
        chosen = range(max(first, directions.start), min(first + count, directions.stop))
        numbers = np.arange(len(chosen))
        made[numbers + (chosen.start - directions.start), numbers + (chosen.start - first)] = 1
        return made.reshape(len(directions), *wanted.shape), first + count
    if isinstance(wanted, Branch):
        items = {}
        for part, inside in wanted.inside.items():
            items[part], first = _directions(None, inside, first, directions)
        return rebuilt(wanted, items), first
    return value, first
