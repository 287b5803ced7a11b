"""Programs whose arrays lie in memory in other ways: strided, reversed, without dimensions, complex, of one element."""

from __future__ import annotations

import functools

import numpy as np

from tests.programs.program import array, drawn, number
from tests.programs.program import program as enter

program = functools.partial(enter, writes=True, autograd=False, jax=False)

@program(array(4), 3)
def stack_of_arrays(x, n):
    stack = [x.copy()]
    total = 0.0
    while stack:
        v = stack.pop()
        if len(v) > 1:
            v[0] *= v[-1]
            h = len(v) // 2
            stack.append(v[:h])
            stack.append(v[h:])
        else:
            total += v[0] ** 2
    return total


@program(array(4), number())
def history_ring(x, s):
    hist = [np.zeros(4) for _ in range(3)]
    for t in range(6):
        hist[t % 3][:] = np.sin(x) * s + 0.5 * hist[(t - 1) % 3]
    return sum(np.sum(h * h) for h in hist)


@program(array(4), number())
def history_pop0(x, s):
    hist = [x.copy(), x * s]
    for t in range(4):
        new = hist[-1] - s * hist[-2]
        new[0] = hist[0][1]
        hist.append(new)
        hist.pop(0)
        hist[0][2] += 0.1 * hist[1][3]
    return np.sum(hist[0] * hist[1])


@program(array(4), array(4), number(), complex_step=False)
def complex_parts(x, y, s):
    z = np.zeros(4, complex)
    z.real[:] = x * s
    z.imag = y
    z.real += y * y
    z.imag[1:] *= x[1:]
    return np.sum(np.abs(z) ** 2) + z.imag[2]


@program(array(4), array(4), number(), complex_step=False)
def complex_parts_loop(x, y, s):
    z = np.zeros(4, dtype=complex)
    for k in range(3):
        z.real[k] = x[k] * s
        z.imag[k] = y[k] + z.real[k - 1]
        z *= 1j * s
    return np.sum((z * z.conj()).real)


@program(array(4, 3))
def rows_list_of_array(A):
    rows = list(A)
    for i in range(1, 4):
        rows[i][:] = rows[i - 1] * rows[i]
    return np.sum(A)


@program(array(4, 3), number())
def unpack_rows(A, s):
    a, b, c, d = A
    a += b * s
    c[:] = a * d
    d[0], d[1] = d[1], d[0]
    return np.sum(A * A)


@program(array(6), number())
def overlap_all(x, s):
    x[1:] += x[:-1]
    x[::-1] *= x
    x[:] = x[::-1] * s
    x[:-1] -= x[1:] * x[:-1]
    x[2:] = x[:-2]
    x[::2] /= x[1::2]
    return np.sum(x * np.arange(6.0))


@program(array(4, 4))
def overlap_transpose(A):
    A += A.T
    A[1:] *= A[:-1]
    A[:, 1:] = A[:, :-1] + A.T[:, 1:]
    A.T[0] = A[0] * 2.0
    return np.sum(A * A)


@program(array(6))
def reshape_decided(x):
    A = x.reshape(2, 3)
    B = A.T.reshape(-1)
    A[0] *= 2.0
    B[1] = A[1, 1]
    C = A.ravel()
    C[2] = B[3] * C[0]
    return np.sum(x * B)


@program(drawn(lambda r: r.uniform(0.5, 1.5, (10,))[::2]))
def strided_argument(x):
    y = x[::-1]
    y[1:] *= x[:-1]
    x[0] = np.sum(y)
    return np.sum(x * x)


@program(drawn(lambda r: r.uniform(0.5, 1.5, (5,))[::-1]))
def reversed_argument(x):
    v = x.reshape(-1)
    v[0] *= x[-1]
    x[1:] -= v[:-1] ** 2
    return np.sum(x)


@program(array(0), number())
def empty_argument(x, s):
    y = x[1:]
    x *= s
    y += 1.0
    for v in x:
        s *= v
    return np.sum(x) + s * s


@program(array(1), number())
def one_element(x, s):
    x[1:] += x[:-1]
    x[:-1] *= s
    x[-1] = x[0] * s
    v = x.reshape(())
    v *= s
    v[...] += v * v
    return x.sum() ** 2


@program(array(), number(), complex_step=False)
def zero_d(x, s):
    x[()] = x * s
    x[...] *= x
    x += np.sin(s)
    y = x[()]
    x *= s
    return x * y


@program(array(4))
def zero_d_from_item(x):
    s = np.array(x[0])
    t = s[()]
    s *= x[1]
    return t * s + s.item()


@program(array(3), number())
def dict_of_buffers(x, s):
    state = {"u": x, "v": np.zeros(3)}
    for _ in range(3):
        state["v"] += s * state["u"]
        state["u"][1:] -= state["v"][:-1] * state["u"][:-1]
    return np.sum(state["u"] * state["v"]) + np.sum(x)


@program(array(3), number())
def tuple_of_buffers(x, s):
    pair = (x, x * s)
    pair[0][0] = pair[1][2]
    a, b = pair
    b *= a
    a += b
    for p in pair:
        p[1] *= p[2]
    return np.sum(x * pair[1])


@program(array(5), number())
def while_relax(x, s):
    n = 0
    while True:
        old = x.copy()
        x[1:-1] = 0.5 * (x[:-2] + x[2:]) * s
        if np.max(np.abs(x - old)) < 0.05 or n > 6:
            return np.sum(x * old)
        n += 1


@program(array(3), number())
def chained(x, s):
    y = np.zeros(3)
    x[0] = y[1] = s * x[2]
    x[1:] = y[:-1] = x[:-1] * y[1:] + s
    a = b = x * s
    a += y
    b *= 2.0
    return np.sum(x * y + a * b)


@program(array(4), array(4, 4))
def power_matmul(x, A):
    A @= A.T
    A **= 2
    A[1:3] **= 1.5
    B = A
    B /= x
    x[1:] **= x[:-1]
    return np.sum(A) + np.sum(x)


@program(array(6), array(3))
def repeats_assign(x, v):
    i = np.array([1, 4, 1])
    x[i] = v * x[i]
    x[i] += v
    x[x > 1.0] *= 0.5
    x[[0, 0]] = v[:2]
    return np.sum(x * x)


@program(array(4, 4), array(2))
def mixed_index(A, v):
    i = np.array([0, 2])
    A[i, 1] = v
    A[1, i] *= v
    A[i[:, None], i] += np.outer(v, v)
    A[:, [1, 3]] = A[:, [3, 1]]
    A[A > 1.2] = v[0]
    A[i] -= A[i + 1]
    return np.sum(A * A)


@program(array(4), number(), complex_step=False)
def alias_through_asarray(x, s):
    y = np.asarray(x)
    y[0] = s
    z = np.asarray(x, dtype=float)
    z[1] = s * y[2]
    w = np.array(x, copy=False) if False else np.atleast_1d(x)
    w[2] *= w[1]
    t = np.ascontiguousarray(x[::2])
    t[0] = 9.0
    return np.sum(x * x) + np.sum(t)


@program(array(4), number(), complex_step=False)
def real_of_real(x, s):
    r = x.real
    r *= s
    q = np.real(x)
    q[0] += 1.0
    c = np.conj(x)
    c[1] = 5.0
    c2 = x.conj()
    c2[2] = s
    i = x.imag
    return np.sum(x * x) + np.sum(i)


@program(array(4), number(), complex_step=False)
def int_buffer(x, s):
    k = np.zeros(4, int)
    for i in range(4):
        k[i] = int(x[i] * 3)
        k[i:] += 1
    k[::2] *= 2
    x[k % 4] *= s
    return np.sum(x * k)


@program(array(4), number())
def bool_buffer(x, s):
    m = np.zeros(4, bool)
    for i in range(4):
        m[i] = x[i] > 0.9
        x[m] *= s
    m &= x < 2.0
    m[0] |= True
    x[~m] = s
    return np.sum(x * x)


@program(array(4), number(), complex_step=False)
def float_into_int(x, s):
    k = np.zeros(4, int)
    k[:] = x * 10
    k += 1
    y = k * x
    return np.sum(y) * s


complex_array = drawn(lambda r: r.uniform(0.5, 1.5, 4) + 1j * r.uniform(0.5, 1.5, 4))


@program(complex_array, array(4), complex_step=False)
def real_part_in_a_complex_sum(z, y):
    w = np.real(z) + 1j * y
    return np.sum(np.abs(w) ** 2 * np.arange(4.0))


@program(complex_array, array(4), complex_step=False)
def parts_of_complex_numbers_written(z, y):
    z.real[1:] *= y[1:]
    z.imag = z.real * y
    z[2:].real[...] = y[:2]
    return np.sum(np.real(z * z * z))
