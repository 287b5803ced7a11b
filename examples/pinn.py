"""A physics-informed network in plain NumPy: Poisson's equation on an interval, without a grid of values.

The network u(x) is trained until u''(x) + pi**2 sin(pi x) vanishes at sample points and u is 0 at both ends; the
solution is sin(pi x).  The second derivative in space stands inside the loss, as two nested elementwise gradients, and
the loss is differentiated with respect to the weights.  Run it with ``python examples/pinn.py``.
"""

import argparse
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from tqdm import tqdm

from srcgrad import elementwise_grad, value_and_grad

BOUNDARY = np.array([0.0, 1.0])


def network(x, hidden, bias, out):
    """One hidden layer: x has one place in each entry."""
    return np.tanh(x[:, np.newaxis] * hidden + bias) @ out


slope = elementwise_grad(network)
curvature = elementwise_grad(slope)


def loss(hidden, bias, out, x):
    """The mean square of the equation's residual, and that of the boundary values."""
    residual = curvature(x, hidden, bias, out) + np.pi**2 * np.sin(np.pi * x)
    ends = network(BOUNDARY, hidden, bias, out)
    return np.mean(residual**2) + 50.0 * np.mean(ends**2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=3000, help="steps of Adam")
    parser.add_argument("--output", type=Path, default=Path("pinn.png"), help="where the picture goes")
    options = parser.parse_args()

    generator = np.random.default_rng(1)
    weights = [generator.normal(0.0, 3.0, 24), generator.normal(0.0, 2.0, 24), generator.normal(0.0, 0.2, 24)]
    x = np.linspace(0.0, 1.0, 48)
    value_and_slopes = value_and_grad(loss, argnums=(0, 1, 2))
    first, second = [np.zeros(24) for _ in weights], [np.zeros(24) for _ in weights]
    losses = []
    for step in tqdm(range(1, options.steps + 1), desc="training"):
        value, slopes = value_and_slopes(*weights, x)
        losses.append(float(value))
        rate = 0.02 * 0.5 ** (step / (0.4 * options.steps))
        for weight, gradient, mean, square in zip(weights, slopes, first, second, strict=True):
            mean += 0.1 * (gradient - mean)
            square += 0.01 * (gradient**2 - square)
            weight -= rate * (mean / (1.0 - 0.9**step)) / (np.sqrt(square / (1.0 - 0.99**step)) + 1e-8)

    found, exact = network(x, *weights), np.sin(np.pi * x)
    error = float(np.max(np.abs(found - exact)))
    print(f"loss: {losses[0]:.3g} at first, {losses[-1]:.3g} in the end")
    print(f"largest error of the solution: {error:.2e}")

    figure = Figure(figsize=(9, 4), layout="constrained")
    solution, history = figure.subplots(1, 2)
    solution.plot(x, exact, "-", label="sin(pi x)")
    solution.plot(x, found, ".", label="network")
    solution.set(xlabel="x", ylabel="u", title="Poisson's equation")
    solution.legend()
    history.semilogy(losses)
    history.set(xlabel="step", ylabel="loss", title="training")
    figure.savefig(options.output)
    print(f"picture: {options.output}")


if __name__ == "__main__":
    main()
