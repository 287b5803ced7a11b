"""Programs whose arrays have several names, change hands in loops, or are written where no derivative passes."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np

from tests.programs.program import array, number
from tests.programs.program import program as enter

program = functools.partial(enter, writes=True, autograd=False, jax=False)


def overwrite_first(v):
    v[0] = 7.0


@program(array(4), tags="view constant buffer")
def constant_buffer_written_through_a_view(x):
    buffer = np.ones(4)
    view = buffer[1:]
    y = buffer[1] * x[0]
    view[0] = 5.0
    return y * y * buffer[1]


@program(array(4), tags="view integer index")
def indices_written_through_a_view(x):
    index = np.array([0, 1, 2, 3])
    every_other = index[::2]
    y = x[index[0]] ** 2
    every_other[0] = 3
    return y * x[index[0]]


@program(array(4), tags="alias list of integers")
def index_list_with_two_names(x):
    places = [0, 1]
    same = places
    y = x[places[0]] ** 2
    same[0] = 3
    return y * x[places[0]]


@program(array(4), tags="flattened constant buffer")
def constant_buffer_written_flattened(x):
    buffer = np.ones(4)
    y = buffer[1] * x[0]
    buffer.ravel()[1] = 5.0
    z = buffer[2] * x[1] * y
    buffer.ravel().fill(3.0)
    overwrite_first(buffer.ravel())
    return y * z * buffer[1] * buffer[0]


@program(array(4), tags="nested container")
def inner_list_with_two_names(x):
    table = {"k": [1.0, 2.0]}
    inner = table["k"]
    y = table["k"][0] * x[0]
    inner[0] = 7.0
    return y * y * table["k"][0]


@program(array(4), 3, tags="swap while")
def buffers_swapped_until_small(x, limit):
    a = x.copy()
    b = np.zeros(4)
    while np.sum(a * a) > 0.1 * limit:
        b[:] = 0.7 * np.sin(a)
        a, b = b, a
    return np.sum(a * b) + b[0]


@program(array(4), array(4), array(4), tags="swap three buffers")
def three_buffers_in_turn(a, b, c):
    for _ in range(4):
        c[1:] = 0.5 * a[:-1] * b[1:]
        a, b, c = b, c, a
    return np.sum(a * b * c) + a[1]


@program(array(4), number(), tags="alias rebound")
def name_taken_over_by_another_array(x, s):
    y = x
    x = x * s
    y[0] = 3.0 * x[1]
    x[0] = y[1] * y[0]
    y = x
    y[2] = x[0] * s
    return np.sum(x * y)


@program(array(5), tags="view index rebound")
def index_of_a_view_rebound(x):
    n = len(x)
    for i in range(n):
        view = x[i : i + 1]
        i = n - 1 - i
        view *= x[i] + 0.5
    return np.sum(x * x)


@program(array(2, 4), array(4), tags="rows enumerate zip")
def rows_counted_and_paired(A, x):
    for i, row in enumerate(A):
        row[1:] *= row[:-1]
        row[0] = row[-1] * x[i]
    for first, second in zip(A, A[::-1]):
        first[2] += second[1] * second[2]
    return np.sum(A * A)


@program(array(4), array(4), number(), tags="iterate chosen")
def loop_over_a_chosen_buffer(x, y, s):
    chosen = x if s > 0.2 else y
    chosen[1] = s * y[0]
    total = 0.0
    for value in chosen:
        total += np.sin(value) * x[0]
    for i in range(len(chosen) - 1):
        chosen[i] *= chosen[i + 1]
    return total + np.sum(x * y)


@program(array(3), array(3), number(), tags="objects taken apart")
def state_in_a_namespace(x, v, dt):
    state = SimpleNamespace(x=x, v=v, t=0.0)
    for _ in range(3):
        state.v -= dt * np.sin(state.x)
        state.x += dt * state.v
        state.t += dt
    for part in (x, v):
        part *= state.t
    return np.sum(x * v)


@program(array(3, 3), tags="transpose writes")
def rows_of_a_transpose(A):
    B = A.T
    for row in B:
        row[1:] += row[0] * row[:-1]
    B *= 0.5
    B[0], B[1] = B[1] * 2.0, B[0].copy()
    return np.sum(A * A[0])


@program(array(6), array(4), tags="integer index writes")
def scattered_writes(x, v):
    index = np.array([4, 1, 1, 0])
    x[index] = v * x[5]
    x[index] += np.sin(v)
    x[index] *= v
    np.subtract.at(x, index, v * v)
    np.add.at(x, [2, 2], x[0] * v[1])
    return np.sum(x * x)


@program(array(2, 3), tags="integer index rows")
def rows_swapped_by_index(A):
    A[[0, 1]] = A[[1, 0]] * A[0]
    A[:, [2, 0]] -= 0.5 * A[:, [0, 0]]
    A[[1, 1], [0, 2]] = A[0, :2]
    return np.sum(A * A)
