"""Copying trees and reading them from text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import gast

from srcgrad.syntax.walking import walk

Tree = TypeVar("Tree")


def copy_tree(tree: Tree) -> Tree:
    """A copy that shares nothing that can change; a list of trees gives a list of copies."""
    return _copy(tree)  # type: ignore[no-any-return]


def _copy(value: Any) -> Any:
    """Copy nodes and lists; nodes without fields (contexts, operators) and plain values are shared."""
    if isinstance(value, list):
        return [_copy(item) for item in value]
    if isinstance(value, gast.AST) and value._fields:
        node = blank(value)
        attributes = node.__dict__
        for name, item in value.__dict__.items():
            attributes[name] = _copy(item) if isinstance(item, (list, gast.AST)) else item
        return node
    return value


def blank(node: gast.AST) -> Any:
    """A node of the same type without any field."""
    cls: Any = type(node)
    return cls.__new__(cls)


def with_replaced(node: gast.AST, replaced: Mapping[gast.AST, gast.AST | list[gast.stmt]]) -> gast.AST:
    """A tree with parts replaced, a statement by several if need be; what does not change is shared."""
    found = replaced.get(node)
    if isinstance(found, gast.AST):
        return found
    changed: dict[str, Any] = {}
    for key, value in gast.iter_fields(node):
        if isinstance(value, list):
            items: list[Any] = []
            for item in value:
                other = replaced.get(item) if isinstance(item, gast.AST) else None
                if isinstance(other, list):
                    items.extend(other)
                else:
                    items.append(with_replaced(item, replaced) if isinstance(item, gast.AST) else item)
            if len(items) != len(value) or any(one is not other for one, other in zip(items, value, strict=True)):
                changed[key] = items
        elif isinstance(value, gast.AST):
            item = with_replaced(value, replaced)
            if item is not value:
                changed[key] = item
    if not changed:
        return node
    made = blank(node)
    made.__dict__.update(node.__dict__)
    made.__dict__.update(changed)
    return made


def located_at(node: Tree, origin: gast.AST) -> Tree:
    """``node``, with the location of ``origin`` wherever it or a node below it has none; changes it in place."""
    for part in walk(node):
        if getattr(part, "lineno", None) is None:
            gast.copy_location(part, origin)
    return node


def parse_expression(text: str) -> gast.expr:
    """The expression written in ``text``, without location."""
    return _without_location(gast.parse(text, mode="eval").body)


def parse_statements(text: str) -> list[gast.stmt]:
    """The statements written in ``text``, without locations."""
    return [_without_location(statement) for statement in gast.parse(text).body]


def _without_location(tree: Tree) -> Tree:
    """Drop the locations that belong to the text parsed, which is not the user's."""
    for node in walk(tree):
        for attribute in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
            node.__dict__.pop(attribute, None)
    return tree


def base_name(target: gast.expr) -> str | None:
    """``a`` for ``a``, ``a[i]``, ``a.b[i].c`` and ``*a``; None where no variable is at the base."""
    while isinstance(target, (gast.Attribute, gast.Subscript, gast.Starred)):
        target = target.value
    return target.id if isinstance(target, gast.Name) else None
