"""The kernels as they are rewritten for PyTorch: whole tensors where trips are independent, else Python loops."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np

VERSIONS: dict[str, Callable[..., Any]] = {}


def gradient(name: str, argnums: tuple[int, ...], arguments: tuple[Any, ...]) -> Callable[[], Any] | None:
    """A call of the gradient at the given arguments; None without a version."""
    if name not in VERSIONS or importlib.util.find_spec("torch") is None:
        return None
    import torch

    torch.set_default_dtype(torch.float64)
    values = [
        torch.tensor(value, requires_grad=place in argnums) if isinstance(value, float | np.ndarray) else value
        for place, value in enumerate(arguments)
    ]
    wrt = [values[place] for place in argnums]
    return lambda: torch.autograd.grad(VERSIONS[name](*values), wrt)


def version(function: Callable[..., Any]) -> Callable[..., Any]:
    """Enter the PyTorch version of the kernel of the same name."""
    VERSIONS[function.__name__] = function
    return function


@version
def gemm(alpha, beta, A, B, C):
    return ((beta * C + alpha * A @ B) ** 2).sum()


@version
def atax(A, x):
    return ((A.T @ (A @ x)) ** 2).sum()


@version
def lu(A):
    pivots = []
    while len(A) > 1:
        pivots.append(A[0, 0])
        A = A[1:, 1:] - A[1:, :1] * A[:1, 1:] / A[0, 0]
    return sum(pivot.abs().log() for pivot in [*pivots, A[0, 0]])


@version
def cholesky(A):
    diagonal = []
    while len(A) > 1:
        diagonal.append(A[0, 0])
        # The lower triangle alone is read.
        A = A[1:, 1:] - A[1:, :1] * A[1:, :1].T / A[0, 0]
    return sum(pivot.log() for pivot in [*diagonal, A[0, 0]])


@version
def trisolv(L, b):
    import torch

    x = b.new_zeros(0)
    for i in range(len(b)):
        x = torch.cat([x, ((b[i] - L[i, :i] @ x) / L[i, i])[None]])
    return (x * x).sum()


@version
def durbin(r):
    import torch

    y = -r[:1]
    alpha, beta = -r[0], 1.0
    for k in range(1, len(r)):
        beta = (1.0 - alpha * alpha) * beta
        alpha = -(r[k] + r[:k].flip(0) @ y) / beta
        y = torch.cat([y + alpha * y.flip(0), alpha[None]])
    return (y * y).sum()


@version
def jacobi_2d(A, B, steps, weight):
    def mean(A, B):
        B = B.clone()
        B[1:-1, 1:-1] = 0.2 * (A[1:-1, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:] + A[2:, 1:-1] + A[:-2, 1:-1])
        return B

    for _ in range(steps):
        B = mean(A, B)
        A = mean(B, A)
    return (weight * A).sum()


@version
def heat_3d(A, B, steps, weight):
    inner = (slice(1, -1),) * 3

    def spread(A, B):
        B = B.clone()
        result = A[inner]
        for axis in range(3):
            ahead = tuple(slice(2, None) if place == axis else slice(1, -1) for place in range(3))
            behind = tuple(slice(None, -2) if place == axis else slice(1, -1) for place in range(3))
            result = result + 0.125 * (A[ahead] - 2.0 * A[inner] + A[behind])
        B[inner] = result
        return B

    for _ in range(steps):
        B = spread(A, B)
        A = spread(B, A)
    return (weight * A).sum()


@version
def fdtd_2d(ex, ey, hz, pulse, weight):
    ex, ey, hz = ex.clone(), ey.clone(), hz.clone()
    for t in range(len(pulse)):
        ey[0, :] = pulse[t]
        ey[1:-1, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:-1] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz -= 0.7 * (ex[:, 1:] - ex[:, :-1] + ey[1:, :] - ey[:-1, :])
    return (weight * hz).sum()


@version
def n_body(x, v, mass, dt, steps):
    import torch

    first, second = torch.triu_indices(len(mass), len(mass), 1)
    for _ in range(steps):
        d = x[first] - x[second]
        r2 = (d * d).sum(1) + 0.01
        pull = (dt / (r2 * r2.sqrt()))[:, None] * d
        v = v.index_add(0, first, -pull * mass[second][:, None]).index_add(0, second, pull * mass[first][:, None])
        x = x + dt * v
    d = x[first] - x[second]
    potential = mass[first] * mass[second] / ((d * d).sum(1) + 0.01).sqrt()
    return 0.5 * (mass[:, None] * v * v).sum() - potential.sum()


@version
def logistic_chains(start, r, steps, limit):
    import torch

    x, runs = start, torch.ones_like(start, dtype=torch.bool)
    for _ in range(steps):
        x = torch.where(runs, r * x * (1.0 - x), x)
        runs = runs & (x <= limit)
    return (x * x).sum()


@version
def stiff_oscillator(y, mu, h, steps):
    import torch

    def slope(y):
        return torch.stack([y[1], mu * (1.0 - y[0] * y[0]) * y[1] - y[0]])

    for _ in range(steps):
        k1 = slope(y)
        k2 = slope(y + 0.5 * h * k1)
        k3 = slope(y + 0.5 * h * k2)
        k4 = slope(y + h * k3)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return (y * y).sum()


@version
def euler_with_events(height, restitution, dt, steps):
    y, v = height, 0.0
    total = 0.0
    for _ in range(steps):
        y = y + dt * v
        v = v - 9.81 * dt
        if y < 0.0:
            y = -restitution * y
            v = -restitution * v
        total = total + y * y
    return total / steps


@version
def ring_buffer(x, feedback, delay):
    import torch

    # The samples of one turn of the buffer do not depend on one another.
    source = torch.sin(x)
    energy, buffer = 0.0, torch.zeros(delay)
    for turn in torch.split(source, delay):
        buffer = turn + feedback * buffer[: len(turn)]
        energy = energy + (buffer * buffer).sum()
    return energy


@version
def relaxation(u, source, tol):
    u = list(u)
    h = 1.0 / (len(u) - 1)
    change = 1.0
    while change > tol:
        change = 0.0
        for i in range(1, len(u) - 1):
            new = 0.5 * (u[i - 1] + u[i + 1] + h * h * source[i] * u[i].exp())
            change = max(change, abs(float(new.detach()) - float(u[i].detach())))
            u[i] = new
    return sum(value * value for value in u)


@version
def fft_butterfly(signal, weight):
    import torch

    z = torch.fft.fft(signal)
    return (weight * (z.real**2 + z.imag**2)).sum()


@version
def bilateral_filter(image, spread, contrast, radius):
    import torch

    height, width = image.shape
    padded = torch.nn.functional.pad(image, (radius,) * 4)
    inside = torch.nn.functional.pad(torch.ones_like(image), (radius,) * 4)
    total = norm = 0.0
    for k in range(2 * radius + 1):
        for l in range(2 * radius + 1):
            other = padded[k : k + height, l : l + width]
            distance = ((k - radius) ** 2 + (l - radius) ** 2) / (2.0 * spread * spread)
            weight = torch.exp(-distance - 0.5 * ((other - image) / contrast) ** 2)
            weight = weight * inside[k : k + height, l : l + width]
            total = total + weight * other
            norm = norm + weight
    return ((total / norm - image) ** 2).sum()


@version
def kalman_filter(F, H, Q, R, ys):
    import torch

    n = F.shape[0]
    x, P, total = torch.zeros(n), torch.eye(n), 0.0
    for y in ys:
        x = F @ x
        P = F @ P @ F.T + Q
        e = y - H @ x
        S = H @ P @ H.T + R
        K = P @ H.T @ torch.linalg.inv(S)
        x = x + K @ e
        P = P - K @ H @ P
        total = total + 0.5 * (torch.linalg.det(S).log() + e @ torch.linalg.solve(S, e))
    return total


@version
def mixture_log_likelihood(logits, means, log_scales, data):
    import torch

    z = (data[:, None] - means) * torch.exp(-log_scales)
    terms = torch.log_softmax(logits, 0) - log_scales - 0.5 * z * z
    return (torch.logsumexp(terms, 1) - 0.5 * np.log(2.0 * np.pi)).sum()


@version
def lstm(W, U, bias, xs, targets):
    import torch

    n = W.shape[1]
    h, c, loss = torch.zeros(n), torch.zeros(n), 0.0
    for x, target in zip(xs, targets):
        z = W @ h + U @ x + bias
        forget, enter, leave = torch.sigmoid(z[: 3 * n]).reshape(3, n)
        c = forget * c + enter * torch.tanh(z[3 * n :])
        h = leave * torch.tanh(c)
        loss = loss + ((h - target) ** 2).sum()
    return loss / len(xs)
