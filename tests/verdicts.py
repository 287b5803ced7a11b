"""What came of differentiating one program: right, refused, wrong, crashed, or nothing to compare with."""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal

import numpy as np

from tests.programs.program import Program
from tests.references import Call, Gradient, NoReference, Reference, call_of, distance, largest, reference
from tests.trees import leaves, same, structure_error

Outcome = Literal["right", "refused", "wrong", "crashed", "no reference"]


@dataclass(frozen=True)
class Verdict:
    """The outcome with what there is to say about it, and the generated text where there is one."""

    outcome: Outcome
    detail: str = ""
    source: str = ""


def wrapper_of(call: Call) -> Callable[..., Any]:
    """``value_and_grad`` of the function of a call, with respect to its argnums."""
    from srcgrad import value_and_grad

    return value_and_grad(call.function, argnums=call.argnums)


def gradient_by_leaf(gradients: tuple[Any, ...], argnums: tuple[int | str, ...]) -> Gradient:
    """What srcgrad returns for a tuple of argnums, in the references' form."""
    return {
        (where, path): np.asarray(leaf) for where, value in zip(argnums, gradients) for path, leaf in leaves(value)
    }


def fresh_arguments(call: Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A copy of the arguments, for a run that may change them."""
    return deepcopy((call.positional, call.named))


def compare(call: Call, value: Any, gradients: Any, found: Reference | NoReference) -> str | None:
    """What is wrong with a value and gradients, or None."""
    primal = call.run()
    if np.shape(value) != np.shape(primal) or not np.allclose(value, primal, rtol=1e-12, atol=1e-300, equal_nan=True):
        return f"the value is {value!r}, not {primal!r}"
    if not isinstance(gradients, tuple) or len(gradients) != len(call.argnums):
        return f"for argnums {call.argnums} the gradients are a {type(gradients).__name__}: {gradients!r}"
    for where, gradient in zip(call.argnums, gradients):
        argument = call.named[where] if isinstance(where, str) else call.positional[where]
        error = structure_error(gradient, argument)
        if error:
            return f"argument {where!r}: {error}"
    if isinstance(found, NoReference):
        return None
    mine = gradient_by_leaf(gradients, call.argnums)
    apart = distance(mine, found.gradient)
    if apart > found.tolerance:
        return f"the gradient is off by {apart:.1e} of {largest(found.gradient):.3g}: {worst(mine, found.gradient)}"
    return None


def worst(mine: Gradient, theirs: Gradient) -> str:
    """The leaf that is furthest from the reference, in words."""
    if mine.keys() != theirs.keys():
        return f"it has the leaves {list(mine)}, not {list(theirs)}"

    def off(key: Any) -> float:
        if np.shape(mine[key]) != np.shape(theirs[key]):
            return math.inf
        difference = float(np.max(np.abs(mine[key] - theirs[key]), initial=0.0))
        return math.inf if math.isnan(difference) else difference

    key = max(theirs, key=off)
    return f"argument {key}: {mine[key]} instead of {theirs[key]}"


def judge(call: Call, found: Reference | NoReference, compiled: bool = False) -> Verdict:
    """Differentiate a call with srcgrad, and compare with the reference.

    What is ``compiled`` may be refused as late as at its first call.
    """
    from srcgrad import SrcgradError

    source = ""
    try:
        differentiated = wrapper_of(call)
        source = differentiated.source_for(*call.positional, **call.named)
        positional, named = fresh_arguments(call)
        with redirect_stdout(StringIO()):
            value, gradients = differentiated(*positional, **named)
    except SrcgradError as refusal:
        if source and not compiled:
            return Verdict("crashed", f"refused after its source was made: {refusal}", source)
        return Verdict("refused", str(refusal))
    except Exception:  # an internal error of srcgrad or of its generated code, which is what is looked for
        return Verdict("crashed", traceback.format_exc(limit=-6), source)
    wrong = compare(call, value, gradients, found)
    if wrong:
        return Verdict("wrong", wrong, source)
    if not same((positional, named), (call.positional, call.named)):
        return Verdict("wrong", "the arguments were changed", source)
    if isinstance(found, NoReference):
        return Verdict("no reference", found.reason, source)
    return Verdict("right", source=source)


def own_call(program: Program, seed: int = 0) -> Call:
    """The program's call with its arguments as they are, float32 included."""
    positional, named = program.arguments(np.random.default_rng(seed))
    return Call(program.function, positional, named, program.argnums, call_of(program, seed).files)


def judge_program(program: Program, seed: int = 0) -> Verdict:
    """The verdict on a program of the corpus."""
    return judge(own_call(program, seed), reference(program, seed))
