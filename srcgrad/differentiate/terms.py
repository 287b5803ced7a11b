"""Terms of adjoints: equal ones counted, those of two branches side by side, and which may be written twice."""

from __future__ import annotations

import gast

from srcgrad.kind import Kind
from srcgrad.syntax.build import if_statement, multiply


def gathered(contributions: list[tuple[gast.expr, Kind]]) -> list[tuple[gast.expr, Kind]]:
    """Contributions with equal ones counted: ``a * b`` twice is ``2.0 * a * b``."""
    counts: dict[str, int] = {}
    first: dict[str, tuple[gast.expr, Kind]] = {}
    for expression, kind in contributions:
        text = gast.dump(expression)
        counts[text] = counts.get(text, 0) + 1
        first.setdefault(text, (expression, kind))
    return [
        (expression if counts[text] == 1 else multiply(float(counts[text]), expression), kind)
        for text, (expression, kind) in first.items()
    ]


def two_sided(test: gast.expr, body: list[gast.stmt], orelse: list[gast.stmt]) -> list[gast.stmt]:
    """An ``if`` with these branches, turned around or left out where they are empty."""
    if body:
        return [if_statement(test, body, orelse)]
    if orelse:
        return [if_statement(gast.UnaryOp(gast.Not(), test), orelse)]
    return []


def is_simple(expression: gast.expr) -> bool:
    """Whether an expression may be written several times: a name, a number, an element or attribute of a name."""
    match expression:
        case gast.Name() | gast.Constant():
            return True
        case gast.UnaryOp(operand=gast.Name() | gast.Constant()):
            return True
        case gast.Subscript(value=gast.Name(), slice=gast.Name() | gast.Constant()):
            return True
        case gast.Tuple(elts=elements):
            return all(is_simple(element) for element in elements)
        case _:
            return False


def over_one_divisor(factors: list[gast.expr]) -> tuple[gast.expr, list[gast.expr]] | None:
    """``y`` and ``[1.0, -z]`` for several factors ``1.0 / y`` and ``-z / y``; None where they have no such divisor."""
    quotients = [factor for factor in factors if isinstance(factor, gast.BinOp) and isinstance(factor.op, gast.Div)]
    if len(quotients) < max(len(factors), 2) or len({gast.dump(quotient.right) for quotient in quotients}) != 1:
        return None
    return quotients[0].right, [quotient.left for quotient in quotients]
