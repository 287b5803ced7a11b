"""Arrays that are reached in several ways: from containers, objects, recursive callees, branches."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from tests.programs.program import array, drawn, number
from tests.programs.program import program as enter

program = functools.partial(enter, writes=True, autograd=False, jax=False)


@program(array(5))
def loop_test_reads_alias(x):
    y = x * 1.0
    z = y.reshape(-1)
    n = 0
    for i in range(5):
        if y[i] > 0.8:
            z[i] = z[i] * z[i - 1]
            z[(i + 1) % 5] *= 0.5
        else:
            z[i] += x[i]
    return np.sum(y ** 2)


@program(array(5))
def loop_inactive_write(x):
    y = x * 1.0
    z = y.ravel()
    s = np.sum(y ** 3)
    for i in range(3):
        z[i] = 1.0
    return s + np.sum(y ** 2)


@program(array(5))
def while_alias(x):
    y = x * 1.0
    z = y.reshape(5)
    while np.sum(y) < 40.0:
        z *= 1.5
        z[0] += y[1] * y[2]
        if z[0] > 20:
            break
    return np.sum(y * z)


@program(array(6))
def views_rebound_in_loop(x):
    a = x.copy()
    cur = a.reshape(2, 3)
    for k in range(3):
        row = cur[k % 2]
        row *= row[0]
        cur = cur.reshape(3, 2) if k == 0 else cur.reshape(2, 3) if k == 1 else cur
        cur[0, 0] = cur[1, 0] * a[k]
    return np.sum(a * a)


@program(array(6))
def views_rebound_in_loop2(x):
    a = x.copy()
    cur = a
    for k in range(4):
        cur = cur.reshape(2, 3) if k % 2 == 0 else cur.reshape(6)
        cur *= 1.1
        cur = cur.reshape(-1)
        cur[k] = cur[k + 1] * a[0]
    return np.sum(a * a)


def merge_sorted(a):
    n = len(a)
    if n < 2:
        return a
    left = a[:n // 2].copy()
    right = a[n // 2:].copy()
    merge_sorted(left)
    merge_sorted(right)
    i = j = 0
    for k in range(n):
        if j >= len(right) or (i < len(left) and left[i] <= right[j]):
            a[k] = left[i]
            i += 1
        else:
            a[k] = right[j]
            j += 1
    return a


@program(drawn(lambda rng: rng.permutation(6) + rng.uniform(0.2, 0.4, 6)))
def merge_sort(x):
    y = merge_sorted(x * x)
    return np.sum(y * np.arange(6))


@program(drawn(lambda rng: rng.permutation(6) + rng.uniform(0.2, 0.4, 6)))
def merge_sort_param(x):
    y = merge_sorted(x)
    y[0] *= 3.0
    return np.sum(x ** 2 * np.arange(6))


def walk_down(grid, i, depth, out):
    if depth == 0:
        out.append(grid[i].copy())
        return
    grid[i] *= 1.0 + grid[(i + 1) % 3]
    walk_down(grid, (i + 1) % 3, depth - 1, out)
    grid[i] += 0.1 * out[0]


@program(array(3, 3))
def recursion_with_list(A):
    out = []
    walk_down(A, 0, 3, out)
    return np.sum(A) + np.sum(out[0] ** 2)


def exchange(a, b, n):
    if n == 0:
        b += a * b
        return
    exchange(b, a, n - 1)
    a *= 1.1
    exchange(a, b, n - 1)


@program(array(3), array(3))
def swapped_in_recursion(x, y):
    exchange(x, y, 3)
    return np.sum(x * y)


def exchange_with_itself(x, n):
    exchange(x, x, n)
    exchange(x[1:], x[:-1], 1)
    return x


@program(array(3))
def same_array_in_recursion(x):
    y = exchange_with_itself(x * 0.5, 2)
    return np.sum(y * x)


class Tree:
    def __init__(self, value):
        self.value = value
        self.left = None
    def scale(self, f):
        self.value *= f
        return self


@program(array(5), array(5))
def two_objects_one_array(x, y):
    a = Tree(x)
    b = Tree(x)
    a.scale(2.0)
    b.scale(y[0])
    a.value[1] = b.value[2] * y[1]
    return np.sum(x * y)


@program(array(5), array(5))
def object_chosen(x, y):
    a = Tree(x * 1.25)
    b = Tree(y * 1.5)
    for i in range(4):
        t = a if x[i] > y[i] else b
        t.value[i] *= t.value[i + 1] * 2
        t.scale(1.1)
    return np.sum(a.value * b.value)


class Counter:
    def __init__(self, x):
        self.x = x
        self.total = 0.0
        self.history = []
    def push(self, y):
        self.total += np.sum(self.x * y)
        self.x += y
        self.history.append(self.total)
        return self


@program(array(5), array(5))
def counter_object(x, y):
    c = Counter(x)
    c.push(y).push(x).push(y * 2)
    return c.total * c.history[0] + c.history[-1] + np.sum(x)


@program(array(5))
def list_of_lists_of_arrays(x):
    grid = [[x * 1.5, x * 2.0], [x * 3.0, x * 4.0]]
    grid[0][1] += grid[1][0]
    grid[1] = grid[0]
    grid[1][0] *= x
    return np.sum(grid[0][0] * grid[1][1])


@program(array(5))
def arrays_in_dict_of_lists(x):
    d = {"a": [x, x * 2], "b": [x * 3]}
    d["b"].append(d["a"][0])
    d["b"][1][0] = 5.0 * x[1]
    d["a"][1] += d["b"][1]
    return np.sum(d["a"][1] * d["b"][0]) + np.sum(x)


@program(array(5))
def tuple_of_arrays(x):
    pair = (x, x[1:])
    pair[1][0] *= pair[0][0]
    a, b = pair
    b[1] = a[0] * 2
    return np.sum(x ** 2)


@program(array(4, 4))
def blocks_written(A):
    tl, tr = A[:2, :2], A[:2, 2:]
    tl @= tr
    tr -= tl.T
    d = np.einsum("ii->i", tl)
    d += 1.0
    return np.sum(A ** 2)


@program(array(5))
def function_returns_tuple_of_views(x):
    def halves(a):
        return a[:2], a[2:4]
    p, q = halves(x)
    p *= q
    q[0] = p[1]
    return np.sum(x ** 2)


@program(array(6))
def sorted_in_place_through_view(x):
    y = x * 1.0
    z = y[::2]
    z.sort()
    w = y.reshape(2, 3)
    w.sort(axis=1)
    return np.sum(y * np.arange(6) * x)


@program(array(6), array(3))
def assigned_view_of_list_item(x, y):
    parts = np.split(x, 2)
    parts[0][:] = y * parts[1]
    first = parts[0]
    first[1:] += parts[1][:2]
    return np.sum(x ** 3)


@program(array(5))
def accumulate_through_alias_in_branch(x):
    s = np.zeros(5)
    t = s if x[0] > 0 else np.ones(5)
    for i in range(5):
        t[i:] += x[i] * s[:5 - i]
        s[0] += x[i]
    return np.sum(s * s)


@program(array(5))
def early_return_alias(x):
    y = x.reshape(5)
    for i in range(5):
        y[i] = y[i] * y[i - 1]
        if y[i] > 1.3:
            return np.sum(x * y) * y[i]
    return np.sum(x)


@program(array(8))
def strided_reshape(x):
    a = x[::2]
    b = a.reshape(2, 2)
    b[0] *= 2.0
    c = a[None, :]
    c *= 3.0
    d = np.ravel(c)
    d[0] = x[1]
    return np.sum(x * x) + np.sum(b) + np.sum(d)


@program(array(3, 4))
def fortran_order(A):
    B = np.asfortranarray(A)
    f = B.ravel(order="K")
    f[1] = A[0, 0] * f[2]
    g = B.T.reshape(-1)
    g[0] *= 2.0
    return np.sum(A ** 2) + np.sum(B ** 2)


@program(array(5), 0.3)
def iterate_zip_of_rows(x, h):
    A = np.outer(x, x)
    B = np.zeros((5, 5))
    for a, b in zip(A, B):
        b[:] = a * a
        b[1:] += h * b[:-1]
        a -= h * b
    return np.sum(A * B)


@program(array(5))
def enumerate_rows(x):
    A = np.outer(x, x)
    for i, row in enumerate(A):
        row[i:] *= row[i]
        for j, other in enumerate(A[:i]):
            other -= 0.1 * row
    return np.sum(A)


@program(array(5))
def nested_function_returns_alias(x):
    def pick(i):
        return x if i % 2 else y
    y = x * 2.0
    for i in range(4):
        t = pick(i)
        t[i] += t[i + 1] * y[0]
    return np.sum(x * y)


@program(array(4), complex_step=False)
def alias_through_float_conversion(x):
    y = x.astype(float, copy=False)
    y[0] = x[1] * 3.0
    z = x.astype(float)
    z[1] = 9.0 * x[2]
    return np.sum(x * y * z)


@program(array(4), array(4))
def swap_in_tuple_assign_elements(x, y):
    x[0], y[0] = y[0] * 2, x[0]
    x[1:3], y[1:3] = y[1:3], x[1:3].copy()
    a, b = x, y
    a, b = b, a
    a += b
    return np.sum(x * y * y)


@program(array(4))
def container_item_float_and_array(x):
    items = [x * 2.0, 3.0]
    items[0][0] = 1.0 * x[1] * items[1]
    return np.sum(items[0]) * items[1]


@program(array(4))
def object_with_scalar_and_alias(x):
    s = SimpleNamespace(a=x, t=x[0])
    u = s
    u.t = u.t * x[1]
    u.a[2] *= s.t
    s.t += u.a[2]
    return np.sum(x) * s.t + u.t


@dataclass
class Net:
    W: np.ndarray
    b: np.ndarray
    loss: float = 0.0


def sgd_step(net, x, lr):
    h = net.W @ x + net.b
    net.loss = np.sum(h ** 2)
    net.W -= lr * np.outer(2 * h, x)
    net.b -= lr * 2 * h
    return net


@program(array(3, 3), array(3), array(3))
def training_steps(W, b, x):
    net = Net(W, b)
    losses = []
    for i in range(3):
        sgd_step(net, x, 0.05)
        losses.append(net.loss)
    return losses[0] + 2 * losses[-1] + np.sum(net.W)


@program(array(5))
def number_or_array(x):
    acc = 0.0
    for i in range(3):
        acc += x * x[i]
        acc *= 1.1
    acc += acc[0]
    return np.sum(acc)


@program(array(6))
def in_place_ops_on_slices_of_slices(x):
    a = x[1:]
    b = a[1:]
    c = b[::-1]
    c[1:] += a[:3] * b[0]
    a[0], c[0] = c[0], a[0]
    return np.sum(x ** 2 * np.arange(6))


def scale_ends(v, s):
    if len(v) < 2:
        v *= s
        return
    scale_ends(v[1:], s)
    v[0] *= s


@program(array(4), number(), number(), tags="factor chosen by a branch, given to a recursion that writes")
def recursion_scaled_by_a_choice(x, a, b):
    scale_ends(x, np.sin(a * a if a > 0.0 else np.cos(b)))
    return np.sum(x)
