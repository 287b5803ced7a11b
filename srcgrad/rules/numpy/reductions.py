"""Rules for sums and other reductions."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint


@adjoint(np.sum)
def sum(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if axis is None or keepdims:
        return z_bar
    return np.expand_dims(z_bar, axis)


@adjoint(np.mean)
def mean(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if axis is None:
        return z_bar / np.size(a)
    if isinstance(axis, int):
        if keepdims:
            return z_bar / a.shape[axis]
        return np.expand_dims(z_bar, axis) / a.shape[axis]
    if keepdims:
        return z_bar * z.size / a.size
    return np.expand_dims(z_bar, axis) * z.size / a.size
