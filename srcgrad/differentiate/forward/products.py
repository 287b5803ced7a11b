"""Products: the tangent of ``a * x * b``, factors that have no tangent taken out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.operations import is_numeric
from srcgrad.syntax.build import add, multiply

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


def product_tangent(
    node: gast.BinOp, kinds: Kinds, tangent: Callable[[gast.expr], gast.expr | None]
) -> gast.expr | None:
    """``dt * (k_dot * x + k * x_dot)`` for ``dt * k * x``; None where no factor has a tangent."""
    factors = _factors(node, kinds)
    dots = [tangent(factor) for factor in factors]
    active = [position for position, dot in enumerate(dots) if dot is not None]
    if not active:
        return None
    if len(active) == 1:
        return multiply(*(dot if dot is not None else factor for factor, dot in zip(factors, dots, strict=True)))
    first, last = active[0], active[-1]
    total: gast.expr = gast.Constant(0.0, None)
    for position in active:
        term = [*factors[first:position], dots[position], *factors[position + 1 : last + 1]]
        total = add(total, multiply(*term))
    return multiply(*factors[:first], total, *factors[last + 1 :])


def _factors(node: gast.expr, kinds: Kinds) -> list[gast.expr]:
    """The factors of a product of numbers and arrays, in their order."""
    match node:
        case gast.BinOp(left=left, op=gast.Mult(), right=right) if is_numeric(kinds.of.get(left)):
            return [*_factors(left, kinds), right]
        case _:
            return [node]
