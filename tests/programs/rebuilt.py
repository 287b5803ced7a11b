"""Objects that methods make anew in loops, dataclasses that compute a field, folds in expressions."""

from __future__ import annotations

import functools
import itertools
import operator
from dataclasses import asdict, astuple, dataclass
from typing import NamedTuple

import numpy as np

from tests.programs.program import array, drawn, number, program


@dataclass(frozen=True)


class Frozen:
    a: float
    b: float

    @property
    def area(self):
        return self.a * self.b

    def grown(self, k):
        return Frozen(self.a * k, self.b + k)


@program(number(), number())
def frozen_moved(x, y):
    f = Frozen(x, b=y)
    f = f.grown(2.0)
    return f.area


@program(number(), number())
def frozen_moved_in_a_loop(x, y):
    f = Frozen(x, b=y)
    for k in range(3):
        f = f.grown(k + 1.0)
    return f.a * f.b


@program(number(), number())
def frozen_made_anew(x, y):
    f = Frozen(x, b=y)
    for k in range(3):
        f = Frozen(f.a * 1.1, f.b + f.a)
    return f.a * f.b


@program(number(), number())
def frozen_with_property(x, y):
    f = Frozen(x, b=y)
    for k in range(3):
        f = f.grown(f.area * 0.1)
    return f.area


class Pair:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, o):
        return Pair(self.x + o.x, self.y + o.y)

    def __mul__(self, k):
        return Pair(self.x * k, self.y * k)

    __rmul__ = __mul__
    def dot(self, o):
        return self.x * o.x + self.y * o.y

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __iter__(self):
        return iter((self.x, self.y))

    def __len__(self):
        return 2


@program(number(), number())
def pair_added(a, b):
    p, q = Pair(a, b), Pair(b, a * b)
    p = p + 0.1 * q
    return p.dot(q)


@program(number(), number())
def pair_added_in_a_loop(a, b):
    p, q = Pair(a, b), Pair(b, a * b)
    for _ in range(3):
        p = p + q
    return p.dot(q)


@program(number(), number())
def pair_unpacked(a, b):
    p = Pair(a, b)
    x, y = p
    return p[0] * y + x * len(p)


@program(number(), number())
def pairs_in_a_loop(a, b):
    p, q = Pair(a, b), Pair(b, a * b)
    for _ in range(3):
        p = p + q * 0.1
        q = q * a + p
    return p.dot(q)


@program(number(), number())
def pairs_swapped(a, b):
    p, q = Pair(a, b), Pair(b, a * b)
    for _ in range(3):
        p, q = p + q, q * 0.5
    return p.x * q.y


@dataclass
class Post:
    a: float
    n: int = 2

    def __post_init__(self):
        self.sq = self.a**self.n


@program(number())
def post_init(x):
    p = Post(x)
    return p.sq * p.a


@program(array(3))
def reduce_in_sums(x):
    return functools.reduce(lambda a, b: a * b + 1.0, x) + functools.reduce(operator.mul, [x[0], x[1]], 2.0)


@program(array(3))
def accumulated_at_once(x):
    return list(itertools.accumulate(x))[-1] * x[0]


@program(array(3))
def accumulated_in_a_loop(x):
    total = 0.0
    for v in itertools.accumulate(x, operator.mul):
        total += v
    return total


@program(array(3))
def reduced_by_a_closure(x):
    def f(a, b):
        return a * b + x[0]

    return functools.reduce(f, x, 1.0)


@dataclass
class Settings:
    rate: float
    weights: np.ndarray
    name: str = "settings"


def settings(rng):
    return Settings(float(rng.uniform(0.5, 1.5)), rng.uniform(0.5, 1.5, 3))


@program(drawn(settings), autograd=False, jax=False)
def fields_by_name(s):
    found = asdict(s)
    found["weights"][0] = 2.0
    return found["rate"] * np.sum(found["weights"] ** 2) * s.weights[0]


@program(drawn(settings), autograd=False)
def fields_in_order(s):
    rate, weights, name = astuple(s)
    return rate * np.sum(weights**2) * len(name)


class Phase(NamedTuple):
    place: float
    speed: float


@program(number(), number())
def named_tuple_as_dict(x, v):
    found = Phase(x, v * x)._asdict()
    total = 0.0
    for key, value in found.items():
        total += value**2 * len(key)
    return total * found["speed"]
