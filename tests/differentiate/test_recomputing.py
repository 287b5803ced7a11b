"""What a reversed trip computes again, reads before it is restored, or takes from the loop over its tape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcgrad import grad
from srcgrad.checking import check_grads


def cheap(w, xs):
    total = 0.0
    for i in range(len(xs)):
        r = w * xs[i] - 1.0
        total = total + r * r
    return total


def one_from_another(w, xs):
    total = 0.0
    for x in xs:
        a = w * x
        b = a + 0.5 * x
        total = total + a * b * b
    return total


def factor_changes_afterwards(w, n):
    total = 0.0
    for i in range(n):
        a = w * i
        total = total + a * a
    w = w * w
    return total * w


def operand_is_carried(w, n):
    s = 1.0
    for _ in range(n):
        a = w * s
        s = a * a * 0.5
    return s


def assigned_twice(w, n):
    total = 0.0
    for i in range(n):
        a = w * i
        total = total + a * a
        a = 0.5 * w
        total = total + a * a * a
    return total


def after_the_loop(w, n):
    a = 3.0 * w
    total = a * a
    for i in range(n):
        a = w * i
        total = total + a * a
    return total * a


def written_array(xs, n):
    xs = 1.0 * xs
    total = 0.0
    for i in range(n):
        a = xs[0] * 0.5
        total = total + a * a
        xs[0] = xs[0] * xs[1]
    return total


def logistic_map(r, n):
    x = 0.3
    for _ in range(n):
        x = r * x * (1.0 - x)
    return x


def inner_loop(w, n):
    s = w
    for i in range(n):
        s = np.sin(s) + 0.1
        for j in range(i):
            a = s * w
            s = s + 0.01 * a * a * j
    return s


def until_small(w, tol):
    s = w
    for i in range(50):
        a = w * (i + 1)
        s = s - 0.3 * a * a
        if s < tol:
            break
    return s


def new_value(w, n):
    h = w
    for _ in range(n):
        h = np.exp(-w * h)
    return h


def new_value_and_old(w, n):
    h = w
    for _ in range(n):
        h = np.sqrt(h) * h
    return h * w


def new_array(W, n):
    h = np.ones(W.shape[0])
    for _ in range(n):
        h = np.tanh(W @ h)
    return np.sum(h * h)


def quotient_of_itself(w, n):
    h = 1.0 + w
    for _ in range(n):
        h = w / h
    return h


CASES: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (cheap, (0.7, np.linspace(0.2, 1.0, 5))),
    (one_from_another, (0.7, np.linspace(0.2, 1.0, 5))),
    (factor_changes_afterwards, (0.7, 4)),
    (operand_is_carried, (0.7, 4)),
    (assigned_twice, (0.7, 4)),
    (after_the_loop, (0.7, 4)),
    (after_the_loop, (0.7, 0)),
    (written_array, (np.array([0.9, 1.1]), 4)),
    (logistic_map, (2.7, 4)),
    (inner_loop, (0.7, 4)),
    (until_small, (0.7, -2.0)),
    (new_value, (0.7, 4)),
    (new_value_and_old, (0.7, 4)),
    (new_array, (np.array([[0.3, 0.5], [-0.2, 0.4]]), 4)),
    (quotient_of_itself, (0.7, 5)),
]


@pytest.mark.parametrize("function, arguments", CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_gradients_are_right(function: Callable[..., Any], arguments: tuple[Any, ...]):
    wrt = tuple(place for place, value in enumerate(arguments) if not isinstance(value, int))
    check_grads(function, arguments, argnums=wrt)


def test_nothing_is_recorded_where_little_work_gives_it_again():
    for function in (cheap, one_from_another):
        assert "tape" not in grad(function).source_for(0.7, np.ones(3)).split("import")[1]


def test_a_new_value_is_read_before_the_old_one_is_back():
    lines = [line.strip() for line in grad(new_array).source_for(np.eye(2), 3).splitlines()]
    assert sum("np.tanh" in line and not line.startswith("#") for line in lines) == 1
    assert lines.index("v_bar = h_bar * (1.0 - h * h)") < lines.index("h = h_tape.pop()")


def test_a_loop_runs_over_its_only_tape():
    source = grad(logistic_map).source_for(0.7, 3)
    assert "[::-1]:" in source
    assert "pop" not in source
