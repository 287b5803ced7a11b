"""Tangents of functions that are neither elementwise nor linear: forward mode."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import tangent
from srcgrad.runtime import cofactors, count_along, norm_adjoint, products_of_others


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


@tangent(np.clip)
def clip(a_dot: Any, min_dot: Any, max_dot: Any, z: Any, a: Any, a_min: Any = None, a_max: Any = None) -> Any:
    if a_min is None and a_max is None:
        return a_dot
    if a_min is None:
        return a_dot * (a <= a_max) + max_dot * (a > a_max)
    if a_max is None:
        return a_dot * (a >= a_min) + min_dot * (a < a_min)
    inside = (a >= a_min) & (a <= a_max)
    return a_dot * inside + min_dot * ((a < a_min) & (a_min <= a_max)) + max_dot * ((a > a_max) | (a_min > a_max))


@tangent(np.sort)
def sort(a_dot: Any, z: Any, a: Any, axis: Any = -1, kind: Any = None, *, stable: Any = None) -> Any:
    if axis is None:
        return np.ravel(a_dot)[np.argsort(a, None, kind="stable")]
    return np.take_along_axis(a_dot, np.argsort(a, axis, kind="stable"), axis)


@tangent(np.linalg.norm)
def norm(x_dot: Any, z: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord is None and axis is None and not keepdims and not np.iscomplexobj(x):
        return np.sum(x * x_dot) / (z + (z == 0))
    slope = norm_adjoint(np.ones_like(z), z, x, ord, axis, keepdims)
    return np.real(np.sum(slope * x_dot, axis=axis, keepdims=keepdims))


@tangent(np.linalg.inv)
def inv(a_dot: Any, z: Any, a: Any) -> Any:
    return -z @ a_dot @ z


@tangent(np.linalg.det)
def det(a_dot: Any, z: Any, a: Any) -> Any:
    return np.sum(cofactors(a) * a_dot, axis=(-2, -1))


@tangent(np.linalg.solve)
def solve(a_dot: Any, b_dot: Any, z: Any, a: Any, b: Any) -> Any:
    if b.ndim == 1 and a.ndim > 2:
        rest = b_dot - np.matvec(a_dot, z)
        return np.linalg.solve(a, rest[..., np.newaxis])[..., 0]
    return np.linalg.solve(a, b_dot - a_dot @ z)
