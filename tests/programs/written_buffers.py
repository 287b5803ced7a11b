"""Buffers of numerical programs: stencils, factorizations, rings, states in objects, names chosen in loops."""

from __future__ import annotations

import functools
from collections import namedtuple

import numpy as np

from tests.programs.program import array, number
from tests.programs.program import program as enter

program = functools.partial(enter, writes=True, autograd=False, jax=False)

NT = namedtuple("NT", "u v")

@program(array(4, 4), 3)
def seidel(A, n):
    for _ in range(n):
        for i in range(1, 3):
            for j in range(1, 3):
                A[i, j] = 0.2 * (A[i, j] + A[i-1, j] + A[i+1, j] + A[i, j-1] + A[i, j+1])
    return np.sum(A * A)


@program(array(3, 3))
def cholesky(A):
    S = A @ A.T + 3.0 * np.eye(3)
    n = 3
    for j in range(n):
        S[j, j] = np.sqrt(S[j, j])
        S[j + 1:, j] /= S[j, j]
        for k in range(j + 1, n):
            S[k:, k] -= S[k:, j] * S[k, j]
    return np.sum(np.log(np.diag(S))) + S[2, 0]


@program(array(8), array(8))
def butterfly(re, im):
    n = 8
    size = 2
    while size <= n:
        half = size // 2
        for start in range(0, n, size):
            for k in range(half):
                c, s = np.cos(2 * np.pi * k / size), -np.sin(2 * np.pi * k / size)
                a, b = start + k, start + k + half
                tr = c * re[b] - s * im[b]
                ti = s * re[b] + c * im[b]
                re[b], im[b] = re[a] - tr, im[a] - ti
                re[a] += tr
                im[a] += ti
        size *= 2
    return np.sum(re[1:3] ** 2) + im[5] ** 3


@program(array(5), number())
def ring_buffer(x, s):
    buf = np.zeros(3)
    head = 0
    out = 0.0
    for t in range(12):
        buf[head] = s * np.sin(x[t % 5]) + 0.5 * buf[(head - 1) % 3]
        head = (head + 1) % 3
        if t > 8 and buf[head] < 0.1:
            continue
        out += buf[head] * buf[head - 1]
    return out


@program(array(2), number())
def euler_events(state, dt):
    y = state
    bounces = 0
    t = 0.0
    while t < 1.0:
        y[1] -= 9.81 * dt * 0.1
        y[0] += y[1] * dt * 0.1
        if y[0] < 0.0:
            y[0] = -y[0]
            y[1] *= -0.8
            bounces += 1
            if bounces > 3:
                break
        t += 0.1
    return y[0] ** 2 + y[1]


@program(array(3, 2), array(3, 2), 4)
def leapfrog(x, v, n):
    def force(x, out):
        out[:] = 0.0
        for i in range(len(x)):
            for j in range(i):
                d = x[j] - x[i]
                f = d / (np.sum(d * d) + 0.1) ** 1.5
                out[i] += f
                out[j] -= f
    a = np.empty_like(x)
    force(x, a)
    for _ in range(n):
        v += 0.05 * a
        x += 0.1 * v
        force(x, a)
        v += 0.05 * a
    return np.sum(x * x) + np.sum(v)


@program(array(4, 3), array(3))
def rows_for(A, w):
    for row in A:
        row[:] = np.tanh(row * w)
        if row[0] > 0.7:
            continue
        row[1:] += row[0]
    for i, row in enumerate(A[::-1]):
        row *= i
    for row, other in zip(A, A[1:]):
        other -= 0.1 * row
    return np.sum(A * A)


@program(array(4, 3))
def views_of_rows(A):
    for r in range(4):
        v = A[r]
        for k in range(1, 3):
            v[k] -= v[k - 1] * A[r - 1, k]
            if v[k] < 0:
                break
        w = v[::-1]
        w[0] = v[0] ** 2
    return np.sum(A)


@program(array(4), array(4), number())
def two_names_branch_loop(x, y, s):
    cur = x
    for k in range(4):
        other = y if cur is x else x
        other[k] += s * cur[k - 1] * other[k - 1]
        if other[k] > 1.5:
            cur = other
        else:
            cur = x
        cur[0] *= 1.1
    return np.sum(x * y)


@program(array(4), number())
def swap_tuple_list(x, s):
    bufs = [x, x * s]
    for k in range(3):
        a, b = bufs
        b[1:] = a[:-1] * b[1:] + s
        bufs = [b, a]
    bufs[0], bufs[1] = bufs[1], bufs[0]
    return np.sum(bufs[0] * bufs[1]) + np.sum(x)


@program(array(3), array(3))
def named_tuple_state(u, v):
    st = NT(u, v)
    for k in range(3):
        st.u[k] += st.v[k - 1] * st.u[k - 1]
        st = st._replace(u=st.v, v=st.u)
    return np.sum(st.u * st.v ** 2)


@program(array(5), number())
def empty_first_write(x, s):
    out = np.empty((3, 5))
    for i in range(3):
        if i == 1 and s > 0.2:
            out[i] = x * s
        else:
            out[i, ::-1] = x ** 2
        out[i, 2] = out[i - 1, 2] if i else 0.0
    return np.sum(out * out)


@program(array(6, dtype="float32"), number(), single_precision=True)
def float32_inplace(x, s):
    y = np.empty_like(x)
    for i in range(len(x)):
        y[i] = x[i] * s + (y[i - 1] if i else np.float32(0.0))
    y[1::2] *= y[::2]
    x += y
    return np.sum(x * y)


@program(array(4), number())
def dict_default(x, s):
    acc = {}
    for k in range(6):
        key = k % 2
        if key not in acc:
            acc[key] = np.zeros(4)
        acc[key] += x * k * s
        acc[key][k % 4] *= 2.0
    return sum(np.sum(v * v) for v in acc.values())


@program(array(4), number())
def return_in_try(x, s):
    try:
        x[0] = s
        x[1:] *= x[:-1]
    except ZeroDivisionError:
        raise
    return np.sum(x * x)


@program(array(4), number())
def nonlocal_buffer(x, s):
    buf = x
    def swap():
        nonlocal buf
        buf = buf * s
        buf[0] += 1.0
    swap()
    swap()
    return np.sum(buf * x)


@program(array(3, 3), array(3))
def back_substitution(U, b):
    x = np.zeros_like(b)
    for i in range(2, -1, -1):
        t = b[i]
        for j in range(i + 1, 3):
            t -= U[i, j] * x[j]
        x[i] = t / (U[i, i] + 2.0)
    return x @ x


@program(array(4, 4))
def block_views(A):
    n = 2
    a, b, c, d = A[:n, :n], A[:n, n:], A[n:, :n], A[n:, n:]
    d -= c @ np.linalg.inv(a + 2 * np.eye(2)) @ b
    b[...] = d.T * a
    a[0], a[1] = a[1].copy(), a[0].copy()
    c += A[1:3, 1:3]
    return np.sum(A * A)


@program(array(5), array(3))
def conv_overlap(x, k):
    y = np.zeros(7)
    for i, w in enumerate(k):
        y[i:i + 5] += w * x
    y[2:] -= y[:-2] * y[2:]
    y[y < 0] = 0.0
    y[[0, -1]] = y[[-1, 0]]
    return np.sum(y ** 2)


@program(array(3, 4), array(4))
def broadcast_assign(A, v):
    A[:] = v
    A[1] = v[0]
    A[:, 1:3] = v[1:3] * A[0, :1]
    A[:, None][:, 0, 0] = 2.0 * v[3]
    A[..., -1] += np.arange(3)
    A += A[0]
    A *= A[:, :1]
    return np.sum(A * A)


@program(array(4), number())
def while_true_return(x, s):
    k = 0
    while True:
        v = x[k:]
        v *= s
        if k == 2:
            v[0] = 5.0 * x[0]
            return np.sum(x ** 2)
        k += 1


@program(array(4), number())
def for_else(x, s):
    for i in range(4):
        x[i] *= s
        if x[i] > 100:
            break
    else:
        x[0] = x[-1] * x[1]
    return np.sum(x ** 2)


@program(array(3), array(3), number())
def loop_target_views(x, y, s):
    for v in (x, y, x):
        v[1:] *= v[:-1] + s
    for name, v in {"a": x, "b": y}.items():
        v[0] += s * v[1]
    for v in [x[::-1], y]:
        v += x
    return np.sum(x * y)


@program(array(6))
def for_subscript_target(x):
    a = np.zeros(2)
    for a[0] in x:
        a[1] += a[0] ** 2
    for i, a[1] in enumerate(x[:3]):
        a[0] += a[1] * i
    return np.sum(a * x[:2])


@program(array(4), array(4))
def with_item_target(x, y):
    x[0], y[1] = y[0], x[1] * 2
    (x[1], [y[2], x[2]]) = (y[3], (x[3], y[0]))
    x[3] = y[3] = t = x[0] * y[0]
    x[0], *rest = y
    rest[0] *= 2
    return np.sum(x * y) + t + rest[0]
