"""What was the plate's temperature at the start?  An inverse problem, solved with an adjoint that was not written.

A plate is heated in some places, and its temperature evolves by an explicit scheme that overwrites one array, a few
hundred times.  Given only the blurred temperature at the end, with some noise, the temperature at the start is
recovered by L-BFGS with srcgrad's gradient through all time steps.  The scheme is linear, so that its adjoint keeps
nothing of the steps.  Run it with ``python examples/heat_inverse.py``; it saves a picture.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import minimize
from tqdm import tqdm

from srcgrad import value_and_grad


def evolve(u, diffusivity, steps):
    """The plate after some time steps, in place; its rim keeps its temperature."""
    for _ in range(steps):
        u[1:-1, 1:-1] += diffusivity * (
            u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1]
        )
    return u


def misfit(start, observed, diffusivity, steps, smoothing):
    """How badly a start explains what was observed at the end, and how rough it is."""
    roughness = np.sum((start[1:, :] - start[:-1, :]) ** 2) + np.sum((start[:, 1:] - start[:, :-1]) ** 2)
    end = evolve(start, diffusivity, steps)
    return 0.5 * np.sum((end - observed) ** 2) + 0.5 * smoothing * roughness


def true_start(n):
    """A cold plate with a hot ring and a hot bar."""
    y, x = np.mgrid[0:n, 0:n] / (n - 1)
    ring = np.abs(np.hypot(x - 0.35, y - 0.4) - 0.2) < 0.05
    bar = (np.abs(x - 0.75) < 0.06) & (np.abs(y - 0.6) < 0.25)
    return np.where(ring | bar, 1.0, 0.0)


def recover(observed, diffusivity, steps, smoothing, iterations):
    """The start that explains the observation best, and the number of gradients it took."""
    shape = observed.shape
    objective = value_and_grad(misfit)
    calls = 0

    def flat(start):
        nonlocal calls
        calls += 1
        value, gradient = objective(start.reshape(shape), observed, diffusivity, steps, smoothing)
        progress.set_postfix(misfit=f"{value:.4f}", gradients=calls)
        return value, gradient.ravel()

    with tqdm(total=iterations, desc="L-BFGS") as progress:
        found = minimize(
            flat,
            observed.ravel(),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0.0, None)] * observed.size,
            callback=lambda _: progress.update(),
            options={"maxiter": iterations},
        )
    return found.x.reshape(shape), calls


def save_picture(plates, path):
    """Draw plates beside one another, all in the same colours."""
    figure = Figure(figsize=(3.2 * len(plates), 3.6), layout="constrained")
    for axes, (title, plate) in zip(figure.subplots(1, len(plates)), plates.items()):
        image = axes.imshow(plate, vmin=0.0, vmax=1.0, cmap="inferno", origin="lower")
        axes.set(title=title, xticks=[], yticks=[])
    figure.colorbar(image, ax=figure.axes, shrink=0.8, label="temperature")
    figure.savefig(path, dpi=120)


def main():
    """Heat a plate, let it cool, and find out how it was heated."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--picture", type=Path, default=Path(__file__).with_suffix(".png"))
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--iterations", type=int, default=60)
    options = parser.parse_args()

    diffusivity, noise = 0.05, 1e-3
    start = true_start(options.size)
    end = evolve(start.copy(), diffusivity, options.steps)
    observed = end + noise * np.random.default_rng(0).normal(size=end.shape)

    began = time.perf_counter()
    recovered, calls = recover(observed, diffusivity, options.steps, noise, options.iterations)
    seconds = time.perf_counter() - began

    def error(plate):
        return np.linalg.norm(plate - start) / np.linalg.norm(start)

    unexplained = np.sqrt(np.mean((evolve(recovered.copy(), diffusivity, options.steps) - observed) ** 2))
    print(f"\n{calls} gradients through {options.steps} steps of {start.size} points in {seconds:.1f} s")
    print(f"relative error of the start: {error(observed):.3f} before, {error(recovered):.3f} after")
    print(f"unexplained at the end: {unexplained:.1e}, with noise of {noise:.1e}")
    save_picture({"start": start, "observed end": observed, "recovered start": recovered}, options.picture)
    print(f"picture: {options.picture}")


if __name__ == "__main__":
    main()
