"""What srcgrad refuses: before anything runs, with the user's line, and with something to do."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

import numpy as np
import pytest

total = 0.0


def yields(x):
    print("ran")
    yield x * x


def loops_over_a_generator(x):
    print("ran")
    result = 0.0
    for value in yields(x):
        result = result + value
    return result


async def waits(x):
    await asyncio.sleep(0)
    return x * x


def writes_a_global(x):
    global total
    print("ran")
    total = x * x
    return total * x


def deletes_an_active_value(x):
    print("ran")
    y = x * x
    values = [y, x]
    del values[0]
    return values[0]


def makes_a_class(x):
    class Box:
        value = x

    print("ran")
    return Box.value * x


def handler_gives_a_value(x):
    print("ran")
    try:
        y = math.sqrt(x - 2.0)
    except ValueError:
        y = x * x
    return y * x


# A function that has neither Python source nor a rule.
opaque = np.frompyfunc(lambda value: value * value, 1, 1)


def calls_something_without_rule(x):
    print("ran")
    return np.sum(opaque(x))


def nonlocal_active(x):
    y = x

    def change():
        nonlocal y
        y = y * x

    print("ran")
    change()
    return y


REFUSED: list[tuple[Callable[..., object], object]] = [
    (yields, 1.5),
    (loops_over_a_generator, 1.5),
    (waits, 1.5),
    (writes_a_global, 1.5),
    (makes_a_class, 1.5),
]

# These may be refused, or be differentiated rightly: (function, argument, gradient).
REFUSED_OR_RIGHT = [
    (deletes_an_active_value, 1.5, 1.0),
    (handler_gives_a_value, 1.5, 3 * 1.5**2),
    (nonlocal_active, 1.5, 3.0),
]


@pytest.mark.parametrize(("function", "argument"), REFUSED, ids=lambda value: getattr(value, "__name__", ""))
def test_refused_before_anything_runs(function, argument, capsys):
    from srcgrad import SrcgradError, grad

    with pytest.raises(SrcgradError) as caught:
        grad(function)(argument)
    message = str(caught.value)
    assert not capsys.readouterr().out, "the function ran"
    assert __file__ in message and "^" in message, message
    assert isinstance(caught.value, NotImplementedError)


@pytest.mark.parametrize(("function", "argument", "expected"), REFUSED_OR_RIGHT)
def test_refused_or_right(function, argument, expected):
    from srcgrad import SrcgradError, grad

    try:
        found = grad(function)(argument)
    except SrcgradError:
        return
    assert found == pytest.approx(expected)


def test_a_function_without_rule_is_refused_by_name(capsys):
    from srcgrad import MissingRuleError, grad

    with pytest.raises(MissingRuleError, match="opaque"):
        grad(calls_something_without_rule)(np.ones(3))
    assert not capsys.readouterr().out


FACTOR = 2.0


def scaled_by_a_global(x):
    return FACTOR * x * x


def test_globals_are_read_when_the_gradient_is_called(monkeypatch):
    from srcgrad import grad

    gradient = grad(scaled_by_a_global)
    assert gradient(3.0) == 12.0
    monkeypatch.setitem(globals(), "FACTOR", 5.0)
    assert gradient(3.0) == 30.0
    monkeypatch.setitem(globals(), "FACTOR", np.array([1.0, 2.0]))
    with pytest.raises(TypeError):
        gradient(3.0)


def test_closure_variables_are_read_when_the_gradient_is_called():
    from srcgrad import grad

    factor = 2.0

    def scaled(x):
        return factor * x * x

    gradient = grad(scaled)
    assert gradient(3.0) == 12.0
    factor = 5.0
    assert gradient(3.0) == 30.0
