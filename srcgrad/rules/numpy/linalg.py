"""Rules for linear algebra.  No conjugates where the transpose is meant: df = Re(sum(a_bar * da))."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint
from srcgrad.runtime import (
    cholesky_adjoint,
    cofactors,
    diagonal_adjoint,
    eig_adjoint,
    eigh_adjoint,
    lstsq_adjoint,
    matrix_power_adjoint,
    multi_dot_adjoint,
    norm_adjoint,
    pinv_adjoint,
    qr_adjoint,
    real_like,
    sum_to,
    svd_adjoint,
)


@adjoint(np.linalg.inv)
def inv(z_bar: Any, z: Any, a: Any) -> Any:
    if a.ndim == 2:
        return -z.T @ z_bar @ z.T
    return -np.swapaxes(z, -1, -2) @ z_bar @ np.swapaxes(z, -1, -2)


@adjoint(np.linalg.det)
def det(z_bar: Any, z: Any, a: Any) -> Any:
    if a.ndim == 2:
        return z_bar * cofactors(a)
    return z_bar[..., np.newaxis, np.newaxis] * cofactors(a)


@adjoint(np.linalg.slogdet)
def slogdet(z_bar: Any, z: Any, a: Any) -> Any:
    if np.iscomplexobj(a):
        slope = np.asarray(z_bar[1] + 1j * np.imag(z_bar[0] * z[0]))
        return slope[..., np.newaxis, np.newaxis] * np.swapaxes(np.linalg.inv(a), -1, -2)
    if a.ndim == 2:
        return z_bar[1] * np.linalg.inv(a).T
    return z_bar[1][..., np.newaxis, np.newaxis] * np.swapaxes(np.linalg.inv(a), -1, -2)


@adjoint(np.linalg.solve, kinds="2d, 1d")
def solve_vector(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    b_bar = np.linalg.solve(a.T, z_bar)
    if np.iscomplexobj(z):
        return real_like(-np.outer(b_bar, z), a), real_like(b_bar, b)
    return -np.outer(b_bar, z), b_bar


@adjoint(np.linalg.solve, kinds="2d, 2d")
def solve_matrix(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    b_bar = np.linalg.solve(a.T, z_bar)
    if np.iscomplexobj(z):
        return real_like(-b_bar @ z.T, a), real_like(b_bar, b)
    return -b_bar @ z.T, b_bar


@adjoint(np.linalg.solve)
def solve(z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    b_bar = np.linalg.solve(np.swapaxes(a, -1, -2), z_bar[..., np.newaxis] if b.ndim == 1 else z_bar)
    a_bar = -b_bar @ np.swapaxes(z[..., np.newaxis] if b.ndim == 1 else z, -1, -2)
    a_bar, b_bar = sum_to(a_bar, a.shape), sum_to(b_bar[..., 0] if b.ndim == 1 else b_bar, b.shape)
    if np.iscomplexobj(z):
        return real_like(a_bar, a), real_like(b_bar, b)
    return a_bar, b_bar


@adjoint(np.linalg.cholesky)
def cholesky(z_bar: Any, z: Any, a: Any, *, upper: bool = False) -> Any:
    return cholesky_adjoint(z_bar, z, upper)


@adjoint(np.linalg.eigh)
def eigh(z_bar: Any, z: Any, a: Any, UPLO: Any = "L") -> Any:
    return eigh_adjoint(z_bar[0], z_bar[1], z[0], z[1], UPLO.upper() == "L")


@adjoint(np.linalg.eigvalsh)
def eigvalsh(z_bar: Any, z: Any, a: Any, UPLO: Any = "L") -> Any:
    return eigh_adjoint(z_bar, None, z, np.linalg.eigh(a, UPLO)[1], UPLO.upper() == "L")


@adjoint(np.linalg.eig)
def eig(z_bar: Any, z: Any, a: Any) -> Any:
    return eig_adjoint(z_bar[0], z_bar[1], a, z[0], z[1])


@adjoint(np.linalg.eigvals)
def eigvals(z_bar: Any, z: Any, a: Any) -> Any:
    return eig_adjoint(z_bar, None, a, z, np.linalg.eig(a)[1])


@adjoint(np.linalg.svd)
def svd(z_bar: Any, z: Any, a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    if compute_uv:
        return svd_adjoint(z_bar[0], z_bar[1], z_bar[2], z[0], z[1], z[2])
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return svd_adjoint(None, z_bar, None, u, s, vh)


@adjoint(np.linalg.svdvals)
def svdvals(z_bar: Any, z: Any, x: Any) -> Any:
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return svd_adjoint(None, z_bar, None, u, s, vh)


@adjoint(np.linalg.qr)
def qr(z_bar: Any, z: Any, a: Any) -> Any:
    return qr_adjoint(z_bar[0], z_bar[1], a, z[0], z[1])


@adjoint(np.linalg.pinv)
def pinv(z_bar: Any, z: Any, a: Any, rcond: Any = None) -> Any:
    return pinv_adjoint(z_bar, a, z)


@adjoint(np.linalg.lstsq)
def lstsq(z_bar: Any, z: Any, a: Any, b: Any, rcond: Any = None) -> Any:
    return lstsq_adjoint(0, z_bar, z, a, b), lstsq_adjoint(1, z_bar, z, a, b)


@adjoint(np.linalg.norm)
def norm(z_bar: Any, z: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord is None and axis is None and not np.iscomplexobj(x):
        # The division is by 1 at the origin: the derivative is taken as 0.
        return z_bar * x / (z + (z == 0))
    return norm_adjoint(z_bar, z, x, ord, axis, keepdims)


@adjoint(np.linalg.vector_norm)
def vector_norm(z_bar: Any, z: Any, x: Any, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    if axis is None:
        return norm_adjoint(z_bar, z, np.ravel(x), ord, 0, False).reshape(np.shape(x))
    return norm_adjoint(z_bar, z, x, ord, axis, keepdims)


@adjoint(np.linalg.matrix_norm)
def matrix_norm(z_bar: Any, z: Any, x: Any, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return norm_adjoint(z_bar, z, x, ord, (-2, -1), keepdims)


@adjoint(np.linalg.matrix_power, arguments=("a",))
def matrix_power(z_bar: Any, z: Any, a: Any, n: int) -> Any:
    return matrix_power_adjoint(z_bar, a, n)


@adjoint(np.linalg.multi_dot)
def multi_dot(z_bar: Any, z: Any, arrays: Any) -> Any:
    return multi_dot_adjoint(z_bar, arrays)


@adjoint(np.linalg.trace)
def trace(z_bar: Any, z: Any, x: Any, *, offset: int = 0) -> Any:
    return diagonal_adjoint(np.expand_dims(z_bar, -1), x.shape, offset, -2, -1)


@adjoint(np.linalg.diagonal)
def diagonal(z_bar: Any, z: Any, x: Any, *, offset: int = 0) -> Any:
    return diagonal_adjoint(z_bar, x.shape, offset, -2, -1)


@adjoint(np.linalg.matrix_transpose)
def matrix_transpose(z_bar: Any, z: Any, x: Any) -> Any:
    return np.swapaxes(z_bar, -1, -2)
