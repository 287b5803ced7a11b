"""Reverse mode through a gradient: a Hessian is symmetric, so its pullback is forward mode over the gradient.

The gradient with respect to everything that is active is differentiated in the direction of the cotangent::

    def loss_grad_forward(w, X):
        return loss_grad(w, X), (w.copy(), X)

    def loss_grad_reverse(result_bar, records):
        w, X = records
        _, w_bar = loss_grad_tangent(w, X, result_bar)
        return w_bar
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gast

from srcgrad.differentiate.naming import Helpers
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Kind, Scalar, is_differentiable
from srcgrad.pipeline.assembly import function_of
from srcgrad.pipeline.requests import Generated, Nested, Request
from srcgrad.syntax.build import (
    add,
    assign,
    call,
    method,
    multiply,
    name,
    return_statement,
    subscript,
    tuple_of,
)

# Generates a derivative, and makes the tangent of a function in the module at hand.
Generate = Callable[[Request], Generated]
RequestTangent = Callable[[Any, Mapping[str, Kind], tuple[str, ...]], str]


def gradient_pair(
    names: tuple[str, str],
    nested: Nested,
    kinds: Mapping[str, Kind],
    active: tuple[str, ...],
    helpers: Helpers,
    generate: Generate,
    request_tangent: RequestTangent,
    known: str | None,
) -> list[gast.FunctionDef]:
    """The sweeps of a call of a gradient; ``active`` are the parameters through which derivatives pass.

    ``known`` is the name that the derivative has in the module, where it has one.
    """
    request = nested.request
    _check(nested, kinds, active)
    chosen = tuple(dict.fromkeys([*request.wrt, *active]))
    full = generate(Request(request.function, request.kinds, chosen, request.form, result=request.result)).main
    tangent = request_tangent(full, dict(request.kinds), request.wrt)
    parameters = list(kinds)
    wanted = nested.derivative.__name__.replace("<lambda>", "anonymous")
    derivative = known or helpers.name_of(wanted, nested.derivative)
    kept = [_kept(parameter, kinds[parameter]) for parameter in parameters]
    value = call(derivative, *map(name, parameters))
    forward = function_of(names[0], parameters, [return_statement(tuple_of(value, tuple_of(*kept)))])
    bar: gast.expr = name("result_bar")
    gradient_bar = subscript(bar, 1) if request.form == "value_and_gradient" else bar
    bars = [gradient_bar] if nested.single else [subscript(gradient_bar, k) for k in range(len(request.wrt))]
    body: list[gast.stmt] = [
        assign(tuple_of(*map(name, parameters)), name("records")),
        assign(tuple_of(name("gradients"), name("slopes")), call(tangent, *map(name, parameters), *bars)),
    ]
    found: list[gast.expr] = []
    for parameter in active:
        position = chosen.index(parameter)
        many = len(chosen) > 1
        slopes: gast.expr = name("slopes")
        gradients: gast.expr = name("gradients")
        if request.form == "value_and_gradient":
            slopes, gradients = subscript(slopes, 1), subscript(gradients, 1)
        slope = subscript(slopes, position) if many else slopes
        if request.form == "value_and_gradient":
            gradient = subscript(gradients, position) if many else gradients
            slope = add(multiply(subscript(bar, 0), gradient), slope)
        found.append(slope)
    body.append(return_statement(found[0] if len(found) == 1 else tuple_of(*found)))
    return [forward, function_of(names[1], ["result_bar", "records"], body)]


def _kept(parameter: str, kind: Kind) -> gast.expr:
    """An argument as the reverse sweep finds it, whatever happens to the array in the meantime."""
    if isinstance(kind, Array):
        return method(name(parameter), "copy")
    return name(parameter) if isinstance(kind, Scalar) else call("own_copy", name(parameter))


def _check(nested: Nested, kinds: Mapping[str, Kind], active: tuple[str, ...]) -> None:
    request = nested.request
    if request.has_aux:
        raise UnsupportedError(
            "a gradient with has_aux=True is differentiated again in reverse mode",
            advice="leave out has_aux, or use jvp",
        )
    for parameter in {*request.wrt, *active}:
        kind = kinds[parameter]
        if isinstance(kind, Scalar | Array) and kind.dtype.startswith("complex"):
            raise UnsupportedError(
                "a gradient of complex arguments is differentiated again in reverse mode", advice="use jvp"
            )
        plain = isinstance(kind, Scalar | Array)
        if request.form == "value_and_gradient" and not plain and is_differentiable(kind):
            raise UnsupportedError(
                "a value and gradient of containers is differentiated again in reverse mode",
                advice="call the gradient and the function apart",
            )
