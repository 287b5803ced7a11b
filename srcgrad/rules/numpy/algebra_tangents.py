"""Tangents of linear algebra: determinants, solutions, decompositions, norms."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import tangent
from srcgrad.runtime import (
    cholesky_tangent,
    cofactors,
    eig_tangent,
    eigh_tangent,
    lstsq_tangent,
    matrix_power_tangent,
    multi_dot_tangent,
    norm_adjoint,
    pinv_tangent,
    qr_tangent,
    svd_tangent,
)


@tangent(np.linalg.norm)
def norm(x_dot: Any, z: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord is None and axis is None and not keepdims and not np.iscomplexobj(x):
        # The division is by 1 at the origin: the derivative is taken as 0.
        return np.sum(x * x_dot) / (z + (z == 0))
    slope = norm_adjoint(np.ones_like(z), z, x, ord, axis, keepdims)
    return np.real(np.sum(slope * x_dot, axis=axis, keepdims=keepdims))


@tangent(np.linalg.vector_norm)
def vector_norm(x_dot: Any, z: Any, x: Any, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    if axis is None:
        slope = norm_adjoint(np.ones(()), np.sum(z), np.ravel(x), ord, 0, False)
        return np.real(np.sum(slope * np.ravel(x_dot))) * np.ones_like(z)
    slope = norm_adjoint(np.ones_like(z), z, x, ord, axis, keepdims)
    return np.real(np.sum(slope * x_dot, axis=axis, keepdims=keepdims))


@tangent(np.linalg.matrix_norm)
def matrix_norm(x_dot: Any, z: Any, x: Any, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    slope = norm_adjoint(np.ones_like(z), z, x, ord, (-2, -1), keepdims)
    return np.real(np.sum(slope * x_dot, axis=(-2, -1), keepdims=keepdims))


@tangent(np.linalg.inv)
def inv(a_dot: Any, z: Any, a: Any) -> Any:
    return -z @ a_dot @ z


@tangent(np.linalg.det)
def det(a_dot: Any, z: Any, a: Any) -> Any:
    return np.sum(cofactors(a) * a_dot, axis=(-2, -1))


@tangent(np.linalg.slogdet)
def slogdet(a_dot: Any, z: Any, a: Any) -> Any:
    slope = np.trace(np.linalg.solve(a, a_dot), axis1=-2, axis2=-1)
    if np.iscomplexobj(a):
        return 1j * np.imag(slope) * z[0], np.real(slope)
    return np.zeros_like(slope), slope


@tangent(np.linalg.solve)
def solve(a_dot: Any, b_dot: Any, z: Any, a: Any, b: Any) -> Any:
    if b.ndim == 1 and a.ndim > 2:
        rest = b_dot - np.matvec(a_dot, z)
        return np.linalg.solve(a, rest[..., np.newaxis])[..., 0]
    return np.linalg.solve(a, b_dot - a_dot @ z)


@tangent(np.linalg.cholesky)
def cholesky(a_dot: Any, z: Any, a: Any, *, upper: bool = False) -> Any:
    return cholesky_tangent(a_dot, z, upper)


@tangent(np.linalg.eigh)
def eigh(a_dot: Any, z: Any, a: Any, UPLO: Any = "L") -> Any:
    return eigh_tangent(a_dot, z[0], z[1], UPLO.upper() == "L")


@tangent(np.linalg.eigvalsh)
def eigvalsh(a_dot: Any, z: Any, a: Any, UPLO: Any = "L") -> Any:
    return eigh_tangent(a_dot, z, np.linalg.eigh(a, UPLO)[1], UPLO.upper() == "L")[0]


@tangent(np.linalg.eig)
def eig(a_dot: Any, z: Any, a: Any) -> Any:
    return eig_tangent(a_dot, z[0], z[1])


@tangent(np.linalg.eigvals)
def eigvals(a_dot: Any, z: Any, a: Any) -> Any:
    return eig_tangent(a_dot, z, np.linalg.eig(a)[1])[0]


@tangent(np.linalg.svd)
def svd(a_dot: Any, z: Any, a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    if compute_uv:
        return svd_tangent(a_dot, z[0], z[1], z[2])
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return svd_tangent(a_dot, u, s, vh)[1]


@tangent(np.linalg.svdvals)
def svdvals(x_dot: Any, z: Any, x: Any) -> Any:
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return svd_tangent(x_dot, u, s, vh)[1]


@tangent(np.linalg.qr)
def qr(a_dot: Any, z: Any, a: Any) -> Any:
    return qr_tangent(a_dot, z[0], z[1])


@tangent(np.linalg.pinv)
def pinv(a_dot: Any, z: Any, a: Any, rcond: Any = None) -> Any:
    return pinv_tangent(a_dot, a, z)


@tangent(np.linalg.lstsq)
def lstsq(a_dot: Any, b_dot: Any, z: Any, a: Any, b: Any, rcond: Any = None) -> Any:
    return lstsq_tangent(a_dot, b_dot, z, a, b)


@tangent(np.linalg.multi_dot)
def multi_dot(arrays_dot: Any, z: Any, arrays: Any) -> Any:
    return multi_dot_tangent(arrays_dot, arrays)


@tangent(np.linalg.matrix_power)
def matrix_power(a_dot: Any, z: Any, a: Any, n: int) -> Any:
    return matrix_power_tangent(a_dot, a, n)
