"""NumPy's functions that are told in terms of others: statistics, sets, linear algebra, transforms."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import definition
from srcgrad.stopping import stop_gradient

# Statistics.


@definition(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
) -> Any:
    rows = np.atleast_2d(m)
    if not rowvar and np.ndim(m) == 2:
        rows = rows.T
    if y is not None:
        others = np.atleast_2d(y)
        if not rowvar and np.ndim(y) == 2:
            others = others.T
        rows = np.concatenate((rows, others), axis=0)
    if ddof is None:
        ddof = 0 if bias else 1
    if fweights is None and aweights is None:
        deviation = rows - np.mean(rows, axis=1, keepdims=True)
        return np.squeeze(deviation @ np.conj(deviation.T) / (rows.shape[1] - ddof))
    if fweights is None:
        weights = aweights
        lost = ddof * np.sum(weights * aweights) / np.sum(weights)
    elif aweights is None:
        weights = fweights
        lost = ddof
    else:
        weights = fweights * aweights
        lost = ddof * np.sum(weights * aweights) / np.sum(weights)
    deviation = rows - np.average(rows, axis=1, weights=weights)[:, np.newaxis]
    return np.squeeze(deviation @ np.conj((deviation * weights).T) / (np.sum(weights) - lost))


@definition(np.corrcoef, kinds="2d")
def corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    c = np.cov(x, y, rowvar)
    d = np.sqrt(np.real(np.diag(c)))
    return c / np.outer(d, d)


@definition(np.corrcoef, kinds="1d, 1d")
def corrcoef_of_two(x: Any, y: Any, rowvar: bool = True) -> Any:
    c = np.cov(x, y)
    d = np.sqrt(np.real(np.diag(c)))
    return c / np.outer(d, d)


@definition(np.histogram)
def histogram(
    a: Any, bins: int | np.ndarray = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    if np.ndim(bins) == 1:
        edges = np.asarray(bins)
    elif range is None:
        edges = np.linspace(np.min(a), np.max(a), bins + 1)
    else:
        edges = np.linspace(range[0], range[1], bins + 1)
    count = len(edges) - 1
    values = np.ravel(a)
    inside = (values >= edges[0]) & (values <= edges[-1])
    places = np.minimum(np.searchsorted(edges, values[inside], side="right") - 1, count - 1)
    if weights is None:
        z = np.bincount(places, minlength=count)
    else:
        z = np.bincount(places, np.ravel(weights)[inside], count)
    if density:
        return z / (np.diff(edges) * np.sum(z)), edges
    return z, edges


# Sets of values.


@definition(np.unique)
def unique(
    ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False
) -> Any:
    constant = stop_gradient(np.asarray(ar))
    if return_inverse and return_counts:
        _, index, inverse, counts = np.unique(constant, True, True, True)
        values = np.ravel(ar)[index]
        return (values, index, inverse, counts) if return_index else (values, inverse, counts)
    if return_inverse:
        _, index, inverse = np.unique(constant, True, True)
        values = np.ravel(ar)[index]
        return (values, index, inverse) if return_index else (values, inverse)
    if return_counts:
        _, index, counts = np.unique(constant, True, False, True)
        values = np.ravel(ar)[index]
        return (values, index, counts) if return_index else (values, counts)
    _, index = np.unique(constant, True)
    values = np.ravel(ar)[index]
    return (values, index) if return_index else values


@definition(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    return np.unique(np.concatenate((np.ravel(ar1), np.ravel(ar2))))


@definition(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Any) -> Any:
    z = np.zeros_like(x)
    if len(funclist) > len(condlist):
        conditions = [*condlist, ~np.any(condlist, axis=0)]
    else:
        conditions = condlist
    for part, function in zip(conditions, funclist):
        if callable(function):
            z[part] = function(x[part])
        else:
            z[part] = function
    return z


@definition(np.apply_along_axis, kinds="nd, nd, 2d")
def apply_along_axis(func1d: Any, axis: int, arr: Any) -> Any:
    rows = arr.T if axis == 0 or axis == -2 else arr
    z = np.array([func1d(row) for row in rows])
    return z.T if axis == 0 or axis == -2 else z


# Linear algebra.


@definition(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    if p is None or p == 2:
        s = np.linalg.svd(x, compute_uv=False)
        return s[..., 0] / s[..., -1]
    if p == -2:
        s = np.linalg.svd(x, compute_uv=False)
        return s[..., -1] / s[..., 0]
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, axis=(-2, -1))


@definition(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    if axes is not None:
        others = [axis for axis in range(np.ndim(a)) if axis not in axes]
        a = np.transpose(a, [*others, *axes])
    shape = np.shape(a)[np.ndim(b) :]
    return np.linalg.solve(np.reshape(a, (np.size(b), np.size(b))), np.ravel(b)).reshape(shape)


@definition(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    shape = np.shape(a)[ind:] + np.shape(a)[:ind]
    rows = int(np.prod(np.shape(a)[:ind]))
    return np.linalg.inv(np.reshape(a, (rows, rows))).reshape(shape)


# Fourier transforms of several axes, the real one last.


@definition(np.fft.rfftn)
def rfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    if axes is None:
        axes = tuple(range(np.ndim(a))) if s is None else tuple(range(-len(s), 0))
    z = np.fft.rfft(a, None if s is None else s[-1], axes[-1], norm)
    if len(axes) == 1:
        return z
    return np.fft.fftn(z, None if s is None else s[:-1], axes[:-1], norm)


@definition(np.fft.irfftn)
def irfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    if axes is None:
        axes = tuple(range(np.ndim(a))) if s is None else tuple(range(-len(s), 0))
    if len(axes) == 1:
        return np.fft.irfft(a, None if s is None else s[-1], axes[-1], norm)
    z = np.fft.ifftn(a, None if s is None else s[:-1], axes[:-1], norm)
    return np.fft.irfft(z, None if s is None else s[-1], axes[-1], norm)


@definition(np.fft.irfft2)
def irfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    z = np.fft.ifft(a, None if s is None else s[0], axes[0], norm)
    return np.fft.irfft(z, None if s is None else s[1], axes[1], norm)
