"""Arrays that attributes hold: written through methods, under two names, exchanged, in recursion, in objects inside."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np

from tests.programs.program import array, number
from tests.programs.program import program as enter

program = functools.partial(enter, writes=True, autograd=False, jax=False)

class Sim:
    def __init__(self, u):
        self.u = u
        self.v = np.zeros_like(u)
    def step(self, k):
        self.v -= k * np.sin(self.u)
        self.u += 0.1 * self.v
    def swap(self):
        self.u, self.v = self.v, self.u
    def rec(self, k, n):
        if n > 0:
            self.u[n - 1] *= k
            self.swap()
            self.rec(k * 1.1, n - 1)


@program(array(4), number())
def sim_plain(x, k):
    s = Sim(x)
    for _ in range(3):
        s.step(k)
    return np.sum(s.u * s.u) + np.sum(s.v)


@program(array(4), number())
def sim_two_names(x, k):
    s = Sim(x)
    t = s
    for i in range(3):
        t.step(k)
        if i == 1:
            t.u, t.v = t.v, t.u
        s.u[0] *= s.v[1]
    return np.sum(s.u * t.u) + np.sum(s.v)


@program(array(4), number())
def sim_swap(x, k):
    s = Sim(x)
    for i in range(3):
        s.step(k)
        s.swap()
    return np.sum(s.u * s.u)


@program(array(4), number())
def sim_recursive(x, k):
    s = Sim(x)
    s.step(k)
    s.rec(k, 4)
    s.step(k)
    return np.sum(s.u * s.u) + np.sum(s.v * x)


@program(array(4), number(), 0)
def sim_no_trips(x, k, n):
    s = SimpleNamespace(u=x)
    y = s.u[1:]
    for i in range(n):
        s.w = x * k
        s.w[0] += s.u[1]
        s.u[1:] += s.w[:-1]
    y *= k
    return np.sum(s.u * y[0])


@program(array(4), number(), 2)
def sim_nested(x, k, n):
    o = SimpleNamespace(grid=SimpleNamespace(u=x, w=x * k), dt=k)
    for i in range(n):
        o.grid.u[1:] += o.dt * o.grid.w[:-1]
        o.grid.w *= o.grid.u
        if i == 1:
            o.grid.w = o.grid.u
    return np.sum(o.grid.u * o.grid.w)


@program(array(4), number())
def list_item_itself(x, s):
    bufs = [x.copy(), x * s]
    for k in range(3):
        bufs[1] *= bufs[1][0] * bufs[0]
        bufs[0] **= 2
        bufs[0] /= bufs[1] + bufs[0][1]
    return np.sum(bufs[1]) + np.sum(bufs[0])


@program(array(4), number())
def attr_item_itself(x, s):
    o = SimpleNamespace(u=x * s, d={"k": x.copy()})
    for k in range(3):
        o.u *= o.u[0]
        o.d["k"] *= o.u * o.d["k"][k]
        o.d["k"] **= 2
    return np.sum(o.u) + np.sum(o.d["k"])
