"""State that changes in place: objects, dicts and lists with others inside, arrays that a callee has read before."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from tests.programs.program import array, drawn, number, numbers, program

Pair = namedtuple("Pair", ["first", "second"])


@dataclass
class Oscillator:
    x: float
    v: float

    def energy(self):
        total = 0.0
        for _ in range(2):
            total = total * self.x + self.v * self.v
        return total

    def step(self, h):
        self.x = self.x + h * self.v
        self.v = self.v - h * self.x**3


class Gain:
    scale = 3.0

    def __init__(self, w, b=0.5):
        self.w = w
        self.b = b

    @property
    def norm(self):
        square = self.w * self.w
        return square + self.b

    def __mul__(self, factor):
        return Gain(self.w * factor, self.b)

    def __rmul__(self, factor):
        return Gain(self.w * factor * 2.0, self.b)

    def __neg__(self):
        return Gain(-self.w, self.b)

    def __getitem__(self, index):
        return self.w if index == 0 else self.b


def folded(a):
    total = 0.0
    for i in range(3):
        total = total * a[0] + a[i] * a[i]
    return total


@program(array(3), tags="call records written", writes=True, autograd=False, jax=False)
def written_after_a_call(x):
    a = x * 1.0
    total = 0.0
    y = folded(a)
    for k in range(3):
        a[k] = a[k] * y + k
        total = total + folded(a) * 0.01
    return total * y


@program(number(), number(), tags="method that writes, pair")
def steps_of_an_object(x, v):
    state = Oscillator(x, v)
    energy = state.energy()
    for _ in range(3):
        state.step(0.1)
        energy = energy * state.energy()
    return energy * state.x


@program(number(), number(), tags="attribute overwritten")
def overwritten_attributes(x, v):
    state = SimpleNamespace(x=x, v=v, k=2)
    y = state.x**2
    state.x = state.v * 3.0
    state.v *= state.x
    if state.x > 0.5:
        state.x = state.x * state.v
    return y * state.x * state.v


@program(number(), tags="property special method class constant")
def methods_behind_operators(w):
    gain = Gain(w)
    return gain.norm + (gain * 2.0)[0] * (-gain)[0] + (3.0 * gain).w * gain.scale


@program(number(), number(), tags="nested container overwritten")
def overwritten_inside(x, y):
    table = {"a": [x, y], "b": {"c": x * y}}
    z = table["a"][0] ** 2 * table["b"]["c"]
    table["a"][0] = y * 3.0
    table["b"]["c"] = table["b"]["c"] * table["a"][0]
    table["a"].append(x)
    return z * table["a"][0] * table["b"]["c"] * table["a"][2]


@program(number(), number(), tags="dict keys added")
def grown_dict(x, y):
    table = {}
    for i in range(3):
        table[i] = x * (i + 1)
    for i in range(3):
        table[i] = table[i] * y + table[0]
    total = 0.0
    for key, value in table.items():
        total += value**2 * (key + 1)
    return total * len(table)


@program(number(), tags="counters inactive nested")
def counters(x):
    state = SimpleNamespace(n=1, items=[1, 2])
    t = x
    for _ in range(3):
        t = t * t * state.n * state.items[0]
        for _ in range(2):
            state.n += 1
            state.items[0] = state.items[0] + 1
        t = t * state.items[-1]
    log = {"k": [1.0]}
    for i in range(2):
        t = t * t * log["k"][0]
        if i < 5:
            log["k"].append(2.0)
            log["k"][0] = 3.0
    return t * 1e-6


@program(array(3), tags="list of arrays augmented")
def augmented_in_a_list(x):
    rows = [x * 1.0, x * 2.0]
    y = np.sum(rows[0] ** 2)
    rows[0] += x
    return y * np.sum(rows[0] * rows[1])


@program(number(), number(), tags="starred displays")
def starred_displays(x, y):
    values = [x, y, x * y, 2.0]
    a, *rest = values
    both = [*rest, a, *values[1:3]]
    return both[0] * both[3] * both[4] + sum(both) * both[-1]


def some_numbers(rng):
    return [float(v) for v in rng.permutation(4) + rng.uniform(0.5, 0.9, 4)]


@program(drawn(some_numbers), tags="sorted reverse key")
def sorted_by_keys(values):
    downward = sorted(values, reverse=True)
    upward = sorted(values, key=lambda a: -a * a)
    chosen = max(values, key=lambda a: (a - 2.1) ** 2)
    return downward[0] ** 2 * downward[1] + upward[2] * chosen


@program(numbers(3), tags="argument list changed")
def changes_its_list(values):
    values.append(values[0] * values[1])
    values[0] = values[3] * values[2]
    values.reverse()
    return values[0] * values[3]


@program(number(), tags="equal keys repetition")
def equal_keys(x):
    table = {"a": x, "b": x * x}
    table["a"] = x**3
    repeated = [table["a"]] * 3
    return table["a"] * repeated[1] * repeated[2] + table["b"]


@program(drawn(lambda rng: Pair(*rng.uniform(0.5, 1.5, 2))), tags="named tuple replace")
def replaced_fields(pair):
    other = pair._replace(first=pair.second * pair.first)
    a, b = other
    return a * b + other.first * pair.first
