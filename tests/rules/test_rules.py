"""Every registered rule against differences, in double and single precision, and at its kinks."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from srcgrad.rules.registry import Rule, find, rules
from srcgrad.runtime import sum_to
from tests.rules.differences import gradient, is_active, pairing, random_like
from tests.rules.samples import SAMPLES, Sample


def apply_adjoint(rule: Rule, sample: Sample, z_bar: Any, z: Any) -> dict[str, Any]:
    """The adjoints that a rule gives, by parameter, multiplied and summed as generated code would."""
    bound = inspect.signature(rule.derivative).bind(*_leading(rule, z_bar, z), *sample.arguments, **sample.options)
    result = rule.derivative(*bound.args, **bound.kwargs)
    names = rule.arguments or rule.parameters
    parts = result if len(names) > 1 and isinstance(result, tuple) else (result,)
    adjoints = {}
    for name, part in zip(names, parts):
        value = bound.arguments.get(name)
        if value is None or part is None or not is_active(value):
            continue
        if rule.form == "partials":
            part = np.asarray(z_bar) * part
            if np.asarray(value).dtype.kind == "f":
                part = np.real(part)
        adjoints[name] = _fit(part, value, rule.broadcasts or rule.form == "partials")
    return adjoints


def _leading(rule: Rule, z_bar: Any, z: Any) -> tuple[Any, ...]:
    return (z,) if rule.form == "partials" else (z_bar, z)


def _fit(part: Any, value: Any, broadcasts: bool) -> Any:
    if isinstance(value, (list, tuple)):
        assert len(part) == len(value)
        return [_fit(one, item, broadcasts) for one, item in zip(part, value)]
    part = np.asarray(part)
    if broadcasts:
        part = sum_to(part, np.shape(value))
    part = np.broadcast_to(part, np.shape(value))
    return np.real(part) if np.asarray(value).dtype.kind == "f" else part


def rule_for(sample: Sample) -> Rule:
    """The reverse rule for a sample."""
    ndims = tuple(np.ndim(a) if not isinstance(a, (list, tuple, str)) else None for a in sample.arguments)
    rule = find(sample.function, "adjoint", ndims) or find(sample.function, "partials", ndims)
    assert rule is not None
    return rule


def flat(value: Any) -> np.ndarray:
    """All numbers of a structure in a row."""
    if isinstance(value, (list, tuple)):
        return np.concatenate([flat(item) for item in value]) if value else np.zeros(0)
    return np.ravel(value)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
@pytest.mark.filterwarnings("ignore:invalid value encountered in log")  # negative bases, for the exponent alone
@pytest.mark.filterwarnings("error")
def test_rule_agrees_with_differences(sample: Sample) -> None:
    generator = np.random.default_rng(5)
    rule = rule_for(sample)
    z = sample.function(*sample.arguments, **sample.options)
    z_bar = random_like(z, generator)
    if sample.function is np.linalg.svd and sample.options.get("compute_uv", True) is False:
        assert isinstance(z, np.ndarray)
    adjoints = apply_adjoint(rule, sample, z_bar, z)
    bound = inspect.signature(rule.derivative).bind(*_leading(rule, z_bar, z), *sample.arguments, **sample.options)
    for name, adjoint in adjoints.items():

        def loss(value: Any, name: str = name) -> Any:
            arguments = inspect.BoundArguments(bound.signature, dict(bound.arguments))  # type: ignore[arg-type]
            arguments.arguments[name] = value
            start = 1 if rule.form == "partials" else 2
            positional = arguments.args[start : start + len(sample.arguments)]
            return pairing(z_bar, sample.function(*positional, **sample.options))

        value = bound.arguments[name]
        expected = gradient(loss, value)
        holes = np.isnan(np.real(flat(value)))
        difference = np.where(holes, 0.0, flat(adjoint) - flat(expected))
        scale = 1.0 + np.max(np.abs(np.where(holes, 0.0, flat(expected))), initial=0.0)
        assert np.max(np.abs(difference), initial=0.0) < 2e-7 * scale, (name, adjoint, expected)


def test_every_reverse_rule_has_a_sample() -> None:
    covered = {id(rule_for(sample)) for sample in SAMPLES}
    missing = [
        f"{rule.function} {rule.derivative.__name__} {rule.pattern}"
        for rule in rules()
        if rule.form != "tangent" and id(rule) not in covered and rule.function.__module__ in ("numpy", "math", "builtins")
    ]
    assert not missing
