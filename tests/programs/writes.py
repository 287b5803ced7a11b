"""Programs that write into arrays: single elements, slices, masks, every augmented form, ``out=`` and methods."""

from __future__ import annotations

import functools

import numpy as np

from tests.programs.program import array, drawn, number, spd
from tests.programs.program import program as enter

program = functools.partial(enter, writes=True, autograd=False, jax=False)


@program(array(6, low=-1.0, high=1.0), number(), 6, 0.01, tags="element branch while")
def relax(x, w, n, tol):
    y = np.zeros(n)
    s = 0.0
    for i in range(n):
        a = w * x[i] + s
        if a > 0.0:
            s = np.sin(a)
        else:
            s = 0.1 * a
        y[i] = s * x[i]
    while s * s > tol:
        s = 0.5 * s
        y[0] = y[0] * s
    return np.sum(y) + s


@program(array(7), 3, number(0.1, 0.2), tags="stencil linear")
def diffuse(u, steps, k):
    for _ in range(steps):
        u[1:-1] += k * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return u[u.size // 2] ** 2


@program(array(5, 5), 2, tags="stencil seidel")
def seidel(A, steps):
    n = A.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = (A[i - 1, j] + A[i, j - 1] + A[i, j] + A[i, j + 1] + A[i + 1, j]) / 5.0
    return np.sum(A * A)


@program(array(6), array(6), 3, tags="stencil jacobi two buffers")
def jacobi(a, b, steps):
    for _ in range(steps):
        b[1:-1] = 0.33333 * (a[:-2] + a[1:-1] + a[2:])
        a[1:-1] = 0.33333 * (b[:-2] + b[1:-1] * b[1:-1] + b[2:])
    return a[2] * b[3] + np.sum(a)


@program(spd(4), tags="lu")
def lu_in_place(A):
    n = A.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            A[i, k] /= A[k, k]
            for j in range(k + 1, n):
                A[i, j] -= A[i, k] * A[k, j]
    total = 0.0
    for k in range(n):
        total += np.log(A[k, k]) * (k + 1)
    return total + A[2, 1]


@program(spd(4), tags="cholesky")
def cholesky_in_place(A):
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            A[i, j] -= np.dot(A[i, :j], A[j, :j])
            A[i, j] /= A[j, j]
        A[i, i] -= np.dot(A[i, :i], A[i, :i])
        A[i, i] = np.sqrt(A[i, i])
    return np.sum(np.tril(A) * np.arange(1.0, 5.0))


@program(array(4, 4), array(4), tags="elimination pivoting")
def gauss_elimination(A, b):
    n = len(b)
    for k in range(n):
        p = k + int(np.argmax(np.abs(A[k:, k])))
        if p != k:
            A[[k, p]] = A[[p, k]]
            b[k], b[p] = b[p], b[k]
        for i in range(k + 1, n):
            factor = A[i, k] / A[k, k]
            A[i, k:] -= factor * A[k, k:]
            b[i] -= factor * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return np.sum(np.tanh(x))


@program(array(8), tags="fft butterfly")
def walsh_hadamard(x):
    h = 1
    while h < len(x):
        for i in range(0, len(x), 2 * h):
            for j in range(i, i + h):
                a, b = x[j], x[j + h]
                x[j] = a + b
                x[j + h] = (a - b) * a
        h *= 2
    return np.sum(x * x) * 1e-3


@program(array(5), 9, number(), tags="ring buffer")
def ring_buffer(delay, n, feedback):
    out = 0.0
    for t in range(n):
        i = t % delay.size
        sample = delay[i]
        delay[i] = np.sin(sample + feedback * delay[i - 1])
        out += sample * delay[i]
    return out


@program(array(3, 2), array(3, 2), 0.1, 3, tags="n-body leap-frog")
def leap_frog(x, v, dt, steps):
    a = np.zeros_like(x)
    for _ in range(steps):
        a[:] = 0.0
        for i in range(len(x)):
            for j in range(len(x)):
                if i != j:
                    d = x[j] - x[i]
                    a[i] += d / (np.dot(d, d) + 0.1) ** 1.5
        v += dt * a
        x += dt * v
    return np.sum(v * v) + np.sum(x[0] * x[1])


@program(array(6), tags="slices step")
def strided_writes(x):
    y = np.zeros(6)
    y[::2] = x[1::2]
    y[1::2] = x[::2] * y[::2]
    y[::-1] += x
    y[-1] = y[0] * y[-2]
    return np.sum(y * x)


@program(array(3), array(3, 3), tags="broadcast write")
def broadcast_writes(x, A):
    A[1] = x
    A[:, 0] = x[0] * x[1]
    A[:, None, 2] = A[:, 1:2] * 2.0
    A[...] += x
    A[0, :] *= A[2]
    return np.sum(A**2)


@program(array(5), tags="augmented forms")
def augmented_writes(x):
    x[0] += x[1]
    x[1] -= x[0] * x[2]
    x[2] *= x[0]
    x[3] /= x[2]
    x[4] **= 2
    x[1:3] **= 3
    x[2:] *= x[:3].copy()
    return np.sum(x) * x[4]


@program(array(4), tags="augmented self")
def overlapping(a):
    a[1:] += a[:-1]
    a[:-1] *= a[1:]
    a += a[::-1]
    return np.sum(a * a)


@program(array(4), number(), tags="augmented name array")
def augmented_array_name(x, c):
    y = x.copy()
    y += c
    y *= x
    z = y
    z -= 0.5 * x
    y /= c
    return np.sum(y * z)


@program(array(6), tags="integer index repeats")
def scatter_with_repeats(x):
    index = np.array([0, 2, 2, 1])
    y = np.zeros(4)
    y[index] = x[:4]
    y[[3, 3]] += x[4]
    np.add.at(y, index, x[2:] ** 2)
    return np.sum(y * np.arange(1.0, 5.0) * y)


@program(array(6, low=-1.0, high=1.0), tags="mask write")
def masked_writes(x):
    y = x * x
    y[x < 0] = 0.5
    x[x > 0.3] *= 2.0
    y[y > 0.1] += x[y > 0.1]
    return np.sum(y * x)


@program(array(4), number(), tags="chained write")
def chained_writes(x, s):
    y = np.ones(4)
    x[0] = y[1] = s * x[2]
    y[2] = t = x[0] * s
    x[1], y[3] = y[1] * t, x[1]
    return np.sum(x * y)


@program(array(4), array(4), tags="out ufunc")
def ufunc_out(x, y):
    np.multiply(x, y, out=y)
    np.exp(y, out=x)
    buffer = np.empty(4)
    np.add(x, y, out=buffer)
    np.sin(buffer, buffer)
    return np.sum(buffer * x)


@program(array(4), array(3), tags="numpy writers", complex_step=False)
def writing_functions(x, y):
    z = np.empty_like(x)
    np.copyto(z, x * x)
    z[1:].fill(2.0)
    A = np.outer(y, y)
    np.fill_diagonal(A, x[0])
    np.put(z, [2, 3], y[:2])
    np.maximum.at(z, [0], 0.1)
    return np.sum(z) * np.sum(A) + z[3]


@program(array(5), tags="sort in place")
def sorts_in_place(x):
    y = x * np.array([1.0, -1.0, 2.0, 0.5, 1.0])
    y.sort()
    x[:] = np.sort(x)
    return np.sum(y * np.arange(5)) + x[0] * x[-1]


@program(array(4), 4, tags="empty buffer")
def empty_buffer(x, n):
    y = np.empty(n)
    y[0] = x[0]
    for i in range(1, n):
        y[i] = y[i - 1] * x[i] + np.cos(y[i - 1])
    return y[-1] * y[1]


@program(array(5), number(0.8, 1.0), tags="break write")
def writes_then_breaks(x, limit):
    total = 0.0
    for i in range(1, 5):
        x[i] = x[i] * x[i - 1]
        if x[i] < 0.1:
            break
        if x[i] > limit:
            x[i] = limit * limit
            continue
        total += x[i]
    return total + np.sum(x)


@program(array(4), tags="return write")
def writes_then_returns(x):
    for i in range(3):
        x[i] *= x[i + 1]
        if np.sum(x) < 2.5:
            return x[i] + np.sum(x * x)
        x[i + 1] += 0.5
    return np.prod(x)


@program(array(4), array(4), tags="overwritten read")
def records_what_is_overwritten(x, y):
    for _ in range(3):
        for i in range(4):
            x[i] = np.sin(x[i]) * y[i]
            y[i] = x[i] * y[i - 1]
    return np.sum(x)


@program(array(3, 3), array(3), tags="matmul write")
def matrix_updates(A, x):
    for _ in range(2):
        x[:] = A @ x
        A -= 0.1 * np.outer(x, x)
        x /= np.linalg.norm(x)
    return np.sum(A) + x[0]


@program(array(4, dtype="float32"), tags="float32 buffer", single_precision=True)
def single_precision_buffer(x):
    y = np.zeros(4, dtype=np.float32)
    for i in range(4):
        y[i] = x[i] * x[i - 1]
    return np.sum(y * y)


@program(drawn(lambda rng: np.asfortranarray(rng.uniform(size=(3, 4)))), tags="fortran order")
def column_sweep(A):
    for j in range(1, 4):
        A[:, j] += A[:, j - 1] * A[0, j]
    return np.sum(A[:, -1] ** 2)


@program(array(2, 4), tags="while write")
def relaxes_to_a_tolerance(A):
    change = 1.0
    while change > 1e-2:
        old = A[:, 1:-1].copy()
        A[:, 1:-1] = 0.5 * (A[:, :-2] + A[:, 2:])
        change = np.max(np.abs(A[:, 1:-1] - old))
    return np.sum(A * A)


@program(array(4), array(4), tags="calls that write into arrays in containers")
def containers_written_into_by_calls(x, y):
    box = {"k": x, "rest": [y, y * x]}
    np.sin(box["k"], out=box["k"])
    box["rest"][0].sort()
    np.copyto(box["rest"][1], box["k"] * y)
    pair = (x, y)
    np.cos(pair[1], pair[0])
    pair[0][1:].fill(y[2])
    return np.sum(x * y * np.arange(4)) + np.sum(box["rest"][1] ** 2)


@program(array(4, 3), array(4), array(1, 3), 2, tags="slice broadcast")
def parts_of_other_arrays(A, b, c, steps):
    for _ in range(steps):
        A[:, 1:] -= 0.5 * (c[:, :-1] - c[:, 1:] + A[:, :1] + b[:, None])
        A[1:-1] += np.sin(c) * b[1:-1, None] + c / (2.0 + c * c)
        c += 0.1 * (A[:1] + A[-1:])
    return np.sum(A * A) + np.sum(c)


@program(array(4, 3), array(3), array(1, 3), tags="broadcast loop")
def shape_changes_in_the_loop(A, b, c):
    for _ in range(2):
        b = np.tanh(c)
        A *= b + 0.1 * A[0]
    return np.sum(A) + np.sum(np.cos(b))
