"""Containers of numbers taken apart into leaves, and built again with others in their places."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from srcgrad.calling.structures import is_number, leaves, parts
from srcgrad.runtime import zero_tangent


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """The value with ``change(leaf)`` in place of each leaf; what carries no derivative stays."""
    if is_number(value):
        return change(value)
    inside = parts(value)
    if inside is None:
        return value
    items = [mapped(item, change) for item in inside.values()]
    if isinstance(value, tuple):
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if isinstance(value, list):
        return items
    made = copy.copy(value)
    if isinstance(value, dict):
        made.update(zip(value, items, strict=True))
        return made
    for name, item in zip(inside, items, strict=True):
        # Also where the class forbids assignments: a frozen dataclass.
        object.__setattr__(made, name.removeprefix("."), item)
    return made


def basis(value: Any) -> Iterator[Any]:
    """For each number in a value, in their order, a tangent that is 1 there and 0 elsewhere."""
    for number, leaf in enumerate(leaves(value)):
        shape = np.shape(leaf)
        for index in np.ndindex(shape):
            yield _unit(value, number, index)


def _unit(value: Any, wanted: int, index: tuple[int, ...]) -> Any:
    count = -1

    def entry(leaf: Any) -> Any:
        nonlocal count
        count += 1
        zero = zero_tangent(leaf)
        if count != wanted:
            return zero
        if np.shape(leaf) == ():
            return np.ones_like(leaf) if isinstance(leaf, np.ndarray) else type(zero)(1.0)
        zero[index] = 1.0
        return zero

    return mapped(value, entry)
