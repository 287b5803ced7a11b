"""Shapes on the way down an expression: cotangents of operands that were broadcast, summed as late as is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import gast
import numpy as np

from srcgrad.analyse.operations import is_path, operation_of
from srcgrad.differentiate.application import Application, apply_rule
from srcgrad.differentiate.cotangent import Cotangent, fitted, is_of_shape
from srcgrad.kind import Array, Kind, Number, Scalar
from srcgrad.syntax.build import call, is_number, multiply

if TYPE_CHECKING:
    from srcgrad.differentiate.expressions import Expressions


def arrays_of(expressions: Expressions, node: gast.expr, application: Application) -> list[gast.expr]:
    """The operands that are no numbers; none where it is not known that they, and the value, are arrays."""
    kinds = expressions.kinds.of
    arrays = [part for part in application.operands.values() if not isinstance(kinds.get(part), Scalar)]
    return arrays if all(isinstance(kinds.get(part), Array) for part in (node, *arrays)) else []


def spreads(arrays: list[gast.expr], factor: gast.expr) -> bool:
    """Whether a partial derivative has the shape of the value: it reads all arrays of the operation."""
    inner = list(gast.walk(factor))
    if not arrays or any(isinstance(part, gast.Attribute) and part.attr in ("shape", "size") for part in inner):
        return False
    read = {gast.dump(part) for part in inner if isinstance(part, gast.expr)}
    return all(gast.dump(part) in read for part in arrays)


def shaped(expressions: Expressions, expression: gast.expr) -> gast.expr:
    """What to ask for a shape in place of an expression: a variable in it that has the same."""
    kind = expressions.evaluate(expression)
    if is_path(expression, expressions.kinds) or not isinstance(kind, Array):
        return expression
    return _witness(expressions, expression, kind)


def full(expressions: Expressions, node: gast.expr, expression: gast.expr, kind: Kind) -> tuple[gast.expr, Kind]:
    """A cotangent of the full shape of an expression's value, as rules want it."""
    target = expressions.kinds.of.get(node)
    if isinstance(target, Scalar) or not isinstance(target, Array | Number):
        return expression, kind
    if isinstance(target, Array) and target.dims == ():
        return expression, kind
    if isinstance(target, Array) and isinstance(kind, Array) and kind.dims is not None and kind.dims == target.dims:
        return expression, kind
    witness = _witness(expressions, node, target)
    if isinstance(kind, Scalar) and isinstance(target, Array):
        if is_number(expression, 1.0):
            return call("np.ones_like", witness), target
        return call("np.full_like", witness, expression), target
    if isinstance(kind, Array) and isinstance(target, Array) and kind.dims is not None and _no_ones(kind.dims):
        if kind.ndim == target.ndim and isinstance(expression, gast.Name):
            return expression, target
    return call("np.broadcast_to", expression, call("np.shape", witness)), target


def _witness(expressions: Expressions, node: gast.expr, target: Kind) -> gast.expr:
    """An expression with the shape of a node's value: a variable below it where there is one, or the node again."""
    value = expressions.value_of(node)
    if value is not node:
        return value
    if isinstance(target, Array) and target.dims is not None:
        for part in _operands_below(node):
            if not is_path(part, expressions.kinds):
                continue
            kind = expressions.kinds.of.get(part) or expressions.evaluate(part)
            if isinstance(kind, Array) and kind.dims == target.dims:
                return part
    return node


def push_wider(expressions: Expressions, node: gast.expr, expression: gast.expr, kind: Kind) -> None:
    """Push what belongs to an array into which the value of an expression was written, perhaps broadcast."""
    given = expressions.kinds.of.get(node)
    if isinstance(given, Array) and isinstance(kind, Array):
        _fit(expressions, node, Cotangent(expression, kind), given)
        return
    expression, found = fitted(expression, kind, given, node)  # type: ignore[arg-type]
    expressions.push(node, Cotangent(expression, found))


def _fit(expressions: Expressions, node: gast.expr, cotangent: Cotangent, given: Kind) -> None:
    """Push a cotangent that may be wider than the value: summed at once, or where it gets to a variable."""
    witness = _witness(expressions, node, given) if isinstance(given, Array) else node
    has_variable = is_path(witness, expressions.kinds)
    if has_variable:
        witness = expressions.adjoints.shape_source(witness)
    expression = cotangent.masked()
    fitting, kind = fitted(expression, cotangent.kind, given, witness)
    is_plain = cotangent.condition is None and not cotangent.in_parts
    if _is_summed(fitting, expression) and not has_variable and is_plain and _takes_wider(expressions, node):
        expressions.push(node, Cotangent(expression, cotangent.kind, is_wider=True))
        return
    expressions.push(node, replace(expressions.part(fitting, kind, cotangent), is_full=is_of_shape(kind, given)))


def _takes_wider(expressions: Expressions, node: gast.expr) -> bool:
    """Whether an expression is an elementwise operation on arrays, whose operands' adjoints are summed instead."""
    operation = operation_of(node, expressions.kinds)
    if operation is None or not operation.is_differentiable or not isinstance(expressions.kinds.of.get(node), Array):
        return False
    application = apply_rule(operation, node, expressions.kinds, expressions.depends)
    if application.rule.form != "partials" or application.rule.function is np.where:
        return False
    kinds = [expressions.kinds.of.get(operand) for operand in application.operands.values()]
    return all(isinstance(kind, Scalar | Array) for kind in kinds)


def push_operand(
    expressions: Expressions, node: gast.expr, operand: gast.expr, cotangent: Cotangent, is_alone: bool = False
) -> None:
    """Push to an operand of an elementwise operation, summing over the axes along which it was broadcast.

    ``is_alone``: it is the only array of the operation, which then has its shape.
    """
    whole, part = expressions.kinds.of.get(node), expressions.kinds.of.get(operand)
    same = isinstance(whole, Scalar) or not isinstance(part, Scalar | Array | Number)
    if same or (of_one_shape(whole, part) and not cotangent.is_wider):
        expressions.push(operand, cotangent)
        return
    if is_alone and cotangent.is_full and isinstance(part, Array):
        expressions.push(operand, replace(cotangent, kind=shaped_like(cotangent.kind, part)))
        return
    expression = cotangent.masked()
    is_spread = (cotangent.is_full or cotangent.is_wider) and expression is cotangent.expression
    kind = cotangent.kind if is_spread else expressions.evaluate(expression)
    if not is_spread and not of_one_shape(kind, whole):
        assert whole is not None
        witness = _witness(expressions, node, whole)
        if isinstance(kind, Scalar) and isinstance(part, Scalar):
            expression = multiply(expression, call("np.size", witness))
        else:
            expression = call("np.broadcast_to", expression, call("np.shape", witness))
            kind = whole
    given = replace(cotangent, expression=expression, kind=kind, mask=None, is_full=False, is_wider=False)
    _fit(expressions, operand, given, part)  # type: ignore[arg-type]


def _is_summed(fitting: gast.expr, expression: gast.expr) -> bool:
    """Whether `fitted` could only ask at run time which axes to sum over."""
    total = fitting.operand if isinstance(fitting, gast.UnaryOp) else fitting
    return total is not expression and isinstance(total, gast.Call) and getattr(total.func, "id", None) == "sum_to"


def shaped_like(kind: Kind, whole: Kind | None) -> Kind:
    """The kind of an array of the shape of another."""
    return Array(kind.dtype, whole.dims) if isinstance(kind, Array) and isinstance(whole, Array) else kind


def of_one_shape(one: Kind | None, other: Kind | None) -> bool:
    """Whether two arrays surely have the same shape."""
    return isinstance(one, Array) and isinstance(other, Array) and one.dims is not None and one.dims == other.dims


def _no_ones(dims: tuple[int | str, ...]) -> bool:
    return all(dim != 1 for dim in dims)


def _operands_below(node: gast.AST) -> Iterator[gast.expr]:
    for part in gast.walk(node):
        if isinstance(part, gast.expr) and part is not node:
            yield part
