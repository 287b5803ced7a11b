"""Solutions of equations, differentiated through the implicit function theorem: `root` and `fixed_point`."""

from __future__ import annotations

import numpy as np
import pytest

from srcgrad import ConvergenceError, UnsupportedError, fixed_point, grad, jvp, root


def cubic(x, a, b):
    return x**3 + b * x - a


def with_arguments(a, b):
    x = root(cubic, 1.0, a, b)
    return x * x


def with_a_closure(a, b):
    x = root(lambda x: x**3 + b * x - a, 1.0)
    return x * x


def with_an_inner_function(a, b):
    def residual(x):
        y = x * x
        return y * x + b * x - a

    return root(residual, x0=1.0) ** 2


def by_formula(a, b):
    """The gradient of the square of the root of ``x**3 + b * x - a``."""
    x = np.roots([1.0, 0.0, b, -a])
    x = float(x[np.abs(x.imag) < 1e-12][0].real)
    slope = 3.0 * x * x + b
    return 2.0 * x / slope, -2.0 * x * x / slope


@pytest.mark.parametrize("function", [with_arguments, with_a_closure, with_an_inner_function])
def test_one_unknown(function):
    expected = by_formula(3.5, 1.5)
    np.testing.assert_allclose(grad(function, argnums=(0, 1))(3.5, 1.5), expected, rtol=1e-12)
    for dots in ((1.0, 0.0), (0.0, 1.0), (2.0, -1.0)):
        value, slope = jvp(function, (3.5, 1.5), dots)
        assert value == function(3.5, 1.5)
        assert slope == pytest.approx(np.dot(expected, dots), rel=1e-12)


def linear_and_cubic(A, b):
    x = root(lambda x: A @ x + 0.1 * x**3 - b, np.zeros(2))
    return np.sum(x * x)


def by_name(A, b):
    u, v = root(lambda x: A @ x + 0.1 * x**3 - b, np.zeros(2))
    return u * u + v * v


def equilibrium(A, b):
    z = fixed_point(lambda z: 0.3 * np.tanh(A @ z + b), np.zeros(2))
    return np.sum(z * z)


def stepwise(A, b):
    x = np.ones(2)
    for _ in range(3):
        x = root(lambda z: A @ z + z**3 - b * x, x)
    return np.sum(x)


def differences(function, arguments, place):
    """The gradient with respect to one argument, by central differences."""
    found = np.zeros_like(arguments[place])
    for index in np.ndindex(found.shape):
        ahead, behind = ([item.copy() for item in arguments] for _ in range(2))
        ahead[place][index] += 1e-5
        behind[place][index] -= 1e-5
        found[index] = (function(*ahead) - function(*behind)) / 2e-5
    return found


@pytest.mark.parametrize("function", [linear_and_cubic, by_name, equilibrium, stepwise])
def test_several_unknowns(function):
    arguments = (np.array([[3.0, 1.0], [0.5, 2.0]]), np.array([1.0, 2.0]))
    gradients = grad(function, argnums=(0, 1))(*arguments)
    for place, gradient in enumerate(gradients):
        np.testing.assert_allclose(gradient, differences(function, arguments, place), rtol=1e-7, atol=1e-9)
    dots = (np.array([[1.0, -1.0], [0.5, 2.0]]), np.array([0.3, -0.7]))
    _, slope = jvp(function, arguments, dots)
    assert slope == pytest.approx(sum(np.sum(g * d) for g, d in zip(gradients, dots)), rel=1e-12)


def test_kepler():
    def anomaly(m, e):
        return fixed_point(lambda E: m + e * np.sin(E), m)

    E = anomaly(1.0, 0.3)
    by_m, by_e = grad(anomaly, argnums=(0, 1))(1.0, 0.3)
    assert by_m == pytest.approx(1.0 / (1.0 - 0.3 * np.cos(E)), rel=1e-12)
    assert by_e == pytest.approx(np.sin(E) / (1.0 - 0.3 * np.cos(E)), rel=1e-12)


def test_a_solver_of_the_users():
    optimize = pytest.importorskip("scipy.optimize")

    def solve(a):
        x = root(lambda x: x**3 - a, np.ones(1), solver=lambda f, x0: optimize.root(f, x0, tol=1e-14).x)
        return x[0]

    assert grad(solve)(8.0) == pytest.approx(1.0 / 12.0, rel=1e-12)


def test_the_start_does_not_matter():
    assert grad(lambda a: root(lambda x: x**3 - 8.0, a))(1.0) == 0.0


def test_parameters_in_containers_and_objects():
    class Spring:
        def __init__(self, k):
            self.k = k

        def force(self, x):
            return self.k * x + x**3 - 1.0

        def rest(self):
            return root(lambda x: self.force(x), 0.5)

    x = Spring(1.0).rest()
    assert grad(Spring.rest)(Spring(1.0)).k == pytest.approx(-x / (1.0 + 3.0 * x * x))

    def scaled(p):
        return root(lambda z: p["a"] * z + z**3 - 3.0, 0.5) * p["b"]

    z = scaled({"a": 1.0, "b": 1.0})
    found = grad(scaled)({"a": 1.0, "b": 2.0})
    assert found["b"] == pytest.approx(z)
    assert found["a"] == pytest.approx(-2.0 * z / (1.0 + 3.0 * z * z))


def test_the_text_of_the_equation_stands_in_the_module():
    text = grad(with_a_closure).source_for(3.5, 1.5)
    assert "def residual(x, a, b):\n    return x ** 3 + b * x - a\n" in text
    assert "x = root(residual, 1.0, a, b)\n" in text
    assert "residual_bar = number_root_adjoint(residual_reverse, residual_records, x_bar)\n" in text


@pytest.mark.parametrize("start", [1.0, np.ones(2)])
def test_no_solution(start):
    with pytest.raises(ConvergenceError, match="no root") as caught:
        root(lambda x: x * x + 1.0, start)
    assert isinstance(caught.value, ArithmeticError)
    with pytest.raises(ConvergenceError, match="does not settle"), np.errstate(over="ignore"):
        fixed_point(lambda x: 2.0 * x + 1.0, start)


def test_roots_are_found_from_afar():
    assert root(np.arctan, 3.0) == pytest.approx(0.0, abs=1e-12)
    assert root(lambda x: x**5 - 3.0, 10.0) == pytest.approx(3.0**0.2, rel=1e-14)
    np.testing.assert_allclose(root(lambda x: x**2 - np.array([4.0, 9.0]), np.array([1.0, 50.0])), [2.0, 3.0])


def test_what_is_refused():
    with pytest.raises(UnsupportedError, match="returns 0 dimensions for an unknown of 1"):
        grad(lambda a: np.sum(root(lambda x: np.sum(x) - a, np.ones(2))))(1.0)

    def helped(a):
        def inner(x):
            return x * a

        return root(lambda x: inner(x) - 1.0, 1.0)

    try:
        found = grad(helped)(2.0)
    except UnsupportedError as error:
        assert "defined inside" in str(error)
    else:
        assert found == pytest.approx(-0.25)
