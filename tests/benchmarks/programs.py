"""The functions that the benchmarks differentiate, written as users write them."""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd.numpy
import numpy as np


@dataclass(frozen=True)
class Subject:
    """A function, arguments, and the group it is counted in: "scalar loop", "small arrays" or "large arrays"."""

    name: str
    group: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]

    def traced(self) -> Callable[..., Any]:
        """The same function on HIPS autograd's NumPy."""
        function = self.function
        assert isinstance(function, types.FunctionType)
        namespace = {**function.__globals__, "np": autograd.numpy}
        return types.FunctionType(function.__code__, namespace, function.__name__, function.__defaults__)


def logistic_map(r, n):
    x = 0.3
    for _ in range(n):
        x = r * x * (1.0 - x)
    return x


def pendulum(angle, length, steps):
    speed = 0.0
    dt = 0.01
    for _ in range(steps):
        speed = speed - dt * 9.81 / length * np.sin(angle)
        angle = angle + dt * speed
    return angle * angle + speed * speed


def runge_kutta(growth, capacity, steps):
    y = 0.1
    h = 0.05
    for _ in range(steps):
        k1 = growth * y * (1.0 - y / capacity)
        y2 = y + 0.5 * h * k1
        k2 = growth * y2 * (1.0 - y2 / capacity)
        y3 = y + 0.5 * h * k2
        k3 = growth * y3 * (1.0 - y3 / capacity)
        y4 = y + h * k3
        k4 = growth * y4 * (1.0 - y4 / capacity)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return y


def garch(omega, alpha, beta, returns):
    variance = 1.0
    square = 1.0
    total = 0.0
    for r in returns:
        variance = omega + alpha * square + beta * variance
        if variance < 1e-6:
            variance = 1e-6
        square = r * r
        total = total + np.log(variance) + square / variance
    return total


def damped_sum(decay, xs):
    state = 0.0
    total = 0.0
    for x in xs:
        state = decay * state + x
        total = total + state * state
    return total


def newton_root(a, n):
    x = a
    for _ in range(n):
        x = 0.5 * (x + a / x)
    return x


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def logistic_loss(w, X, t):
    z = X @ w
    p = 1.0 / (1.0 + np.exp(-z))
    return -np.mean(t * np.log(p) + (1.0 - t) * np.log(1.0 - p))


def network(W, b, V, c, X, targets):
    hidden = np.tanh(X @ W + b)
    residual = hidden @ V + c - targets
    return np.mean(residual * residual)


def recurrent(W, U, xs, target):
    h = np.zeros(W.shape[0])
    for x in xs:
        h = np.tanh(W @ h + U @ x)
    return np.sum((h - target) ** 2)


def mixture(weights, means, log_scales, x):
    scaled = (x[:, None] - means) / np.exp(log_scales)
    terms = np.log(weights) - log_scales - 0.5 * scaled * scaled
    largest = np.max(terms, axis=1, keepdims=True)
    return np.sum(np.log(np.sum(np.exp(terms - largest), axis=1)) + largest[:, 0])


def wave_energy(a, x):
    y = np.exp(-a * x * x) * np.sin(x)
    return np.sum(y * y + np.sqrt(1.0 + y * y))


def subjects() -> list[Subject]:
    """All functions with their arguments."""
    random = np.random.default_rng(0)
    returns = random.normal(size=1000)

    def normal(*shape: int) -> Any:
        return random.normal(size=shape)

    def logistic(rows: int, columns: int) -> tuple[Any, ...]:
        return 0.1 * normal(columns), normal(rows, columns), (normal(rows) > 0.0).astype(float)

    def layers(rows: int, inputs: int, hidden: int) -> tuple[Any, ...]:
        return (
            normal(inputs, hidden) / math.sqrt(inputs),
            normal(hidden),
            normal(hidden, 5),
            normal(5),
            normal(rows, inputs),
            normal(rows, 5),
        )

    def mixed(count: int) -> tuple[Any, ...]:
        return np.array([0.2, 0.3, 0.5]), normal(3), 0.1 * normal(3), normal(count)

    scalar, small, large = "scalar loop", "small arrays", "large arrays"
    return [
        Subject("logistic map", scalar, logistic_map, (3.7, 1000)),
        Subject("pendulum", scalar, pendulum, (1.0, 2.0, 1000)),
        Subject("Runge-Kutta", scalar, runge_kutta, (1.3, 2.0, 300)),
        Subject("GARCH", scalar, garch, (0.1, 0.1, 0.8, returns)),
        Subject("damped sum", scalar, damped_sum, (0.9, returns)),
        Subject("Newton root", scalar, newton_root, (2.0, 1000)),
        Subject("Rosenbrock", small, rosenbrock, (normal(10),)),
        Subject("logistic loss", small, logistic_loss, logistic(20, 5)),
        Subject("network", small, network, layers(10, 8, 6)),
        Subject("recurrent", small, recurrent, (0.3 * normal(6, 6), normal(6, 4), normal(20, 4), normal(6))),
        Subject("mixture", small, mixture, mixed(20)),
        Subject("wave energy", small, wave_energy, (0.5, normal(10))),
        Subject("Rosenbrock", large, rosenbrock, (normal(1_000_000),)),
        Subject("logistic loss", large, logistic_loss, logistic(100_000, 50)),
        Subject("network", large, network, layers(20_000, 100, 100)),
        Subject("recurrent", large, recurrent, (0.02 * normal(400, 400), normal(400, 50), normal(50, 50), normal(400))),
        Subject("mixture", large, mixture, mixed(300_000)),
        Subject("wave energy", large, wave_energy, (0.5, normal(1_000_000))),
    ]
