"""Which variables vary with the parameters and matter for the result, at each point of small functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from srcgrad.analyse.activity import Activity, activity
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.kinds import infer, kind_of
from srcgrad.differentiate.needed import statements_of
from srcgrad.syntax.build import parameter_names
from srcgrad.syntax.printer import print_tree
from tests.analyse.observing import Programs


class Seen:
    """The activity of a function, asked by the first line of each statement."""

    def __init__(self, function: Callable[..., Any], *arguments: Any, wrt: str = "x") -> None:
        program = Programs()
        tree = program.body(function)
        given = {name: kind_of(value) for name, value in zip(parameter_names(tree.args), arguments)}
        kinds = infer(tree, function, given, program)
        result = tree.body[-1]
        assert isinstance(result, gast.Return) and result.value is not None
        self.found: Activity = activity(tree, kinds, wrt.split(), dependencies(result.value, kinds))
        self.statements = {print_tree(node).splitlines()[0]: node for node in statements_of(tree.body)}

    def before(self, line: str) -> set[str]:
        """The active variables before the statement that begins so."""
        return set(self.found.before(self.statements[line]))

    def after(self, line: str) -> set[str]:
        """The active variables after it."""
        return set(self.found.after(self.statements[line]))

    def head(self, line: str) -> set[str]:
        """The active variables between two trips of a loop."""
        return set(self.found.head(self.statements[line]))


def straight(x, w):
    a = x * w
    b = w * 2.0
    a = a + b
    c = np.sin(a)
    unused = a * a
    return c


def test_straight_line():
    seen = Seen(straight, 1.0, 2.0)
    assert seen.before("a = x * w") == {"x"}
    assert seen.after("a = x * w") == {"a"}
    assert seen.after("b = w * 2.0") == {"a"}, "b does not vary with x"
    assert seen.after("c = np.sin(a)") == {"c"}, "a does not matter any more"
    assert seen.after("unused = a * a") == {"c"}


def test_other_parameters_are_active_when_asked_for():
    seen = Seen(straight, 1.0, 2.0, wrt="x w")
    assert seen.before("a = x * w") == {"x", "w"}
    assert seen.after("b = w * 2.0") == {"a", "b"}


def overwritten(x):
    a = x * x
    a = 1.0
    b = a * x
    return b


def test_constants_end_activity():
    seen = Seen(overwritten, 1.0)
    assert seen.after("a = x * x") == {"x"}
    assert seen.after("a = 1.0") == {"x"}


def not_differentiable(x):
    k = int(x)
    n = np.floor(x)
    m = len([x, x])
    return x * k * n * m


def test_integers_and_steps_carry_nothing():
    seen = Seen(not_differentiable, 1.5)
    for line in ("k = int(x)", "n = np.floor(x)"):
        assert seen.after(line) == {"x"}


def branches(x, flag):
    if flag:
        a = x * 2.0
        b = 1.0
    else:
        a = 3.0
        b = x
    return a


def test_branches_are_joined():
    seen = Seen(branches, 1.0, True)
    assert seen.after("if flag:") == {"a"}
    assert seen.after("a = x * 2.0") == {"a"}
    assert seen.after("a = 3.0") == set()
    assert seen.after("b = x") == set(), "b does not matter"


def passed_on(x, n):
    a = 0.0
    b = 0.0
    c = 0.0
    for i in range(n):
        c = b
        b = a
        a = a + x
    return c


def test_loops_reach_a_fixed_point():
    seen = Seen(passed_on, 1.0, 5)
    assert seen.head("for i in range(n):") == {"a", "b", "c", "x"}
    assert seen.before("a = 0.0") == {"x"}, "nothing has varied before the first trip"
    assert seen.after("for i in range(n):") == {"c"}


def trailing(x, n):
    total = 0.0
    last = 0.0
    for i in range(n):
        total = total + x * i
        last = total * 2.0
    return total


def test_what_a_loop_leaves_unread_is_not_active():
    assert "last" not in Seen(trailing, 1.0, 3).head("for i in range(n):")


def over_items(x):
    total = 0.0
    for i, value in enumerate(x):
        weight = i * 2.0
        total += weight * value
    return total


def test_targets_of_loops():
    seen = Seen(over_items, np.ones(3))
    assert seen.before("weight = i * 2.0") == {"x", "value", "total"}


def writes(x):
    y = np.zeros(3)
    z = np.zeros(3)
    y[0] = x
    z[0] = x
    z = np.ones(3)
    return np.sum(y) + np.sum(z)


def test_writes_make_an_array_active():
    seen = Seen(writes, 1.0)
    assert seen.after("y = np.zeros(3)") == {"x"}
    assert seen.after("y[0] = x") == {"y"}
    assert "z" not in seen.after("z[0] = x"), "z is replaced before it is read"


def appended(x):
    items = []
    items.append(x * x)
    items.append(1.0)
    return sum(items)


def test_methods_that_change_their_receiver():
    seen = Seen(appended, 1.0)
    assert seen.after("items = []") == {"x"}
    assert seen.after("items.append(x * x)") == {"items"}


def unpacked(x):
    pair = x, 3
    a, k = pair
    return a * k


def test_unpacking_follows_kinds():
    seen = Seen(unpacked, 1.0)
    assert seen.after("a, k = pair") == {"a"}


def from_a_dict(x):
    table = {"a": x, "n": 2}
    return table["a"] * table["n"]


def test_containers_are_active_as_a_whole():
    assert Seen(from_a_dict, 1.0).after('table = {"a": x, "n": 2}') == {"table"}


def caught(x):
    y = x
    try:
        y = y * 2.0
    except ValueError:
        y = x * 3.0
    return y


def test_handlers_may_follow_any_statement():
    seen = Seen(caught, 1.0)
    assert seen.before("try:") == {"x", "y"}
    assert seen.after("try:") == {"y"}
