"""Kinds: what is known of a value before the program runs.

A kind says what type a value has and, where that is known, its number type, its dimensions and its
constant value.  Programs are specialised on kinds, never on shapes or values of the arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# One dimension of an array: its length where it is a constant of the program, else a symbol.  Two
# dimensions with the same symbol have the same length; different symbols may or may not differ.  Symbols are
# sums of products ("n", "x.shape[0] - 2"); a length below zero stands for an empty dimension.
Dimension = int | str

# The dimension of arrays inside a container, where it may differ from one element to the next: it equals
# no dimension, not even itself.
ANY_LENGTH = "?"


@dataclass(frozen=True)
class Kind:
    """Base of all kinds."""


@dataclass(frozen=True)
class Unreachable(Kind):
    """No value at all: the least kind, the start of every fixed point."""


@dataclass(frozen=True)
class Opaque(Kind):
    """A value of which nothing is known; it is never differentiated."""


@dataclass(frozen=True)
class Scalar(Kind):
    """A number: Python's own, NumPy's scalar type, or (``python=None``) one of the two.

    ``dtype`` is NumPy's name ("bool", "int64", "float32", "float64", "complex128", ...); Python's bool,
    int, float and complex are "bool", "int64", "float64" and "complex128".  ``value`` is the constant where
    the program's text fixes it; ``symbol`` names the run-time value (equal symbols, equal values).
    """

    dtype: str
    python: bool | None = None
    value: Any = None
    symbol: str | None = None


@dataclass(frozen=True)
class Array(Kind):
    """An array; ``dims`` is None where not even the number of dimensions is known."""

    dtype: str
    dims: tuple[Dimension, ...] | None = None

    @property
    def ndim(self) -> int | None:
        return None if self.dims is None else len(self.dims)


@dataclass(frozen=True)
class Number(Kind):
    """A number or an array, known only at run time; ``dims`` are those it has if it is an array."""

    dtype: str
    dims: tuple[Dimension, ...] | None = None


@dataclass(frozen=True)
class TupleOf(Kind):
    """A tuple or named tuple (``cls``) with one kind for each element."""

    elements: tuple[Kind, ...]
    cls: type = tuple


@dataclass(frozen=True)
class SequenceOf(Kind):
    """A list, or a tuple whose length is not known (``cls`` is ``tuple``): one kind for all elements.

    ``elements`` are the kinds one by one where the list is an argument whose length is part of the signature
    or a display such as ``[a, b]``; it is dropped as soon as the list may change.  ``sites`` says where such lists
    are made: two lists that share no site are never the same list.
    """

    element: Kind
    cls: type = list
    elements: tuple[Kind, ...] | None = None
    sites: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DictOf(Kind):
    """A dict: the kinds under its known keys, or (``entries`` is None) one kind for all values.

    ``exact`` is false where the program may add or remove keys: a known key may then be missing.
    """

    element: Kind
    entries: tuple[tuple[Any, Kind], ...] | None = None
    key: Kind = Opaque()
    sites: frozenset[str] = frozenset()
    exact: bool = True


@dataclass(frozen=True)
class Instance(Kind):
    """An object with attributes: of the arguments, the environment, or made by the program.

    ``value`` is the object itself where it belongs to the environment (a global, ``self`` of a bound method).
    """

    cls: type
    attributes: tuple[tuple[str, Kind], ...] = ()
    value: Any = field(default=None, compare=False)
    sites: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Constant(Kind):
    """A value fixed before the run that is no number: a string, None, a type, a dtype, a slice, Ellipsis, a module."""

    value: Any

    def __eq__(self, other: object) -> bool:
        # NumPy's float64 says that it equals None.
        if not isinstance(other, Constant):
            return NotImplemented
        return type(self.value) is type(other.value) and bool(self.value == other.value)

    def __hash__(self) -> int:
        # Slices have a hash from Python 3.12 on only.
        value = self.value
        return hash((value.start, value.stop, value.step) if isinstance(value, slice) else value)


@dataclass(frozen=True)
class Text(Kind):
    """A string known only at run time, such as one of several keys."""


@dataclass(frozen=True)
class Maybe(Kind):
    """A value of this kind, or None: ``result = None`` on one path, a number on another."""

    kind: Kind


@dataclass(frozen=True)
class Function(Kind):
    """A callable: one of ``targets`` (usually just one).

    ``bound`` is true for a method whose receiver is the first argument: ``x.sum`` is ``np.sum`` bound to ``x``.
    A function defined inside the program is represented by its definition's tree node.  ``leading`` and ``keywords``
    are the kinds of arguments that come with it: a partial's, and the receiver of a bound method.
    """

    targets: tuple[Any, ...]
    bound: bool = False
    leading: tuple[Kind, ...] = ()
    keywords: tuple[tuple[str, Kind], ...] = ()


@dataclass(frozen=True)
class SliceOf(Kind):
    """A slice whose bounds may be known only at run time; a bound left out is ``Constant(None)``."""

    start: Kind = Constant(None)
    stop: Kind = Constant(None)
    step: Kind = Constant(None)


@dataclass(frozen=True)
class Range(Kind):
    """A ``range`` object."""


@dataclass(frozen=True)
class Iterator(Kind):
    """What ``zip``, ``enumerate``, ``reversed``, dict views and generators yield: one kind an item."""

    element: Kind


INACTIVE_DTYPES = ("bool", "int", "uint", "str", "object", "datetime", "timedelta")


def is_differentiable(kind: Kind) -> bool:
    """Whether a value of this kind can carry a derivative: it is or contains a real or complex number."""
    match kind:
        case Scalar(dtype=dtype) | Array(dtype=dtype) | Number(dtype=dtype):
            return not dtype.startswith(INACTIVE_DTYPES)
        case TupleOf(elements=elements):
            return any(is_differentiable(element) for element in elements)
        case SequenceOf(element=element) | Iterator(element=element):
            return is_differentiable(element)
        case Maybe(kind=inner):
            return is_differentiable(inner)
        case DictOf(element=element, entries=entries):
            inside = [element] if entries is None else [value for _, value in entries]
            return any(is_differentiable(value) for value in inside)
        case Instance(attributes=attributes):
            return any(is_differentiable(value) for _, value in attributes)
        case _:
            return False


def ndim_of(kind: Kind) -> int | None:
    """Number of dimensions: 0 for a number, None where it is known only at run time."""
    match kind:
        case Scalar():
            return 0
        case Array(dims=dims):
            return None if dims is None else len(dims)
        case _:
            return None
