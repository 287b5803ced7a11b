"""Callees: written out where they are small, else pairs of sweeps whose records may be read any number of times."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from tests.differentiate.deriving import check

X = np.array([0.5, 1.1, 0.7])


def text_of(function, *arguments, argnums=0):
    from srcgrad import grad

    return grad(function, argnums=argnums).source_for(*arguments)


def small(x, y):
    return np.sin(x) * y


def large(x, n):
    total = 0.0
    for _ in range(n):
        total = np.sin(total + x)
    return total


def uses_small(x, y):
    return small(x, y) + small(y, x)


def uses_large(x, y):
    return large(x, 3) * large(y, 2) + large(x * y, 1)


def in_a_loop(x, n):
    total = 0.0
    for i in range(n):
        total += large(x * i, i) * total + 1.0
    return total


def in_a_branch(x, flag):
    y = large(x, 2) if flag else x
    return y * y


def result_unused(x):
    large(x, 2)
    return x * x


def same_argument_twice(x):
    return product(x, x)


def product(x, y):
    for _ in range(2):
        x = x * y
    return x


def result_is_an_argument(x):
    y = unchanged(x)
    return np.sum(x * y)


def unchanged(x):
    for _ in range(2):
        pass
    return x


def two_results(x, y):
    low, high = ordered(x, y)
    return low * low * high


def ordered(x, y):
    for _ in range(1):
        if x > y:
            x, y = y, x
    return x, y


def keywords(x, y):
    return options(x, scale=y) + options(x) + options(scale=x, x=y, power=3)


def options(x, power=2, *, scale=1.0):
    for _ in range(power):
        x = x * scale
    return x


def returns_a_list(x):
    parts = listed(x)
    return parts[0] * parts[-1]


def listed(x):
    parts = []
    for k in range(3):
        parts.append(x * k + 1.0)
    return parts


def returns_a_dict(x, y):
    found = tabled(x, y)
    return found["sum"] * found["product"]


def tabled(x, y):
    found = {}
    for _ in range(1):
        found["sum"] = x + y
        found["product"] = x * y
    return found


def ignores_one(x, y):
    return only_first(x, y) * y


def only_first(x, y):
    for _ in range(2):
        x = np.sin(x)
    return x


def fibonacci(x, n):
    if n < 2:
        return x
    return fibonacci(x, n - 1) * fibonacci(x, n - 2) + x


def even(x, n):
    if n == 0:
        return x
    return odd(np.sin(x), n - 1) * x


def odd(x, n):
    if n == 0:
        return x * x
    return even(np.cos(x), n - 1) + x


def closure(x, k):
    def inner(y):
        return y * x + k

    return inner(inner(x))


def given_a_function(x):
    return applied(np.sin, x) + applied(small_square, x)


def applied(function, x):
    for _ in range(2):
        x = function(x)
    return x


def small_square(x):
    return x * x


class Scaled:
    """A callable object with a method."""

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return self.again(x) * self.factor

    def again(self, x):
        for _ in range(2):
            x = np.sin(x) * self.factor
        return x


scaled = Scaled(0.7)
halved = functools.partial(options, scale=0.5)


def calls_an_object(x):
    return scaled(x) + scaled.again(x)


def calls_a_partial(x):
    return halved(x) * halved(x, 3)


CALLS = [
    (uses_small, (0.5, 1.2)),
    (uses_large, (0.5, 1.2)),
    (in_a_loop, (0.5, 4)),
    (in_a_branch, (0.5, True)),
    (in_a_branch, (0.5, False)),
    (result_unused, (0.5,)),
    (same_argument_twice, (1.3,)),
    (result_is_an_argument, (X,)),
    (two_results, (0.5, 1.2)),
    (two_results, (1.5, 1.2)),
    (keywords, (0.5, 1.2)),
    (returns_a_list, (0.5,)),
    (returns_a_dict, (0.5, 1.2)),
    (ignores_one, (0.5, 1.2)),
    (fibonacci, (0.5, 5)),
    (even, (0.5, 3)),
    (even, (0.5, 4)),
    (closure, (0.5, 1.2)),
    (given_a_function, (0.5,)),
    (calls_an_object, (0.5,)),
    (calls_a_partial, (0.5,)),
]


@pytest.mark.parametrize(("function", "arguments"), CALLS, ids=lambda value: getattr(value, "__name__", ""))
def test_gradients(function, arguments):
    check(function, *arguments)


@pytest.mark.parametrize("shape", [(3,), (2, 3), ()])
def test_callees_are_specialised_on_kinds(shape):
    def both(x):
        return np.sum(large(x, 2)) * large(0.3, 2)

    check(both, np.full(shape, 0.5))


def test_small_callees_are_written_out():
    text = text_of(uses_small, 0.5, 1.2)
    assert "_forward" not in text and "small(" not in text.replace("adjoint of uses_small (", "").replace("# ", "")


def test_a_pair_is_made_once_for_calls_of_the_same_kinds():
    def twice(x, n):
        return large(x, n) * large(2.0 * x, n)

    text = text_of(twice, 0.5, 3)
    assert text.count("def large_forward") == text.count("def large_reverse") == 1


def test_inactive_calls_stay_as_they_are():
    def scaled_by_a_constant(x, y):
        return large(y, 2) * x

    text = text_of(scaled_by_a_constant, 0.5, 1.2)
    assert "_forward" not in text and "large(y, 2)" in text


def test_what_is_printed_in_a_callee_is_printed_once(capsys):
    from srcgrad import grad

    def told(x):
        for _ in range(2):
            x = np.sin(x)
        print("here")
        return x

    def tells(x):
        return told(x) * told(2.0 * x)

    grad(tells)(0.5)
    assert capsys.readouterr().out == "here\nhere\n"


@pytest.mark.parametrize(("function", "arguments"), CALLS, ids=lambda value: getattr(value, "__name__", ""))
def test_pullbacks_may_be_called_any_number_of_times(function, arguments):
    from srcgrad import grad, vjp

    expected = grad(function)(*arguments)
    _, pullback = vjp(function, *arguments, argnums=0)
    for factor in (1.0, 1.0, -2.5, 1.0):
        np.testing.assert_allclose(pullback(factor), np.multiply(factor, expected), rtol=1e-12)


def test_pullbacks_do_not_share_records():
    from srcgrad import grad, vjp

    first = vjp(in_a_loop, 0.5, 4, argnums=0)[1]
    second = vjp(in_a_loop, 0.8, 3, argnums=0)[1]
    assert first(1.0) == pytest.approx(grad(in_a_loop)(0.5, 4), rel=1e-12)
    assert second(1.0) == pytest.approx(grad(in_a_loop)(0.8, 3), rel=1e-12)


def test_later_changes_of_arguments_do_not_reach_the_records():
    from srcgrad import vjp

    def squares(x):
        return np.sum(x * x)

    x = X.copy()
    _, pullback = vjp(squares, x, argnums=0)
    expected = pullback(1.0).copy()
    assert np.array_equal(expected, 2.0 * X)
