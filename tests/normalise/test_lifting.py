from __future__ import annotations

from random import Random

import gast
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from srcgrad.errors import UnsupportedError
from srcgrad.normalise import expand_comprehensions, expand_conditional, hoist, normalise
from srcgrad.normalise.normalise import names_of
from tests.normalise.normal_form import assert_normal_form
from tests.normalise.random_expressions import ExpressionWriter
from tests.normalise.running import assert_same, assert_text, function_tree, text_of

MANY = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def is_pure(call: gast.Call) -> bool:
    """Whether a call in these tests has no effects: NumPy's, and some of Python's."""
    head = call.func.value if isinstance(call.func, gast.Attribute) else call.func
    return isinstance(head, gast.Name) and head.id in {"np", "range", "len", "zip"}


def calls(*wanted: str):
    """The calls of these functions."""
    return lambda node: isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id in wanted


def everything(node: gast.AST) -> bool:
    return True


def hoisted(text: str, *wanted: str) -> gast.FunctionDef:
    tree = normalise(function_tree(text))
    result = hoist(tree, calls(*wanted), names_of(tree), is_pure=is_pure)
    assert_normal_form(result)
    return result


HOISTED = {
    "operand": ("z = np.sin(y) * g(x)", "sin_y = np.sin(y)\ng_x = g(x)\nz = sin_y * g_x"),
    "whole right side": ("z = g(g(x))", "g_x = g(x)\nz = g(g_x)"),
    "statement": ("g(x)", "g(x)"),
    "unpacking": ("p, q = g(x)", "p, q = g(x)"),
    "element": ("z[0] = g(x)", "g_x = g(x)\nz[0] = g_x"),
    "call before": ("z = f(y) + g(x)", "f_y = f(y)\ng_x = g(x)\nz = f_y + g_x"),
    "element before": ("z = y[0] + g(x)", "y_item = y[0]\ng_x = g(x)\nz = y_item + g_x"),
    "call after": ("z = g(x) + f(y)", "g_x = g(x)\nz = g_x + f(y)"),
    "method": ("z = g(x).sum()", "g_x = g(x)\nz = g_x.sum()"),
    "only if": ("z = g(x) if y else 1.0", "if y:\n    z = g(x)\nelse:\n    z = 1.0"),
    "part of either": (
        "z = g(x) + 1 if y else x",
        "if y:\n    g_x = g(x)\n    z = g_x + 1\nelse:\n    z = x",
    ),
    "and": (
        "if x and g(y):\n    z = 1",
        "condition = x\nif condition:\n    condition = g(y)\nif condition:\n    z = 1",
    ),
    "chain": (
        "z = x < y < g(x)",
        "middle = y\nz = x < middle\nif z:\n    g_x = g(x)\n    z = middle < g_x",
    ),
    "while": (
        "while g(x) > 0:\n    x = x - 1",
        "while True:\n    g_x = g(x)\n    if g_x > 0:\n        x = x - 1\n    else:\n        break",
    ),
    "comprehension": (
        "z = [g(v) + 1 for v in x]",
        "z = []\nfor v in x:\n    g_v = g(v)\n    z.append(g_v + 1)",
    ),
    "lambda": ("z = lambda t: g(t) + 1", "z = lambda t: g(t) + 1"),
    "old value": ("x[0] += g(x)", "x_item = x[0]\ng_x = g(x)\nx_item += g_x\nx[0] = x_item"),
}


def body(text: str) -> str:
    """A function with these lines in it."""
    return "\n".join(["def f(x, y, z):", *("    " + line for line in text.split("\n")), "    return z"])


@pytest.mark.parametrize("name", HOISTED)
def test_hoist(name: str) -> None:
    before, after = HOISTED[name]
    assert_text(hoisted(body(before), "g"), body(after))


def test_hoist_of_pure_calls_leaves_the_others() -> None:
    tree = function_tree(body("z = np.sin(y[0]) * g(x) + x[0]"))
    result = hoist(tree, calls("g"), names_of(tree), is_pure=everything)
    assert_text(result, body("g_x = g(x)\nz = np.sin(y[0]) * g_x + x[0]"))


EXPANDED = {
    "list": ("z = [v * v for v in x if v]", "z = []\nfor v in x:\n    if v:\n        z.append(v * v)"),
    "reads its target": (
        "z = [v * z[0] for v in x]",
        "items = []\nfor v in x:\n    items.append(v * z[0])\nz = items",
    ),
    "clashing variable": ("z = [y for y in x]", "z = []\nfor y_ in x:\n    z.append(y_)"),
    "dictionary": ("z = {v: 2 * v for v in x}", "z = {}\nfor v in x:\n    z[v] = 2 * v"),
    "sum": ("z = sum(v * v for v in x)", "z = 0\nfor v in x:\n    z = z + v * v"),
    "sum from": ("z = sum((v for v in x), 0.5)", "z = 0.5\nfor v in x:\n    z = z + v"),
    "max": ("z = max(2 * v for v in x)", "items = []\nfor v in x:\n    items.append(2 * v)\nz = max(items)"),
    "any": (
        "z = any(v > 1 for v in x)",
        "z = False\nfor v in x:\n    if v > 1:\n        z = True\n        break",
    ),
    "nested": (
        "z = [[v * w for v in x] for w in y]",
        "z = []\nfor w in y:\n    items = []\n    for v in x:\n        items.append(v * w)\n    z.append(items)",
    ),
    "unpacking": (
        "z = [a * b for i, (a, b) in enumerate(x)]",
        "z = []\nfor i, a_b in enumerate(x):\n    a, b = a_b\n    z.append(a * b)",
    ),
}


@pytest.mark.parametrize("name", EXPANDED)
def test_expand_comprehensions(name: str) -> None:
    before, after = EXPANDED[name]
    tree = normalise(function_tree(body(before)))
    result = expand_comprehensions(tree, everything, names_of(tree), is_pure=is_pure)
    assert_text(result, body(after))
    assert_normal_form(result)


def test_a_generator_that_is_run_through_elsewhere_is_refused() -> None:
    tree = function_tree("def f(x):\n    return other(g(v) for v in x)")
    with pytest.raises(UnsupportedError):
        expand_comprehensions(tree, everything, names_of(tree))


def test_expand_conditional() -> None:
    tree = function_tree(body("z = x if x > 1 else y if y > 1 else 0.0\ny = x or z\nx[0] = 1 if y else 2"))
    result = expand_conditional(tree, everything, names_of(tree))
    expected = """
        if x > 1:
            z = x
        elif y > 1:
            z = y
        else:
            z = 0.0
        y = x
        if not y:
            y = z
        if y:
            x[0] = 1
        else:
            x[0] = 2"""
    assert_text(result, "def f(x, y, z):\n" + expected.replace("\n        ", "\n    ").strip("\n") + "\n    return z")


def test_nothing_wanted_nothing_changed() -> None:
    tree = normalise(function_tree(body("z = [g(v) for v in x] if y else sum(v for v in x)")))
    assert hoist(tree, calls("h"), names_of(tree)) is tree


PASSES = {
    "hoist": lambda tree, wanted: hoist(tree, wanted, names_of(tree)),
    "comprehensions": lambda tree, wanted: expand_comprehensions(tree, wanted, names_of(tree)),
    "conditional": lambda tree, wanted: expand_conditional(tree, wanted, names_of(tree)),
}


@MANY
@given(st.randoms(use_true_random=False), st.lists(st.sampled_from(sorted(PASSES)), min_size=1, max_size=3))
def test_random_programs(random: Random, names: list[str]) -> None:
    source = ExpressionWriter(random).function()
    tree = normalise(source)
    for name in names:
        probability = random.choice([0.1, 0.3, 1.0])
        kinds = (gast.Call,) if random.random() < 0.5 else (gast.Call, gast.BinOp, gast.Subscript)
        decided: dict[int, tuple[gast.AST, bool]] = {}

        def wanted(node: gast.AST) -> bool:
            if id(node) not in decided:
                decided[id(node)] = node, random.random() < probability and (name != "hoist" or isinstance(node, kinds))
            return decided[id(node)][1]

        before = gast.dump(tree)
        try:
            after = PASSES[name](tree, wanted)
        except UnsupportedError:
            continue
        assert gast.dump(tree) == before
        tree = after
    assert_normal_form(tree)
    assert_same(source, tree, 1, 2, [3, 4, 5], seeds=4)


@MANY
@given(st.randoms(use_true_random=False), st.sampled_from(sorted(PASSES)))
def test_idempotent(random: Random, name: str) -> None:
    tree = normalise(ExpressionWriter(random).function())
    wanted = calls("visit", "write") if name == "hoist" else everything
    try:
        once = PASSES[name](tree, wanted)
    except UnsupportedError:
        return
    assert text_of(PASSES[name](once, wanted)) == text_of(once)
