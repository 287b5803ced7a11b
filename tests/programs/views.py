"""Views and second names of arrays that are written into: of all kinds, in loops, callees and containers."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from tests.programs.program import array, drawn, spd
from tests.programs.program import program as enter

program = functools.partial(enter, writes=True, autograd=False, jax=False)


@program(spd(4))
def logdet_lu(A):
    n = A.shape[0]
    for k in range(n):
        for i in range(k+1, n):
            A[i, k] = A[i, k] / A[k, k]
            A[i, k+1:] -= A[i, k] * A[k, k+1:]
    return np.sum(np.log(np.abs(np.diag(A))))


@program(spd(4))
def logdet_diagonal(A):
    A = A.copy()
    n = A.shape[0]
    for k in range(n):
        for i in range(k+1, n):
            A[i, k:] -= A[i, k] / A[k, k] * A[k, k:]
    d = A.diagonal()
    return np.sum(np.log(d))


@program(array(4, 4))
def transposed_read(A):
    for i in range(4):
        A[i] *= A[i, 0]
        s = np.sum(np.transpose(A) @ np.ones(4))
        A[i, 1] += 0.1 * s
    return np.sum(A * A)


@program(array(6))
def ravel_read(x):
    A = np.zeros((2, 3))
    A[0] = x[:3] * 2
    A[1] = x[3:] ** 2
    f = A.ravel()
    s = np.dot(f, f)
    A[0, 0] = s
    g = np.ravel(A)
    return np.sum(g ** 2)


@program(array(6))
def reshape_write(x):
    A = np.zeros(6)
    B = A.reshape(2, 3)
    B[0] = x[:3]
    B[1] = x[3:] * A[:3]
    return np.sum(A ** 2 * B.ravel())


@program(array(3, 4))
def ravel_write(A):
    f = A.ravel()
    for i in range(1, f.size):
        f[i] *= f[i - 1]
    return np.sum(A[1] * A[2])


@program(array(3, 4))
def ravel_of_transpose_is_a_copy(A):
    f = A.T.ravel()
    f[0] = 7.0 * f[1]
    A[0, 1] *= 2.0
    return np.sum(A * A) + np.sum(f ** 2)


@program(array(3, 4))
def maybe_view(A):
    B = A[:, 1:]
    f = B.reshape(-1)
    f[0] = 5.0 * f[1] * A[0, 0]
    B *= 2.0
    return np.sum(A * A) + np.sum(f ** 3)


@program(array(3, 4))
def transposed_write(A):
    B = A.T
    for j in range(4):
        B[j] *= A[0, j]
    C = np.swapaxes(A, 0, 1)
    C[0] += B[1]
    return np.sum(A ** 2)


@program(array(5))
def newaxis_write(x):
    c = x[:, None]
    c *= 2.0
    c[0, 0] = x[1] * x[2]
    return np.sum(c * x)


@program(array(4, 4))
def flat_write(A):
    A.flat[3] = A[0, 0] * 2
    A.flat[::5] = A[0, :] ** 2
    return np.sum(A ** 2)


@program(array(4, 4))
def diagonal_view_by_einsum(A):
    d = np.einsum('ii->i', A)
    d *= A[0]
    return np.sum(A ** 2)


def quicksort(a, lo, hi):
    if lo >= hi:
        return
    p = a[hi]
    i = lo
    for j in range(lo, hi):
        if a[j] < p:
            t = a[i]
            a[i] = a[j]
            a[j] = t
            i += 1
    t = a[i]
    a[i] = a[hi]
    a[hi] = t
    quicksort(a, lo, i - 1)
    quicksort(a, i + 1, hi)


@program(drawn(lambda rng: rng.permutation(5) + rng.uniform(0.2, 0.4, 5)))
def quicksort_inplace(x):
    y = x * x
    quicksort(y, 0, len(y) - 1)
    return np.sum(y * np.arange(5))


@program(drawn(lambda rng: rng.permutation(5) + rng.uniform(0.2, 0.4, 5)))
def quicksort_argument(x):
    quicksort(x, 0, len(x) - 1)
    return np.sum(x * x * np.arange(5))


def haar_steps(a):
    n = len(a)
    if n == 1:
        return
    h = n // 2
    s = (a[0::2] + a[1::2]) * 0.5
    d = (a[0::2] - a[1::2]) * a[0]
    a[:h] = s
    a[h:] = d
    haar_steps(a[:h])


@program(array(8))
def haar_inplace(x):
    y = x.copy()
    haar_steps(y)
    return np.sum(y ** 3)


def fft_steps(re, im):
    n = len(re)
    if n == 1:
        return
    er = re[0::2].copy()
    ei = im[0::2].copy()
    orr = re[1::2].copy()
    oi = im[1::2].copy()
    fft_steps(er, ei)
    fft_steps(orr, oi)
    for k in range(n // 2):
        c = np.cos(2*np.pi*k/n)
        s = -np.sin(2*np.pi*k/n)
        tr = c*orr[k] - s*oi[k]
        ti = c*oi[k] + s*orr[k]
        re[k] = er[k] + tr
        im[k] = ei[k] + ti
        re[k + n//2] = er[k] - tr
        im[k + n//2] = ei[k] - ti


@program(array(8))
def fft_recursive(x):
    re = x.copy()
    im = np.zeros(8)
    fft_steps(re, im)
    return np.sum((re**2 + im**2) * np.arange(8))


def clamp(a, lo):
    a[a < lo] = lo
    return a


@program(array(5))
def returns_argument(x):
    y = x * 1.0
    z = clamp(y, 0.9)
    z *= 2.0
    return np.sum(y * z)


def tail_of(a):
    return a[1:]


@program(array(5))
def returns_view(x):
    t = tail_of(x)
    t *= x[0]
    tail_of(t)[0] = x[1] * 3
    return np.sum(x ** 2)


class Simulation:
    def __init__(self, x, v, dt):
        self.x = x
        self.v = v
        self.dt = dt
        self.t = 0.0
    def step(self):
        self.v -= self.dt * self.x * self.x
        self.x += self.dt * self.v
        self.t = self.t + self.dt * self.x[0]
    def energy(self):
        return np.sum(self.x ** 2 + self.v ** 2) + self.t


@program(array(5), array(5), 0.1)
def simulation(x, w, dt):
    s = Simulation(x.copy(), w.copy(), dt)
    for _ in range(4):
        s.step()
    return s.energy()


@program(array(5), array(5), 0.1)
def simulation_shared(x, w, dt):
    s = Simulation(x, w, dt)
    for _ in range(4):
        s.step()
        if s.x[0] > 5:
            break
    return s.energy() + np.sum(x)


class Total:
    def __init__(self, n):
        self.value = np.zeros(n)
    def add(self, y):
        self.value += y
        return self


@program(array(5), array(5))
def returns_self(x, y):
    total = Total(5)
    total.add(y).add(x * y)
    total.add(total.value * x)
    return np.sum(total.value ** 2)


@program(array(5))
def closure_writes(x):
    y = np.zeros(5)
    def put(i, value):
        y[i] = value * (y[i - 1] + 1.0)
    for i in range(5):
        put(i, x[i])
    return np.sum(y * y)


def axpy(a, b):
    a += b * 2.0
    a *= b


@program(array(5))
def same_array_twice(x):
    y = x * x
    axpy(y, y)
    axpy(y[1:], y[:-1])
    return np.sum(y)


@program(array(5), array(5))
def list_of_arrays(x, y):
    arrays = [x, y]
    for k in range(3):
        for a in arrays:
            a *= 1.1 * a
        arrays[0][k] += arrays[1][k + 1]
    return np.sum(x * y)


@program(array(5), array(5))
def list_swapped(x, y):
    buffers = [x.copy(), y.copy()]
    for k in range(3):
        buffers[0][1:] += buffers[1][:-1] * buffers[0][1:]
        buffers[0], buffers[1] = buffers[1], buffers[0]
    return np.sum(buffers[0] * buffers[1])


@program(array(5), array(5))
def dict_of_arrays(x, y):
    d = {"a": x, "b": y}
    d["a"][1:] *= d["b"][:-1]
    d["c"] = d["a"]
    d["c"][0] = 3.0 * d["b"][2]
    for key in d:
        d[key] += 1.0
    return np.sum(x * y)


@program(array(5))
def two_names_by_branch(x):
    a = x * 2
    b = x * 3
    for i in range(5):
        if x[i] > 1.0:
            t = a
        else:
            t = b
        t[i] *= t[i - 1]
    return np.sum(a * b)


@program(array(6))
def buffers_swapped_while(x):
    a = x.copy()
    b = np.empty(6)
    n = 0
    while np.sum(a) < 100 and n < 6:
        b[1:-1] = a[:-2] * a[2:]
        b[0] = a[0]
        b[-1] = a[-1]
        a, b = b, a
        n += 1
    return np.sum(a * a) + np.sum(b)


@program(array(4, 4))
def rows_normalised(A):
    for row in A:
        row[:] = row / np.sum(row)
        if row[0] > 0.3:
            continue
        row[1:] *= row[:-1]
    return np.sum(A ** 2)


@program(array(7))
def overlap(x):
    x[1:] += x[:-1]
    x[:-2] *= x[2:]
    x[::-1] -= 0.5 * x
    return np.sum(x ** 2)


@program(array(6))
def masks_repeats(x):
    idx = np.array([0, 1, 1, 3])
    y = np.zeros(6)
    y[idx] = x[:4]
    y[idx] += x[1:5]
    y[x > 1.0] *= 2.0
    np.add.at(y, idx, x[idx])
    y[y > 1.5] = x[0]
    return np.sum(y * x)


@program(array(6), complex_step=False)
def out_and_at(x):
    y = np.empty(6)
    np.multiply(x, 2.0, out=y)
    np.exp(y, out=y)
    np.add(y[1:], x[:-1], y[1:])
    np.subtract.at(y, [0, 0, 1], x[:3])
    np.multiply.at(y, [2, 2, 3], x[:3])
    np.maximum.at(y, [4, 5], x[:2] * 4)
    return np.sum(np.log(1 + y * y))


@program(array(4, 4))
def fills(A):
    B = np.zeros((4, 4))
    np.fill_diagonal(B, A[0])
    B[1].fill(A[1, 1])
    B[2][...] = A[2] * B[1]
    C = B[()]
    C[3] = C[2] * 2
    return np.sum(B * A)


@program(array(5), array(5))
def chained(a, b):
    a[0] = b[1] = a[2] * b[3]
    x = y = a * b
    x[1] = 3.0 * y[0]
    return np.sum(y * a)


@program(array(4, 4), array(4, 4))
def matmul_inplace(A, B):
    A @= B
    A **= 2
    A[1] **= B[0]
    A[2, 1:3] /= B[1, :2]
    return np.sum(np.sqrt(A))


@program(array(5, dtype="float32"), single_precision=True)
def float32_buffer(x):
    y = np.empty(5, dtype=np.float32)
    for i in range(5):
        y[i] = x[i] * x[i]
    y[1:] *= y[:-1]
    return np.sum(y)


@program(array(8))
def windows_written(x):
    rows = [x[i:i+3] for i in range(0, 6, 2)]
    for row in rows:
        row *= row[0]
    return np.sum(x ** 2)


@program(array(5), array(5))
def list_alias(x, y):
    xs = [x[0], y[0]]
    ys = xs
    ys.append(x[1])
    xs.append(y[1])
    ys[0] = ys[2] * xs[3]
    return xs[0] * xs[1] + ys[2] * len(xs)


@program(array(5))
def nested_lists(x):
    grid = [[x[0], x[1]], [x[2], x[3]]]
    for i in range(2):
        for j in range(2):
            grid[i][j] = grid[i][j] * grid[0][0]
    return grid[0][0] + grid[0][1] * grid[1][0] + grid[1][1] ** 2


@program(array(5))
def dict_methods(x):
    d = {"a": x[0], "b": x[1]}
    d.update(c=x[2] * 2)
    d.update({"a": x[3]})
    b = d.pop("b")
    d["e"] = b * d["a"]
    s = 0.0
    for k, val in d.items():
        s += val * val
    return s


@program(array(4, 4))
def gauss_pivot(A):
    A = A.copy()
    n = A.shape[0]
    b = np.ones(n)
    for k in range(n):
        p = k + np.argmax(np.abs(A[k:, k]))
        if p != k:
            A[[k, p]] = A[[p, k]]
            b[[k, p]] = b[[p, k]]
        for i in range(k+1, n):
            f = A[i, k] / A[k, k]
            A[i, k:] -= f * A[k, k:]
            b[i] -= f * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i+1:] @ x[i+1:]) / A[i, i]
    return np.sum(x ** 2)


@program(array(5), array(5), 0.1)
def leapfrog(x, w, dt):
    for _ in range(4):
        acc = -np.sin(x)
        w += dt * acc
        x += dt * w
    return np.sum(x * x)


@program(array(6))
def ring_buffer(x):
    buf = np.zeros(3)
    s = 0.0
    for i in range(6):
        buf[i % 3] = x[i] * (1.0 + np.sum(buf))
        s += buf[i % 3] * buf[(i + 1) % 3]
    return s


@program(array(5), array(5))
def early_exit_view(x, y):
    a = x
    for i in range(5):
        a = a[:-1] if i % 2 else a[1:]
        a *= y[i]
        if a.size < 3:
            return np.sum(a) + np.sum(x * y)
    return np.sum(x)


@dataclass
class State:
    q: np.ndarray
    p: np.ndarray
    t: float = 0.0


def kick(s, h):
    s.p -= h * s.q
    s.t += h * s.p[0]
    return s


@program(array(5), array(5))
def dataclass_state(q, p):
    s = State(q, p)
    history = []
    for i in range(4):
        s = kick(s, 0.1)
        s.q += 0.1 * s.p
        history.append(s.q.copy())
    return np.sum(history[1] * history[2]) + s.t * np.sum(q)


@program(array(5))
def list_of_buffers_appended(x):
    buffers = []
    for i in range(3):
        b = x * (i + 1)
        buffers.append(b)
        b[0] = x[1] * 2
    for b in buffers[1:]:
        b += buffers[0]
    buffers[-1][2] = buffers[0][1] ** 2
    return np.sum(buffers[0] * buffers[1] * buffers[2])


@program(array(4, 4))
def rows_list(A):
    rows = list(A)
    rows[0] += rows[1]
    rows[1], rows[2] = rows[2], rows[1]
    rows[1] *= rows[0]
    return np.sum(A ** 2) + np.sum(rows[2])


def substitute_back(A, b, depth):
    if depth == 0:
        return b
    b[depth - 1] = b[depth - 1] * A[depth - 1, depth - 1] + b[depth]
    return substitute_back(A, b, depth - 1)


@program(array(4, 4), array(4))
def recursion_returns_argument(A, b):
    y = b * 1.0
    z = substitute_back(A, y, 3)
    z[0] *= 2.0
    return np.sum(y * z)


@program(array(5), array(5))
def atleast_squeeze(x, y):
    A = np.atleast_2d(x)
    A[0, 1] = y[0]
    B = A.squeeze()
    B[2] = y[1] * x[1]
    return np.sum(x * B)


@program(array(5), complex_step=False)
def asarray_alias(x):
    y = np.asarray(x)
    y[0] = x[1] ** 2
    z = np.asarray(y, dtype=float)
    z *= 2.0
    return np.sum(x * y)


@program(array(5))
def generator_of_views(x):
    for a, b in zip([x[:2], x[2:4]], [x[1:3], x[3:5]]):
        a *= b
    return np.sum(x ** 2)


@program(array(5), array(5))
def aliased_attribute(x, y):
    s = SimpleNamespace(u=x, w=y)
    t = s
    t.u[0] = 3.0 * s.w[1]
    t.u, t.w = t.w, t.u
    s.u *= s.w
    return np.sum(x) + np.sum(y ** 2)


@program(array(5))
def swap_rows_view(x):
    A = np.outer(x, x)
    tmp = A[0].copy()
    A[0] = A[1]
    A[1] = tmp * 2
    top = A[:2]
    bottom = A[2:4]
    top += bottom
    bottom *= top
    return np.sum(A ** 2)


@program(array(6))
def split_views(x):
    a, b, c = np.split(x, 3)
    a *= b
    b += c
    return np.sum(x ** 2 * np.arange(6))


@program(array(5))
def conditional_copy(x):
    y = x if x[0] > 10 else x.copy()
    y[0] = 5.0 * x[1]
    return np.sum(x * y)


@program(array(5), 3)
def memo_table(x, n):
    table = {}
    for i in range(5):
        table[i] = x[i] * (table[i - 1] if i else 1.0)
    return table[4] + table[n]


@program(array(5))
def nan_mask(x):
    y = x.copy()
    y[1] = np.nan
    y[np.isnan(y)] = 0.5 * x[0]
    return np.sum(y * y)
