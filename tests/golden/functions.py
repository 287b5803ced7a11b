"""The functions whose generated modules are kept under ``texts/``: one for each construct whose look matters.

The tag ``value_and_grad`` asks for the value as well; ``numba`` says that the kept module compiles as it stands.
"""

from __future__ import annotations

import numpy as np

from tests.programs.program import array, drawn, number, numbers, program, spd


@program(array(4), number(), 4, 0.01, tags="numba")
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


@program(array(3), array(5, 3), drawn(lambda rng: (rng.uniform(size=5) > 0.5).astype(float)), argnums=0)
def logistic_loss(w, X, t):
    z = X @ w
    p = 1.0 / (1.0 + np.exp(-z))
    return -np.mean(t * np.log(p) + (1.0 - t) * np.log(1.0 - p))


@program(array(7), 3, 0.2, argnums=0, tags="numba")
def diffuse(u, steps, k):
    for _ in range(steps):
        u[1:-1] += k * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return u[u.size // 2]


@program(number(), 1e-8, tags="numba")
def newton_sqrt(a, tol):
    x = a
    for n in range(50):
        step = 0.5 * (x - a / x)
        x = x - step
        if abs(step) < tol:
            break
    return x


def cell(h, x, W, U):
    return np.tanh(W @ h + U @ x)


@program(array(3, 3), array(3, 2), array(4, 2), array(3), argnums=(0, 1))
def rnn_loss(W, U, xs, target):
    h = np.zeros(W.shape[0])
    for x in xs:
        h = cell(h, x, W, U)
    return np.sum((h - target) ** 2)


@program(array(3), array(5, 3), array(5), 0.7, argnums=0, tags="value_and_grad numba")
def huber(w, X, t, delta):
    total = 0.0
    for i in range(X.shape[0]):
        r = -t[i]
        for j in range(w.size):
            r += X[i, j] * w[j]
        if abs(r) <= delta:
            total += 0.5 * r * r
        else:
            total += delta * (abs(r) - 0.5 * delta)
    return total


@program(number(), number(), 0.1, 0.05, 5, tags="numba")
def spring(k, x, v, dt, n):
    for _ in range(n):
        v -= dt * k * x
        x += dt * v
    return x


@program(array(4), array(4))
def straight_line(x, y):
    norm = np.sqrt(np.sum(x * x))
    angle = np.arctan2(y, x / norm)
    return np.sum(np.cos(angle) * y)


@program(number(2.0, 3.0), 1e-3, complex_step=False)
def halve(x, tol):
    steps = 0
    while True:
        x = 0.5 * x * np.cos(0.1 * x)
        steps += 1
        if x < tol:
            break
        if steps > 20:
            break
    return x * steps


@program(number(), 4)
def power(x, n):
    if n == 0:
        return 1.0
    half = power(x, n // 2)
    if n % 2 == 0:
        return half * half
    return half * half * x


@program(number(), number())
def path_length(x, y):
    points = []
    for k in range(4):
        points.append(x * k + np.sin(y * k))
    total = 0.0
    for point in points:
        total += point * point
    return total


@program(drawn(lambda rng: {"weight": rng.uniform(size=(2, 3)), "bias": rng.uniform(size=2)}), array(3))
def layer(parameters, x):
    activation = np.tanh(parameters["weight"] @ x + parameters["bias"])
    return np.sum(activation * activation)


def smooth(values, width):
    result = np.zeros_like(values)
    for i in range(values.size):
        left = max(0, i - width)
        window = values[left : i + width + 1]
        result[i] = np.sum(window * window) / window.size
    return result


@program(array(5), array(5), 1)
def roughness(u, v, width):
    first = smooth(u, width)
    second = smooth(v, width)
    return np.sum(first * second)


@program(array(3), number(), 3)
def runge_kutta(y, k, steps):
    def slope(y):
        return -k * y * y

    h = 0.1
    for _ in range(steps):
        k1 = slope(y)
        k2 = slope(y + 0.5 * h * k1)
        y = y + h * k2
    return np.sum(y)


@program(array(4, low=-1.0), 0.1)
def masked(x, floor):
    safe = np.where(x > floor, np.sqrt(np.abs(x)), floor * x)
    return np.sum(safe)


@program(numbers(3), number())
def horner(coefficients, x):
    value = 0.0
    for c in reversed(coefficients):
        value = value * x + c
    return value


@program(array(4, 4), array(4), tags="numba")
def forward_substitution(L, b):
    x = np.empty(b.size)
    for i in range(b.size):
        s = b[i]
        for j in range(i):
            s -= L[i, j] * x[j]
        x[i] = s / L[i, i]
    return np.sum(x * x)


@program(array(5, 5), 2, argnums=0, tags="numba")
def seidel(A, steps):
    n = A.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = 0.2 * (A[i - 1, j] + A[i, j - 1] + A[i, j] + A[i, j + 1] + A[i + 1, j])
    return A[2, 3]


@program(spd(4), tags="numba")
def log_determinant(A):
    n = A.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            A[i, k] /= A[k, k]
            for j in range(k + 1, n):
                A[i, j] -= A[i, k] * A[k, j]
    total = 0.0
    for k in range(n):
        total += np.log(A[k, k])
    return total
