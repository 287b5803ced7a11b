"""What numba compiles in place of the run-time functions over arrays: scattered additions, reductions along an axis."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import types

from srcgrad import runtime
from srcgrad.compiled.overloads import form_of

_REDUCTIONS = {"mean": "np.mean", "prod": "np.prod", "max": "np.max", "min": "np.min", "all": "np.all", "any": "np.any"}


def written(text: str, **names: Any) -> Callable[..., Any]:
    """The function ``form`` of a text made for types: numba has no loops over the elements of mixed tuples."""
    # Compiled code is found by name, in files of other processes too: no two forms may have the same.
    digest = hashlib.sha256(repr((text, sorted((key, str(value)) for key, value in names.items()))).encode())
    called = f"form_{digest.hexdigest()[:16]}"
    namespace: dict[str, Any] = {"np": np, "__name__": __name__, **names}
    exec(text.replace("def form(", f"def {called}(", 1), namespace)
    return namespace[called]  # type: ignore[no-any-return]


@form_of(runtime.grown)
def grown(tape: Any) -> Any:
    """``grown`` for tapes of numbers."""
    if not isinstance(tape, types.Array) or tape.ndim != 1:
        return None

    def form(tape: Any) -> Any:
        longer = np.empty(2 * tape.size + 1, tape.dtype)
        longer[: tape.size] = tape
        return longer

    return form


def _at(operator: str, a: Any, index: Any, b: Any) -> Any:
    """A loop over the places of an index: an array of integers, a mask, or a tuple of arrays and integers."""
    if not isinstance(a, types.Array):
        return None
    parts: list[Any] = list(index) if isinstance(index, types.BaseTuple) else [index]  # type: ignore[call-overload]
    arrays = [part for part in parts if isinstance(part, types.Array)]
    if not arrays or not all(isinstance(part, types.Array | types.Integer) for part in parts):
        return None
    is_mask = isinstance(arrays[0].dtype, types.Boolean)
    if any(array.ndim != arrays[0].ndim for array in arrays) or (is_mask and len(parts) > 1):
        return None
    first = next(at for at, part in enumerate(parts) if isinstance(part, types.Array))
    whole = f"index[{first}]" if isinstance(index, types.BaseTuple) else "index"
    if is_mask:
        value = "b[count]" if isinstance(b, types.Array) else "b"
        return written(
            "def form(a, index, b):\n    count = 0\n    for place in np.ndindex(index.shape):\n"
            f"        if index[place]:\n            a[place] {operator}= {value}\n            count += 1\n"
        )
    value = "b"
    if isinstance(b, types.Array):
        if b.ndim != arrays[0].ndim + a.ndim - len(parts):
            return None
        value = "b[place]"
    if isinstance(index, types.BaseTuple):
        places = [f"index[{at}][place]" if isinstance(p, types.Array) else f"index[{at}]" for at, p in enumerate(parts)]
        where = ", ".join(places)
    else:
        where = "index[place]"
    where += ", ..." if len(parts) < a.ndim else ""
    return written(
        f"def form(a, index, b):\n    for place in np.ndindex({whole}.shape):\n        a[{where}] {operator}= {value}\n"
    )


@form_of(runtime.add_at)
def add_at(a: Any, index: Any, b: Any) -> Any:
    """``np.add.at`` as a loop."""
    return _at("+", a, index, b)


@form_of(runtime.subtract_at)
def subtract_at(a: Any, index: Any, b: Any) -> Any:
    """``np.subtract.at`` as a loop."""
    return _at("-", a, index, b)


@form_of(runtime.positions)
def positions(a: Any) -> Any:
    """``positions`` of an array."""
    if not isinstance(a, types.Array):
        return None
    return lambda a: np.arange(a.size).reshape(a.shape)


@form_of(runtime.scatter)
def scatter(z_bar: Any, taken: Any, shape: Any) -> Any:
    """``scatter`` as a loop."""
    if not isinstance(z_bar, types.Array) or not isinstance(taken, types.Array):
        return None

    def form(z_bar: Any, taken: Any, shape: Any) -> Any:
        size = 1
        for length in shape:
            size *= length
        collected = np.zeros(size, z_bar.dtype)
        for value, place in zip(z_bar.flat, taken.flat):
            if place >= 0:
                collected[place] += value
        return collected.reshape(shape)

    return form


def _along(function: str, a: Any, axis: Any) -> Any:
    """A reduction of each line along an axis."""
    if not isinstance(a, types.Array) or not isinstance(axis, types.Integer):
        return None
    if a.ndim == 1:
        return written(f"def form(a, axis):\n    return {function}(a)\n")
    kept = ", ".join(f"lines.shape[{at}]" for at in range(a.ndim - 1))
    return written(
        "def form(a, axis):\n"
        "    if axis < 0:\n        axis += a.ndim\n"
        f"    lines = moved(a, axis)\n"
        f"    made = np.empty(({kept},), type_of(a))\n"
        "    for place in np.ndindex(made.shape):\n"
        f"        made[place] = {function}(lines[place])\n"
        "    return made\n",
        moved=_last,
        type_of=_truth if function in ("np.all", "np.any") else _number if function == "np.mean" else _same,
    )


def _last(a: Any, axis: int) -> Any:
    """The array with one axis at the end, as a view."""
    return np.moveaxis(a, axis, -1)


@form_of(_last)
def _last_form(a: Any, axis: Any) -> Any:
    before = ", ".join(f"{at} if {at} < axis else {at + 1}" for at in range(a.ndim - 1))
    return written(f"def form(a, axis):\n    return np.transpose(a, ({before}, axis))\n")


def _truth(a: Any) -> Any:
    """The dtype of truth values."""
    return np.bool_


def _number(a: Any) -> Any:
    """The dtype of the mean of an array."""
    return a.dtype if a.dtype.kind in "fc" else np.float64


def _same(a: Any) -> Any:
    """The dtype of an array."""
    return a.dtype


@form_of(_truth)
def _truth_form(a: Any) -> Any:
    return lambda a: np.bool_


@form_of(_number)
def _number_form(a: Any) -> Any:
    if isinstance(a.dtype, types.Float | types.Complex):
        return lambda a: a.dtype
    return lambda a: np.float64


@form_of(_same)
def _same_form(a: Any) -> Any:
    return lambda a: a.dtype


def _register(reduction: str, function: str) -> None:
    def form(a: Any, axis: Any) -> Any:
        return _along(function, a, axis)

    form_of(getattr(runtime, f"{reduction}_along"))(form)


for _reduction, _function in _REDUCTIONS.items():
    _register(_reduction, _function)
