"""Rules written into code: the value is the rule's own, and the text what a person would write."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gast
import numpy as np
import pytest

import srcgrad.rules
from srcgrad.syntax.build import expression
from srcgrad.syntax.inline import NOT_KNOWN, Inlined, inline_rule
from srcgrad.syntax.names import Names
from srcgrad.syntax.printer import print_tree
from srcgrad.syntax.rule_source import rule_source

FACTOR = 3.0


def know(answers: Mapping[str, Any]) -> Callable[[gast.expr], Any]:
    """A ``fold`` that knows the answers to some questions."""
    return lambda node: answers.get(print_tree(node), NOT_KNOWN)


def inlined(
    rule: Callable[..., Any],
    answers: Mapping[str, Any] = {},
    taken: tuple[str, ...] = (),
    wanted: tuple[int, ...] | None = None,
    **bindings: Any,
) -> Inlined:
    """The rule inlined for bindings given as text or numbers."""
    trees = {name: expression(value) for name, value in bindings.items()}
    result = inline_rule(rule, trees, know(answers), Names(taken), wanted)
    assert result is not None
    return result


def text(result: Inlined) -> list[str]:
    """The statements and results as text."""
    return print_tree(result.statements).splitlines() + [print_tree(one) for one in result.results]


def arctan2(z, y, x):
    r2 = x * x + y * y
    return x / r2, -y / r2


def total(z_bar, z, a, axis=None, *, keepdims=False):
    """The sum."""
    if axis is None or keepdims:
        return z_bar
    return np.expand_dims(z_bar, axis)


def mean(z_bar, z, a, axis=None, *, keepdims=False):
    if np.ndim(a) == 0:
        return z_bar
    if axis is None or keepdims:
        spread = z_bar
    else:
        spread = np.expand_dims(z_bar, axis)
    if axis is None:
        return spread / a.size
    if isinstance(axis, int):
        return spread / a.shape[axis]
    return spread / np.prod([a.shape[one] for one in axis])


def test_shared_variables_become_statements_with_free_names() -> None:
    assert text(inlined(arctan2, z="q", y="b", x="a")) == ["r2 = a * a + b * b", "a / r2", "-b / r2"]
    result = inlined(arctan2, z="q", y="r2", x="a + 1", taken=("r2",))
    assert text(result) == ["r2_ = (a + 1) * (a + 1) + r2 * r2", "(a + 1) / r2_", "-r2 / r2_"]


def test_what_is_used_once_needs_no_name() -> None:
    result = inlined(arctan2, z="q", y="b", x="a", wanted=(1,))
    assert text(result) == ["None", "-b / (a * a + b * b)"]


def test_questions_are_answered_from_literals_and_defaults() -> None:
    assert text(inlined(total, z_bar="s_bar", z="s", a="x")) == ["s_bar"]
    assert text(inlined(total, z_bar="s_bar", z="s", a="x", axis=1)) == ["np.expand_dims(s_bar, 1)"]
    assert text(inlined(total, z_bar="s_bar", z="s", a="x", axis=1, keepdims=True)) == ["s_bar"]
    matrix = {"np.ndim(a)": 2}
    assert text(inlined(mean, matrix, z_bar="m_bar", z="m", a="x")) == ["m_bar / x.size"]
    assert text(inlined(mean, matrix, z_bar="m_bar", z="m", a="x", axis=-1)) == [
        "np.expand_dims(m_bar, -1) / x.shape[-1]"
    ]
    assert text(inlined(mean, matrix, z_bar=1.0, z="m", a="x", axis="(0, 1)", keepdims=True)) == [
        "1.0 / np.prod([x.shape[one] for one in (0, 1)])"
    ]


def test_questions_are_answered_by_the_caller() -> None:
    known = {"np.ndim(a)": 1, "axis": 0, "keepdims": False}
    result = inlined(mean, known, z_bar="m_bar", z="m", a="x", axis="k", keepdims="flag")
    assert text(result) == ["np.expand_dims(m_bar, k) / x.shape[k]"]


def test_an_open_question_cannot_be_inlined() -> None:
    bindings = {name: expression(name) for name in ("z_bar", "z", "a", "axis")}
    assert inline_rule(total, bindings, know({}), Names()) is None
    assert inline_rule(total, bindings, know({"axis is None": False}), Names()) is not None


def test_what_results_need() -> None:
    result = inlined(mean, {"np.ndim(a)": 2}, z_bar="m_bar", z="m", a="x", axis=0)
    assert result.needs(0) == {"z_bar", "a", "axis"}
    assert result.needs_shape_only(0) == {"a"}
    result = inlined(arctan2, z="q", y="b", x="a")
    assert [result.needs(k) for k in (0, 1)] == [{"x", "y"}, {"x", "y"}]


def test_results_are_needed_through_variables_and_tuples() -> None:
    def rule(z_bar, z, a, b, c, d):
        q, r = np.linalg.qr(a)
        unused = d * d
        s, t = b.shape, c
        return q * z_bar, s, t, z

    result = inlined(rule, **{name: name for name in ("z_bar", "z", "a", "b", "c", "d")})
    assert text(result) == ["q, r = np.linalg.qr(a)", "q * z_bar", "b.shape", "c", "z"]
    assert [result.needs(k) for k in range(4)] == [{"z_bar", "a"}, {"b"}, {"c"}, {"z"}]
    assert [result.needs_shape_only(k) for k in range(4)] == [set(), {"b"}, set(), set()]


def test_trivial_factors_go() -> None:
    def rule(z_bar, z, x, y):
        return z_bar * x / y, -z_bar * (x - y) + 0.0, 2.0 * z_bar * x, z_bar * (x / y)

    assert text(inlined(rule, z_bar=1.0, z="z", x="x", y="y")) == ["x / y", "-(x - y)", "2.0 * x", "x / y"]
    assert text(inlined(rule, z_bar="-w", z="z", x="-x", y="y")) == [
        "-w * -x / y",
        "w * (-x - y)",
        "2.0 * -w * -x",
        "-w * (-x / y)",
    ]


def test_conditional_expressions_and_reassigned_parameters() -> None:
    def rule(z_bar, z, x, axis=None, mode="plain"):
        axis = 0 if axis is None else axis
        is_plain = mode == "plain"
        scale = 1.0 if is_plain else FACTOR
        if axis == 0 and is_plain:
            axis = axis + 1
        return scale * z_bar * x.shape[axis]

    assert text(inlined(rule, z_bar="b", z="z", x="x")) == ["b * x.shape[1]"]
    assert text(inlined(rule, z_bar="b", z="z", x="x", mode=gast.Constant("other", None))) == [
        "FACTOR * b * x.shape[0]"
    ]


def test_globals_are_reported_and_may_be_renamed() -> None:
    def rule(z_bar, z, x):
        return np.sin(z_bar) * FACTOR * len(x)

    result = inlined(rule, z_bar="b", z="z", x="x")
    assert result.globals == {"np": np, "FACTOR": FACTOR}
    trees = {name: expression(name) for name in ("z_bar", "z", "x")}
    renamed = inline_rule(rule, trees, know({}), Names(), global_name=lambda name, value: name + "_")
    assert renamed is not None
    assert text(renamed) == ["np_.sin(z_bar) * FACTOR_ * len_(x)"]
    assert renamed.globals == {"np_": np, "FACTOR_": FACTOR, "len_": len}


def test_closures_and_lambdas() -> None:
    factor = 4.0

    def rule(z_bar, z, x):
        return z_bar * factor

    assert inlined(rule, z_bar="b", z="z", x="x").globals == {"factor": 4.0}
    assert text(inlined(lambda z, x: 2.0 * x, z="q", x="p")) == ["2.0 * p"]


def test_variables_are_not_captured_by_comprehensions() -> None:
    def rule(z_bar, z, *operands):
        count = np.size(z)
        return [z_bar * one / count for one in operands]

    result = inlined(rule, z_bar="one", z="z", operands="(u, v)")
    assert text(result) == ["count = np.size(z)", "[one * one_ / count for one_ in (u, v)]"]
    assert not result.is_tuple


def test_bodies_with_control_flow_or_effects_are_called_instead() -> None:
    def loop(z_bar, z, x):
        for _ in x:
            z_bar = z_bar + 1
        return z_bar

    def effect(z_bar, z, x):
        x[0] = 0.0
        return z_bar

    def endless(z_bar, z, x):
        z_bar = 2.0

    def starred(z_bar, z, x):
        return *x, z_bar

    bindings = {name: expression(name) for name in ("z_bar", "z", "x")}
    for rule in (loop, effect, endless, starred):
        assert inline_rule(rule, bindings, know({}), Names()) is None
    assert inline_rule(np.sin, {}, know({}), Names()) is None


def test_a_wrong_binding_is_an_error() -> None:
    with pytest.raises(TypeError, match=r"missing \['x'\], unknown \['q'\]"):
        inline_rule(arctan2, {"z": expression("z"), "y": expression("y"), "q": expression("q")}, know({}), Names())


def test_the_bindings_are_copied() -> None:
    bindings = {name: expression(name) for name in ("z", "y", "x")}
    result = inline_rule(arctan2, bindings, know({}), Names())
    assert result is not None
    nodes = [node for tree in [*result.statements, *result.results] for node in gast.walk(tree) if node._fields]
    assert len(nodes) == len({id(node) for node in nodes})
    assert not {id(node) for node in nodes} & {id(node) for node in bindings.values()}


@pytest.mark.parametrize("axis, keepdims", [(None, False), (0, False), (-1, True), ((0, 1), True)])
def test_inlined_code_computes_what_the_rule_computes(axis: Any, keepdims: bool) -> None:
    a = np.arange(6.0).reshape(2, 3)
    z_bar = np.array(np.mean(a, axis=axis, keepdims=keepdims)) + 1.0
    result = inlined(mean, {"np.ndim(a)": 2}, z_bar="z_bar", z="z", a="a", axis=repr(axis), keepdims=repr(keepdims))
    namespace = {"a": a, "z_bar": z_bar, **result.globals}
    exec(print_tree(result.statements), namespace)
    found = eval(print_tree(result.results[0]), namespace)
    np.testing.assert_array_equal(found, mean(z_bar, None, a, axis, keepdims=keepdims))


def test_a_rule_whose_file_has_changed_is_called_instead(tmp_path: Path) -> None:
    path = tmp_path / "changing_rule.py"
    path.write_text("def rule(z, x):\n    return 2.0 * x\n")
    spec = importlib.util.spec_from_file_location("changing_rule", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path.write_text("def rule(z, x):\n    return 3.0 * x\n")
    bindings = {"z": expression("z"), "x": expression("x")}
    assert inline_rule(module.rule, bindings, know({}), Names()) is None
    spec.loader.exec_module(module)
    assert text(inlined(module.rule, z="z", x="x")) == ["3.0 * x"]


def registered_rules() -> list[Any]:
    """The derivative functions of all modules of rules."""
    found = {}
    for module in pkgutil.walk_packages(srcgrad.rules.__path__, "srcgrad.rules."):
        for value in vars(importlib.import_module(module.name)).values():
            if (
                inspect.isfunction(value)
                and value.__module__ == module.name
                and "." in module.name[len("srcgrad.rules.") :]
            ):
                found[value] = value.__qualname__
    return list(found)


@pytest.mark.parametrize("rule", registered_rules(), ids=lambda rule: rule.__qualname__)
def test_the_source_of_every_rule_is_found(rule: Any) -> None:
    assert rule_source(rule) is not None
