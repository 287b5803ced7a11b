"""Products and signs: how the parts of an adjoint expression are multiplied so that they read well."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TypeAlias

import gast

Number: TypeAlias = int | float | complex

# A factor of a product: whether it divides, and the factor.
Factor: TypeAlias = tuple[bool, gast.expr]


def number_node(value: Number) -> gast.expr:
    """The expression of a number; a negative one is a negation, as in Python's own trees."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.copysign(1.0, value) < 0:
        return gast.UnaryOp(gast.USub(), gast.Constant(-value, None))
    return gast.Constant(value, None)


def number_value(node: gast.expr) -> Number | None:
    """The value of a number's expression, None for any other expression."""
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        value = number_value(node.operand)
        return None if value is None else -value
    if isinstance(node, gast.Constant) and type(node.value) in (int, float, complex):
        return node.value  # type: ignore[no-any-return]
    return None


def fold_product(a: Number, b: Number) -> Number:
    """a * b, computed as it is written in decimal where that is short: 0.1 * 3 is 0.3."""
    if (
        isinstance(a, (int, float))
        and isinstance(b, (int, float))
        and isinstance(a * b, float)
        and math.isfinite(a * b)
    ):
        exact = Decimal(repr(a)) * Decimal(repr(b))
        if len(exact.as_tuple().digits) <= 15:
            return float(exact)
    return a * b


def fold_quotient(a: Number, b: Number) -> Number | None:
    """a / b where its decimal form is exact and short (1.0 / 4.0, not 1.0 / 3.0), else None."""
    if isinstance(a, complex) or isinstance(b, complex) or not b or not math.isfinite(a) or not math.isfinite(b):
        return None
    quotient = a / b
    if Decimal(repr(quotient)) * Decimal(repr(b)) == Decimal(repr(a)):
        return quotient
    return None


def split_sign(node: gast.expr) -> tuple[bool, gast.expr]:
    """(negative, expression without its sign); a sign is found at the head of a product or quotient."""
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        negative, rest = split_sign(node.operand)
        return not negative, rest
    if isinstance(node, gast.BinOp) and isinstance(node.op, (gast.Mult, gast.Div, gast.MatMult)):
        negative, left = split_sign(node.left)
        if negative:
            return True, gast.copy_location(gast.BinOp(left, node.op, node.right), node)
    return False, node


def factors(node: gast.expr) -> list[Factor]:
    """The factors of a product without sign, in the order in which they are written."""
    if isinstance(node, gast.BinOp) and isinstance(node.op, (gast.Mult, gast.Div)):
        return [*factors(node.left), (isinstance(node.op, gast.Div), node.right)]
    return [(False, node)]


def product(parts: list[Factor]) -> gast.expr:
    """The factors multiplied and divided from left to right.

    Numbers among them are gathered into one coefficient, which stands in front unless the product is a
    plain ``e * 0.5``; a coefficient of 1 goes, and 0 makes the product 0.0.
    """
    parts, coefficient = _gather(parts)
    if coefficient == 0:
        return number_node(0.0)
    if coefficient is not None:
        leader = next((index for index, (divides, _) in enumerate(parts) if not divides), None)
        if leader:
            parts = [parts[leader], *parts[:leader], *parts[leader + 1 :]]
        if coefficient != 1 or leader is None:
            parts = [(False, number_node(coefficient)), *parts]
    result = parts[0][1]
    for divides, factor in parts[1:]:
        result = gast.BinOp(result, gast.Div() if divides else gast.Mult(), factor)
    return result


def _gather(parts: list[Factor]) -> tuple[list[Factor], Number | None]:
    """The factors that are no numbers, and the product of those that are (None where it stays in its place)."""
    values = [(divides, number_value(factor)) for divides, factor in parts]
    numbers = [value for divides, value in values if value is not None and not divides]
    divisors = [value for divides, value in values if value is not None and divides]
    if len(numbers) == 1 and not divisors and len(parts) == 2 and numbers[0] not in (0, 1):
        return parts, None
    coefficient: Number = numbers[0] if numbers else 1.0
    for value in numbers[1:]:
        folded = fold_product(coefficient, value)
        if isinstance(folded, float) and (math.isinf(folded) or (folded == 0 and coefficient and value)):
            return parts, None  # overflow or underflow, which the other factors may prevent
        coefficient = folded
    kept = [part for part in parts if part[0] or number_value(part[1]) is None]
    if numbers:
        for index, (divides, factor) in reversed(list(enumerate(kept))):
            divisor = number_value(factor) if divides else None
            quotient = None if divisor is None else fold_quotient(coefficient, divisor)
            if quotient is not None:
                coefficient = quotient
                del kept[index]
    if not numbers and not (kept and kept[0][0]):
        return kept, None
    return kept, coefficient
