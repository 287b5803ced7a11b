"""Decorated inner functions: ``@d def g(x): ...`` becomes ``def g(x): ...`` and ``g = d(g)``."""

from __future__ import annotations

import gast

from srcgrad.syntax.build import assign, name
from srcgrad.syntax.tree import blank, copy_tree, located_at, with_replaced


def undecorated(tree: gast.FunctionDef) -> gast.FunctionDef:
    """The function with its inner functions decorated by assignments."""
    replaced: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
    for node in gast.walk(tree):
        if isinstance(node, gast.FunctionDef) and node is not tree and node.decorator_list:
            plain = blank(node)
            plain.__dict__.update(node.__dict__)
            plain.decorator_list = []
            plain = undecorated(plain)
            calls: gast.expr = name(node.name)
            for decorator in reversed(node.decorator_list):
                calls = gast.Call(copy_tree(decorator), [calls], [])
            replaced[node] = [plain, located_at(assign(node.name, calls), node.decorator_list[0])]
    made = with_replaced(tree, replaced) if replaced else tree
    assert isinstance(made, gast.FunctionDef)
    return made
