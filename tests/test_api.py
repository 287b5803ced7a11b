"""What a user can do, from end to end: arguments, results, methods, storage, as the README and the docstrings say."""

from __future__ import annotations

import dataclasses
import functools
import gc
import linecache
import math
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import srcgrad
from srcgrad import detach, elementwise_grad, grad, stop_gradient, value_and_grad, vjp

X = np.array([1.0, 2.0, 3.0])


def quadratic(x, scale=2.0):
    """Twice the squared length."""
    return scale * np.sum(x * x)


class Weights(NamedTuple):
    matrix: np.ndarray
    offset: np.ndarray


@dataclasses.dataclass
class Layer:
    weights: np.ndarray
    rate: float
    name: str = "first"
    count: int = 3


class Model:
    def __init__(self, stiffness):
        self.stiffness = stiffness

    def energy(self, x):
        return 0.5 * self.stiffness * x * x

    force = grad(energy)

    @value_and_grad
    def work(self, x, distance=2.0):
        return self.stiffness * x * distance

    def __call__(self, x):
        return self.stiffness * np.sum(x * x)


def test_public_names():
    for name in srcgrad.__all__:
        assert name in dir(srcgrad)
        assert getattr(srcgrad, name) is not None
    assert srcgrad.detach is srcgrad.stop_gradient
    assert callable(srcgrad.rules.partials)
    with pytest.raises(AttributeError, match="gard"):
        srcgrad.gard


def test_gradient_as_call_and_as_decorator():
    @grad
    def square(x):
        return x * x

    @grad(argnums=(1, "x"))
    def product(x, y):
        return x * y

    assert square(3.0) == 6.0 and type(square(3.0)) is float
    assert product(3.0, 4.0) == (3.0, 4.0)
    assert_allclose(grad(quadratic)(X), 4.0 * X)
    assert_allclose(grad(quadratic, "scale")(X, scale=1.0), 14.0)


def test_value_and_gradient():
    value, gradient = value_and_grad(quadratic)(X)
    assert value == quadratic(X)
    assert_allclose(gradient, 4.0 * X)


def test_auxiliary_results():
    def both(x):
        y = x * x
        return np.sum(y), {"y": y}

    gradient, aux = grad(both, has_aux=True)(X)
    assert_allclose(gradient, 2.0 * X)
    assert_allclose(aux["y"], X * X)
    (value, aux), gradient = value_and_grad(both, has_aux=True)(X)
    assert value == 14.0
    assert_allclose(gradient, 2.0 * X)


def test_elementwise_gradient():
    assert_allclose(elementwise_grad(lambda x: np.sin(x) * x)(X), np.cos(X) * X + np.sin(X))
    assert_allclose(elementwise_grad(np.tanh)(X), 1.0 - np.tanh(X) ** 2)
    assert_allclose(elementwise_grad(lambda x, y: x * y, 1)(np.ones((3, 1)), X), [3.0, 3.0, 3.0])


def test_pullback():
    def product(x, y):
        return x * y

    out, pullback = vjp(product, X, 2.0)
    assert_allclose(out, 2.0 * X)
    for cotangent in (np.ones(3), X, np.zeros(3)):
        by_x, by_y = pullback(cotangent)
        assert_allclose(by_x, 2.0 * cotangent)
        assert_allclose(by_y, np.sum(cotangent * X))


def test_pullback_is_apart_from_later_writes():
    def smooth(x):
        return np.exp(x) * x

    x = X.copy()
    out, pullback = vjp(smooth, x)
    expected = np.exp(X) * (X + 1.0)
    out[:] = 0.0
    x[:] = 0.0
    assert_allclose(pullback(np.ones(3))[0], expected)


def test_pullback_leaves_the_cotangent_alone():
    def shifted(x):
        y = 2.0 * x
        return y

    cotangent = np.ones(3)
    _, pullback = vjp(shifted, X)
    (gradient,) = pullback(cotangent)
    gradient[:] = 7.0
    assert_array_equal(cotangent, 1.0)
    assert_allclose(pullback(cotangent)[0], 2.0)


def test_containers_keep_their_type():
    weights = Weights(np.ones((2, 3)), np.ones(2))
    gradient = grad(lambda w, x: np.sum(w.matrix @ x + w.offset))(weights, X)
    assert isinstance(gradient, Weights)
    assert_allclose(gradient.matrix, [X, X])
    assert_allclose(gradient.offset, 1.0)

    tree = {"w": [X, (2.0, "kept")], "n": 3}
    gradient = grad(lambda t: np.sum(t["w"][0]) * t["w"][1][0] * t["n"])(tree)
    assert gradient["n"] == 3 and gradient["w"][1] == (18.0, "kept")
    assert_allclose(gradient["w"][0], 6.0)

    layer = Layer(X, 0.5)
    gradient = grad(lambda p: np.sum(p.weights) * p.rate)(layer)
    assert isinstance(gradient, Layer)
    assert_allclose(gradient.weights, 0.5)
    assert (gradient.rate, gradient.name, gradient.count) == (6.0, "first", 3)


def test_arguments_that_do_not_matter_get_zeros():
    gradient = grad(lambda x, y: y * 2.0)(X, 1.0)
    assert_array_equal(gradient, np.zeros(3))
    assert grad(lambda x: 3.0)(1.0) == 0.0
    assert_array_equal(grad(lambda x: 3.0)(X), np.zeros(3))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtypes_are_kept(dtype):
    x = X.astype(dtype)
    gradient = grad(lambda x: np.sum(np.sin(2.0 * x)) * np.float64(3.0))(x)
    assert gradient.dtype == dtype
    scalar = grad(lambda x: x * x * 2.0)(dtype(3.0))
    assert scalar == 12.0 and np.asarray(scalar).dtype == dtype


def test_integers_are_taken_as_floats():
    assert grad(lambda x: x * x)(3) == 6.0
    assert grad(lambda x: x**2 / 2)(np.int64(3)) == 3.0


def test_results_with_one_element():
    assert_allclose(grad(lambda x: x * x)(np.array([3.0])), [6.0])
    assert_allclose(grad(lambda x: np.sum(x * x, keepdims=True))(X), 2.0 * X)
    assert_allclose(grad(lambda x: np.array(np.sum(x)))(X), 1.0)


def test_variadic_arguments():
    def total(x, *args, scale=1.0, **kwargs):
        return scale * (x + 2.0 * args[0] + 3.0 * args[1] + kwargs["bias"])

    assert grad(total, (0, 2, "bias"))(1.0, 2.0, 3.0, bias=4.0) == (1.0, 3.0, 1.0)
    assert grad(total, -1)(1.0, 2, 3, bias=4.0) == 3.0
    assert grad(total, "scale")(1.0, 1.0, 1.0, bias=4.0) == 10.0


def test_callables_of_every_sort():
    model = Model(4.0)
    assert model.force(3.0) == 12.0
    assert grad(model.energy)(3.0) == 12.0
    assert model.work(1.0) == (8.0, 8.0)
    assert_allclose(grad(model)(X), 8.0 * X)
    assert_allclose(grad(functools.partial(quadratic, scale=1.0))(X), 2.0 * X)
    assert grad(lambda x: math.sin(x))(0.0) == 1.0

    def outer(k):
        def inner(x):
            return k * x * x

        return grad(inner)

    assert outer(2.0)(1.0) == 4.0 and outer(3.0)(1.0) == 6.0


def test_globals_are_read_when_called():
    global FACTOR
    FACTOR = 2.0
    derivative = grad(scaled)
    assert derivative(1.0) == 2.0
    FACTOR = 3.0
    assert derivative(1.0) == 3.0
    FACTOR = np.array([1.0, 2.0])
    assert derivative(1.0) == 3.0


def test_pullback_reads_globals_as_its_forward_sweep_did():
    global FACTOR
    FACTOR = 2.0
    _, pullback = vjp(scaled, 1.0)
    FACTOR = 3.0
    _, later = vjp(scaled, 1.0)
    assert pullback(1.0) == (2.0,)
    assert later(1.0) == (3.0,)
    assert grad(scaled)(1.0) == 3.0


def scaled(x):
    return np.sum(x * FACTOR)


def test_storage():
    buffer = np.full(3, 7.0)
    assert grad(quadratic)(X, out=buffer) is buffer
    assert_allclose(buffer, 4.0 * X)
    grad(quadratic)(X, out=buffer, accumulate=True)
    assert_allclose(buffer, 8.0 * X)


def test_many_threads():
    def local(x, y):
        z = np.zeros(3)
        for i in range(3):
            z[i] = np.sin(x[i]) * y
        return np.sum(z * z)

    derivative = grad(local, (0, 1))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda scale: derivative(scale * X, scale), np.arange(1.0, 65.0)))
    for scale, (by_x, by_y) in zip(np.arange(1.0, 65.0), found):
        sine = np.sin(scale * X)
        assert_allclose(by_x, 2.0 * scale**2 * sine * np.cos(scale * X), atol=1e-9)
        assert_allclose(by_y, 2.0 * scale * np.sum(sine**2))


def test_dropped_functions_leave_nothing_behind():
    def made(data):
        def local(x):
            return np.sum(x * data)

        return local

    data = np.ones(3)
    local = made(data)
    grad(local)(X)
    vjp(local, X)[1](1.0)
    texts = sum(str(name).startswith("<srcgrad") for name in linecache.cache)
    references = [weakref.ref(local), weakref.ref(data)]
    del local, data
    gc.collect()
    assert [reference() for reference in references] == [None, None]
    assert sum(str(name).startswith("<srcgrad") for name in linecache.cache) < texts


def test_stopped_gradients():
    def stopped(x):
        u = stop_gradient(x * x)
        return np.sum(u * x)

    assert_allclose(grad(stopped)(X), X * X)
    assert_allclose(grad(lambda x: np.sum(detach(x) * x))(X), X)
    assert stop_gradient(X) is X


def test_arguments_are_left_alone():
    x = X.copy()
    before = x.copy()
    gradient = grad(lambda x: np.sum(x))(x)
    gradient[:] = 5.0
    assert_array_equal(x, before)


def test_gradients_are_arrays_of_their_own():
    def same(x, y):
        return np.sum(x + y)

    by_x, by_y = grad(same, (0, 1))(X, X)
    assert not np.shares_memory(by_x, by_y) and not np.shares_memory(by_x, X)
    by_x += 1.0
    assert_array_equal(by_y, 1.0)


def test_source_is_python_that_runs():
    derivative = grad(quadratic)
    text = derivative.source_for(X)
    assert "def quadratic_grad(x, scale" in text
    module: dict[str, object] = {}
    exec(text, module)
    assert_allclose(module["quadratic_grad"](X, 2.0), 4.0 * X)  # type: ignore[operator]
    assert derivative.source == text


def test_source_before_any_call():
    def annotated(x: np.ndarray, rate: float = 0.5):
        return rate * np.sum(x)

    assert "annotated_grad" in grad(annotated).source
    with pytest.raises(ValueError, match="the kinds of x in quadratic"):
        grad(lambda_free_copy_of_quadratic()).source


def lambda_free_copy_of_quadratic():
    def quadratic(x):
        return np.sum(x * x)

    return quadratic


def test_functions_from_text():
    text = "def cube(x):\n    return x * x * x\n"
    linecache.cache["<cell 1>"] = (len(text), None, text.splitlines(keepends=True), "<cell 1>")
    module: dict[str, object] = {}
    exec(compile(text, "<cell 1>", "exec"), module)
    assert grad(module["cube"])(2.0) == 12.0  # type: ignore[arg-type]


def test_complex_arguments():
    z = np.array([1.0 + 2.0j, -0.5j])
    gradient = grad(lambda z: np.sum(np.abs(z) ** 2))(z)
    assert_allclose(gradient, 2.0 * np.conj(z))
