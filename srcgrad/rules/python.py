"""Rules for ``math`` and for Python's own functions of numbers."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from srcgrad.rules.registry import nondifferentiable, partials


@partials(math.exp)
def exp(z: Any, x: Any) -> Any:
    return z


@partials(math.log)
def log(z: Any, x: Any) -> Any:
    return 1.0 / x


@partials(math.sqrt)
def sqrt(z: Any, x: Any) -> Any:
    return 0.5 / z


@partials(math.sin)
def sin(z: Any, x: Any) -> Any:
    return math.cos(x)


@partials(math.cos)
def cos(z: Any, x: Any) -> Any:
    return -math.sin(x)


@partials(math.tanh)
def tanh(z: Any, x: Any) -> Any:
    return 1.0 - z * z


@partials(builtins.abs)
def absolute(z: Any, x: Any) -> Any:
    if np.iscomplexobj(x):
        return np.conj(np.sign(x))
    return np.sign(x)


@partials(builtins.float)
def to_float(z: Any, x: Any) -> Any:
    return 1.0


nondifferentiable(math.floor, math.ceil, math.trunc, math.gcd, math.lcm, math.isnan, math.isinf, math.isfinite)
nondifferentiable(builtins.int, builtins.bool, builtins.len, builtins.range, builtins.isinstance, builtins.print)
nondifferentiable(builtins.round, builtins.type, builtins.str, builtins.repr, builtins.id, builtins.hash)
