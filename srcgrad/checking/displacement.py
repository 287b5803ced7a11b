"""The numbers inside arguments and results, and copies in which some of them are displaced."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from srcgrad.calling.structures import is_number, parts


def parameter_names(function: Callable[..., Any], count: int) -> list[str]:
    """The names of the arguments given by position, as far as the function tells them."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # One of NumPy's or of C, without a signature.
        parameters = {}.values()
    known = [item.name for item in parameters if item.kind in (item.POSITIONAL_ONLY, item.POSITIONAL_OR_KEYWORD)]
    return [known[index] if index < len(known) else f"argument {index}" for index in range(count)]


def displaced(args: Sequence[Any], steps: dict[str, Any], names: Sequence[str] | None = None) -> tuple[Any, ...]:
    """Copies of the arguments with some of their numbers displaced, in double precision."""

    def change(label: str, value: Any) -> Any:
        if label not in steps:
            return copy.copy(value)
        moved = np.asarray(value) + np.asarray(steps[label])
        return moved if isinstance(value, np.ndarray) else moved[()]

    labels = names if names is not None else [""] * len(args)
    return tuple(mapped(value, change, label) for value, label in zip(args, labels))


def numbers(value: Any, label: str) -> Iterator[tuple[str, Any]]:
    """Every number or array that carries a derivative, with its place."""
    inside = parts(value)
    if inside is not None:
        for name, item in inside.items():
            yield from numbers(item, label + name)
    elif is_number(value):
        yield label, value


def mapped(value: Any, change: Callable[[str, Any], Any], label: str) -> Any:
    """A copy of a value with each number or array changed; containers keep their type."""
    inside = parts(value)
    if inside is None:
        return change(label, value) if is_number(value) else copy.copy(value)
    items = [mapped(item, change, label + name) for name, item in inside.items()]
    if isinstance(value, tuple):
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, list):
        return items
    if isinstance(value, dict):
        return dict(zip(value, items))
    copied = copy.copy(value)
    for name, item in zip(inside, items):
        object.__setattr__(copied, name.removeprefix("."), item)
    return copied
