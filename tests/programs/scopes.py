"""Context managers, ``try`` and ``finally``, and objects that change what the program reads."""

from __future__ import annotations

import numpy as np

from tests.programs.program import array, number, program


class Section:
    """Counts how often it is entered; outside it says so."""

    def __init__(self, name="section"):
        self.name = name
        self.count = 0

    def __enter__(self):
        self.count += 1
        return self

    def __exit__(self, kind, error, traceback):
        self.count *= 10


@program(array(3))
def counted_sections(x):
    section = Section()
    total = 0.0
    for v in x:
        with section as entered:
            total += v * v * entered.count
        total *= section.count
    return total


@program(array(4), jax=False)
def leaves_sections(x):
    total = 0.0
    for v in x:
        with Section() as section, np.errstate(divide="ignore"):
            if total > 2.0:
                break
            if v > 1.2:
                continue
            total += v * v * section.count
    return total


class Weight:
    """A weight that doubles after each use."""

    def __init__(self, value):
        self.value = value

    def __enter__(self):
        return self.value

    def __exit__(self, *error):
        self.value = 2.0 * self.value


@program(array(3), number())
def weight_that_doubles(x, k):
    weight = Weight(k)
    for _ in range(2):
        with weight as w:
            x = x * w
    return np.sum(x) * weight.value


@program(array(3))
def finally_counts(x):
    count = 1
    total = 0.0
    for v in x:
        try:
            total += v * v * count
        finally:
            count += 1
    return total


@program(array(3))
def finally_changes_a_list(x):
    weights = [1.0, 2.0]
    total = 0.0
    for v in x:
        try:
            total += v * v * weights[0]
        except ArithmeticError as error:
            raise ValueError("no number") from error
        else:
            total *= weights[1]
        finally:
            weights[0] = weights[0] + weights[1]
            weights[1] = 0.5
    return total


@program(number())
def finally_computes(x):
    try:
        x = x * x
    finally:
        x = x * 2.0
        y = x * x
    return y * x


@program(array(4), jax=False)
def returns_from_with(x):
    total = 0.0
    for v in x:
        with np.errstate(all="ignore"):
            if total > 2.0:
                return total * v
            total += v * v
    return total


@program(array(4), prints=True)
def returns_from_try(x):
    for i in range(4):
        try:
            if x[i] > 1.0:
                return x[i] ** 2 * x[0]
        finally:
            print("tried", i)
    return np.sum(x)


@program(array(3))
def set_that_grows(x):
    seen = set()
    also = seen
    total = 0.0
    for v in x:
        total += v * v * len(also)
        seen.add(len(seen))
    return total


class Tags:
    """A set and a list."""

    def __init__(self):
        self.tags = set()
        self.log = []


@program(array(3))
def set_in_an_object(x):
    held = Tags()
    total = 0.0
    for v in x:
        total += v * v * len(held.tags) + v * len(held.log)
        held.tags.add(len(held.tags))
        held.log.append(3)
    return total


class Clock:
    """Counts."""

    def __init__(self):
        self.count = 1

    def tick(self):
        self.count += 1
        return self.count


@program(array(3))
def counter_with_two_names(x):
    clock = Clock()
    clocks = [clock, Clock()]
    total = 0.0
    for v in x:
        total += v * v * clocks[0].count
        total += v**3 * clock.tick()
    return total


def wind(clocks, n):
    if n > 0:
        clocks[0].count += 1
        wind(clocks, n - 1)


@program(array(3))
def counter_in_a_recursive_callee(x):
    clock = Clock()
    clocks = [clock]
    total = 0.0
    for v in x:
        total += v * v * clock.count
        wind(clocks, 2)
    return total


@program(array(3), jax=False)
def list_of_constants_that_change(x):
    weights = [1.0, 2.0]
    total = 0.0
    for v in x:
        if weights[0] == 1.0:
            total += v * v
        else:
            total += v * v * v
        weights[0] = weights[0] + weights[1]
    return total
