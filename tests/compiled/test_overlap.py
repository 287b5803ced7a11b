"""Updates in place that read what they write."""

from __future__ import annotations

import gast
import numpy as np
import pytest

from srcgrad import grad
from srcgrad.compiled.overlap import without_overlapping_updates
from srcgrad.compiled.unit import Unit
from srcgrad.kind import Array, Scalar
from srcgrad.syntax.printer import print_tree

VARIABLES = {"a": Array("float64", ("n",)), "b": Array("float64", ("n",)), "s": Scalar("float64")}


def rewritten(body):
    tree = gast.parse(f"def f(a, b, s):\n    {body}").body[0]
    return print_tree(without_overlapping_updates(Unit(tree, {}, VARIABLES)).body).strip()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a[1:] += a[:-1]", "a[1:] = a[1:] + a[:-1]"),
        ("a += a[::-1]", "a[...] = a + a[::-1]"),
        ("w = a[::-1]\n    a += 2.0 * w", "w = a[::-1]\na[...] = a + 2.0 * w"),
        ("w = a.reshape(2, 2).T\n    a[:2] -= w[0]", "w = a.reshape(2, 2).T\na[:2] = a[:2] - w[0]"),
        ("a[1:] += np.sin(a[:-1])", "a[1:] = a[1:] + np.sin(a[:-1])"),
        ("a[1:] += b[:-1]", "a[1:] += b[:-1]"),
        ("a *= s * a", "a *= s * a"),
        ("a[0] += a[1]", "a[0] += a[1]"),
        ("a += a[::-1].copy()", "a += a[::-1].copy()"),
        ("w = a[::-1] * 1.0\n    a += w", "w = a[::-1] * 1.0\na += w"),
        ("s += a[0]", "s += a[0]"),
    ],
)
def test_text(before, after):
    assert rewritten(before) == after


def reversed_sum(x):
    u = x * 1.0
    u[1:] += u[:-1]
    u += u[::-1]
    u[::2] *= u[1::2]
    return np.sum(u**3)


def test_gradient():
    x = np.linspace(0.3, 1.0, 6)
    np.testing.assert_allclose(grad(reversed_sum, backend="numba")(x), grad(reversed_sum)(x), rtol=1e-13)
