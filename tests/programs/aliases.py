"""Programs that write through views, aliases, containers, attributes and callees."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np

from tests.programs.program import array, drawn, number
from tests.programs.program import program as enter

program = functools.partial(enter, writes=True, autograd=False, jax=False)


@program(array(5), tags="view slice")
def writes_through_a_slice(a):
    b = a[1:4]
    b[0] = b[1] * a[0]
    b *= 2.0
    a[2] = np.sin(a[1])
    return np.sum(a * a) + b[1]


@program(array(3, 3), tags="view transpose")
def writes_through_a_transpose(A):
    B = A.T
    B[0] = A[1] * 2.0
    A[2, 2] = B[0, 1] * B[1, 0]
    return np.sum(A * np.arange(9.0).reshape(3, 3)) * B[2, 2]


@program(array(6), tags="view reshape")
def writes_through_a_reshape(x):
    M = x.reshape(2, 3)
    M[0] *= M[1]
    flat = M.ravel()
    flat[0] = flat[5] ** 2
    return np.sum(x * x)


@program(array(2, 3), tags="copy ravel")
def ravel_that_copies(A):
    flat = A.T.ravel()
    flat[0] = 10.0 * flat[1]
    flat += 1.0
    return np.sum(A * A) + np.sum(flat)


@program(array(4), tags="alias")
def plain_alias(a):
    b = a
    b[0] = a[1] * a[2]
    a[1] = b[0] * b[3]
    b += 1.0
    return np.sum(a * b)


@program(array(3, 3), tags="rows")
def writes_rows(A):
    for row in A:
        row[:] = row * row[0]
        row[1] += 1.0
    return np.sum(A * A)


@program(array(4, 3), tags="row views")
def row_views(A):
    n = A.shape[1]
    for r in range(len(A) - 1):
        v = A[r]
        for k in range(n):
            v[k] -= 0.5 * A[r + 1][k] * v[k]
    return np.sum(A**2)


@program(array(4), array(4), number(), tags="chosen buffer")
def chosen_by_a_branch(a, b, s):
    if s > 0.1:
        target = a
    else:
        target = b
    target[0] = s * b[1]
    target[1:] *= target[0]
    return np.sum(a * b)


@program(array(5), array(5), 3, tags="swapped buffers")
def swapped_buffers(a, b, steps):
    for _ in range(steps):
        b[1:-1] = 0.5 * (a[:-2] + a[2:]) * a[1:-1]
        a, b = b, a
    return np.sum(a * a) + b[2]


@program(array(3), array(3), tags="list of buffers")
def arrays_in_a_list(x, y):
    buffers = [x, y]
    buffers[0][1] = y[0] * y[1]
    for buffer in buffers:
        buffer *= buffer[0]
    last = buffers.pop()
    last[2] = x[1]
    return np.sum(x * y)


@program(array(3), array(3), tags="dict of buffers")
def arrays_in_a_dict(x, y):
    state = {"x": x, "y": y}
    for _ in range(2):
        state["x"] += 0.1 * state["y"]
        state["y"][0] -= 0.1 * state["x"][1] ** 2
    return np.dot(x, y)


@program(array(3), number(), tags="attribute buffer")
def array_in_an_attribute(x, s):
    state = SimpleNamespace(u=x, scale=s)
    state.u[0] = state.scale * state.u[1]
    state.u += state.u[::-1].copy()
    return np.sum(x**2)


def scale_in_place(v, factor):
    v *= factor


def set_boundary(u, left):
    u[0] = left
    u[-1] = left * u[1]
    return u


@program(array(4), number(), tags="callee writes")
def callee_writes(x, s):
    scale_in_place(x, s)
    scale_in_place(x[1:3], x[0])
    set_boundary(x, s * s)
    return np.sum(x * x)


@program(array(4), number(), tags="callee returns argument")
def callee_returns_its_argument(x, s):
    y = set_boundary(x, s)
    y[1] = x[0] * y[2]
    return np.sum(x) * y[3]


def middle(u):
    return u[1:-1]


@program(array(5), tags="callee returns view")
def callee_returns_a_view(x):
    inner = middle(x)
    inner[:] = inner * x[0]
    middle(inner)[0] = 2.0 * x[4]
    return np.sum(x * x)


def quick_reverse(v, low, high):
    if low >= high:
        return
    v[low], v[high] = v[high] * 1.1, v[low]
    quick_reverse(v, low + 1, high - 1)


@program(array(5), tags="recursive callee writes")
def recursive_writes(x):
    quick_reverse(x, 0, len(x) - 1)
    return np.sum(x * np.arange(5.0)) * x[2]


def in_place_haar(x):
    if x.size == 1:
        return
    half = x.size // 2
    a, b = x[:half].copy(), x[half:].copy()
    x[:half] = a + b
    x[half:] = (a - b) * a
    in_place_haar(x[:half])


@program(array(8), tags="recursion on views")
def recursion_on_views(x):
    in_place_haar(x)
    return np.sum(x * x) * 1e-2


@program(array(4), number(), tags="closure writes")
def closure_writes(x, s):
    history = np.zeros(4)

    def record(i, value):
        history[i] = value * s
        x[i] = value + 1.0

    for i in range(4):
        record(i, x[i] * x[i - 1])
    return np.sum(history * x)


class Simulation:
    """Keeps its state in an array attribute that its methods write into."""

    def __init__(self, u, rate):
        self.u = u
        self.rate = rate

    def step(self):
        self.u[1:-1] += self.rate * (self.u[2:] - 2.0 * self.u[1:-1] + self.u[:-2])

    def clamp(self):
        self.u[0] = self.u[1] * self.u[-1]


@program(array(6), number(0.1, 0.3), tags="method writes")
def method_writes(u, rate):
    simulation = Simulation(u, rate)
    for _ in range(3):
        simulation.step()
        simulation.clamp()
    return np.sum(simulation.u ** 2)


@program(array(4), tags="same array twice callee")
def same_array_twice_written(x):
    def mix(a, b):
        a[0] = b[1] * 2.0
        b[2] = a[0] * a[3]

    mix(x, x)
    mix(x, x[::-1])
    return np.sum(x * x)


@program(drawn(lambda rng: [rng.uniform(size=3) for _ in range(3)]), tags="list argument writes")
def layers_normalised(weights):
    for w in weights:
        w /= np.sum(w)
    weights[0][1] = weights[1][0] * weights[2][2]
    return sum(np.sum(w * w) for w in weights)


@program(array(4), number(), tags="number or array augmented")
def mixed_augmented(x, s):
    total = s
    total += x[0]
    total = total * x
    total += s
    shared = total
    shared *= 2.0
    return np.sum(total)


@program(array(5), tags="view kept over loop")
def previous_row_view(x):
    previous = x[0:1]
    for i in range(1, 5):
        current = x[i : i + 1]
        current *= previous
        previous = current
    return np.sum(x)


@program(array(3, 4), tags="views of views")
def views_of_views(A):
    B = A[1:]
    C = B[:, ::2]
    C[0, 1] = A[0, 0] * B[1, 1]
    C += 1.0
    A[2] *= C[0, 0]
    return np.sum(A * A) + np.sum(B) + C[1, 1]


@program(array(4), tags="expired alias")
def copy_breaks_the_alias(a):
    b = a
    a = a * 2.0
    b[0] = 5.0 * b[1]
    a[1] = b[0] * a[0]
    return np.sum(a * b)


@program(array(3), array(3), tags="array argument returned element")
def writes_into_both(x, y):
    x[0], y[0] = y[0] * x[1], x[0]
    x[:], y[:] = y * 2.0, x.copy()
    return np.dot(x, y) + x[0]
