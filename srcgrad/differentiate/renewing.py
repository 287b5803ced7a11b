"""Rules read an operation's value; where the value went into an element of an array, it can be read there.

``x[i] = np.sqrt(x[i])`` reverses to ``x_bar[i] *= 0.5 / np.sqrt(x[i])`` once the earlier ``x[i]`` is back, and to
``x_bar[i] *= 0.5 / x[i]`` before that.  Which is better, the recording decides (``overwritten.py``).
"""

from __future__ import annotations

import gast

from srcgrad.syntax.build import divide, multiply, name, names_read, substitute

# What stands for a statement's value while its reversal is written; no variable is called so.
NEW_VALUE = "the new value"


def new_value() -> gast.Name:
    """The name for a statement's value."""
    return name(NEW_VALUE)


def with_element(adjoint: list[gast.stmt], element: gast.expr) -> list[gast.stmt]:
    """Adjoint statements that read the value in its new place; none where they do not read it."""
    if NEW_VALUE not in names_read(adjoint):
        return []
    return [substitute(statement, {NEW_VALUE: element}) for statement in adjoint]


def with_operation(adjoint: list[gast.stmt], value: gast.expr) -> list[gast.stmt]:
    """Adjoint statements that compute the value again from its operands."""
    return [_WrittenOut(value).visit(statement) for statement in adjoint]


class _WrittenOut(gast.NodeTransformer):
    """Puts an operation in the place of its value, with products as people write them."""

    def __init__(self, value: gast.expr) -> None:
        self.value = value

    def visit_Name(self, node: gast.Name) -> gast.expr:
        return self.value if node.id == NEW_VALUE else node

    def visit_BinOp(self, node: gast.BinOp) -> gast.expr:
        if NEW_VALUE not in names_read(node):
            return node
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, gast.Mult):
            return multiply(left, right)
        if isinstance(node.op, gast.Div):
            return divide(left, right)
        return gast.BinOp(left, node.op, right)
