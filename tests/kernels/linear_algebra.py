"""Dense linear algebra by loops: products, factorisations, triangular and Toeplitz systems."""

from __future__ import annotations

import numpy as np

from tests.kernels.kernel import kernel


def _dominant(rng, n):
    return rng.uniform(-1.0, 1.0, (n, n)) + n * np.eye(n)


def _definite(rng, n):
    factor = rng.uniform(-1.0, 1.0, (n, n))
    return factor @ factor.T + n * np.eye(n)


@kernel(
    lambda rng, n: (1.5, 0.8, rng.normal(size=(n, n)), rng.normal(size=(n, n)), rng.normal(size=(n, n))),
    argnums=(0, 1, 2, 3, 4),
    small={"n": 4},
    interpreted={"n": 24},
    compiled={"n": 160},
    trips=lambda n: n**3,
    records=0.0,
    reason="beta * C reads C, n * n floats in all",
)
def gemm(alpha, beta, A, B, C):
    """C = beta C + alpha A B, reduced to the sum of its squares."""
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] *= beta
            for k in range(A.shape[1]):
                C[i, j] += alpha * A[i, k] * B[k, j]
    return np.sum(C * C)


@kernel(
    lambda rng, m, n: (rng.normal(size=(m, n)), rng.normal(size=n)),
    argnums=(0, 1),
    small={"m": 3, "n": 4},
    interpreted={"m": 80, "n": 80},
    compiled={"m": 1000, "n": 1000},
    trips=lambda m, n: 2 * m * n,
    records=0.0,
    reason="one float for each row",
)
def atax(A, x):
    """The squared length of A^T A x."""
    m, n = A.shape
    y = np.zeros(n)
    for i in range(m):
        t = 0.0
        for j in range(n):
            t += A[i, j] * x[j]
        for j in range(n):
            y[j] += A[i, j] * t
    return np.sum(y * y)


@kernel(
    lambda rng, n: (_dominant(rng, n),),
    argnums=(0,),
    small={"n": 4},
    interpreted={"n": 30},
    compiled={"n": 200},
    trips=lambda n: (n - 1) * n * (2 * n - 1) // 6,
    records=0.0,
    reason="one multiplier for each row and step; a product's factors are not overwritten again",
)
def lu(A):
    """The logarithm of |det A|, by LU factorisation in place without pivoting."""
    n = A.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            A[i, k] /= A[k, k]
            for j in range(k + 1, n):
                A[i, j] -= A[i, k] * A[k, j]
    total = 0.0
    for k in range(n):
        total += np.log(abs(A[k, k]))
    return total


@kernel(
    lambda rng, n: (_definite(rng, n),),
    argnums=(0,),
    small={"n": 4},
    interpreted={"n": 36},
    compiled={"n": 240},
    trips=lambda n: n * (n - 1) * (n + 1) // 6,
    records=0.0,
    reason="a product's factors are not overwritten again",
)
def cholesky(A):
    """The logarithm of det A, by Cholesky factorisation in place of the lower triangle."""
    n = A.shape[0]
    for j in range(n):
        for k in range(j):
            A[j, j] -= A[j, k] * A[j, k]
        A[j, j] = np.sqrt(A[j, j])
        for i in range(j + 1, n):
            for k in range(j):
                A[i, j] -= A[i, k] * A[j, k]
            A[i, j] /= A[j, j]
    return 2.0 * np.sum(np.log(np.diag(A)))


@kernel(
    lambda rng, n: (_dominant(rng, n), rng.normal(size=n)),
    argnums=(0, 1),
    small={"n": 5},
    interpreted={"n": 120},
    compiled={"n": 1500},
    trips=lambda n: n * (n - 1) // 2,
    records=0.0,
)
def trisolv(L, b):
    """The squared length of the solution of L x = b, L lower triangular."""
    x = np.empty_like(b)
    for i in range(len(b)):
        x[i] = b[i]
        for j in range(i):
            x[i] -= L[i, j] * x[j]
        x[i] = x[i] / L[i, i]
    return np.sum(x * x)


@kernel(
    lambda rng, n: (0.3 * rng.uniform(-1.0, 1.0, n) / np.arange(1.0, n + 1.0),),
    argnums=(0,),
    small={"n": 5},
    interpreted={"n": 80},
    compiled={"n": 1500},
    trips=lambda n: n * (n - 1),
    records=0.5,
    reason="y before each step",
)
def durbin(r):
    """The squared length of the solution of the Yule-Walker equations, by Durbin's recursion."""
    n = len(r)
    y = np.zeros(n)
    z = np.zeros(n)
    y[0] = -r[0]
    alpha = -r[0]
    beta = 1.0
    for k in range(1, n):
        beta = (1.0 - alpha * alpha) * beta
        s = 0.0
        for i in range(k):
            s += r[k - i - 1] * y[i]
        alpha = -(r[k] + s) / beta
        for i in range(k):
            z[i] = y[i] + alpha * y[k - i - 1]
        y[:k] = z[:k]
        y[k] = alpha
    return np.sum(y * y)


@kernel(
    lambda rng, n: (rng.normal(size=(n, n)), rng.normal(size=n)),
    argnums=(0, 1),
    small={"n": 5},
    interpreted={"n": 40},
    compiled={"n": 200},
    trips=lambda n: (n - 1) * n * (2 * n - 1) // 6,
    records=0.0,
    reason="one multiplier for each row and step; the pivot rows are not overwritten again",
)
def pivoted_elimination(A, b):
    """The squared length of the solution of A x = b, by Gauss elimination with partial pivoting."""
    n = len(b)
    for k in range(n - 1):
        p = k + np.argmax(np.abs(A[k:, k]))
        if p != k:
            row = A[k].copy()
            A[k] = A[p]
            A[p] = row
            b[k], b[p] = b[p], b[k]
        for i in range(k + 1, n):
            m = A[i, k] / A[k, k]
            A[i, k:] -= m * A[k, k:]
            b[i] -= m * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - np.dot(A[i, i + 1 :], x[i + 1 :])) / A[i, i]
    return np.sum(x * x)
