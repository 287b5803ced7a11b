"""Functions that are made in loops and comprehensions, and kept: each holds values of its own."""

from __future__ import annotations

import functools

import numpy as np

from tests.programs.program import array, number, program


@program(number())
def closure_in_loop(x):
    fs = []

    def make(k):
        return lambda v: v**k * x

    for k in range(1, 4):
        fs.append(make(k))
    return sum(f(x) for f in fs)


@program(number(), array(3))
def comprehension_defaults(a, x):
    fs = [lambda t, k=k, w=w: a * t**k + w for k, w in enumerate(x)]
    total = 0.0
    for f in fs:
        total += f(a)
    return total * fs[1](2.0)


def scaled(w):
    def layer(v):
        return np.tanh(v * w)

    return layer


@program(array(3), number())
def layers_made(ws, x):
    net = [scaled(w) for w in ws]
    for layer in net:
        x = layer(x)
    return x


@program(array(3), number())
def layers_made_loop(ws, x):
    net = []
    for w in ws:
        net.append(scaled(w))
    for layer in net:
        x = layer(x)
    return x


@program(array(3), number())
def partials_loop(ws, x):
    net = [functools.partial(np.multiply, w) for w in ws]
    for layer in net:
        x = layer(x)
    return x


def affine(w, b, v):
    return w * v + b


@program(array(3), number())
def partials_in_loop2(ws, x):
    net = []
    for i in range(3):
        net.append(functools.partial(affine, ws[i], ws[i]**2))
    for layer in net:
        x = layer(x)
    return x


@program(array(3), number())
def def_in_loop_default(ws, x):
    net = {}
    for i, w in enumerate(ws):

        def layer(v, w=w):
            return v * w + i

        net[f"l{i}"] = layer
    for name in net:
        x = net[name](x)
    return x + net["l1"](x, w=2.0)


class Layer:
    """A layer with one weight."""

    def __init__(self, w):
        self.w = w

    def forward(self, v):
        return np.tanh(self.w * v)


@program(array(3), number())
def methods_in_list(ws, x):
    layers = [Layer(w).forward for w in ws]
    for layer in layers:
        x = layer(x)
    return x


@program(number(), array(3))
def terms_with_values(a, x):
    terms = []
    for k in range(3):
        scale = a * (k + 1)
        terms.append(lambda t, s=scale: s * t * t)
    total = 0.0
    for i in range(3):
        total += terms[i](x[i])
    return total
