"""Axes of one tangent, counted with that of the directions in front, and how NumPy's functions are spelled."""

from __future__ import annotations

from typing import Any

import numpy as np


def moved_axes(axis: Any, rank: int, whole: str) -> int | tuple[int, ...] | None:
    """Axes of one tangent, counted with that of the directions in front."""
    if isinstance(axis, tuple) and all(isinstance(one, int) for one in axis):
        return tuple(one + 1 if one >= 0 else one for one in axis)
    if isinstance(axis, int) and not isinstance(axis, bool):
        return axis + 1 if axis >= 0 else axis
    if axis is not None or rank == 0 or (whole == "flat" and rank != 1):
        return None
    return 1 if rank == 1 else tuple(range(1, rank + 1))


def spelled(function: Any) -> str:
    """``np.sum``, ``np.fft.fft``, ``np.add.reduce``."""
    if function == np.add.reduce:
        return "np.add.reduce"
    return f"{function.__module__.replace('numpy', 'np', 1)}.{function.__name__}"
