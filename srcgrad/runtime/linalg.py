"""What the rules for linear algebra call.

All work on stacks of matrices.  Adjoints are those of df = Re(sum(a_bar * da)), so transposes appear without a
conjugate; the textbook's formulas for complex matrices are used with conjugates on the way in and out.  A function that
reads one triangle of a symmetric matrix has its derivative in that triangle.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime.arrays import real_like


def _transpose(a: Any) -> Any:
    return np.swapaxes(a, -1, -2)


def _adjoint(a: Any) -> Any:
    return np.conj(np.swapaxes(a, -1, -2))


def _diagonal(a: Any) -> Any:
    return np.diagonal(a, axis1=-2, axis2=-1)


def _diagonal_matrix(d: Any) -> Any:
    return d[..., np.newaxis] * np.eye(d.shape[-1], dtype=d.dtype)


def _inverse_gaps(values: Any) -> Any:
    """1 / (values[j] - values[i]), and 0 where the two are equal."""
    gaps = values[..., np.newaxis, :] - values[..., :, np.newaxis]
    return (gaps != 0) / np.where(gaps == 0, 1, gaps)


def _require_no_phase(phase: Any, what: str) -> None:
    """Refuse what depends on the phases of complex vectors, which the decomposition leaves open."""
    if phase.size and np.max(np.abs(phase)) > 1e-6:
        raise ValueError(f"the result depends on the phases of the {what}, which are arbitrary: it has no derivative")


def _in_triangle(hermitian: Any, lower: bool) -> Any:
    """The derivative in one triangle of what is given as a derivative in a Hermitian matrix."""
    strict = np.tril(hermitian, -1) if lower else np.triu(hermitian, 1)
    return 2.0 * strict + _diagonal_matrix(_diagonal(hermitian))


def cofactors(a: Any) -> Any:
    """The derivative of the determinant, for singular matrices, too."""
    u, s, vh = np.linalg.svd(a)
    others = np.empty_like(s)
    for i in range(s.shape[-1]):
        others[..., i] = np.prod(np.delete(s, i, axis=-1), axis=-1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return sign[..., np.newaxis, np.newaxis] * ((np.conj(u) * others[..., np.newaxis, :]) @ np.conj(vh))


def matrix_power_adjoint(z_bar: Any, a: Any, n: int) -> Any:
    """The adjoint of ``np.linalg.matrix_power``."""
    if n < 0:
        inverse = np.linalg.inv(a)
        return -_transpose(inverse) @ matrix_power_adjoint(z_bar, inverse, -n) @ _transpose(inverse)
    a_bar = np.zeros_like(a)
    # Horner's scheme for the sum over i of a.T ** i @ z_bar @ a.T ** (n - 1 - i).
    right = z_bar
    for i in range(n):
        a_bar = _transpose(a) @ a_bar + right
        if i < n - 1:
            right = right @ _transpose(a)
    return a_bar


def cholesky_adjoint(z_bar: Any, z: Any, upper: bool = False) -> Any:
    """The adjoint of ``np.linalg.cholesky``, in the triangle that it reads."""
    factor, slope = (_adjoint(z), _transpose(z_bar)) if upper else (z, np.conj(z_bar))
    inner = np.tril(_adjoint(factor) @ slope)
    inner = inner - 0.5 * _diagonal_matrix(_diagonal(inner))
    half = np.linalg.solve(_adjoint(factor), _adjoint(np.linalg.solve(_adjoint(factor), _adjoint(inner))))
    return np.conj(_in_triangle(0.5 * (half + _adjoint(half)), lower=not upper))


def eigh_adjoint(w_bar: Any, v_bar: Any, w: Any, v: Any, lower: bool = True) -> Any:
    """The adjoint of ``np.linalg.eigh`` (``v_bar`` may be None), in the triangle that it reads."""
    inner = _diagonal_matrix(w_bar)
    if v_bar is not None:
        turned = _adjoint(v) @ np.conj(v_bar)
        if np.iscomplexobj(v):
            _require_no_phase(np.imag(_diagonal(turned)), "eigenvectors")
        mixed = turned * _inverse_gaps(w)
        inner = inner + 0.5 * (mixed + _adjoint(mixed))
    return np.conj(_in_triangle(v @ inner @ _adjoint(v), lower))


def eig_adjoint(w_bar: Any, v_bar: Any, a: Any, w: Any, v: Any) -> Any:
    """The adjoint of ``np.linalg.eig`` (``v_bar`` may be None): vectors of length 1 whose largest component is real."""
    inner = _diagonal_matrix(np.asarray(w_bar))
    if v_bar is not None:
        along = np.sum(v_bar * v, axis=-2, keepdims=True)
        largest = np.argmax(np.abs(v), axis=-2)[..., np.newaxis, :]
        free = v_bar - np.real(along) * np.conj(v)
        if np.iscomplexobj(v):
            phase = np.zeros_like(v)
            turn = 1j * np.imag(along) / np.take_along_axis(v, largest, axis=-2)
            np.put_along_axis(phase, largest, turn, axis=-2)
            free = free - phase
        inner = inner + (_transpose(v) @ free) * _inverse_gaps(w)
    a_bar = np.linalg.solve(_transpose(v), inner @ _transpose(v))
    return a_bar if np.iscomplexobj(a) else np.real(a_bar)


def svd_adjoint(u_bar: Any, s_bar: Any, vh_bar: Any, u: Any, s: Any, vh: Any) -> Any:
    """The adjoint of ``np.linalg.svd`` (``u_bar`` and ``vh_bar`` may both be None).

    With ``full_matrices`` the surplus columns of ``u`` and rows of ``vh`` are arbitrary: they may not matter.
    """
    k = s.shape[-1]
    inner = _diagonal_matrix(s_bar)
    if u_bar is None:
        return np.conj(u[..., :k] @ inner @ vh[..., :k, :])
    if np.any(u_bar[..., k:]) or np.any(vh_bar[..., k:, :]):
        raise ValueError("the surplus singular vectors are arbitrary: differentiate svd with full_matrices=False")
    u, vh, g_u, g_v = u[..., :k], vh[..., :k, :], np.conj(u_bar[..., :k]), _transpose(vh_bar[..., :k, :])
    v = _adjoint(vh)
    s_row = s[..., np.newaxis, :]
    inverse = (s_row != 0) / np.where(s_row == 0, 1, s_row)
    u_turned, v_turned = _adjoint(u) @ g_u, _adjoint(v) @ g_v
    u_skew, v_skew = u_turned - _adjoint(u_turned), v_turned - _adjoint(v_turned)
    gaps = _inverse_gaps(s * s)
    inner = inner + (u_skew * gaps) * s_row + _transpose(s_row) * (v_skew * gaps)
    if np.iscomplexobj(u):
        _require_no_phase(np.imag(_diagonal(u_turned) + _diagonal(v_turned)), "singular vectors")
        inner = inner + _diagonal_matrix(_diagonal(u_skew) * inverse[..., 0, :] / 2.0)
    g_a = u @ inner @ vh
    if u.shape[-2] > k:
        g_a = g_a + (g_u - u @ u_turned) * inverse @ vh
    if vh.shape[-1] > k:
        g_a = g_a + (u * inverse) @ _adjoint(g_v - v @ v_turned)
    return np.conj(g_a)


def qr_adjoint(q_bar: Any, r_bar: Any, a: Any, q: Any, r: Any) -> Any:
    """The adjoint of ``np.linalg.qr`` in its reduced form (``q_bar`` may be None)."""
    m, n = a.shape[-2:]
    g_q = np.zeros_like(q) if q_bar is None else np.conj(q_bar)
    g_r = np.conj(r_bar)
    rest = g_r[..., m:]
    if m < n:
        # The columns beyond a square are q times their part of r.
        g_q = g_q + a[..., m:] @ _adjoint(rest)
        r, g_r = r[..., :m], g_r[..., :m]
    inner = np.triu(g_r @ _adjoint(r) - _adjoint(q) @ g_q)
    inner = inner + _adjoint(inner)
    inner = inner - 0.5 * _diagonal_matrix(_diagonal(inner))
    g_a = _adjoint(np.linalg.solve(r, _adjoint(g_q + q @ inner)))
    if m < n:
        g_a = np.concatenate([g_a, q @ rest], axis=-1)
    return np.conj(g_a)


def pinv_adjoint(z_bar: Any, a: Any, z: Any) -> Any:
    """The adjoint of ``np.linalg.pinv``, among the matrices of the same rank."""
    g = _transpose(z_bar)
    outside = (g - a @ (z @ g)) @ z @ _adjoint(z)
    inside = _adjoint(z) @ z @ (g - (g @ z) @ a)
    return np.conj(outside + inside) - _transpose(z) @ z_bar @ _transpose(z)


def lstsq_adjoint(which: int, z_bar: Any, z: Any, a: Any, b: Any) -> Any:
    """The adjoint of ``np.linalg.lstsq`` in the matrix or the right side, among the matrices of the same rank."""
    x_bar, residuals_bar, _, s_bar = z_bar
    columns, x = (b[:, np.newaxis], z[0][:, np.newaxis]) if b.ndim == 1 else (b, z[0])
    x_bar = np.reshape(x_bar, x.shape)
    inverse = np.linalg.pinv(a)
    # At the least squares the residual varies with a and b alone, not through x.
    slope = 2.0 * np.conj(columns - a @ x) * residuals_bar if np.size(residuals_bar) else 0.0
    if which == 1:
        return real_like((inverse.T @ x_bar + slope).reshape(b.shape), b)
    a_bar = pinv_adjoint(x_bar @ columns.T, a, inverse)
    if np.size(residuals_bar):
        a_bar = a_bar - slope @ x.T
    if np.any(s_bar):
        u, _, vh = np.linalg.svd(a, full_matrices=False)
        a_bar = a_bar + np.conj((u * s_bar) @ vh)
    return real_like(a_bar, a)


def norm_adjoint(z_bar: Any, z: Any, x: Any, order: Any, axis: Any, keepdims: bool) -> Any:
    """The adjoint of ``np.linalg.norm``; 0 at 0, and equal extremes share."""
    x = np.asarray(x)
    if axis is None and order is None:
        return z_bar * np.conj(x) / (z + (z == 0))
    if axis is None:
        axis = tuple(range(x.ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    if keepdims:
        spread, size = np.asarray(z_bar), np.asarray(z)
    else:
        spread, size = np.expand_dims(z_bar, axes), np.expand_dims(z, axes)
    if order is None or order == "fro" or (order == 2 and len(axes) == 1):
        return spread * np.conj(x) / (size + (size == 0))
    if len(axes) == 1:
        return spread * _vector_norm_slope(x, size, order, axes[0])
    moved = np.moveaxis(x, axes, (-2, -1))
    if order in ("nuc", 2, -2):
        u, s, vh = np.linalg.svd(moved, full_matrices=False)
        if order == "nuc":
            s_bar = (s > np.finfo(s.dtype).eps * s[..., :1]).astype(s.dtype)
        else:
            s_bar = _share(s == (s[..., :1] if order == 2 else s[..., -1:]), -1, s.dtype)
        slope = np.conj((u * s_bar[..., np.newaxis, :]) @ vh)
    elif order in (1, -1, np.inf, -np.inf):
        sums = np.sum(np.abs(moved), axis=-2 if abs(order) == 1 else -1, keepdims=True)
        extreme = (np.max if order > 0 else np.min)(sums, axis=(-2, -1), keepdims=True)
        slope = np.conj(np.sign(moved)) * _share(sums == extreme, (-2, -1), sums.dtype)
    else:
        raise ValueError(f"the norm of order {order!r} is not differentiated")
    return spread * np.moveaxis(slope, (-2, -1), axes)


def _vector_norm_slope(x: Any, size: Any, order: Any, axis: int) -> Any:
    """The derivative of a vector's norm of any order."""
    length = np.abs(x)
    direction = np.conj(np.sign(x))
    if order in (np.inf, -np.inf):
        return direction * _share(length == size, axis, length.dtype)
    if order == 0:
        return np.zeros_like(x)
    if order == 1:
        return direction
    ratio = np.where(length == 0, 1.0, length) / (size + (size == 0))
    return direction * ratio ** (order - 1)


def _share(reached: Any, axis: Any, dtype: Any) -> Any:
    """Equal parts of 1 for those that reach an extreme."""
    return reached / np.sum(reached, axis=axis, keepdims=True, dtype=dtype)
