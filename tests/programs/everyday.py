"""Language of every day: states, stacks, sorting, dataclasses, recursion inside, random numbers, dispatch."""

from __future__ import annotations

import functools
import logging
import math
import random
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from tests.programs.program import array, drawn, number, numbers, program


@program(numbers(4))
def none_state(xs):
    best = None
    for v in xs:
        if best is None or v > best:
            best = v
    return best ** 2


@dataclass
class Params:
    rate: float
    hist: list = field(default_factory=list)

    def push(self, v):
        self.hist.append(v)
        return len(self.hist)

    def total(self):
        return sum(self.hist) * self.rate


@program(number(), number())
def dataclass_methods(x, y):
    p = Params(x)
    p.hist.append(y)
    p.hist.append(x * y)
    return sum(p.hist) * p.rate


@program(number(), number())
def dataclass_push(x, y):
    p = Params(x)
    p.push(y)
    n = p.push(x * y)
    return p.total() * n


@program(number(), number())
def dataclass_replace(x, y):
    p = Params(x, [y])
    q = replace(p, rate=x * y)
    return q.rate * p.rate + q.hist[0]


@program(number(), 4)
def stack_machine(x, n):
    stack = [x]
    for i in range(n):
        a = stack.pop()
        stack.append(a * x)
        stack.append(a + i)
    return sum(stack)


@program(array(4))
def slices_and_steps(x):
    return np.sum(x[::-1] * x) + np.sum(x[1::2]) * x[-1] + np.sum(x[:-1] * x[1:])


@program(array(3, 4))
def indexing_forms(A):
    idx = np.array([0, 2, 2])
    mask = A[:, 0] > 0.0
    total = np.sum(A[idx] ** 2) + A[..., 1].sum() * A[1, None, 2:].sum()
    return total + np.sum(A[mask]) + A[np.arange(3), [0, 1, 1]].sum()


@program(array(4), 3)
def swaps(x, n):
    a, b, *rest = x
    for _ in range(n):
        a, b = (b, a + 0.1 * b)
    (c, d), e = (rest, a)
    return a * b + c * d * e


@program(number(), number())
def chained_assignment(x, y):
    a = b = c = x * y
    a += x
    b *= a
    c -= b
    return a * b * c


@program(number(), 10)
def collatz_like(x, n):
    steps = 0
    while True:
        steps += 1
        if steps > n:
            break
        if x > 2.0:
            x = x / 2.0
            continue
        x = x * 1.3 + 0.1
    else:
        x = 100.0
    return x * steps


@program(numbers(6))
def nested_break_else(xs):
    total = 0.0
    for i, v in enumerate(xs):
        for w in xs[i + 1:]:
            if v * w > 1.7:
                break
            if w < 0.7:
                continue
            total += v * w
        else:
            total *= v
            continue
        total += v
    else:
        total += xs[-1]
    return total


@program(numbers(3), named={'scale': number()})
def star_args_main(xs, *, scale):

    def inner(*args, power=2, **kw):
        return sum((a ** power for a in args)) * kw.get('scale', 1.0)
    return inner(*xs, scale=scale) + inner(xs[0], power=3)


@program(number())
def inner_recursion(x):

    def power(t, n):
        if n == 0:
            return 1.0
        return t * power(t, n - 1)
    return power(x, 4) + power(2.0 * x, 2)


@program(numbers(7))
def inner_recursion_data(xs):

    def total(lo, hi):
        if hi - lo == 1:
            return xs[lo] ** 2
        mid = (lo + hi) // 2
        return total(lo, mid) * 0.5 + total(mid, hi)
    return total(0, len(xs))


GRAVITY = 9.81


_LOG = logging.getLogger(__name__)


@program(number(), number())
def logs_and_globals(v, a):
    _LOG.info('called with %s', v)
    logging.debug('x')
    return v * math.sin(a) / GRAVITY + GRAVITY * a ** 2


@program(number(), jax=False)
def random_numbers(x):
    rng = np.random.default_rng(0)
    e = rng.normal(size=3)
    u = rng.uniform()
    random.seed(1)
    return np.sum(np.tanh(x * e)) * u + random.random() * x


@program(number(), number())
def bool_ops(x, y):
    a = x > 1.0 and y or x
    b = (x and y) * 2.0
    c = not x > y
    return a * b + c * x


@program(numbers(4))
def sorting(xs):
    ys = sorted(xs, reverse=True)
    order = sorted(range(len(xs)), key=lambda i: xs[i])
    return ys[0] * 2.0 + ys[-1] * xs[order[1]] + sorted(xs)[2]


class State(NamedTuple):
    x: float
    v: float

    def energy(self):
        return 0.5 * self.v ** 2 + self.x ** 2


@program(number(), number(), 5)
def named_tuple_state(x, v, n):
    s = State(x, v)
    for _ in range(n):
        s = s._replace(x=s.x + 0.1 * s.v, v=s.v - 0.1 * s.x)
    a, b = s
    return s.energy() * a + b


@program(drawn(lambda r: State(1.2, 0.3)), number())
def named_tuple_argument(s, k):
    return s.energy() * k + s[0]


class Matrix2:

    def __init__(self, rows):
        self.rows = rows

    def __matmul__(self, other):
        return Matrix2([[sum((a * b for a, b in zip(row, col))) for col in zip(*other.rows)] for row in self.rows])

    def __getitem__(self, ij):
        return self.rows[ij[0]][ij[1]]

    @property
    def trace(self):
        return self.rows[0][0] + self.rows[1][1]

    @classmethod
    def rotation(cls, a):
        return cls([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])

    @staticmethod
    def identity():
        return Matrix2([[1.0, 0.0], [0.0, 1.0]])

    def __eq__(self, other):
        return self.rows == other.rows


class Counter2:
    count = 0
    scale = 2.0

    def __init__(self, k):
        self.k = k

    def step(self, x):
        self.count += 1
        return x * self.k * self.scale

    def run(self, x, n):
        for _ in range(n):
            x = self.step(x) * 0.5
        return x


@program(number(), number())
def counting_object(k, x):
    c = Counter2(k)
    y = c.run(x, 3)
    return y * c.count


class Base:

    def forward(self, x):
        return self.inner(x) + self.bias
    bias = 0.5


class Child(Base):

    def __init__(self, w):
        self.w = w

    def inner(self, x):
        return self.w * x


class GrandChild(Child):
    bias = 1.5

    def inner(self, x):
        return super().inner(x) ** 2


@program(number(), number())
def template_method(w, x):
    return Child(w).forward(x) * GrandChild(w).forward(x)


@program(number(), [1, 2, 3])
def comprehension_shapes(x, ns):
    squares = {n: x ** n for n in ns}
    table = [[x * i + j for j in range(3)] for i in range(2)]
    flat = [v for row in table for v in row if v > 0.2]
    uniq = {n % 2 for n in ns}
    return sum(squares.values()) + sum(flat) * len(uniq) + squares[2] * table[1][2]


@program(array(3), array(3), autograd=False, jax=False)
def string_keys(w, x):
    layers = {'a': w, 'b': 2.0 * w}
    out = x
    for name, weight in layers.items():
        out = out * weight if name.startswith('a') else out + weight
        print(f'{name}: {out.shape} {out[0]:.2f}')
    return out.sum()


@program(number(), number())
def tuple_of_results(x, y):

    def both(a, b):
        return (a * b, a + b, {'k': a})
    p, q, d = both(x, y)
    r = both(q, p)[0]
    return p * q * d['k'] + r


@program(number(), 'tanh')
def dispatch_by_name(x, act):
    acts = {'relu': lambda v: max(v, 0.0), 'tanh': math.tanh, 'square': lambda v: v * v}
    if act not in acts:
        raise KeyError(f'unknown {act}')
    return acts[act](x) * 2.0 + getattr(np, act)(x)


@program(array(3), (0, 2), argnums=0)
def axis_and_shape_constants(x, idx):
    n, = x.shape
    return sum((x[i] * (i + 1) for i in idx)) * n + x.ndim + x.size * x[0] + len(x)


@program(number(), complex_step=False, autograd=False, jax=False)
def assert_raise(x):
    assert isinstance(x, (float, np.floating)) or True
    if not np.isfinite(x):
        raise ValueError('bad')
    try:
        if x < 0:
            raise RuntimeError
    except RuntimeError:
        print('neg')
    return x ** 2


@program(array(2, 3), array(3), complex_step=False, autograd=False, jax=False)
def array_methods(A, v):
    y = A.dot(v).copy()
    B = A.reshape(3, 2).T.astype(float)
    total = y.sum() + B.ravel()[1] * A.mean(axis=0).max()
    total = total + A.flatten().prod() * 0.1 + A.std() + A.var(axis=1).sum()
    return total + A.cumsum().min() + A.clip(0.6, 1.2).sum() + A.transpose(1, 0)[0].dot(y) + A.trace()


def apply_twice(f, x):
    return f(f(x))


@program(number())
def nonlocal_passed(x):
    calls = 0

    def f(t):
        nonlocal calls
        calls += 1
        return t * t
    y = apply_twice(f, x)
    z = y * calls
    w = f(z)
    return w * calls + z


@program(numbers(3))
def nonlocal_reduce(xs):
    n = 0

    def add(a, b):
        nonlocal n
        n += 1
        return a + b * n
    return functools.reduce(add, xs) * n


@program(number(), 3)
def nonlocal_state_loop(x, n):
    state = 0.0

    def push(v):
        nonlocal state
        state = 0.5 * state + v
        return state * v
    total = 0.0
    for i in range(n):
        total += push(x * i) * state
    return total + state


@program(number(), 3)
def nonlocal_inactive_unused(x, n):
    k = 0

    def tick():
        nonlocal k
        k += 1
    for _ in range(n):
        tick()
        x = x * k
    return x


@program(number())
def nonlocal_reverse_needs(x):
    k = 1.0

    def bump():
        nonlocal k
        k = k * 2.0
        return k
    a = x * k
    b = a * bump()
    c = b * k * bump()
    return c * k + a
