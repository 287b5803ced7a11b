"""Recursion of generated code: records that hold the records of the calls inside, deeper than kinds are followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srcgrad.kind import Array, Dimension, Kind, Maybe, Opaque, Scalar, SequenceOf, TupleOf, Unreachable


def is_generated(function: Any) -> bool:
    """Whether srcgrad has written a function: its records are laid out alike at all depths."""
    return str(getattr(function, "__module__", "")).startswith("srcgrad_generated")


def continues(inside: Mapping[str, Kind], around: Mapping[str, Kind]) -> bool:
    """Whether the arguments of a call inside another are those of that call, one level further down."""
    return inside.keys() == around.keys() and all(_fits(inside[name], around[name]) for name in inside)


def _fits(inside: Kind, around: Kind) -> bool:
    """Whether one kind is the other, as far as it is known."""
    inside = inside.kind if isinstance(inside, Maybe) else inside
    around = around.kind if isinstance(around, Maybe) else around
    match inside, around:
        case (Opaque() | Unreachable(), _):
            return True
        case Scalar(dtype=dtype, value=value, symbol=symbol), Scalar(dtype=other, value=known, symbol=named):
            # What is known of the number itself decides tests: it has to hold for both.
            return bool(dtype == other) and known in (None, value) and named in (None, symbol)
        case Array(dtype=dtype, dims=dims), Array(dtype=other, dims=lengths):
            return bool(dtype == other) and (lengths is None or _of_lengths(dims, lengths))
        case TupleOf(elements=elements), TupleOf(elements=others) if len(elements) == len(others):
            return all(_fits(one, other) for one, other in zip(elements, others, strict=True))
        case SequenceOf(element=element), SequenceOf(element=other):
            return _fits(element, other)
        case _:
            return inside == around


def _of_lengths(dims: tuple[Dimension, ...] | None, lengths: tuple[Dimension, ...]) -> bool:
    """Whether an array has these lengths, each known alike or not at all."""
    if dims is None or len(dims) != len(lengths):
        return False
    return all(one == other or str(other).startswith("~") for one, other in zip(dims, lengths, strict=True))
