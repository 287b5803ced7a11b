"""Programs that write by calls: functions and methods of NumPy that change an argument, operators by their names."""

from __future__ import annotations

import functools
import operator

import numpy as np

from tests.programs.program import array, number
from tests.programs.program import program as enter

program = functools.partial(enter, writes=True, autograd=False, jax=False)

@program(array(6), number())
def place_loop(x, s):
    y = x * s
    for k in range(3):
        np.place(y, y > 0.6 + 0.1 * k, y[:2] * s)
        y += 0.1 * x
    return np.sum(y * y)


@program(array(6), array(6))
def putmask_loop(x, v):
    y = x.copy()
    for k in range(2):
        np.putmask(y, x > 0.9, np.sin(v) * y)
        y *= x
    return np.sum(y)


@program(array(6), array(2))
def putmask_short(x, v):
    np.putmask(x, x > 0.9, v)
    return np.sum(x * x)


@program(array(3, 4), array(3, 1))
def put_along(A, v):
    idx = np.argmax(A, axis=1)
    np.put_along_axis(A, idx[:, None], v * v, axis=1)
    return np.sum(A * A)


@program(array(3, 4))
def put_along_loop(A):
    total = 0.0
    for _ in range(2):
        idx = np.argmax(A, axis=1)[:, None]
        top = np.take_along_axis(A, idx, axis=1)
        total += np.sum(top ** 2)
        np.put_along_axis(A, idx, 0.3 * top, 1)
    return total + np.sum(A)


@program(array(4, 4), number())
def diagonal_of_part(A, s):
    np.fill_diagonal(A[1:, 1:], s * A[0, 0])
    np.fill_diagonal(A[:, ::-1], A[0, 1] * s)
    return np.sum(A * A)


@program(array(3, 3), array(3))
def diagonal_array(A, d):
    np.fill_diagonal(A, d * d)
    return np.sum(A @ A)


@program(array(6), array(6))
def out_where(x, y):
    z = np.ones(6)
    np.sqrt(x, out=z, where=x > 0.8)
    np.multiply(z, y, out=z, where=y < 1.0)
    return np.sum(z * z)


@program(array(6))
def log_out_where_zeros(x):
    out = np.zeros_like(x)
    for k in range(3):
        np.log(x, out=out, where=x > 0.7)
        x = x + out * 0.3
    return np.sum(out * x)


@program(array(4, 3))
def sort_axis(A):
    B = A * np.array([1.0, -1.0, 2.0])
    B.sort(axis=0)
    B[:2].sort(axis=1)
    return np.sum(B * np.arange(12.0).reshape(4, 3))


@program(array(6))
def sort_view(x):
    x[1:5].sort()
    x[::-1].sort()
    return np.sum(x * np.arange(6.0))


@program(array(6), number())
def sort_in_branch_loop(x, s):
    for k in range(3):
        if k % 2 == 0:
            x.sort()
        else:
            x[::2] = -x[::2] * s
        x *= np.cos(x)
    return np.sum(x * np.arange(6.0))


@program(array(7))
def partition(x):
    x.partition(3)
    return np.sum(x[:3] ** 2) + x[3]


@program(array(6), number())
def put_method(x, s):
    x.put([0, 2], [s, s * x[1]])
    np.put(x, [3, -1], x[:2] * s)
    return np.sum(x * x)


@program(array(2, 3), number())
def flat_index(A, s):
    A.flat[2] = s * A[0, 0]
    A.flat[3] *= A[0, 2]
    A.flat[-1] += s
    return np.sum(A * A)


@program(array(2, 3), array(6), number())
def flat_all(A, v, s):
    A.flat = v * s
    B = A * A
    A.flat[:] = B.ravel()[::-1]
    A.flat[::2] = s
    return np.sum(A * B)


@program(array(2, 3))
def flat_loop(A):
    for i in range(A.size):
        A.flat[i] = np.sin(A.flat[i - 1]) * A.flat[i]
    return np.sum(A)


@program(array(3, 3))
def ndindex_loop(A):
    for i, j in np.ndindex(*A.shape):
        if i != j:
            A[i, j] *= A[j, i]
    return np.sum(A * A)


@program(array(3, 3))
def ndindex_shape(A):
    B = np.empty_like(A)
    for idx in np.ndindex(A.shape):
        B[idx] = A[idx] ** 2 * A[idx[::-1]]
    return np.sum(B)


@program(array(3, 3), number())
def ndenumerate_loop(A, s):
    B = np.zeros_like(A)
    for (i, j), v in np.ndenumerate(A):
        B[i, j] += v * s * (i + 1)
        B[j, i] -= np.sin(v)
    return np.sum(B * A)


@program(array(3, 3))
def ndenumerate_index(A):
    B = np.zeros_like(A)
    for idx, v in np.ndenumerate(A):
        B[idx] = v * v
        if v > 1.4:
            break
    return np.sum(B * A)


@program(array(5), number())
def fills(x, s):
    x.fill(s)
    x[:3].fill(s * s)
    return np.sum(x * x)


@program(array(5))
def shuffled(x):
    rng = np.random.default_rng(3)
    y = x * x
    rng.shuffle(y)
    return np.sum(y * np.arange(5.0))


@program(array(5), array(5), number())
def copyto_where(x, y, s):
    np.copyto(x, y * s, where=y > 0.8)
    np.copyto(x[1:3], s)
    return np.sum(x * x)


@program(array(5), array(3))
def ufunc_at(x, v):
    i = np.array([0, 2, 0])
    np.add.at(x, i, v * x[1])
    np.subtract.at(x, [1, 1, 4], v)
    np.multiply.at(x, np.array([3, 4, 1]), v)
    return np.sum(x * x)


@program(array(5), array(3))
def multiply_at_repeats(x, v):
    i = np.array([0, 2, 0])
    np.multiply.at(x, i, v)
    return np.sum(x * x)


@program(array(5), array(3), complex_step=False)
def maximum_at(x, v):
    np.maximum.at(x, np.array([0, 2, 0]), v)
    return np.sum(x * x)


@program(array(5))
def negative_at(x):
    np.negative.at(x, [0, 1, 1])
    return np.sum(x ** 3)


@program(array(5), array(5))
def reduce_out(x, y):
    out = np.zeros(())
    A = np.zeros((2, 5))
    np.stack([x, y], out=A)
    B = np.zeros(5)
    np.sum(A * A, axis=0, out=B)
    np.cumsum(B, out=B)
    np.sum(x * y, out=out)
    return np.sum(B * x) * out


@program(array(3, 3), array(3, 3), complex_step=False)
def matmul_out(A, B):
    C = np.empty((3, 3))
    for k in range(2):
        np.matmul(A, B, out=C)
        np.dot(C, B, out=A)
        np.clip(A, 0.0, 5.0, out=A)
    return np.sum(A * C)


@program(array(5))
def round_trip_out(x):
    np.exp(x, x)
    np.add(x, 1.0, x)
    x[:] = np.sort(x)[::-1]
    np.subtract(x[1:], x[:-1], out=x[1:])
    np.concatenate([x[:2] ** 2, x[2:]], out=x)
    return np.sum(x * np.arange(5.0))


@program(array(4), array(4))
def divide_where(x, y):
    r = np.divide(x, y, out=np.zeros_like(x), where=y > 0.8)
    r += np.divide(x, 2.0, out=np.zeros(4), where=y > 1.0)
    return np.sum(r * r)


@program(array(4), array(4))
def einsum_out(x, y):
    out = np.empty((4, 4))
    np.einsum("i,j->ij", x, y, out=out)
    np.outer(x, y, out=out)
    t = np.empty(4)
    np.take(x, [0, 1, 1, 2], out=t)
    x.cumsum(out=t)
    np.mean(out, axis=0, out=t)
    out.sum(axis=1, out=t)
    x.dot(out, out=t)
    np.round(t, 1, out=t)
    np.linalg.norm(x)
    return np.sum(out) * np.sum(t)


@program(array(3, 4), number())
def flat_stride(A, s):
    A.flat[:: A.shape[1] + 1] += s
    A.flat[::2] = s * s
    A.flat[-2] *= A.flat[1]
    k = 5
    A.flat[k] = A.flat[k - 1] ** 2
    return np.sum(A * A)


@program(array(4), number())
def item_set_by_its_method(x, s):
    x.__setitem__(0, s * x[1])
    return np.sum(x * x)


@program(array(4), number())
def added_by_its_method(x, s):
    x.__iadd__(s)
    return np.sum(x * x)


@program(array(4), number())
def item_set_by_an_operator(x, s):
    operator.setitem(x, 0, s * x[1])
    return np.sum(x * x)


@program(array(4), number())
def added_by_an_operator(x, s):
    y = operator.iadd(x, s)
    y *= 2.0
    return np.sum(x * x)


@program(array(4), number())
def multiplied_by_an_operator(x, s):
    operator.imul(x, s)
    return np.sum(x * x)


@program(array(4), number())
def method_of_the_class_setitem(x, s):
    np.ndarray.__setitem__(x, 0, s)
    return np.sum(x * x)


@program(array(4), number())
def method_of_the_class_sort(x, s):
    np.ndarray.sort(x)
    return np.sum(x * np.arange(4.0))


@program(array(4), number())
def method_of_the_class_fill(x, s):
    np.ndarray.fill(x[1:], s)
    return np.sum(x * x)
