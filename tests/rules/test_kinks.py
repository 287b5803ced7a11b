"""Where a derivative does not exist: a subgradient, shared by ties, and never NaN.  Empty arrays.  Casts."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.special as special

from tests.rules.differences import gradient
from tests.rules.sampling import Sample
from tests.rules.test_rules import apply_adjoint, rule_for

pytestmark = pytest.mark.filterwarnings("error")


def adjoints(function: Any, *arguments: Any, z_bar: Any = 1.0, **options: Any) -> list[Any]:
    """The adjoints of the arguments for an adjoint of the result."""
    sample = Sample(function, arguments, options)
    z = function(*arguments, **options)
    if not isinstance(z_bar, (list, tuple)):
        z_bar = np.broadcast_to(z_bar, np.shape(z)).astype(np.asarray(z).dtype)
    return list(apply_adjoint(rule_for(sample), sample, z_bar, z).values())


def adjoint(function: Any, *arguments: Any, z_bar: Any = 1.0, **options: Any) -> Any:
    """The adjoint of the first argument that has one."""
    return adjoints(function, *arguments, z_bar=z_bar, **options)[0]


@pytest.mark.parametrize("function", [np.abs, np.fabs, builtins.abs, math.fabs])
def test_absolute_value_at_zero(function: Any) -> None:
    assert adjoint(function, 0.0) == 0.0


def test_complex_absolute_value_at_zero() -> None:
    assert adjoint(np.abs, np.zeros(2, complex)).tolist() == [0.0, 0.0]
    assert adjoint(np.angle, np.zeros(1, complex)) == -1j


@pytest.mark.parametrize("function", [np.maximum, np.minimum, np.fmax, np.fmin, builtins.max, builtins.min])
def test_two_equal_extremes_share(function: Any) -> None:
    assert adjoints(function, 2.0, 2.0) == [0.5, 0.5]


@pytest.mark.parametrize("function", [np.max, np.min, np.nanmax, np.nanmin, np.amax, np.amin])
@pytest.mark.parametrize("options", [{}, {"keepdims": True}, {"axis": 0}, {"axis": -1, "keepdims": True}])
def test_equal_extremes_share(function: Any, options: dict[str, Any]) -> None:
    assert adjoint(function, np.full((2, 2), 3.0), **options).sum() == (1.0 if "axis" not in options else 2.0)
    assert np.ptp(adjoint(function, np.full((2, 2), 3.0), **options)) == 0.0


def test_infinite_extremes_are_not_nan() -> None:
    low = np.full(2, -np.inf)
    assert [part.tolist() for part in adjoints(np.maximum, low, low)] == [[0.5, 0.5], [0.5, 0.5]]
    assert adjoint(np.clip, np.array([-np.inf, 0.5, np.inf]), -1.0, 1.0).tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize("function", [np.logaddexp, np.logaddexp2])
def test_sum_of_impossible_events(function: Any) -> None:
    assert adjoints(function, -np.inf, -np.inf) == [0.0, 0.0]
    assert adjoints(function, -np.inf, 1.0) == [0.0, 1.0]


def test_logsumexp_of_impossible_events() -> None:
    rows = np.array([[-np.inf, -np.inf], [-np.inf, 1.0]])
    assert adjoint(special.logsumexp, rows, axis=1).tolist() == [[0.0, 0.0], [0.0, 1.0]]


def test_sorted_ties_share() -> None:
    assert adjoint(np.sort, np.array([2.0, 1.0, 2.0]), z_bar=np.array([1.0, 2.0, 4.0])).tolist() == [3.0, 1.0, 3.0]
    rows = np.array([[2.0, 1.0], [1.0, 1.0]])
    z_bar = np.array([[1.0, 2.0], [3.0, 5.0]])
    assert adjoint(np.sort, rows, z_bar=z_bar).tolist() == [[2.0, 1.0], [4.0, 4.0]]


def test_median_ties_share() -> None:
    assert adjoint(np.median, np.array([2.0, 2.0, 2.0, 1.0])).tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0.0])


@pytest.mark.parametrize("options", [{}, {"ord": 2}, {"ord": 1}, {"ord": 3}, {"ord": np.inf}, {"axis": 0}])
def test_norm_at_zero(options: dict[str, Any]) -> None:
    result = adjoint(np.linalg.norm, np.zeros(3), **options)
    assert result.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("order", ["fro", "nuc"])
def test_matrix_norm_at_zero(order: str) -> None:
    assert not np.any(adjoint(np.linalg.norm, np.zeros((2, 2)), ord=order))


@pytest.mark.parametrize("eigh", [np.linalg.eigh, scipy.linalg.eigh])
def test_eigenvectors_up_to_their_signs(eigh: Any) -> None:
    a = np.array([[4.0, 1.0, 0.5], [1.0, 2.0, 0.3], [0.5, 0.3, 7.0]])
    weights = np.arange(9.0).reshape(3, 3)

    def loss(matrix: Any) -> Any:
        return np.sum(weights * eigh(matrix)[1] ** 2)

    a_bar = adjoint(eigh, a, z_bar=[np.zeros(3), 2.0 * weights * eigh(a)[1]])
    np.testing.assert_allclose(a_bar, gradient(loss, a), rtol=1e-9, atol=1e-9)


def test_length_and_angle_at_the_origin() -> None:
    assert adjoints(np.hypot, 0.0, 0.0) == [0.0, 0.0]
    assert adjoints(math.hypot, 0.0, 0.0) == [0.0, 0.0]
    assert adjoints(np.arctan2, 0.0, 0.0) == [0.0, 0.0]
    assert adjoints(math.atan2, 0.0, 0.0) == [0.0, 0.0]
    assert [list(part) for part in adjoints(math.dist, [1.0, 2.0], [1.0, 2.0])] == [[0.0, 0.0], [0.0, 0.0]]


def test_spread_of_equal_values() -> None:
    for function in (np.std, np.nanstd, np.var):
        assert adjoint(function, np.full(3, 2.0)).tolist() == [0.0, 0.0, 0.0]
    assert adjoint(np.std, np.full((2, 3), 2.0), axis=1).tolist() == [[0.0] * 3] * 2


@pytest.mark.parametrize("function", [np.power, builtins.pow, np.float_power])
def test_powers_at_zero(function: Any) -> None:
    assert adjoints(function, np.array([0.0]), np.array([0.0])) == [0.0, 0.0]
    assert adjoints(function, np.array([0.0]), np.array([2.0])) == [0.0, 0.0]
    assert adjoints(function, np.array([0.0]), np.array([1.0])) == [1.0, 0.0]
    with np.errstate(invalid="ignore"):  # the logarithm of the base, for the exponent alone
        assert adjoint(function, np.array([-2.0]), np.array([3])) == 12.0


def test_power_of_math_at_zero() -> None:
    assert adjoints(math.pow, 0.0, 0.0) == [0.0, 0.0]
    assert adjoints(math.pow, 0.0, 1.0) == [1.0, 0.0]


def test_square_root_at_zero_is_infinite() -> None:
    with np.errstate(divide="ignore"):
        assert adjoint(np.sqrt, np.zeros(1)) == np.inf
    assert adjoint(math.sqrt, 0.0) == math.inf
    assert adjoint(math.cbrt, 0.0) == math.inf


def test_where_gives_exactly_zero_to_the_side_not_taken() -> None:
    taken, other = adjoints(np.where, np.array([True, False]), np.ones(2), np.ones(2), z_bar=np.array([np.inf, 1.0]))
    assert taken.tolist() == [np.inf, 0.0]
    assert other.tolist() == [0.0, 1.0]


@pytest.mark.parametrize("x", [0.0, 1e-9, -1e-5, 0.01, 0.063, 0.0637, 0.1, 0.5])
def test_sinc_near_zero(x: float) -> None:
    u = np.longdouble(math.pi) * np.longdouble(x)
    exact = math.pi * float(sum((-1) ** k * 2 * k * u ** (2 * k - 1) / math.factorial(2 * k + 1) for k in range(1, 12)))
    assert adjoint(np.sinc, x) == pytest.approx(exact, rel=1e-13, abs=1e-300)


def test_products_with_zeros() -> None:
    assert adjoint(np.prod, np.array([2.0, 0.0, 3.0])).tolist() == [0.0, 6.0, 0.0]
    assert adjoint(math.prod, [2.0, 0.0, 3.0]) == [0.0, 6.0, 0.0]


@pytest.mark.parametrize("trim, expected", [("fb", [0, 0, 1, 1, 0]), ("f", [0, 0, 1, 1, 1]), ("b", [1, 1, 1, 1, 0])])
def test_trimmed_zeros_get_no_adjoint(trim: str, expected: list[float]) -> None:
    assert adjoint(np.trim_zeros, np.array([0.0, 0.0, 5.0, 6.0, 0.0]), trim).tolist() == expected


@pytest.mark.parametrize("function", [np.float16, np.float32, np.complex64])
def test_casts_pass_adjoints_on(function: Any) -> None:
    assert adjoint(function, 0.5) == 1.0


EMPTY = [
    Sample(function, (np.zeros((0, 3)),), {"axis": 0})
    for function in (np.sum, np.prod, np.cumsum, np.cumprod, np.diff, np.sort, np.flip, np.nansum)
]
EMPTY += [Sample(function, (np.zeros(0),)) for function in (np.sum, np.prod, np.cumsum, np.sort, np.ravel, np.exp)]
EMPTY += [Sample(function, (np.zeros((2, 0)),), {"axis": 0}) for function in (np.sum, np.mean, np.var, np.std, np.max)]
EMPTY += [Sample(np.concatenate, ([np.zeros(0), np.ones(2)],)), Sample(np.linalg.norm, (np.zeros(0),))]
EMPTY += [Sample(np.matmul, (np.zeros((2, 0)), np.zeros((0, 3)))), Sample(np.dot, (np.zeros(0), np.zeros(0)))]
EMPTY += [
    Sample(np.take, (np.ones(3), np.zeros(0, int))),
    Sample(np.einsum, ("ij,j->i", np.zeros((2, 0)), np.zeros(0))),
]
EMPTY += [Sample(np.clip, (np.zeros(0), 0.0, 1.0)), Sample(np.where, (np.zeros(0, bool), np.zeros(0), np.zeros(0)))]


@pytest.mark.parametrize("sample", EMPTY, ids=str)
def test_empty_arrays(sample: Sample) -> None:
    for part in adjoints(sample.function, *sample.arguments, **sample.options):
        parts = part if isinstance(part, list) else [part]
        assert all(np.all(np.isfinite(one)) for one in parts)
