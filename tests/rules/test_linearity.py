"""Functions declared linear are linear, on every sample; test_forward_rules.py tests what forward mode makes of it."""

from __future__ import annotations

import copy
import operator
from typing import Any

import numpy as np
import pytest

from srcgrad.rules.registry import linearity, rules
from tests.rules.differences import is_active, random_like
from tests.rules.samples import SAMPLES
from tests.rules.sampling import Sample
from tests.rules.test_rules import flat, rule_for


def differentiable(sample: Sample) -> list[int]:
    """The positions of the arguments that have an adjoint."""
    rule = rule_for(sample)
    names = rule.arguments or rule.parameters
    count = len(sample.arguments)
    if "operands" in names or "args" in names or "xi" in names:
        return [k for k in range(count) if is_active(sample.arguments[k])]
    return [k for k, name in enumerate(rule.parameters[:count]) if name in names and is_active(sample.arguments[k])]


def result(sample: Sample, replaced: dict[int, Any]) -> Any:
    """The numbers of a sample's result with some arguments replaced."""
    arguments = [replaced.get(k, argument) for k, argument in enumerate(sample.arguments)]
    return flat(sample.function(*arguments, **sample.options))


def plus(a: Any, b: Any) -> Any:
    """The sum of two arguments."""
    return [plus(one, other) for one, other in zip(a, b)] if isinstance(a, (list, tuple)) else a + b


LINEAR = [sample for sample in SAMPLES if linearity(sample.function) == "linear"]
MULTILINEAR = [sample for sample in SAMPLES if linearity(sample.function) == "multilinear"]


@pytest.mark.parametrize("sample", LINEAR, ids=str)
def test_linear_in_all_arguments_together(sample: Sample) -> None:
    generator = np.random.default_rng(7)
    values = {k: sample.arguments[k] for k in differentiable(sample)}
    tangents = {k: random_like(value, generator) for k, value in values.items()}
    moved = result(sample, {k: plus(value, tangents[k]) for k, value in values.items()})
    np.testing.assert_allclose(moved, result(sample, {}) + result(sample, tangents), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("sample", MULTILINEAR, ids=str)
def test_linear_in_each_argument(sample: Sample) -> None:
    generator = np.random.default_rng(7)
    for k in differentiable(sample):
        value = sample.arguments[k]
        parts = range(len(value)) if isinstance(value, list) else [None]
        for part in parts:
            moved, tangent = _moved(value, part, generator)
            np.testing.assert_allclose(
                result(sample, {k: moved}),
                result(sample, {}) + result(sample, {k: tangent}),
                rtol=1e-11,
                atol=1e-11,
            )


def _moved(value: Any, part: int | None, generator: np.random.Generator) -> tuple[Any, Any]:
    if part is None:
        tangent = random_like(value, generator)
        return plus(value, tangent), tangent
    tangent = random_like(value[part], generator)
    around = lambda entry: [*value[:part], entry, *value[part + 1 :]]
    return around(value[part] + tangent), around(tangent)


def test_every_linear_function_has_a_sample() -> None:
    sampled = {sample.function for sample in LINEAR + MULTILINEAR}
    declared = {rule.function for rule in rules() if linearity(rule.function) is not None}
    # The corpus tests functions of containers (tests/programs/containers.py); operator's share NumPy's rules.
    of_containers = {list, tuple, list.copy, dict.copy, copy.copy, operator.matmul}
    assert declared - of_containers <= sampled
