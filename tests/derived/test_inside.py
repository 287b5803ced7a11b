"""Derivatives made inside differentiated functions: of functions that read differentiated variables around them."""

from __future__ import annotations

import numpy as np
import pytest

from srcgrad import (
    checkpoint,
    elementwise_grad,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    root,
    value_and_grad,
    vjp,
)


def wave(t, w):
    return np.sin(w[0] * t) * w[1] + w[2] * t**3


def field(x):
    return np.array([x[0] * x[1], np.sin(x[2]), x[0] ** 2 * x[2]])


def energy(w, x):
    return np.sum(np.tanh(w * x) ** 2)


def valley(x):
    return np.sum((x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


# ---- gradients ----


def penalty_of_a_lambda(w):
    x = np.array([0.5, -1.0, 2.0])
    return energy(w, x) + np.sum(grad(lambda x: energy(w, x))(x) ** 2)


def physics(w):
    def u(t):
        return wave(t, w)

    def residual(t):
        return grad(grad(u))(t) + u(t)

    total = 0.0
    for t in (0.1, 0.5, 0.9):
        total += residual(t) ** 2
    return total


def static_function(w):
    return np.sum(grad(valley)(w) ** 2)


def in_a_callee(w):
    return slope_of_wave(w, 0.3) * slope_of_wave(2.0 * w, 0.1)


def slope_of_wave(w, t):
    return grad(lambda s: wave(s, w))(t) ** 2


def handed_on(w):
    return squared_slope(lambda y: np.sum(y * y * y * w), w) + squared_slope(valley, w)


def squared_slope(f, x):
    return np.sum(grad(f)(x) ** 2)


def two_arguments(w):
    by_p, by_q = grad(lambda p, q: np.sum(p * q**2 * w), argnums=(0, 1))(w, w + 1.0)
    return np.sum(by_p * by_q) + np.sum(grad(lambda p, q: np.sum(p * q**2 * w), argnums=-1)(w, w))


def value_and_slope(w):
    value, slope = value_and_grad(lambda y: np.sum(y**3 * w))(w)
    return value + np.sum(slope * slope)


def each_element(w):
    return np.sum(elementwise_grad(lambda y: np.tanh(y * w[0]))(w) ** 2)


def in_a_comprehension(w):
    return sum([grad(lambda t: wave(t, w) * t * k)(0.5 * k) for k in range(3)])


def in_a_while(w):
    x, n = 1.0, 0
    while abs(wave(x, w)) > 1e-3 and n < 4:
        x = x - 0.1 * wave(x, w) / (1.0 + grad(lambda t: wave(t, w))(x) ** 2)
        n += 1
    return x


class Model:
    def __init__(self, stiffness):
        self.stiffness = stiffness

    def loss(self, x):
        return np.sum(self.stiffness * x**3)


def of_a_method(w):
    model = Model(w)
    return np.sum(grad(model.loss)(np.ones(3)) ** 2)


def decorated(w):
    @grad
    def first(t):
        return wave(t, w)

    @grad(argnums=1)
    def second(t, s):
        return wave(t, w) * s**2

    return first(0.3) ** 2 + second(0.3, w[0])


def in_an_equation(w):
    def potential(y):
        return y**4 / 4.0 + y * y - w[0] * y

    return root(lambda x: grad(potential)(x), 1.0) * w[1]


def in_a_checkpoint(w):
    return checkpoint(lambda t: grad(lambda s: wave(s, w))(t))(0.3) ** 2


def three_deep(w):
    return grad(lambda a: grad(lambda b: wave(a * b, w) * b * a)(a) * w[2])(0.7)


# ---- forward mode, products, Jacobians ----


def tangent_of_a_tangent(w):
    def u(t):
        return wave(t, w)

    def slope(t):
        return jvp(u, (t,), (1.0,))[1]

    once, twice = jvp(slope, (0.4,), (1,))
    return once * twice + twice


def tangent_in_a_direction(w):
    out, slope = jvp(wave, (0.3, w), (0.5, w * w))
    return out * slope


def hessian_products(w):
    return np.sum(hvp(valley)(w, w**2) ** 2) + np.sum(hvp(lambda y: valley(y * w))(w, w**2))


def newton_step(w):
    return valley(w - 0.1 * np.linalg.solve(hessian(valley)(w), grad(valley)(w)))


def newton_steps(w):
    def residual(y):
        return field(y) * w + y**2

    y = w.copy()
    for _ in range(2):
        y = y - np.linalg.solve(jacobian(residual)(y), residual(y))
    return np.sum(y * w)


def jacobians(w):
    by_number = jacobian(lambda s: s * w**2 + s**2 * w)(w[0])
    return np.sum(jacfwd(field)(w) * 2.0) + np.sum(jacrev(field)(w) ** 2) + np.sum(by_number)


def jacobian_of_a_matrix(w):
    matrix = np.outer(w, w) + np.eye(3)
    return np.sum(jacobian(lambda a: a @ w * a[0, 0])(matrix) ** 2)


def pullback(w):
    out, back = vjp(lambda y: field(y * w), w)
    (first,) = back(out * w)
    (second,) = back(w)
    return np.sum(first**2) + np.sum(second * w)


# ---- the tests for perturbation confusion ----


def confusion(w):
    return w[0] * grad(lambda y: w[0] + y)(1.0) + w[1]


def confusion_of_names(w):
    return grad(lambda x: x * grad(lambda y: x + y)(1.0))(w[0]) * w[1]


def confusion_in_a_loop(w):
    a = w[0]
    for _ in range(2):
        a = a * grad(lambda y: a * y * w[1])(a)
    return a


def the_same_name_in_between(w):
    def u(t):
        return w[0] * t**3

    def slope(w):
        return grad(u)(w)

    return slope(w[1])


PROGRAMS = [
    penalty_of_a_lambda, physics, static_function, in_a_callee, handed_on, two_arguments, value_and_slope,
    each_element, in_a_comprehension, in_a_while, of_a_method, decorated, in_an_equation, in_a_checkpoint, three_deep,
    tangent_of_a_tangent, tangent_in_a_direction, hessian_products, newton_step, newton_steps, jacobians,
    jacobian_of_a_matrix, pullback, confusion, confusion_of_names, confusion_in_a_loop, the_same_name_in_between,
]  # fmt: skip
POINT = np.array([0.7, 0.4, -0.3])
DIRECTION = np.array([0.3, -1.0, 0.5])


def slope_along(f, x, direction, step=2e-3):
    """The slope in a direction from differences with three steps, extrapolated twice."""
    plain = [(f(x + h * direction) - f(x - h * direction)) / (2.0 * h) for h in (step, step / 2.0, step / 4.0)]
    once = [(4.0 * fine - coarse) / 3.0 for coarse, fine in zip(plain, plain[1:])]
    return (16.0 * once[1] - once[0]) / 15.0


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_both_modes(program) -> None:
    expected = slope_along(program, POINT, DIRECTION)
    slope = grad(program)(POINT) @ DIRECTION
    assert slope == pytest.approx(expected, rel=1e-8, abs=1e-9)
    assert jvp(program, (POINT,), (DIRECTION,))[1] == pytest.approx(slope, rel=1e-12, abs=1e-13)


def test_what_is_generated_calls_the_derivative() -> None:
    text = grad(in_a_callee).source_for(POINT)
    assert "anonymous_grad_reverse(" in text and "lambda" not in text


def test_a_global_that_an_inner_function_reads_may_change() -> None:
    slope = grad(scaled)
    assert slope(2.0) == pytest.approx(12.0)
    globals()["SCALE"] = 5.0
    try:
        assert slope(2.0) == pytest.approx(30.0)
    finally:
        globals()["SCALE"] = 2.0


SCALE = 2.0


def scaled(x):
    return grad(lambda y: SCALE * x * x * y * y / 2.0)(1.0) * 1.5 * x / x


