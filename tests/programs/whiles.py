"""While loops: tolerances, counters, walrus tests, stacks of work."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.program import array, number, numbers, program


@program(number(2.0, 3.0), number(1.1, 1.2), tags="while")
def halve_until_small(x, tol):
    while x * x > tol:
        x = 0.5 * x
    return x


@program(number(), number(), 1e-13, tags="while tolerance")
def kepler(mean_anomaly, eccentricity, tol):
    e = 0.4 * eccentricity
    E = mean_anomaly
    delta = 1.0
    while abs(delta) > tol:
        delta = (E - e * math.sin(E) - mean_anomaly) / (1.0 - e * math.cos(E))
        E = E - delta
    return E


@program(number(), 5, tags="while counter")
def series_exp(x, n):
    term = 1.0
    total = 1.0
    k = 1
    while k <= n:
        term *= x / k
        total += term
        k += 1
    return total


@program(number(1.0, 2.0), 1e-13, tags="while walrus")
def walrus_newton(a, tol):
    x = a
    while abs(step := (x**3 - a) / (3.0 * x * x)) > tol:
        x = x - step
    return x * a


@program(number(0.1, 0.4), number(1.6, 1.9), tags="while bisection")
def golden_section(a, b):
    ratio = 0.6180339887498949
    n = 0
    while n < 6:
        c = b - ratio * (b - a)
        d = a + ratio * (b - a)
        if (c - 1.2) ** 2 < (d - 1.2) ** 2:
            b = d
        else:
            a = c
        n += 1
    return 0.5 * (a + b) ** 2


@program(numbers(4), tags="while pop")
def reduce_pairs(values):
    stack = list(values)
    while len(stack) > 1:
        a = stack.pop()
        b = stack.pop()
        stack.append(a * b + np.sin(a))
    return stack[0]


@program(number(), number(), tags="while false")
def while_never(x, y):
    while x < -1.0:
        x = x * y
    return x * y


@program(number(2.0, 3.0), number(0.85, 0.95), tags="while nested")
def nested_whiles(x, decay):
    total = 0.0
    while x > 0.5:
        inner = x
        while inner > 0.3:
            inner = inner * 0.6
            total += inner * inner
        x = x * decay - 0.2
    return total + x


@program(array(5), number(2.0, 2.5), tags="while index")
def skip_ahead(x, target):
    i = 0
    total = 0.0
    while i < len(x) and total < target:
        total += x[i] * x[i]
        i += 1
        if total > 0.5 * target:
            i += 1
    return total * target


@program(number(0.9, 1.1), number(0.4, 0.5), tags="while adaptive")
def adaptive_step(y, t_end):
    t = 0.0
    h = 0.1
    while t < t_end:
        if t + h > t_end:
            h = t_end - t
        k1 = -y * y
        k2 = -((y + h * k1) ** 2)
        error = abs(0.5 * h * (k2 - k1))
        if error < 0.02:
            y = y + 0.5 * h * (k1 + k2)
            t = t + h
            h = 1.3 * h
        else:
            h = 0.5 * h
    return y


@program(number(1.1, 1.9), number(1.1, 1.9), tags="while agm")
def arithmetic_geometric_mean(a, b):
    while abs(a - b) > 1e-15:
        a, b = 0.5 * (a + b), np.sqrt(a * b)
    return a


@program(array(3, low=2.0, high=3.0), tags="while array")
def shrink_array(v):
    n = 0
    while np.sum(v * v) > 1.0:
        v = 0.7 * v + 0.01 * v * v
        n += 1
    return np.sum(v) * n
