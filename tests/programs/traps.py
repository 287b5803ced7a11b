"""Programs that are easy to get wrong: bounds and indices that change later, names that collide, kinds that change."""

from __future__ import annotations

import logging
import math

import numpy as np

from tests.programs.program import array, drawn, number, numbers, program

log = logging.getLogger(__name__)


@program(array(4), 4, argnums=0, tags="bound changed")
def bound_changes_after_the_loop(x, n):
    total = 0.0
    for i in range(n):
        total = np.sin(total) + x[i] ** 2
    n = 2
    for i in range(n):
        total *= x[i]
    return total * n


@program(array(5), 5, argnums=0, tags="bound changed inside")
def bound_changes_inside_the_loop(x, n):
    total = 1.0
    for i in range(n):
        total = total * x[i] + 1.0
        n = i
    return total + n


@program(array(5), tags="index changed")
def index_changes_after_use(x):
    k = 1
    a = x[k] * x[k + 1]
    k = 3
    a = a * x[k]
    k += 1
    return a * a + x[k]


@program(array(6), tags="loop variable changed")
def loop_variable_is_changed(x):
    total = 0.0
    for i in range(5):
        if i % 2:
            i = i - 1
        total = total * 0.5 + x[i] * x[i + 1]
    return total * total


@program(array(4), tags="index array changed")
def index_array_changes(x):
    index = np.array([0, 1, 3])
    a = np.sum(x[index] ** 2)
    index = index[::-1] - 1
    b = x[index]
    return a * b[0] + b[1] * b[2]


@program(numbers(3), tags="list changed")
def list_changes_while_its_length_is_used(values):
    total = 0.0
    for i in range(len(values)):
        total = total * values[i] + np.sin(values[-1])
        values = values + [total]
    return total * len(values)


@program(number(), number(), tags="name collision")
def names_that_collide(x, x_bar):
    y = x * x_bar
    y_bar = y * y
    total_bar = y_bar + x
    x_tape = total_bar
    for s in range(3):
        x_tape = np.sin(x_tape) * x_bar
    value = result = records = x_tape * y_bar
    return value + result * records


@program(number(), number(), tags="name collision")
def builtin_names(x, y):
    sum = x * y
    max = sum * sum
    list = max + x
    for id in range(3):
        list = list * y
    return list - sum


@program(number(), number(), tags="parameter names")
def parameters_called_out(out, accumulate):
    return out * out * accumulate


@program(number(), array(3), tags="kind changes")
def kinds_change(x, v):
    y = x * 2.0
    y = y * v
    z = np.sum(y)
    y = z * x
    v = v[0] * y
    return v + y


@program(array(3), tags="unpacking array")
def unpacks_an_array(x):
    a, b, c = x
    (p, q), r = x[:2] * 2.0, x[2]
    first, *rest = x
    return a * b + c * p - q * r + first * rest[-1]


@program(array(6), slice(1, 4), argnums=0, tags="slice object")
def slice_objects(x, where):
    inner = x[where]
    outer = x[slice(None, None, 2)]
    return np.dot(inner, outer)


@program(array(6), tags="negative step")
def negative_steps(x):
    return np.sum(x[::-2] * x[4:1:-1]) + x[-1:-3:-1][1] * x[::3][0]


@program(array(3, 4), tags="chained index", jax=False)
def chained_indices(A):
    return A[1][2] * A[0:2][1][-1] + A[A[:, 0] > 0][2, 1] ** 2 + A[[2, 0]][0][1:3].sum() * A[1, 1:][0]


@program(array(5), tags="index from data")
def index_from_the_data(x):
    k = x.argmax()
    j = int(np.floor(2.0 * x[0])) % 5
    return x[k] * x[j - 1] + x[np.argmin(x)] ** 2


@program(array(4, low=-1.0, high=1.0), tags="where singular")
def singular_side_not_taken(x):
    y = np.where(x > 0, np.sqrt(np.abs(x)), 0.0)
    z = np.where(x > 0.0, np.log(np.where(x > 0.0, x, 1.0)), x * x)
    return np.sum(y) + np.sum(z)


@program(array(3), tags="same names in two loops")
def two_loops_tape_one_name(x):
    s = 0.0
    for i in range(3):
        s = np.sin(s + x[i])
    t = s
    for i in range(2, -1, -1):
        s = np.cos(s * x[i])
        t = t * s
    return s * t


@program(array(3, 3), tags="inner variable carried")
def inner_state_survives_outer_trips(A):
    s = 0.1
    best = 0.0
    for i in range(3):
        for j in range(3):
            s = np.tanh(s + A[i, j] * best)
            if j == i:
                best = best + s * s
                continue
            if s > 0.9:
                break
            best = best * 0.9 + A[j, i]
        s = s * best
    return s + best


@program(array(3, 4), number(2.4, 2.6), tags="while in for break continue")
def while_in_for(A, limit):
    total = 0.0
    for i in range(3):
        j = 0
        run = 0.0
        while j < 4:
            j += 1
            if j == 2:
                continue
            run = run * 0.8 + A[i, j - 1]
            if run > limit - i:
                break
        else:
            total += run * run
            continue
        total += np.sin(run) * j
    return total


@program(number(), tags="return in with and try", jax=False)
def returns_from_with_and_try(x):
    with np.errstate(divide="ignore"):
        if x > 0.1:
            y = x * x
            try:
                return np.log(y) * x
            finally:
                x = 0.0
    return x


@program(number(), number(), tags="closure late binding")
def closures_bind_late(x, y):
    functions = []
    for k in range(3):

        def scaled(t):
            return t * x + k

        functions.append(scaled)
        x = x * y
    return functions[0](y) * functions[2](1.0)


@program(number(), number(), tags="shadowed parameter")
def loop_shadows_a_parameter(x, y):
    total = x
    for x in (y, 2.0 * y):
        total = total * x
    return total + x


@program(array(3), tags="comprehension scope")
def comprehension_has_its_own_scope(x):
    v = x[0] * x[1]
    total = sum([v * v for v in x])
    return total * v


@program(drawn(lambda rng: np.float64(rng.uniform(0.5, 1.5))), number(), tags="numpy scalar", autograd=False, jax=False)
def numpy_scalars(x, y):
    z = np.float64(2.0) * x * y
    return z.item() * float(x) if z.ndim == 0 else z


@program(drawn(lambda rng: np.array(rng.uniform(0.5, 1.5))), tags="zero-dimensional")
def zero_dimensional_array(x):
    y = x * np.ones(3)
    return np.sum(y * x) + x[()] ** 2


@program(number(), number(), tags="logging")
def logs_values(x, y):
    for i in range(3):
        x = x * y
        log.debug("trip %d: %s", i, x)
    return x


@program(number(), number(), tags="condition overwritten")
def condition_overwritten_in_its_branch(x, y):
    c = x > 0.1
    if c:
        c = False
        x = x * y
    if not c:
        x = np.sin(x)
        y = x * y
    return x * y


@program(number(), 3, tags="loop else variable")
def else_reads_the_last_trip(x, n):
    for i in range(n):
        last = x * (i + 1)
        if last > 100.0:
            break
    else:
        x = last * x
    return x * last


@program(array(4), array(4), tags="many uses")
def one_value_in_many_places(x, y):
    z = x * y
    a = z
    b = z + a
    c = (a, b, z)
    d = [z, c[1]]
    return np.sum(c[0] * d[1]) + np.sum(d[0] * z) + a[0]


@program(number(), number(), tags="zero-trip defined before", autograd=False)
def zero_trips_keep_the_old_value(x, y):
    z = x * y
    for _ in range(int(x * 0.0)):
        z = 5.0 * x
    while z > 1e9:
        z = z * 0.5
    return z * z


@program(number(), number(), tags="power of variables")
def powers_with_active_exponents(x, y):
    z = x**y
    z **= 2
    return z ** (x - y) + 2 ** (x * y) + math.pow(x, 2) + np.power(y, x) + (x * x) ** 0.5


@program(number(), tags="inactive float work")
def inactive_work_between(x):
    table = [math.sin(0.1 * k) for k in range(5)]
    weight = 0.0
    for k, entry in enumerate(table):
        weight += entry * k
        if weight > 1.0:
            weight -= 0.5
    names = {f"w{k}": weight * k for k in range(3)}
    return x * weight + names["w2"] * x**2


@program(array(2, 3), tags="loop over transpose")
def loops_over_expressions(A):
    total = 0.0
    for column in A.T:
        for a in column * 2.0:
            total = total * 0.5 + a * a
    for a, b in zip(A[0], A[1][::-1]):
        total += a * b
    for row in A[::-1]:
        total *= row[0]
    return total


@program(number(), 12, tags="collatz control")
def integer_control_flow(x, n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n //= 2
            x = x * 0.9
        else:
            n = 3 * n + 1
            x = np.sin(x) + 0.01 * n
        steps += 1
    return x * steps


@program(array(3), number(), tags="nested calls of calls")
def same_helper_many_kinds(x, s):
    def poly(t):
        return t * t + t

    return np.sum(poly(x)) * poly(s) + poly(poly(s)) + poly(2) * s


@program(number(), number(), tags="ternary chain")
def nested_conditional_expressions(x, y):
    z = x if y > 10 else y if x > 10 else x * y
    w = (x > y) * x + (x <= y) * y * y
    return z + w
