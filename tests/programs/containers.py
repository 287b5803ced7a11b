"""Lists, tuples and dicts: built, indexed, grown, taken apart; comprehensions; builtins on them."""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from tests.programs.program import array, drawn, number, numbers, program

Point = namedtuple("Point", ["x", "y"])


@program(number(), number(), tags="list append")
def collects(x, y):
    values = []
    for i in range(4):
        x = np.sin(x) * y
        values.append(x)
    return values[0] * values[3] + values[-2]


@program(numbers(4), tags="list index")
def list_index(values):
    total = 0.0
    for i in range(len(values)):
        total += values[i] * values[-i - 1] * (i + 1)
    return total


@program(numbers(5), tags="list slice")
def list_slices(values):
    head = values[:2]
    tail = values[2:]
    both = tail + head
    every = both[::2]
    return every[0] * every[1] - every[2] * both[1]


@program(number(), number(), tags="list pop")
def stack_machine(x, y):
    stack = [x, y, x * y]
    stack.append(np.exp(-x))
    a = stack.pop()
    b = stack.pop(0)
    stack.insert(1, a * b)
    stack.extend([a, b])
    total = 0.0
    while stack:
        total = total * 0.5 + stack.pop() ** 2
    return total


@program(number(), number(), tags="list setitem")
def list_item_assignment(x, y):
    cells = [0.0] * 4
    cells[0] = x
    for i in range(1, 4):
        cells[i] = cells[i - 1] * y + i
    cells[1] += x * y
    cells[2] *= x
    return cells[3] * cells[1] - cells[2]


@program(number(), number(), tags="list alias")
def list_alias(x, y):
    first = [x, y]
    second = first
    second.append(x * y)
    second[0] = first[1] * first[2]
    return first[0] * len(first) + second[1]


@program(number(), number(), tags="nested list")
def nested_lists(x, y):
    table = [[x, y], [x * y, x + y]]
    table[1].append(np.sin(x))
    total = 0.0
    for row in table:
        for entry in row:
            total += entry * entry
    return total * table[0][1]


@program(number(), number(), tags="tuple")
def tuples(x, y):
    pair = (x * y, x)
    triple = pair + (y,)
    a, b, c = triple
    return a * b - c * triple[0] + sum(pair)


@program(number(), number(), tags="dict")
def dicts(x, y):
    state = {"x": x, "v": y}
    for _ in range(3):
        state["x"] = state["x"] + 0.1 * state["v"]
        state["v"] -= 0.1 * state["x"] ** 3
    return state["x"] * state.get("v") + state.get("missing", 2.0)


@program(number(), number(), tags="dict update")
def dict_methods(x, y):
    table = dict(a=x, b=y)
    table.update(c=x * y)
    total = 0.0
    for key in table.keys():
        total += table[key] ** 2
    for value in list(table.values()):
        total *= value
    if "a" in table and "z" not in table:
        total += table.pop("a")
    return total * len(table)


@program(number(), number(), tags="dict merge")
def merged_options(x, y):
    defaults = {"rate": x, "scale": 2.0}
    options = {**defaults, "rate": x * y}
    return options["rate"] ** 2 * options["scale"] + defaults["rate"]


@program({"w": [1.0, 0.5], "b": 0.3}, array(2), argnums=(0, 1), tags="nested container argument")
def nested_parameters(parameters, x):
    total = parameters["b"]
    for weight, value in zip(parameters["w"], x):
        total = total + weight * value
    return np.tanh(total)


def two_layers(rng):
    return [(rng.uniform(size=(3, 2)), rng.uniform(size=3)), (rng.uniform(size=(1, 3)), rng.uniform(size=1))]


@program(drawn(two_layers), array(2), tags="network parameters")
def perceptron(layers, x):
    for W, b in layers:
        x = np.tanh(W @ x + b)
    return np.sum(x)


@program(drawn(lambda rng: Point(*rng.uniform(0.5, 1.5, 2))), number(), tags="namedtuple")
def named_tuple(point, scale):
    moved = Point(point.x * scale, point.y + point.x)
    x, y = moved
    return x * moved.y - y * point[0] + moved[0]


@program(numbers(4), tags="list comprehension")
def list_comprehension(values):
    squares = [value * value for value in values]
    shifted = [a - b for a, b in zip(squares, values)]
    return sum(shifted) * squares[0]


@program(array(5, low=-1.0), tags="comprehension if")
def filtered_comprehension(x):
    logs = [np.log(value) for value in x if value > 0.0]
    return sum(logs) / len(x)


@program(array(3), array(3), tags="comprehension nested")
def nested_comprehension(x, y):
    outer = [[a * b for b in y] for a in x]
    flat = [entry for row in outer for entry in row]
    return flat[1] * flat[5] + outer[2][0] ** 2


@program(array(4), tags="generator expression")
def generator_sum(x):
    total = sum(value**2 * i for i, value in enumerate(x))
    return total + sum(np.sin(v) for v in x)


@program(array(3), number(), tags="dict comprehension")
def dict_comprehension(x, scale):
    table = {i: value * scale for i, value in enumerate(x)}
    swapped = {str(key): value**2 for key, value in table.items()}
    return table[0] * swapped["1"] + swapped["2"]


@program(array(5), number(), tags="comprehension closure")
def kernel_density(samples, h):
    grid = [0.2 * k for k in range(4)]
    density = [sum(np.exp(-(((g - s) / h) ** 2)) for s in samples) for g in grid]
    return density[0] * density[1] + density[2] - density[3]


@program(number(0.5, 0.9), number(1.1, 1.5), number(1.6, 2.0), tags="min max")
def min_and_max(a, b, c):
    return max(a, b, c) * min(a, b) + max([a * b, b * c]) - min((c, a, b)) ** 2


@program(numbers(4, -1.0, 1.0), tags="abs sum")
def builtin_reductions(values):
    l1 = sum(abs(v) for v in values)
    return l1 * sum(values, 1.0) + abs(values[0] - 3.0)


@program(drawn(lambda rng: [float(v) for v in rng.permutation(5) + rng.uniform(0.0, 0.4, 5)]), tags="sorted")
def trimmed_mean(values):
    ordered = sorted(values)
    inner = ordered[1:-1]
    return sum(inner) / len(inner) + 0.1 * ordered[-1] ** 2


@program(drawn(lambda rng: [float(v) for v in rng.permutation(5) + rng.uniform(0.0, 0.4, 5)]), tags="max key")
def builtin_keys(values):
    largest = max(values, key=lambda v: -((v - 2.0) ** 2))
    order = sorted(range(len(values)), key=lambda i: values[i])
    total = 0.0
    for rank, i in enumerate(order):
        total += rank * values[i]
    return largest**2 + total


@program(number(1.2, 1.4), number(), tags="int float round", autograd=False)
def conversions(x, y):
    steps = int(x * 3)
    whole = round(y)
    z = float(steps) * x + whole
    q = float(x) * float(y)
    return z * y + q + bool(steps) * x


@program(array(3), tags="len shape")
def lengths(x):
    n = len(x)
    m = len([1, 2]) + len("abc") + len({"k": 1})
    return np.sum(x) * n / m + x[n - 1] ** len(range(3))


@program(number(), number(), tags="zip star")
def transposed_pairs(x, y):
    pairs = [(x, y), (y, x * y), (x + y, x)]
    firsts, seconds = zip(*pairs)
    return firsts[0] * seconds[1] + sum(firsts) * sum(seconds)


@program(numbers(3), tags="map filter", autograd=False)
def functional_style(values):
    doubled = list(map(lambda v: 2.0 * v * v, values))
    big = [v for v in doubled if v > 0.0]
    return sum(big) * doubled[0]


@program(number(), number(), tags="list of tuples")
def history(x, v):
    path = [(x, v)]
    for _ in range(3):
        x, v = path[-1]
        path.append((x + 0.1 * v, v - 0.1 * x))
    return sum(p[0] * p[1] for p in path)


@program(array(3), array(3), tags="list of arrays")
def list_of_arrays(x, y):
    states = [x]
    for i in range(3):
        states.append(states[-1] * y + states[0])
    return np.sum(states[3]) + np.dot(states[1], states[2])


def configuration(rng):
    return {"name": "fit", "order": 2, "weights": rng.uniform(0.5, 1.5, 3), "tags": [1, 2], "none": None}


@program(drawn(configuration), number(), tags="mixed container")
def mixed_container(config, x):
    y = np.sum(config["weights"]) * x ** config["order"]
    if config["name"] == "fit" and config["none"] is None:
        y = y * config["tags"][1]
    return y
