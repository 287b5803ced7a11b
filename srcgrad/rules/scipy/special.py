"""Rules for ``scipy.special``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from srcgrad.rules.registry import adjoint, nondifferentiable, partials

nondifferentiable(special.gammasgn)


# Error functions and the normal distribution.


@partials(special.erf)
def erf(z: Any, x: Any) -> Any:
    return 2.0 / math.sqrt(math.pi) * np.exp(-x * x)


@partials(special.erfc)
def erfc(z: Any, x: Any) -> Any:
    return -2.0 / math.sqrt(math.pi) * np.exp(-x * x)


@partials(special.erfcx)
def erfcx(z: Any, x: Any) -> Any:
    return 2.0 * x * z - 2.0 / math.sqrt(math.pi)


@partials(special.erfi)
def erfi(z: Any, x: Any) -> Any:
    return 2.0 / math.sqrt(math.pi) * np.exp(x * x)


@partials(special.erfinv)
def erfinv(z: Any, x: Any) -> Any:
    return math.sqrt(math.pi) / 2.0 * np.exp(z * z)


@partials(special.erfcinv)
def erfcinv(z: Any, x: Any) -> Any:
    return -math.sqrt(math.pi) / 2.0 * np.exp(z * z)


@partials(special.dawsn)
def dawsn(z: Any, x: Any) -> Any:
    return 1.0 - 2.0 * x * z


@partials(special.ndtr)
def ndtr(z: Any, x: Any) -> Any:
    return np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)


@partials(special.log_ndtr)
def log_ndtr(z: Any, x: Any) -> Any:
    return np.exp(-0.5 * x * x - z) / math.sqrt(2.0 * math.pi)


@partials(special.ndtri)
def ndtri(z: Any, x: Any) -> Any:
    return math.sqrt(2.0 * math.pi) * np.exp(0.5 * z * z)


# The logistic function, entropies and losses.


@partials(special.expit)
def expit(z: Any, x: Any) -> Any:
    return z * (1.0 - z)


@partials(special.logit)
def logit(z: Any, x: Any) -> Any:
    return 1.0 / (x * (1.0 - x))


@partials(special.log_expit)
def log_expit(z: Any, x: Any) -> Any:
    return special.expit(-x)


@partials(special.xlogy)
def xlogy(z: Any, x: Any, y: Any) -> Any:
    # The division is by 1 where both are 0.
    return np.log(y), x / (y + ((x == 0) & (y == 0)))


@partials(special.xlog1py)
def xlog1py(z: Any, x: Any, y: Any) -> Any:
    return np.log1p(y), x / (1.0 + y + ((x == 0) & (y == -1)))


@partials(special.entr)
def entr(z: Any, x: Any) -> Any:
    return -np.log(x) - 1.0


@partials(special.rel_entr)
def rel_entr(z: Any, x: Any, y: Any) -> Any:
    return np.log(x / y) + 1.0, -x / y


@partials(special.kl_div)
def kl_div(z: Any, x: Any, y: Any) -> Any:
    return np.log(x / y), 1.0 - x / y


@partials(special.huber)
def huber(z: Any, delta: Any, r: Any) -> Any:
    return np.maximum(np.abs(r) - delta, 0.0), np.clip(r, -delta, delta)


@partials(special.pseudo_huber)
def pseudo_huber(z: Any, delta: Any, r: Any) -> Any:
    s = np.sqrt(1.0 + (r / delta) ** 2)
    return 2.0 * z / delta - r * r / (delta * s), r / s


@partials(special.boxcox, arguments=("x",))
def boxcox(z: Any, x: Any, lmbda: Any) -> Any:
    return x ** (lmbda - 1.0)


@partials(special.boxcox1p, arguments=("x",))
def boxcox1p(z: Any, x: Any, lmbda: Any) -> Any:
    return (1.0 + x) ** (lmbda - 1.0)


@partials(special.inv_boxcox, arguments=("y",))
def inv_boxcox(z: Any, y: Any, lmbda: Any) -> Any:
    return z ** (1.0 - lmbda)


# Gamma and beta functions.


@partials(special.gamma)
def gamma(z: Any, x: Any) -> Any:
    return z * special.digamma(x)


@partials(special.rgamma)
def rgamma(z: Any, x: Any) -> Any:
    return -z * special.digamma(x)


@partials(special.loggamma)
@partials(special.gammaln)
def gammaln(z: Any, x: Any) -> Any:
    return special.digamma(x)


@partials(special.digamma)
def digamma(z: Any, x: Any) -> Any:
    return special.zeta(2.0, x)


@partials(special.polygamma, arguments=("x",))
def polygamma(z: Any, n: Any, x: Any) -> Any:
    return special.polygamma(n + 1, x)


@partials(special.factorial)
def factorial(z: Any, n: Any) -> Any:
    return z * special.digamma(n + 1.0)


@partials(special.poch)
def poch(z: Any, a: Any, m: Any) -> Any:
    return z * (special.digamma(a + m) - special.digamma(a)), z * special.digamma(a + m)


@partials(special.binom)
def binom(z: Any, n: Any, k: Any) -> Any:
    rest = special.digamma(n - k + 1.0)
    return z * (special.digamma(n + 1.0) - rest), z * (rest - special.digamma(k + 1.0))


@partials(special.beta)
def beta(z: Any, a: Any, b: Any) -> Any:
    both = special.digamma(a + b)
    return z * (special.digamma(a) - both), z * (special.digamma(b) - both)


@partials(special.betaln)
def betaln(z: Any, a: Any, b: Any) -> Any:
    both = special.digamma(a + b)
    return special.digamma(a) - both, special.digamma(b) - both


@partials(special.betainc, arguments=("x",))
def betainc(z: Any, a: Any, b: Any, x: Any) -> Any:
    return np.exp((a - 1.0) * np.log(x) + (b - 1.0) * np.log1p(-x) - special.betaln(a, b))


@partials(special.gammainc, arguments=("x",))
def gammainc(z: Any, a: Any, x: Any) -> Any:
    return np.exp((a - 1.0) * np.log(x) - x - special.gammaln(a))


@partials(special.gammaincc, arguments=("x",))
def gammaincc(z: Any, a: Any, x: Any) -> Any:
    return -np.exp((a - 1.0) * np.log(x) - x - special.gammaln(a))


# Exponentials and their integrals.


@partials(special.exp2)
def exp2(z: Any, x: Any) -> Any:
    return math.log(2.0) * z


@partials(special.exp10)
def exp10(z: Any, x: Any) -> Any:
    return math.log(10.0) * z


@partials(special.expm1)
def expm1(z: Any, x: Any) -> Any:
    return z + 1.0


@partials(special.log1p)
def log1p(z: Any, x: Any) -> Any:
    return 1.0 / (1.0 + x)


@partials(special.cosm1)
def cosm1(z: Any, x: Any) -> Any:
    return -np.sin(x)


@partials(special.cbrt)
def cbrt(z: Any, x: Any) -> Any:
    return 1.0 / (3.0 * z * z)


@partials(special.exp1)
def exp1(z: Any, x: Any) -> Any:
    return -np.exp(-x) / x


@partials(special.expi)
def expi(z: Any, x: Any) -> Any:
    return np.exp(x) / x


@partials(special.expn, arguments=("x",))
def expn(z: Any, n: Any, x: Any) -> Any:
    return -special.expn(n - 1, x)


@partials(special.lambertw, arguments=("x",))
def lambertw(z: Any, x: Any, k: Any = 0) -> Any:
    return np.exp(-z) / (1.0 + z)


@adjoint(special.sici)
def sici(z_bar: Any, z: Any, x: Any) -> Any:
    return z_bar[0] * np.sinc(x / math.pi) + z_bar[1] * np.cos(x) / x


@adjoint(special.shichi)
def shichi(z_bar: Any, z: Any, x: Any) -> Any:
    return (z_bar[0] * np.sinh(x) + z_bar[1] * np.cosh(x)) / x


@adjoint(special.fresnel)
def fresnel(z_bar: Any, z: Any, x: Any) -> Any:
    angle = 0.5 * math.pi * x * x
    return z_bar[0] * np.sin(angle) + z_bar[1] * np.cos(angle)


# Bessel functions and elliptic integrals.


@partials(special.j0)
def j0(z: Any, x: Any) -> Any:
    return -special.j1(x)


@partials(special.j1)
def j1(z: Any, x: Any) -> Any:
    return 0.5 * (special.j0(x) - special.jv(2, x))


@partials(special.y0)
def y0(z: Any, x: Any) -> Any:
    return -special.y1(x)


@partials(special.y1)
def y1(z: Any, x: Any) -> Any:
    return 0.5 * (special.y0(x) - special.yv(2, x))


@partials(special.i0)
def i0(z: Any, x: Any) -> Any:
    return special.i1(x)


@partials(special.i1)
def i1(z: Any, x: Any) -> Any:
    return 0.5 * (special.i0(x) + special.iv(2, x))


@partials(special.i0e)
def i0e(z: Any, x: Any) -> Any:
    return special.i1e(x) - np.sign(x) * z


@partials(special.i1e)
def i1e(z: Any, x: Any) -> Any:
    return 0.5 * (special.i0e(x) + special.ive(2, x)) - np.sign(x) * z


@partials(special.k0)
def k0(z: Any, x: Any) -> Any:
    return -special.k1(x)


@partials(special.k1)
def k1(z: Any, x: Any) -> Any:
    return -0.5 * (special.k0(x) + special.kv(2, x))


@partials(special.jv, arguments=("x",))
def jv(z: Any, v: Any, x: Any) -> Any:
    return 0.5 * (special.jv(v - 1, x) - special.jv(v + 1, x))


@partials(special.yv, arguments=("x",))
def yv(z: Any, v: Any, x: Any) -> Any:
    return 0.5 * (special.yv(v - 1, x) - special.yv(v + 1, x))


@partials(special.iv, arguments=("x",))
def iv(z: Any, v: Any, x: Any) -> Any:
    return 0.5 * (special.iv(v - 1, x) + special.iv(v + 1, x))


@partials(special.kv, arguments=("x",))
def kv(z: Any, v: Any, x: Any) -> Any:
    return -0.5 * (special.kv(v - 1, x) + special.kv(v + 1, x))


@partials(special.ellipk)
def ellipk(z: Any, m: Any) -> Any:
    return np.where(m == 0, math.pi / 8.0, (special.ellipe(m) / (1.0 - m) - z) / (2.0 * m + (m == 0)))


@partials(special.ellipe)
def ellipe(z: Any, m: Any) -> Any:
    return np.where(m == 0, -math.pi / 8.0, (z - special.ellipk(m)) / (2.0 * m + (m == 0)))


@partials(special.hyp1f1, arguments=("x",))
def hyp1f1(z: Any, a: Any, b: Any, x: Any) -> Any:
    return a / b * special.hyp1f1(a + 1.0, b + 1.0, x)


@partials(special.hyp2f1, arguments=("x",))
def hyp2f1(z: Any, a: Any, b: Any, c: Any, x: Any) -> Any:
    return a * b / c * special.hyp2f1(a + 1.0, b + 1.0, c + 1.0, x)


# Sums of exponentials.


@adjoint(special.logsumexp, arguments=("a",))
def logsumexp(z_bar: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    # Where all terms are -inf so is z: nan_to_num makes the shares 0 instead of NaN.
    if axis is None or keepdims:
        return z_bar * np.exp(a - np.nan_to_num(z))
    return np.expand_dims(z_bar, axis) * np.exp(a - np.expand_dims(np.nan_to_num(z), axis))


@adjoint(special.softmax)
def softmax(z_bar: Any, z: Any, x: Any, axis: Any = None) -> Any:
    return z * (z_bar - np.sum(z_bar * z, axis=axis, keepdims=True))


@adjoint(special.log_softmax)
def log_softmax(z_bar: Any, z: Any, x: Any, axis: Any = None) -> Any:
    return z_bar - np.exp(z) * np.sum(z_bar, axis=axis, keepdims=True)
