"""Tangency: which variables have a tangent at each point, where one is carried beside each value (forward mode).

A number has a tangent where it is active.  An array or container that is written into shares its tangent with all that
may be or hold the same object, so either all of these have one from their creation on, or none has.  A variable whose
value arrives from two places, with a tangent from one of them, has one at the other place as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.activity import Activity, Variables, activity
from srcgrad.analyse.aliasing import shared_objects
from srcgrad.analyse.effects import writes_in_place
from srcgrad.analyse.liveness import Liveness, liveness_of
from srcgrad.analyse.operations import may_carry
from srcgrad.syntax.build import parameter_names

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

_NOTHING: Variables = frozenset()


def tangency(
    function: gast.FunctionDef,
    kinds: Kinds,
    parameters: Iterable[str],
    seeds: Iterable[str],
    reached: Variables = _NOTHING,
    passed: Variables = _NOTHING,
) -> Activity:
    """The variables with a tangent, as activity: those that are varied and useful at each point.

    ``parameters`` are the differentiated ones, ``seeds`` the variables with which the result varies.  What other
    functions write into, ``reached``, has a tangent throughout; what they are ``passed`` matters throughout.
    """
    families = written_families(function, kinds, reached)
    alive = liveness_of(function, kinds)
    varied = frozenset(name for name in reached if may_carry(kinds.variables.get(name)))
    useful = varied | passed
    bound_at_entry = frozenset(parameter_names(function.args))
    while True:
        found = activity(function, kinds, {*parameters, *(varied & bound_at_entry)}, seeds, (varied, useful))
        ever_varied = _ever(found.varied_before, found.varied_after) | frozenset(parameters)
        ever_useful = _ever(found.useful_before, found.useful_after)
        wider_varied, wider_useful = varied, useful
        for family in families:
            if family & ever_varied:
                wider_varied |= {name for name in family if may_carry(kinds.variables.get(name))}
            if family & ever_useful:
                wider_useful |= family
        wider_varied |= frozenset(_missing(function.body, found, alive, _NOTHING))
        if (wider_varied, wider_useful) == (varied, useful):
            return found
        varied, useful = wider_varied, wider_useful


def written_families(
    function: gast.FunctionDef, kinds: Kinds, reached: Variables = _NOTHING
) -> list[frozenset[str]]:
    """For each write in place, the variables that may hold, or contain, what is written; for those ``reached``, too."""
    places = [(name, depth) for name, _, _, depth in writes_in_place(function, kinds)]
    places += [(name, depth) for name in sorted(reached) for depth in (0, 1)]
    if not places:
        return []
    # An object that changes its name takes its tangent along, so no name may be taken for the only one.
    names = {node.id for node in gast.walk(function) if isinstance(node, gast.Name)}
    sharing = shared_objects(function, kinds, {(name, level) for name in names for level in (0, 1)})
    return [frozenset(sharing.family(place)) | {place[0]} for place in places]


def _ever(*points: dict[gast.AST, Variables]) -> Variables:
    return _NOTHING.union(*(variables for point in points for variables in point.values()))


def _missing(body: Sequence[gast.stmt], found: Activity, alive: Liveness, head: Variables) -> Iterator[str]:
    """The variables that are read where two paths meet, with a tangent on one of them alone."""
    for statement in body:
        match statement:
            case gast.If(body=first, orelse=second):
                met = found.after(statement) & alive.after.get(statement, _NOTHING)
                for branch in (first, second):
                    yield from met - _at_end(branch, found, found.before(statement))
                    yield from _missing(branch, found, alive, head)
            case gast.For(body=inside) | gast.While(body=inside):
                met = found.head(statement) & alive.head.get(statement, _NOTHING)
                yield from met - found.before(statement)
                yield from met - _at_end(inside, found, met)
                yield from _missing(inside, found, alive, met)
            case gast.Break() | gast.Continue():
                yield from head - found.before(statement)
            case gast.With(body=inside):
                yield from _missing(inside, found, alive, head)
            case gast.Try(body=inside, handlers=handlers, orelse=orelse, finalbody=final):
                met = found.after(statement) & alive.after.get(statement, _NOTHING)
                yield from met - found.before(statement)
                for block in (inside, orelse, final, *(handler.body for handler in handlers)):
                    yield from _missing(block, found, alive, head)
            case _:
                pass


def _at_end(block: Sequence[gast.stmt], found: Activity, before: Variables) -> Variables:
    """The variables with a tangent at the end of a block; all of them where the end is never reached."""
    if not block:
        return before
    last = block[-1]
    if isinstance(last, gast.Break | gast.Continue | gast.Raise | gast.Return):
        return found.after(last) | _ever(found.varied_after)
    return found.after(last)
