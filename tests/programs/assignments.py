"""Multiple, chained, starred, nested and augmented assignment; swaps; names used again and again."""

from __future__ import annotations

import numpy as np

from tests.programs.program import array, number, numbers, program


@program(number(), number(), tags="swap")
def fibonacci_like(a, b):
    for _ in range(5):
        a, b = b, a * b + 0.1
    return a + b * b


@program(number(), number(), number(), tags="rotate")
def rotate_three(a, b, c):
    a, b, c = c, a * b, b
    b, a = a, b
    a, c = c * a, a
    return a * b - c


@program(number(), number(), tags="parallel")
def rotation(x, y):
    for _ in range(3):
        x, y = np.cos(0.3) * x - np.sin(y) * y, np.sin(0.3) * x + np.cos(0.3) * y * x
    return x * y


@program(number(), tags="chained")
def chained_assignment(x):
    a = b = x * x
    b = b + a
    c = d = e = b
    d += c
    return a * b * d + e


@program(numbers(5), tags="starred")
def starred(values):
    first, *middle, last = values
    head, *rest = middle
    total = first * last + head
    for value in rest:
        total = total * value
    return total


@program(number(), number(), number(), tags="nested unpacking")
def nested_unpacking(a, b, c):
    (x, y), z = (a * b, b + c), c * c
    [p, (q, r)] = [z, (x, y)]
    return p * q - r / x


@program(array(4, 2), tags="row unpacking")
def polygon_area(vertices):
    area = 0.0
    x0, y0 = vertices[-1]
    for x1, y1 in vertices:
        area += x0 * y1 - x1 * y0 * y0
        x0, y0 = x1, y1
    return 0.5 * area


@program(number(), number(), tags="augmented")
def augmented(x, y):
    x += y
    x *= x
    y -= x
    y /= x + 3.0
    x **= 2
    x -= y * x
    return x


@program(number(0.2, 0.4), number(0.2, 0.4), tags="augmented power")
def augmented_power(x, y):
    z = x
    z **= y
    z *= z
    z /= y
    return z - x


@program(number(), tags="reused name")
def one_name_for_all(x):
    x = np.sin(x)
    x = x * x
    x = np.exp(-x) / x
    x = x - 1.0 / x
    return x


@program(number(), number(), tags="self reference")
def uses_itself_twice(x, y):
    for _ in range(4):
        x = x * y + x * x * 0.1
        y = y - x * y * 0.1
    return x - y


@program(number(), tags="annotated")
def annotated_locals(x: float) -> float:
    """Docstrings and annotations stay out of the way."""
    scale: float = 2.0 * x
    offset: float
    offset = scale * x
    return offset + scale


@program(number(), number(), tags="overwrite with constant")
def overwritten_with_constants(x, y):
    z = x * y
    total = z * z
    z = 3.0
    total += z * x
    z = total * z
    x = 2.0
    return z * x


@program(number(), number(), tags="unused")
def unused_work(x, y):
    waste = np.exp(x) * y
    more = waste + 1.0
    for _ in range(3):
        waste = waste * more
    return x * y


@program(number(), number(), argnums=(0, 1), tags="ignored-argument zero")
def ignores_one_argument(x, y):
    return x * x


@program(number(), number(), tags="constant-result zero")
def constant_result(x, y):
    x = x * y
    return 3.0


@program(number(), tags="identity")
def identity(x):
    return x


@program(number(), 4, 3, argnums=0, tags="mixed numbers")
def integers_and_floats(x, n, m):
    ratio = n / m
    k = n // m + n % m
    y = k * x + ratio
    z = 0
    z += y
    z *= n
    return z**m / 100 - (-n) * y


@program(3, 2, argnums=(0, 1), tags="python int argument")
def integer_arguments(x, y):
    return x * x * y + 2 * x


@program(number(), number(), tags="tuple result inside")
def tuple_carried(x, v):
    state = (x, v)
    for _ in range(4):
        x, v = state
        state = (x + 0.1 * v, v - 0.1 * np.sin(x))
    return state[0] * state[-1]


@program(number(), number(), tags="del")
def deletes_names(x, n):
    temporary = [1, 2, 3]
    k = len(temporary)
    del temporary
    return x**k * n


@program(number(), number(), 3, tags="alias")
def float_alias(x, y, n):
    z = x
    for _ in range(n):
        w = z
        z = z * y
        y = w
    return z + y


@program(number(), tags="power forms")
def powers(x):
    return x**2 + x**0.5 + x**-1 + 2.0**x + x**x + x**3.0 + x**1 + x**0


@program(number(), number(), tags="sign forms", autograd=False)
def signs(x, y):
    return -x * -y - (-(x - y)) + +x - -(-y) * (x - (y - x))


@program(number(1.1, 1.9), number(0.3, 0.4), tags="modulo", complex_step=False, autograd=False)
def modulo(x, y):
    return (x % y) * x + (x // y) * y * y


@program(array(4), tags="argument used twice")
def self_products(x):
    return np.dot(x, x) + np.sum(x * x) - np.sum(x / (x + x)) + np.dot(x, x[::-1])
