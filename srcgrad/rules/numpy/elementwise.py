"""Rules for elementwise functions: logarithms, roots, circular and hyperbolic functions, complex parts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint, partials, tangent
from srcgrad.runtime import sinc_slope


@partials(np.exp)
def exp(z: Any, x: Any) -> Any:
    return z


@partials(np.exp2)
def exp2(z: Any, x: Any) -> Any:
    return math.log(2.0) * z


@partials(np.expm1)
def expm1(z: Any, x: Any) -> Any:
    return z + 1.0


@partials(np.log)
def log(z: Any, x: Any) -> Any:
    return 1.0 / x


@partials(np.log2)
def log2(z: Any, x: Any) -> Any:
    return 1.0 / (math.log(2.0) * x)


@partials(np.log10)
def log10(z: Any, x: Any) -> Any:
    return 1.0 / (math.log(10.0) * x)


@partials(np.log1p)
def log1p(z: Any, x: Any) -> Any:
    return 1.0 / (1.0 + x)


@partials(np.logaddexp)
def logaddexp(z: Any, x: Any, y: Any) -> Any:
    # Where both are -inf so is z: nan_to_num makes the shares 0 instead of NaN.
    total = np.nan_to_num(z)
    return np.exp(x - total), np.exp(y - total)


@partials(np.logaddexp2)
def logaddexp2(z: Any, x: Any, y: Any) -> Any:
    total = np.nan_to_num(z)
    return np.exp2(x - total), np.exp2(y - total)


@partials(np.sqrt)
def sqrt(z: Any, x: Any) -> Any:
    return 0.5 / z


@partials(np.cbrt)
def cbrt(z: Any, x: Any) -> Any:
    return 1.0 / (3.0 * z * z)


@partials(np.hypot)
def hypot(z: Any, x: Any, y: Any) -> Any:
    # The division is by 1 where z is 0.
    r = z + (z == 0)
    return x / r, y / r


@partials(np.sin)
def sin(z: Any, x: Any) -> Any:
    return np.cos(x)


@partials(np.cos)
def cos(z: Any, x: Any) -> Any:
    return -np.sin(x)


@partials(np.tan)
def tan(z: Any, x: Any) -> Any:
    return 1.0 + z * z


@partials(np.arcsin)
def arcsin(z: Any, x: Any) -> Any:
    return 1.0 / np.sqrt(1.0 - x * x)


@partials(np.arccos)
def arccos(z: Any, x: Any) -> Any:
    return -1.0 / np.sqrt(1.0 - x * x)


@partials(np.arctan)
def arctan(z: Any, x: Any) -> Any:
    return 1.0 / (1.0 + x * x)


@partials(np.arctan2)
def arctan2(z: Any, y: Any, x: Any) -> Any:
    squared = x * x + y * y
    # The division is by 1 at the origin.
    r2 = squared + (squared == 0)
    return x / r2, -y / r2


@partials(np.sinh)
def sinh(z: Any, x: Any) -> Any:
    return np.cosh(x)


@partials(np.cosh)
def cosh(z: Any, x: Any) -> Any:
    return np.sinh(x)


@partials(np.tanh)
def tanh(z: Any, x: Any) -> Any:
    return 1.0 - z * z


@partials(np.arcsinh)
def arcsinh(z: Any, x: Any) -> Any:
    return 1.0 / np.sqrt(x * x + 1.0)


@partials(np.arccosh)
def arccosh(z: Any, x: Any) -> Any:
    return 1.0 / np.sqrt(x * x - 1.0)


@partials(np.arctanh)
def arctanh(z: Any, x: Any) -> Any:
    return 1.0 / (1.0 - x * x)


@partials(np.sinc)
def sinc(z: Any, x: Any) -> Any:
    return sinc_slope(x)


@partials(np.deg2rad)
@partials(np.radians)
def deg2rad(z: Any, x: Any) -> Any:
    return math.pi / 180.0


@partials(np.rad2deg)
@partials(np.degrees)
def rad2deg(z: Any, x: Any) -> Any:
    return 180.0 / math.pi


@partials(np.absolute)
def absolute(z: Any, x: Any) -> Any:
    if np.iscomplexobj(x):
        return np.conj(np.sign(x))
    return np.sign(x)


@partials(np.fabs)
def fabs(z: Any, x: Any) -> Any:
    return np.sign(x)


@partials(np.copysign)
def copysign(z: Any, x: Any, y: Any) -> Any:
    return np.sign(x) * np.copysign(1.0, y), 0.0


# Steps where x is real, the direction x / abs(x) where it is complex.
@adjoint(np.sign)
def sign(z_bar: Any, z: Any, x: Any) -> Any:
    if np.iscomplexobj(x):
        r = np.abs(x) + (x == 0)
        return (z_bar - np.conj(z) * np.real(z_bar * z)) / r
    return 0.0


@partials(np.real)
def real(z: Any, val: Any) -> Any:
    return 1.0


@partials(np.imag)
def imag(z: Any, val: Any) -> Any:
    if np.iscomplexobj(val):
        return -1j
    return 0.0


@partials(np.angle)
def angle(z: Any, x: Any, deg: bool = False) -> Any:
    if np.iscomplexobj(x):
        if deg:
            return -1j * (180.0 / math.pi) / (x + (x == 0))
        return -1j / (x + (x == 0))
    return 0.0


@partials(np.real_if_close)
def real_if_close(z: Any, a: Any) -> Any:
    return 1.0


@adjoint(np.conjugate)
def conjugate(z_bar: Any, z: Any, x: Any) -> Any:
    if np.iscomplexobj(x):
        return np.conj(z_bar)
    return z_bar


@tangent(np.conjugate)
def conjugate_tangent(x_dot: Any, z: Any, x: Any) -> Any:
    return np.conj(x_dot)


@partials(np.unwrap)
def unwrap(z: Any, p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2.0 * math.pi) -> Any:
    return 1.0
