"""``A.flat``, ``z.real`` and whole views are written as elements of the arrays themselves."""

from __future__ import annotations

import numpy as np
import pytest

from srcgrad import grad


def flat(A):
    for k in range(A.size):
        A.flat[k] = A.flat[k - 1] * A.flat[k]
    return np.sum(A)


def whole_rows(A):
    for row in A:
        row[:] = np.sin(row)
    return np.sum(A)


def real_parts(A):
    z = A.astype(complex)
    z.imag[0] = A[1]
    return np.sum(np.real(z * z))


def conjugated(A):
    B = A.conj()
    B[0] *= 2.0
    return np.sum(A * A)


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (flat, "A[k // A.shape[1], k % A.shape[1]]"),
        (whole_rows, "A[row_index] ="),
        (real_parts, "z[0] = np.real(z[0]) + 1j * A[1]"),
        (conjugated, "A[0] *= 2.0"),
    ],
)
def test_texts_and_slopes(function, line):
    A = np.random.default_rng(0).uniform(0.5, 1.5, (3, 4))
    gradient = grad(function)
    assert line in gradient.source_for(A)
    A_dot, step = np.random.default_rng(1).normal(size=A.shape), 1e-6
    slope = (function(A + step * A_dot) - function(A - step * A_dot)) / (2.0 * step)
    np.testing.assert_allclose(np.sum(gradient(A) * A_dot), slope, rtol=1e-7)
