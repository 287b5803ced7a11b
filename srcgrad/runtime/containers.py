"""Adjoints of containers: a mutable mirror while they are summed, the user's own structure at the end.

The mirror of a list or tuple is a list, that of a dict a dict, that of an object a namespace of its attributes; the
mirror of what is no number is None.
"""

from __future__ import annotations

import collections
import copy
import dataclasses
import sys
import types
from typing import Any

import numpy as np


def is_array(value: Any) -> bool:
    """Whether a value is an array, of NumPy or of a library that follows NumPy's protocols."""
    return isinstance(value, np.ndarray) or (hasattr(value, "__array_function__") and hasattr(value, "dtype"))


def attributes_of(value: Any) -> dict[str, Any]:
    """The attributes of an object that hold its state; none for functions, classes, modules, what a library made."""
    cls = type(value)
    package = cls.__module__.partition(".")[0]
    if isinstance(value, type) or is_array(value):
        return {}
    if (package in sys.stdlib_module_names or package == "numpy") and cls is not types.SimpleNamespace:
        return {}
    held = dict(getattr(value, "__dict__", ()))
    names = [field.name for field in dataclasses.fields(value)] if dataclasses.is_dataclass(value) else []
    for base in cls.__mro__:
        slots = base.__dict__.get("__slots__", ())
        names.extend([slots] if isinstance(slots, str) else slots)
    for name in names:
        if name not in held and hasattr(value, name):
            held[name] = getattr(value, name)
    return held


def zeros_like(value: Any) -> Any:
    """A zero adjoint for a value: zeros, or a mutable mirror of a container; None for what is no number.

    >>> zeros_like({"w": np.ones(2), "name": "layer", "steps": (1.5, 3)})
    {'w': array([0., 0.]), 'name': None, 'steps': [0.0, 0.0]}
    """
    if is_array(value):
        return np.zeros_like(value) if value.dtype.kind in "fc" else np.zeros_like(value, dtype=float)
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, np.inexact):
        return value.dtype.type(0.0)
    if isinstance(value, complex):
        return 0j
    if isinstance(value, (int, float, np.integer)):
        return 0.0
    if isinstance(value, (list, tuple)):
        return [zeros_like(item) for item in value]
    if isinstance(value, dict):
        return {key: zeros_like(item) for key, item in value.items()}
    attributes = attributes_of(value)
    if attributes:
        return types.SimpleNamespace(**{name: zeros_like(item) for name, item in attributes.items()})
    return None


def like(value: Any, mirror: Any) -> Any:
    """The adjoint ``mirror`` in the structure, shapes and float types of ``value``; what is no float is passed through.

    >>> like((np.ones(2, dtype=np.float32), "name", 2.0), [0.5, None, 3])
    (array([0.5, 0.5], dtype=float32), 'name', 3.0)
    """
    if is_array(value):
        if value.dtype.kind not in "fc":
            return value
        if mirror is None:
            return np.zeros_like(value)
        if is_array(mirror) and mirror.dtype == value.dtype and mirror.shape == value.shape:
            return mirror.copy()
        if value.dtype.kind == "f":
            mirror = np.real(mirror)
        fitted = np.empty_like(value)
        fitted[...] = mirror
        return fitted
    if isinstance(value, (float, np.floating)):
        number = 0.0 if mirror is None else np.real(mirror)
        return value.dtype.type(number) if isinstance(value, np.floating) else float(number)
    if isinstance(value, (complex, np.complexfloating)):
        number = 0.0 if mirror is None else mirror
        return value.dtype.type(number) if isinstance(value, np.complexfloating) else complex(number)
    if isinstance(value, (list, tuple)):
        entries = [None] * len(value) if mirror is None else mirror
        items = [like(item, entry) for item, entry in zip(value, entries, strict=True)]
        if isinstance(value, list):
            return items
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if isinstance(value, dict):
        entries = mirror or {}
        same = copy.copy(value)
        for key, item in value.items():
            same[key] = like(item, entries.get(key))
        return same
    attributes = attributes_of(value)
    if attributes:
        same = copy.copy(value)
        for name, item in attributes.items():
            # Also where the class forbids assignments: a frozen dataclass.
            object.__setattr__(same, name, like(item, getattr(mirror, name, None)))
        return same
    return value


def as_mirror(value: Any, pieces: Any) -> Any:
    """The adjoints of a container's parts as a new mirror of the container; parts that are None become zeros.

    >>> as_mirror((1.0, np.zeros(2), "name"), (None, 3.0, None))
    [0.0, array([3., 3.]), None]
    """
    if pieces is None or (np.isscalar(pieces) and pieces == 0 and not is_array(value) and not np.isscalar(value)):
        return zeros_like(value)
    if is_array(value):
        if np.shape(pieces) == value.shape:
            return pieces.copy()  # An entry of a mirror is written into, and two may have come from one array.
        spread = np.zeros_like(value, dtype=np.result_type(pieces, value))
        spread[...] = pieces
        return spread
    if isinstance(value, (list, tuple)):
        return [as_mirror(item, piece) for item, piece in zip(value, pieces, strict=True)]
    if isinstance(value, dict):
        return {key: as_mirror(item, pieces.get(key)) for key, item in value.items()}
    attributes = attributes_of(value)
    if attributes:
        found = {name: as_mirror(item, getattr(pieces, name, None)) for name, item in attributes.items()}
        return types.SimpleNamespace(**found)
    return pieces


def add_mirrors(a: Any, b: Any) -> Any:
    """The sum of two adjoints of a container, entry by entry, as a new mirror.

    >>> add_mirrors([1.0, None, {"x": 2.0}], (0.5, None, {"x": 1.0}))
    [1.5, None, {'x': 3.0}]
    """
    if a is None or b is None:
        return _copied(b if a is None else a)
    if isinstance(a, dict):
        return {key: add_mirrors(a.get(key), b.get(key)) for key in {**a, **b}}
    if isinstance(a, (list, tuple)) or isinstance(b, (list, tuple)):
        return [add_mirrors(one, other) for one, other in zip(a, b, strict=True)]
    if isinstance(a, types.SimpleNamespace) or isinstance(b, types.SimpleNamespace):
        return types.SimpleNamespace(**add_mirrors(attributes_of(a), attributes_of(b)))
    return a + b


def own_copy(value: Any) -> Any:
    """A copy of a value with arrays, lists, dicts and objects of its own, all that is inside included.

    Arrays that share memory do so in the copy, in the same layout.

    >>> a = np.zeros(3)
    >>> b, tail = own_copy((a, a[1:]))
    >>> tail += 1.0
    >>> b, a
    (array([0., 1., 1.]), array([0., 0., 0.]))
    """
    return _own_copy(value, {})


def _own_copy(value: Any, known: dict[int, Any]) -> Any:
    """A copy; what occurs twice is copied once."""
    if id(value) in known:
        return known[id(value)]
    if is_array(value):
        made = _copied_view(value, known) if isinstance(value, np.ndarray) else value.copy()
    elif isinstance(value, list):
        made = known[id(value)] = copy.copy(value)
        made[:] = [_own_copy(item, known) for item in value]
    elif isinstance(value, set | bytearray):
        made = known[id(value)] = copy.copy(value)
    elif isinstance(value, collections.deque):
        made = known[id(value)] = copy.copy(value)
        made.clear()
        made.extend(_own_copy(item, known) for item in value)
    elif isinstance(value, tuple):
        items = [_own_copy(item, known) for item in value]
        made = type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    elif isinstance(value, dict):
        made = known[id(value)] = copy.copy(value)
        made.update((key, _own_copy(item, known)) for key, item in value.items())
    elif attributes_of(value):
        made = known[id(value)] = copy.copy(value)
        for name, item in attributes_of(value).items():
            # Also where the class forbids assignments: a frozen dataclass.
            object.__setattr__(made, name, _own_copy(item, known))
    else:
        made = value
    known[id(value)] = made
    return made


def owner_of(array: np.ndarray) -> np.ndarray:
    """The array that a view's memory belongs to.

    >>> a = np.zeros((2, 3))
    >>> owner_of(a[1:].T) is a
    True
    """
    while True:
        # Views made with np.lib.stride_tricks hold their array by way of another object.
        base = array.base if isinstance(array.base, np.ndarray) else getattr(array.base, "base", None)
        if not isinstance(base, np.ndarray):
            return array
        array = base


def _copied_view(array: np.ndarray, known: dict[int, Any]) -> np.ndarray:
    """The same view of a copy of the memory that an array lies in."""
    owner = owner_of(array)
    low, high = np.lib.array_utils.byte_bounds(owner)
    buffer = known.get(-id(owner))
    if buffer is None:
        if owner is array and array.flags.c_contiguous:
            buffer = array.copy()
        else:
            buffer = np.empty((high - low) // owner.itemsize, owner.dtype)
            offset = owner.__array_interface__["data"][0] - low
            np.ndarray(owner.shape, owner.dtype, buffer, offset, owner.strides)[...] = owner
        known[-id(owner)] = buffer
    if owner is array and buffer.shape == array.shape and array.flags.c_contiguous:
        return buffer
    offset = array.__array_interface__["data"][0] - low if array.size else 0
    return np.ndarray(array.shape, array.dtype, buffer, offset, array.strides)


def _copied(mirror: Any) -> Any:
    """A mirror with new lists, dicts and namespaces."""
    if isinstance(mirror, (list, tuple)):
        return [_copied(entry) for entry in mirror]
    if isinstance(mirror, dict):
        return {key: _copied(entry) for key, entry in mirror.items()}
    if isinstance(mirror, types.SimpleNamespace):
        return types.SimpleNamespace(**_copied(vars(mirror)))
    return mirror.copy() if is_array(mirror) else mirror
