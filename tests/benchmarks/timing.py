"""Interleaved timing, and tables."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def interleaved(actions: Mapping[str, Callable[[], Any]], seconds: float = 2.0) -> dict[str, float]:
    """Seconds that each action takes at best: all take turns for about ``seconds``.

    The best turn is what the machine's other work disturbs least.  An action too short for the clock is repeated
    within its turn.
    """
    repeats = {name: _repeats(action) for name, action in actions.items()}
    samples: dict[str, list[float]] = {name: [] for name in actions}
    collecting = gc.isenabled()
    gc.disable()
    try:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(next(iter(samples.values()))) < 5:
            for name, action in actions.items():
                samples[name].append(_timed(action, repeats[name]) / repeats[name])
            gc.collect(0)
    finally:
        if collecting:
            gc.enable()
    return {name: min(values) for name, values in samples.items()}


def _repeats(action: Callable[[], Any]) -> int:
    """How often to run an action within a turn, for turns of two milliseconds or more."""
    action()
    repeats = 1
    while repeats < 100_000 and _timed(action, repeats) < 2e-3:
        repeats *= 2
    return repeats


def _timed(action: Callable[[], Any], repeats: int) -> float:
    began = time.perf_counter()
    for _ in range(repeats):
        action()
    return time.perf_counter() - began


def duration(seconds: float) -> str:
    """A time as people read it."""
    for unit, scale in (("s ", 1.0), ("ms", 1e3), ("us", 1e6)):
        if seconds * scale >= 1.0:
            break
    return f"{seconds * scale:.3g} {unit}"


def ratio(numerator: float, denominator: float) -> str:
    """A ratio as people read it."""
    return f"{numerator / denominator:.2f}"


def print_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table with the first column to the left and the others to the right."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    print(f"\n{title}\n")
    for row in (heads, ["-" * width for width in widths], *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        print("  ".join(cells).rstrip())


def attempt(name: str, action: Callable[[], Any]) -> str | None:
    """The first line of an action's error, or None where it has none: one program's failure is a row, not the end."""
    try:
        action()
    except Exception as error:
        return f"{name}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return None


def print_failures(failures: Sequence[str | None]) -> None:
    """What could not be measured, and why."""
    for failure in filter(None, failures):
        print(f"not measured: {failure}")
