"""What the modes cost: gradients, products with Hessians, and Jacobians, in runs of the function itself.

Targets: a gradient at most 3 primals, a product of a Hessian with a vector at most 6, a Jacobian of n columns in
forward mode at most 1.5 n primals.  The last column says how much faster all columns in one sweep are than one by one.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad import grad, hvp, jacfwd
from srcgrad.calling.argnums import Choice
from srcgrad.calling.pushforward import Pushforward
from srcgrad.calling.specialising import Options
from tests.benchmarks.timing import attempt, duration, interleaved, print_failures, print_table, ratio


@dataclass(frozen=True)
class Subject:
    """A function of one array, with what else it takes; its first results are those that are differentiated."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


def lorenz(state, steps, dt):
    for _ in range(steps):
        x, y, z = state
        state = state + dt * np.array([10.0 * (y - x), x * (28.0 - z) - y, x * y - 8.0 / 3.0 * z])
    return state


def recurrence(x, trips):
    s = 0.0
    y = np.zeros(trips)
    for i in range(trips):
        s = np.sin(x[i % x.size] + 0.5 * s)
        y[i] = s * x[i % x.size]
    return y


def network(x, first, second):
    return np.tanh(second @ np.tanh(first @ x))


def chemistry(u, steps):
    for _ in range(steps):
        u = u + 0.01 * (u[::-1] * np.exp(-u) - u / (1.0 + u * u))
    return u


def burgers(u, steps):
    for _ in range(steps):
        u[1:-1] -= 0.1 * u[1:-1] * (u[1:-1] - u[:-2]) - 0.05 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return u


def n_body(position, steps):
    velocity = np.zeros_like(position)
    for _ in range(steps):
        apart = position[:, np.newaxis] - position[np.newaxis, :]
        force = -np.sum(apart / (np.sum(apart * apart, axis=2) + 0.1)[:, :, np.newaxis] ** 1.5, axis=1)
        velocity = velocity + 0.01 * force
        position = position + 0.01 * velocity
    return position


def subjects() -> list[Subject]:
    """The functions that are measured."""
    generator = np.random.default_rng(0)
    weights = generator.normal(size=(100, 100)) / 10.0
    return [
        Subject("Lorenz, 3 numbers", lorenz, (np.array([1.0, 0.5, 20.0]), 100, 0.01)),
        Subject("recurrence, 30 numbers", recurrence, (generator.uniform(0.1, 1.0, 30), 100)),
        Subject("network, 100 numbers", network, (generator.normal(size=100), weights, weights.T.copy())),
        Subject("chemistry, 50 numbers", chemistry, (generator.uniform(0.1, 1.0, 50), 20)),
        Subject("chemistry, 400 numbers", chemistry, (generator.uniform(0.1, 1.0, 400), 20)),
        Subject("Burgers, 200 numbers", burgers, (generator.uniform(0.0, 1.0, 200), 20)),
        Subject("n bodies, 8 x 3 numbers", n_body, (generator.normal(size=(8, 3)), 10)),
    ]


def energy_of(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """A function of one number, made from one of several."""

    def of_two(x, a):
        return np.sum(function(x, a) ** 2)

    def of_three(x, a, b):
        return np.sum(function(x, a, b) ** 2)

    return of_two if count == 2 else of_three


def columns(subject: Subject, at_once: bool) -> Callable[[], Any]:
    """All columns of the Jacobian, in one sweep or one after the other."""
    form: Any = "value_and_tangents" if at_once else "value_and_tangent"

    def run() -> Any:
        arguments = subject.arguments
        options = Options(form, "any")
        push = Pushforward(subject.function, arguments, {}, lambda parameters: Choice(parameters, 0), options)
        return list(push.directions())

    return run


def measured(subject: Subject, seconds: float) -> list[str]:
    """A row of the table."""
    function, arguments = subject.function, subject.arguments

    energy = energy_of(function, len(arguments))
    count = arguments[0].size
    scale = functools.partial(function, *arguments)
    primal = functools.partial(energy, *arguments)
    if function is burgers:  # which writes into its argument
        scale = lambda: function(arguments[0].copy(), *arguments[1:])
        primal = lambda: energy(arguments[0].copy(), *arguments[1:])
    product, direction = hvp(energy), np.ones_like(arguments[0])
    times = interleaved(
        {
            "function": scale,
            "primal": primal,
            "gradient": functools.partial(grad(energy), *arguments),
            "product": lambda: product(*arguments, direction),
            "jacobian": functools.partial(jacfwd(function), *arguments),
            "one by one": columns(subject, at_once=False),
        },
        seconds,
    )
    return [
        subject.name,
        duration(times["function"]),
        ratio(times["gradient"], times["primal"]),
        ratio(times["product"], times["primal"]),
        ratio(times["jacobian"], count * times["function"]),
        ratio(times["one by one"], times["jacobian"]),
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each function")
    options = parser.parse_args()
    rows: list[list[str]] = []
    failures = [
        attempt(subject.name, lambda subject=subject: rows.append(measured(subject, options.seconds)))
        for subject in subjects()
    ]
    heads = ["function", "primal", "gradient", "Hessian product", "Jacobian / n", "at once"]
    print_table("cost in primals, and how much faster all columns at once are", heads, rows)
    print_failures(failures)


if __name__ == "__main__":
    main()
