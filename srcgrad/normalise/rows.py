"""Rows: loops over the rows of an array, or the items of a list, as loops over their indices."""

from __future__ import annotations

import gast

from srcgrad.normalise.places import NotOnePlace, Places, PlacesOf
from srcgrad.normalise.scopes import replaced
from srcgrad.syntax.build import call, name, names_assigned, names_read
from srcgrad.syntax.tree import copy_tree, located_at


def by_index(statement: gast.For, facts: PlacesOf, known: Places) -> gast.For:
    """``for row in A`` as ``for row_index in range(len(A))`` with ``row = A[row_index]``; enumerate and zip alike."""
    targets = statement.target.elts if isinstance(statement.target, gast.Tuple) else [statement.target]
    match statement.iter:
        case gast.Call(func=gast.Name(id="enumerate"), args=[iterable], keywords=[]) if len(targets) == 2:
            index, sources = targets[0].id, [(targets[1], iterable)]
        case gast.Call(func=gast.Name(id="zip"), args=iterables, keywords=[]) if len(targets) == len(iterables):
            index, sources = known.names.fresh("index"), list(zip(targets, iterables, strict=True))
        case _ if len(targets) == 1:
            index, sources = known.names.fresh(f"{targets[0].id}_index"), [(targets[0], statement.iter)]
        case _:
            raise NotOnePlace
    rebound = names_assigned(statement.body)
    first: list[gast.stmt] = []
    for target, source in sources:
        if not facts.is_sequence(source) or names_read(source) & rebound or index in rebound:
            raise NotOnePlace
        if any(
            facts.emptied(inner) & names_read(source) for inner in gast.walk(statement) if isinstance(inner, gast.stmt)
        ):
            raise NotOnePlace
        item = located_at(gast.Subscript(copy_tree(source), name(index), gast.Load()), statement)
        facts.note_row(item, source, target)
        first.append(located_at(gast.Assign([copy_tree(target)], item, None), statement))
    lengths = [call("len", source) for _, source in sources]
    count = lengths[0] if len(lengths) == 1 else call("min", *lengths)
    live = facts.live_before.get(statement.body[0])
    if live is not None:
        for position, new in enumerate(first):
            known.live[new] = live | names_read(first[position + 1 :]) | {index}
    changed = replaced(
        statement,
        target=gast.Name(index, gast.Store(), None, None),
        iter=located_at(call("range", count), statement),
        body=[*first, *statement.body],
    )
    return changed
