"""More of the distributions of ``scipy.stats``: tails, quantiles, densities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special, stats

from srcgrad.rules.registry import definition


@definition(stats.cauchy.sf)
def cauchy_sf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return 0.5 - np.arctan(y) / math.pi


@definition(stats.cauchy.ppf)
def cauchy_ppf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return loc + scale * np.tan(math.pi * (q - 0.5))


@definition(stats.cauchy.isf)
def cauchy_isf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return loc - scale * np.tan(math.pi * (q - 0.5))


@definition(stats.logistic.sf)
def logistic_sf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return special.expit((loc - x) / scale)


@definition(stats.logistic.ppf)
def logistic_ppf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return loc + scale * special.logit(q)


@definition(stats.logistic.isf)
def logistic_isf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return loc - scale * special.logit(q)


@definition(stats.gumbel_r.pdf)
def gumbel_r_pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.exp(-y - np.exp(-y)) / scale


@definition(stats.gumbel_r.cdf)
def gumbel_r_cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return np.exp(-np.exp((loc - x) / scale))


@definition(stats.gumbel_r.sf)
def gumbel_r_sf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return -np.expm1(-np.exp((loc - x) / scale))


@definition(stats.gumbel_r.ppf)
def gumbel_r_ppf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return loc - scale * np.log(-np.log(q))


@definition(stats.gumbel_l.pdf)
def gumbel_l_pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.exp(y - np.exp(y)) / scale


@definition(stats.gumbel_l.cdf)
def gumbel_l_cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return -np.expm1(-np.exp((x - loc) / scale))


@definition(stats.gumbel_l.sf)
def gumbel_l_sf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return np.exp(-np.exp((x - loc) / scale))


@definition(stats.gumbel_l.ppf)
def gumbel_l_ppf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return loc + scale * np.log(-np.log1p(-q))


@definition(stats.expon.ppf)
def expon_ppf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return loc - scale * np.log1p(-q)


@definition(stats.uniform.ppf)
def uniform_ppf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return loc + scale * q


@definition(stats.gamma.sf)
def gamma_sf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where(y > 0.0, special.gammaincc(a, np.where(y > 0.0, y, 1.0)), 1.0)


@definition(stats.chi2.sf)
def chi2_sf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where(y > 0.0, special.gammaincc(0.5 * df, 0.5 * np.where(y > 0.0, y, 1.0)), 1.0)


@definition(stats.pareto.cdf)
def pareto_cdf(x: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where(y >= 1.0, 1.0 - np.where(y >= 1.0, y, 1.0) ** (-b), 0.0)


@definition(stats.pareto.sf)
def pareto_sf(x: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.where(y >= 1.0, np.where(y >= 1.0, y, 1.0) ** (-b), 1.0)


@definition(stats.vonmises.pdf)
def vonmises_pdf(x: Any, kappa: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    y = (x - loc) / scale
    return np.exp(kappa * (np.cos(y) - 1.0)) / (2.0 * math.pi * special.i0e(kappa) * scale)
