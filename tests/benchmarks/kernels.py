"""The kernels: time of a gradient over that of the function, what its tapes hold, and the same gradient by others.

Targets: gradient / primal at most 4 on plain NumPy, and no record beyond what the reverse sweep cannot do without.
JAX and PyTorch run versions of the kernels that are rewritten for them; either may be absent.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np

from srcgrad import grad
from tests.benchmarks.recorded_floats import Tapes
from tests.benchmarks.timing import attempt, duration, interleaved, print_failures, print_table, ratio
from tests.kernels import KERNELS, Kernel, jax_versions, torch_versions

Gradient = Callable[[], Any]


def inner_iterations(kernel: Kernel) -> int:
    """The number of inner iterations; where the data decide it, that of the line which runs most often."""
    known = kernel.trips(**kernel.interpreted)
    if known:
        return known
    counts: Counter[int] = Counter()

    def follow(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            counts[frame.f_lineno] += 1
        return follow if frame.f_code is kernel.function.__code__ else None

    arguments = kernel.arguments_of(kernel.interpreted)
    sys.settrace(follow)
    try:
        kernel.function(*arguments)
    finally:
        sys.settrace(None)
    return max(counts.values())


def recorded(kernel: Kernel, gradient: Callable[..., Any]) -> tuple[float, str]:
    """Bytes on the tapes for each inner iteration, eight for a number, and the names of the tapes."""
    arguments = kernel.arguments_of(kernel.interpreted)
    gradient(*arguments)
    tapes = Tapes()
    tapes.watch(lambda: gradient(*arguments))
    names = ", ".join(sorted(name for (_, name), size in tapes.sizes.items() if size)) or "none"
    return 8.0 * sum(tapes.sizes.values()) / inner_iterations(kernel), names


def peers(kernel: Kernel, arguments: tuple[Any, ...]) -> dict[str, Gradient]:
    """The same gradient by the libraries that are installed and that a version of the kernel is written for."""
    found = {}
    for name, versions in (("JAX", jax_versions), ("PyTorch", torch_versions)):
        make = versions.gradient(kernel.name, kernel.argnums, arguments)
        if make is not None:
            found[name] = make
    return found


def measured(kernel: Kernel, seconds: float) -> tuple[list[str], list[str]]:
    """A row of the table of times, and one of the table of records."""
    arguments = kernel.arguments_of(kernel.interpreted)
    gradient = grad(kernel.function, argnums=kernel.argnums)
    actions: dict[str, Gradient] = {
        "primal": lambda: kernel.function(*kernel.arguments_of(kernel.interpreted)),
        "arguments": lambda: kernel.arguments_of(kernel.interpreted),
        "srcgrad": functools.partial(gradient, *arguments),
    }
    ours = actions["srcgrad"]()
    for name, theirs in peers(kernel, arguments).items():
        for mine, other in zip(ours, theirs(), strict=True):
            np.testing.assert_allclose(mine, np.asarray(other), rtol=1e-6, atol=1e-8, err_msg=name)
        actions[name] = theirs
    times = interleaved(actions, seconds)
    # The primal may write into its arguments: it gets new ones each time, whose making is not counted.
    primal = times["primal"] - times["arguments"]
    compared = [ratio(times[name], times["srcgrad"]) if name in times else "-" for name in ("JAX", "PyTorch")]
    row = [kernel.name, duration(primal), duration(times["srcgrad"]), ratio(times["srcgrad"], primal), *compared]
    held, names = recorded(kernel, gradient)
    return row, [kernel.name, f"{held:.2f}", f"{8.0 * kernel.records:.2f}", names, kernel.reason or "nothing"]


def main() -> None:
    """Print a table of times and one of records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each kernel")
    parser.add_argument("kernels", nargs="*", help="names; all by default")
    options = parser.parse_args()
    times: list[list[str]] = []
    records: list[list[str]] = []

    def measure(kernel: Kernel) -> None:
        row, record = measured(kernel, options.seconds)
        times.append(row)
        records.append(record)

    chosen = [kernel for kernel in KERNELS if not options.kernels or kernel.name in options.kernels]
    failures = [attempt(kernel.name, functools.partial(measure, kernel)) for kernel in chosen]
    heads = ["kernel", "primal", "gradient", "gradient / primal", "JAX / srcgrad", "PyTorch / srcgrad"]
    print_table("time on plain NumPy (JAX compiled beforehand)", heads, times)
    print_table("bytes recorded for each inner iteration", ["kernel", "recorded", "least", "tapes", "needed"], records)
    print_failures(failures)


if __name__ == "__main__":
    main()
