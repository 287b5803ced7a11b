"""Walking over trees, as ``ast.walk`` does, without the nodes that hold nothing.

The passes walk over every tree many times, so this is where a transformation spends its time: what can lie in which
field is looked up once for each class, and contexts and operators (``Load()``, ``Add()``) are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import gast

# Fields that hold text, numbers, contexts or operators, in whatever node.
_WITHOUT_NODES = frozenset(
    [
        "arg", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "module", "op", "ops", "simple",
        "type_comment",
    ]
)  # fmt: skip
_fields: dict[type, tuple[str, ...]] = {gast.Constant: (), gast.Global: (), gast.Nonlocal: ()}


def children(node: gast.AST) -> list[Any]:
    """The nodes right below one, in the order of its fields, without contexts and operators.

    >>> [child.id for child in children(gast.parse("a + b", mode="eval").body)]
    ['a', 'b']
    """
    found: list[Any] = []
    attributes = node.__dict__
    fields = _fields.get(node.__class__)
    if fields is None:
        fields = _fields_of(node.__class__)
    for name in fields:
        value = attributes.get(name)
        if value.__class__ is list:
            found += [item for item in value if isinstance(item, gast.AST)]
        elif isinstance(value, gast.AST):
            found.append(value)
    return found


def walk(tree: gast.AST) -> list[Any]:
    """A node and all below it in the order of ``ast.walk``, breadth first, without contexts and operators.

    >>> [type(node).__name__ for node in walk(gast.parse("f(a, b + 1)", mode="eval").body)]
    ['Call', 'Name', 'Name', 'BinOp', 'Name', 'Constant']
    """
    found: list[Any] = [tree]
    for node in found:
        fields = _fields.get(node.__class__)
        if fields is None:
            fields = _fields_of(node.__class__)
        if not fields:
            continue
        attributes = node.__dict__
        for name in fields:
            value = attributes.get(name)
            if value.__class__ is list:
                found += [item for item in value if isinstance(item, gast.AST)]
            elif isinstance(value, gast.AST):
                found.append(value)
    return found


class Collector:
    """Visits a tree in no particular order: ``visit_Name(node)`` for a name and so on, else the nodes below."""

    _methods: ClassVar[dict[type, Callable[[Any, Any], None] | None]] = {}

    def __init_subclass__(cls) -> None:
        cls._methods = {}

    def visit(self, node: gast.AST) -> None:
        """Visit a node."""
        self._visit_all([node])

    def generic_visit(self, node: gast.AST) -> None:
        """Visit the nodes right below one."""
        self._visit_all(children(node))

    def _visit_all(self, pending: list[gast.AST]) -> None:
        methods = self._methods
        while pending:
            node = pending.pop()
            kind = node.__class__
            if kind not in methods:
                methods[kind] = getattr(type(self), f"visit_{kind.__name__}", None)
            method = methods[kind]
            if method is not None:
                method(self, node)
            else:
                pending += children(node)


def _fields_of(kind: Any) -> tuple[str, ...]:
    """The fields of a class of nodes that may hold nodes."""
    found = _fields[kind] = tuple(name for name in kind._fields if name not in _WITHOUT_NODES)
    return found
