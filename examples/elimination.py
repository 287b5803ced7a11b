"""The gradient of a hand-written linear solver: Gauss elimination with partial pivoting, in place, row by row.

Which rows change places is decided by the data.  The gradient of the solution with respect to the matrix and the
right-hand side is compared with that of ``np.linalg.solve``, which has a closed form, and the generated adjoint is
printed.  Run it with ``python examples/elimination.py``.
"""

import argparse

import numpy as np
from tqdm import tqdm

from srcgrad import grad


def solve(A, b):
    """The solution of A x = b; A and b are overwritten."""
    n = len(b)
    for k in range(n - 1):
        pivot = k + np.argmax(np.abs(A[k:, k]))
        if pivot != k:
            A[[k, pivot]] = A[[pivot, k]]
            b[k], b[pivot] = b[pivot], b[k]
        for i in range(k + 1, n):
            factor = A[i, k] / A[k, k]
            A[i, k:] -= factor * A[k, k:]
            b[i] -= factor * b[k]
    x = np.empty(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return x


def misfit(A, b, target):
    """How far the solution of A x = b is from a target, by elimination."""
    return np.sum((solve(A, b) - target) ** 2)


def library_misfit(A, b, target):
    """The same, by NumPy's own solver."""
    return np.sum((np.linalg.solve(A, b) - target) ** 2)


def main():
    """Compare the two gradients on some random systems."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--systems", type=int, default=20)
    parser.add_argument("--size", type=int, default=30)
    options = parser.parse_args()

    by_elimination = grad(misfit, argnums=("A", "b"))
    by_library = grad(library_misfit, argnums=("A", "b"))
    random = np.random.default_rng(0)
    worst = 0.0
    for _ in tqdm(range(options.systems), desc="systems"):
        A, b, target = random.normal(size=(options.size,) * 2), *random.normal(size=(2, options.size))
        before = A.copy(), b.copy()
        for ours, theirs in zip(by_elimination(A, b, target), by_library(A, b, target)):
            worst = max(worst, np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs)))
        assert np.array_equal(A, before[0]) and np.array_equal(b, before[1]), "the arguments were changed"

    print(f"\n{by_elimination.source}")
    print(f"{options.systems} systems of {options.size} equations")
    print(f"largest relative difference between the two gradients: {worst:.1e}")
    assert worst < 1e-8, "the gradients differ"


if __name__ == "__main__":
    main()
