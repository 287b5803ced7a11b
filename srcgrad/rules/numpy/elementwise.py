"""Rules for elementwise functions of one or more arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import partials


@partials(np.exp)
def exp(z: Any, x: Any) -> Any:
    return z


@partials(np.log)
def log(z: Any, x: Any) -> Any:
    return 1.0 / x


@partials(np.sqrt)
def sqrt(z: Any, x: Any) -> Any:
    return 0.5 / z


@partials(np.sin)
def sin(z: Any, x: Any) -> Any:
    return np.cos(x)


@partials(np.cos)
def cos(z: Any, x: Any) -> Any:
    return -np.sin(x)


@partials(np.tan)
def tan(z: Any, x: Any) -> Any:
    return 1.0 + z * z


@partials(np.tanh)
def tanh(z: Any, x: Any) -> Any:
    return 1.0 - z * z


@partials(np.absolute)
def absolute(z: Any, x: Any) -> Any:
    if np.iscomplexobj(x):
        return np.conj(np.sign(x))
    return np.sign(x)


@partials(np.arctan2)
def arctan2(z: Any, y: Any, x: Any) -> Any:
    r2 = x * x + y * y
    return x / r2, -y / r2
