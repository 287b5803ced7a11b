"""Rules for running sums and products, differences and integrals of samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint
from srcgrad.runtime import (
    cumprod_adjoint,
    diff_adjoint,
    gradient_adjoint,
    trapezoid_adjoint,
)


@adjoint(np.cumsum)
def cumsum(z_bar: Any, z: Any, a: Any, axis: Any = None) -> Any:
    if a.ndim == 1:
        return np.cumsum(z_bar[::-1])[::-1]
    if axis is None:
        return np.cumsum(z_bar[::-1])[::-1].reshape(a.shape)
    return np.flip(np.cumsum(np.flip(z_bar, axis), axis), axis)


@adjoint(np.cumulative_sum)
def cumulative_sum(z_bar: Any, z: Any, x: Any, *, axis: Any = None) -> Any:
    if axis is None:
        return np.cumsum(z_bar[::-1])[::-1]
    return np.flip(np.cumsum(np.flip(z_bar, axis), axis), axis)


@adjoint(np.nancumsum)
def nancumsum(z_bar: Any, z: Any, a: Any, axis: Any = None) -> Any:
    if axis is None:
        return np.cumsum(z_bar[::-1])[::-1].reshape(a.shape) * ~np.isnan(a)
    return np.flip(np.cumsum(np.flip(z_bar, axis), axis), axis) * ~np.isnan(a)


@adjoint(np.cumprod)
def cumprod(z_bar: Any, z: Any, a: Any, axis: Any = None) -> Any:
    return cumprod_adjoint(z_bar, a, axis)


@adjoint(np.cumulative_prod)
def cumulative_prod(z_bar: Any, z: Any, x: Any, *, axis: Any = None) -> Any:
    return cumprod_adjoint(z_bar, x, axis)


@adjoint(np.nancumprod)
def nancumprod(z_bar: Any, z: Any, a: Any, axis: Any = None) -> Any:
    counted = ~np.isnan(a)
    return cumprod_adjoint(z_bar, np.where(counted, a, 1.0), axis) * counted


@adjoint(np.diff)
def diff(z_bar: Any, z: Any, a: Any, n: int = 1, axis: int = -1) -> Any:
    return diff_adjoint(z_bar, a, n, axis)


@adjoint(np.ediff1d)
def ediff1d(z_bar: Any, z: Any, ary: Any) -> Any:
    return diff_adjoint(z_bar, np.ravel(ary), 1, 0).reshape(np.shape(ary))


@adjoint(np.gradient, arguments=("f",))
def gradient(z_bar: Any, z: Any, f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    return gradient_adjoint(z_bar, f, varargs, axis, edge_order)


@adjoint(np.trapezoid, arguments=("y", "x", "dx"))
def trapezoid(z_bar: Any, z: Any, y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    y_bar = trapezoid_adjoint("y", z_bar, y, x, dx, axis)
    if x is None:
        return y_bar, None, trapezoid_adjoint("dx", z_bar, y, x, dx, axis)
    return y_bar, trapezoid_adjoint("x", z_bar, y, x, dx, axis), None
