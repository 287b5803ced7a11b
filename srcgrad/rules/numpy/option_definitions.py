"""Options of reductions and differences that their rules do not take, in terms of the functions without them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from srcgrad.rules.registry import definition
from srcgrad.runtime import count_along


@definition(np.sum)
def sum(
    a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False, initial: Any = None, where: Any = None
) -> Any:
    if dtype is not None:
        a = np.astype(np.asarray(a), dtype)
    if where is not None:
        a = np.where(where, a, 0.0)
    z = np.sum(a, axis=axis, keepdims=keepdims)
    if initial is not None:
        z = z + initial
    return z


@definition(np.prod)
def prod(
    a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False, initial: Any = None, where: Any = None
) -> Any:
    if dtype is not None:
        a = np.astype(np.asarray(a), dtype)
    if where is not None:
        a = np.where(where, a, 1.0)
    z = np.prod(a, axis=axis, keepdims=keepdims)
    if initial is not None:
        z = z * initial
    return z


@definition(np.max)
@definition(np.amax)
def max(a: Any, axis: Any = None, *, keepdims: bool = False, initial: Any = None, where: Any = None) -> Any:
    if where is not None:
        a = np.where(where, a, -np.inf)
    z = np.max(a, axis=axis, keepdims=keepdims)
    if initial is not None:
        z = np.maximum(z, initial)
    return z


@definition(np.min)
@definition(np.amin)
def min(a: Any, axis: Any = None, *, keepdims: bool = False, initial: Any = None, where: Any = None) -> Any:
    if where is not None:
        a = np.where(where, a, np.inf)
    z = np.min(a, axis=axis, keepdims=keepdims)
    if initial is not None:
        z = np.minimum(z, initial)
    return z


@definition(np.mean)
def mean(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False, where: Any = None) -> Any:
    if dtype is not None:
        a = np.astype(np.asarray(a), dtype)
    if where is None:
        return np.mean(a, axis=axis, keepdims=keepdims)
    count = np.sum(np.broadcast_to(where, np.shape(a)), axis=axis, keepdims=keepdims)
    return np.sum(np.where(where, a, 0.0), axis=axis, keepdims=keepdims) / count


@definition(np.var)
def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    *,
    ddof: Any = 0,
    keepdims: bool = False,
    where: Any = None,
    mean: Any = None,
    correction: Any = None,
) -> Any:
    if dtype is not None:
        a = np.astype(np.asarray(a), dtype)
    fewer = ddof if correction is None else correction
    if mean is None and where is None:
        return np.var(a, axis=axis, ddof=fewer, keepdims=keepdims)
    if mean is None:
        mean = np.mean(a, axis=axis, keepdims=True, where=where)
    squares = np.real((a - mean) * np.conj(a - mean))
    if where is None:
        return np.sum(squares, axis=axis, keepdims=keepdims) / (count_along(a, axis) - fewer)
    count = np.sum(np.broadcast_to(where, np.shape(a)), axis=axis, keepdims=keepdims)
    return np.sum(np.where(where, squares, 0.0), axis=axis, keepdims=keepdims) / (count - fewer)


@definition(np.std)
def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    *,
    ddof: Any = 0,
    keepdims: bool = False,
    where: Any = None,
    mean: Any = None,
    correction: Any = None,
) -> Any:
    if dtype is not None:
        a = np.astype(np.asarray(a), dtype)
    fewer = ddof if correction is None else correction
    if mean is None and where is None:
        return np.std(a, axis=axis, ddof=fewer, keepdims=keepdims)
    variance = np.var(a, axis=axis, ddof=fewer, keepdims=keepdims, where=True if where is None else where, mean=mean)
    # The root of 1 is taken where all values are equal: the derivative is taken as 0.
    return np.where(variance > 0.0, np.sqrt(np.where(variance > 0.0, variance, 1.0)), 0.0)


# The reductions that leave NaN out.


@definition(np.nansum)
def nansum(
    a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False, initial: Any = None, where: Any = None
) -> Any:
    if dtype is not None:
        a = np.astype(np.asarray(a), dtype)
    if where is not None:
        a = np.where(where, a, 0.0)
    z = np.nansum(a, axis=axis, keepdims=keepdims)
    if initial is not None:
        z = z + initial
    return z


@definition(np.nanprod)
def nanprod(
    a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False, initial: Any = None, where: Any = None
) -> Any:
    if dtype is not None:
        a = np.astype(np.asarray(a), dtype)
    if where is not None:
        a = np.where(where, a, 1.0)
    z = np.nanprod(a, axis=axis, keepdims=keepdims)
    if initial is not None:
        z = z * initial
    return z


@definition(np.nanmean)
def nanmean(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False, where: Any = None) -> Any:
    if dtype is not None:
        a = np.astype(np.asarray(a), dtype)
    if where is not None:
        a = np.where(where, a, np.nan)
    return np.nanmean(a, axis=axis, keepdims=keepdims)


@definition(np.nanvar)
def nanvar(
    a: Any, axis: Any = None, dtype: Any = None, *, ddof: Any = 0, keepdims: bool = False, where: Any = None
) -> Any:
    if dtype is not None:
        a = np.astype(np.asarray(a), dtype)
    if where is not None:
        a = np.where(where, a, np.nan)
    return np.nanvar(a, axis=axis, ddof=ddof, keepdims=keepdims)


@definition(np.nanstd)
def nanstd(
    a: Any, axis: Any = None, dtype: Any = None, *, ddof: Any = 0, keepdims: bool = False, where: Any = None
) -> Any:
    if dtype is not None:
        a = np.astype(np.asarray(a), dtype)
    if where is not None:
        a = np.where(where, a, np.nan)
    return np.nanstd(a, axis=axis, ddof=ddof, keepdims=keepdims)


@definition(np.nanmax)
def nanmax(a: Any, axis: Any = None, *, keepdims: bool = False, initial: Any = None, where: Any = None) -> Any:
    if where is not None:
        a = np.where(where, a, np.nan)
    z = np.nanmax(a, axis=axis, keepdims=keepdims)
    if initial is not None:
        z = np.fmax(z, initial)
    return z


@definition(np.nanmin)
def nanmin(a: Any, axis: Any = None, *, keepdims: bool = False, initial: Any = None, where: Any = None) -> Any:
    if where is not None:
        a = np.where(where, a, np.nan)
    z = np.nanmin(a, axis=axis, keepdims=keepdims)
    if initial is not None:
        z = np.fmin(z, initial)
    return z


@definition(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    z = np.average(a, axis=axis, weights=weights, keepdims=keepdims)  # type: ignore[call-overload]
    if not returned:
        return z
    if weights is None:
        return z, np.full(np.shape(z), np.size(a) / np.size(z))
    if np.ndim(weights) == np.ndim(a):
        return z, np.sum(weights, axis=axis, keepdims=keepdims)
    return z, np.full(np.shape(z), np.sum(weights))


# Running sums and products, differences.


@definition(np.cumsum)
def cumsum(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    return np.cumsum(np.astype(np.asarray(a), dtype), axis)


@definition(np.cumprod)
def cumprod(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    return np.cumprod(np.astype(np.asarray(a), dtype), axis)


@definition(np.cumulative_sum)
def cumulative_sum(x: Any, *, axis: Any = None, dtype: Any = None, include_initial: bool = False) -> Any:
    if dtype is not None:
        x = np.astype(np.asarray(x), dtype)
    along = 0 if axis is None else axis
    z = np.cumsum(x, axis=along)
    if not include_initial:
        return z
    return np.concatenate((np.zeros_like(np.take(z, [0], axis=along)), z), axis=along)


@definition(np.cumulative_prod)
def cumulative_prod(x: Any, *, axis: Any = None, dtype: Any = None, include_initial: bool = False) -> Any:
    if dtype is not None:
        x = np.astype(np.asarray(x), dtype)
    along = 0 if axis is None else axis
    z = np.cumprod(x, axis=along)
    if not include_initial:
        return z
    return np.concatenate((np.ones_like(np.take(z, [0], axis=along)), z), axis=along)


@definition(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    if prepend is not None:
        if np.ndim(prepend) == 0:
            prepend = np.broadcast_to(prepend, np.shape(np.take(a, [0], axis=axis)))
        a = np.concatenate((prepend, a), axis=axis)
    if append is not None:
        if np.ndim(append) == 0:
            append = np.broadcast_to(append, np.shape(np.take(a, [0], axis=axis)))
        a = np.concatenate((a, append), axis=axis)
    return np.diff(a, n, axis)


@definition(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    z = np.diff(np.ravel(ary))
    if to_begin is not None:
        z = np.concatenate((np.ravel(to_begin), z))
    if to_end is not None:
        z = np.concatenate((z, np.ravel(to_end)))
    return z


@definition(np.gradient, kinds="1d, 0d")
def gradient(f: Any, spacing: Any, axis: Any = None, edge_order: Literal[1, 2] = 1) -> Any:
    return np.gradient(f, edge_order=edge_order) / spacing


@definition(np.linspace)
def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False) -> Any:
    z = np.linspace(start, stop, num, endpoint)
    if retstep:
        return z, (stop - start) / (num - 1 if endpoint else num)
    return z


@definition(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    if period is not None:
        order = np.argsort(np.mod(xp, period))
        places = np.mod(xp, period)[order]
        values = np.asarray(fp)[order]
        places = np.concatenate((places[-1:] - period, places, places[:1] + period))
        values = np.concatenate((values[-1:], values, values[:1]))
        return np.interp(np.mod(x, period), places, values)
    z = np.interp(x, xp, fp)
    if left is not None:
        z = np.where(np.less(x, xp[0]), left, z)
    if right is not None:
        z = np.where(np.greater(x, xp[-1]), right, z)
    return z


@definition(np.linalg.qr)
def qr(a: Any, mode: Literal["reduced", "r"] = "reduced") -> Any:
    if mode == "r":
        return np.linalg.qr(a)[1]
    return np.linalg.qr(a)
