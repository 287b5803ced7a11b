"""Gradients are arrays of their own: changing one changes no argument, and no other gradient."""

from __future__ import annotations

import numpy as np
import pytest

from srcgrad import grad, value_and_grad


def halves(x, y):
    return np.sum(x[1:4] * y) + np.sum(x)


def scaled(a, b):
    return a * b


def through_a_callee(x, y):
    return np.sum(scaled(x, y))


@pytest.mark.parametrize(
    "function",
    [lambda x, y: np.sum(y * x), lambda x, y: np.sum(x * y[::-1]), lambda x, y: np.sum(x + y), through_a_callee],
    ids=["other argument", "view of the other", "equal gradients", "callee"],
)
def test_gradients_share_memory_with_nothing(function):
    x, y = np.linspace(1.0, 2.0, 3), np.linspace(3.0, 4.0, 3)
    for gradients in (grad(function, argnums=(0, 1))(x, y), value_and_grad(function, argnums=(0, 1))(x, y)[1]):
        arrays = [*gradients, x, y]
        for at, first in enumerate(arrays[:2]):
            assert not any(np.shares_memory(first, other) for other in arrays[at + 1 :])


def test_gradients_in_containers_and_single_precision_are_their_own():
    x, y = np.ones(3), np.arange(3.0)
    for gradient in grad(lambda pair: np.sum(pair[0] * pair[1]))([x, y]):
        assert not np.shares_memory(gradient, x) and not np.shares_memory(gradient, y)
    x, y = x.astype(np.float32), y.astype(np.float32)
    assert not np.shares_memory(grad(lambda x, y: np.sum(x * y))(x, y), y)


def test_what_is_new_is_not_copied():
    derivative = grad(halves, argnums=(0, 1))
    derivative(np.ones(5), np.ones(3))
    assert "x_bar.copy()" not in derivative.source
