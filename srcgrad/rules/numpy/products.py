"""Rules for products of vectors, matrices and arrays.  No conjugates: df = Re(sum(a_bar * da))."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint
from srcgrad.runtime import (
    convolve_adjoint,
    correlate_adjoint,
    dot_adjoint,
    einsum_adjoint,
    kron_adjoint,
    matmul_adjoint,
    real_like,
    sum_to,
    tensordot_adjoint,
)


@adjoint(np.matmul)
@adjoint(np.linalg.matmul)
def matmul(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return matmul_adjoint(0, z_bar, a, b), matmul_adjoint(1, z_bar, a, b)


@adjoint(np.dot)
def dot(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return dot_adjoint(0, z_bar, a, b), dot_adjoint(1, z_bar, a, b)


@adjoint(np.inner, kinds="1d, 1d")
@adjoint(np.dot, kinds="1d, 1d")
@adjoint(np.matmul, kinds="1d, 1d")
@adjoint(np.linalg.matmul, kinds="1d, 1d")
def vector_vector(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return z_bar * b, z_bar * a


@adjoint(np.dot, kinds="2d, 1d")
@adjoint(np.matmul, kinds="2d, 1d")
@adjoint(np.linalg.matmul, kinds="2d, 1d")
def matrix_vector(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return np.outer(z_bar, b), a.T @ z_bar


@adjoint(np.dot, kinds="1d, 2d")
@adjoint(np.matmul, kinds="1d, 2d")
@adjoint(np.linalg.matmul, kinds="1d, 2d")
def vector_matrix(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return b @ z_bar, np.outer(a, z_bar)


@adjoint(np.dot, kinds="2d, 2d")
@adjoint(np.matmul, kinds="2d, 2d")
@adjoint(np.linalg.matmul, kinds="2d, 2d")
def matrix_matrix(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return z_bar @ b.T, a.T @ z_bar


@adjoint(np.matmul, kinds="3d+, 3d+")
@adjoint(np.matmul, kinds="2d, 3d+")
@adjoint(np.matmul, kinds="3d+, 2d")
def stack_of_products(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    a_bar, b_bar = sum_to(z_bar @ np.swapaxes(b, -1, -2), a.shape), sum_to(np.swapaxes(a, -1, -2) @ z_bar, b.shape)
    if np.iscomplexobj(z):
        return real_like(a_bar, a), real_like(b_bar, b)
    return a_bar, b_bar


@adjoint(np.dot, kinds="0d, 0d")
@adjoint(np.inner, kinds="0d, 0d")
def number_number(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return z_bar * b, z_bar * a


@adjoint(np.dot, kinds="0d, 1d+")
@adjoint(np.inner, kinds="0d, 1d+")
def number_array(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return np.sum(z_bar * b), z_bar * a


@adjoint(np.dot, kinds="1d+, 0d")
@adjoint(np.inner, kinds="1d+, 0d")
def array_number(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return z_bar * b, np.sum(z_bar * a)


@adjoint(np.inner, kinds="2d, 2d")
def inner_of_rows(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return z_bar @ b, z_bar.T @ a


@adjoint(np.inner, kinds="1d+, 1d+")
def inner(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return tensordot_adjoint(0, z_bar, a, b, (-1, -1)), tensordot_adjoint(1, z_bar, a, b, (-1, -1))


@adjoint(np.outer)
@adjoint(np.linalg.outer)
def outer(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return z_bar @ b, a @ z_bar
    return (z_bar @ np.ravel(b)).reshape(np.shape(a)), (np.ravel(a) @ z_bar).reshape(np.shape(b))


@adjoint(np.vdot)
def vdot(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == 1 and np.ndim(b) == 1 and not np.iscomplexobj(a):
        return z_bar * b, z_bar * a
    if np.iscomplexobj(a):
        return np.reshape(np.conj(z_bar * b), np.shape(a)), np.reshape(z_bar * np.conj(a), np.shape(b))
    return np.reshape(z_bar * b, np.shape(a)), np.reshape(z_bar * a, np.shape(b))


@adjoint(np.vecdot)
@adjoint(np.linalg.vecdot)
def vecdot(z_bar: Any, z: Any, a: Any, b: Any, *, axis: int = -1) -> Any:
    spread = np.expand_dims(z_bar, axis)
    if np.iscomplexobj(z):
        a_bar, b_bar = np.conj(spread * b), spread * np.conj(a)
        return real_like(sum_to(a_bar, a.shape), a), real_like(sum_to(b_bar, b.shape), b)
    return sum_to(spread * b, a.shape), sum_to(spread * a, b.shape)


@adjoint(np.matvec)
def matvec(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    a_bar = sum_to(z_bar[..., np.newaxis] * b[..., np.newaxis, :], a.shape)
    b_bar = sum_to(np.matvec(np.swapaxes(a, -1, -2), z_bar), b.shape)
    if np.iscomplexobj(z):
        return real_like(a_bar, a), real_like(b_bar, b)
    return a_bar, b_bar


@adjoint(np.vecmat)
def vecmat(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    if np.iscomplexobj(z):
        b_bar = np.conj(a)[..., np.newaxis] * z_bar[..., np.newaxis, :]
        a_bar = sum_to(np.conj(np.matvec(b, z_bar)), a.shape)
        return real_like(a_bar, a), real_like(sum_to(b_bar, b.shape), b)
    return sum_to(np.matvec(b, z_bar), a.shape), sum_to(a[..., np.newaxis] * z_bar[..., np.newaxis, :], b.shape)


@adjoint(np.tensordot)
def tensordot(z_bar: Any, z: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    return tensordot_adjoint(0, z_bar, a, b, axes), tensordot_adjoint(1, z_bar, a, b, axes)


@adjoint(np.linalg.tensordot)
def linalg_tensordot(z_bar: Any, z: Any, a: Any, b: Any, *, axes: Any = 2) -> Any:
    return tensordot_adjoint(0, z_bar, a, b, axes), tensordot_adjoint(1, z_bar, a, b, axes)


@adjoint(np.einsum, arguments=("operands",))
def einsum(z_bar: Any, z: Any, subscripts: str, *operands: Any, optimize: Any = False) -> Any:
    return [einsum_adjoint(which, subscripts, z_bar, *operands) for which in range(len(operands))]


@adjoint(np.einsum, kinds="nd, nd", arguments=("a",))
def einsum_of_one(z_bar: Any, z: Any, subscripts: str, a: Any, *, optimize: Any = False) -> Any:
    return einsum_adjoint(0, subscripts, z_bar, a)


@adjoint(np.einsum, kinds="nd, nd, nd", arguments=("a", "b"))
def einsum_of_two(z_bar: Any, z: Any, subscripts: str, a: Any, b: Any, *, optimize: Any = False) -> Any:
    return einsum_adjoint(0, subscripts, z_bar, a, b), einsum_adjoint(1, subscripts, z_bar, a, b)


@adjoint(np.einsum, kinds="nd, nd, nd, nd", arguments=("a", "b", "c"))
def einsum_of_three(z_bar: Any, z: Any, subscripts: str, a: Any, b: Any, c: Any, *, optimize: Any = False) -> Any:
    return (
        einsum_adjoint(0, subscripts, z_bar, a, b, c),
        einsum_adjoint(1, subscripts, z_bar, a, b, c),
        einsum_adjoint(2, subscripts, z_bar, a, b, c),
    )


@adjoint(np.kron)
def kron(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    return kron_adjoint(0, z_bar, a, b), kron_adjoint(1, z_bar, a, b)


@adjoint(np.cross)
def cross(
    z_bar: Any, z: Any, a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None
) -> Any:
    if axis is not None:
        return (
            sum_to(np.cross(b, z_bar, axis=axis), np.shape(a)),
            sum_to(np.cross(z_bar, a, axis=axis), np.shape(b)),
        )
    a_bar = np.moveaxis(np.cross(b, z_bar, axisb, axisc), -1, axisa)
    b_bar = np.moveaxis(np.cross(z_bar, a, axisc, axisa), -1, axisb)
    return sum_to(a_bar, np.shape(a)), sum_to(b_bar, np.shape(b))


@adjoint(np.linalg.cross, broadcasts=True)
def linalg_cross(z_bar: Any, z: Any, a: Any, b: Any, *, axis: int = -1) -> Any:
    return np.linalg.cross(b, z_bar, axis=axis), np.linalg.cross(z_bar, a, axis=axis)


@adjoint(np.convolve)
def convolve(z_bar: Any, z: Any, a: Any, v: Any, mode: str = "full") -> Any:
    return convolve_adjoint(0, z_bar, a, v, mode), convolve_adjoint(1, z_bar, a, v, mode)


@adjoint(np.correlate)
def correlate(z_bar: Any, z: Any, a: Any, v: Any, mode: str = "valid") -> Any:
    return correlate_adjoint(0, z_bar, a, v, mode), correlate_adjoint(1, z_bar, a, v, mode)


@adjoint(np.polyval)
def polyval(z_bar: Any, z: Any, p: Any, x: Any) -> Any:
    p_bar = np.ravel(z_bar) @ np.vander(np.ravel(x), len(p)).astype(z.dtype)
    return p_bar, z_bar * np.polyval(np.polyder(p), x).astype(z.dtype)


@adjoint(np.vander)
def vander(z_bar: Any, z: Any, x: Any, N: Any = None, increasing: bool = False) -> Any:
    degrees = np.arange(z.shape[1]) if increasing else np.arange(z.shape[1])[::-1]
    return np.sum(z_bar * degrees * x[:, np.newaxis] ** (degrees - (degrees > 0)), axis=1)
