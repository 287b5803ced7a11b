"""More rules for ``scipy.special``: scaled functions, inverses, distributions, orthogonal polynomials."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from srcgrad.rules.registry import definition, partials

# Zeta functions and their relatives.


@partials(special.zeta, kinds="nd, nd", arguments=("q",))
def zeta(z: Any, x: Any, q: Any) -> Any:
    return -x * special.zeta(x + 1.0, q)


@partials(special.spence)
def spence(z: Any, x: Any) -> Any:
    # Where x is 1 the slope is -1.
    return np.where(x == 1.0, -1.0, np.log(x) / (1.0 - x + (x == 1.0)))


@definition(special.multigammaln, kinds="nd, 0d")
def multigammaln(a: Any, d: int) -> Any:
    total = 0.25 * d * (d - 1) * math.log(math.pi)
    for j in range(d):
        total = total + special.gammaln(a - 0.5 * j)
    return total


@definition(special.comb)
def comb(N: Any, k: Any) -> Any:
    return special.binom(N, k)


# Exponentials.


@definition(special.exprel)
def exprel(x: Any) -> Any:
    small = np.abs(x) < 1e-5
    y = np.where(small, 1.0, x)
    return np.where(small, 1.0 + x * (0.5 + x / 6.0), np.expm1(y) / y)


@definition(special.softplus)
def softplus(x: Any) -> Any:
    return np.logaddexp(0.0, x)


@partials(special.wofz)
def wofz(z: Any, x: Any) -> Any:
    return -2.0 * x * z + 2j / math.sqrt(math.pi)


@partials(special.inv_boxcox1p, arguments=("y",))
def inv_boxcox1p(z: Any, y: Any, lmbda: Any) -> Any:
    return (1.0 + z) ** (1.0 - lmbda)


@definition(special.logsumexp)
def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Any:
    if b is None:
        return special.logsumexp(a, axis=axis, keepdims=keepdims)
    highest = np.max(a, axis=axis, keepdims=True)
    total = np.log(np.sum(b * np.exp(a - highest), axis=axis, keepdims=True)) + highest
    if keepdims:
        return total
    return np.sum(total, axis=axis)


# Scaled Bessel functions.


@partials(special.yn, arguments=("x",))
def yn(z: Any, n: Any, x: Any) -> Any:
    return 0.5 * (special.yn(n - 1, x) - special.yn(n + 1, x))


@partials(special.ive, arguments=("x",))
def ive(z: Any, v: Any, x: Any) -> Any:
    return 0.5 * (special.ive(v - 1, x) + special.ive(v + 1, x)) - np.sign(x) * z


@partials(special.kve, arguments=("x",))
def kve(z: Any, v: Any, x: Any) -> Any:
    return z - 0.5 * (special.kve(v - 1, x) + special.kve(v + 1, x))


@partials(special.jve, kinds="nd, nd", arguments=("x",))
def jve(z: Any, v: Any, x: Any) -> Any:
    return 0.5 * (special.jve(v - 1, x) - special.jve(v + 1, x))


# Distribution functions, in their last argument, and their inverses.


@partials(special.stdtr, arguments=("t",))
def stdtr(z: Any, df: Any, t: Any) -> Any:
    constant = special.gammaln(0.5 * (df + 1.0)) - special.gammaln(0.5 * df) - 0.5 * np.log(math.pi * df)
    return np.exp(constant - 0.5 * (df + 1.0) * np.log1p(t * t / df)).astype(z.dtype)


@partials(special.chdtr, arguments=("x",))
def chdtr(z: Any, v: Any, x: Any) -> Any:
    density = 0.5 * np.exp((0.5 * v - 1.0) * np.log(0.5 * x) - 0.5 * x - special.gammaln(0.5 * v))
    return density.astype(z.dtype)


@partials(special.pdtr, arguments=("m",))
def pdtr(z: Any, k: Any, m: Any) -> Any:
    return -np.exp(special.xlogy(np.floor(k), m) - m - special.gammaln(np.floor(k) + 1.0)).astype(z.dtype)


@partials(special.gammaincinv, arguments=("y",))
def gammaincinv(z: Any, a: Any, y: Any) -> Any:
    return np.exp(special.gammaln(a) + z - (a - 1.0) * np.log(z))


@partials(special.betaincinv, arguments=("y",))
def betaincinv(z: Any, a: Any, b: Any, y: Any) -> Any:
    return np.exp(special.betaln(a, b) - (a - 1.0) * np.log(z) - (b - 1.0) * np.log1p(-z)).astype(z.dtype)


@partials(special.owens_t)
def owens_t(z: Any, h: Any, a: Any) -> Any:
    slope = np.exp(-0.5 * h * h) / math.sqrt(2.0 * math.pi)
    h_slope = -slope * (special.ndtr(a * h) - 0.5)
    return h_slope, np.exp(-0.5 * h * h * (1.0 + a * a)) / (2.0 * math.pi * (1.0 + a * a))


# Angles in degrees.


@partials(special.sindg)
def sindg(z: Any, x: Any) -> Any:
    return math.pi / 180.0 * special.cosdg(x)


@partials(special.cosdg)
def cosdg(z: Any, x: Any) -> Any:
    return -math.pi / 180.0 * special.sindg(x)


@partials(special.tandg)
def tandg(z: Any, x: Any) -> Any:
    return math.pi / 180.0 * (1.0 + z * z)


# Elliptic integrals, in the angle.


@partials(special.ellipkinc, arguments=("phi",))
def ellipkinc(z: Any, phi: Any, m: Any) -> Any:
    return 1.0 / np.sqrt(1.0 - m * np.sin(phi) ** 2)


@partials(special.ellipeinc, arguments=("phi",))
def ellipeinc(z: Any, phi: Any, m: Any) -> Any:
    return np.sqrt(1.0 - m * np.sin(phi) ** 2)


# Orthogonal polynomials of a whole degree.


@partials(special.eval_legendre, arguments=("x",))
def eval_legendre(z: Any, n: Any, x: Any) -> Any:
    return 0.5 * (n + 1.0) * special.eval_jacobi(n - 1, 1.0, 1.0, x)


@partials(special.eval_jacobi, arguments=("x",))
def eval_jacobi(z: Any, n: Any, alpha: Any, beta: Any, x: Any) -> Any:
    return 0.5 * (n + alpha + beta + 1.0) * special.eval_jacobi(n - 1, alpha + 1.0, beta + 1.0, x)


@partials(special.eval_chebyt, arguments=("x",))
def eval_chebyt(z: Any, n: Any, x: Any) -> Any:
    return n * special.eval_chebyu(n - 1, x)


@partials(special.eval_hermite, arguments=("x",))
def eval_hermite(z: Any, n: Any, x: Any) -> Any:
    return 2.0 * n * special.eval_hermite(np.maximum(n - 1, 0), x)


@partials(special.eval_chebyu, arguments=("x",))
def eval_chebyu(z: Any, n: Any, x: Any) -> Any:
    return 2.0 * special.eval_gegenbauer(n - 1, 2.0, x)


@partials(special.eval_gegenbauer, arguments=("x",))
def eval_gegenbauer(z: Any, n: Any, alpha: Any, x: Any) -> Any:
    return 2.0 * alpha * special.eval_gegenbauer(n - 1, alpha + 1.0, x)
