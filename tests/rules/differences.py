"""Reference derivatives: Richardson-extrapolated differences of a function of nested numbers and arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def is_active(value: Any) -> bool:
    """Whether a value is, or is a sequence of, floating-point numbers."""
    if isinstance(value, (list, tuple)):
        return bool(value) and all(is_active(item) for item in value)
    return np.asarray(value).dtype.kind in "fc"


def random_like(value: Any, generator: np.random.Generator) -> Any:
    """A random adjoint with the structure, shape and type of a result; zero for what is no float."""
    if isinstance(value, (list, tuple)):
        return [random_like(item, generator) for item in value]
    array = np.asarray(value)
    if array.dtype.kind not in "fc":
        return np.zeros(array.shape)
    drawn = generator.normal(size=array.shape)
    if array.dtype.kind == "c":
        drawn = drawn + 1j * generator.normal(size=array.shape)
    drawn = np.asarray(drawn).astype(array.dtype)
    return drawn if isinstance(value, np.ndarray) else drawn[()] if isinstance(value, np.generic) else drawn.item()


def pairing(z_bar: Any, z: Any) -> Any:
    """The real number Re(sum(z_bar * z)), summed over structures."""
    if isinstance(z, (list, tuple)):
        return sum(pairing(part_bar, part) for part_bar, part in zip(z_bar, z, strict=True))
    if np.asarray(z).dtype.kind not in "fc":
        return 0.0
    return np.real(np.sum(np.asarray(z_bar) * np.asarray(z)))


def gradient(loss: Callable[[Any], Any], value: Any) -> Any:
    """The gradient of a real function, entry by entry: g with d loss = Re(sum(g * d value))."""
    if isinstance(value, (list, tuple)):
        items = list(value)
        return [
            gradient(lambda item, k=k: loss([*items[:k], item, *items[k + 1 :]]), items[k]) for k in range(len(items))
        ]
    array = np.asarray(value)
    result = np.zeros(array.shape, dtype=array.dtype)
    for index in np.ndindex(array.shape):
        slope = _difference(loss, value, index, 1.0)
        if array.dtype.kind == "c":
            slope = slope - 1j * _difference(loss, value, index, 1j)
        result[index] = slope
    return result


def _difference(loss: Callable[[Any], Any], value: Any, index: tuple[int, ...], direction: Any) -> Any:
    def displaced(step: float) -> Any:
        moved = np.array(value)
        moved[index] += step * direction
        return loss(
            moved if isinstance(value, np.ndarray) else moved[()] if isinstance(value, np.generic) else moved.item()
        )

    steps = [2e-3, 1e-3, 5e-4]
    row = [(displaced(h) - displaced(-h)) / (2.0 * h) for h in steps]
    while len(row) > 1:
        factor = 4.0 ** (len(steps) - len(row) + 1)
        row = [(factor * finer - coarser) / (factor - 1.0) for coarser, finer in zip(row, row[1:])]
    return row[0]
