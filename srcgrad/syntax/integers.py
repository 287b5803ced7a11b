"""Sums of integers: ``n - 1 - 1`` is written ``n - 2``."""

from __future__ import annotations

import gast

from srcgrad.syntax.build import binary, constant, number_value


def shifted(value: gast.expr, by: int) -> gast.expr:
    """``value + by`` for an integer expression; the numbers in its sum become one: ``n`` for ``n - 1`` and 1."""
    rest, offset = split_offset(value)
    offset += by
    if rest is None:
        return constant(offset)
    if offset == 0:
        return rest
    return binary(rest, "+" if offset > 0 else "-", abs(offset))


def difference(left: gast.expr, right: gast.expr) -> gast.expr:
    """``left - right`` for integer expressions, the numbers in both sums taken together at its end."""
    rest, offset = split_offset(right)
    first, start = split_offset(left)
    if rest is None:
        return shifted(left, -offset)
    if first is None:
        return binary(constant(start - offset), "-", rest)
    return shifted(binary(first, "-", rest), start - offset)


def split_offset(value: gast.expr) -> tuple[gast.expr | None, int]:
    """(rest, number) of an integer sum: ``(n - i, -1)`` for ``n - 1 - i``; the rest is None where nothing is left."""
    number = number_value(value)
    if isinstance(number, int):
        return None, number
    if not isinstance(value, gast.BinOp) or not isinstance(value.op, gast.Add | gast.Sub):
        return value, 0
    sign = 1 if isinstance(value.op, gast.Add) else -1
    left, first = split_offset(value.left)
    right, second = split_offset(value.right)
    offset = first + sign * second
    if right is None:
        return left, offset
    if left is None:
        # A rest of its own must not begin with a sign.
        return (right, offset) if sign == 1 else (value, 0)
    if left is value.left and right is value.right:
        return value, 0
    if isinstance(right, gast.BinOp) and isinstance(right.op, gast.Add | gast.Sub) and sign == -1:
        return value, 0
    return gast.BinOp(left, value.op, right), offset
