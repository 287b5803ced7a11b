"""What the tangents of linear algebra call; all work on stacks of matrices.

A function that reads one triangle of a symmetric matrix takes the tangent in that triangle.  The formulas are those of
Giles (An extended collection of matrix derivative results, 2008), with conjugates for complex matrices.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime.linalg import _adjoint, _diagonal, _diagonal_matrix, _inverse_gaps, _transpose


def _hermitian(a_dot: Any, lower: bool) -> Any:
    """The Hermitian matrix of which one triangle is given."""
    strict = np.tril(a_dot, -1) if lower else np.triu(a_dot, 1)
    return strict + _adjoint(strict) + _diagonal_matrix(np.real(_diagonal(a_dot)))


def cholesky_tangent(a_dot: Any, z: Any, upper: bool = False) -> Any:
    """The tangent of ``np.linalg.cholesky``, from the triangle that it reads."""
    factor = _adjoint(z) if upper else z
    half = np.linalg.solve(factor, _hermitian(a_dot, not upper))
    inner = np.tril(_adjoint(np.linalg.solve(factor, _adjoint(half))))
    factor_dot = factor @ (inner - 0.5 * _diagonal_matrix(_diagonal(inner)))
    return _adjoint(factor_dot) if upper else factor_dot


def eigh_tangent(a_dot: Any, w: Any, v: Any, lower: bool = True) -> Any:
    """The tangents of the values and the vectors of ``np.linalg.eigh``, from the triangle that it reads."""
    inner = _adjoint(v) @ _hermitian(a_dot, lower) @ v
    return np.real(_diagonal(inner)), v @ (inner * _inverse_gaps(w))


def eig_tangent(a_dot: Any, w: Any, v: Any) -> Any:
    """The tangents of ``np.linalg.eig``: vectors of length 1 whose largest component is real."""
    inner = np.linalg.solve(v, a_dot @ v)
    v_dot = v @ (inner * _inverse_gaps(w))
    v_dot = v_dot - v * np.real(np.sum(np.conj(v) * v_dot, axis=-2, keepdims=True))
    if np.iscomplexobj(v):
        largest = np.argmax(np.abs(v), axis=-2)[..., np.newaxis, :]
        turn = np.imag(np.take_along_axis(v_dot, largest, axis=-2)) / np.take_along_axis(v, largest, axis=-2)
        v_dot = v_dot - 1j * turn * v
    return _diagonal(inner), v_dot


def svd_tangent(a_dot: Any, u: Any, s: Any, vh: Any) -> Any:
    """The tangents of ``np.linalg.svd``.

    With ``full_matrices`` the surplus columns of ``u`` and rows of ``vh`` are taken along without turning among
    themselves; what does not depend on their arbitrary choice has this derivative.
    """
    k = s.shape[-1]
    u_thin, v_thin = u[..., :k], _adjoint(vh)[..., :, :k]
    inner = _adjoint(u_thin) @ a_dot @ v_thin
    s_row = s[..., np.newaxis, :]
    s_column = _transpose(s_row)
    inverse = (s_row != 0) / np.where(s_row == 0, 1, s_row)
    gaps = _inverse_gaps(s * s)
    u_turn = gaps * (inner * s_row + s_column * _adjoint(inner))
    v_turn = gaps * (s_column * inner + _adjoint(inner) * s_row)
    if np.iscomplexobj(u):
        u_turn = u_turn + _diagonal_matrix(1j * np.imag(_diagonal(inner)) * inverse[..., 0, :])
    u_dot = u_thin @ u_turn + (a_dot @ v_thin - u_thin @ inner) * inverse
    v_dot = v_thin @ v_turn + (_adjoint(a_dot) @ u_thin - v_thin @ _adjoint(inner)) * inverse
    if u.shape[-1] > k:
        u_dot = np.concatenate([u_dot, -u_thin @ (_adjoint(u_dot) @ u[..., k:])], axis=-1)
    if vh.shape[-2] > k:
        rest = _adjoint(vh)[..., :, k:]
        v_dot = np.concatenate([v_dot, -v_thin @ (_adjoint(v_dot) @ rest)], axis=-1)
    return u_dot, np.real(_diagonal(inner)), _adjoint(v_dot)


def qr_tangent(a_dot: Any, q: Any, r: Any) -> Any:
    """The tangents of ``np.linalg.qr`` in its reduced form."""
    m = q.shape[-1]
    square = r[..., :m]
    solved = _transpose(np.linalg.solve(_transpose(square), _transpose(a_dot[..., :m])))
    inner = _adjoint(q) @ solved
    below = np.tril(inner, -1)
    turn = below - _adjoint(below)
    if np.iscomplexobj(q):
        turn = turn + _diagonal_matrix(1j * np.imag(_diagonal(inner)))
    q_dot = q @ turn + solved - q @ inner
    return q_dot, np.triu(_adjoint(q) @ a_dot - turn @ r)


def pinv_tangent(a_dot: Any, a: Any, z: Any) -> Any:
    """The tangent of ``np.linalg.pinv``, among the matrices of the same rank (Golub and Pereyra, 1973)."""
    turned = _adjoint(a_dot)
    outside = z @ _adjoint(z) @ (turned - turned @ a @ z)
    inside = (turned - z @ a @ turned) @ _adjoint(z) @ z
    return outside + inside - z @ a_dot @ z


def lstsq_tangent(a_dot: Any, b_dot: Any, z: Any, a: Any, b: Any) -> Any:
    """The tangents of what ``np.linalg.lstsq`` returns, among the matrices of the same rank."""
    x, residuals, _, s = z
    inverse = np.linalg.pinv(a)
    x_dot = pinv_tangent(a_dot, a, inverse) @ b + inverse @ b_dot
    # At the least squares the residual varies with a and b alone, not through x.
    rest_dot = np.conj(b - a @ x) * (b_dot - a_dot @ x)
    squares_dot = 2.0 * np.real(np.sum(rest_dot, axis=0))
    residuals_dot = squares_dot.reshape(np.shape(residuals)) if residuals.size else residuals
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return x_dot, residuals_dot, 0.0, np.real(_diagonal(_adjoint(u) @ a_dot @ _adjoint(vh))).astype(s.dtype)


def multi_dot_tangent(arrays_dot: Any, arrays: Any) -> Any:
    """The tangent of ``np.linalg.multi_dot``: a sum in which each of the factors varies once."""
    total = 0.0
    for k, array_dot in enumerate(arrays_dot):
        total = total + np.linalg.multi_dot([*arrays[:k], array_dot, *arrays[k + 1 :]])
    return total


def matrix_power_tangent(a_dot: Any, a: Any, n: int) -> Any:
    """The tangent of ``np.linalg.matrix_power``."""
    if n < 0:
        inverse = np.linalg.inv(a)
        return matrix_power_tangent(-inverse @ a_dot @ inverse, inverse, -n)
    z_dot = np.zeros_like(a)
    power = np.zeros_like(a) + np.eye(a.shape[-1], dtype=a.dtype)
    for _ in range(n):
        z_dot = z_dot @ a + power @ a_dot
        power = power @ a
    return z_dot
