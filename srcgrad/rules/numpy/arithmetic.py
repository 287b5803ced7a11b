"""Rules for arithmetic and for what chooses between values."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint, is_constant, partials


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


@partials(np.power)
def power(z: Any, x: Any, y: Any) -> Any:
    if is_constant(y):
        if y == 0:
            return 0.0, 0.0
        if y == 1:
            return 1.0, z * np.log(x + (x == 0))
        if y == 2:
            return 2.0 * x, z * np.log(x + (x == 0))
        return y * x ** (y - 1), z * np.log(x + (x == 0))
    # The exponent y - 1 where y is not 0; x ** 0 is constant.  0 ** y has derivative 0 in y.
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


@partials(np.maximum)
def maximum(z: Any, x: Any, y: Any) -> Any:
    return (x > y) + 0.5 * (x == y), (y > x) + 0.5 * (x == y)


@partials(np.minimum)
def minimum(z: Any, x: Any, y: Any) -> Any:
    return (x < y) + 0.5 * (x == y), (y < x) + 0.5 * (x == y)


@adjoint(np.where, arguments=("x", "y"), broadcasts=True)
def where(z_bar: Any, z: Any, condition: Any, x: Any, y: Any) -> Any:
    return np.where(condition, z_bar, 0.0), np.where(condition, 0.0, z_bar)
