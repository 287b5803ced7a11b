"""Pullbacks: which gradients they give, cotangents, storage."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose

from srcgrad import vjp
from tests.calling.differences import Read

X, Y = np.array([1.0, 2.0]), np.array([3.0, 4.0])


class Both(NamedTuple):
    product: np.ndarray
    total: float


def product(x, y, n=2):
    return x * y * n


def test_every_argument_given_by_position():
    out, pullback = vjp(product, X, Y)
    assert_allclose(out, 2.0 * X * Y)
    for _ in range(2):
        by_x, by_y = pullback(np.array([1.0, 10.0]))
        assert_allclose(by_x, 2.0 * Y * [1.0, 10.0])
        assert_allclose(by_y, 2.0 * X * [1.0, 10.0])
    (by_x,) = vjp(product, X, y=Y)[1](np.ones(2))
    assert_allclose(by_x, 2.0 * Y)


def test_arguments_without_a_gradient_give_none():
    _, pullback = vjp(product, X, Y, 3)
    by_x, by_y, by_n = pullback(np.ones(2))
    assert_allclose(by_x, 3.0 * Y)
    assert by_n is None
    with pytest.raises(TypeError, match=r"no positional argument of .* product\(x, y, n\) is or holds a float"):
        vjp(product, 1, 2)


def test_chosen_arguments():
    assert_allclose(vjp(product, X, Y, argnums=1)[1](np.ones(2)), 2.0 * X)
    (by_y,) = vjp(product, X, Y, argnums=("y",))[1](np.ones(2))
    assert_allclose(by_y, 2.0 * X)
    assert_allclose(vjp(product, X, Y, 2, argnums="n")[1](np.ones(2)), np.sum(X * Y))


def test_variadic_arguments():
    def summed(x, *args):
        return x + 2.0 * args[0] + 3.0 * args[1]

    assert vjp(summed, 1.0, 2.0, 3.0)[1](1.0) == (1.0, 2.0, 3.0)
    assert vjp(summed, 1.0, 2, 3.0)[1](1) == (1.0, None, 3.0)


def test_auxiliary_result():
    out, pullback, note = vjp(lambda x: (x * x, "note"), 3.0, has_aux=True)
    assert (out, note) == (9.0, "note")
    assert pullback(1.0) == (6.0,)


def test_containers_of_results():
    def both(x):
        return {"a": x * x, "b": [2.0 * np.sum(x), 7]}

    _, pullback = vjp(both, X)
    (gradient,) = pullback({"a": np.ones(2), "b": [1.0, None]})
    assert_allclose(gradient, 2.0 * X + 2.0)
    with pytest.raises(TypeError, match=r"the cotangent\['b'\] is of type float, but the result is a list"):
        pullback({"a": np.ones(2), "b": 1.0})
    with pytest.raises(ValueError, match=r"the cotangent\['a'\] has shape \(3,\), but the result has shape \(2,\)"):
        pullback({"a": np.ones(3), "b": [1.0, None]})
    with pytest.raises(TypeError, match="parts"):
        pullback({"a": np.ones(2)})

    _, pullback = vjp(lambda x: Both(x * x, np.sum(x)), X)
    (gradient,) = pullback((np.ones(2), 1.0))
    assert_allclose(gradient, 2.0 * X + 1.0)


@pytest.mark.parametrize(
    ("cotangent", "error", "message"),
    [
        (1.0, ValueError, r"the cotangent has shape \(\), but the result has shape \(2,\)"),
        (np.ones((1, 2)), ValueError, "np.ones_like"),
        (np.array([1j, 1.0]), TypeError, "give real numbers"),
        ("text", TypeError, "of type str"),
        (None, TypeError, "of type NoneType"),
        ({"a": 1.0}, TypeError, "of type dict"),
    ],
)
def test_cotangents_that_do_not_fit(cotangent, error, message):
    _, pullback = vjp(product, X, Y)
    with pytest.raises(error, match=message):
        pullback(cotangent)


def test_cotangents_are_converted_and_left_alone(differences):
    _, pullback = vjp(product, X, Y)
    integers = np.array([1, 10])
    assert_allclose(pullback(integers)[0], [6.0, 80.0])
    assert_allclose(pullback([1, 10])[0], [6.0, 80.0])
    assert integers.dtype.kind == "i"
    _, pullback = vjp(lambda x: x * x, np.float32(3.0))
    (gradient,) = pullback(1.0)
    assert gradient == 6.0 and gradient.dtype == np.float32


def test_storage():
    _, pullback = vjp(product, X, Y)
    out = (np.zeros(2), np.ones(2))
    assert pullback(np.ones(2), out=out, accumulate=True) is out
    assert_allclose(out[0], 2.0 * Y)
    assert_allclose(out[1], 2.0 * X + 1.0)
    with pytest.raises(ValueError, match="out= gives none"):
        pullback(np.ones(2), accumulate=True)


def test_source_and_representation():
    _, pullback = vjp(product, X, Y)
    assert pullback.source == "# product: pair with respect to x, y, 1"
    assert repr(pullback) == "<pullback of product(x, y, n) with respect to its positional arguments>"
    with pytest.raises(TypeError, match="vjp takes a function"):
        vjp(3.0)


def test_one_forward_sweep_is_specialised_once(differences):
    for _ in range(3):
        vjp(product, X, Y)
    assert len(differences.requests) == 1


def test_variables_are_as_the_forward_sweep_read_them(differences):
    read = Read({"variable": 1.0}, "variable")
    differences.environment = (read,)
    _, pullback = vjp(product, X, Y)
    read.module["variable"] = 2.0
    pullback(np.ones(2))
    assert read.module == {"variable": 1.0}
