"""Stencils in time and space: linear ones, and a nonlinear one that relaxes to a tolerance."""

from __future__ import annotations

import numpy as np

from tests.kernels.kernel import kernel


@kernel(
    lambda rng, n, steps: (rng.normal(size=(n, n)), rng.normal(size=(n, n)), steps, rng.normal(size=(n, n))),
    argnums=(0, 1),
    small={"n": 5, "steps": 2},
    interpreted={"n": 150, "steps": 20},
    compiled={"n": 500, "steps": 50},
    trips=lambda n, steps: 2 * steps * (n - 2) ** 2,
    records=0.0,
    linear=True,
)
def jacobi_2d(A, B, steps, weight):
    """Jacobi's five-point mean, from one array into the other and back."""
    for _ in range(steps):
        B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        A[1:-1, 1:-1] = 0.2 * (B[1:-1, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:] + B[2:, 1:-1] + B[:-2, 1:-1])
    return np.sum(weight * A)


@kernel(
    lambda rng, n, steps: (rng.normal(size=(n, n)), steps, rng.normal(size=(n, n))),
    argnums=(0,),
    small={"n": 5, "steps": 2},
    interpreted={"n": 24, "steps": 5},
    compiled={"n": 300, "steps": 20},
    trips=lambda n, steps: steps * (n - 2) ** 2,
    records=0.0,
    linear=True,
)
def seidel_2d(A, steps, weight):
    """Gauss and Seidel's nine-point mean, in place, point by point."""
    n = A.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = (
                    A[i - 1, j - 1] + A[i - 1, j] + A[i - 1, j + 1]
                    + A[i, j - 1] + A[i, j] + A[i, j + 1]
                    + A[i + 1, j - 1] + A[i + 1, j] + A[i + 1, j + 1]
                ) / 9.0  # fmt: skip
    return np.sum(weight * A)


@kernel(
    lambda rng, n, steps: (rng.normal(size=(n, n, n)), rng.normal(size=(n, n, n)), steps, rng.normal(size=(n, n, n))),
    argnums=(0, 1),
    small={"n": 4, "steps": 2},
    interpreted={"n": 32, "steps": 10},
    compiled={"n": 80, "steps": 20},
    trips=lambda n, steps: 2 * steps * (n - 2) ** 3,
    records=0.0,
    linear=True,
)
def heat_3d(A, B, steps, weight):
    """The heat equation on a cube by explicit steps, from one array into the other and back."""
    for _ in range(steps):
        B[1:-1, 1:-1, 1:-1] = (
            0.125 * (A[2:, 1:-1, 1:-1] - 2.0 * A[1:-1, 1:-1, 1:-1] + A[:-2, 1:-1, 1:-1])
            + 0.125 * (A[1:-1, 2:, 1:-1] - 2.0 * A[1:-1, 1:-1, 1:-1] + A[1:-1, :-2, 1:-1])
            + 0.125 * (A[1:-1, 1:-1, 2:] - 2.0 * A[1:-1, 1:-1, 1:-1] + A[1:-1, 1:-1, :-2])
            + A[1:-1, 1:-1, 1:-1]
        )
        A[1:-1, 1:-1, 1:-1] = (
            0.125 * (B[2:, 1:-1, 1:-1] - 2.0 * B[1:-1, 1:-1, 1:-1] + B[:-2, 1:-1, 1:-1])
            + 0.125 * (B[1:-1, 2:, 1:-1] - 2.0 * B[1:-1, 1:-1, 1:-1] + B[1:-1, :-2, 1:-1])
            + 0.125 * (B[1:-1, 1:-1, 2:] - 2.0 * B[1:-1, 1:-1, 1:-1] + B[1:-1, 1:-1, :-2])
            + B[1:-1, 1:-1, 1:-1]
        )
    return np.sum(weight * A)


@kernel(
    lambda rng, n, steps: (
        rng.normal(size=(n, n + 1)), rng.normal(size=(n + 1, n)), rng.normal(size=(n, n)),
        rng.normal(size=steps), rng.normal(size=(n, n)),
    ),  # fmt: skip
    argnums=(0, 1, 2, 3),
    small={"n": 4, "steps": 3},
    interpreted={"n": 150, "steps": 30},
    compiled={"n": 500, "steps": 50},
    trips=lambda n, steps: 3 * steps * n**2,
    records=0.0,
    linear=True,
)
def fdtd_2d(ex, ey, hz, pulse, weight):
    """Maxwell's equations in the plane by Yee's scheme, driven by a pulse at one side."""
    for t in range(len(pulse)):
        ey[0, :] = pulse[t]
        ey[1:-1, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:-1] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz -= 0.7 * (ex[:, 1:] - ex[:, :-1] + ey[1:, :] - ey[:-1, :])
    return np.sum(weight * hz)


@kernel(
    lambda rng, n: (rng.uniform(0.0, 0.1, n), rng.uniform(0.5, 1.5, n), 1e-6),
    argnums=(0, 1),
    small={"n": 6},
    interpreted={"n": 16},
    compiled={"n": 64},
    trips=lambda n: 0,  # the tolerance decides
    records=1.0,
    reason="u[i] in exp(u[i])",
)
def relaxation(u, source, tol):
    """The equation u'' = -source exp(u), relaxed point by point until no value changes by more than a tolerance."""
    n = len(u)
    h = 1.0 / (n - 1)
    change = 1.0
    while change > tol:
        change = 0.0
        for i in range(1, n - 1):
            new = 0.5 * (u[i - 1] + u[i + 1] + h * h * source[i] * np.exp(u[i]))
            change = max(change, abs(new - u[i]))
            u[i] = new
    return np.sum(u * u)
