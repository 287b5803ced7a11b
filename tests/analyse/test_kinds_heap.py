"""Kinds where values are shared: aliases, closures, callees that change their arguments, objects of many forms."""

from __future__ import annotations

import itertools
import math
import operator
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce, wraps
from typing import Any

import numpy as np
import pytest

from tests.analyse.observing import watched_run

PROGRAMS: list[tuple[Callable[..., Any], dict[str, Any]]] = []
VECTOR, MATRIX = np.array([0.5, 1.5, -1.0, 2.0]), np.arange(12.0).reshape(3, 4)
SETTINGS = {"rate": 0.5, "names": ["a", "b"], "matrix": MATRIX}
State = namedtuple("State", "position speed")


def program(**arguments: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a program with its arguments."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS.append((function, arguments))
        return function

    return enter


def push(values, value):
    values.append(value)
    return values


def fill(table, keys, value):
    for key in keys:
        table[key] = value
    return len(table)


@program(x=0.7, given=[1.0, 2.0])
def changed_by_callees(x, given):
    values = push([x], 1)
    again = push(values, VECTOR)
    push(given, np.ones((2, 2)))
    table = {}
    count = fill(table, ["a", "b"], x)
    fill(table, [1], VECTOR)
    return values[0], again[-1], given[0], given[-1], table["a"], table[1], count, len(values), len(given)


@program(x=VECTOR)
def lists_in_lists(x):
    rows = [[] for _ in range(2)]
    rows[0].append(x)
    grid = [[0.0] * 3 for _ in range(2)]
    grid[1][2] = x[0]
    shared = [[]] * 2
    shared[0].append(x[:2])
    stack = [1.0]
    while stack:
        top = stack.pop()
        if top < 3.0:
            stack.append(top + x[0])
            stack.append(top * 2)
    holder = {"parts": []}
    holder["parts"].append(x)
    holder["parts"] += [x[1:], 2.0]
    return rows[0][0], grid, shared[1], top, holder["parts"][0], holder["parts"]


@program(x=0.7, n=3)
def closures(x, n):
    makers = []
    for k in range(n):
        offset = x * k

        def shifted(y, power=k):
            return y + offset + power

        makers.append(shifted)
    results = [maker(VECTOR) for maker in makers]

    def compose(f, g):
        return lambda v: f(g(v))

    h = compose(np.sin, compose(lambda v: v * x, makers[0]))
    size = 2.0
    before = (lambda: size)()
    size = VECTOR
    return results, h(1.0), h(VECTOR), before, (lambda: size)()


def positive(x):
    return x[x > 0.0]


def both(x, y):
    return positive(x), positive(y)


@program(x=VECTOR)
def masks_through_callees(x):
    a, b = both(x, -x)
    parts = [positive(x - k) for k in range(3)]
    longest = x
    for part in parts:
        if part.size > 1:
            longest = part
    c = positive(a)
    return a, b, parts, longest, a[a > 1.0], c, np.sum(c) * c


@dataclass(frozen=True)
class Leaf:
    value: float


@dataclass(frozen=True)
class Node:
    left: Any
    right: Any


def total(tree):
    if isinstance(tree, Leaf):
        return tree.value
    return total(tree.left) + total(tree.right)


class Base:
    scale = 2.0

    def __init__(self, x):
        self.x = x
        self.trace = []

    def value(self):
        self.trace.append(self.x)
        return self.inner() * self.scale

    def inner(self):
        return self.x

    @staticmethod
    def twice(v):
        return 2 * v

    @classmethod
    def made(cls, x):
        return cls(x)

    def __add__(self, other):
        return type(self)(self.x + other.x)

    def __getitem__(self, index):
        return self.x * index

    def __len__(self):
        return 3


class Derived(Base):
    def inner(self):
        return super().inner() + 1.0


@program(x=0.7, tree=Node(Leaf(1.0), Node(Leaf(2.0), Leaf(3.0))), model=Derived(VECTOR))
def object_oriented(x, tree, model):
    b = Base(x)
    d = Derived.made(VECTOR * x)
    first = b.value()
    e = d + d
    f = b if x > 10.0 else d
    built = Node(Leaf(x), Leaf(VECTOR))
    model.x = model.x * x
    return (
        first,
        b.trace,
        d.value(),
        e.x,
        f.inner(),
        Base.twice(x),
        b[3],
        total(tree),
        total(built),
        model.value(),
        len(b),
    )


@program(x=0.7)
def from_the_environment(x):
    rate = SETTINGS["rate"]
    y = SETTINGS["matrix"] @ VECTOR
    for name in SETTINGS["names"]:
        y = y + len(name)
    return rate * x, y, math.tau, np.inf, SETTINGS.get("rate", 0.0)


@program(x=VECTOR, args=(1.0, 2.0))
def iteration_tools(x, args):
    a = [p * q for p, q in itertools.product(x, args)]
    b = [u - v for u, v in itertools.combinations(x, 2)]
    c = reduce(operator.mul, args)
    d = reduce(lambda s, v: s + v * x, list(args), 0.0)
    e = dict(zip("ab", x))
    f = (
        list(reversed(args)),
        tuple(v for v in args),
        sorted(x, key=abs),
        max(args, default=0.0),
        max(x, key=lambda v: v),
    )
    g = [*map(partial(math.pow, 2.0), args)], sum((v for v in x), 1.0), sum(x[k] for k in range(3)), next(iter(args))
    for index, (u, (v, w)) in enumerate(zip(x, zip(x, args))):
        last = index * u * v * w
    first, *others = args
    return a, b, c, d, e, f, g, last, others, {v for v in args}, list(enumerate(args)), any(v > 1 for v in args)


def logged(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@logged
def decorated(x, *, power=2):
    return x**power


def is_even(n, x):
    return x if n == 0 else is_odd(n - 1, x * 2)


def is_odd(n, x):
    return np.sin(x) if n == 0 else is_even(n - 1, x + 1)


def countdown(values, n):
    if n == 0:
        return values
    values.append(float(n))
    return countdown(values, n - 1)


@program(x=0.7, n=3)
def calls_in_circles(x, n):
    table = {"square": lambda v: v * v, "root": np.sqrt}
    picked = [table[name](x) for name in ("square", "root")]
    state = State(x, VECTOR)
    for _ in range(n):
        state = State(state.position + 0.1 * state.speed, state.speed)
    position, speed = state
    values = countdown([], n)
    return decorated(x, power=3), is_even(4, x), is_even(n, VECTOR), picked, position, speed, values, values[0]


@program(x=1 + 2j, z=np.array([1j, 2.0]), f=np.float32(0.5), b=True, t=(1.0, (2, VECTOR)), d={"p": {"q": [VECTOR, 1]}})
def types_of_arguments(x, z, f, b, t, d):
    a, (k, v) = t
    d["p"]["q"][1] = a
    return (
        x.real, x.conjugate(), abs(x), z.imag, np.abs(z), z * x, f * 2, f * VECTOR, f + 1j, b * f, b + 1,
        v * k, d["p"]["q"][0] * a, d["p"]["q"][1], z.real.astype(np.float32) * f, np.real(z @ z), f.dtype == np.float32,
    )  # fmt: skip


@program(x=VECTOR, flag=False)
def maybe_none(x, flag):
    best = None
    for k in range(4):
        if best is None or x[k] > best:
            best = x[k]
    cache = None
    if flag:
        cache = x * 2.0
    if cache is not None:
        best = best + np.sum(cache)
    y = cache if cache is not None else x
    z = None if flag else 1.0
    return best, y, z, cache is None, (cache or 0.0)


@pytest.mark.parametrize(("function", "arguments"), PROGRAMS, ids=lambda value: getattr(value, "__name__", ""))
def test_kinds_cover_all_values(function: Callable[..., Any], arguments: dict[str, Any]) -> None:
    _, faults = watched_run(function, arguments)
    assert not faults, "\n".join(faults)
