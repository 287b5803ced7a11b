"""Rules for joining, splitting and making arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint, partials
from srcgrad.runtime import block_adjoint, meshgrid_adjoint, split_like, sum_to


@adjoint(np.concatenate)
def concatenate(z_bar: Any, z: Any, arrays: Any, axis: Any = 0) -> Any:
    return split_like(z_bar, arrays, axis)


@adjoint(np.stack)
def stack(z_bar: Any, z: Any, arrays: Any, axis: int = 0) -> Any:
    if axis == 0:
        return z_bar
    return np.moveaxis(z_bar, axis, 0)


@adjoint(np.hstack)
def hstack(z_bar: Any, z: Any, tup: Any) -> Any:
    if z.ndim == 1:
        return split_like(z_bar, tup, 0)
    return split_like(z_bar, tup, 1)


@adjoint(np.vstack)
def vstack(z_bar: Any, z: Any, tup: Any) -> Any:
    return split_like(z_bar, tup, 0)


@adjoint(np.dstack)
def dstack(z_bar: Any, z: Any, tup: Any) -> Any:
    return split_like(z_bar, tup, 2)


@adjoint(np.column_stack)
def column_stack(z_bar: Any, z: Any, tup: Any) -> Any:
    return split_like(z_bar, tup, 1)


@adjoint(np.block)
def block(z_bar: Any, z: Any, arrays: Any) -> Any:
    return block_adjoint(z_bar, arrays)


@adjoint(np.append)
def append(z_bar: Any, z: Any, arr: Any, values: Any, axis: Any = None) -> Any:
    parts = split_like(z_bar, (arr, values), axis)
    return parts[0], parts[1]


@adjoint(np.split, arguments=("ary",))
@adjoint(np.array_split, arguments=("ary",))
def split(z_bar: Any, z: Any, ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    return np.concatenate(z_bar, axis)


@adjoint(np.hsplit, arguments=("ary",))
def hsplit(z_bar: Any, z: Any, ary: Any, indices_or_sections: Any) -> Any:
    return np.hstack(z_bar)


@adjoint(np.vsplit, arguments=("ary",))
def vsplit(z_bar: Any, z: Any, ary: Any, indices_or_sections: Any) -> Any:
    return np.concatenate(z_bar, 0)


@adjoint(np.dsplit, arguments=("ary",))
def dsplit(z_bar: Any, z: Any, ary: Any, indices_or_sections: Any) -> Any:
    return np.concatenate(z_bar, 2)


@adjoint(np.unstack)
def unstack(z_bar: Any, z: Any, x: Any, *, axis: int = 0) -> Any:
    return np.stack(z_bar, axis)


@adjoint(np.meshgrid)
def meshgrid(z_bar: Any, z: Any, *xi: Any, sparse: bool = False, indexing: str = "xy") -> Any:
    return meshgrid_adjoint(z_bar, xi, indexing)


# Copies and casts.  For ``np.array([[a, b], c])`` the adjoint has the same nesting: rows of rows.


@adjoint(np.array)
def array(z_bar: Any, z: Any, object: Any, dtype: Any = None, *, copy: Any = True) -> Any:
    return z_bar


@adjoint(np.asarray)
@adjoint(np.asanyarray)
def asarray(z_bar: Any, z: Any, a: Any, dtype: Any = None, *, copy: Any = None) -> Any:
    return z_bar


@adjoint(np.asarray_chkfinite)
@adjoint(np.ascontiguousarray)
@adjoint(np.asfortranarray)
def ascontiguousarray(z_bar: Any, z: Any, a: Any, dtype: Any = None) -> Any:
    return z_bar.reshape(np.shape(a))


@adjoint(np.copy)
def copy(z_bar: Any, z: Any, a: Any, order: str = "K") -> Any:
    return z_bar


@adjoint(np.astype, arguments=("x",))
@adjoint(np.ndarray.astype, arguments=("x",))
def astype(z_bar: Any, z: Any, x: Any, dtype: Any, *, copy: bool = True) -> Any:
    return z_bar


@adjoint(np.ndarray.tolist)
def tolist(z_bar: Any, z: Any, a: Any) -> Any:
    return np.asarray(z_bar)


@partials(np.float16)
@partials(np.float32)
@partials(np.float64)
@partials(np.longdouble)
@partials(np.complex64)
@partials(np.complex128)
def cast(z: Any, x: Any) -> Any:
    return 1.0


# Arrays made of numbers.


@adjoint(np.full, arguments=("fill_value",), broadcasts=True)
def full(z_bar: Any, z: Any, shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    return z_bar


@adjoint(np.full_like, broadcasts=True)
def full_like(z_bar: Any, z: Any, a: Any, fill_value: Any, dtype: Any = None) -> Any:
    return None, z_bar


@adjoint(np.arange)
def arange(z_bar: Any, z: Any, start: Any, stop: Any = None, step: Any = 1) -> Any:
    if stop is None:
        return None, None, None
    return np.sum(z_bar), None, np.dot(np.arange(z.size, dtype=z.dtype), z_bar)


@adjoint(np.linspace)
def linspace(z_bar: Any, z: Any, start: Any, stop: Any, num: int = 50, endpoint: bool = True) -> Any:
    share = np.linspace(0.0, 1.0, num, endpoint, dtype=z.dtype)
    if z.ndim == 1:
        return np.dot(1.0 - share, z_bar), np.dot(share, z_bar)
    start_bar = sum_to(np.tensordot(1.0 - share, z_bar, 1), np.shape(start))
    return start_bar, sum_to(np.tensordot(share, z_bar, 1), np.shape(stop))


@adjoint(np.logspace, kinds="0d, 0d", arguments=("start", "stop"))
def logspace(z_bar: Any, z: Any, start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0) -> Any:
    share = np.linspace(0.0, 1.0, num, endpoint, dtype=z.dtype)
    slope = z_bar * z * math.log(base)
    return np.dot(1.0 - share, slope), np.dot(share, slope)


@adjoint(np.geomspace, kinds="0d, 0d")
def geomspace(z_bar: Any, z: Any, start: Any, stop: Any, num: int = 50, endpoint: bool = True) -> Any:
    share = np.linspace(0.0, 1.0, num, endpoint, dtype=z.dtype)
    slope = z_bar * z
    return np.dot(1.0 - share, slope) / start, np.dot(share, slope) / stop
