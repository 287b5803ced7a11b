"""Signatures: hashable keys that are equal only where the kinds of the arguments are."""

from __future__ import annotations

import dataclasses
import enum
import sys
import types
from collections.abc import Hashable
from typing import Any

import numpy as np

from srcgrad.custom import CustomFunction

# Numbers whose type says all that a kind says of them.
NUMPY_NUMBERS = (np.dtype(code).type for code in "?" + np.typecodes["AllInteger"] + np.typecodes["AllFloat"])
NUMBERS = frozenset({float, int, bool, complex, *NUMPY_NUMBERS})
# Values that are constants of a specialisation: programs may branch on them while they are transformed.
CONSTANTS = (str, bytes, type(None), type(Ellipsis), type(NotImplemented), np.dtype, range, enum.Enum)
CALLABLES = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.ModuleType,
    type,
    np.ufunc,
    CustomFunction,
)


# The patterns of the shapes met so far; finding one again is much faster than working it out.
_equalities: dict[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]] = {}
_MOST_SHAPES = 4096


def signature(values: tuple[Any, ...]) -> tuple[Hashable, ...]:
    """The key under which the specialisation for these argument values is kept."""
    keys: list[Any] = []
    shapes: list[tuple[int, ...]] = []
    for value in values:
        cls = type(value)
        if cls is np.ndarray:
            keys.append(value.dtype)
            shapes.append(value.shape)
        elif cls in NUMBERS:
            keys.append(cls)
        else:
            keys.append(_key_of(value, ()))
    if shapes:
        lengths = tuple(shapes)
        keys.append(_equalities.get(lengths) or equalities(lengths))
    return tuple(keys)


def equalities(shapes: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """Which lengths of several arrays are equal: each length as the number of its first occurrence, 1 as -1.

    >>> equalities(((5, 3), (3,), (1, 5)))
    ((0, 1), (1,), (-1, 0))
    """
    first: dict[int, int] = {1: -1}
    pattern = tuple([tuple([first.setdefault(length, len(first) - 1) for length in shape]) for shape in shapes])
    if len(_equalities) >= _MOST_SHAPES:
        _equalities.clear()
    _equalities[shapes] = pattern
    return pattern


def _key_of(value: Any, above: tuple[int, ...]) -> Any:
    """The key of one value; ``above`` are the identities of the containers it stands in."""
    cls = type(value)
    if cls is np.ndarray:
        return value.dtype, value.ndim
    if cls in NUMBERS:
        return cls
    if isinstance(value, CONSTANTS):
        return cls, value
    if isinstance(value, slice):
        return cls, value.start, value.stop, value.step
    if isinstance(value, CALLABLES):
        return cls, Same(value)
    if hasattr(cls, "dtype") and hasattr(cls, "ndim"):
        return cls, value.dtype, value.ndim
    if id(value) in above:
        return "cycle", above.index(id(value))
    return cls, _inside(value, (*above, id(value)))


def _inside(value: Any, above: tuple[int, ...]) -> Any:
    """The keys of what a container or an object with attributes holds."""
    if isinstance(value, (list, tuple)):
        classes = set(map(type, value))
        if len(classes) == 1 and classes <= NUMBERS:
            return len(value), *classes
        return tuple([_key_of(item, above) for item in value])
    if isinstance(value, dict):
        return tuple([(type(key), key, _key_of(item, above)) for key, item in value.items()])
    if isinstance(value, (set, frozenset)):
        return frozenset(_key_of(item, above) for item in value)
    return tuple([(name, _key_of(item, above)) for name, item in attributes_of(value).items()])


def attributes_of(value: Any) -> dict[str, Any]:
    """The attributes that an object itself holds: dataclass fields, its ``__dict__`` and its slots.

    Objects of the standard library (a logger, a lock, a file) count as having none.
    """
    cls = type(value)
    if cls.__module__.partition(".")[0] in sys.stdlib_module_names and cls is not types.SimpleNamespace:
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


class Same:
    """A key that equals another only where both stand for the very same object."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value
