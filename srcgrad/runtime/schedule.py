"""Where snapshots are taken, so that few trips of a loop are run again to reverse it."""

from __future__ import annotations

from math import comb
from typing import Any


def repetitions(trips: int, snapshots: int) -> int:
    """How often a trip is run again at most: the least r with ``comb(snapshots + r, snapshots) >= trips``.

    >>> repetitions(6, 2), repetitions(7, 2)
    (2, 3)
    """
    count = 0
    while comb(snapshots + count, snapshots) < trips:
        count += 1
    return count


def least_advances(trips: int, snapshots: int) -> int:
    """The fewest trips that are run, without being recorded, to reverse a loop with so many states in memory.

    This is ``r * n - comb(s + r, r - 1)`` (Griewank and Walther 2000, proposition 1), with the state before the first
    trip among the s snapshots.  Every trip is run once more when it is recorded.

    >>> [least_advances(10, snapshots) for snapshots in (1, 2, 3, 10)]
    [45, 20, 15, 9]
    """
    if trips <= 1:
        return 0
    count = repetitions(trips, snapshots)
    return count * trips - comb(snapshots + count, count - 1)


def split(trips: int, snapshots: int) -> int:
    """How many trips to run before the next snapshot is taken, where the first of ``snapshots`` is before them.

    The trips up to there are reversed last, with all snapshots; those behind with one less: both parts stay within the
    least number of repetitions.

    >>> split(10, 3), split(10, 1)
    (4, 9)
    """
    if min(trips, snapshots) <= 1:
        return trips - 1
    count = repetitions(trips, snapshots)
    before = comb(snapshots + count - 1, snapshots)  # so many trips need count - 1 repetitions
    behind = comb(snapshots + count - 2, snapshots - 1)  # and so many behind the snapshot, too
    return max(1, min(before, trips - behind))


class Binomial:
    """Snapshots of a loop whose number of trips is known: where the reversal will want them.

    The state before the last trip, with which the reversal starts, is kept beside the ``limit`` others.
    """

    def __init__(self, trips: int, limit: int) -> None:
        self.states: list[tuple[int, Any]] = []
        self._places = {0, trips - 1}
        place = 0
        while limit > 1 and trips - place > 2:
            place += split(trips - place, limit)
            limit -= 1
            self._places.add(place)

    def wants(self, trip: int) -> bool:
        """Whether the state before a trip is kept."""
        return trip in self._places

    def keep(self, trip: int, state: Any) -> None:
        """Keep the state before a trip."""
        self.states.append((trip, state))


class Online:
    """Snapshots of a loop of which nobody knows how long it runs: they are thinned out as it goes on.

    A snapshot may be given up where a later one has a higher level (Wang, Moin and Iaccarino 2009, algorithm 1).
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.states: list[tuple[int, Any]] = []
        self._levels: list[float] = []

    def wants(self, trip: int) -> bool:
        """Whether the state before a trip is kept, for now: a loop may always end with the next trip."""
        return self.limit > 1 or trip == 0

    def keep(self, trip: int, state: Any) -> None:
        """Keep the state before a trip, in the place of another where the limit is reached."""
        level: float = 0
        if not self.states:
            level = float("inf")  # The first state is needed whatever happens.
        elif len(self.states) == self.limit:
            place = self._dispensable()
            if place is None:
                place = len(self.states) - 1
                level = self._levels[place] + 1
            del self.states[place], self._levels[place]
        self.states.append((trip, state))
        self._levels.append(level)

    def _dispensable(self) -> int | None:
        """The latest snapshot of which a later one has a higher level."""
        highest = -1.0
        for place in range(len(self._levels) - 1, 0, -1):
            if self._levels[place] < highest:
                return place
            highest = max(highest, self._levels[place])
        return None
