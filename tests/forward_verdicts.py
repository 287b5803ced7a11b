"""Forward mode on one program: its directional derivative against the reference, and against reverse mode."""

from __future__ import annotations

import traceback
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np

import srcgrad.derived  # noqa: F401 - functions picked at run time are differentiated by it
from srcgrad.calling.argnums import Choice
from srcgrad.calling.pushforward import Pushforward
from srcgrad.calling.specialising import Options
from tests.references import Call, NoReference, Reference, floating, largest
from tests.trees import leaves, map_leaves, same
from tests.verdicts import Verdict, fresh_arguments, gradient_by_leaf, wrapper_of

_OPTIONS = Options("value_and_tangent", "any")


def pushforward_of(call: Call, arguments: tuple[tuple[Any, ...], dict[str, Any]]) -> Pushforward:
    """The tangent of the function of a call, with respect to its argnums, at some arguments."""
    positional, named = arguments
    return Pushforward(call.function, positional, named, lambda parameters: Choice(parameters, call.argnums), _OPTIONS)


def direction_of(call: Call, seed: int = 7) -> tuple[Any, ...]:
    """A random tangent for each differentiated argument, of its structure and dtypes."""
    generator = np.random.default_rng(seed)

    def drawn(path: Any, leaf: Any) -> Any:
        values = generator.uniform(-1.0, 1.0, np.shape(leaf))
        if np.asarray(leaf).dtype.kind == "c":
            values = values + 1j * generator.uniform(-1.0, 1.0, np.shape(leaf))
        return values.astype(np.asarray(leaf).dtype) if np.ndim(leaf) else values.item()

    values = {**dict(enumerate(call.positional)), **call.named}
    return tuple(map_leaves(drawn, floating(values[where])) for where in call.argnums)


def along(gradient: Any, directions: Any) -> tuple[float, float]:
    """The slope that a gradient by leaf has in a direction, and the size of its terms."""
    terms = [np.sum(np.real(gradient[key] * leaf)) for key, leaf in directions.items()]
    size = sum(float(np.sum(np.abs(gradient[key] * leaf))) for key, leaf in directions.items())
    return float(sum(terms)), size


def judge_forward(call: Call, found: Reference | NoReference) -> Verdict:
    """The directional derivative of a call in forward mode against the reference and against its gradient."""
    from srcgrad import SrcgradError

    source = ""
    try:
        arguments = fresh_arguments(call)
        tangent = pushforward_of(call, arguments)
        source = tangent.specialisation.generated.text
        directions = direction_of(call)
        with redirect_stdout(StringIO()):
            value, slope = tangent(directions)
    except SrcgradError as refusal:
        return Verdict("crashed" if source else "refused", str(refusal), source)
    except Exception:  # an internal error of srcgrad or of its generated code, which is what is looked for
        return Verdict("crashed", traceback.format_exc(limit=-6), source)
    primal = call.run()
    if np.shape(value) != np.shape(primal) or not np.allclose(value, primal, rtol=1e-12, atol=1e-300, equal_nan=True):
        return Verdict("wrong", f"the value is {value!r}, not {primal!r}", source)
    if np.shape(slope) != np.shape(primal):
        return Verdict("wrong", f"the tangent has shape {np.shape(slope)}, not {np.shape(primal)}", source)
    if not same(arguments, (call.positional, call.named)):
        return Verdict("wrong", "the arguments were changed", source)
    by_leaf = gradient_by_leaf(directions, call.argnums)
    slope = float(np.sum(np.asarray(slope)))
    try:
        with redirect_stdout(StringIO()):
            _, gradients = wrapper_of(call)(*fresh_arguments(call)[0], **fresh_arguments(call)[1])
    except SrcgradError:
        gradients = None
    if gradients is not None:
        expected, size = along(gradient_by_leaf(gradients, call.argnums), by_leaf)
        single = any(np.asarray(leaf).dtype.itemsize == 4 for leaf in by_leaf.values())
        allowed = (2e-5 if single else 1e-12) * max(size, abs(slope), 1.0)
        if not abs(slope - expected) <= allowed and not (np.isnan(slope) and np.isnan(expected)):
            return Verdict("wrong", f"the slope is {slope!r}, in reverse mode {expected!r}", source)
    if isinstance(found, NoReference):
        return Verdict("no reference" if gradients is None else "right", found.reason, source)
    expected, size = along(found.gradient, by_leaf)
    scale = max(largest(found.gradient) * sum(1 for _ in leaves(directions)), size, 1e-300)
    if not abs(slope - expected) <= found.tolerance * scale:
        return Verdict("wrong", f"the slope is {slope!r}, not {expected!r}", source)
    return Verdict("right", source=source)
