"""Tangents of ``scipy.linalg``; those of NumPy's functions where the two mean the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from srcgrad.rules.registry import tangent
from srcgrad.runtime import cholesky_tangent, cofactors, eigh_tangent, norm_adjoint, pinv_tangent, svd_tangent


@tangent(linalg.inv)
def inv(a_dot: Any, z: Any, a: Any, *, check_finite: bool = True) -> Any:
    return -z @ a_dot @ z


@tangent(linalg.det)
def det(a_dot: Any, z: Any, a: Any, *, check_finite: bool = True) -> Any:
    return np.sum(cofactors(a) * a_dot, axis=(-2, -1))


@tangent(linalg.solve, kinds="2d, 1d")
@tangent(linalg.solve, kinds="2d, 2d")
def solve(a_dot: Any, b_dot: Any, z: Any, a: Any, b: Any, *, check_finite: bool = True) -> Any:
    return linalg.solve(a, b_dot - a_dot @ z)


@tangent(linalg.solve_triangular, kinds="2d, 1d")
@tangent(linalg.solve_triangular, kinds="2d, 2d")
def solve_triangular(
    a_dot: Any,
    b_dot: Any,
    z: Any,
    a: Any,
    b: Any,
    trans: Any = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
    *,
    check_finite: bool = True,
) -> Any:
    if lower:
        read = np.tril(a_dot, -1 if unit_diagonal else 0)
    else:
        read = np.triu(a_dot, 1 if unit_diagonal else 0)
    if trans == 0 or trans == "N":
        rest = b_dot - read @ z
    elif trans == 1 or trans == "T":
        rest = b_dot - read.T @ z
    else:
        rest = b_dot - np.conj(read.T) @ z
    return linalg.solve_triangular(a, rest, trans, lower, unit_diagonal)


@tangent(linalg.cholesky)
def cholesky(a_dot: Any, z: Any, a: Any, lower: bool = False, *, check_finite: bool = True) -> Any:
    return cholesky_tangent(a_dot, z, not lower)


@tangent(linalg.cho_factor)
def cho_factor(a_dot: Any, z: Any, a: Any, lower: bool = False, *, check_finite: bool = True) -> Any:
    # In the other triangle of the factor the matrix itself is left.
    if lower:
        return cholesky_tangent(a_dot, np.tril(z[0]), False) + np.triu(a_dot, 1), None
    return cholesky_tangent(a_dot, np.triu(z[0]), True) + np.tril(a_dot, -1), None


@tangent(linalg.cho_solve)
def cho_solve(c_and_lower_dot: Any, b_dot: Any, z: Any, c_and_lower: Any, b: Any, *, check_finite: bool = True) -> Any:
    if c_and_lower[1]:
        factor = np.tril(c_and_lower[0])
        factor_dot = np.tril(c_and_lower_dot[0])
    else:
        factor = np.conj(np.triu(c_and_lower[0]).T)
        factor_dot = np.conj(np.triu(c_and_lower_dot[0]).T)
    half = factor_dot @ np.conj(factor.T)
    return linalg.cho_solve(c_and_lower, b_dot - (half + np.conj(half.T)) @ z)


@tangent(linalg.eigh)
def eigh(
    a_dot: Any, z: Any, a: Any, *, lower: bool = True, eigvals_only: bool = False, check_finite: bool = True
) -> Any:
    if eigvals_only:
        return eigh_tangent(a_dot, z, linalg.eigh(a, lower=lower)[1], lower)[0]
    return eigh_tangent(a_dot, z[0], z[1], lower)


@tangent(linalg.svdvals)
def svdvals(a_dot: Any, z: Any, a: Any, *, check_finite: bool = True) -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return svd_tangent(a_dot, u, s, vh)[1]


@tangent(linalg.pinv)
def pinv(a_dot: Any, z: Any, a: Any, *, atol: Any = None, rtol: Any = None, check_finite: bool = True) -> Any:
    return pinv_tangent(a_dot, a, z)


@tangent(linalg.norm)
def norm(
    a_dot: Any, z: Any, a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False, *, check_finite: bool = True
) -> Any:
    if ord is None and axis is None and not keepdims and not np.iscomplexobj(a):
        # The division is by 1 at the origin: the derivative is taken as 0.
        return np.sum(a * a_dot) / (z + (z == 0))
    slope = norm_adjoint(np.ones_like(z), z, a, ord, axis, keepdims)
    return np.real(np.sum(slope * a_dot, axis=axis, keepdims=keepdims))


@tangent(linalg.expm, kinds="2d")
def expm(A_dot: Any, z: Any, A: Any) -> Any:
    return linalg.expm_frechet(A, A_dot, compute_expm=False).astype(z.dtype)
