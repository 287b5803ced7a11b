"""What the passes make of a program, each step as something that can be run."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any
from unittest.mock import patch

from tests.references import Call
from tests.verdicts import fresh_arguments, wrapper_of


@dataclass(frozen=True)
class Passes:
    """The stages of one program: ``primal`` ones do what it does, ``derived`` ones give its value and gradient.

    ``values`` gives fresh arguments, in the order of the signature; ``*args`` is one tuple among them.
    """

    primal: list[tuple[str, str]]
    derived: list[tuple[str, str]]
    main: Callable[..., Any]
    function: FunctionType
    values: Callable[[], tuple[Any, ...]]
    names: dict[str, Any]

    def run_primal(self, text: str) -> Callable[..., Any]:
        """The function of a stage before differentiation, among the names that the user's own function sees."""
        return loaded(text, {**self.function.__globals__, **closure_of(self.function), **self.names})

    def run_derived(self, text: str) -> Callable[..., Any]:
        """The function of a stage after differentiation, among the names of the generated module."""
        return loaded(text, dict(self.main.__globals__))


def passes(call: Call) -> Passes:
    """Send a call through the pipeline and keep every step; raises what srcgrad raises."""
    from srcgrad import pipeline

    derivative = wrapper_of(call)
    request, generated = newly_generated(call)
    steps, names = pipeline.stages_with_names(request)
    # The stages of callees follow, from the second 'normalise' on; the function's own derivative comes last.
    callees = [position for position, (name, _) in enumerate(steps) if name == "normalise"][1:]
    primal = [step for step in steps[: min(callees, default=len(steps))] if step[0] in ("normalise", "expand")]
    derived = [next(step for step in reversed(steps) if step[0] == name) for name in ("differentiate", "optimise")]

    def values() -> tuple[Any, ...]:
        positional, named = fresh_arguments(call)
        bound = derivative._bind(*positional, **named)
        return tuple(derivative._find(bound).arrangement.arguments(bound))

    return Passes(primal, derived, generated.main, request.function, values, names)


def newly_generated(call: Call) -> tuple[Any, Any]:
    """What the pipeline is asked for at a call's first time, and what it gives; wrappers remember, this does not."""
    from srcgrad import pipeline

    requests: list[pipeline.Request] = []
    generate = pipeline.generate

    def noted(request: pipeline.Request) -> pipeline.Generated:
        requests.append(request)
        return generate(request)

    derivative = wrapper_of(call)
    positional, named = fresh_arguments(call)
    with patch.object(pipeline, "generate", noted):
        made = derivative._specialisations._specialise(derivative._bind(*positional, **named))
    (request,) = requests
    return request, made.generated


def closure_of(function: FunctionType) -> dict[str, Any]:
    """The closure variables of a function that have a value."""
    return {name: value for name, value in inspect.getclosurevars(function).nonlocals.items()}


def loaded(text: str, namespace: dict[str, Any]) -> Callable[..., Any]:
    """The one function of a text, which takes all of its parameters by position."""
    module = ast.parse(text)
    (definition,) = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    given = definition.args
    plain = [*given.posonlyargs, *given.args, *([given.vararg] if given.vararg else []), *given.kwonlyargs]
    plain += [given.kwarg] if given.kwarg else []
    definition.args = ast.arguments(posonlyargs=[], args=plain, kwonlyargs=[], kw_defaults=[], defaults=[])
    # A recursive function calls itself in the user's own way.
    own_name, definition.name = definition.name, f"{definition.name}_of_this_stage"
    exec(compile(ast.fix_missing_locations(module), f"<{own_name}>", "exec"), namespace)
    return namespace[definition.name]  # type: ignore[no-any-return]
