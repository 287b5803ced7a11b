"""Kinds of all that the language offers: every value that comes up is covered, and facts are as sharp as promised."""

from __future__ import annotations

import contextlib
import math
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pytest

from tests.analyse.observing import watched_run

PROGRAMS: list[tuple[Callable[..., Any], dict[str, Any]]] = []


def program(**arguments: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a program with its arguments."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS.append((function, arguments))
        return function

    return enter


VECTOR, MATRIX = np.array([0.5, 1.5, -1.0, 2.0]), np.arange(12.0).reshape(3, 4)
Pair = namedtuple("Pair", "first second")


@dataclass
class Parameters:
    weight: float
    bias: float = 0.5
    history: list = field(default_factory=list)


class Counter:
    def __init__(self, start):
        self.count = start

    def step(self, by=1.0):
        self.count = self.count + by
        return self

    @property
    def double(self):
        return 2.0 * self.count

    def __call__(self, x):
        return x * self.count


@program(x=VECTOR, X=MATRIX, k=2)
def indexing(x, X, k):
    a = x[1:-1] + x[2:] - x[:-2]
    b = X[:, 1] + X[..., 0] + X[1, 2] + x[-1]
    c = X[:, None, :].sum(axis=2)
    d = x[x > 0.0]
    e = x[[0, 2]] + x[np.array([1, 1])]
    f = X[[0, 1], [1, 2]] + X[k][0]
    g = X[k, :k] + X[0][::2]
    h = X[1:, [0, 1]][:, ::-1]
    i = x[..., 0]
    j = X[np.array([True, False, True])]
    m = x[:k] + x[k:] + x[-2:]
    return a, b, c, d, e, f, g, h, i, j, m


@program(x=VECTOR)
def masks_carried_in_a_loop(x):
    chosen = x
    before = x
    for _ in range(3):
        before = chosen
        chosen = chosen[chosen > 0.0]
        x = x[:-1]
    return before, chosen, x


@program(n=4, m=3)
def created(n, m):
    a = np.zeros((n, m)) + np.ones(m) * np.full((n, 1), 2.0)
    b = np.arange(n) + np.arange(1, n + 1)
    c = np.linspace(0.0, 1.0, n)[:-1]
    d = np.eye(n)[: n - 1] @ a
    e = np.empty(n, dtype=np.float32)
    e[:] = 1.0
    f = np.zeros_like(a).T @ np.ones_like(c, shape=n)
    return a, b, c, d, e * 2.0, f, np.array([1, 2.0, n]), np.array([[n, 1], [2, 3]])


@program(x=VECTOR, X=MATRIX)
def shaped(x, X):
    n = x.size
    a = X.reshape(-1)
    b = X.reshape(2, -1)
    c = np.stack([x, x * x])
    d = np.concatenate([x, X[0], np.ones(3)])
    e = np.vstack((X, x))
    f = np.squeeze(X[:1])
    g = np.expand_dims(x, 0) + X
    h = np.outer(x, x) + np.diag(x)
    i = np.tile(x, 2), np.repeat(x, 3), np.roll(x, 1), np.flip(X, axis=0)
    j = np.split(x, 2)
    k = np.moveaxis(X[None], 0, -1)
    return a, b, c, d, e, f, g, h, i, j, k, x.reshape(n, 1), np.broadcast_to(x, (3, n)), np.atleast_2d(x)


@program(X=MATRIX, axis=1)
def reduced(X, axis):
    a = X.sum(), X.sum(axis=0), np.mean(X, axis=axis), X.max(axis=1, keepdims=True)
    b = np.linalg.norm(X), np.linalg.norm(X, axis=0), np.var(X), np.cumsum(X, axis=0), X.argmax()
    c = np.prod(X.shape), np.percentile(X, 30.0), np.median(X, axis=1), np.any(X > 0.0), np.einsum("ij,kj->ik", X, X)
    return a, b, c


@program(X=MATRIX, x=VECTOR)
def solved(X, x):
    A = X.T @ X + np.eye(x.size)
    q, r = np.linalg.qr(A)
    w, V = np.linalg.eigh(A)
    sign, logdet = np.linalg.slogdet(A)
    return (
        np.linalg.solve(A, x),
        np.linalg.inv(A),
        np.linalg.det(A),
        q,
        r,
        w,
        V,
        sign * logdet,
        np.fft.rfft(x),
        np.kron(x, x),
    )


@program(x=0.7, n=3)
def numbers(x, n):
    a = math.sin(x) + math.pi * n // 2
    b = np.sin(x) * 2 + n
    c = abs(-x), max(x, 1.0), min(n, 2), round(x), int(x * 10.0), float(n), divmod(n, 2), x**n, n**2, n / 2, n % 2
    d = x > 0.5 and n > 2, not n, x if n > 5 else 1.0, (n or x), bool(n)
    e = complex(x, 1.0) * 1j, np.float32(x) * 2.0, np.float32(x) * np.float64(2.0), 2 * True, -n, n << 2
    return a, b, c, d, e


@program(x=0.7)
def ints_then_floats(x):
    total, result, flag = 0, None, True
    for k in range(4):
        total += x * k
        if k == 2:
            result = total
        flag = not flag
    if result is None:
        result = 0.0
    return total, result, flag


@program(x=VECTOR)
def numbers_then_arrays(x):
    total = 0.0
    for value in (1.0, 2.0):
        total = total + value * x
    kept = 1
    if x[0] > 0.0:
        kept = x
    return total, np.sum(total), kept, np.exp(kept) + 1.0, np.sum(kept)


@program(x=0.7, n=5)
def lists(x, n):
    values, pairs = [], []
    for k in range(n):
        values.append(x * k)
        pairs.append((k, values[-1]))
    alias = values
    alias.append(np.ones(2))
    last = values.pop()
    zeros = [0.0] * n
    zeros[2] = x
    nested = [[x, 1.0] for _ in range(3)]
    nested[1][0] = np.float32(1.0)
    first, *rest = pairs
    (i, v), w = first, rest[0][1]
    return last, zeros, nested, i, v, w, sum(zeros), sorted(zeros), zeros[1:3], [*zeros, x], list(range(3)), zeros + [1]


@program(x=0.7)
def dicts(x):
    d = {"a": x, "b": VECTOR}
    d["c"] = 2.0 * d["a"]
    e = dict(d, z=1.0)
    for name, value in {"p": 1.0, "q": x}.items():
        e[name] = value * d["a"]
    missing = d.get("nothing", 0.0)
    total = 0.0
    for name in d:
        if name != "b":
            total += d[name]
    return d["b"], e["p"], missing, total, len(d), {**d, "y": 3}, {k: k * x for k in range(3)}, "a" in d, "w" in d


@program(x=0.7, options=Parameters(2.0))
def objects(x, options):
    p = Parameters(x, history=[1.0])
    p.bias = np.ones(2)
    q = Pair(x, second=VECTOR)
    c = Counter(x).step().step(by=x)
    options.history.append(x)
    return (
        p.weight,
        p.bias,
        q,
        q.second,
        q._replace(first=1.0),
        c.count,
        c.double,
        c(2.0),
        options.bias,
        options.history,
    )


@program(x=0.7)
def functions(x):
    scale = 2.0

    def scaled(y, by=3.0):
        return y * by * scale

    def twice(f, value):
        return f(f(value))

    table = [np.sin, math.exp, lambda t: t * x]
    total = 0.0
    for function in table:
        total = total + function(x)
    half = partial(scaled, by=0.5)
    method = VECTOR.sum
    return (
        scaled(x),
        twice(scaled, VECTOR),
        total,
        half(x),
        list(map(scaled, [1.0, 2.0])),
        method(),
        twice(lambda t: t[:-1], VECTOR),
    )


def factorial(n, x):
    return x if n <= 1 else n * factorial(n - 1, x)


def halves(x):
    if x.size < 2:
        return x.sum()
    middle = x.size // 2
    return halves(x[:middle]) + halves(x[middle:])


def spread(x, *rest, scale=1.0, **options):
    return x * scale + sum(rest) + options.get("shift", 0.0), len(rest), options


@program(x=0.7, n=3)
def calls(x, n):
    arguments = (1.0, x)
    return factorial(n, x), halves(VECTOR * x), spread(x), spread(x, *arguments, scale=VECTOR, shift=1)


def with_default(x, axis=None, mode="sum"):
    if axis is None:
        return np.sum(x) if mode == "sum" else np.mean(x)
    return np.sum(x, axis=axis)


@program(X=MATRIX)
def decided(X):
    if X.ndim == 2 and isinstance(X, np.ndarray):
        a = with_default(X)
    else:
        a = "never"
    return a, with_default(X, 0), with_default(X, mode="mean"), with_default(X, axis=1)


@program(x=VECTOR)
def exits(x):
    total = 0.0
    for i, (a, b) in enumerate(zip(x, x[1:])):
        if a < 0.0:
            continue
        if b > 3.0:
            break
        total += a * b * i
    else:
        total = np.float64(total) + 1.0
    while True:
        total = total * 2.0
        if total > 10.0 or total <= 0.0:
            return total, i
    return None


@program(x=0.7)
def handled(x):
    try:
        y = math.sqrt(x - 1.0)
    except ValueError:
        y = np.zeros(2)
    finally:
        z = x
    with np.errstate(all="ignore"):
        w = np.log(x)
    assert w is not None
    return y, z, w


@program(x=VECTOR.astype(np.float32), k=3)
def number_types(x, k):
    return (
        x * 2,
        x * 2.0,
        x * np.float64(2.0),
        x + np.arange(4),
        x.astype(float),
        x > 0,
        x.sum(),
        np.mean(x),
        x @ x,
        x / k,
        np.sqrt(k),
        x**2,
        x.dtype,
    )


@program(x=VECTOR, rng=np.random.default_rng(3))
def drawn(x, rng):
    return (
        rng.normal(size=x.shape),
        rng.uniform(),
        np.random.rand(3),
        rng.integers(0, 5),
        np.r_[x, 1.0],
        rng.normal(x, 1.0),
    )


@program(x=VECTOR)
def walrus_and_chains(x):
    if (n := len(x)) > 2 and 0 < n < 10:
        y = [m for v in x if (m := v * 2.0) > 0.0]
    else:
        y = []
    return n, y, f"{n}", x.shape == (n,), any(v > 0 for v in x), "text".upper(), "%d" % n


@program(x=VECTOR)
def suppressed(x):
    y = None
    with contextlib.suppress(ZeroDivisionError):
        y = 1.0
        y = x
        y = 1 / 0
    try:
        for k in range(3):
            z = None
            if k == 2:
                raise ValueError
            z = x
    except ValueError:
        pass
    return y, z, 2**-1, x.size**-1


@program(x=VECTOR)
def uncertain_products(x):
    total = 0.0
    for _ in range(2):
        total = total + x
    return (
        np.dot(total, total),
        np.dot(x, total),
        np.sum(total),
        np.where(x > 0.0, total, 1.0),
        total.sum(),
        np.cumsum(total),
    )


@pytest.mark.parametrize(("function", "arguments"), PROGRAMS, ids=lambda value: getattr(value, "__name__", ""))
def test_kinds_cover_all_values(function: Callable[..., Any], arguments: dict[str, Any]) -> None:
    _, faults = watched_run(function, arguments)
    assert not faults, "\n".join(faults)
