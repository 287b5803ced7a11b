"""Separation: loops that bind their target and read their iterable once, whatever their body does to the same names.

Before::

    for v in xs:
        v = v * v
        xs = xs[1:]

After::

    held = xs
    for v_item in held:
        v = v_item
        v = v * v
        xs = xs[1:]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gast

from srcgrad.syntax.build import assign, located_at, name, names_assigned, names_read
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import blank, copy_tree


def needs_separation(loop: gast.For) -> bool:
    """Whether a loop's body binds the loop's own targets, or what its iterable is read from."""
    changed = names_assigned(loop.body)
    return bool(changed & (names_assigned(loop.target) | names_read(loop.iter)))


def separate(tree: gast.FunctionDef, wanted: set[gast.AST], names: Names) -> gast.FunctionDef:
    """The function with the wanted loops separated from what their bodies bind."""
    bare = _copied(tree)
    bare.body = _block(tree.body, wanted, names)
    return bare


def _copied(node: gast.AST) -> Any:
    bare = blank(node)
    bare.__dict__.update(node.__dict__)
    return bare


def _block(statements: Sequence[gast.stmt], wanted: set[gast.AST], names: Names) -> list[gast.stmt]:
    result: list[gast.stmt] = []
    for statement in statements:
        bare = _copied(statement)
        if not isinstance(statement, gast.FunctionDef | gast.ClassDef):
            for field in ("body", "orelse", "finalbody"):
                inner = getattr(statement, field, None)
                if isinstance(inner, list):
                    setattr(bare, field, _block(inner, wanted, names))
        if statement in wanted and isinstance(bare, gast.For):
            result.extend(_separated(bare, names))
        else:
            result.append(bare)
    return result


def _separated(loop: gast.For, names: Names) -> list[gast.stmt]:
    changed = names_assigned(loop.body)
    before: list[gast.stmt] = []
    if names_read(loop.iter) & changed:
        held = names.fresh("held")
        before.append(located_at(gast.copy_location(assign(held, loop.iter), loop), loop))
        loop.iter = gast.copy_location(name(held), loop.iter)
    bound = names_assigned(loop.target) & changed
    if bound:
        fresh = {identifier: names.fresh(f"{identifier}_item") for identifier in sorted(bound)}
        first = [assign(identifier, name(item)) for identifier, item in fresh.items()]
        loop.body = [*(located_at(gast.copy_location(statement, loop), loop) for statement in first), *loop.body]
        target = copy_tree(loop.target)
        for node in gast.walk(target):
            if isinstance(node, gast.Name) and node.id in fresh:
                node.id = fresh[node.id]
        loop.target = target
    return [*before, loop]


__all__ = ["needs_separation", "separate"]
