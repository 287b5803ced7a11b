"""Tangents of what orders, looks up, pads and interpolates values."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from srcgrad.rules.registry import tangent
from srcgrad.runtime import interp_tangent, quantile_tangent, sort_tangent


@tangent(np.sort)
def sort(a_dot: Any, z: Any, a: Any, axis: Any = -1, kind: Any = None, *, stable: Any = None) -> Any:
    return sort_tangent(a_dot, a, axis)


@tangent(np.partition)
def partition(a_dot: Any, z: Any, a: Any, kth: Any, axis: int = -1) -> Any:
    places = np.argsort(np.argsort(z, axis), axis)
    return np.take_along_axis(sort_tangent(a_dot, a, axis), places, axis)


@tangent(np.median)
def median(a_dot: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return quantile_tangent(a_dot, a, 0.5, axis, keepdims)


@tangent(np.quantile, arguments=("a",))
def quantile(
    a_dot: Any, z: Any, a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    return quantile_tangent(a_dot, a, q, axis, keepdims, method)


@tangent(np.percentile, arguments=("a",))
def percentile(
    a_dot: Any, z: Any, a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    return quantile_tangent(a_dot, a, np.divide(q, 100.0), axis, keepdims, method)


@tangent(np.nanmedian)
def nanmedian(a_dot: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return quantile_tangent(a_dot, a, 0.5, axis, keepdims, "linear", skip_nan=True)


@tangent(np.nanquantile, arguments=("a",))
def nanquantile(
    a_dot: Any, z: Any, a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    return quantile_tangent(a_dot, a, q, axis, keepdims, method, skip_nan=True)


@tangent(np.nanpercentile, arguments=("a",))
def nanpercentile(
    a_dot: Any, z: Any, a: Any, q: Any, axis: Any = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    return quantile_tangent(a_dot, a, np.divide(q, 100.0), axis, keepdims, method, skip_nan=True)


@tangent(np.trim_zeros, kinds="1d")
def trim_zeros(filt_dot: Any, z: Any, filt: Any, trim: str = "fb") -> Any:
    start = np.argmax(filt != 0) if "f" in trim.lower() else 0
    return filt_dot[start : start + len(z)]


@tangent(np.pad, arguments=("array",))
def pad(
    array_dot: Any,
    z: Any,
    array: Any,
    pad_width: Any,
    mode: Literal["constant", "edge", "reflect", "symmetric", "wrap"] = "constant",
    *,
    constant_values: Any = 0,
) -> Any:
    if mode == "constant":
        return np.pad(array_dot, pad_width)
    return np.pad(array_dot, pad_width, mode=mode)


@tangent(np.interp)
def interp(x_dot: Any, xp_dot: Any, fp_dot: Any, z: Any, x: Any, xp: Any, fp: Any) -> Any:
    return interp_tangent(x_dot, xp_dot, fp_dot, x, xp, fp)


@tangent(np.arange, arguments=("start", "stop", "step"))
def arange(start_dot: Any, stop_dot: Any, step_dot: Any, z: Any, start: Any, stop: Any = None, step: Any = 1) -> Any:
    if stop is None:
        return np.zeros_like(z)
    return np.full_like(z, start_dot) + step_dot * np.arange(z.size, dtype=z.dtype)


@tangent(np.logspace, kinds="0d, 0d", arguments=("start", "stop"))
def logspace(
    start_dot: Any,
    stop_dot: Any,
    z: Any,
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10.0,
) -> Any:
    share = np.linspace(0.0, 1.0, num, endpoint, dtype=z.dtype)
    return math.log(base) * z * ((1.0 - share) * start_dot + share * stop_dot)


@tangent(np.geomspace, kinds="0d, 0d")
def geomspace(
    start_dot: Any, stop_dot: Any, z: Any, start: Any, stop: Any, num: int = 50, endpoint: bool = True
) -> Any:
    share = np.linspace(0.0, 1.0, num, endpoint, dtype=z.dtype)
    return z * ((1.0 - share) * start_dot / start + share * stop_dot / stop)


@tangent(np.polyval)
def polyval(p_dot: Any, x_dot: Any, z: Any, p: Any, x: Any) -> Any:
    return np.polyval(p_dot, x) + np.polyval(np.polyder(p), x) * x_dot


@tangent(np.vander)
def vander(x_dot: Any, z: Any, x: Any, N: Any = None, increasing: bool = False) -> Any:
    degrees = np.arange(z.shape[1]) if increasing else np.arange(z.shape[1])[::-1]
    return degrees * x[:, np.newaxis] ** (degrees - (degrees > 0)) * x_dot[:, np.newaxis]
