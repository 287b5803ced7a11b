"""The numba backend from outside: how it is chosen, and what goes through it."""

from __future__ import annotations

import logging
import pickle
import random
import sys

import numpy as np
import pytest

import srcgrad
from srcgrad import (
    ArgumentTypeError,
    ArgumentValueError,
    BackendError,
    Numba,
    SrcgradError,
    UnsupportedError,
    elementwise_grad,
    grad,
    set_default_backend,
    value_and_grad,
    vjp,
)

numba = pytest.importorskip("numba")


def relax(x, w, n, tol):
    y = np.zeros(n)
    s = 0.0
    for i in range(n):
        a = w * x[i] + s
        if a > 0.0:
            s = np.sin(a)
        else:
            s = 0.1 * a
        y[i] = s * x[i]
    while s * s > tol:
        s = 0.5 * s
        y[0] = y[0] * s
    return np.sum(y) + s


RELAX = (np.linspace(0.1, 1.0, 8), 0.5, 8, 1e-6)


@pytest.fixture(autouse=True)
def numpy_by_default(monkeypatch):
    monkeypatch.delenv("SRCGRAD_BACKEND", raising=False)
    monkeypatch.setattr(srcgrad.backend, "_default", [])


def test_entry_points_agree_with_numpy():
    plain = grad(relax, argnums=("x", "w"))(*RELAX)
    compiled = grad(relax, argnums=("x", "w"), backend="numba")(*RELAX)
    np.testing.assert_allclose(compiled[0], plain[0], rtol=1e-13)
    np.testing.assert_allclose(compiled[1], plain[1], rtol=1e-13)
    value, _ = value_and_grad(relax, backend="numba")(*RELAX)
    assert value == pytest.approx(relax(*RELAX), rel=1e-13)
    x = np.linspace(-1.0, 1.0, 5)
    np.testing.assert_allclose(elementwise_grad(np.tanh, backend="numba")(x), elementwise_grad(np.tanh)(x), rtol=1e-13)


def test_the_text_is_compiled_as_it_stands():
    df = grad(relax, backend="numba")
    df(*RELAX)
    namespace = {}
    exec(df.source, namespace)
    np.testing.assert_allclose(namespace["relax_grad"](*RELAX), grad(relax)(*RELAX), rtol=1e-13)
    assert '@njit(error_model="numpy")\ndef relax_grad(x, w, n, tol):' in df.source


def test_the_default_backend():
    assert "njit" not in grad(relax).source_for(*RELAX)
    set_default_backend("numba")
    assert "njit" in grad(relax).source_for(*RELAX)
    assert "njit" not in grad(relax, backend="numpy").source_for(*RELAX)
    set_default_backend(Numba(fastmath=True))
    assert "fastmath=True" in grad(relax).source_for(*RELAX)


def test_the_environment_variable(monkeypatch):
    monkeypatch.setenv("SRCGRAD_BACKEND", "numba")
    assert "njit" in grad(relax).source_for(*RELAX)
    monkeypatch.setenv("SRCGRAD_BACKEND", "fortran")
    with pytest.raises(ArgumentValueError, match="the environment variable SRCGRAD_BACKEND is 'fortran'"):
        grad(relax)


def test_options_pass_through():
    text = grad(relax, backend="numba", fastmath=True, error_model="python", boundscheck=True).source_for(*RELAX)
    assert '@njit(error_model="python", fastmath=True, boundscheck=True)' in text
    with pytest.raises(ArgumentTypeError, match="there is no option fast_math"):
        grad(relax, backend="numba", fast_math=True)
    with pytest.raises(ArgumentValueError, match="fastmath is an option of the numba backend"):
        grad(relax, fastmath=True)
    with pytest.raises(ArgumentValueError, match="error_model is 'c'"):
        grad(relax, backend="numba", error_model="c")
    with pytest.raises(ArgumentValueError, match="backend is 'jax'"):
        grad(relax, backend="jax")


def test_bounds_are_checked_on_request():
    def third(x):
        return x[2] * x[2]

    with pytest.raises(IndexError):
        grad(third, backend="numba", boundscheck=True)(np.ones(2))


def test_without_numba(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(BackendError, match='needs numba, which cannot be imported\n.*pip install "srcgrad') as caught:
        grad(relax, backend="numba")
    assert isinstance(caught.value, ImportError)


def test_division_by_zero_is_as_numpy_has_it():
    def reciprocal(x):
        return 1.0 / x[0]

    assert grad(reciprocal, backend="numba")(np.zeros(1))[0] == -np.inf


def test_backends_do_not_mix():
    assert "njit" in grad(relax, backend="numba").source_for(*RELAX)
    assert "njit" not in grad(relax).source_for(*RELAX)


def test_a_derivative_can_be_pickled():
    again = pickle.loads(pickle.dumps(grad(relax, argnums="w", backend="numba")))
    assert "njit" in again.source_for(*RELAX)


@numba.njit
def compiled_cube(x):
    return x * x * x


def calls_compiled(x):
    return np.sum(compiled_cube(x)) + np.floor(compiled_cube(x[0]))


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_functions_that_are_compiled_already(backend):
    x = np.array([1.5, 2.0])
    np.testing.assert_allclose(elementwise_grad(compiled_cube, backend=backend)(x), 3.0 * x * x)
    np.testing.assert_allclose(grad(calls_compiled, backend=backend)(x), 3.0 * x * x)


def rounded(x, digits=2.0):
    whole = np.floor(x * digits)
    return whole * SCALE


def calls_inactive(x, k):
    return np.sum(x * x) * rounded(k)


SCALE = 2.0


def test_helpers_are_compiled_and_data_handed_over(monkeypatch):
    x = np.array([1.5, 2.5])
    df = grad(calls_inactive, backend="numba")
    np.testing.assert_allclose(df(x, 1.3), grad(calls_inactive)(x, 1.3))
    assert "def rounded(SCALE, x, digits=2.0):" in df.source
    monkeypatch.setattr(sys.modules[__name__], "SCALE", 5.0)
    np.testing.assert_allclose(df(x, 1.3), grad(calls_inactive)(x, 1.3))


def test_a_helper_that_is_replaced(monkeypatch):
    x = np.array([1.5, 2.5])
    df = grad(calls_inactive, backend="numba")
    df(x, 1.3)
    monkeypatch.setattr(sys.modules[__name__], "rounded", lambda x: x * 0.0 + 1.0)
    np.testing.assert_allclose(df(x, 1.3), grad(calls_inactive)(x, 1.3))


def with_static_arguments(x, mode, function, nothing=None):
    y = function(x)
    if mode == "sum" and nothing is None:
        return np.sum(y)
    return np.mean(y)


@pytest.mark.parametrize("mode", ["sum", "mean"])
def test_static_arguments(mode):
    x = np.linspace(0.0, 1.0, 4)
    df = grad(with_static_arguments, backend="numba")
    np.testing.assert_allclose(df(x, mode, np.tanh), grad(with_static_arguments)(x, mode, np.tanh), rtol=1e-13)
    np.testing.assert_allclose(df(x, mode, np.sin), np.cos(x) / (1 if mode == "sum" else 4), rtol=1e-13)


def test_pullback():
    out, pullback = vjp(lambda x, y: x * y, np.array([1.0, 2.0]), 3.0, backend="numba")
    np.testing.assert_allclose(out, [3.0, 6.0])
    for _ in range(2):
        by_x, by_y = pullback(np.array([1.0, 10.0]))
        np.testing.assert_allclose(by_x, [3.0, 30.0])
        assert by_y == 21.0


def test_compiling_is_logged_and_shown(caplog, capsys):
    def parabola(x):
        return x * x

    with caplog.at_level(logging.INFO, "srcgrad"):
        grad(parabola, backend="numba", progress=True)(3.0)
    assert [record.getMessage().partition(" in ")[0] for record in caplog.records] == [
        "compiling parabola_grad with numba",
        "compiled parabola_grad",
    ]
    assert capsys.readouterr().err.startswith("srcgrad: compiling parabola_grad ...")


def test_what_numba_cannot_compile_is_refused_at_the_line():
    def contraction(x):
        z = x * 2.0
        return np.sum(np.linalg.tensorsolve(np.eye(4).reshape(2, 2, 2, 2), z))

    def formatted(x):
        label = f"{x:.3f}"
        return x * len(label)

    with pytest.raises(UnsupportedError) as caught:
        grad(formatted, backend="numba")(1.5)
    assert 'label = f"{x:.3f}"' in str(caught.value)
    assert 'use backend="numpy"' in str(caught.value)
    assert caught.value.location.line == formatted.__code__.co_firstlineno + 1


def test_an_argument_that_numba_does_not_know():
    class Box:
        def __init__(self, side):
            self.side = side

    def area(x, box):
        return x * box.side if isinstance(box, Box) else x

    with pytest.raises(UnsupportedError, match="numba does not take box, a Box"):
        grad(area, backend="numba")(2.0, Box(3.0))


def draws(x):
    noise = np.random.normal(size=3)
    return np.sum(x * noise)


def draws_by_name(x):
    scale = random.random()
    return np.sum(x) * scale


@pytest.mark.parametrize(("function", "text"), [(draws, "np.random.normal"), (draws_by_name, "random.random")])
def test_random_numbers_are_refused_at_the_line(function, text):
    with pytest.raises(UnsupportedError, match=f"compiled code does not take {text}") as caught:
        grad(function, backend="numba")(np.ones(3))
    assert caught.value.location.line == function.__code__.co_firstlineno + 1


def powers(x, k):
    return np.sum(x) * 2**k + x[0] * 3**-1 + x[1] * 2**3


def test_powers_of_whole_numbers():
    x = np.ones(3)
    df = grad(powers, backend="numba")
    np.testing.assert_allclose(df(x, 4), grad(powers)(x, 4), rtol=1e-14)
    with pytest.raises(SrcgradError, match="negative exponent"):
        df(x, -1)


def largest_and_diagonal(A, b):
    total = 0.0
    for i in range(len(b)):
        total += max(0.0, b[i], A[i, i] * A[i, i])
    return total * np.linalg.det(A) + np.sum(np.log(np.diag(A)))


def test_extremes_determinants_and_diagonals():
    arguments = np.array([[3.0, 0.5, 0.1], [0.2, 1.0, 0.3], [0.4, 0.1, 2.0]]), np.array([1.0, 1.0, 5.0])
    expected = grad(largest_and_diagonal, argnums=(0, 1))(*arguments)
    for one, other in zip(expected, grad(largest_and_diagonal, argnums=(0, 1), backend="numba")(*arguments)):
        np.testing.assert_allclose(other, one, rtol=1e-12)


def test_single_precision_is_refused():
    with pytest.raises(UnsupportedError, match="does not take x, which is of single precision"):
        grad(draws_nothing, backend="numba")(np.ones(3, np.float32))


def draws_nothing(x):
    return np.sum(x * x)
