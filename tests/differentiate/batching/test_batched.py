"""Several tangents in one sweep: the corpus against one tangent after the other, and how the text reads."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np
import pytest

from srcgrad import SrcgradError, grad, hessian, jacfwd
from srcgrad.calling.argnums import Choice
from srcgrad.calling.pushforward import Pushforward
from srcgrad.calling.specialising import Options
from srcgrad.calling.structures import leaves
from tests.programs import PROGRAMS, Program
from tests.verdicts import fresh_arguments, own_call

# Draw random numbers, or take minutes.
NOT_ASKED = frozenset({"monte_carlo", "every_elementary_function", "merge_sort", "fft_recursive"})
SECOND = "rosenbrock lstm relax logistic heat kalman_filter runge_kutta_lorenz conjugate_gradient windows".split()


def columns(function: Any, call: Any, form: Any) -> tuple[bool, list[Any]]:
    """Whether a function takes several tangents at once, and its results for all unit directions."""
    positional, named = fresh_arguments(call)
    push = Pushforward(
        function, positional, named, lambda parameters: Choice(parameters, call.argnums), Options(form, "any")
    )
    with redirect_stdout(StringIO()):
        found = list(push.directions())
    return push.specialisation.generated.several, found


def assert_same_columns(function: Any, call: Any) -> None:
    """Compare both ways to find all columns of a Jacobian."""
    try:
        several, found = columns(function, call, "value_and_tangents")
        _, wanted = columns(function, call, "value_and_tangent")
    except SrcgradError:
        pytest.skip("refused in forward mode")
    if not several:
        pytest.skip("one tangent after the other")
    for one, other in zip(found, wanted, strict=True):
        pairs = zip((*leaves(one[0]), *leaves(one[1])), (*leaves(other[0]), *leaves(other[1])), strict=True)
        for got, expected in pairs:
            scale = np.finfo(np.result_type(expected)).eps * 1e4
            np.testing.assert_allclose(got, expected, rtol=scale, atol=scale * np.max(np.abs(expected), initial=1e-10))


@pytest.mark.parametrize("program", [each for each in PROGRAMS if each.name not in NOT_ASKED], ids=str)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_all_columns_at_once(program: Program) -> None:
    call = own_call(program)
    assert_same_columns(call.function, call)


@pytest.mark.parametrize("program", [each for each in PROGRAMS if each.name in SECOND], ids=str)
def test_all_columns_of_a_gradient_at_once(program: Program) -> None:
    call = own_call(program)
    assert_same_columns(grad(call.function, argnums=tuple(call.argnums)), call)


def test_most_programs_take_several_tangents() -> None:
    chosen = [each for each in PROGRAMS if each.name not in NOT_ASKED][::5]
    taken = []
    for program in chosen:
        call = own_call(program)
        try:
            taken.append(columns(call.function, call, "value_and_tangents")[0])
        except SrcgradError:
            continue
    assert np.mean(taken) > 0.88


def march(x, A, n):
    h = np.tanh(A @ x)
    s = 0.0
    y = np.zeros(n)
    for i in range(n):
        s += h[i] * x[0]
        y[i] = s * np.sum(h)
    return y


def test_the_text() -> None:
    derivative = jacfwd(march)
    derivative(np.ones(2), np.ones((3, 2)), 3)
    assert derivative.source.endswith(
        '''

def march_tangents(x, A, n, x_dot):
    columns = len(x_dot)
    h = np.tanh(A @ x)
    h_dot = (1.0 - h * h) * (x_dot @ A.T)
    s = 0.0
    s_dot = np.zeros(columns)
    y = np.zeros(n)
    y_dot = np.zeros((columns, *y.shape))
    for i in range(n):
        s_dot = s_dot + (h_dot[:, i] * x[0] + h[i] * x_dot[:, 0])
        s += h[i] * x[0]
        sum_h = np.sum(h)
        y_dot[:, i] = s_dot * sum_h + s * np.sum(h_dot, axis=1)
        y[i] = s * sum_h
    return y, y_dot
'''
    )


def numbers_are_values(x):
    first = x[0]
    kept = first
    x[0] = 5.0 * x[1]
    first += x[1]
    x[1] = kept * first
    return x * kept


def test_numbers_taken_from_arrays_are_values() -> None:
    x = np.array([2.0, 3.0, 4.0])
    np.testing.assert_allclose(
        jacfwd(numbers_are_values)(x), [[15.0, 10.0, 0.0], [24.0, 4.0, 0.0], [4.0, 0.0, 2.0]]
    )


def written_through_a_view(x):
    y = x.reshape(2, 2)
    y[0] *= 3.0
    return x**2


def test_views_that_depend_on_the_layout_go_column_by_column() -> None:
    derivative = jacfwd(written_through_a_view)
    np.testing.assert_allclose(derivative(np.arange(1.0, 5.0)), np.diag([18.0, 36.0, 6.0, 8.0]))
    assert "_tangents(" not in derivative.source


def rows_of_pairs(points):
    area = 0.0
    x0, y0 = points[-1]
    for x1, y1 in points:
        area += x0 * y1 - x1 * y0
        x0, y0 = x1, y1
    return area


def test_as_many_directions_as_parts_are_not_confused() -> None:
    points = np.random.default_rng(0).normal(size=(1, 2))
    assert jacfwd(rows_of_pairs)(points).shape == (1, 2)
    points = np.random.default_rng(0).normal(size=(4, 2))
    np.testing.assert_allclose(jacfwd(rows_of_pairs)(points), grad(rows_of_pairs)(points), atol=1e-14)


def test_many_directions_are_taken_in_parts() -> None:
    x = np.linspace(0.1, 1.0, 400)
    np.testing.assert_allclose(jacfwd(lambda x: np.cumsum(x**2))(x), np.tril(np.ones((400, 400))) * 2.0 * x)


def test_an_argument_without_numbers() -> None:
    assert jacfwd(lambda x: np.append(x, 1.0) ** 2)(np.zeros(0)).shape == (1, 0)


def test_single_precision_stays() -> None:
    x = np.ones(3, dtype=np.float32)
    assert jacfwd(lambda x: x * np.sum(x))(x).dtype == np.float32
    assert hessian(lambda x: np.sum(x**3))(x).dtype == np.float32
