"""The methods of ufuncs, ``np.multiply.outer`` and the like, in terms of functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint, definition, linear
from srcgrad.runtime import reduceat_adjoint
from srcgrad.stopping import stop_gradient

# Outer products and their like.


@definition(np.multiply.outer, kinds="1d, 1d")
def multiply_outer(A: Any, B: Any) -> Any:
    return np.outer(A, B)


@definition(np.add.outer, kinds="1d, 1d")
def add_outer(A: Any, B: Any) -> Any:
    return A[:, np.newaxis] + B


@definition(np.subtract.outer, kinds="1d, 1d")
def subtract_outer(A: Any, B: Any) -> Any:
    return A[:, np.newaxis] - B


def _outer_of(ufunc: np.ufunc) -> Callable[..., Any]:
    def outer(A: Any, B: Any) -> Any:
        return ufunc(np.reshape(A, np.shape(A) + (1,) * np.ndim(B)), B)

    return outer


for _ufunc in (
    np.add, np.subtract, np.multiply, np.divide, np.power, np.float_power, np.remainder, np.fmod, np.maximum,
    np.minimum, np.fmax, np.fmin, np.arctan2, np.hypot, np.logaddexp, np.logaddexp2, np.copysign,
):  # fmt: skip
    definition(_ufunc.outer)(_outer_of(_ufunc))


# Reductions: over the first axis, where none is given.


@definition(np.add.reduce)
def add_reduce(
    array: Any, axis: Any = 0, dtype: Any = None, *, keepdims: bool = False, initial: Any = None, where: Any = None
) -> Any:
    return np.sum(array, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)


@definition(np.multiply.reduce)
def multiply_reduce(array: Any, axis: Any = 0, *, keepdims: bool = False) -> Any:
    return np.prod(array, axis=axis, keepdims=keepdims)


@definition(np.maximum.reduce)
def maximum_reduce(array: Any, axis: Any = 0, *, keepdims: bool = False) -> Any:
    return np.max(array, axis=axis, keepdims=keepdims)


@definition(np.minimum.reduce)
def minimum_reduce(array: Any, axis: Any = 0, *, keepdims: bool = False) -> Any:
    return np.min(array, axis=axis, keepdims=keepdims)


@definition(np.fmax.reduce)
def fmax_reduce(array: Any, axis: Any = 0, *, keepdims: bool = False) -> Any:
    return np.nanmax(array, axis=axis, keepdims=keepdims)


@definition(np.fmin.reduce)
def fmin_reduce(array: Any, axis: Any = 0, *, keepdims: bool = False) -> Any:
    return np.nanmin(array, axis=axis, keepdims=keepdims)


@definition(np.logaddexp.reduce)
def logaddexp_reduce(array: Any, axis: Any = 0, *, keepdims: bool = False) -> Any:
    # The largest term is taken out; where all are -inf, 0 is.
    highest = np.nan_to_num(np.max(stop_gradient(np.asarray(array)), axis=axis, keepdims=True))
    total = np.log(np.sum(np.exp(array - highest), axis=axis, keepdims=True)) + highest
    return total if keepdims else np.squeeze(total, axis=axis)


@definition(np.hypot.reduce)
def hypot_reduce(array: Any, axis: Any = 0, *, keepdims: bool = False) -> Any:
    return np.linalg.norm(array, axis=axis, keepdims=keepdims)


# Running results.


@definition(np.add.accumulate)
def add_accumulate(array: Any, axis: int = 0) -> Any:
    return np.cumsum(array, axis=axis)


@definition(np.multiply.accumulate)
def multiply_accumulate(array: Any, axis: int = 0) -> Any:
    return np.cumprod(array, axis=axis)


@definition(np.maximum.accumulate)
def maximum_accumulate(array: Any, axis: int = 0) -> Any:
    extremes = np.maximum.accumulate(stop_gradient(array), axis)
    reached = (array == extremes) | np.isnan(array)
    places = np.moveaxis(np.moveaxis(np.zeros(array.shape, int), axis, -1) + np.arange(array.shape[axis]), -1, axis)
    return np.take_along_axis(array, np.maximum.accumulate(np.where(reached, places, 0), axis), axis)


@definition(np.minimum.accumulate)
def minimum_accumulate(array: Any, axis: int = 0) -> Any:
    extremes = np.minimum.accumulate(stop_gradient(array), axis)
    reached = (array == extremes) | np.isnan(array)
    places = np.moveaxis(np.moveaxis(np.zeros(array.shape, int), axis, -1) + np.arange(array.shape[axis]), -1, axis)
    return np.take_along_axis(array, np.maximum.accumulate(np.where(reached, places, 0), axis), axis)


# Sums of slices.


@adjoint(np.add.reduceat, arguments=("array",))
def add_reduceat(z_bar: Any, z: Any, array: Any, indices: Any, axis: int = 0) -> Any:
    return reduceat_adjoint(z_bar, array, indices, axis)


linear(np.add.reduceat)
