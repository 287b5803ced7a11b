"""Schedules of snapshots: the fewest trips run again, every trip reversed once and in order, within the limit."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from srcgrad import UnsupportedError
from srcgrad.runtime import reverse_checkpointed, run_checkpointed
from srcgrad.runtime.schedule import Online, least_advances, split


@cache
def fewest(trips, snapshots):
    """The fewest trips run without being recorded, found by trying all places of the next snapshot."""
    if trips <= 1:
        return 0
    if snapshots == 1:
        return trips * (trips - 1) // 2
    places = range(1, trips)
    return min(place + fewest(place, snapshots) + fewest(trips - place, snapshots - 1) for place in places)


@cache
def scheduled(trips, snapshots):
    """How many they are with the places that `split` gives."""
    if trips <= 1:
        return 0
    if snapshots == 1:
        return trips * (trips - 1) // 2
    place = split(trips, snapshots)
    assert 1 <= place < trips
    return place + scheduled(place, snapshots) + scheduled(trips - place, snapshots - 1)


def test_the_places_are_optimal_and_the_formula_is_right():
    for trips in range(1, 80):
        for snapshots in range(1, 9):
            assert fewest(trips, snapshots) == scheduled(trips, snapshots) == least_advances(trips, snapshots)


class Counted:
    """A loop that counts: its state is the number of trips run so far."""

    def __init__(self, trips, ends_itself):
        self.trips = trips
        self.ends_itself = ends_itself
        self.advances = 0
        self.recorded = []

    def step(self, trip, x):
        self.advances += 1
        assert x == trip
        return (x + 1, trip + 1 < self.trips) if self.ends_itself else (x + 1,)

    def forward(self, trip, x):
        assert x == trip
        self.recorded.append(trip)
        return ((x + 1, True) if self.ends_itself else (x + 1,)), None

    def reverse(self, bars, _):
        return 2.0 * bars[0]

    def run(self, limit):
        items = None if self.ends_itself else range(self.trips)
        results, snapshots = run_checkpointed(self.step, items, limit, (0,), is_ended=self.ends_itself)
        assert results == (self.trips,)
        most = limit if self.ends_itself else limit + 1
        assert len(snapshots.kept) <= most
        found = reverse_checkpointed(snapshots, self.forward, self.reverse, (1.0,))
        assert found == (2.0**self.trips,)
        assert self.recorded == list(range(self.trips))[::-1]
        return self.advances


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 40])
@pytest.mark.parametrize("trips", [1, 2, 3, 5, 17, 40])
def test_every_trip_is_reversed_once(trips, limit):
    extra = Counted(trips, False).run(limit) - trips
    assert extra == least_advances(trips, limit) - (trips - 1)
    assert Counted(trips, True).run(limit) >= trips


def test_no_trip_at_all():
    assert Counted(0, False).run(3) == 0


@pytest.mark.parametrize(("trips", "limit"), [(100, 5), (1000, 10), (300, 30)])
def test_placing_snapshots_on_the_way_costs_little_more(trips, limit):
    online = Counted(trips, True).run(limit) - trips
    assert online <= 1.5 * (least_advances(trips, limit) - (trips - 1)) + 2 * trips


def test_the_first_state_is_never_given_up():
    kept = Online(3)
    for trip in range(200):
        if kept.wants(trip):
            kept.keep(trip, None)
        places = [place for place, _ in kept.states]
        assert places[0] == 0 and places == sorted(set(places)) and len(places) <= 3


def test_a_state_that_is_written_into_and_shared_is_refused():
    def step(trip, u, v):
        u[0] += 1.0
        return u, u

    with pytest.raises(UnsupportedError, match="share their memory"):
        run_checkpointed(step, range(3), 2, (np.zeros(2), np.zeros(2)), written=(0,))
