"""Slices of lists that are assigned, whatever their length; arrays without dimensions."""

from __future__ import annotations

import numpy as np

from tests.programs.program import array, program


@program(array(4))
def grow_slice(x):
    ys = list(x)
    ys[1:3] = [ys[3], ys[0], ys[0] * 2.0]
    return ys[0] * ys[1] + ys[2] * ys[3] + ys[4] * len(ys)


@program(array(4))
def shrink_slice(x):
    ys = [v * v for v in x]
    ys[1:3] = [ys[3] * ys[2]]
    return ys[0] * ys[1] + ys[2] * len(ys)


@program(array(4))
def replace_all(x):
    ys = [v * v for v in x]
    for k in range(3):
        ys[:] = [y * x[k] for y in ys if y > 0.1] + [x[k]]
    return sum(ys) * ys[0]


@program(array(4))
def insert_slice(x):
    ys = [v * v for v in x]
    ys[7:] = [x[0]]
    ys[2:1] = [x[1], x[2]]
    ys[-1:] = [ys[0], ys[1]]
    return sum(y * y * (i + 1) for i, y in enumerate(ys))


@program(array(4))
def step_slice(x):
    ys = [v * v for v in x]
    ys[::2] = [ys[1], ys[3]]
    return sum(y * y * (i + 1) for i, y in enumerate(ys))


@program(array(4))
def slice_of_arrays(x):
    ys = [x * 1.0, x * 2.0, x * x]
    ys[0:2] = [ys[2] * ys[0]]
    return sum(np.sum(y) * (i + 1) for i, y in enumerate(ys))


@program(array(4))
def inactive_slice(x):
    ys = [1.0, 2.0, 3.0]
    total = 0.0
    for v in x:
        total += v * v * ys[1] * len(ys)
        ys[1:2] = [ys[0] + 1.0, 2.0 * ys[1]]
    return total


@program(array(4))
def const_into_active(x):
    ys = [v * v for v in x]
    total = 0.0
    for v in x:
        total += v * ys[1] * len(ys)
        ys[1:2] = [3.0, 2.0]
    return total + sum(ys)


@program(array(2), autograd=False, jax=False)
def zero_d(x):
    s = np.array(x[0])
    t = s[()]
    s *= x[1]
    return t * s + s.item()


@program(array(3), autograd=False, jax=False)
def zero_d_loop(x):
    s = np.array(0.0)
    for v in x:
        s[()] = s * v + 1.0
        s[...] += v * v
        s += v
    return s * s


@program(array(3), autograd=False, jax=False)
def zero_d_zeros(x):
    s = np.zeros(())
    r = np.zeros(3)
    for i, v in enumerate(x):
        s += v * v
        r[i] = s
    return np.sum(r) * s[()]
