"""Rules for ``math`` and for Python's own functions of numbers and sequences."""

from __future__ import annotations

import builtins
import cmath
import copy
import math
from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint, nondifferentiable, partials
from srcgrad.runtime import digamma, products_of_others, share_equal, sum_to, unsort_items
from srcgrad.stopping import stop_gradient


@partials(math.exp)
def exp(z: Any, x: Any) -> Any:
    return z


@partials(math.exp2)
def exp2(z: Any, x: Any) -> Any:
    return math.log(2.0) * z


@partials(math.expm1)
def expm1(z: Any, x: Any) -> Any:
    return z + 1.0


@partials(math.log)
def log(z: Any, x: Any, base: Any = None) -> Any:
    if base is None:
        return 1.0 / x, 0.0
    return 1.0 / (x * math.log(base)), -z / (base * math.log(base))


@partials(math.log2)
def log2(z: Any, x: Any) -> Any:
    return 1.0 / (math.log(2.0) * x)


@partials(math.log10)
def log10(z: Any, x: Any) -> Any:
    return 1.0 / (math.log(10.0) * x)


@partials(math.log1p)
def log1p(z: Any, x: Any) -> Any:
    return 1.0 / (1.0 + x)


@partials(math.sqrt)
def sqrt(z: Any, x: Any) -> Any:
    return 0.5 / z if z != 0.0 else math.inf


@partials(math.cbrt)
def cbrt(z: Any, x: Any) -> Any:
    return 1.0 / (3.0 * z * z) if z != 0.0 else math.inf


@partials(math.pow)
def pow(z: Any, x: Any, y: Any) -> Any:
    # x ** 0 has derivative 0 in x, also at 0: its exponent is not lowered.  0 ** y has derivative 0 in y.
    return y * x ** (y - (y != 0)), (z * math.log(x) if x > 0.0 else 0.0 if x == 0.0 else math.nan)


@partials(math.sin)
def sin(z: Any, x: Any) -> Any:
    return math.cos(x)


@partials(math.cos)
def cos(z: Any, x: Any) -> Any:
    return -math.sin(x)


@partials(math.tan)
def tan(z: Any, x: Any) -> Any:
    return 1.0 + z * z


@partials(math.asin)
def asin(z: Any, x: Any) -> Any:
    return 1.0 / math.sqrt(1.0 - x * x)


@partials(math.acos)
def acos(z: Any, x: Any) -> Any:
    return -1.0 / math.sqrt(1.0 - x * x)


@partials(math.atan)
def atan(z: Any, x: Any) -> Any:
    return 1.0 / (1.0 + x * x)


@partials(math.atan2)
def atan2(z: Any, y: Any, x: Any) -> Any:
    squared = x * x + y * y
    # The division is by 1 at the origin.
    r2 = squared + (squared == 0.0)
    return x / r2, -y / r2


@partials(math.sinh)
def sinh(z: Any, x: Any) -> Any:
    return math.cosh(x)


@partials(math.cosh)
def cosh(z: Any, x: Any) -> Any:
    return math.sinh(x)


@partials(math.tanh)
def tanh(z: Any, x: Any) -> Any:
    return 1.0 - z * z


@partials(math.asinh)
def asinh(z: Any, x: Any) -> Any:
    return 1.0 / math.sqrt(x * x + 1.0)


@partials(math.acosh)
def acosh(z: Any, x: Any) -> Any:
    return 1.0 / math.sqrt(x * x - 1.0)


@partials(math.atanh)
def atanh(z: Any, x: Any) -> Any:
    return 1.0 / (1.0 - x * x)


@partials(math.erf)
def erf(z: Any, x: Any) -> Any:
    return 2.0 / math.sqrt(math.pi) * math.exp(-x * x)


@partials(math.erfc)
def erfc(z: Any, x: Any) -> Any:
    return -2.0 / math.sqrt(math.pi) * math.exp(-x * x)


@partials(math.gamma)
def gamma(z: Any, x: Any) -> Any:
    return z * digamma(x)


@partials(math.lgamma)
def lgamma(z: Any, x: Any) -> Any:
    return digamma(x)


@partials(math.degrees)
def degrees(z: Any, x: Any) -> Any:
    return 180.0 / math.pi


@partials(math.radians)
def radians(z: Any, x: Any) -> Any:
    return math.pi / 180.0


@partials(math.fabs)
def fabs(z: Any, x: Any) -> Any:
    return float(x > 0.0) - float(x < 0.0)


@partials(math.copysign)
def copysign(z: Any, x: Any, y: Any) -> Any:
    return (float(x > 0.0) - float(x < 0.0)) * math.copysign(1.0, y), 0.0


@partials(math.fmod)
def fmod(z: Any, x: Any, y: Any) -> Any:
    return 1.0, -math.trunc(x / y)


@partials(math.remainder)
def remainder(z: Any, x: Any, y: Any) -> Any:
    return 1.0, -builtins.round((x - z) / y)


@adjoint(math.modf)
def modf(z_bar: Any, z: Any, x: Any) -> Any:
    return z_bar[0]


@adjoint(math.frexp)
def frexp(z_bar: Any, z: Any, x: Any) -> Any:
    return math.ldexp(z_bar[0], -z[1])


@partials(math.ldexp)
def ldexp(z: Any, x: Any, i: Any) -> Any:
    return math.ldexp(1.0, i)


@partials(math.hypot, kinds="0d, 0d")
def hypot(z: Any, x: Any, y: Any) -> Any:
    # The division is by 1 where z is 0.
    r = z + (z == 0.0)
    return x / r, y / r


@adjoint(math.dist)
def dist(z_bar: Any, z: Any, p: Any, q: Any) -> Any:
    slope = z_bar / (z + (z == 0.0)) * np.subtract(p, q)
    return slope, -slope


@adjoint(math.hypot)
def hypot_of_many(z_bar: Any, z: Any, *coordinates: Any) -> Any:
    return [z_bar * x / (z + (z == 0.0)) for x in coordinates]


@adjoint(math.fsum)
@adjoint(builtins.sum)
def sum_of_items(z_bar: Any, z: Any, iterable: Any, start: Any = 0) -> Any:
    if isinstance(iterable, np.ndarray) and iterable.ndim == 1:
        return np.full_like(iterable, z_bar), z_bar
    if np.ndim(z) == 0:
        return [z_bar] * len(iterable), z_bar
    if isinstance(iterable, np.ndarray):
        return z_bar, sum_to(z_bar, np.shape(start))
    return [sum_to(z_bar, np.shape(item)) for item in iterable], sum_to(z_bar, np.shape(start))


@adjoint(math.prod)
def prod(z_bar: Any, z: Any, iterable: Any, *, start: Any = 1) -> Any:
    return z_bar * start * products_of_others(np.array(iterable)), z_bar * math.prod(iterable)


@partials(builtins.abs)
def absolute(z: Any, x: Any) -> Any:
    if np.iscomplexobj(x):
        return np.conj(np.sign(x))
    return np.sign(x)


@partials(builtins.float)
def to_float(z: Any, x: Any) -> Any:
    return 1.0


@partials(builtins.complex)
def to_complex(z: Any, real: Any, imag: Any = 0.0) -> Any:
    return 1.0, 1j


# Equal values share the adjoint of the largest.


@adjoint(builtins.max, kinds="0d, 0d")
def max_of_two(z_bar: Any, z: Any, x: Any, y: Any) -> Any:
    half = 0.5 * z_bar
    return half * (x >= y) + half * (x > y), half * (y >= x) + half * (y > x)


@adjoint(builtins.min, kinds="0d, 0d")
def min_of_two(z_bar: Any, z: Any, x: Any, y: Any) -> Any:
    half = 0.5 * z_bar
    return half * (x <= y) + half * (x < y), half * (y <= x) + half * (y < x)


@adjoint(builtins.max, kinds="0d, 0d, 0d")
@adjoint(builtins.min, kinds="0d, 0d, 0d")
def extreme_of_many(z_bar: Any, z: Any, *values: Any) -> Any:
    return share_equal(z_bar, z, values)


@adjoint(builtins.max)
@adjoint(builtins.min)
def extreme_of_items(z_bar: Any, z: Any, iterable: Any) -> Any:
    return share_equal(z_bar, z, iterable)


# A container made of another one's items: the items' adjoints are those of the copies.


@adjoint(builtins.list)
@adjoint(builtins.tuple)
def items_of(z_bar: Any, z: Any, iterable: Any) -> Any:
    if isinstance(iterable, np.ndarray):
        return np.array(z_bar)
    return z_bar


@adjoint(list.copy)
@adjoint(dict.copy)
@adjoint(copy.copy)
def copied(z_bar: Any, z: Any, x: Any) -> Any:
    return z_bar


@adjoint(builtins.sorted)
def sorted_items(z_bar: Any, z: Any, iterable: Any) -> Any:
    return unsort_items(z_bar, iterable)


@partials(cmath.exp)
def complex_exp(z: Any, x: Any) -> Any:
    return z


@partials(cmath.log)
def complex_log(z: Any, x: Any) -> Any:
    return 1.0 / x


@partials(cmath.sqrt)
def complex_sqrt(z: Any, x: Any) -> Any:
    return 0.5 / z


@partials(cmath.sin)
def complex_sin(z: Any, x: Any) -> Any:
    return cmath.cos(x)


@partials(cmath.cos)
def complex_cos(z: Any, x: Any) -> Any:
    return -cmath.sin(x)


@partials(cmath.sinh)
def complex_sinh(z: Any, x: Any) -> Any:
    return cmath.cosh(x)


@partials(cmath.cosh)
def complex_cosh(z: Any, x: Any) -> Any:
    return cmath.sinh(x)


@partials(cmath.tanh)
def complex_tanh(z: Any, x: Any) -> Any:
    return 1.0 - z * z


nondifferentiable(stop_gradient)
nondifferentiable(math.floor, math.ceil, math.trunc, math.gcd, math.lcm, math.isnan, math.isinf, math.isfinite)
nondifferentiable(math.isclose, math.comb, math.perm, math.factorial, math.isqrt, math.ulp)
nondifferentiable(builtins.int, builtins.bool, builtins.len, builtins.range, builtins.isinstance, builtins.issubclass)
nondifferentiable(builtins.round, builtins.type, builtins.str, builtins.repr, builtins.id, builtins.hash)
nondifferentiable(builtins.any, builtins.all, builtins.callable, builtins.hasattr, builtins.ord, builtins.chr)
nondifferentiable(builtins.print, builtins.format, builtins.input, builtins.bin, builtins.hex, builtins.oct)
