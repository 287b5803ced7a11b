"""Sample calls of functions, and the random numbers for them: away from kinks and ties."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_generator = np.random.default_rng(20240613)


@dataclass(frozen=True)
class Sample:
    """One call of a function."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        shapes = ", ".join(_describe(argument) for argument in self.arguments)
        options = "".join(f", {name}={value}" for name, value in self.options.items())
        return f"{getattr(self.function, '__name__', self.function)}({shapes}{options})"


def _describe(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype.kind}{value.shape}"
    if isinstance(value, (list, tuple)) and any(isinstance(item, np.ndarray) for item in value):
        return "[" + ", ".join(_describe(item) for item in value) + "]"
    return repr(value)


def real(*shape: int, low: float = -1.5, high: float = 1.5) -> Any:
    """Random numbers at least 0.02 apart, in random order: no ties, no kinks near."""
    size = math.prod(shape)
    grid = np.linspace(low, high, size + 2)[1:-1]
    spread = (high - low) / (size + 1)
    return _generator.permutation(grid + _generator.uniform(-0.3, 0.3, size) * spread).reshape(shape)


def complex_(*shape: int) -> Any:
    """Random complex numbers."""
    return real(*shape) + 1j * real(*shape)


def positive(*shape: int) -> Any:
    """Random numbers between 0.3 and 2."""
    return real(*shape, low=0.3, high=2.0)


def definite(n: int, *stack: int) -> Any:
    """Symmetric positive definite matrices."""
    a = _generator.normal(size=(*stack, n, n))
    return a @ np.swapaxes(a, -1, -2) + n * np.eye(n)


def with_nan(a: Any, *indices: Any) -> Any:
    """An array with NaN at some places."""
    a = a.copy()
    for index in indices:
        a[index] = np.nan
    return a
