"""Rebinding: augmented assignments to what may be a number or an array as plain ones.

Before::

    total = 0.0
    for row in rows:
        total += row

After::

    total = 0.0
    for row in rows:
        total = total + row
"""

from __future__ import annotations

import gast

from srcgrad.syntax.tree import blank, copy_tree


def bind_anew(tree: gast.FunctionDef, wanted: set[gast.AST]) -> gast.FunctionDef:
    """The function with the wanted augmented assignments to variables as assignments; the others keep their nodes."""
    return _Rebinding(wanted).visit(tree)


class _Rebinding:
    def __init__(self, wanted: set[gast.AST]) -> None:
        self.wanted = wanted

    def visit(self, node: gast.AST) -> gast.AST:
        """A statement (or function) with what is wanted inside it rebound."""
        if node in self.wanted and isinstance(node, gast.AugAssign):
            operand = copy_tree(node.target)
            operand.ctx = gast.Load()
            value = gast.copy_location(gast.BinOp(operand, node.op, node.value), node)
            return gast.copy_location(gast.Assign([node.target], value, None), node)
        changed: dict[str, object] = {}
        for field, value in node.__dict__.items():
            if isinstance(value, list) and any(isinstance(item, gast.stmt | gast.ExceptHandler) for item in value):
                new = [self.visit(item) for item in value]
                if any(one is not other for one, other in zip(new, value, strict=True)):
                    changed[field] = new
        if not changed:
            return node
        bare: gast.AST = blank(node)
        bare.__dict__.update(node.__dict__)
        bare.__dict__.update(changed)
        return bare
