"""Rules for ``scipy.linalg``.  Options that overwrite an argument, or promise a structure, are not taken."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from srcgrad.rules.registry import adjoint
from srcgrad.runtime import (
    cholesky_adjoint,
    cofactors,
    eigh_adjoint,
    norm_adjoint,
    pinv_adjoint,
    real_like,
    svd_adjoint,
)


@adjoint(linalg.inv)
def inv(z_bar: Any, z: Any, a: Any, *, check_finite: bool = True) -> Any:
    if a.ndim == 2:
        return -z.T @ z_bar @ z.T
    return -np.swapaxes(z, -1, -2) @ z_bar @ np.swapaxes(z, -1, -2)


@adjoint(linalg.det)
def det(z_bar: Any, z: Any, a: Any, *, check_finite: bool = True) -> Any:
    if a.ndim == 2:
        return z_bar * cofactors(a)
    return z_bar[..., np.newaxis, np.newaxis] * cofactors(a)


@adjoint(linalg.solve, kinds="2d, 1d")
def solve_vector(z_bar: Any, z: Any, a: Any, b: Any, *, check_finite: bool = True) -> Any:
    b_bar = linalg.solve(a.T, z_bar)
    if np.iscomplexobj(z):
        return real_like(-np.outer(b_bar, z), a), real_like(b_bar, b)
    return -np.outer(b_bar, z), b_bar


@adjoint(linalg.solve, kinds="2d, 2d")
def solve_matrix(z_bar: Any, z: Any, a: Any, b: Any, *, check_finite: bool = True) -> Any:
    b_bar = linalg.solve(a.T, z_bar)
    if np.iscomplexobj(z):
        return real_like(-b_bar @ z.T, a), real_like(b_bar, b)
    return -b_bar @ z.T, b_bar


@adjoint(linalg.solve_triangular, kinds="2d, 1d")
@adjoint(linalg.solve_triangular, kinds="2d, 2d")
def solve_triangular(
    z_bar: Any,
    z: Any,
    a: Any,
    b: Any,
    trans: Any = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
    *,
    check_finite: bool = True,
) -> Any:
    if trans == 0 or trans == "N":
        b_bar = linalg.solve_triangular(a, z_bar, 1, lower, unit_diagonal)
        left, right = b_bar, z
    elif trans == 1 or trans == "T":
        b_bar = linalg.solve_triangular(a, z_bar, 0, lower, unit_diagonal)
        left, right = z, b_bar
    else:
        b_bar = np.conj(linalg.solve_triangular(a, np.conj(z_bar), 0, lower, unit_diagonal))
        left, right = np.conj(z), np.conj(b_bar)
    if b.ndim == 1:
        full = np.outer(left, right)
    else:
        full = left @ right.T
    if np.iscomplexobj(z):
        full = real_like(full, a)
        b_bar = real_like(b_bar, b)
    if lower:
        return -np.tril(full, -1 if unit_diagonal else 0), b_bar
    return -np.triu(full, 1 if unit_diagonal else 0), b_bar


@adjoint(linalg.cholesky)
def cholesky(z_bar: Any, z: Any, a: Any, lower: bool = False, *, check_finite: bool = True) -> Any:
    return cholesky_adjoint(z_bar, z, not lower)


@adjoint(linalg.cho_factor)
def cho_factor(z_bar: Any, z: Any, a: Any, lower: bool = False, *, check_finite: bool = True) -> Any:
    # In the other triangle of the factor the matrix itself is left.
    if lower:
        return cholesky_adjoint(np.tril(z_bar[0]), np.tril(z[0]), False) + np.triu(z_bar[0], 1)
    return cholesky_adjoint(np.triu(z_bar[0]), np.triu(z[0]), True) + np.tril(z_bar[0], -1)


@adjoint(linalg.cho_solve)
def cho_solve(z_bar: Any, z: Any, c_and_lower: Any, b: Any, *, check_finite: bool = True) -> Any:
    b_bar = np.conj(linalg.cho_solve(c_and_lower, np.conj(z_bar)))
    full = -np.outer(b_bar, z) if b.ndim == 1 else -b_bar @ z.T
    factor = np.conj(c_and_lower[0])
    both = full + np.conj(full.T)
    factor_bar = np.tril(both @ np.tril(factor)) if c_and_lower[1] else np.triu(np.triu(factor) @ both)
    if np.iscomplexobj(z):
        return [real_like(factor_bar, factor), None], real_like(b_bar, b)
    return [factor_bar, None], b_bar


@adjoint(linalg.eigh)
def eigh(
    z_bar: Any, z: Any, a: Any, *, lower: bool = True, eigvals_only: bool = False, check_finite: bool = True
) -> Any:
    if eigvals_only:
        return eigh_adjoint(z_bar, None, z, linalg.eigh(a, lower=lower)[1], lower)
    return eigh_adjoint(z_bar[0], z_bar[1], z[0], z[1], lower)


@adjoint(linalg.svdvals)
def svdvals(z_bar: Any, z: Any, a: Any, *, check_finite: bool = True) -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return svd_adjoint(None, z_bar, None, u, s, vh)


@adjoint(linalg.pinv)
def pinv(z_bar: Any, z: Any, a: Any, *, atol: Any = None, rtol: Any = None, check_finite: bool = True) -> Any:
    return pinv_adjoint(z_bar, a, z)


@adjoint(linalg.norm)
def norm(
    z_bar: Any, z: Any, a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False, *, check_finite: bool = True
) -> Any:
    if ord is None and axis is None and not np.iscomplexobj(a):
        # The division is by 1 at the origin: the derivative is taken as 0.
        return z_bar * a / (z + (z == 0))
    return norm_adjoint(z_bar, z, a, ord, axis, keepdims)


@adjoint(linalg.expm, kinds="2d")
def expm(z_bar: Any, z: Any, A: Any) -> Any:
    return linalg.expm_frechet(A.T, z_bar, compute_expm=False).astype(z.dtype)
