"""Functions that are picked at run time: from tables, by branches, by other functions; those that bind variables."""

from __future__ import annotations

import functools
import math
import operator

import numpy as np

from tests.programs.program import array, number, program


@program(number(), array(3))
def closures_in_a_dict(a, x):
    def square(v):
        return a * v * v

    def cube(v):
        return a * v**3

    table = {"square": square, "cube": cube}
    total = 0.0
    for i in range(3):
        kind = "square" if i % 2 == 0 else "cube"
        total += table[kind](x[i])
    return total


@program(number(), array(3), 1)
def closures_in_a_list(a, x, n):
    def up(v):
        return a * v

    def down(v):
        return v / a

    f = [up, down][n]
    return f(x[0]) + f(x[1]) * x[2]


@program(number(0.4, 0.9), number())
def defined_in_the_other_branch(x, y):
    if x > 1.0:

        def f(v):
            return v * y

    else:

        def f(v):
            return v / y

    return f(x) + f(y)


@program(number(1.1, 1.9), number())
def lambda_by_branch(x, y):
    f = lambda v: v
    if x > 1.0:
        f = lambda v: v * y
    elif y > 1.0:
        f = lambda v: v / x
    return f(x) * f(y) + f(v=x)


def product(x, y):
    return x * y


def ratio(x, y=2.0):
    return x / y


@program(number(), number(), 1)
def picked_with_keywords(x, z, n):
    function = [product, ratio][n]
    return function(x, y=z) * x


@program(array(4))
def picks_the_state_to_change(x):
    total = 0.0
    calls = 0

    def add(v):
        nonlocal total, calls
        calls += 1
        total = total + v * v

    def subtract(v):
        nonlocal total
        total = total - v

    steps = [add, subtract]
    for i in range(4):
        steps[i % 2](x[i])
    return total * calls


@program(array(3))
def handlers_by_name(x):
    best = 0.0

    def keep(v):
        nonlocal best
        if v > best:
            best = v

    def add(v):
        nonlocal best
        best += v * v

    handlers = {"keep": keep, "add": add}
    for i, v in enumerate(x):
        handlers["keep" if i % 2 else "add"](v)
    return best


@program(array(4), number())
def lambda_made_in_a_loop(x, k):
    total = 0.0
    for v in x:
        f = (lambda u: u * k) if v > 1.0 else math.cos
        total += f(v) * v
    return total


@program(array(4), number())
def letters_of_a_word(x, k):
    table = {"a": lambda v: v * k, "b": lambda v: v**2, "c": np.sin}
    return sum(table[key](v) for key, v in zip("abca", x))


@program(array(4), number())
def chosen_by_a_function(x, k):
    def choose(flag):
        if flag:
            return lambda v: v * k
        return lambda v: v + k

    total = 0.0
    for i, v in enumerate(x):
        total += choose(i % 2 == 0)(v)
    return total


def doubled(f, v):
    return f(v) * 2.0


@program(array(4), number())
def passes_what_it_picks(x, k):
    operations = [lambda v: v * k, lambda v: v + k]
    total = 0.0
    for i, v in enumerate(x):
        total += doubled(operations[i % 2], v)
    return total


@program(array(4), number())
def state_machine_of_functions(x, k):
    state = [1.0, 0.0]

    def grow(v):
        state[0] = state[0] * v * k
        return collect

    def collect(v):
        state[1] = state[1] + state[0] * v
        return grow

    step = grow
    for v in x:
        step = step(v)
    return state[0] + state[1]


def euler(f, y, t, h=0.1):
    return y + h * f(y, t)


def midpoint(f, y, t, h):
    return y + h * f(y + 0.5 * h * f(y, t), t + 0.5 * h)


@program(number(), number(), "euler")
def solver_by_name(y, k, name):
    step = {"euler": euler, "midpoint": midpoint}[name]
    f = lambda u, t: -k * u + t
    for i in range(5):
        y = step(f, y, 0.1 * i, h=0.1)
    return y


@program(number())
def inner_function_of_a_recursive_one(x):
    def add(value):
        return value * x

    return folded(add, 3)


def folded(function, n):
    if n == 0:
        return function(1.5)
    return folded(function, n - 1) * function(2.0)


@program(number())
def partial_of_a_recursive_function(x):
    scaled = functools.partial(power, x)
    return scaled(3)


def power(x, n):
    if n == 0:
        return 1.0
    return power(x, n - 1) * x


class Disc:
    """A disc whose area takes its time."""

    def __init__(self, radius):
        self.radius = radius

    def area(self, n):
        if n == 0:
            return self.radius * self.radius
        return self.area(n - 1)


@program(number())
def method_in_a_variable(x):
    area = Disc(x).area
    return area(3)


@program(number(), number())
def operators_in_pairs(x, y):
    total = x
    for called, function in [("add", operator.add), ("mul", operator.mul), ("sub", lambda a, b: a - b * x)]:
        total = function(total, y)
        if called == "mul":
            total = function(total, x)
    return total
