"""Coalescing: a value that is named only to be an adjoint a line later is the adjoint at once."""

from __future__ import annotations

from collections.abc import Iterable

import gast

from srcgrad.analyse.footprints import Footprints, blocks, statements_in
from srcgrad.analyse.liveness import liveness
from srcgrad.optimise.regions import blocks_of, region_end
from srcgrad.optimise.rewriting import put_into, rewrite_statements, with_fields
from srcgrad.syntax import build


def coalesce_names(
    function: gast.FunctionDef,
    unnamed: Iterable[str],
    temporaries: Iterable[str],
    *,
    footprints: Footprints | None = None,
) -> gast.FunctionDef:
    """The function with values under the adjoint's own name, rather than under one that stands for any value.

    Before::

        v_bar = x_bar / L
        L_bar -= v_bar * s
        s_bar = v_bar
        b_bar += v_bar

    After::

        s_bar = x_bar / L
        L_bar -= s_bar * s
        b_bar += s_bar

    ``unnamed`` are the variables that stand for any value, ``temporaries`` all that the generator has made.  Both
    names are of one object from the copy on; before it the adjoint must be out of use.  A value that several
    adjoints begin with keeps a name that is none of theirs.
    """
    footprints = footprints or Footprints()
    anonymous = frozenset(unnamed)
    named = frozenset(temporaries) - anonymous
    if not any(_copy(statement, anonymous, named) for statement in statements_in(function.body)):
        return function
    live = liveness(function, footprints=footprints)
    changes: dict[gast.stmt, gast.stmt | None] = {}
    renamed: dict[gast.stmt, dict[str, gast.expr]] = {}
    for block in blocks_of(function):
        taken: list[tuple[str, int]] = []
        for place, statement in enumerate(block):
            found = _copy(statement, anonymous, named)
            if found is None or not live.everywhere.isdisjoint(found):
                continue
            name, source = found
            start = _start(block, place, name, source, footprints)
            if start is None or block[start] in changes:
                continue
            end = region_end(block, start, source, frozenset(), live, footprints)
            if end is None or end <= place:
                continue
            users = [*statements_in(block[start + 1 : place]), *statements_in(block[place + 1 : end])]
            bound = frozenset[str]().union(*(footprints(user).binds | footprints(user).may_bind for user in users))
            shared = any(_copy(user, anonymous, named) for user in users)
            if shared or not bound.isdisjoint(found) or any(name == other and start < until for other, until in taken):
                continue
            taken.append((name, end))
            changes[block[start]] = with_fields(block[start], targets=[build.store(build.name(name))])
            changes[statement] = None
            for user in users:
                if source in footprints(user).reads:
                    renamed.setdefault(user, {})[source] = build.name(name)

    def replaced(statement: gast.stmt) -> gast.stmt | None:
        changed = changes.get(statement, statement)
        return put_into(changed, renamed[statement]) if changed is not None and statement in renamed else changed

    return rewrite_statements(function, replaced) if changes else function


def _copy(statement: gast.stmt, anonymous: frozenset[str], named: frozenset[str]) -> tuple[str, str] | None:
    """(name, source) for ``name = source``."""
    match statement:
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Name(id=source)):
            return (name, source) if name in named and source in anonymous else None
        case _:
            return None


def _start(block: list[gast.stmt], place: int, name: str, source: str, footprints: Footprints) -> int | None:
    """Where the value that is copied at ``place`` was made, if nothing deals with ``name`` from there on."""
    for start in range(place - 1, -1, -1):
        statement = block[start]
        footprint = footprints(statement)
        if source in footprint.binds:
            is_plain = isinstance(statement, gast.Assign) and isinstance(statement.targets[0], gast.Name)
            return start if is_plain and len(statement.targets) == 1 else None
        if blocks(statement) or name in footprint.reads | footprint.binds | footprint.may_bind:
            return None
    return None
