"""Complex numbers in all modes: functions that are complex differentiable, and what has no convention."""

from __future__ import annotations

import numpy as np
import pytest

from srcgrad import ArgumentTypeError, grad, hessian, jacfwd, jacobian, jacrev, value_and_grad

Z = np.array([0.3 + 0.2j, -0.5 + 1.0j, 0.7 - 0.4j])


def cubic(z):
    return np.sum(z**3) * z[1]


def cubic_slope(z):
    return 3.0 * z**2 * z[1] + np.array([0.0, 1.0, 0.0]) * np.sum(z**3)


def field(z):
    return np.exp(z) * np.sum(z * z) + z[0]


def field_slope(z):
    first = np.array([1.0, 0.0, 0.0])
    return np.diag(np.exp(z)) * np.sum(z * z) + np.exp(z)[:, np.newaxis] * 2.0 * z + first


def test_gradient_of_a_complex_differentiable_function() -> None:
    np.testing.assert_allclose(grad(cubic, holomorphic=True)(Z), cubic_slope(Z))
    value, slope = value_and_grad(cubic, holomorphic=True)(Z)
    np.testing.assert_allclose(value, cubic(Z))
    np.testing.assert_allclose(slope, cubic_slope(Z))


def test_hessian_of_a_complex_differentiable_function() -> None:
    wanted = np.diag(6.0 * Z * Z[1])
    wanted[1] += 3.0 * Z**2
    wanted[:, 1] += 3.0 * Z**2
    np.testing.assert_allclose(hessian(cubic, holomorphic=True)(Z), wanted, atol=1e-14)


@pytest.mark.parametrize("make", [jacfwd, jacrev, jacobian], ids=lambda make: make.__name__)
def test_jacobian_of_a_complex_differentiable_function(make) -> None:
    np.testing.assert_allclose(make(field, holomorphic=True)(Z), field_slope(Z))
    with pytest.raises(ArgumentTypeError, match="complex arguments"):
        make(np.exp, holomorphic=True)(np.ones(2))


@pytest.mark.parametrize("make", [jacrev, jacobian], ids=lambda make: make.__name__)
def test_rows_of_a_real_result_are_gradients(make) -> None:
    rows = make(lambda z: np.abs(z) ** 2)(Z)
    np.testing.assert_allclose(rows, np.diag(2.0 * np.conj(Z)))


@pytest.mark.parametrize("make", [jacfwd, jacobian], ids=lambda make: make.__name__)
def test_columns_of_a_complex_result_are_tangents(make) -> None:
    x = np.array([0.1, 0.2])
    np.testing.assert_allclose(make(lambda x: np.exp(1j * x))(x), np.diag(1j * np.exp(1j * x)))


def test_what_has_no_convention_is_refused() -> None:
    with pytest.raises(ArgumentTypeError, match="rows of the Jacobian"):
        jacrev(lambda x: np.exp(1j * x))(np.ones(2))
    with pytest.raises(ArgumentTypeError, match="holomorphic=True"):
        jacfwd(np.exp)(Z)
    with pytest.raises(ArgumentTypeError, match="holomorphic=True"):
        grad(cubic)(Z)
    with pytest.raises(ArgumentTypeError, match="the result is real"):
        grad(lambda z: np.sum(np.abs(z)), holomorphic=True)(Z)


def test_hessian_with_something_on_the_side() -> None:
    curvature, aux = hessian(lambda x: (x**3, "aux"), has_aux=True)(2.0)
    assert curvature == pytest.approx(12.0) and aux == "aux"
