"""The distributions of ``scipy.stats`` of counts, and those of vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special, stats

from srcgrad.rules.registry import definition

# Counts: with respect to the parameters; a count itself is no real number.


@definition(stats.poisson.logpmf)
def poisson_logpmf(k: Any, mu: Any) -> Any:
    counts = np.asarray(k)
    return special.xlogy(counts, mu) - special.gammaln(counts + 1.0) - mu


@definition(stats.poisson.pmf)
def poisson_pmf(k: Any, mu: Any) -> Any:
    counts = np.asarray(k)
    return np.exp(special.xlogy(counts, mu) - special.gammaln(counts + 1.0) - mu)


@definition(stats.poisson.cdf)
def poisson_cdf(k: Any, mu: Any) -> Any:
    return special.gammaincc(np.floor(np.asarray(k)) + 1.0, mu)


@definition(stats.bernoulli.logpmf)
def bernoulli_logpmf(k: Any, p: Any) -> Any:
    return np.log(np.where(np.asarray(k) == 1, p, 1.0 - p))


@definition(stats.bernoulli.pmf)
def bernoulli_pmf(k: Any, p: Any) -> Any:
    return np.where(np.asarray(k) == 1, p, 1.0 - p)


@definition(stats.binom.logpmf)
def binom_logpmf(k: Any, n: Any, p: Any) -> Any:
    counts = np.asarray(k)
    ways = special.gammaln(n + 1.0) - special.gammaln(counts + 1.0) - special.gammaln(n - counts + 1.0)
    return ways + special.xlogy(counts, p) + special.xlog1py(n - counts, -p)


@definition(stats.binom.pmf)
def binom_pmf(k: Any, n: Any, p: Any) -> Any:
    counts = np.asarray(k)
    ways = special.gammaln(n + 1.0) - special.gammaln(counts + 1.0) - special.gammaln(n - counts + 1.0)
    return np.exp(ways + special.xlogy(counts, p) + special.xlog1py(n - counts, -p))


@definition(stats.nbinom.logpmf)
def nbinom_logpmf(k: Any, n: Any, p: Any) -> Any:
    counts = np.asarray(k)
    ways = special.gammaln(n + counts) - special.gammaln(counts + 1.0) - special.gammaln(n)
    return ways + n * np.log(p) + special.xlog1py(counts, -p)


@definition(stats.geom.logpmf)
def geom_logpmf(k: Any, p: Any) -> Any:
    return special.xlog1py(np.asarray(k) - 1, -p) + np.log(p)


# Vectors.


@definition(stats.multivariate_normal.logpdf, kinds="1d, 1d, 2d")
def multivariate_normal_logpdf(x: Any, mean: Any, cov: Any) -> Any:
    deviation = x - mean
    # One triangle of the matrix is read.
    matrix = np.tril(cov) + np.tril(cov, -1).T
    distance = deviation @ np.linalg.solve(matrix, deviation)
    return -0.5 * (distance + np.linalg.slogdet(matrix)[1] + len(mean) * math.log(2.0 * math.pi))


@definition(stats.multivariate_normal.logpdf, kinds="2d, 1d, 2d")
def multivariate_normal_logpdf_of_rows(x: Any, mean: Any, cov: Any) -> Any:
    deviation = x - mean
    # One triangle of the matrix is read.
    matrix = np.tril(cov) + np.tril(cov, -1).T
    distance = np.sum(deviation * np.linalg.solve(matrix, deviation.T).T, axis=1)
    return -0.5 * (distance + np.linalg.slogdet(matrix)[1] + len(mean) * math.log(2.0 * math.pi))


@definition(stats.multivariate_normal.pdf, kinds="1d, 1d, 2d")
def multivariate_normal_pdf(x: Any, mean: Any, cov: Any) -> Any:
    deviation = x - mean
    # One triangle of the matrix is read.
    matrix = np.tril(cov) + np.tril(cov, -1).T
    distance = deviation @ np.linalg.solve(matrix, deviation)
    return np.exp(-0.5 * (distance + np.linalg.slogdet(matrix)[1] + len(mean) * math.log(2.0 * math.pi)))


@definition(stats.dirichlet.logpdf, kinds="nd, 1d")
def dirichlet_logpdf(x: Any, alpha: Any) -> Any:
    constant = special.gammaln(np.sum(alpha)) - np.sum(special.gammaln(alpha))
    return constant + np.sum(special.xlogy(alpha - 1.0, np.asarray(x).T).T, axis=0)


# Statistics of samples.


@definition(stats.zscore)
def zscore(a: Any, axis: Any = 0, ddof: int = 0) -> Any:
    return (a - np.mean(a, axis=axis, keepdims=True)) / np.std(a, axis=axis, ddof=ddof, keepdims=True)


@definition(stats.gmean)
def gmean(a: Any, axis: Any = 0) -> Any:
    return np.exp(np.mean(np.log(a), axis=axis))


@definition(stats.hmean)
def hmean(a: Any, axis: Any = 0) -> Any:
    return 1.0 / np.mean(1.0 / np.asarray(a), axis=axis)


@definition(stats.sem)
def sem(a: Any, axis: Any = 0, ddof: int = 1) -> Any:
    return np.std(a, axis=axis, ddof=ddof) / np.sqrt(np.shape(a)[axis])
