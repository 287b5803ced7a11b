"""Statistical models and a recurrent network: likelihoods and losses by loops."""

from __future__ import annotations

import math

import numpy as np

from tests.kernels.kernel import kernel


@kernel(
    lambda rng, states, outputs, samples: (
        0.9 * np.eye(states) + 0.1 * rng.normal(size=(states, states)) / states,
        rng.normal(size=(outputs, states)), 0.1 * np.eye(states), 0.5 * np.eye(outputs),
        rng.normal(size=(samples, outputs)),
    ),  # fmt: skip
    argnums=(0, 1, 2, 3),
    small={"states": 2, "outputs": 2, "samples": 3},
    interpreted={"states": 4, "outputs": 2, "samples": 100},
    compiled={"states": 8, "outputs": 4, "samples": 2000},
    trips=lambda states, outputs, samples: samples * states * states,
    records=2.0,
    reason="two covariances of each step",
)
def kalman_filter(F, H, Q, R, ys):
    """Minus the logarithm of the likelihood of a linear state space model, by the Kalman filter."""
    n = F.shape[0]
    x = np.zeros(n)
    P = np.eye(n)
    total = 0.0
    for y in ys:
        x = F @ x
        P = F @ P @ F.T + Q
        e = y - H @ x
        S = H @ P @ H.T + R
        K = P @ H.T @ np.linalg.inv(S)
        x = x + K @ e
        P = P - K @ H @ P
        total += 0.5 * (np.log(np.linalg.det(S)) + e @ np.linalg.solve(S, e))
    return total


@kernel(
    lambda rng, samples, parts: (
        rng.normal(size=parts), rng.normal(size=parts), 0.2 * rng.normal(size=parts), rng.normal(size=samples)
    ),
    argnums=(0, 1, 2),
    small={"samples": 4, "parts": 3},
    interpreted={"samples": 400, "parts": 4},
    compiled={"samples": 50000, "parts": 10},
    trips=lambda samples, parts: samples * parts,
    records=0.0,
    reason="independent samples",
)
def mixture_log_likelihood(logits, means, log_scales, data):
    """The logarithm of the likelihood of a mixture of normal distributions, sample by sample."""
    parts = len(means)
    norm = np.log(np.sum(np.exp(logits)))
    terms = np.empty(parts)
    total = 0.0
    for sample in data:
        largest = -math.inf
        for k in range(parts):
            z = (sample - means[k]) * np.exp(-log_scales[k])
            terms[k] = logits[k] - norm - log_scales[k] - 0.5 * z * z
            largest = max(largest, terms[k])
        likelihood = 0.0
        for k in range(parts):
            likelihood += np.exp(terms[k] - largest)
        total += largest + np.log(likelihood) - 0.5 * math.log(2.0 * math.pi)
    return total


def _sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


@kernel(
    lambda rng, hidden, inputs, steps: (
        rng.normal(size=(4 * hidden, hidden)) / math.sqrt(hidden),
        rng.normal(size=(4 * hidden, inputs)) / math.sqrt(inputs),
        np.zeros(4 * hidden),
        rng.normal(size=(steps, inputs)), rng.normal(size=(steps, hidden)),
    ),  # fmt: skip
    argnums=(0, 1, 2),
    small={"hidden": 2, "inputs": 2, "steps": 3},
    interpreted={"hidden": 32, "inputs": 16, "steps": 50},
    compiled={"hidden": 64, "inputs": 32, "steps": 200},
    trips=lambda hidden, inputs, steps: steps * hidden,
    records=6.0,
    reason="the four gates, the cell and the state",
)
def lstm(W, U, bias, xs, targets):
    """The squared error of a network of long short-term memory over a sequence."""
    n = W.shape[1]
    h = np.zeros(n)
    c = np.zeros(n)
    loss = 0.0
    for t in range(len(xs)):
        z = W @ h + U @ xs[t] + bias
        forget = _sigmoid(z[:n])
        enter = _sigmoid(z[n : 2 * n])
        leave = _sigmoid(z[2 * n : 3 * n])
        c = forget * c + enter * np.tanh(z[3 * n :])
        h = leave * np.tanh(c)
        loss += np.sum((h - targets[t]) ** 2)
    return loss / len(xs)
