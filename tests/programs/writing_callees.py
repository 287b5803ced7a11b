"""Programs whose callees, closures and methods write, at any depth, and programs with effects inside of expressions."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from tests.programs.program import array, number
from tests.programs.program import program as enter

program = functools.partial(enter, writes=True, autograd=False, jax=False)


def scale(a, s):
    a *= s
    return a


def tail(a):
    return a[1:]


def deep(a, s, n):
    if n == 0:
        return scale(a, s)
    a[n - 1] += s * a[n]
    return deep(a, s * 1.1, n - 1)


@program(array(4), number())
def returns_argument(x, s):
    y = scale(x, s)
    y[0] = x[1] * s
    z = tail(y)
    z[0] *= x[0]
    return np.sum(x * x)


@program(array(4), number())
def recursion_writes(x, s):
    y = deep(x, s, 3)
    y[0] += x[2]
    return np.sum(x * y)


def quicksortish(a, lo, hi):
    if hi - lo < 2:
        return
    p = a[hi - 1]
    i = lo
    for j in range(lo, hi - 1):
        if a[j] < p:
            a[i], a[j] = a[j], a[i]
            i += 1
    a[i], a[hi - 1] = a[hi - 1], a[i]
    quicksortish(a, lo, i)
    quicksortish(a, i + 1, hi)


@program(array(6))
def quicksort(x):
    y = x * x
    quicksortish(y, 0, len(y))
    return np.sum(y * np.arange(6.0))


def fft_in_place(re, im):
    n = len(re)
    if n == 1:
        return
    er, ei = re[::2].copy(), im[::2].copy()
    orr, oi = re[1::2].copy(), im[1::2].copy()
    fft_in_place(er, ei)
    fft_in_place(orr, oi)
    for k in range(n // 2):
        c, s = np.cos(2 * np.pi * k / n), -np.sin(2 * np.pi * k / n)
        tr = c * orr[k] - s * oi[k]
        ti = s * orr[k] + c * oi[k]
        re[k], im[k] = er[k] + tr, ei[k] + ti
        re[k + n // 2], im[k + n // 2] = er[k] - tr, ei[k] - ti


@program(array(8), array(8))
def fft_recursive(re, im):
    fft_in_place(re, im)
    return np.sum(re[1:4] ** 2 + im[1:4] ** 4)


@program(array(4), array(4))
def same_twice(x, y):
    def mix(a, b, s):
        a[1:] += s * b[:-1] * a[1:]
        b[0] *= a[-1]
    mix(x, x, 0.5)
    mix(x, y, 0.3)
    mix(y[::-1], y, 0.2)
    return np.sum(x * y)


@program(array(4), number())
def captured(x, s):
    buf = np.zeros(4)
    def step(k):
        buf[k] = np.sin(x[k]) * s + buf[k - 1]
        return buf[k] ** 2
    total = 0.0
    for k in range(4):
        total += step(k)
        if total > 3.0:
            break
    return total + np.sum(buf)


@program(array(4), number())
def captured_view(x, s):
    v = x[1:]
    def bump(k):
        v[k] *= s * x[k]
    for k in range(3):
        bump(k)
    for k in range(2):
        v[k] -= x[0]
    return np.sum(x * x)


class Filter:
    def __init__(self, n, gain):
        self.state = np.zeros(n)
        self.gain = gain
        self.count = 0
    def step(self, x):
        self.state[1:] = self.state[:-1]
        self.state[0] = x * self.gain
        self.count += 1
        return self.state
    def energy(self):
        return np.sum(self.state ** 2)


@program(array(5), number())
def method_state(x, g):
    f = Filter(3, g)
    total = 0.0
    for v in x:
        s = f.step(v)
        s[1] += 0.1 * v
        if f.count > 4:
            return total
        total += f.energy()
    return total


class Sim:
    def __init__(self, u):
        self.u = u
        self.v = np.zeros_like(u)
    def kick(self, k):
        self.v[:] -= k * self.u
    def drift(self, dt):
        self.u += dt * self.v
        return self
    def swap(self):
        self.u, self.v = self.v, self.u


@program(array(4), number())
def sim_methods(x, k):
    sim = Sim(x)
    for i in range(3):
        sim.kick(k)
        sim.drift(0.1)
        if i == 1:
            sim.swap()
    return np.sum(sim.u * x) + np.sum(sim.v)


@dataclass
class Body:
    pos: np.ndarray
    vel: np.ndarray
    mass: float = 1.0


@program(array(3, 2), number())
def bodies(P, m):
    bs = [Body(P[i], np.zeros(2), m * (i + 1)) for i in range(3)]
    for _ in range(2):
        for a in bs:
            for b in bs:
                if a is not b:
                    d = b.pos - a.pos
                    a.vel += 0.1 * b.mass * d / (d @ d + 0.1)
        for a in bs:
            a.pos += 0.1 * a.vel
    return np.sum(P ** 2) + np.sum(bs[0].vel)


def solve_in_place(A, b):
    n = len(b)
    for k in range(n):
        p = k + np.argmax(np.abs(A[k:, k]))
        if p != k:
            A[[k, p]] = A[[p, k]]
            b[k], b[p] = b[p], b[k]
        for i in range(k + 1, n):
            m = A[i, k] / A[k, k]
            A[i, k:] -= m * A[k, k:]
            b[i] -= m * b[k]
    for i in range(n - 1, -1, -1):
        b[i] = (b[i] - A[i, i + 1:] @ b[i + 1:]) / A[i, i]
    return b


@program(array(3, 3), array(3))
def solver(A, b):
    A0 = A.copy()
    x = solve_in_place(A, b)
    x2 = solve_in_place(A0, x * x)
    return np.sum(x * x2)


def maybe(a, s):
    if s > 0.8:
        return a
    return a.copy()


@program(array(4), number())
def maybe_shared(x, s):
    y = maybe(x, s)
    y[0] = s * x[1]
    return np.sum(x * y)


@program(array(4), number())
def early_exits(x, s):
    def find(a, t):
        for i in range(len(a)):
            a[i] *= s
            if a[i] > t:
                return a[i:]
        return a
    v = find(x, 0.9)
    v += x[-1]
    w = find(x, 0.2)
    w[0] = v[-1] ** 2
    return np.sum(x * x)


@program(array(4), number())
def write_into_result(x, s):
    def buf():
        return x
    buf()[1] = s
    buf()[2:] *= buf()[0]
    return np.sum(x * x)


@program(array(4), array(4))
def kwargs_buffers(x, y):
    def step(*, src, dst, k=0.5):
        dst[:] = k * np.sin(src) + dst
    step(src=x, dst=y)
    step(dst=x, src=y, k=0.3)
    return np.sum(x * y)


@program(array(3, 3), number())
def varargs(A, s):
    def add_all(dst, *parts):
        for p in parts:
            dst += p * s
            p[0] = dst[1]
    add_all(A[0], A[1], A[2], A[0])
    return np.sum(A * A)


@program(array(4), number())
def lambda_writes(x, s):
    put = lambda a, i, v: a.__setitem__(i, v)
    put(x, 0, s * x[1])
    return np.sum(x * x)


@program(array(3), array(3), number())
def two_stage_pair(u, v, dt):
    def rhs(state, out):
        p, q = state
        out[0][:] = q
        out[1][:] = -np.sin(p)
    k = [np.zeros(3), np.zeros(3)]
    for _ in range(3):
        rhs((u, v), k)
        u += dt * k[0]
        v += dt * k[1]
    return np.sum(u * u + v)


@program(array(4), number())
def generator_rows(x, s):
    views = (x[i:i + 2] for i in range(3))
    for v in views:
        v *= s
        v[0] += v[1]
    return np.sum(x * x)


@program(array(4), number())
def comp_views(x, s):
    views = [x[i:i + 2] for i in range(3)]
    for v, w in zip(views, views[1:]):
        v += w * s
    return np.sum(x * x)


@program(array(4), number())
def comp_side(x, s):
    def put(i):
        x[i] *= s
        return x[i]
    vals = [put(i) for i in range(3)]
    return np.sum(x * x) + sum(vals)


@program(array(4), number())
def comp_side2(x, s):
    def put(i):
        x[i] *= s
    [put(i) for i in range(3)]
    any(put(i) for i in range(2))
    return np.sum(x * x)


@program(array(4), number())
def side_in_test(x, s):
    def bump():
        x[0] += s
        return x[0]
    n = 0
    while bump() < 4.0 and n < 20:
        n += 1
    y = bump() * bump() if bump() > 0 else 0.0
    return np.sum(x * x) + y


@program(array(4), number())
def default_arg(x, s):
    def f(v, out=x):
        out[0] = v * s
        return out
    f(x[1])
    f(x[2], x[1:])[0] += s
    return np.sum(x * x)


@program(array(4), number())
def mutable_default(x, s):
    def f(v, cache=np.zeros(2)):
        cache[0] += v
        return cache
    f(x[1])
    return np.sum(f(x[2]) * s)


@program(array(4), number())
def nested_list(x, s):
    table = [[x[:2], x[2:]], [x]]
    table[0][1][0] = s * table[1][0][0]
    table[1].append(table[0][0])
    table[1][1] *= 2.0
    return np.sum(x * x)


@program(array(4), number())
def list_times(x, s):
    rows = [x] * 3
    for r in rows:
        r *= s
    rows[0] = rows[0] * s
    rows[1][0] += rows[0][1]
    return np.sum(x * x)


@program(array(4), number())
def star_unpack(x, s):
    rows = [x[:1], x[1:2], x[2:]]
    a, *rest = rows
    for r in rest:
        r *= s
    rest[0][0] += a[0]
    return np.sum(x * x)


@program(array(4), array(4))
def conditional_expression_target(x, y):
    for k in range(4):
        (x if k % 2 else y)[k] = x[k] * y[k - 1]
    return np.sum(x * y)


@program(array(4), number())
def walrus_alias(x, s):
    if (v := x[1:])[0] > 0:
        v *= s
    while (n := len(v)) > 1:
        v[0] += v[-1]
        v = v[1:]
    return np.sum(x * x) + n


@program(array(4), number())
def aug_side_effect_index(x, s):
    calls = [0]
    def idx():
        calls[0] += 1
        return calls[0] - 1
    x[idx()] += s * x[idx()]
    x[idx()] *= x[idx()]
    return np.sum(x * x)


@program(array(5), number())
def order_of_evaluation(x, s):
    def f():
        x[0] = s
        return 1
    y = x[0] + f() * x[0]
    x[f()] = x[0] * y
    return np.sum(x * x)
