"""Derivatives of derivatives: any mode in any other, to any order, with closures over outer values."""

from __future__ import annotations

import numpy as np
import pytest

from srcgrad import elementwise_grad, grad, hessian, hvp, jvp, value_and_grad


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def relaxed(x, w, n):
    y = np.zeros(n)
    s = 0.0
    for i in range(n):
        a = w * x[i] + s
        s = np.sin(a) if a > 0.0 else 0.1 * a
        y[i] = s * x[i]
    while s * s > 1e-3:
        s = 0.5 * s
        y[0] = y[0] * s
    return np.sum(y) + s


rosenbrock_grad = grad(rosenbrock)
rosenbrock_value_and_grad = value_and_grad(rosenbrock)


def penalty(w):
    return np.sum(rosenbrock_grad(w) ** 2)


def penalty_of_both(w):
    value, slope = rosenbrock_value_and_grad(w)
    return value * np.sum(slope**2)


def newton_step(x):
    slope = rosenbrock_grad(x)
    return np.sum((x - 1e-3 * slope) ** 2)


wave = elementwise_grad(np.tanh)


def curvature(x):
    return np.sum(wave(x) ** 2 * x)


def powers(x):
    y = x
    for _ in range(3):
        y = y * np.sin(x) + x
    return y


def difference(f, x, step=1e-5):
    slopes = []
    for unit in np.eye(len(x)):
        sides = [(f(x + h * unit) - f(x - h * unit)) / (2.0 * h) for h in (step, step / 2.0)]
        slopes.append((4.0 * sides[1] - sides[0]) / 3.0)
    return np.array(slopes)


POINT = np.array([0.5, 1.2, -0.3])


@pytest.mark.parametrize("function", [penalty, penalty_of_both, newton_step, curvature], ids=lambda f: f.__name__)
def test_gradient_of_what_calls_a_gradient(function) -> None:
    expected = difference(function, POINT)
    np.testing.assert_allclose(grad(function)(POINT), expected, rtol=1e-6)
    direction = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(jvp(function, (POINT,), (direction,))[1], expected @ direction, rtol=1e-6)


def test_hessian_and_its_product() -> None:
    product = hvp(rosenbrock)
    vector = np.array([1.0, 2.0, 3.0])
    whole = hessian(rosenbrock)(POINT)
    np.testing.assert_allclose(whole, difference(rosenbrock_grad, POINT), rtol=1e-7)
    np.testing.assert_allclose(whole, whole.T, rtol=1e-13)
    np.testing.assert_allclose(product(POINT, vector), whole @ vector, rtol=1e-13)
    assert "x_bar_dot" in product.source


def test_hessian_through_loops_writes_and_tapes() -> None:
    x = np.linspace(0.1, 1.0, 5)
    whole = hessian(relaxed, argnums=(0, 1))(x, 0.5, 5)
    by_x = grad(relaxed)
    np.testing.assert_allclose(whole[0][0], difference(lambda y: by_x(y, 0.5, 5), x), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(whole[0][1], whole[1][0], rtol=1e-12)


@pytest.mark.parametrize("x", [0.3, 0.7, 1.9])
def test_fourth_derivatives(x: float) -> None:
    def fourth(f):
        return grad(grad(grad(grad(f))))

    assert fourth(lambda t: np.sin(t) * np.exp(t))(x) == pytest.approx(-4.0 * np.exp(x) * np.sin(x), rel=1e-8)
    assert fourth(np.log)(x) == pytest.approx(-6.0 / x**4, rel=1e-8)
    assert fourth(lambda t: t**6)(x) == pytest.approx(360.0 * x**2, rel=1e-8)


def test_fourth_derivative_through_a_loop() -> None:
    third = grad(grad(grad(powers)))
    step = 1e-3
    sides = [(third(0.7 + h) - third(0.7 - h)) / (2.0 * h) for h in (step, step / 2.0)]
    assert grad(third)(0.7) == pytest.approx((4.0 * sides[1] - sides[0]) / 3.0, rel=1e-8)


def test_perturbations_are_not_confused() -> None:
    inner = grad(lambda y, x: x * y)
    # d/dx (x * d/dy (x y)) = d/dx x**2; where the perturbations mix it is 2 x + something.
    assert grad(lambda x: x * inner(1.0, x))(3.0) == pytest.approx(6.0)
    assert jvp(lambda x: x * inner(1.0, x), (3.0,), (1.0,))[1] == pytest.approx(6.0)


def test_a_global_that_changes_is_read_anew() -> None:
    module = {"np": np}
    text = "def energy(x):\n    return scale * np.sum(x ** 3)\n"
    import linecache

    linecache.cache["<scaled>"] = (len(text), None, text.splitlines(keepends=True), "<scaled>")
    exec(compile(text, "<scaled>", "exec"), module)
    module["scale"] = 2.0
    second = hvp(module["energy"])
    x, v = np.array([1.0, 2.0]), np.array([1.0, 1.0])
    np.testing.assert_allclose(second(x, v), 12.0 * x)
    module["scale"] = 5.0
    np.testing.assert_allclose(second(x, v), 30.0 * x)
