"""Innermost loops: their direction, elements as numbers, and what must stay as it is."""

from __future__ import annotations

import gast
import numpy as np
import pytest

from srcgrad import grad
from srcgrad.compiled.innermost import with_innermost_loops
from srcgrad.compiled.unit import Unit
from srcgrad.kind import Array, Scalar
from srcgrad.syntax.printer import print_tree

VECTOR, MATRIX, NUMBER, WHOLE = (
    Array("float64", ("n",)), Array("float64", ("n", "n")), Scalar("float64"), Scalar("int64")
)  # fmt: skip
VARIABLES = {
    "A": MATRIX, "B": MATRIX, "a": VECTOR, "b": VECTOR, "s": NUMBER, "t": NUMBER, "i": WHOLE, "j": WHOLE, "n": WHOLE
}  # fmt: skip


def rewritten(body, before=""):
    lines = "\n    ".join([*before.splitlines(), *body.splitlines(), "return A, a, s"])
    tree = gast.parse(f"def f(A, B, a, b, s, t, n, i):\n    a = a.copy()\n    A = A.copy()\n    {lines}").body[0]
    text = print_tree(with_innermost_loops(Unit(tree, {}, VARIABLES))).strip()
    return [line[4:] for line in text.splitlines()[3:-1]]


UP = "for j in range(n):"


@pytest.mark.parametrize(
    "statement",
    [
        "a[j] = b[j]",
        "s += b[j] * t",
        "A[i, j] += b[j] * t",
        "a[j] += b[j]\n    a[n - 1 - j] += b[j]",
        "t = b[j]\n    a[j] = t * np.sin(t)",
    ],
)
def test_trips_that_may_change_places_run_upwards(statement):
    assert UP in rewritten(f"for j in range(n - 1, -1, -1):\n    {statement}")


@pytest.mark.parametrize(
    "statement",
    [
        "a[j] = a[j + 1]",
        "a[j] += a[j + 1]",
        "a[j - 1] += a[j]",
        "a[0] = b[j]",
        "t = b[j]\n    a[i] = t",
        "a[n - 1 - j] = b[j]\n    a[j] = s",
        "s += b[j]\n    a[j] = s",
        "s *= b[j]",
        "s = b[j]",
        "a[j] = t\n    t = b[j]",
        "a[j] = unknown(b, j)",
        "a[j] = np.sum(b)",
        "b[j] = B[0, j]",
    ],
)
def test_trips_that_may_not_stay_as_they_are(statement):
    assert UP not in rewritten(f"for j in range(n - 1, -1, -1):\n    {statement}")


def test_elements_that_all_trips_share_are_numbers():
    found = rewritten("for j in range(i):\n    a[i] -= A[i, j] * a[j]", "a[i] = b[i]")
    assert found == [
        "a[i] = b[i]", "a_i = a[i]", "for j in range(i):", "    a_i -= A[i, j] * a[j]", "a[i] = a_i"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("loop", "before"),
    [
        ("for j in range(n):\n    a[i] -= A[i, j] * a[j]", "a[i] = b[i]"),  # a[j] may be a[i]
        ("for j in range(i):\n    a[i] -= A[i, j] * a[j - n]", "a[i] = b[i]"),  # counted from the end
        ("for j in range(i):\n    a[i] -= A[i, j] * a[j]", ""),  # a[i] may not exist
        ("for j in range(i):\n    b[i] -= B[i, j]", "b[i] = 1.0"),  # arguments may share memory
    ],
)
def test_elements_that_others_may_be_stay(loop, before):
    assert not any("_i = " in line for line in rewritten(loop, before))


def test_indices_that_run_down_are_said_not_to_be_negative():
    found = rewritten("for i in range(n - 1, -1, -1):\n    for j in range(i + 1, n):\n        A[i, j] = A[j, i]")
    assert found[:2] == ["for i in range(n - 1, -1, -1):", "    assert i >= 0"]


def elimination(A, b):
    n = len(b)
    for k in range(n):
        for i in range(k + 1, n):
            A[i, k] = A[i, k] / A[k, k]
            for j in range(k + 1, n):
                A[i, j] -= A[i, k] * A[k, j]
            b[i] -= A[i, k] * b[k]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            b[i] -= A[i, j] * b[j]
        b[i] /= A[i, i]
    return np.sum(b * b)


def shifted(u, steps):
    for _ in range(steps):
        for i in range(1, len(u)):
            u[i] = u[i] * u[i - 1] + np.cos(u[i])
        for i in range(len(u) - 1):
            u[i] += 0.5 * u[i + 1] * u[len(u) - 1]
    return np.sum(u)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (elimination, (np.eye(5) * 5.0 + np.arange(25.0).reshape(5, 5) / 25.0, np.linspace(1.0, 2.0, 5))),
        (elimination, (np.eye(1), np.ones(1))),
        (elimination, (np.eye(0), np.ones(0))),
        (shifted, (np.linspace(0.3, 0.8, 7), 3)),
    ],
)
def test_gradient(function, arguments):
    argnums = tuple(place for place, value in enumerate(arguments) if isinstance(value, np.ndarray))
    expected = grad(function, argnums=argnums)(*arguments)
    found = grad(function, argnums=argnums, backend="numba", boundscheck=True)(*arguments)
    for one, other in zip(expected, found):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-14)
