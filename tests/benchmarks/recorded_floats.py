"""How many floats a gradient's tapes hold for each trip of the loop.  Target: overwritten nonlinear values, no more."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np

from srcgrad import grad
from tests.benchmarks.timing import attempt, print_failures, print_table

TRIPS = 64
TAPE = re.compile(r"(^|_)tape(_|\d)*$")


def straight_line(x, n):
    a = np.sin(x)
    b = a * x
    c = np.exp(b) / a
    return c * b


def geometric(r, n):
    x = 1.0
    for _ in range(n):
        x = 0.5 * x + r
    return x


def weighted_sum(w, xs):
    total = 0.0
    for i in range(len(xs)):
        total = total + w * xs[i]
    return total


def power(x, n):
    y = 1.0
    for _ in range(n):
        y = y * x
    return y


def logistic_map(r, n):
    x = 0.3
    for _ in range(n):
        x = r * x * (1.0 - x)
    return x


def spring(k, n):
    x = 1.0
    v = 0.0
    for _ in range(n):
        v = v - 0.1 * k * x
        x = x + 0.1 * v
    return x


def sine_chain(x, n):
    for _ in range(n):
        y = 0.9 * x
        x = np.sin(y)
    return x


def branches(x, n):
    for _ in range(n):
        if x > 0.5:
            x = x * x
        else:
            x = x + 0.3
    return x


def independent(w, xs):
    total = 0.0
    for i in range(len(xs)):
        r = w * xs[i] - 1.0
        total = total + r * r
    return total


def newton_until(a, tol):
    x = a
    step = 1.0
    while abs(step) > tol:
        step = 0.5 * (x - a / x)
        x = x - step
    return x


def vector_state(W, n):
    h = np.ones(W.shape[0])
    for _ in range(n):
        h = np.tanh(W @ h)
    return np.sum(h)


# Each function, its arguments, and the floats that its reverse sweep cannot do without, for each trip.
CASES: list[tuple[Callable[..., Any], tuple[Any, ...], str]] = [
    (straight_line, (0.7, TRIPS), "0"),
    (geometric, (0.7, TRIPS), "0"),
    (weighted_sum, (0.7, np.linspace(0.0, 1.0, TRIPS)), "0"),
    (power, (0.99, TRIPS), "1: y"),
    (logistic_map, (3.7, TRIPS), "1: x"),
    (spring, (0.7, TRIPS), "1: x"),
    (sine_chain, (0.7, TRIPS), "1: y"),
    (branches, (0.7, TRIPS), "1: x"),
    (independent, (0.7, np.linspace(0.0, 1.0, TRIPS)), "0"),
    (newton_until, (1e9, 1e-9), "1: x"),
    (vector_state, (np.eye(5) * 0.9, TRIPS), "5: h"),
]


class Tapes:
    """Watches running functions, and keeps the largest size and number of entries that each of their tapes reached."""

    def __init__(self) -> None:
        self.sizes: dict[tuple[str, str], int] = {}
        self.lengths: dict[tuple[str, str], int] = {}

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Python's trace function."""
        names = [name for name in frame.f_code.co_varnames if TAPE.search(name)]
        if not names:
            return None
        for name in names:
            tape = frame.f_locals.get(name)
            place = (frame.f_code.co_name, name)
            known = self.lengths.get(place, 0)
            if not isinstance(tape, list):
                self.sizes[place] = max(self.sizes.get(place, 0), floats_in(tape))
            elif len(tape) > known:
                self.lengths[place] = len(tape)
                self.sizes[place] = self.sizes.get(place, 0) + floats_in(tape[known:])
        return self

    def watch(self, action: Callable[[], Any]) -> None:
        """Run an action under watch."""
        sys.settrace(self)
        try:
            action()
        finally:
            sys.settrace(None)


def floats_in(value: Any) -> int:
    """The numbers that a record holds: an entry for each number, eight bytes for one of an array."""
    if isinstance(value, list | tuple):
        return sum(floats_in(entry) for entry in value)
    if isinstance(value, np.ndarray):
        return -(-value.nbytes // 8)
    return 0 if value is None else 1


def trips_of(function: Callable[..., Any], arguments: tuple[Any, ...]) -> int:
    """How often the loop of a function runs."""
    if function is not newton_until:
        return TRIPS
    a, tol = arguments
    x, step, trips = a, 1.0, 0
    while abs(step) > tol:
        step = 0.5 * (x - a / x)
        x, trips = x - step, trips + 1
    return trips


def main() -> None:
    """Print what the tapes hold, for each trip, beside what is needed."""
    rows: list[list[str]] = []

    def measure(function, arguments, needed):
        gradient = grad(function)
        gradient(*arguments)
        tapes = Tapes()
        tapes.watch(lambda: gradient(*arguments))
        trips = trips_of(function, arguments)
        names = ", ".join(sorted(name for _, name in tapes.sizes)) or "none"
        rows.append([function.__name__, str(trips), f"{sum(tapes.sizes.values()) / trips:.2f}", needed, names])

    failures = [attempt(case[0].__name__, lambda case=case: measure(*case)) for case in CASES]
    print_table("recorded floats", ["function", "trips", "floats / trip", "needed", "tapes"], rows)
    print_failures(failures)


if __name__ == "__main__":
    main()
