"""Tangents of reductions, running products, and what chooses between two values."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from srcgrad.rules.registry import tangent
from srcgrad.runtime import count_along, cumprod_tangent, products_of_others


@tangent(np.max)
@tangent(np.min)
@tangent(np.amax)
@tangent(np.amin)
@tangent(np.nanmax)
@tangent(np.nanmin)
def extreme(a_dot: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if axis is None or keepdims:
        reached = a == z
    else:
        reached = a == np.expand_dims(z, axis)
    count = np.sum(reached, axis=axis, keepdims=keepdims, dtype=a.dtype)
    return np.sum(a_dot * reached, axis=axis, keepdims=keepdims) / count


@tangent(np.prod)
def prod(a_dot: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return np.sum(a_dot * products_of_others(a, axis), axis=axis, keepdims=keepdims)


@tangent(np.nansum)
def nansum(a_dot: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return np.sum(a_dot * ~np.isnan(a), axis=axis, keepdims=keepdims)


@tangent(np.var)
def var(a_dot: Any, z: Any, a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: bool = False) -> Any:
    deviation = a - np.mean(a, axis=axis, keepdims=True)
    if np.iscomplexobj(a):
        along = np.real(np.conj(deviation) * a_dot)
    else:
        along = deviation * a_dot
    return 2.0 / (count_along(a, axis) - ddof) * np.sum(along, axis=axis, keepdims=keepdims)


@tangent(np.std)
def std(a_dot: Any, z: Any, a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: bool = False) -> Any:
    deviation = a - np.mean(a, axis=axis, keepdims=True)
    if np.iscomplexobj(a):
        along = np.real(np.conj(deviation) * a_dot)
    else:
        along = deviation * a_dot
    # The division is by 1 where all values are equal: the derivative is taken as 0.
    return np.sum(along, axis=axis, keepdims=keepdims) / ((count_along(a, axis) - ddof) * (z + (z == 0)))


@tangent(np.ptp)
def ptp(a_dot: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    highest = a == np.max(a, axis=axis, keepdims=True)
    lowest = a == np.min(a, axis=axis, keepdims=True)
    high_share = highest / np.sum(highest, axis=axis, keepdims=True, dtype=a.dtype)
    low_share = lowest / np.sum(lowest, axis=axis, keepdims=True, dtype=a.dtype)
    return np.sum((high_share - low_share) * a_dot, axis=axis, keepdims=keepdims)


@tangent(np.average, arguments=("a", "weights"))
def average(
    a_dot: Any,
    weights_dot: Any,
    z: Any,
    a: Any,
    axis: Any = None,
    weights: Any = None,
    *,
    keepdims: bool = False,
) -> Any:
    if weights is None:
        return np.mean(a_dot, axis=axis, keepdims=keepdims)
    if np.ndim(weights) == np.ndim(a):
        center = np.average(a, axis=axis, weights=weights, keepdims=True)
        total = np.sum(a_dot * weights + (a - center) * weights_dot, axis=axis, keepdims=keepdims)
        return total / np.sum(weights, axis=axis, keepdims=keepdims)
    # One-dimensional weights along one axis of several.
    last = np.moveaxis(a - np.average(a, axis=axis, weights=weights, keepdims=True), axis, -1)
    total = np.sum(np.moveaxis(a_dot, axis, -1) * weights + last * weights_dot, axis=-1)
    if keepdims:
        return np.expand_dims(total / np.sum(weights), axis)
    return total / np.sum(weights)


@tangent(np.cov)
def cov(m_dot: Any, z: Any, m: Any, *, rowvar: bool = True, bias: bool = False, ddof: Any = None) -> Any:
    if m.ndim == 2 and not rowvar:
        rows = m.T
        rows_dot = m_dot.T
    else:
        rows = m
        rows_dot = m_dot
    if ddof is None:
        count = rows.shape[-1] if bias else rows.shape[-1] - 1
    else:
        count = rows.shape[-1] - ddof
    deviation = rows - np.mean(rows, axis=-1, keepdims=True)
    if m.ndim == 1:
        return 2.0 * np.real(np.sum(np.conj(deviation) * rows_dot)) / count
    mixed = rows_dot @ np.conj(deviation.T)
    return (mixed + np.conj(mixed.T)) / count


# The reductions that leave NaN out.


@tangent(np.nanmean)
def nanmean(a_dot: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    counted = ~np.isnan(a)
    count = np.sum(counted, axis=axis, keepdims=keepdims, dtype=z.dtype)
    return np.sum(a_dot * counted, axis=axis, keepdims=keepdims) / count


@tangent(np.nanvar)
def nanvar(a_dot: Any, z: Any, a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: bool = False) -> Any:
    count = np.sum(~np.isnan(a), axis=axis, keepdims=keepdims, dtype=z.dtype)
    deviation = np.nan_to_num(a - np.nanmean(a, axis=axis, keepdims=True))
    along = np.real(np.conj(deviation) * a_dot)
    return 2.0 * np.sum(along, axis=axis, keepdims=keepdims) / (count - ddof)


@tangent(np.nanstd)
def nanstd(a_dot: Any, z: Any, a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: bool = False) -> Any:
    count = np.sum(~np.isnan(a), axis=axis, keepdims=keepdims, dtype=z.dtype)
    deviation = np.nan_to_num(a - np.nanmean(a, axis=axis, keepdims=True))
    along = np.real(np.conj(deviation) * a_dot)
    return np.sum(along, axis=axis, keepdims=keepdims) / ((count - ddof) * (z + (z == 0)))


@tangent(np.nanprod)
def nanprod(a_dot: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    counted = ~np.isnan(a)
    others = products_of_others(np.where(counted, a, 1.0), axis)
    return np.sum(a_dot * others * counted, axis=axis, keepdims=keepdims)


@tangent(np.nancumsum)
def nancumsum(a_dot: Any, z: Any, a: Any, axis: Any = None) -> Any:
    return np.cumsum(a_dot * ~np.isnan(a), axis)


@tangent(np.cumprod)
def cumprod(a_dot: Any, z: Any, a: Any, axis: Any = None) -> Any:
    return cumprod_tangent(a_dot, a, axis)


@tangent(np.cumulative_prod)
def cumulative_prod(x_dot: Any, z: Any, x: Any, *, axis: Any = None) -> Any:
    return cumprod_tangent(x_dot, x, axis)


@tangent(np.nancumprod)
def nancumprod(a_dot: Any, z: Any, a: Any, axis: Any = None) -> Any:
    counted = ~np.isnan(a)
    return cumprod_tangent(a_dot * counted, np.where(counted, a, 1.0), axis)


@tangent(np.clip, arguments=("a", "a_min", "a_max", "min", "max"))
def clip(
    a_dot: Any,
    a_min_dot: Any,
    a_max_dot: Any,
    min_dot: Any,
    max_dot: Any,
    z: Any,
    a: Any,
    a_min: Any = None,
    a_max: Any = None,
    *,
    min: Any = None,
    max: Any = None,
) -> Any:
    open_below = a_min is None and min is None
    open_above = a_max is None and max is None
    low = min if a_min is None else a_min
    low_dot = min_dot if a_min is None else a_min_dot
    high = max if a_max is None else a_max
    high_dot = max_dot if a_max is None else a_max_dot
    if open_below and open_above:
        return a_dot
    if open_below:
        return a_dot * (a <= high) + high_dot * (a > high)
    if open_above:
        return a_dot * (a >= low) + low_dot * (a < low)
    # Where the bounds are crossed the upper one is the result.
    inside = a_dot * ((a >= low) & (a <= high))
    return inside + low_dot * ((a < low) & (low <= high)) + high_dot * ((a > high) | (low > high))


@tangent(np.fmax)
def fmax(x_dot: Any, y_dot: Any, z: Any, x: Any, y: Any) -> Any:
    half = 0.5 * (x == y)
    return x_dot * (half + ((x > y) | np.isnan(y))) + y_dot * (half + ((y > x) | np.isnan(x)))


@tangent(np.fmin)
def fmin(x_dot: Any, y_dot: Any, z: Any, x: Any, y: Any) -> Any:
    half = 0.5 * (x == y)
    return x_dot * (half + ((x < y) | np.isnan(y))) + y_dot * (half + ((y < x) | np.isnan(x)))


@tangent(np.nan_to_num)
def nan_to_num(x_dot: Any, z: Any, x: Any, *, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    return x_dot * np.isfinite(x)


@tangent(np.ldexp)
def ldexp(x_dot: Any, z: Any, x: Any, i: Any) -> Any:
    return np.ldexp(x_dot, i)


@tangent(np.sign)
def sign(x_dot: Any, z: Any, x: Any) -> Any:
    if np.iscomplexobj(x):
        return (x_dot - z * np.real(np.conj(z) * x_dot)) / (np.abs(x) + (x == 0))
    return 0.0 * x_dot


@tangent(np.modf)
def modf(x_dot: Any, z: Any, x: Any) -> Any:
    return x_dot, np.zeros_like(x_dot)


@tangent(np.frexp)
def frexp(x_dot: Any, z: Any, x: Any) -> Any:
    return np.ldexp(x_dot, -z[1]), np.zeros_like(x_dot)


@tangent(builtins.divmod)
@tangent(np.divmod)
def divmod(x_dot: Any, y_dot: Any, z: Any, x: Any, y: Any) -> Any:
    return np.zeros_like(z[0]), x_dot - z[0] * y_dot
