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


def judge_hessian(call: Call) -> Verdict:
    """Forward over reverse: a Hessian product against differences of the gradient, and its symmetry."""
    from srcgrad import SrcgradError, grad

    gradient = grad(call.function, argnums=call.argnums)
    source = ""

    def slope(along_by_leaf: Any, step: float) -> Any:
        def moved(where: Any, path: Any, leaf: Any) -> Any:
            return leaf + step * along_by_leaf[(where, path)].astype(np.asarray(leaf).dtype)[()]

        values = {**dict(enumerate(call.positional)), **call.named}
        for where in call.argnums:
            values[where] = map_leaves(lambda path, leaf, w=where: moved(w, path, leaf), floating(values[where]))
        positional = tuple(values[position] for position in range(len(call.positional)))
        with redirect_stdout(StringIO()):
            found = gradient(*positional, **{key: values[key] for key in call.named})
        return gradient_by_leaf(found, call.argnums)

    try:
        gradient.source_for(*call.positional, **call.named)
    except SrcgradError:
        return Verdict("no reference", "the gradient itself is refused")
    arguments = fresh_arguments(call)
    products = []
    directions = [direction_of(call, seed) for seed in (7, 8)]
    by_leaf = [gradient_by_leaf(direction, call.argnums) for direction in directions]
    try:
        positional, named = arguments
        product = Pushforward(
            gradient, positional, named, lambda parameters: Choice(parameters, call.argnums), Options("tangent", "any")
        )
        source = product.specialisation.generated.text
        for direction in directions:
            with redirect_stdout(StringIO()):
                products.append(gradient_by_leaf(product(direction), call.argnums))
    except SrcgradError as refusal:
        return Verdict("crashed" if source else "refused", str(refusal), source)
    except Exception:  # an internal error of srcgrad or of its generated code, which is what is looked for
        return Verdict("crashed", traceback.format_exc(limit=-6), source)
    forth, size = along(products[0], by_leaf[1])
    back, other = along(products[1], by_leaf[0])
    single = any(np.asarray(leaf).dtype.itemsize == 4 for leaf in by_leaf[0].values())
    if single or any(np.asarray(leaf).dtype.kind == "c" for leaf in by_leaf[0].values()):
        return Verdict("right", source=source)
    finite = all(np.all(np.isfinite(leaf)) for leaf in products[0].values())
    if finite and abs(forth - back) > 1e-10 * max(size, other, 1.0):
        return Verdict("wrong", f"the Hessian is not symmetric: {forth!r} and {back!r}", source)
    coarse, fine = (
        {key: (slope(by_leaf[0], h)[key] - slope(by_leaf[0], -h)[key]) / (2.0 * h) for key in products[0]}
        for h in (2e-5, 1e-5)
    )
    for key, leaf in products[0].items():
        expected = (4.0 * fine[key] - coarse[key]) / 3.0
        scale = 1.0 + float(np.max(np.abs(expected), initial=0.0))
        if float(np.max(np.abs(coarse[key] - fine[key]), initial=0.0)) > 1e-4 * scale:
            return Verdict("no reference", "differences of the gradient do not settle", source)
        if not float(np.max(np.abs(expected - leaf), initial=0.0)) <= 1e-5 * scale:
            return Verdict("wrong", f"argument {key}: {leaf} instead of {expected}", source)
    return Verdict("right", source=source)
