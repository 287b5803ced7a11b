"""Every registered rule in forward mode: against the adjoint (dot products to 1e-12), and to second order."""

from __future__ import annotations

import inspect
import linecache
from typing import Any

import numpy as np
import pytest

from srcgrad import SrcgradError, jvp, vjp
from tests.rules.differences import is_active, random_like
from tests.rules.samples import SAMPLES
from tests.rules.sampling import Sample
from tests.rules.test_rules import rule_for


def function_of(sample: Sample) -> Any:
    """A function of a sample's arguments that applies the sampled function with its options."""
    names = [f"a{index}" for index in range(len(sample.arguments))]
    options = [f"{key}={key}" for key in sample.options]
    text = f"def applied({', '.join(names)}):\n    return function({', '.join([*names, *options])})\n"
    filename = f"<sample {sample} {id(sample)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    module = {"function": sample.function, **sample.options}
    exec(compile(text, filename, "exec"), module)
    return module["applied"]


def pairing(cotangent: Any, tangent: Any) -> float:
    """The real part of the sum of the products of two structures; what is no float counts nothing."""
    if isinstance(tangent, list | tuple) or isinstance(cotangent, list | tuple):
        return sum(pairing(one, other) for one, other in zip(cotangent, tangent, strict=True))
    if cotangent is None or tangent is None or not is_active(cotangent):
        return 0.0
    return float(np.real(np.sum(np.asarray(cotangent) * np.asarray(tangent))))


def directions(sample: Sample, seed: int) -> tuple[Any, ...]:
    """A random tangent for each argument that the rule differentiates, None for the others."""
    generator = np.random.default_rng(seed)
    rule = rule_for(sample)
    parameters = list(inspect.signature(rule.derivative).parameters.values())
    taken = [parameter for parameter in parameters if parameter.name in rule.parameters]
    names = [parameter.name for parameter in taken if parameter.kind is not parameter.KEYWORD_ONLY]
    names += names[-1:] * (len(sample.arguments) - len(names))
    wanted = rule.arguments or rule.parameters
    return tuple(
        random_like(value, generator) if name in wanted and is_active(value) else None
        for name, value in zip(names, sample.arguments)
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
@pytest.mark.filterwarnings("ignore")
def test_tangent_agrees_with_adjoint(sample: Sample) -> None:
    function = function_of(sample)
    dots = directions(sample, 11)
    out, out_dot = jvp(function, sample.arguments, dots)
    chosen = tuple(index for index, dot in enumerate(dots) if dot is not None)
    _, pullback = vjp(function, *sample.arguments, argnums=chosen)
    cotangent = random_like(out, np.random.default_rng(12))
    try:
        gradients = pullback(cotangent)
    except (SrcgradError, ValueError) as refusal:
        pytest.skip(str(refusal))
    left = pairing(cotangent, out_dot)
    terms = [pairing(gradient, dots[index]) for index, gradient in zip(chosen, gradients, strict=True)]
    scale = sum(map(abs, terms)) + abs(left) + 1.0
    assert abs(left - sum(terms)) <= 1e-12 * scale, (left, sum(terms))
