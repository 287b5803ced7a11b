"""For loops over everything one loops over."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.program import array, number, numbers, program


@program(number(), number(), 5, tags="range")
def compound_interest(capital, rate, years):
    for _ in range(years):
        capital = capital * (1.0 + 0.1 * rate)
    return capital


@program(array(6), number(), tags="range")
def horner(coefficients, x):
    total = 0.0
    for k in range(len(coefficients) - 1, -1, -1):
        total = total * x + coefficients[k]
    return total


@program(array(7), tags="range step")
def simpson(f):
    total = f[0] + f[-1]
    for i in range(1, 6, 2):
        total += 4.0 * f[i]
    for i in range(2, 5, 2):
        total += 2.0 * f[i] * f[i]
    return total / 18.0


@program(array(8), number(), tags="range step negative")
def anticausal_filter(signal, pole):
    state = 0.0
    energy = 0.0
    for t in range(7, -1, -2):
        state = pole * state + signal[t]
        energy += state * state
    return energy


@program(number(), number(), 0, tags="range zero-trip")
def empty_product(x, y, n):
    p = x
    for i in range(n):
        p = p * y * (i + 1)
    return p * p


@program(number(), 5, 2, tags="range zero-trip")
def backwards_range(x, start, stop):
    s = np.sin(x)
    for i in range(start, stop):
        s = s * x + i
    for i in range(start, stop, -1):
        s = s * x + i
    return s


@program(array(3, low=-1.0), array(3, low=-1.0), number(), tags="array-loop")
def lennard_jones_line(positions, charges, sigma):
    energy = 0.0
    i = 0
    for a in positions:
        j = 0
        for b in positions:
            if j > i:
                r2 = (a - b) * (a - b) + 0.5
                s6 = (sigma * sigma / r2) ** 3
                energy = energy + charges[i] * charges[j] / np.sqrt(r2) + 0.1 * (s6 * s6 - s6)
            j += 1
        i += 1
    return energy


@program(array(4, 3), array(3), tags="array-loop rows")
def nearest_soft(points, query):
    weights = 0.0
    for row in points:
        weights += np.exp(-np.sum((row - query) ** 2))
    return -np.log(weights)


@program(array(3, 3), array(3), tags="array-loop rows")
def power_iteration(A, v):
    for _ in range(4):
        v = A @ v
        v = v / np.sqrt(np.sum(v * v))
    total = 0.0
    for row in A:
        for entry, component in zip(row, v):
            total += entry * component
    return total


@program(numbers(4), number(), tags="list-loop")
def discounted_cash_flow(flows, rate):
    value = 0.0
    factor = 1.0
    for flow in flows:
        factor = factor / (1.0 + rate)
        value += flow * factor
    return value


@program(number(), number(), tags="tuple-loop")
def gauss_legendre(a, b):
    half = 0.5 * (b - a)
    middle = 0.5 * (a + b)
    total = 0.0
    for node, weight in ((-0.7745966692414834, 5 / 9), (0.0, 8 / 9), (0.7745966692414834, 5 / 9)):
        t = middle + half * node
        total += weight * np.exp(-t * t)
    return half * total


@program({"mass": 2.0, "spring": 0.7, "damping": 0.1}, argnums=0, tags="dict-loop")
def sum_of_logs(parameters):
    total = 0.0
    for name in parameters:
        total += math.log(1.0 + parameters[name])
    return total


@program({"a": 0.7, "b": 1.2, "c": 0.4}, number(), argnums=(0, 1), tags="dict-loop items")
def ridge_penalty(weights, strength):
    penalty = 0.0
    for name, weight in weights.items():
        if name != "b":
            penalty += strength * weight**2
        else:
            penalty += weight
    return penalty


@program({"a": 0.7, "b": 1.2, "c": 0.4}, argnums=0, tags="dict-loop values")
def geometric_mean(shares):
    product = 1.0
    for share in shares.values():
        product *= share
    return product ** (1.0 / len(shares))


@program(array(5), number(), tags="enumerate")
def weighted_moments(x, mu):
    total = 0.0
    for i, value in enumerate(x):
        total += (i + 1) * (value - mu) ** 3
    return total


@program(array(5), number(), tags="enumerate start")
def taylor_with_start(c, x):
    total = c[0]
    factorial = 1
    for k, value in enumerate(c[1:], start=1):
        factorial *= k
        total = total + value * x**k / factorial
    return total


@program(array(4), array(4), array(4), tags="zip")
def weighted_distance(x, y, w):
    total = 0.0
    for a, b, weight in zip(x, y, w):
        total += weight * (a - b) ** 2
    return np.sqrt(total + 1.0)


@program(array(5), array(3), tags="zip unequal")
def shortest_wins(long, short):
    total = 1.0
    for a, b in zip(long, short):
        total *= a + b
    return total


@program(array(4), array(4), tags="zip enumerate")
def numbered_pairs(x, y):
    total = 0.0
    for i, (a, b) in enumerate(zip(x, y)):
        total += a**i * b
    return total


@program(array(5), tags="reversed")
def reversed_recurrence(x):
    state = 1.0
    for value in reversed(x):
        state = value / (1.0 + state)
    return state


@program(number(), 4, tags="reversed range")
def continued_fraction(x, depth):
    value = x
    for k in reversed(range(1, depth)):
        value = k + x / value
    return value


@program(numbers(4), tags="reversed list")
def reversed_list(items):
    total = 0.0
    for item in reversed(items):
        total = np.tanh(total) + item * item
    return total


@program(array(4, 4), tags="nested inner-bound")
def lower_triangle(A):
    total = 0.0
    for i in range(4):
        for j in range(i + 1):
            total += A[i, j] * A[j, i] * (1 + i - j)
    return total


@program(array(5), number(), tags="nested inner-bound")
def divided_differences(y, x):
    rows = [y[i] for i in range(5)]
    value = rows[0]
    factor = 1.0
    for order in range(1, 5):
        fresh = []
        for i in range(5 - order):
            fresh.append((rows[i + 1] - rows[i]) / order)
        rows = fresh
        factor = factor * (x - (order - 1))
        value = value + factor * rows[0]
    return value


@program(array(3, 4), array(4, 2), tags="nested deep")
def gemm_sum(A, B):
    total = 0.0
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            dot = 0.0
            for k in range(A.shape[1]):
                dot += A[i, k] * B[k, j]
            total += dot * dot / (i + j + 1)
    return total


@program(number(), number(), 3, tags="nested zero-trip")
def pyramid(x, y, n):
    total = x
    for i in range(n):
        for j in range(i):
            for k in range(j):
                total = total * y + k
            total = np.sin(total)
    return total


@program(number(), number(), tags="loop-variable after")
def loop_variable_survives(x, y):
    for value in (x, y, x * y):
        last = value * value
    return value + last


@program(array(3), tags="loop-variable overwritten")
def loop_variable_overwritten(x):
    total = 0.0
    for value in x:
        value = value * value
        value = np.exp(-value)
        total += value
    return total


@program(number(), 6, tags="range integer arithmetic")
def integer_arithmetic(x, n):
    total = 0.0
    for i in range(n):
        k = (i * 7 + 3) % 5 - (i // 2)
        bits = (i & 3) ^ (i << 1) | 1
        total += x**k * bits + (i >> 1) * x
    return total


@program(number(), number(), tags="range float-bounds")
def rectangle_rule(a, b):
    n = int(1e1)
    h = (b - a) / n
    total = 0.0
    for i in range(n):
        total += h * np.cos(a + (i + 0.5) * h)
    return total


@program(number(), array(4), tags="zip with a list written in the loop's head", jax=False)
def weights_written_in_the_head(b, x):
    total = 0.0
    for k, w, v in zip([0, 2, 0, 1], (0.5, 1.5, 2.5, 3.5), x):
        total = np.sin(total) + v * w * x[k] * b
    return total
