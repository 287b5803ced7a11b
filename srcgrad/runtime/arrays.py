"""Array functions that generated code calls."""

from __future__ import annotations

from typing import Any

import numpy as np


def sum_to(a: Any, shape: tuple[int, ...]) -> Any:
    """The sum of ``a`` over the axes along which ``shape`` was broadcast to the shape of ``a``.

    >>> sum_to(np.ones((2, 3)), (3,))
    array([2., 2., 2.])
    >>> sum_to(np.ones((2, 3)), (2, 1))
    array([[3.],
           [3.]])
    """
    if np.shape(a) == shape:
        return a
    extra = np.ndim(a) - len(shape)
    if extra < 0:
        return np.broadcast_to(a, shape)
    stretched = tuple(
        axis for axis, length in enumerate(np.shape(a)) if axis < extra or (shape[axis - extra] == 1 and length != 1)
    )
    summed = np.sum(a, axis=stretched, keepdims=True)
    if extra == 0:
        return summed
    return np.sum(summed, axis=tuple(range(extra)))
