"""Products of which one factor is a tangent, for several tangents at once."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import gast

from srcgrad.syntax.build import attribute, binary, constant, multiply

if TYPE_CHECKING:
    from srcgrad.differentiate.batching.expressions import Expressions


def product(expressions: Expressions, node: gast.expr, a: gast.expr, b: gast.expr) -> gast.expr | None:
    """``a @ b``; None where there is no form for all directions.

    A stack of vectors from the right is a matrix: ``A @ x_dot`` of all directions is ``x_dot @ A.T``.
    """
    scope = expressions.scope
    first, second = scope.rank(a), scope.rank(b)
    if first is None or second is None or (scope.is_batched(a) and scope.is_batched(b)):
        return None
    if scope.is_batched(a):
        if first == 1 and second > 2:
            return None
        wanted = max(first, second) if min(first, second) >= 2 else first
        return binary(scope.aligned(expressions.batched(a), first, wanted), "@", expressions.primal(b))
    if second == 1:
        dots, other = expressions.batched(b), expressions.primal(a)
        if first == 1:
            return binary(dots, "@", other)
        return binary(dots, "@", attribute(other, "T")) if first == 2 else None
    wanted = max(first, second) if first >= 2 else second
    return binary(expressions.primal(a), "@", scope.aligned(expressions.batched(b), second, wanted))


def dot_product(expressions: Expressions, node: gast.expr, a: gast.expr, b: gast.expr) -> gast.expr | None:
    """``np.dot(a, b)``, which is ``a @ b`` up to matrices."""
    ranks = [expressions.scope.rank(factor) for factor in (a, b)]
    if None in ranks or max(rank for rank in ranks if rank is not None) > 2:
        return None
    if 0 in ranks:
        wanted = max(rank for rank in ranks if rank is not None)
        return multiply(expressions.operand(a, wanted), expressions.operand(b, wanted))
    return product(expressions, node, a, b)


def inner_product(expressions: Expressions, node: gast.expr, a: gast.expr, b: gast.expr) -> gast.expr | None:
    """``np.inner(a, b)`` of two vectors."""
    if expressions.scope.rank(a) != 1 or expressions.scope.rank(b) != 1:
        return None
    return product(expressions, node, a, b)


def outer_product(expressions: Expressions, node: gast.expr, a: gast.expr, b: gast.expr) -> gast.expr | None:
    """``np.outer(a, b)`` of two vectors: ``a_dot[:, :, np.newaxis] * b``."""
    scope = expressions.scope
    if scope.rank(a) != 1 or scope.rank(b) != 1 or (scope.is_batched(a) and scope.is_batched(b)):
        return None
    axis, rest = attribute("np", "newaxis"), gast.Slice(None, None, None)
    if scope.is_batched(a):
        column = gast.Subscript(expressions.batched(a), gast.Tuple([rest, rest, axis], gast.Load()), gast.Load())
        return binary(column, "*", expressions.primal(b))
    column = gast.Subscript(expressions.primal(a), gast.Tuple([rest, axis], gast.Load()), gast.Load())
    return binary(column, "*", scope.aligned(expressions.batched(b), 1, 2))


def einsum(expressions: Expressions, node: gast.Call) -> gast.expr | None:
    """``np.einsum("ij,jk->ik", a_dot, b)`` with a letter more for the directions."""
    scope = expressions.scope
    subscripts, *operands = node.args
    text = scope.value(subscripts)
    if not isinstance(text, str) or "->" not in text or node.keywords:
        return None
    inputs, output = text.replace(" ", "").split("->")
    terms = inputs.split(",")
    free = [letter for letter in reversed(string.ascii_lowercase) if letter not in text]
    if len(terms) != len(operands) or not free or any(isinstance(operand, gast.Starred) for operand in operands):
        return None
    flags = [scope.is_batched(operand) for operand in operands]
    terms = [free[0] + term if flag else term for term, flag in zip(terms, flags, strict=True)]
    arguments = [
        expressions.batched(operand) if flag else expressions.primal(operand)
        for operand, flag in zip(operands, flags, strict=True)
    ]
    return gast.Call(node.func, [constant(f"{','.join(terms)}->{free[0]}{output}"), *arguments], [])
