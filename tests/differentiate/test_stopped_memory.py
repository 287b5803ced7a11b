"""What ``stop_gradient`` gives is the very same array: a constant for the derivative, whatever is written there."""

from __future__ import annotations

import numpy as np

from srcgrad import jvp, stop_gradient, value_and_grad


def relaxed(x, s):
    y = x.copy()
    y[1:] *= stop_gradient(y[:-1]) * s
    z = stop_gradient(y)
    y[0] = np.sum(z * x)
    return np.sum(y * y)


def relaxed_with_constants(x, s, x_fixed, s_fixed):
    before = x_fixed.copy()
    y = x.copy()
    y[1:] = y[1:] * before[:-1] * s
    z = before.copy()
    z[1:] = z[1:] * before[:-1] * s_fixed
    y[0] = np.sum(z * x)
    return np.sum(y * y)


def test_slopes_in_both_modes():
    rng = np.random.default_rng(0)
    x, x_dot, s, step = rng.uniform(0.5, 1.5, 5), rng.normal(size=5), 0.7, 1e-6
    ahead, behind = (relaxed_with_constants(x + h * x_dot, s + h, x, s) for h in (step, -step))
    slope = (ahead - behind) / (2.0 * step)
    value, (x_bar, s_bar) = value_and_grad(relaxed, argnums=(0, 1))(x, s)
    np.testing.assert_allclose(value, relaxed_with_constants(x, s, x, s))
    np.testing.assert_allclose(x_bar @ x_dot + s_bar, slope, rtol=1e-7)
    np.testing.assert_allclose(jvp(relaxed, (x, s), (x_dot, 1.0))[1], slope, rtol=1e-7)
