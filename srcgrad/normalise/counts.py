"""Counts: loops over ``range`` of a length of what they change.

Before::

    for i in range(len(A) - 1):
        A[i] *= A[i + 1]

After::

    count = len(A) - 1
    for i in range(count):
        A[i] *= A[i + 1]

A ``range`` is evaluated once, before the first trip; so is the count, which the loop leaves as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from srcgrad.normalise.scopes import blocks_of, own_nodes, replaced, with_blocks
from srcgrad.syntax.build import assign, name, names_assigned, names_read
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import located_at

Changed = Callable[[gast.stmt], set[str]]


def counts_before_loops(tree: gast.FunctionDef, changed: Changed, names: Names) -> gast.FunctionDef:
    """The function with a name for each bound of a ``range`` that reads what the loop binds or changes in place."""
    if not any(isinstance(node, gast.For) and _bounds(node, changed) for node in own_nodes(tree.body)):
        return tree

    def block(statements: list[gast.stmt]) -> list[gast.stmt]:
        return [new for statement in statements for new in rewritten(statement)]

    def rewritten(statement: Any) -> list[gast.stmt]:
        bounds = _bounds(statement, changed)
        if blocks_of(statement):
            statement = with_blocks(statement, block)
        if not bounds:
            return [statement]
        before: list[gast.stmt] = []
        arguments = []
        for argument in statement.iter.args:
            if argument in bounds:
                count = names.fresh("count")
                before.append(located_at(assign(count, argument), statement))
                argument = located_at(name(count), argument)
            arguments.append(argument)
        return [*before, replaced(statement, iter=replaced(statement.iter, args=arguments))]

    return gast.fix_missing_locations(replaced(tree, body=block(tree.body)))


def _bounds(statement: gast.AST, changed: Changed) -> list[gast.expr]:
    """The bounds of a loop's range that read what the loop changes."""
    match statement:
        case gast.For(iter=gast.Call(func=gast.Name(id="range"), args=arguments), body=body):
            touched = set(names_assigned(body)).union(names_assigned(statement.target), *map(changed, body))
            return [argument for argument in arguments if names_read(argument) & touched]
        case _:
            return []
