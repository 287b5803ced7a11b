"""Array code: methods, attributes, indexing, shapes, broadcasting; float and array meeting in one variable; float32."""

from __future__ import annotations

import numpy as np

from tests.programs.program import array, number, program, spd

rng_signs = np.array([1.0, -1.0, 1.0, 1.0, -1.0])


@program(array(3, 4), array(3), tags="methods", autograd=False)
def methods(A, x):
    y = A.T.dot(x)
    centred = y - y.mean()
    return centred.copy().sum() + (centred * centred).sum() / A.size + A.reshape(2, 6).sum(axis=0).prod() ** 0.1


@program(array(2, 3), tags="methods shape", autograd=False)
def shape_methods(A):
    flat = A.ravel()
    again = flat.reshape(3, -1).transpose()
    square = again @ A.T
    return square.trace() + flat.max() ** 2 + again.flatten()[::-1].dot(flat) + A.swapaxes(0, 1)[1, 0]


@program(array(4, 3), array(3), tags="broadcasting")
def broadcasting(X, scale):
    Z = (X - X.mean(axis=0)) / (1.0 + X.std(axis=0))
    return np.sum(Z * scale + scale[None, :] * X[:, :1])


@program(array(3), array(4), number(), tags="outer broadcast")
def outer_broadcast(x, y, s):
    grid = np.exp(-((x[:, None] - y[None, :]) ** 2) / s)
    return np.sum(grid * grid) + grid[0, 1] * s


@program(array(6), tags="slices")
def finite_difference_energy(u):
    du = u[1:] - u[:-1]
    d2u = u[2:] - 2.0 * u[1:-1] + u[:-2]
    return np.sum(du**2) + 0.5 * np.sum(d2u**2) + u[-1] * u[::2].sum()


@program(array(5), tags="fancy index", jax=False)
def fancy_index(x):
    picked = x[[0, 2, 2, 4]]
    where = np.array([1, 3])
    return np.sum(picked * picked) + x[where].sum() * x[-1]


@program(array(6, low=-1.0), tags="boolean mask")
def boolean_mask(x):
    positive = x[x > 0]
    return np.sum(np.log(1.0 + positive)) + np.sum(np.where(x > 0, x, 0.1 * x * x))


@program(array(3, 3, 2), tags="ellipsis newaxis")
def index_forms(A):
    return np.sum(A[..., 0] * A[1, ..., 1]) + A[0, np.newaxis, :, 1].sum() ** 2 + np.sum(A[:, -1])


@program(array(4), number(), tags="number-or-array")
def number_then_array(x, y):
    total = 0.0
    for _ in range(2):
        total = total + x * y
    return np.sum(total * total)


@program(array(3), tags="number-or-array augmented")
def sum_of_rows_from_int_zero(x):
    total = 0
    for k in range(3):
        total += np.sin(x * (k + 1))
    return (total**2).sum()


@program(array(3), number(), True, tags="number-or-array branch")
def number_or_array(x, y, wide):
    if wide:
        scale = x * y
    else:
        scale = y
    return np.sum(scale * x) + np.sum(scale)


@program(array(3), array(3, 3), tags="sum of vectors")
def builtin_sum_of_rows(x, A):
    total = sum(row * x for row in A)
    return np.dot(total, x)


@program(array(4), array(4), tags="same array twice")
def same_array_twice(x, y):
    def kernel(a, b):
        return np.sum(a * b * b) + a[0] * b[-1]

    return kernel(x, x) + kernel(y, x)


@program(spd(3), array(3), tags="linalg")
def gaussian_log_density(S, x):
    y = np.linalg.solve(S, x)
    sign, logdet = np.linalg.slogdet(S)
    return -0.5 * (x @ y + logdet) + np.trace(np.linalg.inv(S)) + np.log(np.linalg.det(S))


@program(array(3), array(3), tags="norms")
def cosine_similarity(a, b):
    return (a @ b) / (np.linalg.norm(a) * np.linalg.norm(b)) + np.linalg.norm(a - 2.0 * b) ** 2


@program(array(2, 3), array(3, 2), tags="products")
def products(A, B):
    return (
        np.einsum("ij,ji->", A, B)
        + np.tensordot(A, B, axes=1)[0, 1]
        + np.outer(A[0], B[:, 0])[1, 2]
        + np.kron(A[0], B[1]).sum()
        + np.inner(A[1], B[:, 1])
        + np.cross(A[0], A[1])[2]
    )


@program(array(5), tags="scan", autograd=False)
def scans(x):
    return np.sum(np.cumsum(x) * rng_signs) + np.sum(np.diff(x) ** 2) + np.prod(x) * np.cumprod(x)[2]


@program(array(2, 2), array(2, 2), tags="stacking")
def stacking(A, B):
    wide = np.concatenate([A, B], axis=1)
    tall = np.vstack((A, B * B))
    deep = np.stack([A, B, A @ B], axis=-1)
    return np.sum(wide @ tall) + np.sum(deep[0] ** 2) + np.sum(np.hstack([A, B])[1])


@program(array(4, low=-1.0, high=1.0), tags="clip maximum")
def saturations(x):
    return np.sum(np.clip(x, -0.3, 0.4) ** 2) + np.sum(np.maximum(x, 0.1) * np.minimum(x, 0.5)) + np.max(x) + np.min(x)


@program(array(5), tags="sort", autograd=False)
def order_statistics(x):
    s = np.sort(x)
    best = x[np.argmax(x)]
    order = np.argsort(x)
    return s[0] * s[-1] + best**2 + np.sum(x[order] * np.arange(5)) + np.median(x)


@program(array(3, 4), tags="reductions axis")
def reductions(A):
    a = A.sum(axis=1, keepdims=True)
    b = np.mean(A, axis=(0, 1))
    c = np.var(A, axis=0).sum() + np.prod(A, axis=-1)[0] + np.max(A, axis=1).sum() + A.min(axis=0)[1]
    return np.sum(A / a) * b + np.sum((A / a)[1] ** 2) + c


@program(array(4), tags="softmax")
def cross_entropy(logits):
    shifted = logits - np.max(logits)
    p = np.exp(shifted) / np.sum(np.exp(shifted))
    return -np.log(p[2]) + np.sum(p * p)


@program(array(3), tags="augmented new array")
def augmented_fresh_names(x):
    y = x * 2.0
    y = y + x
    z = 1.0
    z = z * y
    return np.sum(z * y) / z.size


@program(array(2, 3), tags="attributes", complex_step=False, autograd=False)
def attributes(A):
    m, n = A.shape
    return A.T[n - 1, m - 1] * A.ndim * A.size + len(A.T) * A.real.sum()


@program(array(4, dtype="float32"), 3, argnums=0, tags="float32", single_precision=True)
def single_precision_loop(x, n):
    total = 0.0
    for _ in range(n):
        total = total + np.sum(np.sin(x) * x)
        x = x * 0.5 + 0.1
    return total


@program(array(3, 3, dtype="float32"), array(3, dtype="float32"), tags="float32", single_precision=True)
def single_precision_network(W, x):
    h = np.tanh(W @ x)
    return np.mean((W.T @ h - 0.5) ** 2)


@program(array(3), np.array([1, 2, 3]), argnums=0, tags="integer array")
def integer_weights(x, counts):
    return np.sum(x**counts) + x[counts[0]] * counts.sum() + np.dot(counts, x)


@program(array(4), tags="zeros built")
def adds_to_zeros(x):
    total = np.zeros(4)
    for k in range(3):
        total = total + x**k
    eye = np.eye(4)
    return np.sum(eye @ total) + np.ones(4) @ x + np.full(4, 2.0) @ (x * np.arange(4.0))


@program(array(0), number(), tags="empty array zero", complex_step=True)
def empty_array(x, y):
    total = y * y
    for value in x:
        total += value * y
    return total + np.sum(x)


@program(array(1), tags="one-element result")
def one_element_result(x):
    return x * np.sin(x)


@program(array(2, 2), 3, tags="matrix power")
def matrix_polynomial(A, n):
    P = np.eye(2)
    total = np.zeros((2, 2))
    for k in range(n):
        total = total + P / (k + 1)
        P = P @ A
    return np.trace(total) * total[0, 1]


@program(array(6), 2, tags="stack of rows")
def windows(x, width):
    rows = [x[i : i + width] for i in range(len(x) - width + 1)]
    M = np.array(rows)
    return np.sum(M.T @ M) + np.stack(rows).mean()


@program(number(), number(), tags="array of scalars")
def array_from_scalars(a, b):
    R = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    v = R @ np.array([1.0, b])
    return v[0] ** 2 * v[1] + np.asarray([a, b]).sum()
