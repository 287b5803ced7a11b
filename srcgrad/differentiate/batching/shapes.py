"""Reshaping, transposing, filling and joining arrays, for several tangents at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcgrad.differentiate.batching.axes import spelled
from srcgrad.kind import Array, Scalar, SequenceOf
from srcgrad.syntax.build import attribute, call, constant, method, name, tuple_of

if TYPE_CHECKING:
    from srcgrad.differentiate.batching.expressions import Expressions


def reshaped(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``x_dot.reshape(m, n)``"""
    if options or len(arguments) != 2 or expressions.scope.is_batched(arguments[1]):
        return None
    array, shape = arguments
    return method(expressions.batched(array), "reshape", expressions.scope.shape(expressions.primal(shape)))


def raveled(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``x_dot.ravel()``"""
    if options or len(arguments) != 1 or not expressions.scope.rank(arguments[0]):
        return None
    if expressions.scope.rank(arguments[0]) == 1:
        return expressions.batched(arguments[0])
    return method(expressions.batched(arguments[0]), "reshape", name(expressions.scope.columns), constant(-1))


def flattened(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``x_dot.flatten()``, a copy"""
    found = raveled(expressions, node, arguments, options)
    return None if found is None else method(found, "copy")


def transposed(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``np.transpose(x_dot, axes)``"""
    rank = expressions.scope.rank(arguments[0])
    if rank is None or options or len(arguments) > 2:
        return None
    axes: list[Any] = list(range(rank - 1, -1, -1))
    if len(arguments) == 2:
        given = arguments[1]
        if not isinstance(given, gast.Tuple | gast.List):
            return None
        axes = [expressions.scope.value(axis) for axis in given.elts]
        if not all(isinstance(axis, int) for axis in axes):
            return None
    moved = [0, *(axis % rank + 1 for axis in axes)]
    return method(expressions.batched(arguments[0]), "transpose", *map(constant, moved))


def axes_moved(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``np.swapaxes(x_dot, 0, 1)``, ``np.moveaxis(x_dot, 0, -1)``."""
    places = [expressions.scope.value(argument) for argument in arguments[1:]]
    if options or len(places) != 2 or not all(isinstance(place, int) for place in places):
        return None
    moved = [constant(place + 1 if place >= 0 else place) for place in places]
    function = expressions.scope.resolved(node.func)
    return call(spelled(function), expressions.batched(arguments[0]), *moved)


def broadcast(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``np.broadcast_to(x_dot, shape)``"""
    wanted, rank = expressions.scope.rank(node), expressions.scope.rank(arguments[0])
    if options or len(arguments) != 2 or wanted is None or rank is None:
        return None
    array = expressions.scope.aligned(expressions.batched(arguments[0]), rank, wanted)
    return call("np.broadcast_to", array, expressions.scope.shape(expressions.primal(arguments[1])))


def filled(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``np.full_like(x, s_dot)``, ``np.full(n, s_dot)``."""
    if options or len(arguments) != 2 or expressions.scope.is_batched(arguments[0]):
        return None
    given, filling = arguments
    wanted, rank = expressions.scope.rank(node), expressions.scope.rank(filling)
    kind = expressions.scope.kind(node)
    if wanted is None or rank is None or not isinstance(kind, Array) or kind.dtype != "float64":
        return None
    is_like = expressions.scope.resolved(node.func) is np.full_like
    shape = attribute(expressions.primal(given), "shape") if is_like else expressions.primal(given)
    spread = expressions.scope.aligned(expressions.batched(filling), rank, wanted)
    return method(call("np.broadcast_to", spread, expressions.scope.shape(shape)), "copy")


# ---- joining ----


def array(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``np.array([s_dot, t_dot])`` as ``np.array([s_dot, t_dot]).T``."""
    if options or len(arguments) != 1:
        return None
    scope, (given,) = expressions.scope, arguments
    kind = scope.kind(given)
    if isinstance(kind, Array):
        return gast.Call(node.func, [expressions.batched(given)], [])
    if isinstance(given, gast.List | gast.Tuple) and given.elts:
        if _all_scalars(expressions, given):
            numbers = gast.List([expressions.full(element) for element in given.elts], gast.Load())
            return attribute(call("np.array", numbers), "T")
        elements = [expressions.batched(_array_of(element)) for element in given.elts if scope.is_batched(element)]
        if len(elements) == len(given.elts) and _are_of_one_rank(expressions, given.elts):
            return call("np.stack", gast.List(elements, gast.Load()), axis=constant(1))
        return None
    if isinstance(kind, SequenceOf) and isinstance(kind.element, Scalar) and isinstance(given, gast.Name):
        empty = call("np.zeros", tuple_of(name(scope.columns), constant(0)))
        return gast.IfExp(given, attribute(call("np.array", given), "T"), empty)
    return None


def _array_of(element: gast.expr) -> gast.expr:
    """A nested display as an array of its own."""
    return call("np.array", element) if isinstance(element, gast.List | gast.Tuple) else element


def _all_scalars(expressions: Expressions, given: gast.List | gast.Tuple) -> bool:
    return all(expressions.scope.rank(element) == 0 for element in given.elts)


def _are_of_one_rank(expressions: Expressions, elements: list[gast.expr]) -> bool:
    ranks = {expressions.scope.rank(_array_of(element)) for element in elements}
    return len(ranks) == 1 and None not in ranks


def joined(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``np.concatenate``, ``np.stack`` and their relatives, of a display of arrays."""
    scope, function = expressions.scope, expressions.scope.resolved(node.func)
    parts, *rest = arguments
    axis = scope.value(rest[0]) if rest else scope.value(options["axis"]) if "axis" in options else 0
    if not isinstance(parts, gast.List | gast.Tuple) or not isinstance(axis, int) or set(options) - {"axis"}:
        return None
    ranks = {scope.rank(part) for part in parts.elts}
    if len(ranks) != 1 or not isinstance(rank := ranks.pop(), int):
        return None
    if function is np.hstack:
        function, axis = np.concatenate, 0 if rank == 1 else 1
    elif function is np.vstack:
        function, axis = (np.stack, 0) if rank == 1 else (np.concatenate, 0)
    if rank == 0 and function is np.concatenate:
        return None
    moved = axis + 1 if axis >= 0 else axis
    elements = gast.List([expressions.full(part) for part in parts.elts], gast.Load())
    return call(spelled(function), elements, axis=constant(moved))
