"""Functions that srcgrad refuses, each for one reason; ``refused`` tells the message, and what the caret is under.

The line in question carries the mark ``# <-``.
"""

from __future__ import annotations

import copy
import json
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad import grad, stop_gradient


@dataclass(frozen=True)
class Refused:
    """A function, the arguments of a call, and the start of the message that refuses it."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    message: str
    under_caret: str


REFUSED: list[Refused] = []


def refused(message: str, under_caret: str, *arguments: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function into the list."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        REFUSED.append(Refused(function, arguments or (1.5,), message, under_caret))
        return function

    return enter


X = np.array([1.0, 2.0, 3.0])
TABLE = {"weight": 2.0}
ROWS = np.ones(3)


# ---- constructs without a normal form ----


@refused("generators", "yield x * x")
def yields(x):
    yield x * x  # <-


@refused("async functions", "async def awaits(x):")
async def awaits(x):  # <-
    return x * x


@refused("assigning global variables", "global STATE")
def assigns_a_global(x):
    global STATE  # <-
    STATE = x * x
    return STATE * x


@refused("a class defined inside", "class Box:")
def makes_a_class(x):
    class Box:  # <-
        value = x

    return Box.value * x


@refused("alternatives that bind variables", '("up", k) | ("down", k)')
def binds_in_alternatives(x):
    for step in [("up", 2.0), ("down", 3.0)]:
        match step:
            case ("up", k) | ("down", k):  # <-
                x = x * k
    return x


@refused("unpacking into nothing", "()")
def unpacks_into_nothing(x):
    () = []  # <-
    return x * x


@refused("deleting an attribute", "TABLE.weight")
def deletes_an_attribute(x):
    del TABLE.weight  # <-
    return x


@refused("a finally that returns", "return x")
def returns_in_finally(x):
    try:
        x = x * x
    finally:
        return x  # <-


@refused("deleting a differentiated value", "del values[0]")
def deletes_an_element(x):
    values = [x * x, x]
    del values[0]  # <-
    return values[0]


# ---- names and attributes ----


@refused("the name 'undefined' is not defined", "undefined")
def reads_an_undefined_name(x):
    return undefined(x)  # noqa: F821  # <-


@refused("the module numpy has no 'summ'", "np.summ")
def misspells_a_function(x):
    return np.summ(x * x)  # <-


@refused("assigning the shape of an array", "x.shape", np.ones(4))
def assigns_a_shape(x):
    x.shape = (2, 2)  # <-
    return np.sum(x)


@refused("assigning attributes of modules", "np.factor")
def assigns_to_a_module(x):
    np.factor = x  # <-
    return np.factor * x


@refused("this way to change", "setattr(holder, name, x)", 1.5, "a")
def sets_an_unknown_attribute(x, name):
    holder = Holder()
    setattr(holder, name, x)  # <-
    return holder.a * x


class Holder:
    """Has an attribute."""

    def __init__(self):
        self.a = 1.0


@refused("an array of 1 dimension has no attribute 'summ'", "x.summ", X)
def misspells_a_method(x):
    return x.summ()  # <-


class Scale:
    """Has a factor."""

    def __init__(self):
        self.factor = 2.0


@refused("Scale objects have no attribute 'faktor'", "scale.faktor")
def misspells_an_attribute(x):
    scale = Scale()
    return scale.faktor * x  # <-


@refused("loads has no derivative rule", "json.loads(json.dumps(x))")
def sends_a_number_through_text(x):
    return json.loads(json.dumps(x)) * x  # <-


@refused("this joins a number and a text", 'x + "a"')
def adds_a_text(x):
    return x + "a"  # <-


@refused("'x' is a number, which cannot be called", "x(2.0)")
def calls_a_number(x):
    return x(2.0)  # <-


@refused("a text has no derivative", 'f"{x}"')
def returns_a_formatted_text(x):
    return f"{x}"  # <-


@refused("a function that is made in a comprehension reads", "lambda v: v * k")
def binds_late_in_a_comprehension(x):
    functions = [lambda v: v * k for k in range(3)]  # <-
    return functions[0](x) * functions[1](x)


# ---- calls ----


def two(x, y):
    return x * y


@refused("in this call, the argument 'y' is missing", "two(x)")
def forgets_an_argument(x):
    return two(x)  # <-


@refused("in this call, 3 positional arguments", "two(x, x, x)")
def gives_too_many_arguments(x):
    return two(x, x, x)  # <-


@refused("in this call, there is no parameter 'z'", "two(x, x, z=x)")
def gives_a_wrong_keyword(x):
    return two(x, x, z=x)  # <-


@refused("in this call, there are two values", "two(x, x=x)")
def gives_an_argument_twice(x):
    return two(x, x=x)  # <-


@refused("<lambda> (vectorized) has no derivative rule", "opaque(x)")
def calls_without_rule(x):
    return opaque(x) * 2.0  # <-


opaque = np.frompyfunc(lambda value: value * value, 1, 1)


@refused("the function that is differentiated here", "grad(table[int(x > 0.0)])")
def differentiates_inside(x):
    table = [lambda t: t * x, lambda t: t + x]
    return grad(table[int(x > 0.0)])(x) * x  # <-


@refused("this writes into 'seen'", "seen[0]")
def differentiates_what_writes(x):
    seen = np.zeros(1)

    def remember(t):
        seen[0] = t  # <-
        return t * t * x

    return grad(remember)(x) + seen[0]


# ---- control flow ----


@refused("a differentiated value is computed under a handler", "try:")
def goes_on_after_an_exception(x):
    try:  # <-
        y = np.sqrt(x)
    except ValueError:
        y = x * x
    return y * x


class Strict:
    """Changes what it holds, and looks at exceptions."""

    def __init__(self):
        self.count = 0

    def __enter__(self):
        self.count = 1
        return self

    def __exit__(self, kind, error, traceback):
        return kind is ValueError


@refused("a context manager that changes values, and looks at exceptions", "with Strict() as strict:")
def enters_a_manager_that_ends_exceptions(x):
    with Strict() as strict:  # <-
        y = x * x * strict.count
    return y


@refused("next has no derivative rule", "next(values, 0.0)", X)
def runs_over_an_iterator(x):
    total = 0.0
    values = iter(x)
    for value in values:
        total += value * next(values, 0.0)  # <-
    return total


# ---- writes ----


@refused("this writes into 'ROWS'", "ROWS[0]", X)
def writes_into_a_global(x):
    ROWS[0] = x[0]  # <-
    return np.sum(ROWS * x)


@refused("this writes into 'TABLE'", 'TABLE["weight"]')
def writes_into_a_global_dict(x):
    TABLE["weight"] = x * x  # <-
    return TABLE["weight"] * x


@refused("this way to change a container", "values.sort()")
def sorts_a_list(x):
    values = [x * x, x]
    values.sort()  # <-
    return values[0] * values[1]


@refused("what this gives in a with statement may share", 'np.nditer(x, op_flags=["readwrite"])', X)
def writes_through_an_iterator(x):
    with np.nditer(x, op_flags=["readwrite"]) as items:  # <-
        for item in items:
            item[...] = np.sin(item)
    return np.sum(x)


@refused("this writes into 'x' by a call", "np.copyto(x[x > 0.0], 3.0)", np.ones(3))
def writes_into_a_copy_of_elements(x):
    np.copyto(x[x > 0.0], 3.0)  # <-
    return np.sum(x * x)


@refused("this writes into 'y' by a call", "y.resize((2, 2), refcheck=False)", X)
def resizes(x):
    y = x * x
    y.resize((2, 2), refcheck=False)  # <-
    return np.sum(y)


@refused("this call may write into an array", "operator.iconcat(x, x)", X)
def operator_of_unknown_effect(x):
    operator.iconcat(x, x)  # <-
    return np.sum(x)


@refused("a function that writes into 'x' is called", "map(lambda i: x.__setitem__(i, 2.0), range(2))", X)
def library_function_calls_what_writes(x):
    list(map(lambda i: x.__setitem__(i, 2.0), range(2)))  # <-
    return np.sum(x * x)


@refused("assigning a slice of a list that has other names", "values[1:2] = [x, x * x]")
def assigns_a_slice_of_a_list_with_two_names(x):
    values = [x, x * x]
    others = values
    values[1:2] = [x, x * x]  # <-
    return others[0] * others[2]


class Momentum:
    """A number that becomes an array, kept in a list as well."""

    def __init__(self):
        self.value = 0.0
        self.history = []


@refused("'state.value' may be a number or an array", "state.value", X)
def keeps_a_number_that_becomes_an_array(x):
    state = Momentum()
    for _ in range(3):
        state.value = state.value * 0.9 + x
        state.history.append(state.value)  # <-
    return np.sum(state.history[0] * state.history[1])


@refused("this shows memory that is written into as numbers of another type", "x.view(np.int64)", X)
def writes_into_the_bits(x):
    bits = x.view(np.int64)  # <-
    bits[0] = 0
    return np.sum(x * x)


@refused("a differentiated value is put into an array of records", "x", X)
def writes_into_records(x):
    table = np.zeros(3, dtype=[("position", float), ("speed", float)])
    table["position"] = x  # <-
    return np.sum(table["position"] ** 2)


@refused("a differentiated value is put into an array of records or objects", "x", X)
def writes_into_an_array_of_objects(x):
    table = np.empty(2, dtype=object)
    table[0] = x  # <-
    return np.sum(table[0] ** 2)


@refused("'z' is a constant", "stop_gradient(y)", X)
def writes_into_what_is_stopped(x):
    y = 2.0 * x
    z = stop_gradient(y)  # <-
    z[0] = x[1]
    return np.sum(y * x)


# ---- results ----


@refused("the result is a tuple of 2 values", "return x, x")
def returns_two(x):
    return x, x  # <-


@refused("the function returns None", "x * x")
def returns_nothing(x):
    x * x  # <-


@refused("the result is complex", "return x * 1j")
def returns_a_complex_number(x):
    return x * 1j  # <-


@refused("the result is an integer", "return int(x)")
def returns_an_integer(x):
    return int(x)  # <-


@refused("the result is a text", 'return "text"')
def returns_text(x):
    return "text"  # <-


@refused("the result is an array of 2 dimensions", "return np.ones((2, 3)) * x", np.ones((2, 3)))
def returns_a_matrix(x):
    return np.ones((2, 3)) * x  # <-


# ---- expressions ----


@refused("two keys of this dict may be equal", "first", 1.5, "a", "b")
def may_have_equal_keys(x, first, second):
    table = {first: x, second: x * x}  # <-
    return table[first]


@refused("two has no derivative rule", "two(*values)")
def passes_an_unknown_number(x):
    values = [x for _ in range(int(x) + 1)]
    return two(*values)  # <-


@refused("it is not clear before the run what 'two_x' holds here", "two(x, **options)")
def passes_unknown_keywords(x):
    options = {}
    for name in "y":
        options[name] = x
    return two(x, **options)  # <-


@refused("a parameter called 'np'", "def takes_np(np):")
def takes_np(np):  # <-
    return np * np


@refused("unpacking a differentiated value into a variable", "x, y = np.sin(x)", np.ones(2))
def unpacks_into_itself(x):
    x, y = np.sin(x)  # <-
    return x * y


@refused("deleting a differentiated value", "del values[:1]")
def deletes_a_slice(x):
    values = [x, x * x, x]
    del values[:1]  # <-
    return values[0]


@refused("the result is", "return x > 1.0")
def returns_a_truth(x):
    return x > 1.0  # <-


@refused("this loop runs over differentiated values", "pairs")
def runs_twice_over_a_generator(x):
    values = (x * value for value in [1.0, 2.0])
    pairs = zip(values, values)
    return sum(left * right for left, right in pairs)  # <-


@refused("what an assignment to the attribute", "shelf.size = x")
def assigns_a_property(x):
    shelf = Shelf()
    shelf.size = x  # <-
    return shelf.size * x


class Shelf:
    """A size that is stored in its own way."""

    def __init__(self):
        self.kept = 1.0

    @property
    def size(self):
        return self.kept

    @size.setter
    def size(self, value):
        self.kept = 2.0 * value


@refused("this way to change a container", "setattr(holder, name, x)", 1.5, ["a"])
def sets_one_of_several_attributes(x, names):
    holder = Holder()
    for name in names:
        setattr(holder, name, x)  # <-
    return holder.a * x


@refused("percentile is not differentiated with respect to 'q'", "np.percentile(ROWS, x)")
def varies_a_percentile(x):
    return np.percentile(ROWS, x)  # <-


@refused("add(*...) with differentiated values", "np.add(*pair)")
def passes_a_list_to_a_rule(x):
    pair = []
    for k in range(2):
        pair.append(x * k)
    return np.add(*pair)  # <-


@refused("extending a list", "values *= 2")
def repeats_in_place(x):
    values = [x, x * x]
    values *= 2  # <-
    return values[3] * values[0]


@refused("a number is read from a text", 'float(f"{x}")')
def reads_a_number_from_a_text(x):
    return float(f"{x}") * x  # <-


@refused("a number is read from a text", "float(text)")
def reads_a_number_from_a_text_in_a_variable(x):
    text = f"{x}"
    return float(text) * x  # <-


# ---- copies of objects ----


class Held:
    def __init__(self, a, b):
        self.a = a
        self.b = b


@refused("a copy of an object that is written into", "other = copy.copy(held)")
def copies_an_object(x):
    held = Held(x * 1.0, np.ones(2) * x)
    other = copy.copy(held)  # <-
    other.b *= 2.0
    return np.sum(held.b * other.b) * other.a


@refused("a slice of a list of numbers that has several names and is changed", "values[1:]")
def slices_a_list_with_two_names(x):
    values = [x * 2.0, x * x]
    other = values
    other.append(3.0 * x)
    part = values[1:]  # <-
    part[0] = part[1] * x
    return part[0] * part[1] + other[0]
