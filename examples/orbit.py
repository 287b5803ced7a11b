"""From the Earth to the orbit of Mars: Newton's method on a shooting problem.

A probe starts beside the Earth and is to be at a given place on the orbit of Mars after a given time, under the pull of
the Sun, the Earth and Jupiter.  Its velocity at the start is unknown; Newton's method takes the Jacobian of the whole
integration of the N-body problem, which `srcgrad.jacfwd` gives.  Run it with ``python examples/orbit.py``.
"""

import argparse
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from tqdm import tqdm

from srcgrad import jacfwd

# In astronomical units, years and solar masses.
GRAVITY = 4.0 * np.pi**2
MASSES = np.array([1.0, 3.003e-6, 9.546e-4])
PLANETS = np.array([[0.0, 0.0], [1.0, 0.0], [-5.2, 0.0]])
START = np.array([1.02, 0.0])
VELOCITIES = np.array([[0.0, 0.0], [0.0, 2.0 * np.pi], [0.0, -2.0 * np.pi / np.sqrt(5.2)]])


def accelerations(positions, masses):
    """What the massive bodies do to all bodies; those without mass come last."""
    pull = np.zeros_like(positions)
    for j in range(masses.size):
        offset = positions[j] - positions
        distance = np.sqrt(np.sum(offset**2, axis=1) + 1e-9)
        pull += GRAVITY * masses[j] * offset / distance[:, np.newaxis] ** 3
    return pull


def flown(velocity, years, steps):
    """Where the probe is after some years: the leapfrog method, in place."""
    positions = np.concatenate((PLANETS, START[np.newaxis]))
    velocities = np.concatenate((VELOCITIES, velocity[np.newaxis]))
    step = years / steps
    for _ in range(steps):
        velocities += 0.5 * step * accelerations(positions, MASSES)
        positions += step * velocities
        velocities += 0.5 * step * accelerations(positions, MASSES)
    return positions[3]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1500, help="steps of the integration")
    parser.add_argument("--years", type=float, default=0.68, help="length of the flight")
    parser.add_argument("--output", type=Path, default=Path("orbit.png"), help="where the picture goes")
    options = parser.parse_args()

    jacobian = jacfwd(flown)
    angle = np.deg2rad(160.0)
    target = 1.524 * np.array([np.cos(angle), np.sin(angle)])
    velocity = np.array([0.0, 2.2 * np.pi])
    distances = []
    for _ in tqdm(range(10), desc="Newton"):
        offset = flown(velocity, options.years, options.steps) - target
        distances.append(float(np.linalg.norm(offset)))
        if distances[-1] < 1e-12:
            break
        velocity = velocity - np.linalg.solve(jacobian(velocity, options.years, options.steps), offset)
    for number, distance in enumerate(distances):
        print(f"step {number}: misses by {distance:.2e} au")
    print(f"starts with {velocity} au a year")

    shares = np.linspace(0.02, 1.0, 50)
    path = np.array([START, *(flown(velocity, share * options.years, 200) for share in shares)])
    figure = Figure(figsize=(9, 4), layout="constrained")
    orbit, convergence = figure.subplots(1, 2)
    orbit.plot(path[:, 0], path[:, 1], "-", label="probe")
    orbit.plot(0.0, 0.0, "o", color="orange", label="Sun")
    orbit.plot(*target, "x", color="red", label="target")
    orbit.set(aspect="equal", xlabel="x [au]", ylabel="y [au]", title="the flight")
    orbit.legend()
    convergence.semilogy(distances, "o-")
    convergence.set(xlabel="Newton step", ylabel="misses by [au]", title="convergence")
    figure.savefig(options.output)
    print(f"picture: {options.output}")


if __name__ == "__main__":
    main()
