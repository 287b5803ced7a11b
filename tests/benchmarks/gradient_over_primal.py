"""How much longer a gradient takes than the function itself, and than HIPS autograd's gradient of it.

Targets: gradient / primal at most 4 for scalar loops and small arrays, at most 3 for large arrays; at least 20 times
faster than autograd on scalar loops, 5 times on small arrays, never slower on large ones.
"""

from __future__ import annotations

import argparse
import functools

import autograd
import numpy as np

from srcgrad import grad
from tests.benchmarks.programs import Subject, subjects
from tests.benchmarks.timing import attempt, duration, interleaved, print_failures, print_table, ratio


def measured(subject: Subject, seconds: float) -> list[str]:
    """A row of the table."""
    arguments = subject.arguments
    wrt = tuple(place for place, value in enumerate(arguments) if not isinstance(value, int))
    ours = functools.partial(grad(subject.function, argnums=wrt), *arguments)
    theirs = functools.partial(autograd.grad(subject.traced(), wrt), *arguments)
    for left, right in zip(ours(), theirs()):
        np.testing.assert_allclose(left, right, rtol=1e-6, atol=1e-9)
    times = interleaved(
        {"primal": functools.partial(subject.function, *arguments), "srcgrad": ours, "autograd": theirs}, seconds
    )
    return [
        subject.name,
        duration(times["primal"]),
        duration(times["srcgrad"]),
        ratio(times["srcgrad"], times["primal"]),
        ratio(times["autograd"], times["srcgrad"]),
    ]


def main() -> None:
    """Print one table for each group of functions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each function")
    options = parser.parse_args()
    for group in ("scalar loop", "small arrays", "large arrays"):
        rows: list[list[str]] = []
        failures = [
            attempt(subject.name, lambda subject=subject: rows.append(measured(subject, options.seconds)))
            for subject in subjects()
            if subject.group == group
        ]
        heads = ["function", "primal", "gradient", "gradient / primal", "autograd / srcgrad"]
        print_table(f"{group}, all floats differentiated", heads, rows)
        print_failures(failures)


if __name__ == "__main__":
    main()
