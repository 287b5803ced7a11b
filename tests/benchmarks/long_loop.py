"""A loop of up to a million trips: time and memory per trip stay what they are for few.  Target: linear in both."""

from __future__ import annotations

import time
import tracemalloc

from srcgrad import grad
from tests.benchmarks.timing import attempt, print_failures, print_table


def nonlinear(a, n):
    x = 0.5
    for _ in range(n):
        x = x + 0.001 * a * (1.0 - x * x)
    return x


def linear(a, n):
    x = 0.5
    total = 0.0
    for _ in range(n):
        x = 0.999 * x + a
        total = total + x
    return total / n


def until_small(a, n):
    x = 1.0
    trips = 0
    while trips < n:
        x = x / (1.0 + 1e-6 * a * x)
        trips += 1
    return x


def main() -> None:
    """Print time and memory for one trip, by number of trips."""
    rows: list[list[str]] = []

    def measure(name, function, trips):
        gradient = grad(function)
        gradient(0.7, 10)
        began = time.perf_counter()
        function(0.7, trips)
        primal = time.perf_counter() - began
        began = time.perf_counter()
        gradient(0.7, trips)
        seconds = time.perf_counter() - began
        tracemalloc.start()
        gradient(0.7, trips)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        per_trip = [f"{primal / trips * 1e9:.0f}", f"{seconds / trips * 1e9:.0f}", f"{peak / trips:.2f}"]
        rows.append([name, f"{trips:,}", *per_trip])

    failures = [
        attempt(function.__name__, lambda function=function, trips=trips: measure(function.__name__, function, trips))
        for function in (nonlinear, linear, until_small)
        for trips in (1_000, 10_000, 100_000, 1_000_000)
    ]
    heads = ["function", "trips", "primal ns / trip", "gradient ns / trip", "peak bytes / trip"]
    print_table("long loops", heads, rows)
    print_failures(failures)


if __name__ == "__main__":
    main()
