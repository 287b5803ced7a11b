"""Terms that are zero: what a rule computes of an argument that has no tangent."""

from __future__ import annotations

from typing import Any

import gast

from srcgrad.syntax.build import add, names_read, negate, subtract
from srcgrad.syntax.tree import blank


class ZeroTerms(gast.NodeTransformer):
    """Drops the terms of an expression in which a zero is a factor.

    With ``b_dot`` zero, ``0.5 * (a_dot + b_dot * c)`` is ``0.5 * a_dot``.  An expression is linear in the zeros and the
    other tangents, ``live``, taken together: a call that is given both is not zero.
    """

    def __init__(self, zeros: set[str], live: set[str]) -> None:
        self.zeros = zeros
        self.live = live

    def is_live(self, node: gast.AST) -> bool:
        """Whether an expression reads a tangent that is not zero."""
        return not self.live.isdisjoint(names_read(node))

    def is_zero(self, node: gast.AST | None) -> bool:
        """Whether an expression is one of the zeros."""
        return isinstance(node, gast.Name) and node.id in self.zeros

    def visit_BinOp(self, node: gast.BinOp) -> gast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        first, second = self.is_zero(left), self.is_zero(right)
        match node.op:
            case gast.Add() if first or second:
                return right if first else left
            case gast.Sub() if second:
                return left
            case gast.Sub() if first:
                return negate(right)
            case gast.Mult() | gast.MatMult() if first or second:
                return left if first else right
            case gast.Div() if first:
                return left
            case gast.Add():
                return add(left, right)
            case gast.Sub():
                return subtract(left, right)
            case _:
                return _with(node, left=left, right=right)

    def visit_UnaryOp(self, node: gast.UnaryOp) -> gast.expr:
        operand = self.visit(node.operand)
        return operand if self.is_zero(operand) else _with(node, operand=operand)

    def visit_Subscript(self, node: gast.Subscript) -> gast.expr:
        value = self.visit(node.value)
        return value if self.is_zero(value) else _with(node, value=value)

    def visit_Attribute(self, node: gast.Attribute) -> gast.expr:
        value = self.visit(node.value)
        return value if self.is_zero(value) else _with(node, value=value)

    def visit_Call(self, node: gast.Call) -> gast.expr:
        receiver = self.visit(node.func.value) if isinstance(node.func, gast.Attribute) else None
        arguments = [self.visit(argument) for argument in node.args]
        keywords = [_with(keyword, value=self.visit(keyword.value)) for keyword in node.keywords]
        given = [*arguments, *(keyword.value for keyword in keywords)]
        if receiver is not None:
            given.append(receiver)
        zero = next((argument for argument in given if self.is_zero(argument)), None)
        if zero is not None and not any(map(self.is_live, given)):
            return zero
        func = node.func if receiver is None else _with(node.func, value=receiver)
        return _with(node, func=func, args=arguments, keywords=keywords)


def _with(node: Any, **fields: object) -> Any:
    made = blank(node)
    made.__dict__.update(node.__dict__)
    made.__dict__.update(fields)
    return made
