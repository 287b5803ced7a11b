"""Parameters in dataclasses, named tuples, objects and nests of them, as models and simulations keep them."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from tests.programs.program import array, drawn, number, program


@dataclass
class Layer:
    w: np.ndarray
    b: np.ndarray
    name: str = "layer"


@dataclass
class Net:
    layers: list[Layer]
    scale: float = 1.0
    activation: Any = np.tanh


def net(rng: np.random.Generator) -> Net:
    widths = [(3, 2), (2, 3)]
    return Net([Layer(rng.uniform(0.1, 0.5, shape), rng.uniform(-0.1, 0.1, shape[0])) for shape in widths], 1.5)


@program(drawn(net), array(2), tags="dataclass nested", autograd=False, jax=False)
def run_net(net, x):
    for layer in net.layers:
        x = net.activation(layer.w @ x + layer.b)
    return np.sum(x) * net.scale


class Place(NamedTuple):
    x: float
    y: float
    label: str = "place"


def places(rng: np.random.Generator) -> list[Place]:
    return [Place(float(x), float(y)) for x, y in rng.uniform(0.0, 1.0, (4, 2))]


@program(drawn(places), tags="named tuple", autograd=False, jax=False, complex_step=False)
def length_of_path(places):
    total = 0.0
    for one, other in zip(places, places[1:]):
        total += math.hypot(one.x - other.x, one.y - other.y)
    return total


@dataclass(frozen=True)
class Orbit:
    position: np.ndarray
    velocity: np.ndarray
    time: float = 0.0

    def kicked(self, dt: float) -> Orbit:
        return dataclasses.replace(self, velocity=self.velocity - dt * self.position)


def orbit(rng: np.random.Generator) -> Orbit:
    return Orbit(rng.uniform(0.5, 1.0, 2), rng.uniform(-0.5, 0.5, 2), 0.5)


@program(drawn(orbit), 0.1, tags="dataclass frozen replace", autograd=False, jax=False)
def drift_and_kick(state, dt):
    for _ in range(3):
        state = state.kicked(dt)
        state = dataclasses.replace(state, position=state.position + dt * state.velocity, time=state.time + dt)
    return np.sum(state.position**2) + state.time


@dataclass
class Outer:
    inner: Layer
    extras: dict[str, Any] = field(default_factory=dict)


def outer(rng: np.random.Generator) -> Outer:
    return Outer(Layer(rng.uniform(0.1, 0.5, (2, 2)), rng.uniform(size=2)), {"gain": 1.5, "steps": 3, "note": None})


@program(drawn(outer), array(2), tags="dataclass dict nested", autograd=False, jax=False)
def gains(outer, x):
    return np.sum(np.sin(outer.inner.w @ x + outer.inner.b)) * outer.extras["gain"] ** outer.extras["steps"]


class Tree:
    def __init__(self, value, children=()):
        self.value = value
        self.children = list(children)


def tree(rng: np.random.Generator) -> Tree:
    a, b, c, d = (float(value) for value in rng.uniform(0.5, 1.5, 4))
    return Tree(a, [Tree(b), Tree(c, [Tree(d)])])


@program(drawn(tree), tags="object recursion", autograd=False, jax=False)
def sum_of_tree(node):
    return node.value + sum(sum_of_tree(child) * node.value for child in node.children)


@program(array(3), number(), tags="list copy", autograd=False, jax=False)
def shallow_copies(x, k):
    import copy

    first = [x, k * x]
    second = copy.copy(first)
    second[0] = second[1] * x
    table = {"a": k, "b": k * k}
    other = copy.copy(table)
    other["a"] = other["b"] * k
    return np.sum(first[0] * second[0]) * table["a"] * other["a"]
