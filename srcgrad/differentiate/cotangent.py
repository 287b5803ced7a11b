"""Cotangents on their way down an expression, and how they are fitted to what they are added to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import gast

from srcgrad.kind import Array, Kind, Number, Scalar
from srcgrad.syntax.build import (
    attribute,
    call,
    compare,
    constant,
    copy_tree,
    is_number,
    multiply,
    negate,
    number_value,
)
from srcgrad.syntax.products import split_sign

Evaluate = Callable[[gast.expr], Kind]


@dataclass(frozen=True)
class Cotangent:
    """The adjoint of an expression: ``expression`` broadcasts to the shape of its value.

    ``condition`` holds where the adjoint is not surely zero; ``mask`` is what has yet to be applied that ``expression``
    is zero where it does not hold: the condition, or a part of it that is enough until a factor may be infinite there.
    ``is_one_test``: the condition is one truth value, not an array of them.  ``in_parts``: the adjoint is a sequence of
    adjoints that are zero where something was not taken.  ``is_full``: ``expression`` has the very shape of an array's
    value, none of its axes left to broadcasting.  ``is_wider``: it may have axes along
    which it has yet to be summed.
    """

    expression: gast.expr
    kind: Kind
    condition: gast.expr | None = None
    mask: gast.expr | None = None
    is_one_test: bool = False
    in_parts: bool = False
    is_full: bool = False
    is_wider: bool = False

    def times(self, factor: gast.expr, product: gast.expr, kind: Kind) -> Cotangent:
        """The cotangent of an operand: ``product``, this cotangent times the partial derivative ``factor``."""
        mask = self.condition if may_be_singular(factor) else self.mask
        return replace(self, expression=product, kind=kind, mask=mask)

    def masked(self) -> gast.expr:
        """The expression, zero wherever the condition does not hold."""
        if self.mask is None:
            return self.expression
        if self.is_one_test:
            return gast.IfExp(self.mask, self.expression, constant(0.0))
        return call("np.where", self.mask, self.expression, 0.0)


def where_not_zero(expression: gast.expr, kind: Kind) -> Cotangent:
    """A cotangent that is exactly zero where an operation's result was not taken: it must stay zero there."""
    is_one_test = isinstance(kind, Scalar)
    return Cotangent(expression, kind, compare(copy_tree(expression), "!=", 0.0), is_one_test=is_one_test)


def may_be_singular(factor: gast.expr) -> bool:
    """Whether a factor can be infinite or NaN for finite operands: a quotient, a power, a function's value."""
    for node in gast.walk(factor):
        operator = node.op if isinstance(node, gast.BinOp) else None
        if isinstance(node, gast.Call) or isinstance(operator, gast.Div | gast.Pow | gast.MatMult):
            if isinstance(node, gast.BinOp) and isinstance(node.op, gast.Div) and is_number(node.right):
                continue
            if isinstance(node, gast.BinOp) and isinstance(node.op, gast.Pow) and is_number(node.right):
                exponent = number_value(node.right)
                if isinstance(exponent, int | float) and exponent >= 0:
                    continue
            return True
        # The value of a named operand may be infinite itself: log(0) in a branch that is not taken.
        if isinstance(node, gast.Name | gast.Subscript | gast.Attribute):
            return True
    return False


def fitted(expression: gast.expr, kind: Kind, target: Kind, value: gast.expr) -> tuple[gast.expr, Kind]:
    """``expression`` summed over the axes along which ``value`` (of kind ``target``) was broadcast, or smaller still.

    A result that still has to be broadcast keeps its own kind.
    """
    expression, kind = _real(expression, kind, target)
    if isinstance(target, Scalar):
        if isinstance(kind, Scalar):
            return expression, kind
        return _summed(expression), Scalar(_dtype(kind), python=False)
    if isinstance(kind, Scalar):
        return expression, kind
    if isinstance(target, Array) and isinstance(kind, Array) and target.dims is not None and kind.dims is not None:
        if kind.dims == target.dims or _surely_smaller(kind.dims, target.dims):
            return expression, kind
        extra = len(kind.dims) - len(target.dims)
        if extra > 0 and kind.dims[extra:] == target.dims:
            axis = 0 if extra == 1 else tuple(range(extra))
            return _summed(expression, axis=_axes(axis)), Array(kind.dtype, target.dims)
        along = _widened(kind.dims, target.dims)
        if along:
            axis = along[0] if len(along) == 1 else along
            return _summed(expression, axis=_axes(axis), keepdims=constant(True)), Array(kind.dtype, target.dims)
    if _has_shape_of(expression, value):
        return expression, target
    shape = attribute(value, "shape") if isinstance(target, Array) else call("np.shape", value)
    if isinstance(target, Array) and _dtype(kind).startswith(("int", "uint", "bool")):
        target = Array(_dtype(kind), target.dims)
    is_negative, expression = split_sign(expression)
    total = call("sum_to", expression, shape)
    return negate(total) if is_negative else total, target


def _has_shape_of(expression: gast.expr, value: gast.expr) -> bool:
    """Whether an expression is a value itself, times numbers."""
    match split_sign(expression)[1]:
        case gast.BinOp(left=left, op=gast.Mult(), right=right) if is_number(left):
            expression = right
        case expression:
            pass
    return isinstance(value, gast.Name) and isinstance(expression, gast.Name) and expression.id == value.id


def is_of_shape(kind: Kind, target: Kind | None) -> bool:
    """Whether what `fitted` gave has the shape of its target, rather than a smaller one."""
    return isinstance(target, Array) and isinstance(kind, Array) and kind.dims == target.dims


def _summed(expression: gast.expr, **options: gast.expr) -> gast.expr:
    """A sum over an array; signs and numbers that multiply it are applied to the sum instead."""
    is_negative, expression = split_sign(expression)
    match expression:
        case gast.BinOp(left=left, op=gast.Mult(), right=right) if is_number(left):
            total = multiply(left, call("np.sum", right, **options))
        case _:
            total = call("np.sum", expression, **options)
    return negate(total) if is_negative else total


def _widened(dims: tuple[int | str, ...], target: tuple[int | str, ...]) -> tuple[int, ...]:
    """The axes of length one that were broadcast to other lengths, where nothing else differs."""
    if len(dims) != len(target) or not all(mine in (1, theirs) for mine, theirs in zip(target, dims, strict=True)):
        return ()
    return tuple(axis for axis, (mine, theirs) in enumerate(zip(target, dims, strict=True)) if mine != theirs)


def _axes(axis: int | tuple[int, ...]) -> gast.expr:
    if isinstance(axis, int):
        return gast.Constant(axis, None)
    return gast.Tuple([gast.Constant(item, None) for item in axis], gast.Load())


def _surely_smaller(dims: tuple[int | str, ...], target: tuple[int | str, ...]) -> bool:
    """Whether an array of dimensions ``dims`` broadcasts to ``target`` without widening it."""
    if len(dims) > len(target):
        return False
    return all(mine in (1, theirs) for mine, theirs in zip(reversed(dims), reversed(target), strict=False))


def _dtype(kind: Kind) -> str:
    return kind.dtype if isinstance(kind, Scalar | Array | Number) else "float64"


def real_for(target: Kind | None, cotangent: Cotangent) -> Cotangent:
    """The cotangent of a value of kind ``target``: its real part, where a real operand met complex ones."""
    if not isinstance(target, Scalar | Array | Number) or not isinstance(cotangent.kind, Scalar | Array | Number):
        return cotangent
    expression, kind = _real(cotangent.expression, cotangent.kind, target)
    return cotangent if kind is cotangent.kind else replace(cotangent, expression=expression, kind=kind)


def _real(expression: gast.expr, kind: Kind, target: Kind) -> tuple[gast.expr, Kind]:
    """The real part, where a real operand met complex ones."""
    if _dtype(kind).startswith("complex") and not _dtype(target).startswith("complex"):
        real = "float32" if _dtype(kind) == "complex64" else "float64"
        return call("np.real", expression), replace(kind, dtype=real)  # type: ignore[call-arg]
    return expression, kind
