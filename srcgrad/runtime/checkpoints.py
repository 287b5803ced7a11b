"""Loops that keep a few snapshots of their state and run the trips between them again in the reverse sweep.

Where the number of trips is known, snapshots lie where binomial checkpointing puts them (Griewank and Walther 2000,
Algorithm 799: Revolve); else they are placed while the loop runs (Wang, Moin and Iaccarino 2009).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from srcgrad.errors import UnsupportedError
from srcgrad.runtime.containers import is_array, own_copy, zeros_like
from srcgrad.runtime.schedule import Binomial, Online, split

State = tuple[Any, ...]


class Snapshots:
    """What the forward sweep of a loop leaves: a few states and the trips before which they were taken."""

    def __init__(self, loop: Loop, kept: list[tuple[int, State]], count: int, width: int) -> None:
        self.loop = loop
        self.kept = kept
        self.count = count
        self.width = width

    def copy(self) -> Snapshots:
        """The same, to be used up independently."""
        return Snapshots(self.loop, list(self.kept), self.count, self.width)


class Loop:
    """A loop as a function of one trip.

    ``step(item, *state, *shared, *constants)`` returns the next state, further results, ``shared`` as it was, and,
    where the loop may end early, whether it goes on.  ``items`` are what the loop runs over (None: it ends itself), and
    ``written`` says which parts of the state the step writes into.
    """

    def __init__(
        self,
        step: Callable[..., State],
        items: Iterable[Any] | None,
        limit: int,
        shared: State,
        constants: State,
        written: tuple[int, ...],
        is_ended: bool,
    ) -> None:
        is_sequence = items is None or (hasattr(items, "__getitem__") and not isinstance(items, dict))
        self.step = step
        self.items: Any = items if is_sequence else list(items or ())
        self.limit = limit
        self.shared = shared
        self.constants = constants
        self.written = written
        self.is_ended = is_ended

    def item(self, trip: int) -> Any:
        """What the loop's target is bound to."""
        return trip if self.items is None else self.items[trip]

    def advanced(self, trip: int, state: State) -> State:
        """All that one trip returns."""
        self.check(state)
        return self.step(self.item(trip), *state, *self.shared, *self.constants)

    def results(self, returned: State) -> State:
        """The state and the further results."""
        return returned[: len(returned) - len(self.shared) - self.is_ended]

    def own(self, state: State) -> State:
        """A state that a trip may write into."""
        return tuple(own_copy(state)) if self.written else state

    def check(self, state: State) -> None:
        """Refuse a state in which an array that is written into shares its memory with another."""
        if self.written:
            _refuse_shared(self.written, (*state, *self.shared, *self.constants))


def _refuse_shared(places: tuple[int, ...], values: State) -> None:
    """Refuse values of which those at ``places``, which are written into, share memory with others."""
    for place in places:
        for other, value in enumerate(values):
            both_arrays = is_array(values[place]) and is_array(value)
            if other != place and both_arrays and np.may_share_memory(values[place], value):
                raise UnsupportedError(
                    "an array that is written into and another variable of a checkpointed loop share their memory",
                    advice="let each variable have an array of its own: a = b.copy() instead of a = b",
                )


def run_checkpointed(
    step: Callable[..., State],
    items: Iterable[Any] | None,
    limit: int,
    state: State,
    shared: State = (),
    constants: State = (),
    written: tuple[int, ...] = (),
    is_ended: bool = False,
    written_later: tuple[int, ...] = (),
) -> tuple[State, Snapshots]:
    """Run a loop; returns its results, and snapshots of at most ``limit`` states.

    The parameters are those of `Loop`, ``state`` is the state before the first trip.  The program writes into those of
    the results, of ``shared`` and of ``constants`` that ``written_later`` says: these must not share memory.

    >>> run_checkpointed(lambda i, x: (x + i,), range(4), 2, (1.0,))[0]
    (7.0,)
    """
    loop = Loop(step, items, limit, shared, constants, written, is_ended)
    known = None if is_ended or items is None else len(loop.items)
    kept = Binomial(known, limit) if known is not None else Online(limit)
    width, results, trip, is_over = len(state), state, 0, known == 0
    loop.check(state)  # as it is given: a copy shares nothing
    state = loop.own(state)
    while not is_over:
        if kept.wants(trip):
            kept.keep(trip, loop.own(state))
        returned = loop.advanced(trip, state)
        state, results = returned[:width], loop.results(returned)
        trip += 1
        is_over = is_ended and not returned[-1]
        is_over = is_over or (loop.items is not None and trip == len(loop.items))
    if written_later:
        _refuse_shared(written_later, (*results, *shared, *constants))
    return results, Snapshots(loop, kept.states, trip, width)


def checkpointed_loop(*arguments: Any, **options: Any) -> State:
    """The results of a loop alone; the parameters are those of `run_checkpointed`."""
    return run_checkpointed(*arguments, **options)[0]


def reverse_checkpointed(
    snapshots: Snapshots, step_forward: Callable[..., Any], step_reverse: Callable[..., Any], bars: State
) -> State:
    """The adjoints of a loop's state and of what its trips share, from those of its results and of what is shared.

    The snapshots are used up.  ``step_forward`` and ``step_reverse`` are the sweeps of one trip.  ``bars`` are the
    adjoints of the state, of the further results, and of ``shared``; None stands for what has no adjoint, and is left
    out of what is returned.
    """
    loop, kept, end = snapshots.loop, snapshots.kept, snapshots.count
    width, count = snapshots.width, len(loop.shared)
    state_bars, result_bars, shared_bars = bars[:width], bars[width : len(bars) - count], bars[len(bars) - count :]
    bars = (*state_bars, *shared_bars)
    places = [place for place, bar in enumerate(bars) if bar is not None]
    ending = (None,) if loop.is_ended else ()
    while end:
        start, state = kept[-1]
        free = loop.limit - len(kept) + 1
        target = start + split(end - start, free)
        if start < target:
            state = loop.own(state)
        for trip in range(start, target):
            state = loop.advanced(trip, state)[:width]
        if target < end - 1:
            kept.append((target, state))
            continue
        if start == end - 1:
            kept.pop()
        returned, records = step_forward(loop.item(target), *state, *loop.shared, *loop.constants)
        del state
        if end < snapshots.count:
            result_bars = tuple([zeros_like(item) for item in loop.results(returned)[width:]])
        found = step_reverse((*bars[:width], *result_bars, *bars[width:], *ending), records)
        bars = _filled(bars, places, found if len(places) > 1 else (found,))
        end -= 1
    return tuple([bars[place] for place in places])


def _filled(bars: State, places: list[int], found: State) -> State:
    """The adjoints with those put in place that a trip has given."""
    filled = list(bars)
    for place, bar in zip(places, found, strict=True):
        filled[place] = bar
    return tuple(filled)
