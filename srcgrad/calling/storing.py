"""``out=`` and ``accumulate=``: gradients written, or added, into arrays that the caller owns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from srcgrad.calling.structures import is_number, parts
from srcgrad.errors import ArgumentTypeError, ArgumentValueError

Write = Callable[[], object]


def store(gradient: Any, out: Any, accumulate: bool) -> Any:
    """Write a gradient into ``out``, or add it; returns ``out``.

    Nothing is written unless all of it fits: structure, shapes and dtypes are compared first.
    """
    for write in list(_writes(gradient, out, accumulate, "out", None)):
        write()
    return out


def _writes(
    gradient: Any, out: Any, accumulate: bool, name: str, replace: Callable[[Any], object] | None
) -> Iterator[Write]:
    """The single writes that store a gradient; ``replace`` puts a new value in the place of ``out``."""
    inside = parts(gradient)
    if inside is not None:
        yield from _writes_inside(inside, gradient, out, accumulate, name)
    elif not is_number(gradient):
        return  # an integer, a string, None: passed through, not a gradient
    elif isinstance(out, np.ndarray) or hasattr(out, "__array_function__"):
        _check_array(gradient, out, name)
        yield lambda: np.add(out, gradient, out=out) if accumulate else np.copyto(out, gradient)
    elif np.ndim(gradient) == 0 and isinstance(out, (int, float, complex)) and replace is not None:
        yield lambda: replace(out + gradient if accumulate else gradient)
    else:
        wanted = f"an array of shape {np.shape(gradient)}"
        raise ArgumentTypeError(
            f"{name} is {_described(out)}, but the gradient to be stored in it is {wanted}",
            advice="give an array, np.zeros_like(x) for the gradient with respect to x (np.zeros(()) for a float)",
        )


def _writes_inside(inside: dict[str, Any], gradient: Any, out: Any, accumulate: bool, name: str) -> Iterator[Write]:
    """The writes for a gradient that is a container: ``out`` must have the same parts."""
    places = parts(out)
    if places is None or places.keys() != inside.keys():
        raise ArgumentTypeError(
            f"{name} is {_described(out)}, but the gradient to be stored in it is {_described(gradient)}",
            advice="give buffers in the structure of the gradient",
        )
    for (part, item), key in zip(inside.items(), _keys(gradient)):
        yield from _writes(item, places[part], accumulate, name + part, _setter(out, key))


def _keys(container: Any) -> list[Any]:
    """What the parts of a container are stored under, in the order of `parts`."""
    if isinstance(container, dict):
        return list(container)
    if isinstance(container, (list, tuple)):
        return list(range(len(container)))
    return [part.removeprefix(".") for part in parts(container) or {}]


def _setter(out: Any, key: Any) -> Callable[[Any], object] | None:
    """A function that replaces one part of a container; None for a tuple, whose parts stay."""
    if isinstance(out, tuple):
        return None
    if isinstance(out, (list, dict)):
        return lambda value: out.__setitem__(key, value)
    return lambda value: setattr(out, key, value)


def _check_array(gradient: Any, out: Any, name: str) -> None:
    if np.shape(gradient) != out.shape:
        raise ArgumentValueError(
            f"{name} has shape {out.shape}, but the gradient has shape {np.shape(gradient)}",
            advice="give an array of the gradient's shape",
        )
    dtype = np.result_type(gradient)
    if dtype != out.dtype:
        raise ArgumentTypeError(
            f"{name} has dtype {out.dtype}, but the gradient has dtype {dtype}",
            advice=f"give an array of dtype {dtype}",
        )
    if not out.flags.writeable:
        raise ArgumentValueError(f"{name} is read-only", advice="give an array that can be written into")


def _described(value: Any) -> str:
    """A value as an error shows it: its type, and the names of its parts or its length."""
    kind = type(value).__name__
    inside = parts(value)
    if isinstance(value, (list, tuple)):
        return f"a {kind} of length {len(value)}"
    if inside is not None:
        return f"a {kind} with {', '.join(part.lstrip('.') for part in inside) or 'nothing in it'}"
    return f"of type {kind}" if value is not None else "None"
