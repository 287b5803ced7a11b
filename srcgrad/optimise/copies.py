"""Copies: a generated variable that is only another name of one that keeps its value."""

from __future__ import annotations

from collections.abc import Iterable

import gast

from srcgrad.analyse.footprints import Footprints, blocks, statements_in
from srcgrad.analyse.liveness import liveness
from srcgrad.optimise.regions import blocks_of, region_end
from srcgrad.optimise.rewriting import Memory, put_into, rewrite_statements
from srcgrad.syntax.comments import is_comment


def propagate_copies(
    function: gast.FunctionDef,
    temporaries: Iterable[str],
    *,
    scalars: Iterable[str] = (),
    footprints: Footprints | None = None,
) -> gast.FunctionDef:
    """The function with copies of plain variables read directly; the copies themselves are dead code then.

    Before::

        a_bar = s_bar
        b_bar = -a_bar
        x_bar += a_bar * w
        w_bar += b_bar * x

    After::

        a_bar = s_bar
        b_bar = -s_bar
        x_bar += s_bar * w
        w_bar -= s_bar * x

    Only copies in ``temporaries``, which the generator has made, are replaced, and only where neither variable is
    assigned between the copy and its last use.  Both names are of one object there, so that it does not matter
    whether that is written into.  A negated copy is another value: it must be among ``scalars``, which hold
    immutable numbers, and stay within one group of lines, for the adjoint of a variable is worth its own line.
    """
    footprints = footprints or Footprints()
    candidates = frozenset(temporaries)
    numbers = frozenset(scalars)
    if not any(_copy(statement, candidates, numbers) for statement in statements_in(function.body)):
        return function
    live = liveness(function, footprints=footprints)
    values: dict[gast.stmt, dict[str, gast.expr]] = {}
    for block in blocks_of(function):
        for index, statement in enumerate(block):
            found = _copy(statement, candidates, numbers)
            if found is None:
                continue
            name, source = found
            if name in live.everywhere or source in live.everywhere:
                continue
            end = region_end(block, index, name, frozenset([source]), live, footprints)
            users = block[index + 1 : end] if end is not None else []
            if isinstance(statement.value, gast.UnaryOp) and not all(map(_is_plain, users)):
                continue
            for user in statements_in(users):
                if name in footprints(user).reads:
                    values.setdefault(user, {})[name] = statement.value

    def replaced(statement: gast.stmt) -> gast.stmt:
        found = values.get(statement)
        if found is None:
            return statement
        signed = any(isinstance(value, gast.UnaryOp) for value in found.values())
        return put_into(statement, found, Memory(numbers, {}, numbers) if signed else None)

    return rewrite_statements(function, replaced) if values else function


def _copy(statement: gast.stmt, candidates: frozenset[str], scalars: frozenset[str]) -> tuple[str, str] | None:
    """(name, source) for ``name = source``, and for numbers also for ``name = -source``."""
    if not (isinstance(statement, gast.Assign) and len(statement.targets) == 1):
        return None
    target, value = statement.targets[0], statement.value
    if not (isinstance(target, gast.Name) and target.id in candidates):
        return None
    if isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.USub) and target.id in scalars:
        value = value.operand
        if isinstance(value, gast.Name) and value.id not in scalars:
            return None
    if not isinstance(value, gast.Name) or value.id == target.id:
        return None
    return target.id, value.id


def _is_plain(statement: gast.stmt) -> bool:
    """Whether a statement is neither a comment nor has blocks."""
    return not is_comment(statement) and not blocks(statement)
