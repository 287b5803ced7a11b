"""Rules for sums, averages, extremes and other reductions.  ``spread`` is what broadcasts to the argument again."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint
from srcgrad.runtime import count_along, products_of_others, quantile_adjoint, sum_to


@adjoint(np.sum)
def sum(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if axis is None or keepdims:
        return z_bar
    return np.expand_dims(z_bar, axis)


@adjoint(np.add.reduce)
def add_reduce(z_bar: Any, z: Any, array: Any, axis: Any = 0, *, keepdims: bool = False) -> Any:
    if axis is None or keepdims:
        return z_bar
    return np.expand_dims(z_bar, axis)


@adjoint(np.mean)
def mean(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if np.ndim(a) == 0:
        return z_bar
    if axis is None or keepdims:
        spread = z_bar
    else:
        spread = np.expand_dims(z_bar, axis)
    if axis is None:
        return spread / a.size
    if isinstance(axis, int):
        return spread / a.shape[axis]
    return spread * z.size / a.size


@adjoint(np.average, arguments=("a", "weights"))
def average(z_bar: Any, z: Any, a: Any, axis: Any = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    if axis is None or keepdims:
        spread = z_bar
        center = z
    else:
        spread = np.expand_dims(z_bar, axis)
        center = np.expand_dims(z, axis)
    if weights is None:
        return spread * np.size(z) / np.size(a), None
    if np.ndim(weights) == np.ndim(a):
        share = spread / np.sum(weights, axis=axis, keepdims=True)
        return share * weights, share * (a - center)
    # One-dimensional weights along one axis of several.
    share = spread / np.sum(weights)
    a_bar = np.moveaxis(np.moveaxis(share + np.zeros_like(a), axis, -1) * weights, -1, axis)
    return a_bar, sum_to(np.moveaxis(share * (a - center), axis, -1), np.shape(weights))


@adjoint(np.prod)
def prod(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if axis is None or keepdims:
        return z_bar * products_of_others(a, axis)
    return np.expand_dims(z_bar, axis) * products_of_others(a, axis)


# Equal extremes share the adjoint.


@adjoint(np.amax)
@adjoint(np.max)
@adjoint(np.amin)
@adjoint(np.min)
def extreme(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if np.ndim(a) == 0:
        return z_bar
    if axis is None:
        reached = a == z
        return z_bar * reached / np.sum(reached, dtype=a.dtype)
    if keepdims:
        reached = a == z
        return z_bar * reached / np.sum(reached, axis=axis, keepdims=True, dtype=a.dtype)
    reached = a == np.expand_dims(z, axis)
    return np.expand_dims(z_bar, axis) * reached / np.sum(reached, axis=axis, keepdims=True, dtype=a.dtype)


@adjoint(np.nanmax)
@adjoint(np.nanmin)
def nan_extreme(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if axis is None or keepdims:
        reached = a == z
        return z_bar * reached / np.sum(reached, axis=axis, keepdims=True, dtype=a.dtype)
    reached = a == np.expand_dims(z, axis)
    return np.expand_dims(z_bar, axis) * reached / np.sum(reached, axis=axis, keepdims=True, dtype=a.dtype)


@adjoint(np.ptp)
def ptp(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if axis is None or keepdims:
        spread = z_bar
    else:
        spread = np.expand_dims(z_bar, axis)
    highest = a == np.max(a, axis=axis, keepdims=True)
    lowest = a == np.min(a, axis=axis, keepdims=True)
    high_share = highest / np.sum(highest, axis=axis, keepdims=True, dtype=a.dtype)
    low_share = lowest / np.sum(lowest, axis=axis, keepdims=True, dtype=a.dtype)
    return spread * (high_share - low_share)


@adjoint(np.var)
def var(z_bar: Any, z: Any, a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: bool = False) -> Any:
    if axis is None:
        count = a.size
        deviation = a - np.mean(a)
    else:
        count = a.shape[axis] if isinstance(axis, int) else count_along(a, axis)
        deviation = a - np.mean(a, axis=axis, keepdims=True)
    if axis is None or keepdims:
        spread = z_bar
    else:
        spread = np.expand_dims(z_bar, axis)
    if np.iscomplexobj(a):
        return 2.0 / (count - ddof) * spread * np.conj(deviation)
    return 2.0 / (count - ddof) * spread * deviation


@adjoint(np.std)
def std(z_bar: Any, z: Any, a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: bool = False) -> Any:
    if axis is None:
        count = a.size
        deviation = a - np.mean(a)
    else:
        count = a.shape[axis] if isinstance(axis, int) else count_along(a, axis)
        deviation = a - np.mean(a, axis=axis, keepdims=True)
    # The division is by 1 where all values are equal: the derivative is taken as 0.
    slope = z_bar / (z + (z == 0))
    if axis is None or keepdims:
        spread = slope
    else:
        spread = np.expand_dims(slope, axis)
    if np.iscomplexobj(a):
        return spread * np.conj(deviation) / (count - ddof)
    return spread * deviation / (count - ddof)


@adjoint(np.cov)
def cov(z_bar: Any, z: Any, m: Any, *, rowvar: bool = True, bias: bool = False, ddof: Any = None) -> Any:
    if m.ndim == 2 and not rowvar:
        rows = m.T
    else:
        rows = m
    if ddof is None:
        count = rows.shape[-1] if bias else rows.shape[-1] - 1
    else:
        count = rows.shape[-1] - ddof
    deviation = rows - np.mean(rows, axis=-1, keepdims=True)
    if np.iscomplexobj(m):
        deviation = np.conj(deviation)
        both = z_bar + np.conj(z_bar.T)
    else:
        both = z_bar + z_bar.T
    if m.ndim == 1:
        return both * deviation / count
    if rowvar:
        return both @ deviation / count
    return (both @ deviation).T / count


@adjoint(np.median)
def median(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return quantile_adjoint(z_bar, a, 0.5, axis, keepdims)


@adjoint(np.quantile, arguments=("a",))
def quantile(
    z_bar: Any, z: Any, a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    return quantile_adjoint(z_bar, a, q, axis, keepdims, method)


@adjoint(np.percentile, arguments=("a",))
def percentile(
    z_bar: Any, z: Any, a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    return quantile_adjoint(z_bar, a, np.divide(q, 100.0), axis, keepdims, method)


# The reductions that leave NaN out.


@adjoint(np.nansum)
def nansum(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if axis is None or keepdims:
        return z_bar * ~np.isnan(a)
    return np.expand_dims(z_bar, axis) * ~np.isnan(a)


@adjoint(np.nanmean)
def nanmean(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if axis is None or keepdims:
        spread = z_bar
    else:
        spread = np.expand_dims(z_bar, axis)
    counted = ~np.isnan(a)
    return spread * counted / np.sum(counted, axis=axis, keepdims=True, dtype=z.dtype)


@adjoint(np.nanvar)
def nanvar(z_bar: Any, z: Any, a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: bool = False) -> Any:
    if axis is None or keepdims:
        spread = z_bar
    else:
        spread = np.expand_dims(z_bar, axis)
    count = np.sum(~np.isnan(a), axis=axis, keepdims=True, dtype=z.dtype)
    deviation = np.nan_to_num(a - np.nanmean(a, axis=axis, keepdims=True))
    return 2.0 * spread * np.conj(deviation) / (count - ddof)


@adjoint(np.nanstd)
def nanstd(z_bar: Any, z: Any, a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: bool = False) -> Any:
    slope = z_bar / (z + (z == 0))
    if axis is None or keepdims:
        spread = slope
    else:
        spread = np.expand_dims(slope, axis)
    count = np.sum(~np.isnan(a), axis=axis, keepdims=True, dtype=z.dtype)
    deviation = np.nan_to_num(a - np.nanmean(a, axis=axis, keepdims=True))
    return spread * np.conj(deviation) / (count - ddof)


@adjoint(np.nanprod)
def nanprod(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if axis is None or keepdims:
        spread = z_bar
    else:
        spread = np.expand_dims(z_bar, axis)
    counted = ~np.isnan(a)
    return spread * products_of_others(np.where(counted, a, 1.0), axis) * counted


@adjoint(np.nanmedian)
def nanmedian(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return quantile_adjoint(z_bar, a, 0.5, axis, keepdims, "linear", skip_nan=True)


@adjoint(np.nanquantile, arguments=("a",))
def nanquantile(
    z_bar: Any, z: Any, a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    return quantile_adjoint(z_bar, a, q, axis, keepdims, method, skip_nan=True)


@adjoint(np.nanpercentile, arguments=("a",))
def nanpercentile(
    z_bar: Any, z: Any, a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    return quantile_adjoint(z_bar, a, np.divide(q, 100.0), axis, keepdims, method, skip_nan=True)
