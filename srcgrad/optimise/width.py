"""How wide an expression is in print, without printing it."""

from __future__ import annotations

import gast

# Characters that a node adds to those of its parts, by and large: operators with their spaces, brackets, commas.
_EXTRA = {
    gast.BinOp: 3,
    gast.BoolOp: 5,
    gast.UnaryOp: 1,
    gast.Compare: 4,
    gast.Call: 2,
    gast.Subscript: 2,
    gast.IfExp: 10,
    gast.Lambda: 9,
    gast.Slice: 1,
    gast.keyword: 1,
    gast.Starred: 1,
    gast.Assign: 3,
    gast.AugAssign: 4,
    gast.Return: 7,
    gast.For: 9,
    gast.If: 4,
    gast.While: 7,
}
_SEPARATED = (gast.Call, gast.Tuple, gast.List, gast.Set, gast.Dict)


def width(node: gast.AST) -> int:
    """About how many characters a statement's own line, or an expression, takes."""
    total = _EXTRA.get(type(node), 0)
    if isinstance(node, gast.Name):
        return len(node.id)
    if isinstance(node, gast.Constant):
        return len(repr(node.value))
    if isinstance(node, gast.Attribute):
        return width(node.value) + 1 + len(node.attr)
    if isinstance(node, gast.keyword):
        total += len(node.arg or "*")
    for field in node._fields:
        if field in ("body", "orelse", "finalbody", "handlers") and isinstance(node, gast.stmt):
            continue
        value = getattr(node, field, None)
        if isinstance(value, gast.AST):
            total += width(value)
            if isinstance(node, gast.BinOp) and isinstance(value, gast.BinOp):
                total += _brackets(node, value, field)
        elif isinstance(value, list):
            parts = [item for item in value if isinstance(item, gast.AST)]
            total += sum(width(item) for item in parts)
            if isinstance(node, _SEPARATED):
                total += 2 * max(len(parts) - 1, 0)
    return total


def _brackets(outer: gast.BinOp, inner: gast.BinOp, field: str) -> int:
    """2 where a sum stands inside a product, or an operator at the right side of another one."""
    looser = isinstance(inner.op, (gast.Add, gast.Sub)) and not isinstance(outer.op, (gast.Add, gast.Sub))
    return 2 if looser or field == "right" else 0
