"""Upward exposed reads: the variables whose value from before a block some path through it may read."""

from __future__ import annotations

from collections.abc import Sequence

import gast

from srcgrad.syntax.build import names_assigned, names_read


def exposed_names(statements: Sequence[gast.stmt]) -> set[str]:
    """The names that a block may read before it binds them.

    ``{"x", "n"}`` for ``y = x`` followed by ``for i in range(n): y = y + i``.
    """
    exposed, _ = _block(statements, frozenset())
    return exposed


def surely_bound(statements: Sequence[gast.stmt]) -> frozenset[str]:
    """The names that every path through a block binds."""
    return _block(statements, frozenset())[1]


def _block(statements: Sequence[gast.stmt], bound: frozenset[str]) -> tuple[set[str], frozenset[str]]:
    exposed: set[str] = set()
    for statement in statements:
        found, bound = _statement(statement, bound)
        exposed |= found
    return exposed, bound


def _statement(statement: gast.stmt, bound: frozenset[str]) -> tuple[set[str], frozenset[str]]:
    match statement:
        case gast.If(test=test, body=body, orelse=orelse):
            first, after_first = _block(body, bound)
            second, after_second = _block(orelse, bound)
            return first | second | (names_read(test) - bound), after_first & after_second
        case gast.For(target=target, iter=iterable, body=body):
            inside, _ = _block(body, bound | names_assigned(target))
            return inside | (names_read(iterable) - bound), bound
        case gast.While(test=test, body=body):
            inside, _ = _block(body, bound)
            return inside | (names_read(test) - bound), bound
        case gast.With(items=items, body=body):
            read = set().union(*(names_read(item.context_expr) for item in items)) - bound
            inside, after = _block(body, bound)
            return inside | read, after
        case gast.Try():
            return names_read(statement) - bound, bound
        case _:
            return names_read(statement) - bound, bound | names_assigned(statement)
