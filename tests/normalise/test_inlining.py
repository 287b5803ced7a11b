from __future__ import annotations

from random import Random

import gast
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from srcgrad.normalise import InlineBody, hoist, inline_calls, normalise
from srcgrad.normalise.normalise import names_of
from srcgrad.normalise.scopes import completes
from tests.normalise.normal_form import assert_normal_form
from tests.normalise.random_programs import ProgramWriter
from tests.normalise.running import assert_same, assert_text, function_tree, text_of
from tests.normalise.test_lifting import calls, is_pure

MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def bodies_for(tree: gast.FunctionDef, callee: gast.FunctionDef) -> dict[gast.Call, InlineBody]:
    """An InlineBody for every whole call of the callee."""
    parameters = [parameter.id for parameter in callee.args.args]
    bodies = {}
    for node in gast.walk(tree):
        if isinstance(node, (gast.Assign, gast.Expr)) and calls(callee.name)(node.value):
            arguments: dict[str, gast.expr | None] = dict(zip(parameters, node.value.args))
            arguments.update({option.arg: option.value for option in node.value.keywords})
            bodies[node.value] = InlineBody(callee, {key: arguments.get(key) for key in parameters})
    return bodies


def inlined(caller: str, callee: str, pure=is_pure) -> gast.FunctionDef:
    tree, body = normalise(function_tree(caller)), normalise(function_tree(callee), allow_nonlocal=True)
    tree = hoist(tree, calls(body.name), names_of(tree), is_pure=pure)
    return inline_calls(tree, bodies_for(tree, body), names_of(tree), pure)


CELL = "def cell(h, x, W):\n    return np.tanh(W @ h + x)"
CLIP = "def clip(v, top=1.0):\n    if v > top:\n        return top\n    return v"
TOTAL = "def total(x, w):\n    s = 0.0\n    for i in range(len(x)):\n        s += w * x[i]\n    return s"
STEP = "def step(x, n):\n    x = x + n\n    x[0] = 1.0\n    return x"

INLINED = {
    "one expression": (CELL, "h = cell(h, x[0], W)", "h = np.tanh(W @ h + x[0])"),
    "argument of unknown effects": (CELL, "h = cell(h, other(W), W)", "x_ = other(W)\nh = np.tanh(W @ h + x_)"),
    "default": (CLIP, "y = clip(h)", "if h > 1.0:\n    y = 1.0\nelse:\n    y = h"),
    "argument read twice": (CLIP, "y = clip(2 * h, W)", "v = 2 * h\nif v > W:\n    y = W\nelse:\n    y = v"),
    "result built up in the target": (TOTAL, "h = total(x, W)", "h = 0.0\nfor i in range(len(x)):\n    h += W * x[i]"),
    "target that is an argument": (
        TOTAL,
        "h = total(x, h)",
        "s = 0.0\nfor i in range(len(x)):\n    s += h * x[i]\nh = s",
    ),
    "parameter assigned": (STEP, "y = step(x, 2)", "y = x\ny = y + 2\ny[0] = 1.0"),
    "parameter assigned, names taken": (STEP, "x = step(x, 2)", "x_ = x\nx_ = x_ + 2\nx_[0] = 1.0\nx = x_"),
    "statement": (STEP, "step(x, 2)", "x_ = x\nx_ = x_ + 2\nx_[0] = 1.0"),
}


@pytest.mark.parametrize("name", INLINED)
def test_inline(name: str) -> None:
    callee, before, after = INLINED[name]

    def caller(lines: str) -> str:
        return "\n".join(["def f(h, x, W):", *("    " + line for line in lines.split("\n")), "    return h"])

    result = inlined(caller(before), callee)
    assert_text(result, caller(after))
    assert_normal_form(result)


def test_closures_in_a_loop_keep_their_own_variables() -> None:
    callee = "def make(a):\n    k = a * 2\n    return lambda t: t + k"
    caller = """
        def f(x):
            held = []
            for v in x:
                g = make(v)
                held.append(g)
            return held[0](1.0)
        """
    assert "make(v)" in text_of(inlined(caller, callee))
    once = inlined("def f(x, k):\n    g = make(x)\n    x = k\n    h = make(k)\n    return g(1) + h(1) + x", callee)
    assert_same(function_tree("def f(x, k):\n    return (1 + 2 * x) + (1 + 2 * k) + k"), once, 3, 4)


def test_variables_of_the_function_around() -> None:
    callee = "def step(t):\n    nonlocal count\n    count += 1\n    return t * count"
    caller = "def f(x):\n    count = 0\n    for i in range(3):\n        x = step(x)\n    return x * count"
    expected = caller.replace("x = step(x)", "count += 1\n        x = x * count")
    assert_text(inlined(caller, callee), expected)


def test_free_variables_of_the_callee_can_be_given() -> None:
    tree = normalise(function_tree("def f(x):\n    scale = 2\n    y = g(x)\n    return y * scale"))
    body = function_tree("def g(t):\n    return t * scale")
    call = tree.body[1].value
    given_names = {"t": call.args[0], "scale": gast.parse("g_scale").body[0].value}
    result = inline_calls(tree, {call: InlineBody(body, given_names)}, names_of(tree))
    assert "y = x * g_scale" in text_of(result)


@MANY
@given(st.randoms(use_true_random=False), st.booleans())
def test_random_programs(random: Random, cleaning: bool) -> None:
    callee = ProgramWriter(random, name="callee", cleaning=cleaning).function()
    source = ProgramWriter(random, callee="callee", cleaning=False).function()
    tree, body = normalise(source), normalise(callee)
    tree = hoist(tree, calls("callee"), names_of(tree))
    before = gast.dump(tree), gast.dump(body)
    result = inline_calls(tree, bodies_for(tree, body), names_of(tree))
    assert (gast.dump(tree), gast.dump(body)) == before
    assert "callee(" not in text_of(result)
    if completes(body.body[:-1]):
        assert_normal_form(result)
    assert_same(source, result, 1, 2, [3, 4, 5], seeds=4, callee=text_of(callee))
