"""Records that outlive a call: what the caller could still change is copied."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from srcgrad.calling.signatures import CALLABLES, attributes_of


def detached(records: Any, *reachable: Any) -> Any:
    """The records of a forward sweep, apart from the caller's arguments and results (``reachable``).

    A pullback may be called after the caller has written into an argument, or into the result.  Of the records
    that share memory with those, copies are kept; all others stay as they are.
    """
    arrays: list[np.ndarray[Any, Any]] = []
    containers: set[int] = set()
    for value in reachable:
        _collect(value, arrays, containers)
    return _Detaching(arrays, containers).apart(records)


def _collect(value: Any, arrays: list[np.ndarray[Any, Any]], containers: set[int]) -> None:
    """Gather the arrays, and the identities of the containers, that a value reaches."""
    if isinstance(value, np.ndarray) or hasattr(type(value), "__array_function__"):
        arrays.append(value)
        return
    inside = _inside(value)
    if inside is None or id(value) in containers:
        return
    containers.add(id(value))
    for item in inside:
        _collect(item, arrays, containers)


def _inside(value: Any) -> list[Any] | None:
    """What a container or an object holds; None for what holds nothing that could change."""
    if isinstance(value, (float, int, str, bytes, complex, type(None), np.generic, *CALLABLES)):
        return None
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if isinstance(value, dict):
        return list(value.values())
    return list(attributes_of(value).values()) or None


class _Detaching:
    """Copies what is shared; an object met twice is copied once, so that what was one stays one."""

    def __init__(self, arrays: list[np.ndarray[Any, Any]], containers: set[int]) -> None:
        self._arrays = arrays
        self._containers = containers
        # The originals are kept beside their copies: an identity is only good while its object lives.
        self._done: dict[int, tuple[Any, Any]] = {}

    def apart(self, value: Any) -> Any:
        """The value itself where it shares nothing with the caller, else a copy."""
        if type(value) in (float, int, bool, str, type(None)):
            return value
        if id(value) not in self._done:
            self._done[id(value)] = (value, value)  # where an object holds itself, the original will do
            self._done[id(value)] = (value, self._copied(value))
        return self._done[id(value)][1]

    def _copied(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value.copy() if any(_share(value, array) for array in self._arrays) else value
        if hasattr(type(value), "__array_function__"):
            return value.copy() if any(value is array for array in self._arrays) else value
        inside = _inside(value)
        if inside is None:
            return value
        items = [self.apart(item) for item in inside]
        changed = any(item is not before for item, before in zip(items, inside))
        if not changed and (id(value) not in self._containers or isinstance(value, tuple)):
            return value
        return _with_items(value, items)


def _share(first: np.ndarray[Any, Any], second: Any) -> bool:
    return isinstance(second, np.ndarray) and np.may_share_memory(first, second)


def _with_items(value: Any, items: list[Any]) -> Any:
    """A shallow copy of a container or an object with other items."""
    if isinstance(value, tuple):
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, (list, set, frozenset)):
        return type(value)(items)
    made = copy.copy(value)
    if isinstance(value, dict):
        made.update(zip(value, items))
    else:
        for name, item in zip(attributes_of(value), items):
            object.__setattr__(made, name, item)
    return made
