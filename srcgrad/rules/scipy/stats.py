"""The distributions of ``scipy.stats``, in terms of NumPy and ``scipy.special``.

``y`` is where the standard distribution is asked; outside of its support the density is 0.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special, stats

from srcgrad.rules.registry import definition

# The normal distribution and its relatives.


@definition(stats.norm.logpdf)
def norm_logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return -0.5 * y * y - np.log(scale) - 0.5 * math.log(2.0 * math.pi)


@definition(stats.norm.pdf)
def norm_pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.exp(-0.5 * y * y) / (math.sqrt(2.0 * math.pi) * scale)


@definition(stats.norm.cdf)
def norm_cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return special.ndtr((x - loc) / scale)


@definition(stats.norm.logcdf)
def norm_logcdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return special.log_ndtr((x - loc) / scale)


@definition(stats.norm.sf)
def norm_sf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return special.ndtr((loc - x) / scale)


@definition(stats.norm.logsf)
def norm_logsf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return special.log_ndtr((loc - x) / scale)


@definition(stats.norm.ppf)
def norm_ppf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return loc + scale * special.ndtri(q)


@definition(stats.norm.isf)
def norm_isf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return loc - scale * special.ndtri(q)


@definition(stats.lognorm.logpdf)
def lognorm_logpdf(x: Any, s: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    logarithm = np.log(np.where(y > 0.0, y, 1.0))
    density = -0.5 * (logarithm / s) ** 2 - logarithm - np.log(s * scale) - 0.5 * math.log(2.0 * math.pi)
    return np.where(y > 0.0, density, -np.inf)


@definition(stats.t.logpdf)
def t_logpdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    constant = special.gammaln(0.5 * (df + 1.0)) - special.gammaln(0.5 * df) - 0.5 * np.log(math.pi * df)
    return constant - 0.5 * (df + 1.0) * np.log1p(y * y / df) - np.log(scale)


@definition(stats.t.pdf)
def t_pdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    constant = special.gammaln(0.5 * (df + 1.0)) - special.gammaln(0.5 * df) - 0.5 * np.log(math.pi * df)
    return np.exp(constant - 0.5 * (df + 1.0) * np.log1p(y * y / df)) / scale


@definition(stats.t.cdf)
def t_cdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return special.stdtr(df, (x - loc) / scale)


# Distributions of positive numbers.


@definition(stats.gamma.logpdf)
def gamma_logpdf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    density = special.xlogy(a - 1.0, np.where(y > 0.0, y, 1.0)) - y - special.gammaln(a) - np.log(scale)
    return np.where(y > 0.0, density, -np.inf)


@definition(stats.gamma.pdf)
def gamma_pdf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    density = np.exp(special.xlogy(a - 1.0, np.where(y > 0.0, y, 1.0)) - y - special.gammaln(a)) / scale
    return np.where(y > 0.0, density, 0.0)


@definition(stats.gamma.cdf)
def gamma_cdf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where(y > 0.0, special.gammainc(a, np.where(y > 0.0, y, 1.0)), 0.0)


@definition(stats.chi2.logpdf)
def chi2_logpdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    powers = special.xlogy(0.5 * df - 1.0, np.where(y > 0.0, y, 1.0)) - 0.5 * df * math.log(2.0)
    return np.where(y > 0.0, powers - 0.5 * y - special.gammaln(0.5 * df) - np.log(scale), -np.inf)


@definition(stats.chi2.pdf)
def chi2_pdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    powers = special.xlogy(0.5 * df - 1.0, np.where(y > 0.0, y, 1.0)) - 0.5 * df * math.log(2.0)
    return np.where(y > 0.0, np.exp(powers - 0.5 * y - special.gammaln(0.5 * df)) / scale, 0.0)


@definition(stats.chi2.cdf)
def chi2_cdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where(y > 0.0, special.gammainc(0.5 * df, 0.5 * np.where(y > 0.0, y, 1.0)), 0.0)


@definition(stats.expon.logpdf)
def expon_logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where(y >= 0.0, -y - np.log(scale), -np.inf)


@definition(stats.expon.pdf)
def expon_pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where(y >= 0.0, np.exp(-np.maximum(y, 0.0)) / scale, 0.0)


@definition(stats.expon.cdf)
def expon_cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where(y >= 0.0, -np.expm1(-np.where(y >= 0.0, y, 0.0)), 0.0)


@definition(stats.expon.sf)
def expon_sf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where(y >= 0.0, np.exp(-np.where(y >= 0.0, y, 0.0)), 1.0)


@definition(stats.pareto.logpdf)
def pareto_logpdf(x: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where(y >= 1.0, np.log(b) - (b + 1.0) * np.log(np.where(y >= 1.0, y, 1.0)) - np.log(scale), -np.inf)


@definition(stats.pareto.pdf)
def pareto_pdf(x: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where(y >= 1.0, b * np.where(y >= 1.0, y, 1.0) ** (-b - 1.0) / scale, 0.0)


# Distributions on an interval.


@definition(stats.beta.logpdf)
def beta_logpdf(x: Any, a: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    inside = (y > 0.0) & (y < 1.0)
    middle = np.where(inside, y, 0.5)
    density = special.xlogy(a - 1.0, middle) + special.xlog1py(b - 1.0, -middle)
    return np.where(inside, density - special.betaln(a, b) - np.log(scale), -np.inf)


@definition(stats.beta.pdf)
def beta_pdf(x: Any, a: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    inside = (y > 0.0) & (y < 1.0)
    middle = np.where(inside, y, 0.5)
    density = special.xlogy(a - 1.0, middle) + special.xlog1py(b - 1.0, -middle)
    return np.where(inside, np.exp(density - special.betaln(a, b)) / scale, 0.0)


@definition(stats.beta.cdf)
def beta_cdf(x: Any, a: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    inside = (y > 0.0) & (y < 1.0)
    return np.where(inside, special.betainc(a, b, np.where(inside, y, 0.5)), np.where(y >= 1.0, 1.0, 0.0))


@definition(stats.uniform.logpdf)
def uniform_logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where((y >= 0.0) & (y <= 1.0), -np.log(scale), -np.inf)


@definition(stats.uniform.pdf)
def uniform_pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where((y >= 0.0) & (y <= 1.0), 1.0 / scale, 0.0)


@definition(stats.uniform.cdf)
def uniform_cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return np.clip((x - loc) / scale, 0.0, 1.0)


# Distributions of all real numbers.


@definition(stats.laplace.logpdf)
def laplace_logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return -np.abs((x - loc) / scale) - np.log(2.0 * scale)


@definition(stats.laplace.pdf)
def laplace_pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return 0.5 * np.exp(-np.abs((x - loc) / scale)) / scale


@definition(stats.laplace.cdf)
def laplace_cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    tail = 0.5 * np.exp(-np.abs(y))
    return np.where(y > 0.0, 1.0 - tail, tail)


@definition(stats.logistic.logpdf)
def logistic_logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = np.abs((x - loc) / scale)
    return -y - 2.0 * np.log1p(np.exp(-y)) - np.log(scale)


@definition(stats.logistic.pdf)
def logistic_pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    p = special.expit((x - loc) / scale)
    return p * (1.0 - p) / scale


@definition(stats.logistic.cdf)
def logistic_cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return special.expit((x - loc) / scale)


@definition(stats.cauchy.logpdf)
def cauchy_logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return -np.log1p(y * y) - np.log(math.pi * scale)


@definition(stats.cauchy.pdf)
def cauchy_pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return 1.0 / (math.pi * scale * (1.0 + y * y))


@definition(stats.cauchy.cdf)
def cauchy_cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return 0.5 + np.arctan((x - loc) / scale) / math.pi


@definition(stats.gumbel_r.logpdf)
def gumbel_r_logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return -y - np.exp(-y) - np.log(scale)


@definition(stats.gumbel_l.logpdf)
def gumbel_l_logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return y - np.exp(y) - np.log(scale)


@definition(stats.vonmises.logpdf)
def vonmises_logpdf(x: Any, kappa: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return kappa * (np.cos(y) - 1.0) - np.log(2.0 * math.pi * special.i0e(kappa)) - np.log(scale)
