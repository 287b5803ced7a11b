"""Calls of functions with tangents as arguments, for several tangents at once."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcgrad.differentiate.batching.axes import moved_axes, spelled
from srcgrad.differentiate.batching.products import dot_product, einsum, inner_product, outer_product, product
from srcgrad.differentiate.batching.refusal import NotBatchedError
from srcgrad.differentiate.batching.shapes import (
    array,
    axes_moved,
    broadcast,
    filled,
    flattened,
    joined,
    raveled,
    reshaped,
    transposed,
)
from srcgrad.kind import Array, DictOf, Kind, Scalar, SequenceOf, TupleOf
from srcgrad.rules.axes import axis_of, has_axis, is_elementwise
from srcgrad.runtime import add_mirrors, own_copy, own_tangent, own_tangents, sum_to
from srcgrad.syntax.build import attribute, call, constant, method, name

if TYPE_CHECKING:
    from srcgrad.differentiate.batching.expressions import Expressions

# Writes a call in its arguments and options; None where it has no form for all directions.
Writer = Callable[["Expressions", gast.Call, list[gast.expr], dict[str, gast.expr]], gast.expr | None]


def called(expressions: Expressions, node: gast.Call) -> gast.expr | None:
    """A call for all directions; None where there is no such form."""
    function, arguments, options = expressions.scope.arguments(node)
    if function in _ITERATORS:
        raise NotBatchedError
    if function is None or not _is_hashable(function):
        return None
    writer = _WRITERS.get(function)
    if writer is not None:
        return writer(expressions, node, arguments, options)
    if is_elementwise(function):
        return _elementwise(expressions, node, arguments, options)
    if has_axis(function):
        return _along(expressions, node, function, arguments, options)
    return None


def _elementwise(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    wanted = expressions.scope.rank(node)
    if wanted is None or options or any(_batched_of_unknown_rank(expressions, part) for part in arguments):
        return None
    if isinstance(node.func, gast.Attribute) and arguments and arguments[0] is node.func.value:
        return method(expressions.batched(arguments[0]), node.func.attr, *map(expressions.primal, arguments[1:]))
    return gast.Call(node.func, [expressions.operand(argument, wanted) for argument in arguments], [])


def _batched_of_unknown_rank(expressions: Expressions, node: gast.expr) -> bool:
    return expressions.scope.is_batched(node) and expressions.scope.rank(node) is None


def _along(
    expressions: Expressions,
    node: gast.Call,
    function: Any,
    arguments: list[gast.expr],
    options: dict[str, gast.expr],
) -> gast.expr | None:
    """``np.sum(x_dot, axis=0)`` as ``np.sum(x_dot, axis=1)``."""
    scope = expressions.scope
    if not arguments or any(scope.is_batched(part) for part in (*arguments[1:], *options.values())):
        return None
    rule, rank = axis_of(function), scope.rank(arguments[0])
    if rank is None or len(arguments) > rule.position + 1:
        return None
    given = options.get(rule.parameter)
    axis: Any = rule.default
    if len(arguments) > rule.position:
        given = arguments[rule.position]
    if given is not None:
        axis = scope.value(given) if not isinstance(given, gast.Tuple) else tuple(map(scope.value, given.elts))
        if axis is None and not (isinstance(given, gast.Constant) and given.value is None):
            return None
    moved = moved_axes(axis, rank, rule.whole)
    if moved is None:
        return None
    rest = {
        key: expressions.primal(value)
        for key, value in options.items()
        if key != rule.parameter and not (key == "keepdims" and scope.value(value) is False)
    }
    kept = [expressions.primal(argument) for argument in arguments[1 : rule.position]]
    if moved != rule.default:
        rest = {rule.parameter: constant(moved), **rest}
    return call(spelled(function), expressions.batched(arguments[0]), *kept, **rest)


# ---- products ----


def _of_two(write: Callable[..., gast.expr | None]) -> Writer:
    def written(
        expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
    ) -> gast.expr | None:
        if options or len(arguments) != 2:
            return None
        return write(expressions, node, *arguments)

    return written


def _einsum(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    return einsum(expressions, node)


def _trace(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    if options or len(arguments) != 1:
        return None
    return call("np.trace", expressions.batched(arguments[0]), axis1=constant(1), axis2=constant(2))


def _solved(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``np.linalg.solve(a, v_dot)``: the right-hand sides of all directions are the columns of one matrix."""
    scope = expressions.scope
    if options or len(arguments) != 2 or scope.is_batched(arguments[0]) or scope.rank(arguments[0]) != 2:
        return None
    matrix, right = arguments
    if scope.rank(right) == 2:
        return call("np.linalg.solve", expressions.primal(matrix), expressions.batched(right))
    if scope.rank(right) != 1:
        return None
    solution = call("np.linalg.solve", expressions.primal(matrix), attribute(expressions.batched(right), "T"))
    return attribute(solution, "T")


# ---- numbers and containers ----


def _number(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``float(s_dot)``"""
    if options or len(arguments) != 1 or expressions.scope.rank(arguments[0]) != 0:
        return None
    return expressions.batched(arguments[0])


def _items(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``list(xs_dot)``"""
    if options or len(arguments) != 1:
        return None
    return gast.Call(node.func, [iterated(expressions, arguments[0])], [])


def iterated(expressions: Expressions, node: gast.expr, depth: int = 1) -> gast.expr:
    """A batched value as what a loop runs over, or what is unpacked: the axis of the directions behind the rows.

    ``depth`` is how many axes are taken apart.
    """
    kind = expressions.scope.kind(node)
    if isinstance(kind, Array):
        rank = expressions.scope.surely(node)
        if rank == depth == 1:
            return attribute(expressions.batched(node), "T")
        if rank < depth:
            raise NotBatchedError
        return call("np.moveaxis", expressions.batched(node), constant(0), constant(depth))
    return expressions.batched(node)


def _owned(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    scope = expressions.scope
    value, tangent = arguments
    return call(scope.helper(own_tangents), expressions.primal(value), expressions.full(tangent), name(scope.columns))


def _summed_to(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``sum_to(z_bar_dot, x.shape)``, of which the axes in front are those of one tangent."""
    scope = expressions.scope
    value, shape = arguments
    rank, wanted = scope.rank(value), scope.rank(node)
    if rank is None or wanted is None or scope.is_batched(shape):
        return None
    summed = expressions.batched(value)
    if rank > wanted:
        summed = call("np.sum", summed, axis=constant(moved_axes(tuple(range(rank - wanted)), rank, "all axes")))
    return call(node.func, summed, scope.shape(expressions.primal(shape))) if wanted else summed


def _entry_by_entry(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """What takes containers apart to their arrays, and does with those the same for all directions."""
    kinds = [expressions.scope.kind(argument) for argument in arguments]
    if any(not _are_alike(kinds[0], kind) for kind in kinds):
        return None
    return None if options else gast.Call(node.func, [expressions.full(argument) for argument in arguments], [])


def _are_alike(one: Kind, other: Kind) -> bool:
    """Whether two values are containers with arrays in the same places."""
    match one, other:
        case (Array() | Scalar(), Array() | Scalar()):
            return type(one) is type(other)
        case (SequenceOf(element=first), SequenceOf(element=second)):
            return _are_alike(first, second)
        case (TupleOf(elements=firsts), TupleOf(elements=seconds)) if len(firsts) == len(seconds):
            return all(_are_alike(first, second) for first, second in zip(firsts, seconds, strict=True))
        case (DictOf(element=first), DictOf(element=second)):
            return _are_alike(first, second)
        case _:
            return False


def _item(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``a_dot.item()`` of one number."""
    rank = expressions.scope.rank(arguments[0])
    if options or len(arguments) != 1 or rank is None:
        return None
    return method(expressions.batched(arguments[0]), "reshape", name(expressions.scope.columns)) if rank else None


def _sum_of_items(
    expressions: Expressions, node: gast.Call, arguments: list[gast.expr], options: dict[str, gast.expr]
) -> gast.expr | None:
    """``sum(xs_dot)``"""
    kind = expressions.scope.kind(arguments[0])
    if options or len(arguments) != 1:
        return None
    if isinstance(kind, Array) and kind.ndim is not None and kind.ndim >= 1:
        return call("np.sum", expressions.batched(arguments[0]), axis=constant(1))
    if isinstance(kind, SequenceOf) and isinstance(kind.element, Scalar):
        return call("sum", expressions.batched(arguments[0]), call("np.zeros", name(expressions.scope.columns)))
    if isinstance(kind, TupleOf) and kind.elements and all(isinstance(part, Scalar) for part in kind.elements):
        return call("sum", expressions.batched(arguments[0]))
    return None


def _is_hashable(function: Any) -> bool:
    try:
        hash(function)
    except TypeError:
        return False
    return True


# What they give can be run through once, not stacked.
_ITERATORS = (zip, enumerate, reversed, map, filter, iter)

_WRITERS: dict[Any, Writer] = {
    np.reshape: reshaped,
    np.ravel: raveled,
    np.ndarray.flatten: flattened,
    np.transpose: transposed,
    np.swapaxes: axes_moved,
    np.moveaxis: axes_moved,
    np.broadcast_to: broadcast,
    np.full_like: filled,
    np.full: filled,
    np.array: array,
    np.asarray: array,
    np.concatenate: joined,
    np.stack: joined,
    np.hstack: joined,
    np.vstack: joined,
    np.matmul: _of_two(product),
    np.dot: _of_two(dot_product),
    np.inner: _of_two(inner_product),
    np.outer: _of_two(outer_product),
    np.einsum: _einsum,
    np.trace: _trace,
    np.linalg.solve: _solved,
    builtins.float: _number,
    builtins.list: _items,
    builtins.tuple: _items,
    builtins.sum: _sum_of_items,
    own_tangent: _owned,
    own_copy: _entry_by_entry,
    add_mirrors: _entry_by_entry,
    sum_to: _summed_to,
    np.ndarray.item: _item,
}

__all__ = ["called", "iterated"]
