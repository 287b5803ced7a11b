"""What may stand in a differentiated position, and what a plain integer there becomes."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.calling.parameters import Parameters
from srcgrad.calling.structures import is_number, parts
from srcgrad.errors import ArgumentTypeError

INTEGERS = (int, np.integer)
BOOLEANS = (bool, np.bool_)
# How deep in containers and objects a float is looked for: they may hold themselves.
DEEPEST = 8


def holds_float(value: Any, depth: int = 0) -> bool:
    """Whether a value is, or has inside, a real or complex floating-point number."""
    if is_number(value):
        return True
    inside = parts(value) if depth < DEEPEST else None
    return inside is not None and any(holds_float(item, depth + 1) for item in inside.values())


def is_integer(value: Any) -> bool:
    """Whether a value is a single integer, which a differentiated position takes as a float."""
    return isinstance(value, INTEGERS) and not isinstance(value, BOOLEANS)


def check_differentiated(value: Any, label: str, parameter: str, parameters: Parameters) -> None:
    """Refuse a value in a differentiated position that has no gradient; ``label`` is the argument as users name it."""
    if is_integer(value) or holds_float(value):
        return
    dtype = getattr(value, "dtype", None)
    if isinstance(dtype, np.dtype) and hasattr(value, "astype"):
        advice = f"convert it first: {label}.astype(float)"
        if not isinstance(value, BOOLEANS):
            described = f"an array of {dtype.name}"
        else:
            described = "a boolean"
    elif isinstance(value, BOOLEANS):
        described, advice = "a bool", "pass a float, or choose other arguments with argnums"
    elif isinstance(value, (list, tuple, dict)):
        described = f"a {type(value).__name__} without any float in it"
        advice = "write the numbers in it as floats, or choose other arguments with argnums"
    elif value is None:
        described, advice = "None", "pass a float or an array, or choose other arguments with argnums"
    else:
        described = f"of type {type(value).__name__}"
        advice = "choose other arguments with argnums"
    raise ArgumentTypeError(
        f"{parameters} has no gradient with respect to {label}, which is {described}",
        location=parameters.location(parameter),
        advice=advice,
    )
