"""The body of every rule, written out for every sample, means what the rule means when it is called."""

from __future__ import annotations

import builtins
import inspect
from typing import Any

import gast
import numpy as np
import pytest

from srcgrad.rules.registry import is_constant
from srcgrad.syntax.inline import NOT_KNOWN, inline_rule
from srcgrad.syntax.names import Names
from srcgrad.syntax.printer import print_tree
from tests.rules.differences import random_like
from tests.rules.samples import SAMPLES
from tests.rules.sampling import Sample
from tests.rules.test_rules import _leading, rule_for

# Asked of arrays, these are known before the run; so is everything about options.
STATIC_CALLS = {"ndim", "iscomplexobj", "isinstance", "is_constant"}
STATIC_ATTRIBUTES = {"ndim"}


def answers(values: dict[str, Any]) -> Any:
    """What the generator would know: everything about options, and only the static facts of numbers and arrays."""
    arrays = {name for name, value in values.items() if isinstance(value, (float, complex, np.ndarray, np.generic))}
    sequences = {name for name, value in values.items() if isinstance(value, (list, tuple)) and name != "axis"}

    def is_static(node: gast.AST) -> bool:
        if isinstance(node, gast.Name):
            return node.id not in arrays | sequences
        if isinstance(node, gast.Attribute) and node.attr in STATIC_ATTRIBUTES:
            return True
        if isinstance(node, gast.Call):
            called = node.func.attr if isinstance(node.func, gast.Attribute) else getattr(node.func, "id", "")
            return called in STATIC_CALLS
        if isinstance(node, gast.Compare) and isinstance(node.ops[0], (gast.Is, gast.IsNot)):
            return True
        return not isinstance(node, gast.expr) or all(is_static(child) for child in gast.iter_child_nodes(node))

    def fold(expression: gast.expr) -> Any:
        if not is_static(expression):
            return NOT_KNOWN
        names = {"np": np, "is_constant": is_constant, **vars(builtins), **values}
        return eval(compile(gast.gast_to_ast(gast.Expression(expression)), "<fold>", "eval"), names)

    return fold


def same(one: Any, other: Any) -> bool:
    """Whether two nested results are equal."""
    if isinstance(one, (list, tuple)) or isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other))
    if one is None or other is None:
        return one is other
    return np.shape(one) == np.shape(other) and bool(np.allclose(one, other, rtol=1e-12, atol=1e-12, equal_nan=True))


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
@pytest.mark.filterwarnings("ignore")
def test_written_out_rule_means_the_same(sample: Sample) -> None:
    rule = rule_for(sample)
    z = sample.function(*sample.arguments, **sample.options)
    z_bar = random_like(z, np.random.default_rng(5))
    bound = inspect.signature(rule.derivative).bind(*_leading(rule, z_bar, z), *sample.arguments, **sample.options)
    bound.apply_defaults()
    bindings = {name: gast.Name(name, gast.Load(), None, None) for name in bound.arguments}
    inlined = inline_rule(rule.derivative, bindings, answers(dict(bound.arguments)), Names(list(bindings)))
    assert inlined is not None
    expected = rule.derivative(*bound.args, **bound.kwargs)
    names = {"np": np, **inlined.globals, **bound.arguments}
    exec(print_tree(inlined.statements), names)
    results = [eval(print_tree(result), names) for result in inlined.results]
    assert same(tuple(results) if inlined.is_tuple else results[0], expected)
