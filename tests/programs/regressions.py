"""Programs that once came out wrong, cut down to what mattered."""

from __future__ import annotations

import functools

import numpy as np

from tests.programs.program import array, number, numbers
from tests.programs.program import program as enter

program = enter
writing = functools.partial(enter, writes=True, autograd=False, jax=False)


@program(number(), number(), number(), tags="assignment unknown to the other branch")
def swap_in_one_branch(a, b, c):
    for _ in range(4):
        b = b - 0.8 * np.arctan(a)
        for _ in range(1, 4):
            if b < -0.2:
                pass
            else:
                c, a = a, np.cos(a)
    c = a = b
    return b + c


@program(array(4), tags="pop in loop over slice")
def pops_while_running_over_a_slice(x):
    items = [v for v in x]
    for v in items[:3]:
        last = items.pop() * v
    return last * items[0]


@program(number(), array(4), tags="length of a conditional array")
def trip_count_from_an_array_of_a_branch(b, x):
    table = {"p": b, "q": np.tanh(b)}
    if True:
        z = np.sin(x)
        for i in range(len(z)):
            table["p"] += np.sin(np.tanh(b) * i)
    return table["q"] * table["p"]


@program(number(), array(4), tags="append in loop")
def appends_to_a_comprehension(a, x):
    items = [v for v in x]
    k = 0
    while k < 2:
        k += 1
        items.append(items[len(items) // 2] * a)
    return items[0] * items[-1]


@program(numbers(5), tags="slice of a list")
def extended_slice_of_a_list(values):
    both = values
    every = both[::2]
    return every[0] * every[2]


@program(array(3, 3), tags="list of rows assigned")
def rows_replaced_in_a_list(A):
    rows = [row for row in A]
    for i in range(3):
        rows[i] = rows[i] / rows[i][i]
    return sum(row[1] for row in rows)


@writing(array(4), tags="out positional")
def positional_out(x):
    np.tanh(x, x)
    return np.sum(x * x)


@writing(array(4), array(4), tags="out positional")
def positional_out_of_another(x, y):
    np.multiply(x, y, y)
    np.exp(x, y[::-1])
    return np.sum(x * y)


@writing(array(4), number(), tags="loop over written array")
def runs_over_an_array_that_it_writes(x, b):
    for v in x:
        for i in range(3):
            x[i] *= np.cos(b - v)
    return np.sum(x * x)


@writing(array(4), number(), tags="loop over written array")
def writes_ahead_of_the_loop(x, b):
    total = 0.0
    for i, v in enumerate(x):
        x[(i + 1) % 4] += v * b
        total += v * v
    return total


@program(number(), number(), tags="pop of a display")
def pops_from_a_display_with_a_constant(a, b):
    items = [0.8, a]
    c = items.pop()
    items.append(c * b)
    return c * items.pop() + items[0]


@writing(array(5, low=-1.0, high=1.0), number(), tags="mask that changes by the write")
def mask_that_its_own_write_changes(x, b):
    x[x < 0.1] *= b - 3.0
    return np.sum(x * x)


@program(number(), number(), tags="pop last use")
def pop_is_the_last_use_of_its_list(a, b):
    items = [0.8, a * b]
    c = items.pop()
    return c * b


@program(array(3), array(4, 3, low=-1.0, high=1.0), tags="where before a running sum")
def where_after_a_running_sum(x, z):
    paths = np.exp(np.cumsum(0.3 * x * z, axis=0))
    pay = np.maximum(1.1 - paths[-1], 0.0)
    for t in range(2, -1, -1):
        now = np.maximum(1.1 - paths[t], 0.0)
        pay = np.where(now > 0.5 * pay, now, 0.9 * pay)
    return pay.mean()


@program(array(4), tags="select")
def first_of_several_choices(x):
    return np.sum(np.select([x > 1.2, x > 0.8], [x * x, np.sqrt(x)], 0.1))


@program(array(4), array(4), tags="weights", autograd=False)
def average_by_weights(x, w):
    return np.average(x, weights=w * w)


@program(array(4), array(3), tags="list where an array is meant", autograd=False, jax=False)
def lists_in_place_of_arrays(x, w):
    items = [v * v if v > 1.0 else v for v in x]
    pair = (w[0], 2.0 * w[1], w[2])
    return np.sum(items) * np.mean(pair) + np.max(items) + np.linalg.norm(pair) + np.sum(w * pair) + w @ pair


@program(array(4), tags="list that grows before it becomes an array", jax=False)
def appended_then_array(x):
    items = []
    for v in x:
        items.append(np.sin(v))
    return np.var(np.array(items)) + np.average(items, weights=x)


@program(array(3), tags="two comprehensions with one variable")
def comprehension_around_a_generator_of_a_callee(x):
    def total(p):
        return sum(v * p for v in x)

    table = {k: v * total(1.5) for k, v in enumerate(x)}
    return table[0] * table[2]


@writing(array(3), tags="array without dimensions")
def array_without_dimensions_in_place(x):
    s = np.zeros(())
    for v in x:
        s += v * v
    s[...] = s * x[2]
    t = x[0:1].reshape(())
    t *= s
    return s * x[0]


@writing(array(4), tags="loop that the result does not see writes in place")
def array_changed_by_a_loop_without_adjoint(x):
    u = np.tanh(np.dot(x, x) * 0.2)
    k = 0
    while k < 2:
        k += 1
        x += 0.5
        x[1] = 0.5 * k
    return u


@writing(array(4), array(4), tags="loop that the result does not see binds and writes")
def array_bound_and_changed_by_a_loop_without_adjoint(x, y):
    v = np.sum(x * x * y)
    for i in range(3):
        y[0] = 2.0
        x = y.copy()
        x += i
        y *= 0.5
    return v


@writing(array(4), tags="bound anew and changed in one trip")
def array_bound_and_changed_in_each_trip(x):
    v = np.sum(np.sin(x))
    for i in range(3):
        if i != 1:
            x += 0.5
        v += np.sum(x * x)
        x = np.cos(x)
        x[1] *= v
    x *= 2.0
    return v


@writing(number(), array(4), number(), tags="number or array changed in place beside a second name")
def number_or_array_scaled_and_renamed(a, y, b):
    y[::2] **= 3
    total = np.cos(a)
    if b > 0.0:
        total = y.copy()
    total *= np.cos(a)
    total = total + y
    other = total
    return np.sin(total[-2]) + np.sum(total * other)


@writing(number(), array(4), number(), tags="view or copy, chosen by a branch")
def end_or_copied_start(a, x, b):
    v = x[-3:] if b > 0.0 else x[:3].copy()
    v -= np.sin(a)
    return np.sum(v * v)


@program(number(), array(3), number(), tags="variable without value on one path")
def bound_on_one_path_alone(a, x, b):
    if b < 0.0:
        v = x * x
    return np.sum(v) if b < 0.0 else a * x[0]


@program(number(), array(3), tags="value of the trip before", jax=False)
def value_of_the_trip_before(a, x):
    s = a
    for i in range(len(x)):
        if i > 0:
            s += np.sum(v * v)  # noqa: F821
        v = x * i * a
    return s


@program(array(4), number(), tags="number or array of which a slice is read", autograd=False, jax=False)
def number_or_array_then_slice(x, b):
    base = np.cos(x[0])
    total = base
    if b > 0.0:
        total = x.copy()
    total *= b
    total = total + x
    v = total[1::2]
    return np.sum(v * v)


class Tank:
    def __init__(self, level, rate):
        self.level = level
        self.rate = rate


@program(array(4), array(2), writes=True, tags="numbers taken out of memory", autograd=False, jax=False)
def numbers_taken_out_of_memory(x, y):
    first, *rest = x
    product = first * rest[-1]
    level = Tank(x, 0.5).level
    level[-2] *= y[1]
    x[0] = 5.0
    return np.sum(x * x) + product
