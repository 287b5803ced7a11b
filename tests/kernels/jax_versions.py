"""The kernels as they are rewritten for JAX: no writes, whole arrays where trips are independent, ``lax`` loops.

A loop whose number of trips the data decide cannot be differentiated in reverse by JAX: such kernels run the most
trips they may take, with those that are too many masked, or have no version here.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

VERSIONS: dict[str, Callable[..., Any]] = {}


def gradient(name: str, argnums: tuple[int, ...], arguments: tuple[Any, ...]) -> Callable[[], Any] | None:
    """A call of the compiled gradient at the given arguments, which waits for its result; None without a version."""
    if name not in VERSIONS or importlib.util.find_spec("jax") is None:
        return None
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    # Integers are sizes and numbers of steps: they are known when the function is compiled.
    fixed = {place: value for place, value in enumerate(arguments) if isinstance(value, int)}
    free = [jnp.asarray(value) for place, value in enumerate(arguments) if place not in fixed]

    def of_free(*values: Any) -> Any:
        rest = iter(values)
        return VERSIONS[name](*(fixed[place] if place in fixed else next(rest) for place in range(len(arguments))))

    places = [place for place in range(len(arguments)) if place not in fixed]
    compiled = jax.jit(jax.grad(of_free, argnums=tuple(places.index(place) for place in argnums)))
    return lambda: jax.block_until_ready(compiled(*free))


def version(function: Callable[..., Any]) -> Callable[..., Any]:
    """Enter the JAX version of the kernel of the same name."""
    VERSIONS[function.__name__] = function
    return function


def _modules() -> tuple[Any, Any, Any]:
    import jax
    import jax.numpy as jnp

    return jax, jax.lax, jnp


@version
def gemm(alpha, beta, A, B, C):
    _, _, jnp = _modules()
    return jnp.sum((beta * C + alpha * A @ B) ** 2)


@version
def atax(A, x):
    _, _, jnp = _modules()
    return jnp.sum((A.T @ (A @ x)) ** 2)


@version
def lu(A):
    _, lax, jnp = _modules()
    n = A.shape[0]
    place = jnp.arange(n)

    def eliminate(A, k):
        factors = jnp.where(place > k, A[:, k] / A[k, k], 0.0)
        row = jnp.where(place > k, A[k], 0.0)
        return A - jnp.outer(factors, row), A[k, k]

    _, pivots = lax.scan(eliminate, A, place)
    return jnp.sum(jnp.log(jnp.abs(pivots)))


@version
def cholesky(A):
    _, lax, jnp = _modules()
    n = A.shape[0]
    place = jnp.arange(n)

    def eliminate(A, j):
        column = jnp.where(place >= j, A[:, j], 0.0) / jnp.sqrt(A[j, j])
        below = jnp.where(place > j, column, 0.0)
        return A - jnp.outer(below, below), column[j]

    _, diagonal = lax.scan(eliminate, A, place)
    return 2.0 * jnp.sum(jnp.log(diagonal))


@version
def trisolv(L, b):
    _, lax, jnp = _modules()

    def row(x, i):
        return x.at[i].set((b[i] - jnp.dot(L[i], x)) / L[i, i]), None

    x, _ = lax.scan(row, jnp.zeros_like(b), jnp.arange(len(b)))
    return jnp.sum(x * x)


@version
def durbin(r):
    _, lax, jnp = _modules()
    n = len(r)
    place = jnp.arange(n)

    def order(state, k):
        y, alpha, beta = state
        beta = (1.0 - alpha * alpha) * beta
        inside = place < k
        backward = jnp.where(inside, y[jnp.where(inside, k - place - 1, 0)], 0.0)
        alpha = -(r[k] + jnp.dot(r, backward)) / beta
        return (jnp.where(inside, y + alpha * backward, y).at[k].set(alpha), alpha, beta), None

    start = (jnp.zeros(n).at[0].set(-r[0]), -r[0], jnp.asarray(1.0))
    (y, _, _), _ = lax.scan(order, start, jnp.arange(1, n))
    return jnp.sum(y * y)


@version
def pivoted_elimination(A, b):
    _, lax, jnp = _modules()
    n = len(b)
    place = jnp.arange(n)

    def eliminate(state, k):
        A, b = state
        p = jnp.argmax(jnp.where(place >= k, jnp.abs(A[:, k]), -1.0))
        order = place.at[k].set(p).at[p].set(k)
        A, b = A[order], b[order]
        factors = jnp.where(place > k, A[:, k] / A[k, k], 0.0)
        return (A - jnp.outer(factors, A[k]), b - factors * b[k]), None

    (A, b), _ = lax.scan(eliminate, (A, b), jnp.arange(n - 1))

    def back(x, i):
        return x.at[i].set((b[i] - jnp.dot(jnp.where(place > i, A[i], 0.0), x)) / A[i, i]), None

    x, _ = lax.scan(back, jnp.zeros(n), jnp.arange(n - 1, -1, -1))
    return jnp.sum(x * x)


@version
def jacobi_2d(A, B, steps, weight):
    _, lax, jnp = _modules()

    def mean(A):
        return 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])

    def step(state, _):
        A, B = state
        B = B.at[1:-1, 1:-1].set(mean(A))
        return (A.at[1:-1, 1:-1].set(mean(B)), B), None

    (A, _), _ = lax.scan(step, (A, B), None, length=steps)
    return jnp.sum(weight * A)


@version
def seidel_2d(A, steps, weight):
    _, lax, jnp = _modules()
    n = A.shape[0]

    def point(A, place):
        i, j = 1 + place // (n - 2), 1 + place % (n - 2)
        return A.at[i, j].set(jnp.sum(lax.dynamic_slice(A, (i - 1, j - 1), (3, 3))) / 9.0), None

    places = jnp.tile(jnp.arange((n - 2) ** 2), steps)
    A, _ = lax.scan(point, A, places)
    return jnp.sum(weight * A)


@version
def heat_3d(A, B, steps, weight):
    _, lax, jnp = _modules()
    inner = (slice(1, -1),) * 3

    def spread(A):
        result = A[inner]
        for axis in range(3):
            ahead = tuple(slice(2, None) if place == axis else slice(1, -1) for place in range(3))
            behind = tuple(slice(None, -2) if place == axis else slice(1, -1) for place in range(3))
            result = result + 0.125 * (A[ahead] - 2.0 * A[inner] + A[behind])
        return result

    def step(state, _):
        A, B = state
        B = B.at[inner].set(spread(A))
        return (A.at[inner].set(spread(B)), B), None

    (A, _), _ = lax.scan(step, (A, B), None, length=steps)
    return jnp.sum(weight * A)


@version
def fdtd_2d(ex, ey, hz, pulse, weight):
    _, lax, jnp = _modules()

    def step(state, now):
        ex, ey, hz = state
        ey = ey.at[0, :].set(now)
        ey = ey.at[1:-1, :].add(-0.5 * (hz[1:, :] - hz[:-1, :]))
        ex = ex.at[:, 1:-1].add(-0.5 * (hz[:, 1:] - hz[:, :-1]))
        hz = hz - 0.7 * (ex[:, 1:] - ex[:, :-1] + ey[1:, :] - ey[:-1, :])
        return (ex, ey, hz), None

    (_, _, hz), _ = lax.scan(step, (ex, ey, hz), pulse)
    return jnp.sum(weight * hz)


@version
def n_body(x, v, mass, dt, steps):
    _, lax, jnp = _modules()
    n = len(mass)
    first, second = jnp.triu_indices(n, 1)

    def step(state, _):
        x, v = state
        d = x[first] - x[second]
        r2 = jnp.sum(d * d, axis=1) + 0.01
        pull = (dt / (r2 * jnp.sqrt(r2)))[:, None] * d
        v = v.at[first].add(-pull * mass[second][:, None]).at[second].add(pull * mass[first][:, None])
        return (x + dt * v, v), None

    (x, v), _ = lax.scan(step, (x, v), None, length=steps)
    d = x[first] - x[second]
    potential = mass[first] * mass[second] / jnp.sqrt(jnp.sum(d * d, axis=1) + 0.01)
    return 0.5 * jnp.sum(mass[:, None] * v * v) - jnp.sum(potential)


@version
def logistic_chains(start, r, steps, limit):
    _, lax, jnp = _modules()

    def step(state, _):
        x, runs = state
        x = jnp.where(runs, r * x * (1.0 - x), x)
        return (x, runs & (x <= limit)), None

    (x, _), _ = lax.scan(step, (start, jnp.ones_like(start, bool)), None, length=steps)
    return jnp.sum(x * x)


@version
def stiff_oscillator(y, mu, h, steps):
    _, lax, jnp = _modules()

    def slope(y):
        return jnp.array([y[1], mu * (1.0 - y[0] * y[0]) * y[1] - y[0]])

    def step(y, _):
        k1 = slope(y)
        k2 = slope(y + 0.5 * h * k1)
        k3 = slope(y + 0.5 * h * k2)
        k4 = slope(y + h * k3)
        return y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4), None

    y, _ = lax.scan(step, y, None, length=steps)
    return jnp.sum(y * y)


@version
def euler_with_events(height, restitution, dt, steps):
    _, lax, jnp = _modules()

    def step(state, _):
        y, v = state
        y = y + dt * v
        v = v - 9.81 * dt
        bounces = y < 0.0
        y = jnp.where(bounces, -restitution * y, y)
        v = jnp.where(bounces, -restitution * v, v)
        return (y, v), y

    _, path = lax.scan(step, (height, jnp.asarray(0.0)), None, length=steps)
    return jnp.mean(path * path)


@version
def ring_buffer(x, feedback, delay):
    _, lax, jnp = _modules()

    def step(state, now):
        buffer, at = state
        y = jnp.sin(now) + feedback * buffer[at]
        return (buffer.at[at].set(y), (at + 1) % delay), y

    _, y = lax.scan(step, (jnp.zeros(delay), 0), x)
    return jnp.sum(y * y)


@version
def fft_butterfly(signal, weight):
    _, _, jnp = _modules()
    z = jnp.fft.fft(signal)
    return jnp.sum(weight * (z.real**2 + z.imag**2))


@version
def bilateral_filter(image, spread, contrast, radius):
    _, _, jnp = _modules()
    height, width = image.shape
    padded = jnp.pad(image, radius)
    inside = jnp.pad(jnp.ones_like(image), radius)
    total = norm = 0.0
    for k in range(2 * radius + 1):
        for l in range(2 * radius + 1):
            other = padded[k : k + height, l : l + width]
            distance = ((k - radius) ** 2 + (l - radius) ** 2) / (2.0 * spread * spread)
            weight = jnp.exp(-distance - 0.5 * ((other - image) / contrast) ** 2)
            weight = weight * inside[k : k + height, l : l + width]
            total = total + weight * other
            norm = norm + weight
    return jnp.sum((total / norm - image) ** 2)


@version
def soft_alignment(score, gap, temperature):
    jax, lax, jnp = _modules()

    def row(above, scores):
        def cell(left, given):
            corner, up, s = given
            options = jnp.array([0.0, corner + s, up - gap, left - gap])
            value = temperature * jax.nn.logsumexp(options / temperature)
            return value, value

        _, values = lax.scan(cell, 0.0, (above[:-1], above[1:], scores))
        values = jnp.concatenate([jnp.zeros(1), values])
        return values, values

    start = jnp.zeros(score.shape[1] + 1)
    _, rows = lax.scan(row, start, score)
    H = jnp.concatenate([start[None], rows])
    return temperature * jnp.log(jnp.sum(jnp.exp(H / temperature)))


@version
def kalman_filter(F, H, Q, R, ys):
    _, lax, jnp = _modules()
    n = F.shape[0]

    def step(state, y):
        x, P = state
        x = F @ x
        P = F @ P @ F.T + Q
        e = y - H @ x
        S = H @ P @ H.T + R
        K = P @ H.T @ jnp.linalg.inv(S)
        term = 0.5 * (jnp.log(jnp.linalg.det(S)) + e @ jnp.linalg.solve(S, e))
        return (x + K @ e, P - K @ H @ P), term

    _, terms = lax.scan(step, (jnp.zeros(n), jnp.eye(n)), ys)
    return jnp.sum(terms)


@version
def mixture_log_likelihood(logits, means, log_scales, data):
    jax, _, jnp = _modules()
    z = (data[:, None] - means) * jnp.exp(-log_scales)
    terms = jax.nn.log_softmax(logits) - log_scales - 0.5 * z * z
    return jnp.sum(jax.nn.logsumexp(terms, axis=1) - 0.5 * jnp.log(2.0 * jnp.pi))


@version
def lstm(W, U, bias, xs, targets):
    jax, lax, jnp = _modules()
    n = W.shape[1]

    def step(state, given):
        h, c = state
        x, target = given
        z = W @ h + U @ x + bias
        forget, enter, leave = jax.nn.sigmoid(z[: 3 * n]).reshape(3, n)
        c = forget * c + enter * jnp.tanh(z[3 * n :])
        h = leave * jnp.tanh(c)
        return (h, c), jnp.sum((h - target) ** 2)

    _, losses = lax.scan(step, (jnp.zeros(n), jnp.zeros(n)), (xs, targets))
    return jnp.sum(losses) / len(xs)
