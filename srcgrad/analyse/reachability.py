"""Reachability: which statements may run after which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import gast

from srcgrad.syntax.walking import walk


def runs_later(tree: gast.FunctionDef, first: gast.AST, second: gast.AST) -> bool:
    """Whether the statement that holds ``second`` may run after the statement ``first`` has."""
    chain = _chain(tree.body, first)
    if chain is None:
        return True
    return any(second in _nodes(statements) for statements in chain)


def _nodes(statements: Sequence[gast.stmt]) -> set[gast.AST]:
    return {node for statement in statements for node in walk(statement)}


def _chain(statements: Sequence[gast.stmt], wanted: gast.AST) -> list[Sequence[gast.stmt]] | None:
    """The blocks of statements that may follow one: what is behind it at each level, and all of a loop around it."""
    for position, statement in enumerate(statements):
        behind = statements[position + 1 :]
        if statement is wanted:
            return [behind]
        for block in _blocks(statement):
            inside = _chain(block, wanted)
            if inside is not None:
                around = [[statement]] if isinstance(statement, gast.For | gast.While) else []
                handlers = [statement.handlers] if isinstance(statement, gast.Try) else []
                return [*inside, *around, *handlers, behind]
    return None


def _blocks(statement: gast.stmt) -> Iterator[Sequence[gast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        block = getattr(statement, field, None)
        if isinstance(block, list):
            yield block
    for handler in getattr(statement, "handlers", ()):
        yield handler.body
