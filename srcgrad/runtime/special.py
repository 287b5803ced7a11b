"""Functions of numbers that NumPy does not have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def digamma(x: float) -> float:
    """The logarithmic derivative of the gamma function of a number.

    >>> round(digamma(1.0), 12)
    -0.577215664902
    """
    if x <= 0.0:
        if x == math.floor(x):
            return math.nan
        # Reflection.
        return digamma(1.0 - x) - math.pi / math.tan(math.pi * x)
    shift = 0.0
    while x < 10.0:
        shift -= 1.0 / x
        x += 1.0
    # The asymptotic series.
    u = 1.0 / (x * x)
    series = u * (1 / 12 - u * (1 / 120 - u * (1 / 252 - u * (1 / 240 - u * (1 / 132 - u * (691 / 32760 - u / 12))))))
    return shift + math.log(x) - 0.5 / x - series


def sinc_slope(x: Any) -> Any:
    """The derivative of ``np.sinc``; near 0, where the textbook's quotient cancels, its series."""
    u = np.pi * np.asarray(x)
    near = np.abs(u) < 0.2
    v = np.where(near, 1.0, u).astype(u.dtype)
    w = u * u
    series = -u / 3.0 * (1.0 - w / 10.0 * (1.0 - w / 28.0 * (1.0 - w / 54.0 * (1.0 - w / 88.0 * (1.0 - w / 130.0)))))
    return (np.pi * np.where(near, series, (np.cos(v) - np.sin(v) / v) / v))[()]
