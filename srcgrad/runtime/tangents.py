"""Tangents of containers: of the same structure as the value, so that both are taken apart in the same words.

The tangent of a list, tuple or dict is a list, tuple or dict, that of an object a namespace of its attributes; the
tangent of what is no number is None.
"""

from __future__ import annotations

import copy
import types
from typing import Any

import numpy as np

from srcgrad.errors import UnsupportedError
from srcgrad.runtime.containers import attributes_of, is_array, own_copy


def zero_tangent(value: Any) -> Any:
    """A zero tangent for a value; an array or list that occurs twice has one tangent.

    >>> zero_tangent({"w": np.ones(2), "name": "layer", "steps": (1.5, 3)})
    {'w': array([0., 0.]), 'name': None, 'steps': (0.0, 0.0)}
    """
    return _zero(value, {})


def _zero(value: Any, known: dict[int, Any]) -> Any:
    if id(value) in known:
        return known[id(value)]
    if is_array(value):
        made = np.zeros_like(value) if value.dtype.kind in "fc" else np.zeros_like(value, dtype=float)
    elif isinstance(value, bool | np.bool_):
        return None
    elif isinstance(value, np.inexact):
        return value.dtype.type(0.0)
    elif isinstance(value, complex):
        return 0j
    elif isinstance(value, int | float | np.integer):
        return 0.0
    elif isinstance(value, list):
        made = known[id(value)] = []
        made.extend(_zero(item, known) for item in value)
    elif isinstance(value, tuple):
        items = [_zero(item, known) for item in value]
        made = type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    elif isinstance(value, dict):
        made = known[id(value)] = {}
        made.update((key, _zero(item, known)) for key, item in value.items())
    elif attributes := attributes_of(value):
        made = known[id(value)] = types.SimpleNamespace()
        for name, item in attributes.items():
            setattr(made, name, _zero(item, known))
    else:
        return None
    known[id(value)] = made
    return made


def own_tangent(value: Any, tangent: Any) -> Any:
    """A tangent of a value with arrays and containers of its own, which the program may write into.

    >>> own_tangent([np.ones(2), 1.0], (np.ones(2), None))
    [array([1., 1.]), 0.0]
    """
    if tangent is None:
        return zero_tangent(value)
    if is_array(value):
        # In the layout of the value, which decides what is a view of it.
        made = own_copy(value) if value.dtype.kind in "fc" else np.empty_like(value, dtype=float)
        made[...] = tangent
        return made
    if isinstance(value, list):
        return [own_tangent(item, part) for item, part in zip(value, tangent, strict=True)]
    if isinstance(value, tuple):
        items = [own_tangent(item, part) for item, part in zip(value, tangent, strict=True)]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, dict):
        return {key: own_tangent(item, tangent.get(key)) for key, item in value.items()}
    attributes = attributes_of(value)
    if attributes:
        found = {name: own_tangent(item, getattr(tangent, name, None)) for name, item in attributes.items()}
        return types.SimpleNamespace(**found)
    return copy.copy(tangent)


def require_same_sharing(view: Any, array: Any, view_tangent: Any, array_tangent: Any) -> None:
    """Refuse a result that is a view of an array where the tangent's is a copy, or the other way round.

    >>> a, a_dot = np.zeros((2, 3)), np.asfortranarray(np.ones((2, 3)))
    >>> require_same_sharing(a.T, a, a_dot.T, a_dot)
    """
    if np.may_share_memory(view, array) != np.may_share_memory(view_tangent, array_tangent):
        raise UnsupportedError(
            "what is a view of an array here, and is written into, is a copy for the array's tangent",
            advice="write into a copy: b = a.reshape(...).copy()",
        )
