"""Loops run backward: every form of range, sequence and dict, with the loop's own variables as they were."""

from __future__ import annotations

import numpy as np
import pytest

from tests.differentiate.deriving import check, sweeps

X = np.array([0.5, 1.1, 0.7, 1.3])
Y = np.array([1.2, 0.4, 0.9, 0.6])


def upward(x, n):
    total = 0.0
    for i in range(n):
        total = np.sin(total + x[i])
    return total


def between(x, n):
    total = 0.0
    for i in range(1, n):
        total = np.sin(total + x[i])
    return total


def in_steps(x, n):
    total = 0.0
    for i in range(0, n, 2):
        total = np.sin(total + x[i] * i)
    return total


def downward(x, n):
    total = 0.0
    for i in range(n - 1, -1, -1):
        total = np.sin(total + x[i] * i)
    return total


def downward_in_steps(x, n):
    total = 0.0
    for i in range(n - 1, 0, -3):
        total = np.sin(total + x[i])
    return total


def never(x, n):
    total = 0.3
    for i in range(n, 0):
        total = np.sin(total * x[i])
    return total * x[0]


def backward(x, n):
    total = 0.0
    for i in reversed(range(n)):
        total = np.sin(total + x[i] * i)
    return total


def step_in_a_variable(x, n):
    step = 2 if n > 2 else 1
    total = 0.0
    for i in range(0, n, step):
        total = np.sin(total + x[i] * i)
    return total


def bound_that_changes(x, n):
    total = 0.0
    for i in range(n):
        n = 0
        total = np.sin(total + x[i])
    return total * (n + 1)


def index_that_changes(x, n):
    total = 0.0
    for i in range(n):
        i = i // 2
        total = np.sin(total + x[i])
    return total


def index_read_afterwards(x, n):
    total = 0.0
    for i in range(n - 1):
        total = np.sin(total + x[i])
    return total * x[i + 1] * i


RANGES = [
    upward,
    between,
    in_steps,
    downward,
    downward_in_steps,
    never,
    backward,
    step_in_a_variable,
    bound_that_changes,
    index_that_changes,
    index_read_afterwards,
]


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("function", RANGES)
def test_ranges(function, n):
    if function is index_read_afterwards and n == 1:
        pytest.skip("the index has no value then")
    check(function, X, n, argnums=(0,))


@pytest.mark.parametrize(
    ("function", "header"),
    [
        (upward, "for i in range(n - 1, -1, -1):"),
        (between, "for i in range(n - 1, 0, -1):"),
    ],
)
def test_reversed_headers_are_as_a_person_writes_them(function, header):
    assert header in sweeps(function, X, 3)[1]


def over_an_array(x):
    total = 0.0
    for value in x:
        total = np.sin(total + value * value)
    return total


def over_rows(x):
    total = 0.0
    for row in x:
        total = np.sin(total + row[0] * row[1])
    return total


def over_a_list(x, y):
    total = 1.0
    for value in [x, y, x * y]:
        total = np.sin(total * value)
    return total


def over_a_tuple(x, y):
    total = 1.0
    for value in (x, y, x * y):
        total = np.sin(total * value)
    return total


def over_pairs(x, y):
    total = 1.0
    for left, right in [(x, y), (y, x * x)]:
        total = np.sin(total * left) * right
    return total


def enumerated(x):
    total = 0.0
    for i, value in enumerate(x):
        total = np.sin(total + i * value)
    return total


def enumerated_from_one(x):
    total = 0.0
    for i, value in enumerate(x, start=1):
        total = np.sin(total + i * value * x[i - 1])
    return total


def zipped(x, y):
    total = 0.0
    for left, right in zip(x, y):
        total = np.sin(total + left * right)
    return total


def zipped_with_a_shorter_one(x, y):
    total = 0.0
    for left, right in zip(x, y[:-1]):
        total = np.sin(total + left * right)
    return total


def zipped_with_a_range(x):
    total = 0.0
    for i, value in zip(range(1, 10), x):
        total = np.sin(total + value / i)
    return total


def enumerated_zip(x, y):
    total = 0.0
    for i, (left, right) in enumerate(zip(x, y)):
        total = np.sin(total + left * right * i)
    return total


def turned_round(x):
    total = 0.0
    for value in reversed(x):
        total = np.sin(total + value * value)
    return total


def turned_round_by_a_slice(x):
    total = 0.0
    for value in x[::-1]:
        total = np.sin(total + value * value)
    return total


def over_a_slice(x):
    total = 0.0
    for value in x[1:]:
        total = np.sin(total + value)
    return total


def over_constants(x):
    total = 0.0
    for weight in (0.5, 1.5, 2.5):
        total = np.sin(total + weight * x)
    return total


def over_strings(x):
    total = x
    for letter in "aab":
        total = np.sin(total) if letter == "a" else total * x
    return total


def item_that_changes(x):
    total = 0.0
    for value in x:
        value = value * value
        total = np.sin(total + value)
    return total


def item_read_afterwards(x):
    total = 0.0
    for value in x:
        total = np.sin(total + value)
    return total * value


def nested(x, y):
    total = 0.0
    for left in x:
        for right in y:
            total = np.sin(total + left * right)
        total = total * left
    return total


def triangular(x):
    total = 0.0
    for i in range(len(x)):
        for j in range(i):
            total = np.sin(total + x[i] * x[j])
    return total


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (over_an_array, (X,)),
        (over_an_array, ([0.5, 1.1],)),
        (over_rows, (X.reshape(2, 2),)),
        (over_a_list, (0.5, 1.2)),
        (over_a_tuple, (0.5, 1.2)),
        (over_pairs, (0.5, 1.2)),
        (enumerated, (X,)),
        (enumerated_from_one, (X,)),
        (zipped, (X, Y)),
        (zipped, (X, [0.3, 0.8])),
        (zipped_with_a_shorter_one, (X, Y)),
        (zipped_with_a_range, (X,)),
        (enumerated_zip, (X, Y)),
        (turned_round, (X,)),
        (turned_round_by_a_slice, (X,)),
        (over_a_slice, (X,)),
        (over_constants, (0.7,)),
        (over_strings, (0.7,)),
        (item_that_changes, (X,)),
        (item_read_afterwards, (X,)),
        (nested, (X, Y)),
        (triangular, (X,)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_sequences(function, arguments):
    check(function, *arguments)


def over_keys(table):
    total = 0.0
    for key in table:
        total = np.sin(total + table[key])
    return total


def over_values(table):
    total = 0.0
    for value in table.values():
        total = np.sin(total + value * value)
    return total


def over_items(table):
    total = 0.0
    for key, value in table.items():
        total = np.sin(total + value * len(key))
    return total


def over_sorted_keys(table):
    total = 0.0
    for key in sorted(table):
        total = np.sin(total + table[key] * len(key))
    return total


@pytest.mark.parametrize("function", [over_keys, over_values, over_items, over_sorted_keys])
def test_dicts(function):
    check(function, {"bb": 0.5, "a": 1.3, "ccc": 0.7})


def leaves_early(x, limit):
    total = 0.0
    for value in x:
        total = np.sin(total + value)
        if total > limit:
            break
    return total


def leaves_from_within(x, limit):
    total = 0.0
    for i in range(len(x)):
        for j in range(len(x)):
            total = np.sin(total + x[i] * x[j])
            if total > limit:
                break
        total = total * x[i]
    return total


def skips(x, limit):
    total = 0.0
    for value in x:
        if value > limit:
            continue
        total = np.sin(total + value)
    return total


def else_of_a_loop(x, limit):
    total = 0.0
    for value in x:
        if value > limit:
            break
        total = np.sin(total + value)
    else:
        total = total * x[0]
    return total


def returns_from_within(x, limit):
    total = 0.0
    for value in x:
        total = np.sin(total + value)
        if total > limit:
            return total * value
    return total


def while_with_count(x, limit):
    total, i = 0.0, 0
    while total < limit and i < len(x):
        total = total + np.sin(x[i])
        i += 1
    return total * x[i - 1]


@pytest.mark.parametrize("limit", [-1.0, 0.6, 0.95, 10.0])
@pytest.mark.parametrize(
    "function", [leaves_early, leaves_from_within, skips, else_of_a_loop, returns_from_within, while_with_count]
)
def test_loops_that_end_early(function, limit):
    check(function, X, limit, argnums=(0,))
