"""What compiled code calls in place of NumPy functions that numba lacks."""

from __future__ import annotations

from typing import Any

import numpy as np


def add_at(a: Any, index: Any, b: Any) -> None:
    """``np.add.at(a, index, b)``.

    >>> a = np.zeros(3)
    >>> add_at(a, np.array([0, 2, 2]), np.array([1.0, 2.0, 4.0]))
    >>> a
    array([1., 0., 6.])
    """
    np.add.at(a, index, b)


def subtract_at(a: Any, index: Any, b: Any) -> None:
    """``np.subtract.at(a, index, b)``."""
    np.subtract.at(a, index, b)


def grown(tape: Any) -> Any:
    """A tape of twice the length and one more that starts with the entries of ``tape``.

    >>> grown(np.array([1.0, 2.0])).size
    5
    """
    longer = np.empty((2 * tape.shape[0] + 1, *tape.shape[1:]), tape.dtype)
    longer[: tape.shape[0]] = tape
    return longer


def mean_along(a: Any, axis: int) -> Any:
    """``np.mean(a, axis)``."""
    return np.mean(a, axis=axis)


def prod_along(a: Any, axis: int) -> Any:
    """``np.prod(a, axis)``."""
    return np.prod(a, axis=axis)


def max_along(a: Any, axis: int) -> Any:
    """``np.max(a, axis)``."""
    return np.max(a, axis=axis)


def min_along(a: Any, axis: int) -> Any:
    """``np.min(a, axis)``."""
    return np.min(a, axis=axis)


def all_along(a: Any, axis: int) -> Any:
    """``np.all(a, axis)``."""
    return np.all(a, axis=axis)


def any_along(a: Any, axis: int) -> Any:
    """``np.any(a, axis)``."""
    return np.any(a, axis=axis)


def cumsum_along(a: Any, axis: int) -> Any:
    """``np.cumsum(a, axis)``."""
    return np.cumsum(a, axis=axis)


def var_along(a: Any, axis: int, ddof: int = 0) -> Any:
    """``np.var(a, axis, ddof=ddof)``."""
    return np.var(a, axis=axis, ddof=ddof)
