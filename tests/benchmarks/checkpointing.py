"""A loop of 1e5 steps over a state of 1e4 floats with 50 snapshots: its memory, and the trips that are run again.

``python -m tests.benchmarks.checkpointing`` takes minutes; ``... checkpointing 2000`` runs so many steps.
"""

from __future__ import annotations

import sys
import time
import tracemalloc

import numpy as np

from srcgrad import checkpointed, value_and_grad
from srcgrad.runtime import checkpoints
from srcgrad.runtime.schedule import least_advances

SNAPSHOTS = 50
STEPS = 100_000
CELLS = 10_000


def burgers(u, viscosity, steps):
    """A viscous Burgers equation on a ring, upwind and explicit."""
    for _ in checkpointed(range(steps), snapshots=SNAPSHOTS):
        left, right = np.roll(u, 1), np.roll(u, -1)
        u = u - 0.2 * u * (u - left) + viscosity * (right - 2.0 * u + left)
    return np.sum(u * u)


def burgers_recorded(u, viscosity, steps):
    """The same, with every state recorded."""
    for _ in range(steps):
        left, right = np.roll(u, 1), np.roll(u, -1)
        u = u - 0.2 * u * (u - left) + viscosity * (right - 2.0 * u + left)
    return np.sum(u * u)


def run(function, u, steps):
    """Value, gradients, peak of the memory in bytes, seconds."""
    derivative = value_and_grad(function, argnums=("u", "viscosity"))
    derivative(u, 0.1, 3)
    tracemalloc.start()
    start = time.perf_counter()
    value, gradients = derivative(u, 0.1, steps)
    seconds = time.perf_counter() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return value, gradients, peak, seconds


def counted_advances(u, steps):
    """How many trips the two sweeps ran without recording them."""
    count = 0
    advanced = checkpoints.Loop.advanced

    def counting(loop, trip, state):
        nonlocal count
        count += 1
        return advanced(loop, trip, state)

    checkpoints.Loop.advanced = counting
    try:
        value_and_grad(burgers, argnums=("u", "viscosity"))(u, 0.1, steps)
    finally:
        checkpoints.Loop.advanced = advanced
    return count


def main(steps):
    u = 1.0 + 0.5 * np.sin(np.linspace(0.0, 2.0 * np.pi, CELLS, endpoint=False))
    state = u.nbytes
    few = min(steps, 1000)
    value, gradients, peak, _ = run(burgers, u, few)
    value_recorded, recorded, peak_recorded, _ = run(burgers_recorded, u, few)
    same = value == value_recorded and all(np.array_equal(a, b) for a, b in zip(gradients, recorded))
    print(f"{few} steps: value and gradients bit for bit as without snapshots: {same}")
    print(f"{few} steps: peak memory {peak / state:.1f} states, with every state recorded {peak_recorded / state:.1f}")
    _, _, peak, seconds = run(burgers, u, steps)
    print(f"{steps} steps: peak memory {peak / state:.1f} states for {SNAPSHOTS} snapshots, {seconds:.1f} s")
    small = u[:16].copy()
    extra = counted_advances(small, steps) - steps
    formula = least_advances(steps, SNAPSHOTS) - (steps - 1)
    print(f"{steps} steps: {extra} trips run again without being recorded; the binomial formula gives {formula}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else STEPS)
