"""Classes: attributes, methods, properties, dataclasses, callable objects, inheritance."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from tests.programs.program import array, drawn, number, program


@dataclass
class Spring:
    stiffness: float
    length: float = 1.0
    label: str = "spring"

    def energy(self, x):
        return 0.5 * self.stiffness * (x - self.length) ** 2

    @property
    def frequency(self):
        return math.sqrt(self.stiffness)

    @staticmethod
    def damp(x, factor):
        return x * factor

    @classmethod
    def unit(cls):
        return cls(1.0)


@dataclass(frozen=True)
class Parameters:
    weights: np.ndarray
    bias: float
    steps: int = 2


class Layer:
    """A dense layer as people write them."""

    def __init__(self, weights, bias):
        self.weights = weights
        self.bias = bias

    def __call__(self, x):
        return np.tanh(self.weights @ x + self.bias)

    def penalty(self):
        return np.sum(self.weights**2)


class Shape:
    def __init__(self, size):
        self.size = size

    def area(self):
        return self.size * self.size

    def cost(self, price):
        return self.area() * price


class Disc(Shape):
    def area(self):
        return math.pi * super().area()


class Accumulator:
    """Keeps a running value in an attribute."""

    def __init__(self, start):
        self.value = start

    def add(self, x):
        self.value = self.value * 0.5 + x
        return self


FIXED = Spring(2.5, 0.3)


def some_spring(rng):
    return Spring(*rng.uniform(0.5, 1.5, 2))


@program(drawn(some_spring), number(), tags="dataclass attribute")
def reads_attributes(spring, x):
    stretch = x - spring.length
    return spring.stiffness * stretch * stretch + spring.length


@program(drawn(some_spring), number(), tags="dataclass method", complex_step=False, autograd=False, jax=False)
def calls_methods(spring, x):
    return spring.energy(x) * spring.frequency + spring.damp(x, spring.length)


def some_parameters(rng):
    return Parameters(rng.uniform(0.5, 1.5, 3), rng.uniform(0.5, 1.5))


@program(drawn(some_parameters), array(3), tags="frozen dataclass")
def linear_model(p, x):
    z = np.dot(p.weights, x) + p.bias
    for _ in range(p.steps):
        z = np.tanh(z)
    return z


@program(FIXED, number(), argnums=1, tags="object argument inactive")
def inactive_object(spring, x):
    return spring.energy(x) + spring.frequency * x


@program(number(), tags="global object")
def object_from_outside(x):
    return FIXED.energy(x * x) - FIXED.length * x


@program(number(), number(), tags="object made inside")
def made_inside(k, x):
    spring = Spring(k, length=x * k)
    return spring.energy(2.0 * x) + spring.frequency


@program(number(), number(), tags="attribute write")
def attribute_writes(x, y):
    state = SimpleNamespace(position=x, speed=y)
    for _ in range(3):
        state.position = state.position + 0.1 * state.speed
        state.speed -= 0.1 * np.sin(state.position)
    return state.position * state.speed


@program(number(), number(), tags="method chain attribute write")
def accumulates_in_an_object(x, y):
    total = Accumulator(x)
    total.add(y).add(x * y)
    total.add(total.value)
    return total.value**2


@program(number(), number(), tags="inheritance")
def inherited_methods(size, price):
    return Disc(size).cost(price) - Shape(size).cost(price * price)


@program(array(2, 2), array(2), array(2), tags="callable object")
def network_of_objects(W, b, x):
    layers = [Layer(W, b), Layer(2.0 * W, b * b)]
    for layer in layers:
        x = layer(x)
    return np.sum(x) + 0.1 * layers[0].penalty()


def some_layer(rng):
    return Layer(rng.uniform(size=(2, 3)), rng.uniform(size=2))


@program(drawn(some_layer), array(3), tags="object argument", jax=False)
def object_argument(layer, x):
    return np.sum(layer(x)) + layer.penalty()


program(number(), name="a bound method", tags="bound method")(FIXED.energy)
program(array(3), name="a callable object", argnums=0, tags="callable object", complex_step=False, autograd=False)(
    lambda x: np.sum(NETWORK(x))
)
NETWORK = Layer(np.array([[0.3, -0.2, 0.5], [0.1, 0.4, -0.3]]), np.array([0.1, 0.2]))


@dataclass
class Body:
    mass: float
    position: list = field(default_factory=lambda: [0.0, 0.0])


@program(drawn(lambda rng: [Body(float(m), [float(v) for v in rng.uniform(-1, 1, 2)]) for m in (1.0, 2.0, 0.5)]),
         number(), tags="list of dataclasses")  # fmt: skip
def gravitational_energy(bodies, softening):
    energy = 0.0
    for i, first in enumerate(bodies):
        for second in bodies[i + 1 :]:
            dx = first.position[0] - second.position[0]
            dy = first.position[1] - second.position[1]
            energy -= first.mass * second.mass / math.sqrt(dx * dx + dy * dy + softening)
    return energy


@program(drawn(lambda rng: SimpleNamespace(rate=0.3, shape=2.0)), number(), argnums=1, tags="namespace")
def namespace_options(options, x):
    if hasattr(options, "rate"):
        x = x * options.rate
    return x**options.shape + getattr(options, "offset", 1.0) * x


@dataclass
class Vector:
    x: float
    y: float

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    def dot(self, other):
        return self.x * other.x + self.y * other.y


@program(number(), number(), tags="operator overloading")
def user_operators(a, b):
    p = Vector(a, b)
    q = Vector(b * b, a)
    return p.dot(q) + (p + q * 2.0).dot(p)


class Tank:
    def __init__(self, level, rate):
        self.level = level
        self.rate = rate

    def swap(self, other):
        self.level, other.level = other.level, self.level

    def fill(self, q):
        self.level[0] += q * self.rate
        return self


@program(array(4), number(), tags="objects that exchange what they hold", autograd=False, jax=False)
def tanks_exchanged(x, a):
    x = x.copy()
    one, two = Tank(x, 0.5), Tank(x, np.tanh(a))
    one.swap(two)
    q = one.fill(0.7).level
    two.level *= 0.9
    two.level[1:][-1] = np.tanh(a)
    x[2] *= x[0]
    return np.sum(x * x) + np.sum(q * q)
