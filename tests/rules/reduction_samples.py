"""Sample calls of reductions, running sums, differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.rules.sampling import Sample, complex_, positive, real, with_nan


def _reductions() -> list[Sample]:
    samples = []
    plain = [np.sum, np.mean, np.prod, np.max, np.min, np.amax, np.amin, np.ptp, np.var, np.std, np.median]
    nans = [np.nansum, np.nanmean, np.nanprod, np.nanmax, np.nanmin, np.nanvar, np.nanstd, np.nanmedian]
    forms: list[dict[str, Any]] = [{}, {"axis": 0}, {"axis": -1}, {"axis": 1, "keepdims": True}, {"axis": (0, 2)}]
    forms += [{"axis": (2, -2), "keepdims": True}, {"keepdims": True}]
    for function in plain:
        samples += [Sample(function, (real(2, 3, 2),), form) for form in forms]
        samples += [Sample(function, (real(5),)), Sample(function, (real(3, 4),), {"axis": 1})]
    for function in nans:
        holed = with_nan(real(2, 3, 2), (0, 0, 0), (1, 2, 1))
        samples += [Sample(function, (holed,), form) for form in forms]
    for function in (np.sum, np.mean, np.var, np.std, np.prod):
        samples += [Sample(function, (complex_(2, 3),), form) for form in ({}, {"axis": 0})]
    for function in (np.var, np.std, np.nanvar, np.nanstd):
        samples += [Sample(function, (real(2, 4),), {"axis": 1, "ddof": 1}), Sample(function, (real(4),), {"ddof": 1})]
    samples += [Sample(np.sum, (0.7,)), Sample(np.mean, (0.7,))]
    samples += [Sample(np.add.reduce, (real(2, 3),)), Sample(np.add.reduce, (real(2, 3),), {"axis": None})]
    samples += [Sample(np.add.reduceat, (real(5), np.array([0, 3])))]
    samples += [Sample(np.add.reduceat, (real(2, 5), np.array([3, 1, 4])), {"axis": 1})]
    for options in ({}, {"rowvar": False}, {"bias": True}, {"ddof": 0}):
        samples += [Sample(np.cov, (real(2, 4),), options), Sample(np.cov, (complex_(3, 3),), options)]
    samples += [Sample(np.cov, (real(4),))]
    samples += [Sample(np.prod, (np.array([0.5, 0.0, 2.0]),)), Sample(np.prod, (np.array([0.0, 0.0, 2.0]),))]
    for weights in (None, positive(2, 3)):
        samples += [Sample(np.average, (real(2, 3),), {"weights": weights, "axis": axis}) for axis in (None, 0, 1)]
    samples += [Sample(np.average, (real(2, 3, 2),), {"weights": positive(3), "axis": 1})]
    for function, scale in (
        (np.quantile, 1.0),
        (np.percentile, 100.0),
        (np.nanquantile, 1.0),
        (np.nanpercentile, 100.0),
    ):
        a = with_nan(real(3, 4), (0, 1)) if function in (np.nanquantile, np.nanpercentile) else real(3, 4)
        samples += [
            Sample(function, (a, scale * np.array([0.1, 0.55])), {"axis": axis}) for axis in (None, 0, 1, (0, 1))
        ]
        samples += [Sample(function, (a, scale * 0.3), {"axis": 1, "keepdims": True})]
        samples += [Sample(function, (a, scale * np.array([[0.2], [0.9]])), {"axis": 0, "keepdims": True})]
        for method in ("lower", "higher", "midpoint", "nearest"):
            samples += [Sample(function, (a, scale * 0.37), {"method": method})]
    return samples


def _accumulations() -> list[Sample]:
    samples = []
    for function in (np.cumsum, np.cumprod, np.nancumsum, np.nancumprod):
        a = with_nan(real(2, 3), (1, 1)) if "nan" in function.__name__ else real(2, 3)
        samples += [Sample(function, (a,), {"axis": axis}) for axis in (None, 0, 1, -1)] + [
            Sample(function, (real(4),))
        ]
    for function in (np.cumulative_sum, np.cumulative_prod):
        samples += [Sample(function, (real(4),)), Sample(function, (real(2, 3),), {"axis": 1})]
    samples += [Sample(np.cumprod, (np.array([0.5, 0.0, 2.0, 0.0, 3.0]),))]
    samples += [Sample(np.diff, (real(5),), {"n": n}) for n in (0, 1, 2)]
    samples += [Sample(np.diff, (real(3, 4),), {"axis": axis}) for axis in (0, -1)] + [
        Sample(np.ediff1d, (real(2, 3),))
    ]
    samples += [
        Sample(np.gradient, (real(5),)),
        Sample(np.gradient, (real(5), 0.3)),
        Sample(np.gradient, (real(3, 4),)),
    ]
    samples += [Sample(np.gradient, (real(3, 4), 0.5, np.array([0.0, 0.3, 1.0, 1.2])))]
    samples += [Sample(np.gradient, (real(3, 4),), {"axis": 1, "edge_order": 2})]
    samples += [Sample(np.trapezoid, (real(5),)), Sample(np.trapezoid, (real(5), np.sort(real(5))))]
    samples += [Sample(np.trapezoid, (real(3, 4),), {"axis": axis, "dx": 0.3}) for axis in (0, 1)]
    samples += [Sample(np.trapezoid, (real(3, 4), np.sort(real(3, 4), axis=0)), {"axis": 0})]
    samples += [Sample(np.trapezoid, (real(3, 4), np.sort(real(3))), {"axis": 0})]
    return samples


REDUCTION = [*_reductions(), *_accumulations()]
