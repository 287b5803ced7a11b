"""Constants: generated variables that hold a number the program's text fixes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import gast

from srcgrad.analyse.footprints import Footprints, blocks, statements_in
from srcgrad.analyse.library import makes_new_value
from srcgrad.analyse.liveness import liveness
from srcgrad.analyse.ownership import ownership
from srcgrad.analyse.purity import KnownPure
from srcgrad.optimise.regions import blocks_of, region_end
from srcgrad.optimise.rewriting import Memory, put_into, rewrite_statements
from srcgrad.syntax import build

_UPDATES: Mapping[type[gast.AST], Callable[..., gast.expr]] = {
    gast.Add: build.add,
    gast.Sub: build.subtract,
    gast.Mult: build.multiply,
    gast.Div: build.divide,
}


def propagate_constants(
    function: gast.FunctionDef,
    known_pure: KnownPure,
    temporaries: Iterable[str],
    *,
    scalars: Iterable[str] = (),
    arrays: Mapping[str, int | None] | None = None,
    footprints: Footprints | None = None,
) -> gast.FunctionDef:
    """The function with the numbers in generated variables written where they are used.

    Before::

        result_bar = 1.0
        s_bar = 0.0
        y_bar = result_bar * (2.0 * y)
        s_bar += y_bar

    After::

        result_bar = 1.0
        y_bar = 2.0 * y
        s_bar = y_bar

    The assignments left over are dead code.  Where a product with 1.0 makes a new array of an old one, and somebody
    may write into one of them, it becomes a copy, or stays; a zero stays, for it has no shape.  ``scalars`` hold
    immutable numbers, ``arrays`` arrays of numbers.
    """
    footprints = footprints or Footprints()
    candidates = frozenset(temporaries)
    numbers = frozenset(scalars)
    if not any(_constant(statement, candidates) for statement in statements_in(function.body)):
        return function
    live = liveness(function, footprints=footprints)
    values: dict[gast.stmt, dict[str, gast.expr]] = {}
    updates: dict[gast.stmt, gast.stmt | None] = {}
    for block in blocks_of(function):
        for index, statement in enumerate(block):
            found = _constant(statement, candidates - live.everywhere)
            if found is None:
                continue
            name, value = found
            update = _first_update(block, index, name, footprints)
            if update is not None and (merged := _merged(update, value, numbers)) is not None:
                updates[statement] = None
                updates[update] = merged
                continue
            end = region_end(block, index, name, frozenset(), live, footprints) if build.number_value(value) else None
            for user in statements_in(block[index + 1 : end]) if end is not None else ():
                if name in footprints(user).reads:
                    values.setdefault(user, {})[name] = value

    if not values and not updates:
        return function
    arrays = arrays or {}
    effects = ownership(function, known_pure, scalars=numbers, arrays=arrays, footprints=footprints).effects
    memory = Memory(numbers, arrays, frozenset[str]().union(*(effect.seen_by for effect in effects.values())))

    def replaced(statement: gast.stmt) -> gast.stmt | None:
        changed = updates.get(statement, statement)
        if changed is None or statement not in values:
            return changed
        return put_into(changed, values[statement], memory)

    return rewrite_statements(function, replaced)


def _constant(statement: gast.stmt, candidates: frozenset[str]) -> tuple[str, gast.expr] | None:
    """(name, number) for ``name = number``."""
    if not (isinstance(statement, gast.Assign) and len(statement.targets) == 1):
        return None
    target = statement.targets[0]
    if isinstance(target, gast.Name) and target.id in candidates and build.number_value(statement.value) is not None:
        return target.id, statement.value
    return None


def _first_update(block: list[gast.stmt], start: int, name: str, footprints: Footprints) -> gast.AugAssign | None:
    """``name += e``, where it follows ``name = number`` with nothing but other simple statements between."""
    for statement in block[start + 1 :]:
        footprint = footprints(statement)
        if name in footprint.reads or name in footprint.binds:
            is_update = isinstance(statement, gast.AugAssign) and isinstance(statement.target, gast.Name)
            return statement if is_update and name not in build.names_read(statement.value) else None
        if blocks(statement) or isinstance(statement, (gast.Break, gast.Continue, gast.Return)):
            return None
    return None


def _merged(update: gast.AugAssign, value: gast.expr, scalars: frozenset[str]) -> gast.stmt | None:
    """``name = value op e``; None where that would make name another name of an array, or lose its shape."""
    builder = _UPDATES.get(type(update.op))
    if builder is None:
        return None
    is_number = update.target.id in scalars
    neutral = build.is_number(value, 0) and isinstance(update.op, (gast.Add, gast.Sub))
    if not is_number and not (neutral and makes_new_value(update.value)):
        return None
    if build.is_number(value, 0) and not neutral:
        return None
    return build.located_at(build.assign(update.target.id, builder(value, update.value)), update)
