"""Functions of ``scipy.linalg``, ``scipy.integrate`` and ``scipy.fft`` that are told in terms of others."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from scipy import fft, integrate, linalg

from srcgrad.rules.registry import definition

# Integrals of samples.


@definition(integrate.cumulative_trapezoid, kinds="1d")
def cumulative_trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1, initial: Any = None) -> Any:
    width = dx if x is None else np.diff(x)
    z = np.cumsum(0.5 * width * (y[1:] + y[:-1]))
    if initial is None:
        return z
    return np.append(0.0, z)


# Special matrices.


@definition(linalg.block_diag, kinds="2d, 2d")
def block_diag(a: Any, b: Any) -> Any:
    upper = np.concatenate((a, np.zeros((a.shape[0], b.shape[1]))), axis=1)
    lower = np.concatenate((np.zeros((b.shape[0], a.shape[1])), b), axis=1)
    return np.concatenate((upper, lower))


@definition(linalg.circulant, kinds="1d")
def circulant(c: Any) -> Any:
    places = np.arange(len(c))
    return c[(places[:, np.newaxis] - places) % len(c)]


@definition(linalg.toeplitz, kinds="1d")
def toeplitz(c: Any) -> Any:
    places = np.arange(len(c))
    distance = places[:, np.newaxis] - places
    if np.iscomplexobj(c):
        return np.where(distance >= 0, c[np.abs(distance)], np.conj(c[np.abs(distance)]))
    return c[np.abs(distance)]


@definition(linalg.toeplitz, kinds="1d, 1d")
def toeplitz_of_two(c: Any, r: Any) -> Any:
    values = np.concatenate((c[::-1], r[1:]))
    return values[len(c) - 1 - np.arange(len(c))[:, np.newaxis] + np.arange(len(r))]


@definition(linalg.hankel, kinds="1d, 1d")
def hankel(c: Any, r: Any) -> Any:
    values = np.concatenate((c, r[1:]))
    return values[np.arange(len(c))[:, np.newaxis] + np.arange(len(r))]


@definition(linalg.companion, kinds="1d")
def companion(a: Any) -> Any:
    return np.concatenate((-(a[1:] / a[0])[np.newaxis], np.eye(len(a) - 1)[:-1]))


# Decompositions and equations.


@definition(linalg.eigvalsh, kinds="2d")
def eigvalsh(a: Any, *, lower: bool = True) -> Any:
    return np.linalg.eigvalsh(a, "L" if lower else "U")


@definition(linalg.lstsq, kinds="2d, nd")
def lstsq(a: Any, b: Any) -> Any:
    return np.linalg.lstsq(a, b)


@definition(linalg.svd, kinds="2d")
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    if compute_uv:
        return np.linalg.svd(a, full_matrices=full_matrices)
    return np.linalg.svd(a, compute_uv=False)


@definition(linalg.qr, kinds="2d")
def qr(a: Any, overwrite_a: bool = False, lwork: Any = None, mode: Literal["economic"] = "economic") -> Any:
    return np.linalg.qr(a)


@definition(linalg.solve, kinds="2d, nd")
def solve(a: Any, b: Any, *, assume_a: Literal["gen", "general"] = "gen", transposed: bool = False) -> Any:
    if transposed:
        return linalg.solve(a.T, b)
    return linalg.solve(a, b)


@definition(linalg.solve_sylvester, kinds="2d, 2d, 2d")
def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    operator = np.kron(a, np.eye(b.shape[0])) + np.kron(np.eye(a.shape[0]), b.T)
    return np.linalg.solve(operator, np.ravel(q)).reshape(q.shape)


@definition(linalg.solve_continuous_lyapunov, kinds="2d, 2d")
def solve_continuous_lyapunov(a: Any, q: Any) -> Any:
    operator = np.kron(a, np.eye(a.shape[0])) + np.kron(np.eye(a.shape[0]), np.conj(a))
    return np.linalg.solve(operator, np.ravel(q)).reshape(q.shape)


@definition(linalg.solve_discrete_lyapunov, kinds="2d, 2d")
def solve_discrete_lyapunov(a: Any, q: Any) -> Any:
    operator = np.eye(q.size) - np.kron(a, np.conj(a))
    return np.linalg.solve(operator, np.ravel(q)).reshape(q.shape)


@definition(linalg.solve_toeplitz, kinds="1d, nd")
def solve_toeplitz(c_or_cr: Any, b: Any) -> Any:
    return np.linalg.solve(linalg.toeplitz(c_or_cr), b)


# Fourier transforms of several axes.


@definition(fft.rfftn)
def rfftn(x: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    return np.fft.rfftn(x, s, axes, norm)


@definition(fft.irfftn)
def irfftn(x: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    return np.fft.irfftn(x, s, axes, norm)


@definition(fft.rfft2)
def rfft2(x: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return np.fft.rfft2(x, s, axes, norm)


@definition(fft.irfft2)
def irfft2(x: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return np.fft.irfft2(x, s, axes, norm)


# Cosine and sine transforms: one small matrix, made of the transform of the unit vectors.


@definition(fft.dct)
def dct(x: Any, type: int = 2, n: None = None, axis: int = -1, norm: Any = None) -> Any:
    matrix = fft.dct(np.eye(np.shape(x)[axis]), type=type, axis=0, norm=norm)
    return np.moveaxis(np.tensordot(matrix, x, axes=(1, axis)), 0, axis)


@definition(fft.idct)
def idct(x: Any, type: int = 2, n: None = None, axis: int = -1, norm: Any = None) -> Any:
    matrix = fft.idct(np.eye(np.shape(x)[axis]), type=type, axis=0, norm=norm)
    return np.moveaxis(np.tensordot(matrix, x, axes=(1, axis)), 0, axis)


@definition(fft.dst)
def dst(x: Any, type: int = 2, n: None = None, axis: int = -1, norm: Any = None) -> Any:
    matrix = fft.dst(np.eye(np.shape(x)[axis]), type=type, axis=0, norm=norm)
    return np.moveaxis(np.tensordot(matrix, x, axes=(1, axis)), 0, axis)


@definition(fft.idst)
def idst(x: Any, type: int = 2, n: None = None, axis: int = -1, norm: Any = None) -> Any:
    matrix = fft.idst(np.eye(np.shape(x)[axis]), type=type, axis=0, norm=norm)
    return np.moveaxis(np.tensordot(matrix, x, axes=(1, axis)), 0, axis)
