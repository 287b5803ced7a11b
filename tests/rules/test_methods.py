"""Methods of arrays mean the NumPy functions that they are given as."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np
import pytest

from srcgrad.rules.methods import ATTRIBUTES, METHODS, STATIC_ATTRIBUTES, canonical_arguments
from srcgrad.rules.registry import has_rule, is_nondifferentiable

CALLS = [
    "x.sum()",
    "x.sum(0)",
    "x.sum(axis=1, keepdims=True)",
    "x.mean(axis=0)",
    "x.prod(1)",
    "x.max(axis=(0, 1))",
    "x.min()",
    "x.var(ddof=1)",
    "x.std(0)",
    "x.cumsum(0)",
    "x.cumprod()",
    "x.reshape(3, 2)",
    "x.reshape((3, 2))",
    "x.reshape(-1)",
    "x.reshape(3, 2, order='F')",
    "x.transpose()",
    "x.transpose(1, 0)",
    "x.transpose((1, 0))",
    "x.swapaxes(0, 1)",
    "x.ravel()",
    "x.flatten()",
    "x.flatten('F')",
    "x.squeeze()",
    "x.repeat(2, axis=1)",
    "x.take([0, 2], axis=1)",
    "x.compress([True, False], axis=0)",
    "x.diagonal(offset=1)",
    "x.trace()",
    "x.dot(y)",
    "x.clip(-0.5, 0.5)",
    "x.clip(0.2)",
    "x.clip(min=-0.5)",
    "x.clip(max=0.2)",
    "x.astype(float)",
    "x.copy()",
    "x.conj()",
    "x.conjugate()",
    "x.item(3)",
    "x.tolist()",
    "x.round(1)",
    "x.argmax(axis=0)",
    "x.argmin()",
    "x.argsort(axis=0)",
    "x.argpartition(1)",
    "x.nonzero()",
    "x.any()",
    "x.all(axis=0)",
    "x[0].searchsorted(0.3)",
    "np.array([0, 1]).choose([x, x + 1.0])",
]


@pytest.mark.parametrize("text", CALLS)
def test_canonical_arguments_mean_the_same(text: str) -> None:
    names: dict[str, Any] = {"np": np, "x": np.linspace(-1.0, 1.0, 6).reshape(2, 3), "y": np.arange(3.0)}
    if "choose" in text:
        names["x"] = names["x"][:, :2]
    node = gast.parse(text, mode="eval").body
    function, arguments, keywords = canonical_arguments(node.func.attr, node.func.value, node.args, node.keywords)
    call = gast.Call(gast.Name("function", gast.Load(), None, None), arguments, keywords)
    tree = gast.fix_missing_locations(gast.Expression(call))
    expected = eval(text, names)
    result = eval(compile(gast.gast_to_ast(tree), "<test>", "eval"), {**names, "function": function})
    assert type(result) is type(expected)
    np.testing.assert_equal(result, expected)


def test_every_method_has_a_rule_or_no_derivative() -> None:
    for name, function in {**METHODS, **ATTRIBUTES}.items():
        assert hasattr(np.ndarray, name)
        assert has_rule(function) or is_nondifferentiable(function), name


def test_every_method_is_tried() -> None:
    assert {name for name in METHODS if not any(f".{name}(" in text for text in CALLS)} == set()


def test_static_attributes_exist() -> None:
    assert all(hasattr(np.zeros(2), name) for name in STATIC_ATTRIBUTES)
