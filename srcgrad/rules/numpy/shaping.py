"""Rules for what gives an array another shape or order without changing its values."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from srcgrad.rules.registry import adjoint
from srcgrad.runtime import diagonal_adjoint, positions, reshape_back, scatter, sum_to, unpad


@adjoint(np.reshape, arguments=("a",))
def reshape(z_bar: Any, z: Any, a: Any, shape: Any, order: str = "C") -> Any:
    if order == "C":
        return z_bar.reshape(np.shape(a))
    return reshape_back(z_bar, np.shape(a), order)


@adjoint(np.ravel)
@adjoint(np.ndarray.flatten)
def ravel(z_bar: Any, z: Any, a: Any, order: str = "C") -> Any:
    if order == "C":
        return z_bar.reshape(np.shape(a))
    return reshape_back(z_bar, np.shape(a), order)


@adjoint(np.squeeze)
@adjoint(np.expand_dims)
def squeeze(z_bar: Any, z: Any, a: Any, axis: Any = None) -> Any:
    return z_bar.reshape(np.shape(a))


@adjoint(np.atleast_1d)
@adjoint(np.atleast_2d)
@adjoint(np.atleast_3d)
def atleast(z_bar: Any, z: Any, a: Any) -> Any:
    if np.ndim(a) == 0:
        return np.sum(z_bar)
    return z_bar.reshape(np.shape(a))


@adjoint(np.ndarray.item, arguments=("a",))
def item(z_bar: Any, z: Any, a: Any, *args: Any) -> Any:
    return scatter(z_bar, positions(a).item(*args), a.shape)


@adjoint(np.transpose)
def transpose(z_bar: Any, z: Any, a: Any, axes: Any = None) -> Any:
    if axes is None or np.ndim(a) < 2:
        return z_bar.T
    if np.ndim(a) == 2:
        return np.transpose(z_bar, axes)
    return np.transpose(z_bar, np.argsort(np.mod(axes, np.ndim(a))))


@adjoint(np.transpose, kinds="3d, nd")
def transpose_three(z_bar: Any, z: Any, a: Any, axes: Any = None) -> Any:
    if axes is None:
        return z_bar.T
    return np.moveaxis(z_bar, (0, 1, 2), axes)


@adjoint(np.transpose, kinds="4d, nd")
def transpose_four(z_bar: Any, z: Any, a: Any, axes: Any = None) -> Any:
    if axes is None:
        return z_bar.T
    return np.moveaxis(z_bar, (0, 1, 2, 3), axes)


@adjoint(np.matrix_transpose)
def matrix_transpose(z_bar: Any, z: Any, x: Any) -> Any:
    return np.swapaxes(z_bar, -1, -2)


@adjoint(np.swapaxes, arguments=("a",))
def swapaxes(z_bar: Any, z: Any, a: Any, axis1: int, axis2: int) -> Any:
    return np.swapaxes(z_bar, axis1, axis2)


@adjoint(np.moveaxis, arguments=("a",))
def moveaxis(z_bar: Any, z: Any, a: Any, source: Any, destination: Any) -> Any:
    return np.moveaxis(z_bar, destination, source)


@adjoint(np.rollaxis, arguments=("a",))
def rollaxis(z_bar: Any, z: Any, a: Any, axis: int, start: int = 0) -> Any:
    return np.transpose(z_bar, np.argsort(np.rollaxis(np.empty(range(a.ndim)), axis, start).shape))


@adjoint(np.broadcast_to, arguments=("array",), broadcasts=True)
def broadcast_to(z_bar: Any, z: Any, array: Any, shape: Any) -> Any:
    return z_bar


@adjoint(np.broadcast_arrays)
def broadcast_arrays(z_bar: Any, z: Any, *args: Any) -> Any:
    return [sum_to(part, np.shape(array)) for part, array in zip(z_bar, args)]


@adjoint(np.flip)
def flip(z_bar: Any, z: Any, m: Any, axis: Any = None) -> Any:
    return np.flip(z_bar, axis)


@adjoint(np.fliplr)
def fliplr(z_bar: Any, z: Any, m: Any) -> Any:
    return np.fliplr(z_bar)


@adjoint(np.flipud)
def flipud(z_bar: Any, z: Any, m: Any) -> Any:
    return np.flipud(z_bar)


@adjoint(np.rot90)
def rot90(z_bar: Any, z: Any, m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    return np.rot90(z_bar, -k, axes)


@adjoint(np.roll, arguments=("a",))
def roll(z_bar: Any, z: Any, a: Any, shift: Any, axis: Any = None) -> Any:
    if isinstance(shift, int):
        return np.roll(z_bar, -shift, axis)
    return np.roll(z_bar, np.negative(shift), axis)


# What copies values: each copy gives its adjoint back to where it came from.


@adjoint(np.tile, arguments=("A",))
def tile(z_bar: Any, z: Any, A: Any, reps: Any) -> Any:
    if np.ndim(A) == 0:
        return np.sum(z_bar)
    return scatter(z_bar, np.tile(positions(A), reps), np.shape(A))


@adjoint(np.repeat, arguments=("a",))
def repeat(z_bar: Any, z: Any, a: Any, repeats: Any, axis: Any = None) -> Any:
    if np.ndim(a) == 0:
        return np.sum(z_bar)
    return scatter(z_bar, np.repeat(positions(a), repeats, axis), np.shape(a))


@adjoint(np.resize, arguments=("a",))
def resize(z_bar: Any, z: Any, a: Any, new_shape: Any) -> Any:
    if np.ndim(a) == 0:
        return np.sum(z_bar)
    return scatter(z_bar, np.resize(positions(a), new_shape), np.shape(a))


@adjoint(np.pad, arguments=("array",))
def pad(
    z_bar: Any,
    z: Any,
    array: Any,
    pad_width: Any,
    mode: Literal["constant", "edge", "reflect", "symmetric", "wrap"] = "constant",
    *,
    constant_values: Any = 0,
) -> Any:
    if mode == "constant":
        return unpad(z_bar, array, pad_width)
    return unpad(z_bar, array, pad_width, mode)


# Diagonals and triangles.


@adjoint(np.diag)
def diag(z_bar: Any, z: Any, v: Any, k: int = 0) -> Any:
    if v.ndim == 1:
        return np.diag(z_bar, k)
    return diagonal_adjoint(z_bar, v.shape, k)


@adjoint(np.diagflat)
def diagflat(z_bar: Any, z: Any, v: Any, k: int = 0) -> Any:
    return np.diag(z_bar, k).reshape(np.shape(v))


@adjoint(np.diagonal)
def diagonal(z_bar: Any, z: Any, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return diagonal_adjoint(z_bar, a.shape, offset, axis1, axis2)


@adjoint(np.trace)
def trace(z_bar: Any, z: Any, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    if a.ndim == 2:
        return diagonal_adjoint(z_bar, a.shape, offset, axis1, axis2)
    return diagonal_adjoint(np.expand_dims(z_bar, -1), a.shape, offset, axis1, axis2)


@adjoint(np.tril)
def tril(z_bar: Any, z: Any, m: Any, k: int = 0) -> Any:
    if m.ndim == 1:
        return np.sum(np.tril(z_bar, k), axis=0)
    return np.tril(z_bar, k)


@adjoint(np.triu)
def triu(z_bar: Any, z: Any, m: Any, k: int = 0) -> Any:
    if m.ndim == 1:
        return np.sum(np.triu(z_bar, k), axis=0)
    return np.triu(z_bar, k)
