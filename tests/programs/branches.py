"""If, elif, else in every nesting; conditional expressions; boolean operators; comparisons."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.program import array, number, program


@program(number(0.2, 0.8), tags="if")
def relu_like(x):
    if x > 0.0:
        y = x * x
    else:
        y = 0.0
    return y + x


@program(number(1.2, 1.8), number(), tags="elif")
def tax(income, rate):
    if income < 1.0:
        due = 0.0
    elif income < 2.0:
        due = rate * (income - 1.0)
    elif income < 3.0:
        due = rate + 2.0 * rate * (income - 2.0)
    else:
        due = 3.0 * rate * income
    return due * due


@program(number(-0.9, -0.1), number(), tags="nested-if")
def quadrant(x, y):
    if x > 0:
        if y > 0:
            r = x * y
        else:
            r = x - y
    else:
        if y > 0:
            r = np.exp(x) * y
            if y * x < -5.0:
                r = r * 10.0
            else:
                r = r + x
        else:
            r = x + y
    return np.sin(r)


@program(number(), number(), tags="overwritten in branch")
def overwritten_in_branch(x, y):
    z = x * y
    if z > 0.1:
        x = x * z
        z = np.cos(x)
    else:
        z = np.sin(z)
    return x * z + y


@program(number(), tags="one branch only")
def defined_in_one_branch(x):
    flag = x > 0.1
    if flag:
        extra = x**3
    total = x
    if flag:
        total = total + extra
    return total


@program(number(), number(), tags="dead branch")
def dead_branch(x, y):
    debug = False
    if debug:
        x = x * undefined_helper(y)  # noqa: F821
    if True:
        y = y * x
    while False:
        y = y + 1.0
    return y * x


@program(number(), number(), "quartic", tags="string mode")
def potential(x, k, mode):
    if mode == "harmonic":
        return 0.5 * k * x**2
    elif mode == "quartic":
        return 0.25 * k * x**4
    else:
        raise ValueError(f"unknown mode {mode!r}")


@program(number(), None, tags="none")
def optional_argument(x, scale=None):
    if scale is None:
        scale = 2.0 * x
    return scale * np.exp(-x)


@program(number(), number(1.6, 2.4), tags="conditional expression")
def conditional_expression(x, y):
    a = x if x > y else y * y
    b = (a * x if a > 2.0 else a + x) if y > 0 else 0.0
    return a * b


@program(array(5, low=-1.0, high=1.0), tags="conditional expression loop")
def leaky(x):
    total = 0.0
    for value in x:
        total += value if value > 0 else 0.1 * value * value
    return total


@program(number(), number(), tags="and or not")
def boolean_tests(x, y):
    if x > 0 and y > 0 and not x * y > 10:
        z = x / y
    else:
        z = x
    if x < 0 or y < 0 or z > 100:
        z = -z
    return z * x


@program(number(0.2, 0.8), 0.0, tags="or value")
def default_by_or(x, fallback):
    y = fallback or x * x
    z = y and y * x
    w = 0.0 or (x > 5 and x) or np.sin(x)
    return y + z + w


@program(number(0.3, 0.7), number(1.3, 1.7), tags="chained comparison")
def chained_comparison(x, y):
    if 0 < x < 1 < y <= 2:
        return x * y
    return x + y


@program(number(), 3, tags="in")
def membership(x, kind):
    if kind in (1, 3, 5):
        x = x * kind
    if kind not in {3: "x"}:
        x = x * 100.0
    if "a" in "table":
        x = np.sqrt(x)
    return x


@program(array(6, low=-2.0, high=2.0), number(0.4, 0.6), tags="loop branch")
def huber_loss(residuals, delta):
    total = 0.0
    for r in residuals:
        if abs(r) <= delta:
            total += 0.5 * r * r
        elif r > 0:
            total += delta * (r - 0.5 * delta)
        else:
            total += delta * (-r - 0.5 * delta)
    return total


@program(array(7), number(), tags="loop branch carried")
def garch_like(returns, omega):
    variance = 0.3
    loss = 0.0
    for r in returns:
        if r < 1.0:
            variance = omega + 0.1 * r * r + 0.5 * variance
        else:
            variance = omega + 0.3 * r * r + 0.5 * variance
        loss += math.log(variance) + r * r / variance
    return loss


@program(number(), number(), 4, tags="loop branch parity")
def alternating(x, y, n):
    s = x
    for i in range(n):
        if i % 2 == 0:
            s = s * y
        elif i % 3 == 0:
            s = s - x * y
        else:
            s = s + x
            if s > 1.0:
                s = np.log(s)
    return s


@program(number(), number(), tags="flag")
def flags_survive_changes(x, y):
    small = x < 10.0
    for _ in range(3):
        if small:
            x = x * (1.0 + y)
        else:
            x = x / (1.0 + y)
        small = x < 2.0
    return x


@program(number(), tags="test overwritten")
def test_of_an_overwritten_value(x):
    if x < 2.0:
        x = x * x + 3.0
    if x < 2.0:
        x = np.sin(x)
    else:
        x = np.cos(x)
    return x


@program(number(), number(), tags="empty branch")
def empty_branch(x, y):
    z = x * y
    if z > 0.0:
        pass
    else:
        z = -z
    if z > 100.0:
        z = z * z
    return z * x


@program(array(3), array(3), True, tags="flag argument")
def normalised_distance(a, b, squared):
    d = np.sum((a - b) ** 2)
    if not squared:
        d = np.sqrt(d)
    return d / np.sum(a * a) if squared else d


@program(array(4), tags="any all")
def any_and_all(x):
    if np.all(x > 0) and not np.any(x > 2.0):
        y = np.sum(np.log(x))
    else:
        y = np.sum(x)
    if any(v > 1e6 for v in x):
        y = 0.0
    return y * x[0]


@program(number(), number(), tags="walrus")
def walrus(x, y):
    if (z := x * y) > 0.0:
        w = z * z
    else:
        w = z
    return w + (v := np.sin(w)) * v + z
