"""Rules for arithmetic, rounding, and what chooses between two values."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint, is_constant, partials, tangent
from srcgrad.runtime import sum_to


@partials(np.add)
def add(z: Any, x: Any, y: Any) -> Any:
    return 1.0, 1.0


@partials(np.subtract)
def subtract(z: Any, x: Any, y: Any) -> Any:
    return 1.0, -1.0


@partials(np.multiply)
def multiply(z: Any, x: Any, y: Any) -> Any:
    return y, x


@partials(np.divide)
def divide(z: Any, x: Any, y: Any) -> Any:
    return 1.0 / y, -z / y


@partials(builtins.pow)
@partials(np.float_power)
@partials(np.power)
def power(z: Any, x: Any, y: Any) -> Any:
    # 0 ** y has derivative 0 in y.  x ** 0 has derivative 0 in x, also at 0: its exponent is not lowered.
    if is_constant(y):
        if y == 0:
            return 0.0, 0.0
        if y == 1:
            return 1.0, z * np.log(x + (x == 0))
        if y == 2:
            return 2.0 * x, z * np.log(x + (x == 0))
        return y * x ** (y - 1), z * np.log(x + (x == 0))
    if is_constant(x) and x > 0:
        return y * x ** (y - 1), math.log(x) * z
    return y * x ** (y - (y != 0)), z * np.log(x + (x == 0))


@partials(np.negative)
def negative(z: Any, x: Any) -> Any:
    return -1.0


@partials(np.positive)
def positive(z: Any, x: Any) -> Any:
    return 1.0


@partials(np.reciprocal)
def reciprocal(z: Any, x: Any) -> Any:
    return -z * z


@partials(np.square)
def square(z: Any, x: Any) -> Any:
    return 2.0 * x


@partials(np.remainder)
def remainder(z: Any, x: Any, y: Any) -> Any:
    return 1.0, -np.floor(x / y)


@partials(np.fmod)
def fmod(z: Any, x: Any, y: Any) -> Any:
    return 1.0, -np.trunc(x / y)


@adjoint(builtins.divmod)
@adjoint(np.divmod)
def divmod(z_bar: Any, z: Any, x: Any, y: Any) -> Any:
    if np.ndim(x) == 0 and np.ndim(y) == 0:
        return z_bar[1], -z_bar[1] * z[0]
    return sum_to(z_bar[1], np.shape(x)), sum_to(-z_bar[1] * z[0], np.shape(y))


@adjoint(np.modf)
def modf(z_bar: Any, z: Any, x: Any) -> Any:
    return z_bar[0]


@adjoint(np.frexp)
def frexp(z_bar: Any, z: Any, x: Any) -> Any:
    return np.ldexp(z_bar[0], -z[1])


@adjoint(np.ldexp, arguments=("x",), broadcasts=True)
def ldexp(z_bar: Any, z: Any, x: Any, i: Any) -> Any:
    return np.ldexp(z_bar, i)


# The larger takes the adjoint, equal ones share it.  The factors are booleans, so float32 stays float32.


@adjoint(np.maximum, broadcasts=True)
def maximum(z_bar: Any, z: Any, x: Any, y: Any) -> Any:
    half = 0.5 * z_bar
    return half * (x >= y) + half * (x > y), half * (y >= x) + half * (y > x)


@tangent(np.maximum)
def maximum_tangent(x_dot: Any, y_dot: Any, z: Any, x: Any, y: Any) -> Any:
    return 0.5 * (x_dot * (x >= y) + x_dot * (x > y) + y_dot * (y >= x) + y_dot * (y > x))


@adjoint(np.minimum, broadcasts=True)
def minimum(z_bar: Any, z: Any, x: Any, y: Any) -> Any:
    half = 0.5 * z_bar
    return half * (x <= y) + half * (x < y), half * (y <= x) + half * (y < x)


@tangent(np.minimum)
def minimum_tangent(x_dot: Any, y_dot: Any, z: Any, x: Any, y: Any) -> Any:
    return 0.5 * (x_dot * (x <= y) + x_dot * (x < y) + y_dot * (y <= x) + y_dot * (y < x))


@adjoint(np.fmax, broadcasts=True)
def fmax(z_bar: Any, z: Any, x: Any, y: Any) -> Any:
    half = 0.5 * z_bar
    x_leads = (x > y) | np.isnan(y)
    y_leads = (y > x) | np.isnan(x)
    return half * (x == y) + z_bar * x_leads, half * (x == y) + z_bar * y_leads


@adjoint(np.fmin, broadcasts=True)
def fmin(z_bar: Any, z: Any, x: Any, y: Any) -> Any:
    half = 0.5 * z_bar
    x_leads = (x < y) | np.isnan(y)
    y_leads = (y < x) | np.isnan(x)
    return half * (x == y) + z_bar * x_leads, half * (x == y) + z_bar * y_leads


@adjoint(np.clip, broadcasts=True)
def clip(z_bar: Any, z: Any, a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    open_below = a_min is None and min is None
    open_above = a_max is None and max is None
    low = min if a_min is None else a_min
    high = max if a_max is None else a_max
    if open_below and open_above:
        return z_bar, None, None, None, None
    if open_below:
        high_bar = z_bar * (a > high)
        return z_bar * (a <= high), None, high_bar, None, high_bar
    if open_above:
        low_bar = z_bar * (a < low)
        return z_bar * (a >= low), low_bar, None, low_bar, None
    # Where the bounds are crossed the upper one is the result.
    low_bar = z_bar * ((a < low) & (low <= high))
    high_bar = z_bar * ((a > high) | (low > high))
    return z_bar * ((a >= low) & (a <= high)), low_bar, high_bar, low_bar, high_bar


@adjoint(np.where, arguments=("x", "y"), broadcasts=True)
def where(z_bar: Any, z: Any, condition: Any, x: Any, y: Any) -> Any:
    if np.ndim(z) == 0:
        return (z_bar if condition else 0.0), (0.0 if condition else z_bar)
    return np.where(condition, z_bar, 0.0), np.where(condition, 0.0, z_bar)


@tangent(np.where, arguments=("x", "y"))
def where_tangent(x_dot: Any, y_dot: Any, z: Any, condition: Any, x: Any, y: Any) -> Any:
    return np.where(condition, x_dot, y_dot)


@partials(np.nextafter)
def nextafter(z: Any, x: Any, y: Any) -> Any:
    return 1.0, 0.0


@partials(np.heaviside)
def heaviside(z: Any, x: Any, y: Any) -> Any:
    return 0.0, x == 0


@adjoint(np.nan_to_num)
def nan_to_num(z_bar: Any, z: Any, x: Any, *, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    return z_bar * np.isfinite(x)
