"""The ways in which people call NumPy and SciPy, through the whole pipeline: both modes, and the second derivative.

The reference for the first derivative is a difference of the function, for the second one of the gradient; both are
extrapolated.  A form is differentiated three times: its gradient, its tangent, and the tangent of its gradient.
"""

from __future__ import annotations

import functools
import itertools
import linecache
import math
import operator
import re
from typing import Any

import numpy as np
import pytest
import scipy
import scipy.fft
import scipy.integrate
import scipy.linalg
import scipy.signal
import scipy.special
import scipy.stats

from srcgrad import SrcgradError, grad, jvp
from srcgrad.rules.registry import rules
from tests.rules.forms import FIRST_ORDER, FORMS, REFUSED

_generator = np.random.default_rng(3)
_square = _generator.normal(size=(3, 3))

# What forms may be written with: variables, which are differentiated, and constants.
VARIABLES: dict[str, Any] = {
    "s": 0.37,
    "t": -0.81,
    "u": np.array([0.31, -0.72, 1.13, 0.58]),
    "v": np.array([-0.43, 0.91, 0.27, 1.36]),
    "w": np.array([0.66, -1.21, 0.44]),
    "p": np.array([0.83, 1.42, 0.51, 1.17]),
    "m": _generator.permutation(np.linspace(-1.4, 1.5, 12)).reshape(3, 4),
    "n": _generator.normal(size=(4, 3)),
    "cube": _generator.permutation(np.linspace(-1.4, 1.5, 24)).reshape(2, 3, 4),
    "q": _square @ _square.T + 3.0 * np.eye(3),
    "c": np.array([0.31 - 0.2j, -0.72 + 0.4j, 1.13 + 0.9j, 0.58 - 1.1j]),
    "d": _generator.normal(size=(3, 3)) + 1j * _generator.normal(size=(3, 3)),
}
CONSTANTS: dict[str, Any] = {
    "XP": np.array([-1.0, 0.1, 0.7, 2.0]),
    "IDX": np.array([0, 2, 2, 3]),
    "MASK": np.array([True, False, True, True]),
}
MODULES = {"np": np, "scipy": scipy, "math": math, "functools": functools, "operator": operator, "itertools": itertools}

pytestmark = pytest.mark.filterwarnings("ignore")


def variables_of(form: str) -> list[str]:
    """The variables that a form reads."""
    plain = re.sub(r'"[^"]*"', '""', form)
    return [name for name in VARIABLES if re.search(rf"(?<![\w.])(?<!lambda ){name}(?![\w=(])", plain)]


def function_of(form: str, result: str = "z", **names: Any) -> Any:
    """A function of a form's variables that returns an expression in its value ``z``."""
    text = f"def called({', '.join(variables_of(form))}):\n    z = {form}\n    return {result}\n"
    filename = f"<form {form} {result} {id(names)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    module = {**MODULES, **CONSTANTS, **names}
    exec(compile(text, filename, "exec"), module)
    return module["called"]


def loss_of(form: str, arguments: list[Any]) -> Any:
    """A real number made of a form's value: every entry matters, and not linearly."""
    z = np.asarray(function_of(form)(*arguments))
    generator = np.random.default_rng(11)
    weights = np.asarray(generator.normal(size=z.shape))
    if z.dtype.kind == "c":
        return function_of(form, "np.sum(np.real(W * z) + 0.5 * np.real(z * np.conj(z)))", W=weights + 0.3j)
    return function_of(form, "np.sum(W * np.sin(z))" if z.ndim else "2.0 * np.sin(z)", W=weights)


def flat(value: Any) -> np.ndarray:
    """The numbers of an array, or of a tuple of arrays, in a row."""
    return np.concatenate([np.ravel(part) for part in value]) if isinstance(value, tuple | list) else np.ravel(value)


def difference(function: Any, arguments: list[Any], directions: list[Any]) -> np.ndarray:
    """The derivative along directions, by differences of second order extrapolated twice."""

    def central(step: float) -> np.ndarray:
        ends = [[x + sign * step * dx for x, dx in zip(arguments, directions)] for sign in (1.0, -1.0)]
        return (flat(function(*ends[0])) - flat(function(*ends[1]))) / (2.0 * step)

    coarse, middle, fine = central(2e-3), central(1e-3), central(5e-4)
    return (16.0 * (4.0 * fine - middle) / 3.0 - (4.0 * middle - coarse) / 3.0) / 15.0


def agree(found: Any, expected: np.ndarray, accuracy: float) -> None:
    found = flat(found)
    assert np.all(np.isfinite(found))
    scale = 1.0 + np.max(np.abs(expected), initial=0.0)
    assert np.max(np.abs(found - expected), initial=0.0) <= accuracy * scale, (found, expected)


def prepared(form: str) -> tuple[Any, list[Any], list[Any]]:
    """The loss of a form, its arguments and a direction for each."""
    arguments = [VARIABLES[name] for name in variables_of(form)]
    generator = np.random.default_rng(5)
    directions: list[Any] = []
    for argument in arguments:
        drawn = generator.normal(size=np.shape(argument))
        if np.iscomplexobj(argument):
            drawn = drawn + 1j * generator.normal(size=np.shape(argument))
        directions.append(drawn if np.ndim(argument) else float(drawn))
    return loss_of(form, arguments), arguments, directions


@pytest.mark.parametrize("form", [*FORMS, *FIRST_ORDER])
def test_form(form: str) -> None:
    loss, arguments, directions = prepared(form)
    expected = difference(loss, arguments, directions)
    gradient = grad(loss, argnums=tuple(range(len(arguments))))
    parts = gradient(*arguments)
    along = sum(np.real(np.sum(part * dot)) for part, dot in zip(parts, directions, strict=True))
    agree(along, expected, 1e-8)
    for part, argument in zip(parts, arguments, strict=True):
        assert np.shape(part) == np.shape(argument)
    _, tangent = jvp(loss, tuple(arguments), tuple(directions))
    agree(tangent, expected, 1e-8)
    if any(np.iscomplexobj(argument) for argument in arguments):
        return
    if form in FIRST_ORDER:
        with pytest.raises(SrcgradError):
            jvp(gradient, tuple(arguments), tuple(directions))
        return
    _, second = jvp(gradient, tuple(arguments), tuple(directions))
    agree(tuple(second), difference(gradient, arguments, directions), 1e-7)


@pytest.mark.parametrize("form", REFUSED)
def test_refused_form(form: str) -> None:
    """What is not differentiated says so, at the user's line, before anything runs."""
    loss, arguments, _ = prepared(form)
    with pytest.raises(SrcgradError, match=REFUSED[form]) as caught:
        grad(loss, argnums=tuple(range(len(arguments))))(*arguments)
    assert "<form" in str(caught.value)


def test_every_definition_is_used_by_a_form() -> None:
    """A definition is a plain function: while forms are differentiated, each of them is read."""
    text = " ".join([*FORMS, *FIRST_ORDER])
    for rule in rules():
        if rule.form == "definition" and rule.derivative.__module__.startswith("srcgrad.rules."):
            owner = getattr(rule.function, "__self__", None)
            name = rule.function.__name__
            if isinstance(owner, np.ufunc):
                name = f"{owner.__name__}.{name}" if name != "outer" else "outer"
            assert re.search(rf"\b{re.escape(name)}\(", text), name
