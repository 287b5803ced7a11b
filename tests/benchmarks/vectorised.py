"""Programs of whole arrays without loops, where JAX is at its best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Vectorised:
    """A function, its arguments, which of them are differentiated, and the same function for PyTorch."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    argnums: tuple[int, ...]
    torch: Callable[..., Any]


def log_sum_exp(x):
    largest = np.max(x)
    return largest + np.log(np.sum(np.exp(x - largest)))


def softmax_regression(W, b, X, Y):
    scores = X @ W + b
    largest = np.max(scores, axis=1)
    shifted = scores - largest[:, None]
    return np.mean(np.log(np.sum(np.exp(shifted), axis=1)) - np.sum(shifted * Y, axis=1))


def mlp_step(W, b, V, c, X, Y):
    hidden = np.tanh(X @ W + b)
    residual = hidden @ V + c - Y
    return np.mean(residual * residual)


def matrix_vector_chain(A, x, n):
    for _ in range(n):
        x = np.tanh(A @ x)
    return np.sum(x * x)


def log_sum_exp_torch(x):
    return x.logsumexp(0)


def softmax_regression_torch(W, b, X, Y):
    scores = X @ W + b
    return (scores.logsumexp(1) - (scores * Y).sum(1)).mean()


def mlp_step_torch(W, b, V, c, X, Y):
    return (((X @ W + b).tanh() @ V + c - Y) ** 2).mean()


def matrix_vector_chain_torch(A, x, n):
    for _ in range(n):
        x = (A @ x).tanh()
    return (x * x).sum()


def vectorised() -> list[Vectorised]:
    """All programs with their arguments."""
    random = np.random.default_rng(0)
    normal = random.normal
    classes = np.eye(10)[random.integers(10, size=2000)]
    regression = (normal(size=(100, 10)), normal(size=10), normal(size=(2000, 100)), classes)
    layers = (normal(size=(64, 128)) / 8.0, normal(size=128), normal(size=(128, 8)) / 11.0, normal(size=8))
    batch = (normal(size=(256, 64)), normal(size=(256, 8)))
    chain = (normal(size=(200, 200)) / 14.0, normal(size=200), 50)
    return [
        *(
            Vectorised(f"log_sum_exp {size}", log_sum_exp, (normal(size=size),), (0,), log_sum_exp_torch)
            for size in (100, 10_000, 1_000_000)
        ),
        Vectorised("softmax_regression", softmax_regression, regression, (0, 1), softmax_regression_torch),
        Vectorised("mlp_step", mlp_step, (*layers, *batch), (0, 1, 2, 3), mlp_step_torch),
        Vectorised("matrix_vector_chain", matrix_vector_chain, chain, (0, 1), matrix_vector_chain_torch),
    ]
