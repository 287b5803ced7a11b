"""Regions: the statements of a block in which a variable keeps the value that it was just given."""

from __future__ import annotations

from collections.abc import Iterator

import gast

from srcgrad.analyse.footprints import Footprints, blocks, statements_in
from srcgrad.analyse.liveness import Liveness


def blocks_of(function: gast.FunctionDef) -> Iterator[list[gast.stmt]]:
    """All blocks of a function but those of nested functions."""
    yield function.body
    for statement in statements_in(function.body):
        yield from (block for block in blocks(statement) if block)


def region_end(
    block: list[gast.stmt], start: int, name: str, sources: frozenset[str], live: Liveness, footprints: Footprints
) -> int | None:
    """Where all uses of ``name``, as assigned in ``block[start]``, end (exclusive); None where that cannot be told.

    In between, neither ``name`` nor any of ``sources`` is assigned, other than by the last statement after it
    has read them.
    """
    for index in range(start + 1, len(block)):
        statement = block[index]
        if name not in live.before[statement]:
            return index
        own = footprints(statement)
        if isinstance(statement, gast.Delete) and name in own.binds:
            return None
        inner = [footprints(item) for inner_block in blocks(statement) for item in statements_in(inner_block)]
        is_simple = not inner and not isinstance(statement, gast.AugAssign)
        bound = own.binds.union(own.may_bind, *(item.binds | item.may_bind for item in inner))
        if name in bound:
            return index + 1 if is_simple and name in own.binds else None
        if not sources.isdisjoint(bound):
            return index + 1 if not inner and name not in live.after[statement] else None
        if name not in live.after[statement]:
            return index + 1
    return None
