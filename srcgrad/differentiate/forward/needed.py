"""The values that tangents read: the costly ones among them get a name, so that nothing is computed twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.operations import Operation
from srcgrad.differentiate.forward.expressions import factors_of
from srcgrad.differentiate.forward.rules import dotted_parameters, forward_rule
from srcgrad.differentiate.needed import read_by_rule
from srcgrad.syntax.build import name

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


def forward_needs(
    operation: Operation, node: gast.expr, kinds: Kinds, depends: Callable[[gast.AST], bool]
) -> tuple[list[gast.expr], list[gast.expr]]:
    """The values that the tangent of an operation reads, and its operands."""
    rule = forward_rule(operation, node, kinds, depends)
    application = rule.application
    operands = list(application.operands.values())
    match rule.form:
        case "linear":
            return [], operands
        case "multilinear":
            factors = factors_of(application, kinds)
            active = [factor for factor in factors if depends(factor)]
            return [factor for factor in factors if len(active) > 1 or factor not in active], operands
        case "tangent":
            extra = {dot: name(dot) for dot in dotted_parameters(application.rule).values()}
            return read_by_rule(application, node, kinds, extra), operands
        case "partials":
            return read_by_rule(application, node, kinds, {}), operands
