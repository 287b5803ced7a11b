"""Calls: helpers, defaults, star arguments, recursion, functions as values, prints, errors, imports, random numbers."""

from __future__ import annotations

import functools
import math
import operator
from contextlib import contextmanager, nullcontext

import numpy as np

from tests.programs.program import array, drawn, number, numbers, program

GRAVITY = 9.81
COEFFICIENTS = (0.5, -0.25, 0.125)
TABLE = np.array([0.3, 0.7, 1.1])


def square(x):
    return x * x


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def scale_and_shift(x, scale=2.0, *, shift=0.5):
    return scale * x + shift


@program(number(), number(), tags="helper")
def sum_of_squares(x, y):
    return square(x) + square(square(y)) * square(x * y)


@program(array(3), array(3), tags="helper array")
def logistic_neuron(w, x):
    return square(sigmoid(np.dot(w, x)) - 0.3)


@program(number(), number(), tags="keyword default")
def keywords_and_defaults(x, y=2.0):
    a = scale_and_shift(x)
    b = scale_and_shift(x, y)
    c = scale_and_shift(shift=x, x=y)
    return a * b * c


@program(number(), named={"rate": number(), "steps": 3}, tags="keyword-only")
def keyword_only(x, *, rate, steps=2):
    for _ in range(steps):
        x = x - rate * x**3 * 0.1
    return x


def polynomial(x, *coefficients, **options):
    total = options.get("offset", 0.0)
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total * options["gain"]


@program(number(), number(), number(), tags="star arguments")
def star_arguments(x, a, b):
    options = {"gain": a * b}
    return polynomial(x, a, b, 1.5, offset=b, gain=a) + polynomial(x, *[b, a], **options)


@program(number(), number(), number(), tags="varargs")
def varargs(*values):
    total = 1.0
    for i, value in enumerate(values):
        total *= value ** (i + 1)
    return total


@program(number(), named={"a": number(), "b": number()}, tags="kwargs")
def kwargs(x, **weights):
    total = 0.0
    for name, weight in weights.items():
        total += weight * x if name == "a" else weight**2
    return total


def clenshaw(x, n):
    if n == 0:
        return 1.0
    if n == 1:
        return x
    return 2.0 * x * clenshaw(x, n - 1) - clenshaw(x, n - 2)


@program(number(), 5, tags="recursion")
def chebyshev(x, n):
    return clenshaw(x, n) + clenshaw(0.5 * x, 2)


@program(number(), 4, tags="recursion self")
def tower(x, n):
    if n <= 0:
        return x
    return np.sin(tower(x * x, n - 1)) + x


def even_part(x, n):
    return x if n == 0 else x * odd_part(x + 0.1, n - 1)


def odd_part(x, n):
    return np.cos(x) if n == 0 else even_part(x * 0.9, n - 1) + x


@program(number(), 5, tags="mutual recursion")
def mutual_recursion(x, n):
    return even_part(x, n) - odd_part(x, n - 1)


@program(array(8), tags="recursion array")
def pairwise_sum(x):
    n = x.shape[0]
    if n <= 2:
        return np.sum(x * x)
    half = n // 2
    return pairwise_sum(x[:half]) * 0.9 + pairwise_sum(x[half:])


def adaptive_simpson(f, a, b, depth):
    m = 0.5 * (a + b)
    whole = (b - a) / 6.0 * (f(a) + 4.0 * f(m) + f(b))
    if depth == 0:
        return whole
    return adaptive_simpson(f, a, m, depth - 1) + adaptive_simpson(f, m, b, depth - 1)


@program(number(), number(), tags="function argument")
def integral_of_a_closure(a, k):
    return adaptive_simpson(lambda t: math.exp(-k * t * t), 0.0, a, 2)


@program(number(), np.tanh, tags="function argument numpy", jax=False)
def activation_as_argument(x, activation):
    return activation(x) * activation(2.0 * x)


@program(number(), square, tags="function argument user")
def twice(x, f):
    return f(f(x)) - f(x)


@program(number(), "cube", tags="dispatch dict")
def picked_from_dict(x, name):
    shapes = {"square": square, "cube": lambda t: t**3, "sine": np.sin}
    return shapes[name](x) * shapes["sine"](x)


@program(number(), tags="dispatch list loop")
def picked_from_list(x):
    for step in [np.sin, square, sigmoid, math.exp]:
        x = step(x)
    return x


@program(number(), number(), tags="closure")
def closure_over_active(x, y):
    scale = x * y

    def inner(t):
        return scale * t + y

    return inner(x) * inner(inner(2.0))


@program(number(), tags="closure late")
def closure_sees_later_value(x):
    def inner():
        return value * value

    value = np.sin(x)
    first = inner()
    value = value * 3.0
    return first + inner()


@program(number(), tags="closure factory")
def made_by_a_factory(x):
    def make(power):
        def raised(t):
            return t**power * x

        return raised

    square_times, cube_times = make(2), make(3)
    return square_times(x + 1.0) * cube_times(2.0)


@program(number(), 3, tags="nonlocal")
def counts_calls(x, n):
    calls = 0

    def step(t):
        nonlocal calls
        calls += 1
        return t * 0.5 + calls

    for _ in range(n):
        x = step(x) * x
    return x * calls


@program(number(), tags="nested def default")
def default_captures(x):
    functions = []
    for k in range(3):
        functions.append(lambda t, k=k: t ** (k + 1) * x)
    total = 0.0
    for f in functions:
        total += f(x)
    return total


@program(number(), number(), tags="global")
def pendulum_energy(angle, speed):
    return 0.5 * speed**2 - GRAVITY * math.cos(angle) + COEFFICIENTS[0] * speed + TABLE[1] * angle


@program(number(), tags="partial")
def partials_inside(x):
    shift = functools.partial(scale_and_shift, scale=x)
    power = functools.partial(pow, x)
    return shift(2.0) * shift(x, shift=0.1) + power(2)


@program(numbers(4), tags="reduce")
def reduced(values):
    return functools.reduce(lambda a, b: a * b + a, values)


@program(number(), tags="import inside")
def imports_inside(x):
    import math as m
    from math import sin

    import numpy

    return m.exp(x) * sin(x) + numpy.cos(x)


@program(number(), 3, tags="print", prints=True, autograd=False, jax=False)
def prints_progress(x, n):
    for i in range(n):
        x = x * np.sin(x)
        print("step", i, f"x = {x:.6f}")
    print(f"{x!r:>30}", end="\n\n")
    return x * x


@program(number(), number(), tags="assert")
def asserts(x, y):
    assert x > 0, f"x is {x}"
    assert y
    z = x / y
    assert np.isfinite(z)
    return z * z


@program(number(), tags="raise")
def raises(x):
    if x < 0:
        raise ValueError("negative")
    elif x > 100:
        raise OverflowError
    return np.sqrt(x)


@contextmanager
def labelled(name):
    yield name


@program(number(), tags="with", jax=False)
def with_blocks(x):
    with np.errstate(all="ignore"):
        y = np.log(x) * x
    with nullcontext(), labelled("block") as label:
        y = y * len(label)
    return y


@program(number(), tags="try finally")
def try_finally(x):
    try:
        y = x * x
        z = np.sin(y)
    except ZeroDivisionError:
        raise
    finally:
        label = "done"
    return z * y + len(label)


@program(number(), "3", tags="try except inactive")
def try_except_inactive(x, text):
    try:
        n = int(text)
    except ValueError:
        n = 1
    else:
        n += 1
    return x**n


@program(number(), 7, tags="random", jax=False)
def random_numbers(x, seed):
    rng = np.random.default_rng(seed)
    total = 0.0
    for _ in range(4):
        total += np.cos(x * rng.normal()) + rng.uniform() * x
    return total


@program(number(), drawn(lambda rng: np.random.default_rng(3)), argnums=0, tags="random argument")
def monte_carlo(volatility, rng):
    payoff = 0.0
    for _ in range(5):
        price = np.exp(volatility * rng.standard_normal() - 0.5 * volatility**2)
        payoff += max(price - 0.2, 0.0)
    return payoff / 5


@program(number(), number(), tags="operator module")
def operator_functions(x, y):
    return operator.mul(x, operator.add(x, y)) - operator.truediv(y, x)


@program(number(), number(), name="lambda", tags="lambda")
def _named_below(x, y):
    return (lambda a, b: a * b + math.sin(a))(x, y)


program(number(), number(), name="a lambda", tags="lambda")(lambda x, y: x * np.exp(-y) if x > 0 else y)
program(number(), name="a partial", tags="partial")(functools.partial(scale_and_shift, scale=3.0))
program(number(), number(), name="a wrapped function", tags="wrapped")(
    functools.wraps(square)(lambda x, y=1.0: x * y * y)
)
