"""Several tangents at once: each array has an axis more, in front, with one entry for each direction."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.runtime.containers import attributes_of, is_array
from srcgrad.runtime.tangents import zero_tangent


def by_columns(function: Callable[..., Any], *tangents: Any) -> Any:
    """A function applied to one direction after the other: for what has no form for several tangents at once.

    >>> by_columns(lambda v: np.kron(v, np.ones(2)), np.eye(2))
    array([[1., 1., 0., 0.],
           [0., 0., 1., 1.]])
    """
    count = count_columns(*tangents)
    return stacked([function(*(column(tangent, k) for tangent in tangents)) for k in range(count)])


def value_and_columns(function: Callable[..., Any], *tangents: Any) -> tuple[Any, Any]:
    """The same for a function that gives a value, which is the same in all directions, and its tangent."""
    found = [function(*(column(tangent, k) for tangent in tangents)) for k in range(count_columns(*tangents))]
    return found[0][0], stacked([tangent for _, tangent in found])


def count_columns(*tangents: Any) -> int:
    """How many directions tangents have, from the first array in them.

    >>> count_columns({"w": [None, np.zeros((3, 2))]})
    3
    """
    for tangent in tangents:
        if is_array(tangent) and np.ndim(tangent):
            return len(tangent)
        found = count_columns(*_inside(tangent))
        if found:
            return found
    return 0


def column(tangents: Any, k: int) -> Any:
    """The tangent in one direction; views where it is an array."""
    if is_array(tangents):
        return tangents[k]
    return _rebuilt(tangents, [column(item, k) for item in _inside(tangents)])


def stacked(found: list[Any]) -> Any:
    """Tangents in one direction each, as one with all directions."""
    first = found[0]
    if is_array(first) or isinstance(first, int | float | complex | np.generic):
        return np.stack(found)
    parts = zip(*(_inside(tangent) for tangent in found), strict=True)
    return _rebuilt(first, [stacked(list(part)) for part in parts])


def zero_tangents(value: Any, columns: int) -> Any:
    """Zero tangents of a value in several directions, in the layout that the value has.

    >>> zero_tangents([np.ones(2), 1.0, "name"], 3)[0].shape
    (3, 2)
    """
    return spread(zero_tangent(value), columns)


def spread(tangent: Any, columns: int) -> Any:
    """A tangent that is the same in several directions; an array that occurs twice has one tangent."""
    return _spread(tangent, columns, {})


def _spread(tangent: Any, columns: int, known: dict[int, Any]) -> Any:
    if id(tangent) in known:
        return known[id(tangent)]
    made: Any
    if is_array(tangent) or isinstance(tangent, int | float | complex | np.generic):
        made = np.repeat(np.asarray(tangent)[np.newaxis], columns, axis=0)
    elif isinstance(tangent, list):
        made = known[id(tangent)] = []
        made.extend(_spread(item, columns, known) for item in tangent)
    elif isinstance(tangent, dict):
        made = known[id(tangent)] = {}
        made.update((key, _spread(item, columns, known)) for key, item in tangent.items())
    else:
        made = _rebuilt(tangent, [_spread(item, columns, known) for item in _inside(tangent)])
    known[id(tangent)] = made
    return made


def own_tangents(value: Any, tangent: Any, columns: int) -> Any:
    """Tangents of a value with arrays and containers of their own, which the program may write into."""
    if tangent is None:
        return zero_tangents(value, columns)
    if is_array(tangent):
        return tangent.copy()
    items = [own_tangents(item, part, columns) for item, part in zip(_inside(value), _inside(tangent), strict=True)]
    return _rebuilt(tangent, items)


def _inside(tangent: Any) -> list[Any]:
    """What is in the tangent of a container."""
    if isinstance(tangent, list | tuple):
        return list(tangent)
    if isinstance(tangent, dict):
        return list(tangent.values())
    return list(attributes_of(tangent).values())


def _rebuilt(tangent: Any, items: list[Any]) -> Any:
    """The tangent of a container with other parts; what has none stays as it is."""
    if isinstance(tangent, tuple):
        return type(tangent)(*items) if hasattr(tangent, "_fields") else tuple(items)
    if isinstance(tangent, list):
        return items
    if isinstance(tangent, dict):
        return dict(zip(tangent, items, strict=True))
    attributes = attributes_of(tangent)
    if attributes:
        return types.SimpleNamespace(**dict(zip(attributes, items, strict=True)))
    return tangent
