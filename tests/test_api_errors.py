"""Errors as a new user meets them: each says where, what is wrong, and what to do, before anything runs."""

from __future__ import annotations

import numpy as np
import pytest

import srcgrad
from srcgrad import SrcgradError, grad, value_and_grad, vjp

X = np.array([1.0, 2.0, 3.0])


def typo(x):
    return np.summ(x * x)


def unknown_name(x):
    return summ(x * x)  # noqa: F821


def generator(x):
    yield x * x


def global_write(x):
    global STATE
    STATE = x * x
    return STATE


def vector(x):
    return 2.0 * x


def complex_result(x):
    return np.sum(x) * 1j


def two_results(x):
    return x, x


def nothing(x):
    x * x


def text(x):
    return "text"


def no_rule(x):
    return np.sum(np.sort_complex(x).real)


def first(x, y, n=2):
    return np.sum(x) * y * n


def calls_failing(x):
    return failing(x) * 2.0


def failing(x):
    if x > 1.0:
        raise LookupError("mine")
    return x


@pytest.mark.parametrize(
    ("function", "error", "line", "parts"),
    [
        (typo, Exception, "return np.summ(x * x)", ["summ", "sum"]),
        (unknown_name, Exception, "return summ(x * x)", ["summ"]),
        (generator, NotImplementedError, "yield x * x", ["yield"]),
        (global_write, NotImplementedError, "STATE", ["global"]),
        (vector, TypeError, "def vector(x):", ["(3,)", "elementwise_grad", "vjp", "jacobian"]),
        (complex_result, TypeError, "return np.sum(x) * 1j", ["complex"]),
        (two_results, TypeError, "return x, x", ["tuple"]),
        (nothing, TypeError, "x * x", ["None"]),
        (text, TypeError, 'return "text"', ["not one number"]),
        (no_rule, NotImplementedError, "np.sort_complex(x)", ["sort_complex", "srcgrad.rules"]),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_functions_that_cannot_be_differentiated(function, error, line, parts):
    for derivative in (grad(function), value_and_grad(function)):
        with pytest.raises(SrcgradError) as caught:
            derivative(X)
        message = str(caught.value)
        assert isinstance(caught.value, error)
        for part in parts:
            assert part in message
        assert line in message and "^" in message and __file__ in message


def test_vector_results_have_another_way():
    assert np.array_equal(srcgrad.elementwise_grad(vector)(X), [2.0, 2.0, 2.0])
    assert np.array_equal(vjp(vector, X)[1](np.ones(3))[0], [2.0, 2.0, 2.0])


@pytest.mark.parametrize(
    ("call", "error", "parts"),
    [
        (lambda: grad(first)(np.arange(3), 1.0), TypeError, ["x.astype(float)", "def first(x, y, n=2):"]),
        (lambda: grad(first, "z")(X, 1.0), ValueError, ["first(x, y, n)", "'z'"]),
        (lambda: grad(first, 5), ValueError, ["positions 0 to 2"]),
        (lambda: grad(first)("text", 1.0), TypeError, ["str"]),
        (lambda: grad(first)(X), TypeError, ["missing 1 required positional argument: 'y'"]),
        (lambda: grad(int), NotImplementedError, ["int is a class"]),
        (lambda: grad(3), TypeError, ["takes a function"]),
        (lambda: vjp(vector, X)[1](np.ones(2)), ValueError, ["(2,)", "(3,)"]),
    ],
)
def test_calls_that_do_not_fit(call, error, parts):
    with pytest.raises(error) as caught:
        call()
    for part in parts:
        assert part in str(caught.value)


def test_functions_without_source():
    module: dict[str, object] = {}
    exec("def hidden(x):\n    return x * x\n", module)
    with pytest.raises(srcgrad.SourceError, match="hidden"):
        grad(module["hidden"])(1.0)  # type: ignore[arg-type]


def test_errors_of_the_users_code_pass_through():
    with pytest.raises(LookupError, match="mine"):
        grad(calls_failing)(2.0)
    assert grad(calls_failing)(0.5) == 2.0
    with pytest.raises(ValueError, match="operands could not be broadcast"):
        grad(lambda x, y: np.sum(x * y))(X, np.ones(2))
