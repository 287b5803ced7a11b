"""Pruning: branches that never run in a specialisation.

Before, where it is known that ``axis is None``::

    if axis is None:
        y = np.sum(x)
    else:
        y = np.sum(x, axis=axis)

After::

    y = np.sum(x)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gast

from srcgrad.syntax.tree import blank

# Functions that ask for kinds: a test that calls nothing else need not run again.
_ASKS_FOR_KINDS = frozenset({"isinstance", "len", "hasattr", "callable"})
_ASKS_IN_NUMPY = frozenset({"ndim", "shape", "size", "iscomplexobj"})


def prune(tree: gast.FunctionDef, decided: Mapping[gast.AST, bool]) -> gast.FunctionDef:
    """The function without the branches of ``if`` statements and conditional expressions that ``decided`` rules out.

    ``decided`` has the tests whose outcome is known; a test that calls a function stays, whatever its outcome.
    """
    return _Pruning(decided).visit_tree(tree)


class _Pruning:
    def __init__(self, decided: Mapping[gast.AST, bool]) -> None:
        self.decided = {test: outcome for test, outcome in decided.items() if not _calls(test)}

    def visit_tree(self, tree: gast.FunctionDef) -> gast.FunctionDef:
        if not self.decided:
            return tree
        body = self.block(tree.body)
        if len(body) == len(tree.body) and all(new is old for new, old in zip(body, tree.body, strict=True)):
            return tree
        bare = _copied(tree)
        bare.body = body
        return bare

    def block(self, statements: Sequence[gast.stmt]) -> list[gast.stmt]:
        return [new for statement in statements for new in self.statement(statement)]

    def statement(self, statement: gast.stmt) -> list[gast.stmt]:
        if isinstance(statement, gast.If) and statement.test in self.decided:
            return self.block(statement.body if self.decided[statement.test] else statement.orelse)
        if isinstance(statement, gast.While) and self.decided.get(statement.test) is False:
            return []
        if isinstance(statement, gast.FunctionDef):
            return [statement]
        changed: dict[str, object] = {}
        for field, value in statement.__dict__.items():
            if isinstance(value, gast.expr):
                new: object = self.expression(value)
            elif isinstance(value, list) and value and isinstance(value[0], gast.stmt):
                new = self.block(value) or ([gast.copy_location(gast.Pass(), statement)] if field == "body" else [])
                if len(new) == len(value) and all(a is b for a, b in zip(new, value, strict=True)):
                    new = value
            elif isinstance(value, list) and value and isinstance(value[0], gast.ExceptHandler):
                new = [self._handler(handler) for handler in value]
            else:
                continue
            if new is not value:
                changed[field] = new
        if not changed:
            return [statement]
        bare = _copied(statement)
        bare.__dict__.update(changed)
        return [bare]

    def _handler(self, handler: gast.ExceptHandler) -> gast.ExceptHandler:
        bare = _copied(handler)
        bare.body = self.block(handler.body) or [gast.copy_location(gast.Pass(), handler)]
        return bare

    def expression(self, node: gast.expr) -> gast.expr:
        """An expression without the sides of conditional expressions that are never taken."""
        if isinstance(node, gast.IfExp) and node.test in self.decided:
            return self.expression(node.body if self.decided[node.test] else node.orelse)
        if isinstance(node, gast.Lambda):
            return node
        changed: dict[str, object] = {}
        for field, value in node.__dict__.items():
            new: object = value
            if isinstance(value, gast.expr):
                new = self.expression(value)
            elif isinstance(value, list) and any(isinstance(item, gast.expr) for item in value):
                items = [self.expression(item) if isinstance(item, gast.expr) else item for item in value]
                new = value if all(a is b for a, b in zip(items, value, strict=True)) else items
            elif isinstance(value, list) and any(isinstance(item, gast.keyword) for item in value):
                items = [self._keyword(item) for item in value]
                new = value if all(a is b for a, b in zip(items, value, strict=True)) else items
            if new is not value:
                changed[field] = new
        if not changed:
            return node
        bare = _copied(node)
        bare.__dict__.update(changed)
        return bare

    def _keyword(self, node: gast.keyword) -> gast.keyword:
        value = self.expression(node.value)
        if value is node.value:
            return node
        bare = _copied(node)
        bare.value = value
        return bare


def _copied(node: gast.AST) -> Any:
    bare = blank(node)
    bare.__dict__.update(node.__dict__)
    return bare


def _calls(test: gast.AST) -> bool:
    """Whether a test calls more than what asks for kinds."""
    return any(isinstance(node, gast.Call) and not _asks_for_kinds(node.func) for node in gast.walk(test))


def _asks_for_kinds(called: gast.AST) -> bool:
    match called:
        case gast.Name(id=identifier):
            return identifier in _ASKS_FOR_KINDS
        case gast.Attribute(value=gast.Name(id="np" | "numpy"), attr=attr):
            return attr in _ASKS_IN_NUMPY
    return False
