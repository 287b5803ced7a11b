"""Polynomials given by their coefficients, the highest power first; those of ``np.polynomial``, the lowest first."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre, polynomial

from srcgrad.rules.registry import definition


@definition(np.polyder)
def polyder(p: Any, m: int = 1) -> Any:
    kept = max(len(p) - m, 0)
    factors = np.ones(kept)
    for k in range(m):
        factors = factors * np.arange(len(p) - 1 - k, len(p) - 1 - k - kept, -1)
    return np.asarray(p)[:kept] * factors


@definition(np.polyint)
def polyint(p: Any, m: int = 1, k: Any = 0.0) -> Any:
    z = np.array(p)
    for j in range(m):
        if np.ndim(k) == 0:
            constant = k
        else:
            constant = k[j]
        z = np.append(z / np.arange(len(z), 0, -1), constant)
    return z


@definition(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    first = np.atleast_1d(a1)
    second = np.atleast_1d(a2)
    count = max(len(first), len(second))
    return np.pad(first, (count - len(first), 0)) + np.pad(second, (count - len(second), 0))


@definition(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    first = np.atleast_1d(a1)
    second = np.atleast_1d(a2)
    count = max(len(first), len(second))
    return np.pad(first, (count - len(first), 0)) - np.pad(second, (count - len(second), 0))


@definition(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    # Leading zeros are left out, but for the last coefficient.
    first = np.atleast_1d(a1)
    second = np.atleast_1d(a2)
    first_start = np.argmax(np.append(first[:-1] != 0, True))
    second_start = np.argmax(np.append(second[:-1] != 0, True))
    return np.convolve(first[first_start:], second[second_start:])


@definition(np.polydiv)
def polydiv(u: Any, v: Any) -> Any:
    rest = np.atleast_1d(u) + 0.0
    divisor = np.atleast_1d(v) + 0.0
    steps = len(rest) - len(divisor) + 1
    quotient = np.zeros(max(steps, 1))
    for k in range(steps):
        quotient[k] = rest[k] / divisor[0]
        rest[k : k + len(divisor)] -= quotient[k] * divisor
    start = np.argmax(np.append(~np.isclose(rest[:-1], 0.0, rtol=1e-14), True))
    return quotient, rest[start:]


@definition(np.poly, kinds="1d")
def poly(seq_of_zeros: Any) -> Any:
    z = np.ones(1)
    for k in range(len(seq_of_zeros)):
        z = np.append(z, 0.0) - seq_of_zeros[k] * np.append(0.0, z)
    return z


@definition(np.polyfit)
def polyfit(x: Any, y: Any, deg: Any, rcond: Any = None, full: Literal[False] = False, w: Any = None) -> Any:
    matrix = np.vander(x, deg + 1)
    values = np.array(y)
    if w is not None:
        matrix = matrix * np.asarray(w)[:, np.newaxis]
        if values.ndim == 1:
            values = values * w
        else:
            values = values * np.asarray(w)[:, np.newaxis]
    scale = np.sqrt(np.sum(matrix * matrix, axis=0))
    z = np.linalg.lstsq(matrix / scale, values)[0]
    return (z.T / scale).T


@definition(np.roots, kinds="1d")
def roots(p: Any) -> Any:
    nonzero = np.flatnonzero(p)
    zeros = len(p) - nonzero[-1] - 1
    inner = p[nonzero[0] : nonzero[-1] + 1]
    companion = np.concatenate((-(inner[1:] / inner[0])[np.newaxis], np.eye(len(inner) - 1)[:-1]))
    return np.append(np.linalg.eigvals(companion), np.zeros(zeros))


@definition(polynomial.polyval, kinds="nd, 1d")
def polyval(x: Any, c: Any) -> Any:
    return np.polyval(c[::-1], x)


# Sums of orthogonal polynomials, by Clenshaw's recurrence.


@definition(chebyshev.chebval, kinds="nd, 1d")
def chebval(x: Any, c: Any) -> Any:
    before = 0.0 * x
    last = 0.0 * x
    for k in range(len(c) - 1, 0, -1):
        before, last = last, c[k] + 2.0 * x * last - before
    return c[0] + x * last - before


@definition(legendre.legval, kinds="nd, 1d")
def legval(x: Any, c: Any) -> Any:
    before = 0.0 * x
    last = 0.0 * x
    for k in range(len(c) - 1, 0, -1):
        before, last = last, c[k] + (2 * k + 1) / (k + 1) * x * last - (k + 1) / (k + 2) * before
    return c[0] + x * last - 0.5 * before


@definition(hermite_e.hermeval, kinds="nd, 1d")
def hermeval(x: Any, c: Any) -> Any:
    before = 0.0 * x
    last = 0.0 * x
    for k in range(len(c) - 1, 0, -1):
        before, last = last, c[k] + x * last - (k + 1) * before
    return c[0] + x * last - before


@definition(hermite.hermval, kinds="nd, 1d")
def hermval(x: Any, c: Any) -> Any:
    before = 0.0 * x
    last = 0.0 * x
    for k in range(len(c) - 1, 0, -1):
        before, last = last, c[k] + 2.0 * x * last - 2 * (k + 1) * before
    return c[0] + 2.0 * x * last - 2.0 * before


@definition(laguerre.lagval, kinds="nd, 1d")
def lagval(x: Any, c: Any) -> Any:
    before = 0.0 * x
    last = 0.0 * x
    for k in range(len(c) - 1, 0, -1):
        before, last = last, c[k] + (2 * k + 1 - x) / (k + 1) * last - (k + 1) / (k + 2) * before
    return c[0] + (1.0 - x) * last - 0.5 * before
