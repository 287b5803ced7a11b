"""Generated text of small programs, statement by statement, and their gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.references import Call, Reference, agreed, distance
from tests.verdicts import fresh_arguments, gradient_by_leaf, wrapper_of


def sweeps(function: Callable[..., Any], *arguments: Any, argnums: Any = 0) -> tuple[list[str], list[str]]:
    """The lines of the forward and of the reverse sweep, without comments and outer indentation."""
    from srcgrad import grad

    text = grad(function, argnums=argnums).source_for(*arguments)
    body = text[text.index(f"def {function.__name__}_grad(") :].splitlines()[1:]
    lines = [line[4:] for line in body]
    start = lines.index("# ---- reverse sweep ----")
    return plain(lines[:start]), plain(lines[start:])


def plain(lines: list[str]) -> list[str]:
    """Lines that are no comments."""
    return [line for line in lines if line.strip() and not line.strip().startswith("#")]


def tapes(function: Callable[..., Any], *arguments: Any, argnums: Any = 0) -> dict[str, str]:
    """What is recorded on which tape: ``{"x_tape": "x"}``."""
    recorded: dict[str, str] = {}
    for line in sweeps(function, *arguments, argnums=argnums)[0]:
        tape, _, rest = line.strip().partition(".append(")
        if rest:
            recorded[tape] = rest.removesuffix(")")
        target, _, value = line.strip().partition(" = ")
        if "_tape[" in target or target.startswith("tape["):
            recorded[target.partition("[")[0]] = value
    return recorded


def check(function: Callable[..., Any], *arguments: Any, argnums: Any = None) -> None:
    """Compare the gradient with differences, the arguments staying as they are."""
    if argnums is None:
        argnums = tuple(position for position, value in enumerate(arguments) if is_differentiated(value))
    call = Call(function, arguments, {}, argnums)
    expected = agreed(call, None)
    assert isinstance(expected, Reference), expected
    positional, _ = fresh_arguments(call)
    value, gradients = wrapper_of(call)(*positional)
    assert np.allclose(value, call.run())
    off = distance(gradient_by_leaf(gradients, argnums), expected.gradient)
    assert off < expected.tolerance, f"{gradients} instead of {expected.gradient}"


def is_differentiated(value: Any) -> bool:
    """Whether an argument holds floats."""
    if isinstance(value, list | tuple):
        return any(is_differentiated(item) for item in value)
    if isinstance(value, dict):
        return any(is_differentiated(item) for item in value.values())
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")
