"""How long the first call of a gradient takes: reading, transforming and compiling.  Target: 100 ms for 30 lines."""

from __future__ import annotations

import statistics
import time

import numpy as np

from srcgrad import grad
from tests.benchmarks.programs import subjects
from tests.benchmarks.timing import attempt, print_failures, print_table


def thirty_lines(x, w, n, tol):
    y = np.zeros_like(x)
    s = 0.0
    t = 1.0
    for i in range(n):
        a = w * x[i] + s
        b = a * a + t
        if a > 0.0:
            s = np.sin(a) * b
        elif b > 2.0:
            s = 0.1 * a
            t = t * 0.9
        else:
            s = np.exp(-a)
        for j in range(i):
            t = t + 0.01 * x[j] * s
            if t > 10.0:
                t = 0.5 * t
                break
        y = y + s * x
    count = 0
    while s * s > tol:
        s = 0.5 * s
        count += 1
        if count > 20:
            break
    z = np.exp(-y * y) + np.where(x > 0.0, x, -0.1 * x)
    u = z @ x + np.mean(z)
    v = np.log(1.0 + u * u)
    r = np.sqrt(v + t * t)
    q = r / (1.0 + np.abs(s))
    return q + np.sum(y) * t


def main() -> None:
    """Print the median of several first calls; each transforms anew, by a wrapper's own keyword default."""
    x = np.random.default_rng(0).normal(size=6)
    cases = [("thirty_lines", thirty_lines, (x, 0.7, 6, 1e-3))]
    seen = set()
    for subject in subjects():
        if subject.name not in seen:
            seen.add(subject.name)
            cases.append((subject.name, subject.function, subject.arguments))
    rows: list[list[str]] = []

    def measure(name, function, arguments):
        grad(function).source_for(*arguments)
        times = []
        for _ in range(5):
            code = function.__code__.replace()  # equal code, but nothing is remembered of it
            fresh = type(function)(code, function.__globals__, function.__name__, function.__defaults__)
            began = time.perf_counter()
            grad(fresh).source_for(*arguments)
            times.append(time.perf_counter() - began)
        lines = len(grad(function).source_for(*arguments).splitlines())
        rows.append([name, str(lines), f"{statistics.median(times) * 1e3:.1f}"])

    failures = [attempt(case[0], lambda case=case: measure(*case)) for case in cases]
    print_table("transformation", ["function", "lines generated", "milliseconds"], rows)
    print_failures(failures)


if __name__ == "__main__":
    main()
