"""Tangents of the adjoints of norms, determinants and running products: what second derivatives of these call."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.errors import UnsupportedError
from srcgrad.runtime.linalg import norm_adjoint
from srcgrad.runtime.order_tangents import cumprod_tangent


def cofactors_tangent(a_dot: Any, a: Any) -> Any:
    """The tangent of the derivative of the determinant, for singular matrices, too.

    >>> cofactors_tangent(np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros((2, 2)))
    array([[ 4., -3.],
           [-2.,  1.]])
    """
    u, s, vh = np.linalg.svd(a)
    count = s.shape[-1]
    inner = np.conj(np.swapaxes(u, -1, -2)) @ a_dot @ np.conj(np.swapaxes(vh, -1, -2))
    changed = np.zeros_like(inner)
    for i in range(count):
        for j in range(count):
            if i != j:
                others = np.prod(np.delete(s, [i, j], axis=-1), axis=-1)
                changed[..., i, j] = -inner[..., j, i] * others
                changed[..., i, i] += inner[..., j, j] * others
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return sign[..., np.newaxis, np.newaxis] * (np.conj(u) @ changed @ np.conj(vh))


def norm_adjoint_tangent(
    z_bar_dot: Any, z_dot: Any, x_dot: Any, z_bar: Any, z: Any, x: Any, order: Any, axis: Any, keepdims: bool
) -> Any:
    """The tangent of the adjoint of ``np.linalg.norm``, of real arrays."""
    own = norm_adjoint(z_bar_dot, z, x, order, axis, keepdims)
    axes = tuple(range(np.ndim(x))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if np.iscomplexobj(x) or order in ("nuc", -2) or (order == 2 and len(axes) == 2):
        raise UnsupportedError(f"the second derivative of this norm (order {order!r}) is not supported")
    if order in (0, 1, -1, np.inf, -np.inf):
        return own
    if axis is None or keepdims:
        spread, size, size_dot = z_bar, z, z_dot
    else:
        spread, size, size_dot = (np.expand_dims(part, axes) for part in (z_bar, z, z_dot))
    power = 2 if order is None or order == "fro" else order
    size = size + (np.asarray(size) == 0)
    ratio = np.abs(x) / size
    ratio_dot = (np.sign(x) * x_dot - ratio * size_dot) / size
    steep = np.where(ratio == 0, 1.0, ratio) ** (power - 2) if power != 2 else 1.0
    if power == 2:
        return own + spread * (x_dot - x / size * size_dot) / size
    return own + spread * np.sign(x) * (power - 1) * steep * ratio_dot


def cumprod_adjoint_tangent(z_bar_dot: Any, a_dot: Any, z_bar: Any, a: Any, axis: int | None) -> Any:
    """The tangent of the adjoint of ``np.cumprod``: its recursion, with the tangent of each step beside it."""
    rows, rows_dot = (np.ravel(part) if axis is None else np.moveaxis(part, axis, 0) for part in (a, a_dot))
    bars, bars_dot = (part if axis is None else np.moveaxis(part, axis, 0) for part in (z_bar, z_bar_dot))
    before, before_dot = np.ones_like(rows), np.zeros_like(rows)
    before[1:] = np.cumprod(rows[:-1], axis=0)
    before_dot[1:] = cumprod_tangent(rows_dot[:-1], rows[:-1], 0)
    found = np.zeros_like(rows)
    tail = np.zeros_like(rows[:1].sum(axis=0))
    tail_dot = np.zeros_like(tail)
    for i in range(len(rows) - 1, -1, -1):
        tail, tail_dot = bars[i] + tail, bars_dot[i] + tail_dot
        found[i] = before_dot[i] * tail + before[i] * tail_dot
        tail_dot = tail_dot * rows[i] + tail * rows_dot[i]
        tail = tail * rows[i]
    return found.reshape(np.shape(a)) if axis is None else np.moveaxis(found, 0, axis)
