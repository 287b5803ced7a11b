"""What a call of a gradient costs beyond the generated function itself.  Target: 3 microseconds for 3 arrays."""

from __future__ import annotations

import numpy as np

from srcgrad import grad, value_and_grad
from tests.benchmarks.timing import interleaved, print_table


def weighted(x, y, z):
    return np.sum(x * y * z)


def scalars(a, b, c):
    return a * b * c


def keywords(x, *, y, z=1.0):
    return np.sum(x * y) * z


def main() -> None:
    """Print the overhead for some signatures."""
    x, y, z = np.random.default_rng(0).normal(size=(3, 4))
    cases = [
        ("three arrays", grad(weighted), (x, y, z), {}),
        ("three arrays, two gradients", grad(weighted, argnums=(0, 2)), (x, y, z), {}),
        ("three arrays, value and gradient", value_and_grad(weighted), (x, y, z), {}),
        ("three floats", grad(scalars), (1.0, 2.0, 3.0), {}),
        ("an array and a keyword", grad(keywords), (x,), {"y": y}),
    ]
    rows = []
    for name, derivative, arguments, named in cases:
        derivative(*arguments, **named)
        namespace: dict[str, object] = {"__name__": "generated"}
        exec(derivative.source, namespace)
        generated = namespace[derivative.__name__]
        positional = (*arguments, *named.values(), *((1.0,) if named else ()))
        times = interleaved(
            {
                "call": lambda derivative=derivative, arguments=arguments, named=named: derivative(*arguments, **named),
                "generated": lambda generated=generated, positional=positional: generated(*positional),
            }
        )
        overhead = times["call"] - times["generated"]
        rows.append([name, f"{times['generated'] * 1e6:.2f}", f"{times['call'] * 1e6:.2f}", f"{overhead * 1e6:.2f}"])
    print_table("microseconds for a call", ["arguments", "generated function", "df(...)", "overhead"], rows)


if __name__ == "__main__":
    main()
