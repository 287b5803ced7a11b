"""Typed tapes: their text, how long they are made, and what they give back."""

from __future__ import annotations

import gast
import numpy as np
import pytest

from srcgrad import grad, vjp
from srcgrad.compiled.capacity import capacity
from srcgrad.syntax.printer import print_tree


@pytest.mark.parametrize(
    ("loops", "length"),
    [
        ("for i in range(n):\n    t.append(s)", "max(n, 0)"),
        ("for i in range(len(x)):\n    t.append(s)\n    t.append(s)", "len(x) + len(x)"),
        ("for i in range(n):\n    for j in range(m):\n        t.append(s)", "max(n, 0) * max(m, 0)"),
        ("for i in range(n):\n    for j in range(i):\n        t.append(s)", "max(n, 0) * max(n - 1, 0)"),
        ("for i in range(n):\n    for j in range(i + 1, n):\n        t.append(s)", "max(n, 0) * max(n - 1, 0)"),
        ("for i in range(n):\n    if s > 0:\n        t.append(s)", None),
        ("while s > 0:\n    t.append(s)", None),
        ("for i in range(n):\n    k = i * i\n    for j in range(k):\n        t.append(s)", None),
        ("n = 3\nfor i in range(n):\n    t.append(s)", None),
    ],
)
def test_capacity(loops, length):
    found = capacity("t", gast.parse(loops).body, lambda entry: True)
    assert (None if found is None else print_tree(found)) == length


def triangular(x):
    u = x * 1.0
    for k in range(len(u)):
        for i in range(k + 1, len(u)):
            u[i] = u[i] * u[k] + np.sin(u[i])
    return np.sum(u * u)


def until_small(x, tol):
    trips = 0
    while x > tol:
        x = x * np.cos(x) * 0.9
        trips += 1
    return x * trips


def many_trips(x):
    while x < 1e3:
        if x < 1.0:
            x = x + 0.01 * np.exp(-x)
        else:
            x = x * 1.01
    return x


@pytest.mark.parametrize(
    ("function", "arguments"),
    [(triangular, (np.linspace(0.3, 0.8, 6),)), (until_small, (1.2, 1e-2)), (many_trips, (0.1,))],
)
def test_gradient(function, arguments):
    df = grad(function, backend="numba")
    np.testing.assert_allclose(df(*arguments), grad(function)(*arguments), rtol=1e-12)
    assert "tape = []" not in df.source and "_count" in df.source


def test_a_pullback_may_be_called_again():
    out, pullback = vjp(many_trips, 0.1, backend="numba")
    assert out == pytest.approx(many_trips(0.1))
    first = pullback(1.0)
    assert pullback(1.0) == first
    assert "def many_trips_reverse" in pullback.source and "tape.copy()" not in pullback.source
