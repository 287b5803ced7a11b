"""Real values on the way to complex ones: their adjoints are real."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcgrad import jvp, value_and_grad


def modulus(z, y):
    w = np.abs(z) * (1.0 + 2.0j) + z * y
    return np.sum(np.real(w * w * w))


def parts(z, y):
    w = z.real + 1j * y * z.imag
    return np.sum(np.abs(w) ** 2 * np.arange(4.0))


def imaginary_part(z, y):
    r = np.imag(z)
    w = r * 1j + z.real * y * (1.0 + 2.0j)
    return np.sum(np.real(w * w))


def imaginary_buffer(z, y):
    w = np.zeros(4, complex)
    w[...] = 1j * y
    w.real[:] = np.abs(z)
    return np.sum(np.real(w * w * z))


def products(z, y):
    return np.real(np.abs(z) @ (1j * z + y) * (2.0 + 1.0j))


@pytest.mark.parametrize("function", [modulus, parts, imaginary_part, imaginary_buffer, products])
def test_slopes(function: Callable[..., Any]):
    rng = np.random.default_rng(3)
    z, z_dot = (rng.uniform(0.5, 1.5, 4) + 1j * rng.uniform(0.5, 1.5, 4) for _ in range(2))
    y, y_dot = rng.uniform(0.5, 1.5, 4), rng.uniform(-1.0, 1.0, 4)
    step = 1e-6
    ahead, behind = function(z + step * z_dot, y + step * y_dot), function(z - step * z_dot, y - step * y_dot)
    slope = (ahead - behind) / (2.0 * step)
    _, (z_bar, y_bar) = value_and_grad(function, argnums=(0, 1))(z, y)
    assert y_bar.dtype == float
    np.testing.assert_allclose(np.real(np.sum(z_bar * z_dot)) + np.sum(y_bar * y_dot), slope, rtol=1e-7)
    np.testing.assert_allclose(jvp(function, (z, y), (z_dot, y_dot))[1], slope, rtol=1e-7)
