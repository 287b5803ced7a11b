"""Random numbers: numba draws them from generators of its own."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import gast
import numpy as np

from srcgrad.syntax.printer import print_tree

_MODULES = (random, np.random)


def random_call(tree: gast.FunctionDef, values: Mapping[str, Any]) -> str | None:
    """The first function of ``np.random`` or ``random`` that a function calls, as it is written there, or None.

    ``values`` are the objects of the module; an ``np.random.Generator`` is an object that numba knows.
    """
    for node in gast.walk(tree):
        if isinstance(node, gast.Call) and _is_random(_value(node.func, values)):
            return print_tree(node.func).strip()
    return None


def _value(node: gast.expr, values: Mapping[str, Any]) -> Any:
    match node:
        case gast.Name(id=identifier):
            return values.get(identifier)
        case gast.Attribute(value=inner, attr=attr):
            owner = _value(inner, values)
            return getattr(owner, attr, None) if owner in (np, *_MODULES) else None
        case _:
            return None


def _is_random(function: Any) -> bool:
    """Whether a function is one of the modules' own, which share a hidden generator."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.random.RandomState | random.Random):
        return True
    return callable(function) and getattr(function, "__module__", None) in ("random", "numpy.random")
