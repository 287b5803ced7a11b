"""Tangents of ``scipy.special``'s functions that return several values or reduce."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from srcgrad.rules.registry import tangent


@tangent(special.sici)
def sici(x_dot: Any, z: Any, x: Any) -> Any:
    return np.sinc(x / math.pi) * x_dot, np.cos(x) / x * x_dot


@tangent(special.shichi)
def shichi(x_dot: Any, z: Any, x: Any) -> Any:
    return np.sinh(x) / x * x_dot, np.cosh(x) / x * x_dot


@tangent(special.fresnel)
def fresnel(x_dot: Any, z: Any, x: Any) -> Any:
    angle = 0.5 * math.pi * x * x
    return np.sin(angle) * x_dot, np.cos(angle) * x_dot


@tangent(special.logsumexp, arguments=("a",))
def logsumexp(a_dot: Any, z: Any, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    # Where all terms are -inf so is z: nan_to_num makes the shares 0 instead of NaN.
    if axis is None or keepdims:
        return np.sum(np.exp(a - np.nan_to_num(z)) * a_dot, axis=axis, keepdims=keepdims)
    return np.sum(np.exp(a - np.expand_dims(np.nan_to_num(z), axis)) * a_dot, axis=axis)


@tangent(special.softmax)
def softmax(x_dot: Any, z: Any, x: Any, axis: Any = None) -> Any:
    return z * (x_dot - np.sum(x_dot * z, axis=axis, keepdims=True))


@tangent(special.log_softmax)
def log_softmax(x_dot: Any, z: Any, x: Any, axis: Any = None) -> Any:
    return x_dot - np.sum(np.exp(z) * x_dot, axis=axis, keepdims=True)
