"""Rules for ``scipy.signal``: convolutions and filters of sequences."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from scipy import signal

from srcgrad.rules.registry import definition


@definition(signal.convolve, kinds="1d, 1d")
@definition(signal.fftconvolve, kinds="1d, 1d")
@definition(signal.oaconvolve, kinds="1d, 1d")
def convolve(in1: Any, in2: Any, mode: Literal["full", "same", "valid"] = "full", method: str = "auto") -> Any:
    if mode == "same":
        # The middle of the full result, as long as the first argument.
        start = (len(in2) - 1) // 2
        return np.convolve(in1, in2)[start : start + len(in1)]
    return np.convolve(in1, in2, mode)


@definition(signal.correlate, kinds="1d, 1d")
def correlate(in1: Any, in2: Any, mode: Literal["full", "same", "valid"] = "full", method: str = "auto") -> Any:
    if mode == "same":
        start = (len(in2) - 1) // 2
        return np.correlate(in1, in2, "full")[start : start + len(in1)]
    return np.correlate(in1, in2, mode)


@definition(signal.convolve, kinds="2d, 2d")
@definition(signal.fftconvolve, kinds="2d, 2d")
@definition(signal.convolve2d, kinds="2d, 2d")
def convolve2d(in1: Any, in2: Any, mode: Literal["full", "same"] = "full") -> Any:
    rows = in1.shape[0] + in2.shape[0] - 1
    columns = in1.shape[1] + in2.shape[1] - 1
    full = np.zeros((rows, columns))
    for i in range(in2.shape[0]):
        for j in range(in2.shape[1]):
            full[i : i + in1.shape[0], j : j + in1.shape[1]] += in2[i, j] * in1
    if mode == "full":
        return full
    top = (in2.shape[0] - 1) // 2
    left = (in2.shape[1] - 1) // 2
    return full[top : top + in1.shape[0], left : left + in1.shape[1]]


@definition(signal.lfilter, kinds="nd, nd, 1d")
def lfilter(b: Any, a: Any, x: Any) -> Any:
    weights = np.atleast_1d(a)
    z = np.convolve(np.atleast_1d(b), x)[: len(x)] / weights[0]
    for i in range(1, len(x)):
        for k in range(1, min(len(weights), i + 1)):
            z[i] -= weights[k] * z[i - k] / weights[0]
    return z


@definition(signal.detrend, kinds="1d")
def detrend(data: Any, axis: int = -1, type: Literal["linear", "constant"] = "linear") -> Any:
    if type == "constant":
        return data - np.mean(data)
    places = np.arange(len(data)) - 0.5 * (len(data) - 1)
    return data - np.mean(data) - places * np.sum(places * data) / np.sum(places**2)
