"""Jacobians: shapes, structures, both modes, complex functions, what is refused."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from srcgrad import ArgumentTypeError, hessian, hvp, jacfwd, jacobian, jacrev, jvp

BOTH = pytest.mark.parametrize("make", [jacfwd, jacrev, jacobian], ids=lambda make: make.__name__)


def matrix_function(x, w):
    return np.tanh(w @ x) * x[0]


@BOTH
def test_shapes_are_those_of_the_result_then_the_argument(make) -> None:
    x, w = np.array([0.3, -0.2, 0.5]), np.arange(6.0).reshape(2, 3) / 5.0
    by_x, by_w = make(matrix_function, argnums=(0, 1))(x, w)
    assert by_x.shape == (2, 3) and by_w.shape == (2, 2, 3)
    step = 1e-6
    for k, unit in enumerate(np.eye(3)):
        moved = (matrix_function(x + step * unit, w) - matrix_function(x - step * unit, w)) / (2.0 * step)
        np.testing.assert_allclose(by_x[:, k], moved, atol=1e-9)


@BOTH
def test_containers(make) -> None:
    def f(p):
        return {"a": p["u"] * 2.0, "b": (np.sum(p["u"]) * p["s"], p["s"] ** 2)}

    found = make(f)({"u": np.ones(2), "s": 3.0})
    np.testing.assert_allclose(found["a"]["u"], 2.0 * np.eye(2))
    np.testing.assert_allclose(found["b"][0]["u"], [3.0, 3.0])
    assert found["b"][1]["s"] == pytest.approx(6.0)


@BOTH
def test_auxiliary_results(make) -> None:
    slope, aux = make(lambda x: (x**2, "extra"), has_aux=True)(3.0)
    assert slope == pytest.approx(6.0) and aux == "extra"


@BOTH
def test_holomorphic(make) -> None:
    assert make(lambda z: z**3, holomorphic=True)(1.0 + 2.0j) == pytest.approx(3.0 * (1.0 + 2.0j) ** 2)
    with pytest.raises(ArgumentTypeError, match="holomorphic=True"):
        make(lambda z: z**3)(1.0 + 2.0j)


def test_copies_and_pickles() -> None:
    for made in (jacfwd(matrix_function), hessian(np.linalg.norm), hvp(np.linalg.norm)):
        found = pickle.loads(pickle.dumps(made))
        assert type(found) is type(made) and repr(found) == repr(made)


def test_source_is_that_of_the_latest_call() -> None:
    wanted = jacfwd(matrix_function)
    wanted(np.ones(3), np.ones((2, 3)))
    assert "x_dot" in wanted.source


def test_hessian_of_two_arguments() -> None:
    whole = hessian(lambda a, b: np.sum(a**2) * b, argnums=(0, 1))(np.array([1.0, 2.0]), 3.0)
    np.testing.assert_allclose(whole[0][0], 6.0 * np.eye(2))
    np.testing.assert_allclose(whole[0][1], [2.0, 4.0])
    assert whole[1][1] == 0.0


def test_tangents_of_what_is_not_differentiated_may_be_left_out() -> None:
    out, slope = jvp(lambda x, n: x**n, (2.0, 3), (1.0, None))
    assert out == 8.0 and slope == pytest.approx(12.0)
    assert jvp(lambda x, n: x**n, (2.0, 3), (1.0, 0))[1] == pytest.approx(12.0)
    assert jvp(lambda x: (x**2, "aux"), (2.0,), (1.0,), has_aux=True) == (4.0, 4.0, "aux")


def test_tangents_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ArgumentTypeError, match="2 arguments and 1 tangents"):
        jvp(lambda x, y: x * y, (1.0, 2.0), (1.0,))
    with pytest.raises(ValueError, match="shape"):
        jvp(np.sin, (np.ones(3),), (np.ones(2),))
    with pytest.raises(ArgumentTypeError, match="as a tuple"):
        jvp(np.sin, np.ones(3), np.ones(3))


def test_buffers_that_trade_names_take_their_tangents_along() -> None:
    def swapped(x):
        a = np.zeros(2)
        b = np.zeros(2)
        for k in range(3):
            a, b = b, a
            a[0] = x * (k + 1) + b[1]
            view = a[1:]
            view[0] = a[0] * x
        return a[0] + 10.0 * b[1]

    step = 1e-6
    expected = (swapped(0.7 + step) - swapped(0.7 - step)) / (2.0 * step)
    assert jvp(swapped, (0.7,), (1.0,))[1] == pytest.approx(expected, rel=1e-8)
