"""Second derivatives of functions with rules of their own, of checkpoints, and of solutions of equations."""

from __future__ import annotations

import numpy as np
import pytest

from srcgrad import UnsupportedError, checkpointed, fixed_point, grad, root
from tests.custom.test_checkpointing import layer
from tests.custom.test_rules import log1pexp, wave


def cube_root(a):
    return root(lambda x: x**3 - a, 1.0)


def kepler(mean_anomaly):
    return fixed_point(lambda e: mean_anomaly + 0.3 * np.sin(e), mean_anomaly)


def on_a_line(a):
    x = root(lambda x: np.array([[3.0, 1.0], [0.5, 2.0]]) @ x + 0.1 * x**3 - a * np.array([1.0, 2.0]), np.zeros(2))
    return np.sum(x * x)


def differences(function, x):
    return (grad(function)(x + 1e-5) - grad(function)(x - 1e-5)) / 2e-5


@pytest.mark.parametrize("function", [cube_root, kepler, on_a_line, log1pexp, lambda x: layer(x, 2.0)])
def test_second_derivatives(function):
    assert grad(grad(function))(1.2) == pytest.approx(differences(function, 1.2), rel=1e-7)


def test_exact_values():
    assert grad(grad(cube_root))(8.0) == pytest.approx(-2.0 / 9.0 * 8.0 ** (-5.0 / 3.0), rel=1e-12)
    e = np.exp(0.5)
    assert grad(grad(log1pexp))(0.5) == pytest.approx(e / (1.0 + e) ** 2, rel=1e-12)
    # The rule of ``wave`` says ten times the cosine: that is what is differentiated again.
    assert grad(grad(lambda x: wave(x, 2.0)))(0.4) == pytest.approx(-20.0 * np.sin(0.4), rel=1e-12)


def test_a_checkpointed_loop_is_refused():
    def decay(x):
        for _ in checkpointed(range(9), snapshots=3):
            x = x - 0.01 * x * x
        return x

    with pytest.raises(UnsupportedError, match="checkpointed loop is not differentiated again"):
        grad(grad(decay))(1.0)
