"""Gradients written, or added, into buffers of the caller's."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_equal

from srcgrad import grad, value_and_grad

X = np.arange(4.0)


def energy(x):
    return 2.0 * np.sum(x * x)


@dataclasses.dataclass
class Weights:
    matrix: Any
    offset: Any
    name: str = "layer"


def weighted(weights, x):
    return np.sum(weights.matrix * x) + 3.0 * weights.offset


def nested(tree):
    return np.sum(tree["w"] * tree["w"]) + 3.0 * tree["inner"][1] + 5.0 * tree["rate"]


def test_written_and_added():
    buffer = np.full(4, 7.0)
    df = grad(energy)
    assert df(X, out=buffer) is buffer
    assert_allclose(buffer, 4.0 * X)
    assert df(X, out=buffer, accumulate=True) is buffer
    assert_allclose(buffer, 8.0 * X)
    assert_allclose(df(X, out=None), 4.0 * X)
    scalar = np.zeros(())
    grad(lambda x: x * x)(3.0, out=scalar)
    assert scalar == 6.0


def test_the_argument_itself_as_buffer():
    x = X.copy()
    grad(energy)(x, out=x)
    assert_allclose(x, 4.0 * X)


def test_value_and_gradient():
    buffer = np.zeros(4)
    value, stored = value_and_grad(energy)(X, out=buffer)
    assert value == 28.0 and stored is buffer
    assert_allclose(buffer, 4.0 * X)


def test_auxiliary():
    buffer = np.zeros(4)
    stored, note = grad(lambda x: (np.sum(x), "note"), has_aux=True)(X, out=buffer)
    assert stored is buffer and note == "note"
    assert_allclose(buffer, 1.0)


def test_several_arguments_and_containers():
    buffers = (np.zeros(4), {"w": np.zeros(2), "inner": ["kept", 1.0], "rate": 2.0})

    def both(x, tree):
        return energy(x) + nested(tree)

    tree = {"w": np.ones(2), "inner": [3, 1.0], "rate": 0.5}
    assert grad(both, (0, 1))(X, tree, out=buffers, accumulate=True) is buffers
    assert_allclose(buffers[0], 4.0 * X)
    assert_allclose(buffers[1].pop("w"), 2.0)
    assert buffers[1] == {"inner": ["kept", 4.0], "rate": 7.0}


def test_attributes():
    buffer = Weights(np.zeros(4), 1.0)
    grad(weighted)(Weights(np.ones(4), 2.0), X, out=buffer)
    assert_equal(buffer.matrix, X)
    assert buffer.offset == 3.0


@pytest.mark.parametrize(
    ("out", "error", "message"),
    [
        (np.zeros(3), ValueError, r"out has shape \(3,\), but the gradient has shape \(4,\)"),
        (np.zeros(4, np.float32), TypeError, "out has dtype float32, but the gradient has dtype float64"),
        (np.zeros(4, int), TypeError, "out has dtype int64"),
        ((np.zeros(4),), TypeError, "out is a tuple of length 1, but the gradient to be stored in it is an array"),
        (3.0, TypeError, r"out is of type float, but .* an array of shape \(4,\)"),
    ],
)
def test_buffers_that_do_not_fit(out, error, message):
    with pytest.raises(error, match=message):
        grad(energy)(X, out=out)


def test_nothing_is_written_unless_all_fits():
    first = np.zeros(4)
    with pytest.raises(ValueError, match=r"out\[1\] has shape"):
        grad(lambda x, y: np.sum(x) + np.sum(y), (0, 1))(X, X, out=(first, np.zeros(3)))
    assert_equal(first, 0.0)
    read_only = np.zeros(4)
    read_only.flags.writeable = False
    with pytest.raises(ValueError, match="out is read-only"):
        grad(energy)(X, out=read_only)
    with pytest.raises(TypeError, match=r"out is a dict with \['w'\], but .* dict with \['w'\], \['inner'\]"):
        grad(nested)({"w": X, "inner": [1, 2.0], "rate": 0.5}, out={"w": np.zeros(4)})
    with pytest.raises(TypeError, match=r"out\[1\] is of type float"):
        grad(lambda x, y: x * y, (0, 1))(1.0, 2.0, out=(np.zeros(()), 0.0))


def test_accumulate_needs_buffers():
    with pytest.raises(ValueError, match="out= gives none"):
        grad(energy)(X, accumulate=True)


def test_parameters_of_these_names_are_the_functions_own():
    def own(x, out=1.0):
        return x * out

    assert grad(own)(2.0, out=3.0) == 3.0
    assert grad(own, "out")(2.0, out=3.0) == 2.0
