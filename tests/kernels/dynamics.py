"""Time stepping: particles, oscillators, maps, events, and a delay line."""

from __future__ import annotations

import numpy as np

from tests.kernels.kernel import kernel


@kernel(
    lambda rng, bodies, steps: (
        3.0 * rng.normal(size=(bodies, 3)), 0.1 * rng.normal(size=(bodies, 3)), rng.uniform(0.5, 1.5, bodies),
        0.01, steps,
    ),  # fmt: skip
    argnums=(0, 1, 2),
    small={"bodies": 3, "steps": 3},
    interpreted={"bodies": 6, "steps": 30},
    compiled={"bodies": 20, "steps": 200},
    trips=lambda bodies, steps: steps * bodies * (bodies - 1) // 2,
    records=0.0,
    reason="the positions of each step, 3 * bodies floats, from which distances are found again",
)
def n_body(x, v, mass, dt, steps):
    """The energy of gravitating bodies after some leap-frog steps."""
    n = len(mass)
    for _ in range(steps):
        for i in range(n):
            for j in range(i + 1, n):
                d = x[i] - x[j]
                r2 = np.sum(d * d) + 0.01
                pull = dt / (r2 * np.sqrt(r2))
                v[i] -= pull * mass[j] * d
                v[j] += pull * mass[i] * d
        x += dt * v
    energy = 0.0
    for i in range(n):
        energy += 0.5 * mass[i] * np.sum(v[i] * v[i])
        for j in range(i + 1, n):
            d = x[i] - x[j]
            energy -= mass[i] * mass[j] / np.sqrt(np.sum(d * d) + 0.01)
    return energy


@kernel(
    lambda rng, chains, steps: (rng.uniform(0.1, 0.9, chains), 3.4, steps, 0.849),
    argnums=(0, 1),
    small={"chains": 5, "steps": 12},
    interpreted={"chains": 60, "steps": 50},
    compiled={"chains": 5000, "steps": 100},
    trips=lambda chains, steps: 0,  # the break decides
    records=1.0,
    reason="x",
)
def logistic_chains(start, r, steps, limit):
    """Chains of the logistic map, each of which ends early where it exceeds a limit."""
    total = 0.0
    for i in range(len(start)):
        x = start[i]
        for _ in range(steps):
            x = r * x * (1.0 - x)
            if x > limit:
                break
        total += x * x
    return total


def _van_der_pol(y, mu):
    return np.array([y[1], mu * (1.0 - y[0] * y[0]) * y[1] - y[0]])


@kernel(
    lambda rng, steps: (np.array([2.0, 0.0]), 5.0, 0.01, steps),
    argnums=(0, 1),
    small={"steps": 6},
    interpreted={"steps": 300},
    compiled={"steps": 20000},
    trips=lambda steps: steps,
    records=2.0,
    reason="y",
)
def stiff_oscillator(y, mu, h, steps):
    """Van der Pol's oscillator by the classical Runge-Kutta method."""
    for _ in range(steps):
        k1 = _van_der_pol(y, mu)
        k2 = _van_der_pol(y + 0.5 * h * k1, mu)
        k3 = _van_der_pol(y + 0.5 * h * k2, mu)
        k4 = _van_der_pol(y + h * k3, mu)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.sum(y * y)


@kernel(
    lambda rng, steps: (rng.uniform(1.0, 2.0), rng.uniform(0.7, 0.8), 0.002, steps),
    argnums=(0, 1),
    small={"steps": 800},
    interpreted={"steps": 2000},
    compiled={"steps": 1000000},
    trips=lambda steps: steps,
    records=0.0,
    reason="one flag where the ball bounces, and v where it does",
)
def euler_with_events(height, restitution, dt, steps):
    """The mean square height of a ball that bounces on the ground, by forward Euler steps."""
    path = np.empty(steps)
    y = height
    v = 0.0
    for k in range(steps):
        y += dt * v
        v -= 9.81 * dt
        if y < 0.0:
            y = -restitution * y
            v = -restitution * v
        path[k] = y
    return np.mean(path * path)


@kernel(
    lambda rng, samples, delay: (rng.normal(size=samples), 0.6, delay),
    argnums=(0, 1),
    small={"samples": 9, "delay": 4},
    interpreted={"samples": 3000, "delay": 32},
    compiled={"samples": 1000000, "delay": 441},
    trips=lambda samples, delay: samples,
    records=1.0,
    reason="y, or buffer[at]",
)
def ring_buffer(x, feedback, delay):
    """The energy of a signal with an echo, by a comb filter whose delay line is a ring buffer."""
    buffer = np.zeros(delay)
    at = 0
    energy = 0.0
    for i in range(len(x)):
        y = np.sin(x[i]) + feedback * buffer[at]
        buffer[at] = y
        at = (at + 1) % delay
        energy += y * y
    return energy
