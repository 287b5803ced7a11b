"""Every registered rule against differences, in double and single precision, and at its kinks."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from srcgrad.rules.registry import Rule, find, rules
from srcgrad.runtime import sum_to
from tests.rules.differences import gradient, is_active, pairing, random_like
from tests.rules.samples import SAMPLES
from tests.rules.sampling import Sample


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
    rule = find(sample.function, "partials", ndims) or find(sample.function, "adjoint", ndims)
    assert rule is not None
    return rule


def flat(value: Any) -> np.ndarray:
    """All numbers of a structure in a row."""
    if isinstance(value, (list, tuple)):
        return np.concatenate([flat(item) for item in value]) if value else np.zeros(0)
    return np.ravel(value)


def _is_ours(rule: Rule) -> bool:
    return rule.derivative.__module__.startswith(("srcgrad.rules.numpy", "srcgrad.rules.python", "srcgrad.rules.scipy"))


def _as_single(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        return value.astype(np.float32 if value.dtype.kind == "f" else np.complex64)
    if isinstance(value, list) and any(isinstance(item, np.ndarray) for item in value):
        return [_as_single(item) for item in value]
    return value


def _dtypes(value: Any) -> set[np.dtype[Any]]:
    if isinstance(value, (list, tuple)):
        return set().union(*(_dtypes(item) for item in value))
    dtype = getattr(value, "dtype", None)
    return {dtype} if dtype is not None and dtype.kind in "fc" else set()


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
@pytest.mark.filterwarnings("ignore")
def test_rule_keeps_single_precision(sample: Sample) -> None:
    """Where all arrays have single precision and so has the result, the adjoints have it, too."""
    arguments = tuple(_as_single(argument) for argument in sample.arguments)
    options = {name: _as_single(option) for name, option in sample.options.items()}
    single = Sample(sample.function, arguments, options)
    z = single.function(*arguments, **options)
    if not _dtypes(z) or max(dtype.itemsize // (1 + (dtype.kind == "c")) for dtype in _dtypes(z)) > 4:
        pytest.skip("the result itself has double precision")
    rule = rule_for(single)
    z_bar = random_like(z, np.random.default_rng(5))
    bound = inspect.signature(rule.derivative).bind(*_leading(rule, z_bar, z), *arguments, **options)
    result = rule.derivative(*bound.args, **bound.kwargs)
    names = rule.arguments or rule.parameters
    parts = result if len(names) > 1 and isinstance(result, tuple) else (result,)
    for name, part in zip(names, parts):
        value = bound.arguments.get(name)
        # The adjoint of a Python number takes any precision: it goes into no array.
        if part is not None and value is not None and is_active(value) and _dtypes(value):
            product = np.asarray(z_bar) * part if rule.form == "partials" else part
            for dtype in _dtypes(product):
                assert dtype.itemsize // (1 + (dtype.kind == "c")) <= 4, (name, dtype)


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
            options = {**sample.options, name: value} if name in sample.options else sample.options
            return pairing(z_bar, sample.function(*positional, **options))

        value = bound.arguments[name]
        expected = gradient(loss, value)
        holes = np.isnan(np.real(flat(value)))
        difference = np.where(holes, 0.0, flat(adjoint) - flat(expected))
        scale = 1.0 + np.max(np.abs(np.where(holes, 0.0, flat(expected))), initial=0.0)
        assert np.max(np.abs(difference), initial=0.0) < 2e-7 * scale, (name, adjoint, expected)


# Too coarse for differences: see test_kinks.py.
CASTS = (np.float16, np.float32, np.complex64)
# Their values are lists and tuples, not numbers: the corpus tests them (tests/programs/containers.py).
OF_CONTAINERS = ("items_of", "copied", "sorted_items")


def test_every_reverse_rule_has_a_sample() -> None:
    tested = [rule_for(sample) for sample in SAMPLES]
    # Functions that share a derivative, such as operator.matmul and np.matmul, share its samples.
    covered = {(id(rule.derivative), rule.pattern) for rule in tested if rule is not None}
    missing = [
        f"{rule.function} {rule.derivative.__name__} {rule.pattern}"
        for rule in rules()
        if rule.form not in ("tangent", "definition")
        and (id(rule.derivative), rule.pattern) not in covered
        and rule.function not in CASTS
        and rule.derivative.__name__ not in OF_CONTAINERS
        and _is_ours(rule)
    ]
    assert not missing
