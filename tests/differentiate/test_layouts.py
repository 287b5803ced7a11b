"""What is a view and what a copy is decided by how the caller's arrays lie in memory, in both modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcgrad import SrcgradError, jvp, value_and_grad

BASE = np.random.default_rng(0).uniform(0.5, 1.5, (8, 9))
LAYOUTS = {
    "rows": BASE[:3, :4].copy(),
    "columns": np.asfortranarray(BASE[:3, :4]),
    "slice": BASE[:3, :4],
    "steps": BASE[::3, ::2][:3, :4],
    "reversed": BASE[2::-1, 3::-1],
    "transposed": BASE[:4, :3].T,
}


def raveled(A):
    v = A.ravel()
    v[1] = 3.0 * A[0, 0]
    w = A.T.ravel()
    w[2] = A[1, 1] ** 2
    A[1:, ::2] *= A[:-1, ::2]
    return np.sum(A * A) + np.sum(v * v)


def reshaped(A):
    B = A.reshape(-1)
    B[0] *= A[-1, -1]
    C = A.T.reshape(A.shape[1], -1)
    C[0] *= 2.0
    return np.sum(A * A * A) + np.sum(B)


def in_a_loop(A):
    for k in range(3):
        v = A.ravel() if k % 2 else A.T.ravel()
        v *= A[0, 1]
        if A[0, 0] > 5.0:
            break
        v[k] = np.sin(v[k + 1])
    return np.sum(A * A)


def by_a_callee(A):
    def fill(part, value):
        part.ravel()[:2] = value
        return part.reshape(-1)

    fill(A, A[1, 1])[-1] *= 2.0
    fill(A[1:], A[0, 2])
    fill(A[:, 1:], A[0, 0])
    return np.sum(A * A * A)


def in_the_wanted_order(A):
    v = np.ascontiguousarray(A)
    v[0] *= 2.0
    w = np.asfortranarray(A)
    w[:, 0] += A[0, 1] ** 2
    return np.sum(A * A) + np.sum(v * w)


def new_arrays(A):
    B = A * 2.0
    v = B.ravel()
    v[1] = A[0, 0] ** 2
    w = np.ravel(B.T)
    w[0] *= 3.0
    return np.sum(B * B)


def laid_out_alike(array: np.ndarray) -> np.ndarray:
    low, high = np.lib.array_utils.byte_bounds(array)
    offset = array.__array_interface__["data"][0] - low
    made = np.ndarray(array.shape, array.dtype, np.zeros(high - low, np.uint8).data, offset, array.strides)
    made[...] = array
    return made


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("function", [raveled, reshaped, in_a_loop, by_a_callee, in_the_wanted_order, new_arrays])
def test_slopes(function: Callable[..., Any], layout: str):
    A = LAYOUTS[layout]
    A_dot = np.random.default_rng(1).normal(size=A.shape)

    def at(step: float) -> Any:
        moved = laid_out_alike(A)
        moved += step * A_dot
        return function(moved)

    given, step = A.copy(), 1e-6
    slope = (at(step) - at(-step)) / (2.0 * step)
    value, A_bar = value_and_grad(function)(A)
    np.testing.assert_allclose(value, at(0.0), rtol=1e-14)
    np.testing.assert_allclose(np.sum(A_bar * A_dot), slope, rtol=1e-6)
    np.testing.assert_array_equal(A, given)
    try:
        value, tangent = jvp(function, (A,), (A_dot,))
    except SrcgradError as refusal:
        assert function is new_arrays and "is a copy for the array's tangent" in str(refusal)
    else:
        np.testing.assert_allclose(value, at(0.0), rtol=1e-14)
        np.testing.assert_allclose(tangent, slope, rtol=1e-6)
    np.testing.assert_array_equal(A, given)
