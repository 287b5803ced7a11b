"""Break, continue, return and loop-else anywhere."""

from __future__ import annotations

import numpy as np

from tests.programs.program import array, number, program


@program(number(1.5, 2.5), 1e-12, tags="break")
def newton_sqrt(a, tol):
    x = a
    for _ in range(50):
        step = 0.5 * (x - a / x)
        x = x - step
        if abs(step) < tol:
            break
    return x


@program(array(6), number(2.2, 2.4), tags="break")
def until_budget(prices, budget):
    spent = 0.0
    pleasure = 0.0
    for price in prices:
        if spent + price > budget:
            break
        spent += price
        pleasure += np.sqrt(price)
    return pleasure + (budget - spent) ** 2


@program(array(6, low=-1.0, high=1.0), tags="continue")
def positives_only(x):
    total = 1.0
    for value in x:
        if value <= 0:
            continue
        total *= 1.0 + value
    return total


@program(array(4, 5, low=-1.0, high=1.0), tags="continue nested break")
def sparse_rows(A):
    total = 0.0
    for i in range(4):
        if i == 2:
            continue
        row = 1.0
        for j in range(5):
            if A[i, j] < -0.8:
                break
            if j == i:
                continue
            row = row * (1.5 + A[i, j])
        total += row
    return total


@program(number(), number(), tags="return")
def early_return(x, y):
    if x > y + 10:
        return x
    z = x * y
    if z > 1e-3:
        return z * z
    return z


@program(array(5), number(1.9, 2.1), tags="return in loop")
def first_passage(steps, barrier):
    position = 0.0
    for t, step in enumerate(steps):
        position = position + step
        if position > barrier:
            return t + (position - barrier) / step
    return -1.0


@program(array(4, 4), number(4.0, 5.0), tags="return nested loop")
def first_large_partial_sum(A, level):
    total = 0.0
    for i in range(4):
        for j in range(4):
            total += A[i, j] * A[i, j]
            if total > level:
                return total * A[j, i]
        total = total * 0.9
    return total


@program(array(4), number(), tags="for-else")
def search_with_else(x, target):
    for value in x:
        if abs(value - target) < 1e-6:
            result = value
            break
        target = target + 0.01 * value
    else:
        result = target * target
    return result


@program(array(4), number(), tags="for-else taken")
def search_found(x, target):
    total = target
    for value in x:
        total = total * value
        if total > 0.0:
            found = total * total
            break
    else:
        found = -1.0
    return found


@program(number(2.0, 3.0), tags="while-else")
def while_with_else(x):
    count = 0
    while x > 0.1:
        x = x * 0.5
        count += 1
        if count > 40:
            x = 0.0
            break
    else:
        x = x * 3.0
    return x * x


@program(number(2.0, 2.9), number(), tags="while-true")
def while_true(x, y):
    n = 0
    while True:
        x = x * 0.7 + 0.01 * y
        n += 1
        if x < 0.5:
            break
        if n > 100:
            return 0.0
    return x * y + n


@program(number(), tags="while-true return")
def fixed_point(x):
    guess = 1.0
    while True:
        fresh = np.cos(0.5 * x * guess)
        if abs(fresh - guess) < 1e-14:
            return fresh
        guess = fresh


@program(array(3, 4), number(2.6, 2.8), tags="break if loop if loop")
def nested_breaks(A, limit):
    total = 0.0
    for i in range(3):
        if i != 1:
            partial = 0.0
            for j in range(4):
                partial += A[i, j]
                if j > 0:
                    if partial > limit:
                        total += partial * partial
                        break
                    partial *= 1.1
            else:
                total -= partial
            if total > 50.0:
                break
        else:
            total += A[i, 0]
    return total


@program(array(3, 3), array(3), tags="continue for-else")
def continue_and_else(A, b):
    total = 0.0
    for i in range(3):
        for j in range(3):
            if i == j:
                continue
            total += A[i, j] * b[j]
        else:
            total += b[i] * b[i]
            continue
        total = 0.0
    return total


@program(number(), number(), tags="return else return")
def both_return(x, y):
    if x * y > 0.0:
        t = x + y
        if t > 10.0:
            return t
        else:
            t = t * t
            return np.sin(t) * x
    else:
        return y


@program(number(0.1, 0.3), 40, tags="break chain")
def logistic_map(r, n):
    x = 0.3
    total = 0.0
    for i in range(n):
        x = (2.5 + r) * x * (1.0 - x)
        if x > 0.99:
            break
        total += x
        if i > 5 and total > 4.0:
            break
    return total * x


@program(number(1.2, 1.4), 20, tags="escape")
def escape_time(c, limit):
    z = 0.0
    for n in range(limit):
        z = z * z + c
        if z > 4.0:
            return n + 1.0 - np.log(np.log(z))
    return 0.0


@program(number(), number(), 3, tags="return while nested")
def return_out_of_two(x, y, n):
    i = 0
    while i < n:
        j = 0
        while j < n:
            x = x + 0.1 * y * x
            if x > 2.0:
                return x * i + y * j
            j += 1
        i += 1
    return x - y


@program(number(), number(), tags="unreachable")
def unreachable_code(x, y):
    for _ in range(3):
        x = x * y
        continue
        x = x + 100.0
    return x
    y = 2.0
    return y
