"""Tangents of ``math``'s and Python's own functions of numbers and sequences."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from srcgrad.rules.registry import tangent
from srcgrad.runtime import extreme_tangent, products_of_others, sort_items_tangent


@tangent(math.modf)
def modf(x_dot: Any, z: Any, x: Any) -> Any:
    return x_dot, 0.0


@tangent(math.frexp)
def frexp(x_dot: Any, z: Any, x: Any) -> Any:
    return math.ldexp(x_dot, -z[1]), 0.0


@tangent(math.dist)
def dist(p_dot: Any, q_dot: Any, z: Any, p: Any, q: Any) -> Any:
    return np.dot(np.subtract(p, q), np.subtract(p_dot, q_dot)) / (z + (z == 0.0))


@tangent(math.hypot)
def hypot_of_many(coordinates_dot: Any, z: Any, *coordinates: Any) -> Any:
    return np.dot(coordinates, coordinates_dot) / (z + (z == 0.0))


@tangent(math.fsum)
def fsum(iterable_dot: Any, z: Any, iterable: Any) -> Any:
    return math.fsum(iterable_dot)


@tangent(builtins.sum)
def sum_of_items(iterable_dot: Any, start_dot: Any, z: Any, iterable: Any, start: Any = 0) -> Any:
    return sum(iterable_dot) + start_dot


@tangent(math.prod, arguments=("iterable", "start"))
def prod(iterable_dot: Any, start_dot: Any, z: Any, iterable: Any, *, start: Any = 1) -> Any:
    return start * np.dot(products_of_others(np.array(iterable)), iterable_dot) + math.prod(iterable) * start_dot


@tangent(builtins.max, kinds="0d, 0d")
def max_of_two(x_dot: Any, y_dot: Any, z: Any, x: Any, y: Any) -> Any:
    return 0.5 * (x_dot * (x >= y) + x_dot * (x > y) + y_dot * (y >= x) + y_dot * (y > x))


@tangent(builtins.min, kinds="0d, 0d")
def min_of_two(x_dot: Any, y_dot: Any, z: Any, x: Any, y: Any) -> Any:
    return 0.5 * (x_dot * (x <= y) + x_dot * (x < y) + y_dot * (y <= x) + y_dot * (y < x))


@tangent(builtins.max, kinds="0d, 0d, 0d")
@tangent(builtins.min, kinds="0d, 0d, 0d")
def extreme_of_many(values_dot: Any, z: Any, *values: Any) -> Any:
    return extreme_tangent(values_dot, z, values)


@tangent(builtins.max)
@tangent(builtins.min)
def extreme_of_items(iterable_dot: Any, z: Any, iterable: Any) -> Any:
    return extreme_tangent(iterable_dot, z, iterable)


@tangent(builtins.sorted)
def sorted_items(iterable_dot: Any, z: Any, iterable: Any) -> Any:
    return sort_items_tangent(iterable_dot, iterable)
