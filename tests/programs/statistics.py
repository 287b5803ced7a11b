"""Statistics, finance and machine learning."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.program import array, number, program


def normal_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


@program(number(0.9, 1.1), number(0.9, 1.1), number(0.2, 0.3), number(), tags="finance", autograd=False, jax=False)
def black_scholes(spot, strike, volatility, maturity):
    d1 = (math.log(spot / strike) + 0.5 * volatility**2 * maturity) / (volatility * math.sqrt(maturity))
    d2 = d1 - volatility * math.sqrt(maturity)
    return spot * normal_cdf(d1) - strike * normal_cdf(d2)


@program(number(0.9, 1.1), number(0.2, 0.3), 5, tags="finance tree list")
def american_put(spot, volatility, n):
    dt = 1.0 / n
    up = math.exp(volatility * math.sqrt(dt))
    p = (math.exp(0.02 * dt) - 1.0 / up) / (up - 1.0 / up)
    values = [max(1.03 - spot * up ** (2 * i - n), 0.0) for i in range(n + 1)]
    for step in range(n - 1, -1, -1):
        fresh = []
        for i in range(step + 1):
            hold = p * values[i + 1] + (1.0 - p) * values[i]
            exercise = 1.03 - spot * up ** (2 * i - step)
            fresh.append(hold if hold > exercise else exercise)
        values = fresh
    return values[0]


@program(array(4), number(0.05, 0.06), tags="finance newton")
def yield_to_maturity(cashflows, price):
    y = 0.5
    for _ in range(30):
        value = 0.0
        slope = 0.0
        for t, c in enumerate(cashflows, 1):
            value += c / (1.0 + y) ** t
            slope -= t * c / (1.0 + y) ** (t + 1)
        step = (value - 20.0 * price) / slope
        y -= step
        if abs(step) < 1e-15:
            break
    return y


@program(array(6), array(2), array(2), tags="mixture")
def mixture_log_likelihood(samples, means, widths):
    total = 0.0
    for x in samples:
        density = 0.0
        for m, s in zip(means, widths):
            density += 0.5 * np.exp(-0.5 * ((x - m) / s) ** 2) / s
        total += np.log(density)
    return total


@program(array(5, 3), array(3), array(5), tags="regression")
def logistic_regression(X, w, t):
    z = X @ w
    p = 1.0 / (1.0 + np.exp(-z))
    return -np.mean(t * np.log(p) + (1.5 - t) * np.log(1.0 - p)) + 0.01 * np.sum(w**2)


@program(array(6), number(0.2, 0.4), number(0.2, 0.4), tags="kalman scalar")
def local_level_likelihood(y, q, r):
    mean, variance = 0.0, 1.0
    loglik = 0.0
    for obs in y:
        variance = variance + q
        innovation = obs - mean
        total = variance + r
        loglik -= 0.5 * (math.log(total) + innovation * innovation / total)
        gain = variance / total
        mean = mean + gain * innovation
        variance = (1.0 - gain) * variance
    return loglik


@program(array(4, 2), array(2, 2), array(2), tags="kalman matrix")
def kalman_filter(ys, F, q):
    m = np.zeros(2)
    P = np.eye(2)
    score = 0.0
    for y in ys:
        m = F @ m
        P = F @ P @ F.T + np.diag(q)
        S = P + 0.5 * np.eye(2)
        K = P @ np.linalg.inv(S)
        e = y - m
        score += e @ np.linalg.solve(S, e) + np.log(np.linalg.det(S))
        m = m + K @ e
        P = (np.eye(2) - K) @ P
    return score


@program(array(3, 3), array(3, 2), array(5, 2), array(3), tags="rnn")
def recurrent_network(W, U, xs, target):
    h = np.zeros(3)
    for x in xs:
        h = np.tanh(W @ h + U @ x)
    return np.sum((h - target) ** 2)


def gate(W, b, z):
    return 1.0 / (1.0 + np.exp(-(W @ z + b)))


@program(array(8, 4, low=-0.5, high=0.5), array(8), array(3, 2), tags="lstm")
def lstm(W, b, xs):
    h = np.zeros(2)
    c = np.zeros(2)
    for x in xs:
        z = np.concatenate([h, x])
        i, f, o = gate(W[:2], b[:2], z), gate(W[2:4], b[2:4], z), gate(W[4:6], b[4:6], z)
        g = np.tanh(W[6:] @ z + b[6:])
        c = f * c + i * g
        h = o * np.tanh(c)
    return np.sum(h)


@program(array(4, 3), array(3, 3), array(3, 3), array(3, 3), tags="attention")
def attention(X, Q, K, V):
    scores = (X @ Q) @ (X @ K).T / np.sqrt(X.shape[1])
    weights = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    weights = weights / np.sum(weights, axis=1, keepdims=True)
    return np.sum((weights @ (X @ V)) ** 2)


@program(array(6, 2), array(2, 2), tags="clustering")
def soft_k_means(X, centres):
    for _ in range(3):
        d = np.sum((X[:, None, :] - centres[None, :, :]) ** 2, axis=2)
        w = np.exp(-4.0 * d)
        w = w / w.sum(axis=1, keepdims=True)
        centres = (w.T @ X) / w.sum(axis=0)[:, None]
    return np.sum(centres**2 * np.array([1.0, 2.0]))


@program(array(3), array(3, 3), array(3), tags="hmm forward")
def hidden_markov(start, transition, emission):
    alpha = start / np.sum(start)
    loglik = 0.0
    T = transition / np.sum(transition, axis=1, keepdims=True)
    for t in range(4):
        alpha = (alpha @ T) * (emission if t % 2 else 1.0 / emission)
        norm = np.sum(alpha)
        loglik += np.log(norm)
        alpha = alpha / norm
    return loglik


@program(array(4), array(4), number(), tags="gaussian process", autograd=True)
def gaussian_process(x, y, scale):
    K = np.exp(-0.5 * ((x[:, None] - x[None, :]) / scale) ** 2) + 0.3 * np.eye(4)
    sign, logdet = np.linalg.slogdet(K)
    return 0.5 * y @ np.linalg.solve(K, y) + 0.5 * logdet


@program(array(5), array(5), number(), tags="soft alignment")
def soft_alignment(a, b, gamma):
    rows = [[0.0] * 6]
    for i in range(5):
        row = [0.0]
        for j in range(5):
            cost = (a[i] - b[j]) ** 2
            u, v, w = rows[i][j + 1], row[j], rows[i][j]
            m = min(u, v, w)
            weights = [math.exp((m - choice) / gamma) for choice in (u, v, w)]
            row.append(cost + m - gamma * math.log(sum(weights)) + 0.01 * (i + j))
        rows.append(row)
    return rows[-1][-1]


@program(array(5, low=0.5, high=3.0), number(), number(), tags="likelihood", autograd=False, jax=False)
def gamma_log_likelihood(samples, shape, rate):
    total = 0.0
    for x in samples:
        total += shape * math.log(rate) - math.lgamma(shape) + (shape - 1.0) * math.log(x) - rate * x
    return total


@program(array(4), array(4, low=-1.0), tags="loss hinge")
def hinge_loss(w, x):
    loss = 0.0
    for k in range(3):
        margin = (1 if k % 2 else -1) * np.dot(w, x) * (k + 1)
        loss += max(0.0, 1.0 - margin)
    return loss + 0.5 * np.dot(w, w)


@program(array(3), 6, tags="optimiser momentum")
def gradient_descent_inside(w, steps):
    velocity = np.zeros(3)
    for k in range(steps):
        slope = 2.0 * w + np.cos(w)
        velocity = 0.5 * velocity - 0.1 / (1 + k) * slope
        w = w + velocity
    return np.sum(w * w + np.sin(w))
