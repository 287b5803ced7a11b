"""What is recorded, and what is not: linear uses, unmodified inputs and names that keep their values need no tape."""

from __future__ import annotations

import numpy as np
import pytest

from tests.differentiate.deriving import check, sweeps, tapes

X = np.array([0.5, 1.1, 0.7, 1.3])


def linear(x, n):
    s = 0.0
    for i in range(n):
        s = 2.0 * s + x * i
    return s


def stencil(u, n):
    for _ in range(n):
        u[1:-1] += 0.1 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u)


def swaps(x, y, n):
    for _ in range(n):
        x, y = y, x + 0.5 * y
    return x


def reads_inputs_only(x, w):
    s = 0.0
    for i in range(x.size):
        s += np.sin(x[i]) * w
    return s


def index_arithmetic(x, n):
    s = 0.0
    for i in range(n):
        j = (3 * i + 1) % x.size
        s += x[j] * x[i]
    return s


def scaled_by_a_constant(x, n):
    factor = np.exp(0.3)
    for _ in range(n):
        x = x * factor
    return x


def sums_rows(A):
    total = 0.0
    for row in A:
        total = total + np.sum(row * row)
    return total


def keeps_names(x):
    a = np.sin(x)
    b = a * a
    c = b * a
    return c


def builds(x, n):
    y = np.zeros(n)
    for i in range(n):
        y[i] = x[i] * x[i]
    return np.sum(y * y)


NOTHING = [
    (linear, (0.7, 4)),
    (stencil, (X, 3)),
    (swaps, (0.7, 0.4, 5)),
    (reads_inputs_only, (X, 0.5)),
    (scaled_by_a_constant, (0.7, 4)),
    (sums_rows, (X.reshape(2, 2),)),
    (keeps_names, (0.7,)),
    (builds, (X, 4)),
]


@pytest.mark.parametrize(("function", "arguments"), NOTHING, ids=lambda value: getattr(value, "__name__", ""))
def test_no_tape(function, arguments):
    assert tapes(function, *arguments) == {}
    check(function, *arguments)


def nonlinear(x, n):
    for _ in range(n):
        x = np.sin(x)
    return x


def one_of_two(x, y, n):
    for _ in range(n):
        x = x * 0.5 + y
        y = np.cos(y)
    return x


def stencil_squared(u, n):
    for _ in range(n):
        u[1:-1] = u[1:-1] * u[:-2]
    return np.sum(u)


def element_only(y, x, n):
    for i in range(n):
        y[i] = y[i] * y[i] * x
    return np.sum(y)


def product(x, n):
    p = 1.0
    for i in range(n):
        p *= x[i]
    return p


def nested(x, n):
    for _ in range(n):
        y = x
        for _ in range(2):
            y = np.sin(y)
        x = x * y
    return x


def matrix_power(A, n):
    B = A
    for _ in range(n):
        B = B @ A
    return np.sum(B)


def condition_on_a_value(x, n):
    for _ in range(n):
        if x > 0.5:
            x = 0.4 * x
        else:
            x = 1.5 * x
    return x


def reads_after_the_loop(x, n):
    y = x
    for _ in range(n):
        y = y * y
    return y * x


RECORDED = [
    (nonlinear, (0.7, 4), {"x"}),
    (one_of_two, (0.7, 0.4, 3), {"y"}),
    (stencil_squared, (X, 2), {"u[1:-1]"}),
    (element_only, (X, 0.5, 3), {"y[i]"}),
    (product, (X, 3), {"p"}),
    (matrix_power, (X.reshape(2, 2), 3), {"B"}),
    (condition_on_a_value, (0.7, 3), {"taken"}),
    (reads_after_the_loop, (0.7, 2), {"y"}),
]


@pytest.mark.parametrize(
    ("function", "arguments", "values"), RECORDED, ids=lambda value: getattr(value, "__name__", "")
)
def test_only_overwritten_nonlinear_values(function, arguments, values):
    argnums = tuple(range(2)) if function is one_of_two else 0
    recorded = {value.removesuffix(".copy()") for value in tapes(function, *arguments, argnums=argnums).values()}
    assert recorded == values
    check(function, *arguments)


def test_nested_loops():
    check(nested, 0.7, 3)


def test_slices_are_recorded_as_copies():
    assert tapes(stencil_squared, X, 2) == {"u_tape": "u[1:-1].copy()"}


def test_tapes_of_known_length_are_arrays():
    def relaxed(x, n):
        y = np.zeros(n)
        s = 0.0
        for i in range(n):
            a = x[i] + s
            if a > 0.0:
                s = np.sin(a)
            y[i] = s * x[i]
        return np.sum(y * y)

    forward, reverse = sweeps(relaxed, X, 4)
    assert "a_tape = np.empty(n)" in forward and "    a = a_tape[i]" in reverse
    check(relaxed, X, 4)


def test_loops_that_never_run_leave_empty_tapes():
    check(nonlinear, 0.7, 0)
    check(product, X, 0)


def test_a_value_overwritten_outside_of_loops_is_a_plain_variable():
    def twice(x):
        y = np.sin(x)
        z = y * y
        y = np.cos(z)
        return y * y

    forward, _ = sweeps(twice, 0.7)
    assert not any("[]" in line or "np.empty" in line for line in forward)
    check(twice, 0.7)


def test_records_of_branches():
    def branching(x, n):
        for i in range(n):
            if i % 2 == 0:
                x = np.sin(x)
            else:
                y = x * x
                x = np.cos(y) * y
        return x

    check(branching, 0.7, 5)


def test_a_variable_that_may_not_be_bound_yet():
    def late(x, n):
        total = 0.0
        for i in range(n):
            if i > 0:
                total += np.sin(previous) * x  # noqa: F821
            previous = x * i + total
        return total

    check(late, 0.7, 4)


def test_a_test_that_cannot_be_repeated_is_recorded():
    def changing_its_own_test(x, n):
        for i in range(n):
            if x > 0.5:
                x = np.sin(x) - 0.3
                n = n + 1
            else:
                x = x * x + 0.4
        return x

    check(changing_its_own_test, 0.7, 4)
