"""Liveness: which variables may still be read, before and after each statement.

One backward walk over the structured program, repeated until what is live at the loop heads stands still.  The
state of every loop head is kept from walk to walk, so that nested loops cost no more walks than their depth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import gast

from srcgrad.analyse.footprints import Footprint, Footprints, blocks, statements_in
from srcgrad.errors import UnsupportedError
from srcgrad.syntax.build import base_name
from srcgrad.syntax.comments import is_comment

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

Names: TypeAlias = frozenset[str]
Counts: TypeAlias = Callable[[gast.stmt, Names], bool]

_NOTHING: Names = frozenset()
_JUMPS = (gast.Break, gast.Continue)

# Context managers that let every exception pass, so that nothing follows a body that was left half-way.
_TRANSPARENT_MANAGERS = frozenset({"errstate", "printoptions", "open", "localcontext", "catch_warnings"})


@dataclass(frozen=True)
class Liveness:
    """The variables that may be read later: ``before`` and ``after`` each statement, and at each loop's ``head``.

    A loop's head is the point before each test or step: what is live there lives from trip to trip or after the
    loop.  ``everywhere`` are the variables that nested functions may read at any time.  ``counted`` are the
    statements whose reads were counted: all, unless the caller chose.
    """

    before: Mapping[gast.stmt, Names]
    after: Mapping[gast.stmt, Names]
    head: Mapping[gast.stmt, Names]
    everywhere: Names
    counted: frozenset[gast.stmt]


def liveness(
    function: gast.FunctionDef, *, counts: Counts | None = None, footprints: Footprints | None = None
) -> Liveness:
    """Which variables of ``function`` are live at each of its statements.

    ``a[i] = v``, ``a.append(v)`` and ``a += v`` use a.  Variables that a nested function, lambda or generator
    reads, and those declared global or nonlocal, are live everywhere.  With ``counts``, a statement's reads
    count only where ``counts(statement, live_after)`` holds, and a compound statement's header also where a
    statement inside it counts: the liveness of a program without the others ("strong" liveness).  ``counts``
    must not turn false when more is live.
    """
    footprints = footprints or Footprints()
    always: set[str] = set()
    for statement in statements_in(function.body):
        always |= footprints(statement).captured
        if isinstance(statement, (gast.Global, gast.Nonlocal)):
            always.update(statement.names)
    walk = _Walk(footprints, frozenset(always), counts)
    while walk.changed:
        walk.changed = False
        walk.block(function.body, walk.always, _Exits(loop=None))
    return Liveness(walk.before, walk.after, walk.heads, walk.always, frozenset(walk.counted))


def liveness_of(tree: gast.FunctionDef, kinds: Kinds) -> Liveness:
    """The liveness of a function whose kinds are known, found once."""
    return kinds.once(_liveness, tree)


def _liveness(tree: gast.FunctionDef, kinds: Kinds) -> Liveness:
    return liveness(tree)


@dataclass(frozen=True)
class _Exits:
    """What is live where control may leave a block otherwise than at its end."""

    loop: gast.stmt | None
    at_break: Names = _NOTHING
    at_continue: Names = _NOTHING
    raising: Names = _NOTHING
    returning: Names = _NOTHING


class _Walk:
    """The state of the backward walks."""

    def __init__(self, footprints: Footprints, always: Names, counts: Counts | None) -> None:
        self.always = always
        self.before: dict[gast.stmt, Names] = {}
        self.after: dict[gast.stmt, Names] = {}
        self.heads: dict[gast.stmt, Names] = {}
        self.counted: set[gast.stmt] = set()
        self.changed = True
        self._footprints = footprints
        self._counts = counts
        self._visits_counted = 0

    def block(self, statements: Sequence[gast.stmt], after: Names, exits: _Exits) -> Names:
        """What is live before a block."""
        for statement in reversed(statements):
            self.after[statement] = after
            after = self._statement(statement, after, exits)
            self.before[statement] = after
        return after

    def _statement(self, statement: gast.stmt, after: Names, exits: _Exits) -> Names:
        """What is live before a statement."""
        footprint = self._footprints(statement)
        if not blocks(statement):
            return self._simple(statement, footprint, after, exits)
        visits = self._visits_counted
        before = self._compound(statement, footprint, after, exits)
        if self._visits_counted == visits and not self._chosen(statement, after):
            return after
        self._count(statement)
        return before

    def _chosen(self, statement: gast.stmt, after: Names) -> bool:
        """Whether a statement counts by itself."""
        return self._counts is None or statement in self.counted or self._counts(statement, after)

    def _count(self, statement: gast.stmt) -> None:
        """Note that a statement counts."""
        self._visits_counted += 1
        if statement not in self.counted:
            self.counted.add(statement)
            self.changed = True

    def _without(self, live: Names, bound: Names) -> Names:
        """What is live before ``bound`` are assigned."""
        return live - (bound - self.always) if bound else live

    def _simple(self, statement: gast.stmt, footprint: Footprint, after: Names, exits: _Exits) -> Names:
        """What is live before a statement without blocks."""
        if isinstance(statement, _JUMPS):
            if self._counts is None or exits.loop in self.counted:
                self._count(statement)
            return exits.at_break if isinstance(statement, gast.Break) else exits.at_continue
        if is_comment(statement):
            return after
        if not self._chosen(statement, after):
            return after
        self._count(statement)
        if isinstance(statement, gast.Return):
            after = exits.returning | self.always
        elif isinstance(statement, gast.Raise):
            after = self.always
        return self._without(after, footprint.binds) | footprint.reads | exits.raising

    def _compound(self, statement: gast.stmt, footprint: Footprint, after: Names, exits: _Exits) -> Names:
        """What is live before a statement with blocks, if its header counts."""
        if isinstance(statement, gast.If):
            body = self.block(statement.body, after, exits)
            return body | self.block(statement.orelse, after, exits) | footprint.reads | exits.raising
        if isinstance(statement, (gast.For, gast.While)):
            return self._loop(statement, footprint, after, exits)
        if isinstance(statement, gast.With):
            left = exits.raising if is_transparent(statement) else exits.raising | after
            body = self.block(statement.body, after, replace(exits, raising=left))
            return self._without(body, footprint.binds) | footprint.reads | exits.raising
        if isinstance(statement, gast.Try):
            return self._try(statement, footprint, after, exits)
        raise UnsupportedError(f"{type(statement).__name__} statements are not analysed", node=statement)

    def _loop(self, loop: gast.stmt, footprint: Footprint, after: Names, exits: _Exits) -> Names:
        """What is live before a loop; notes what is live at its head."""
        finish = self.block(loop.orelse, after, exits)
        known = self.heads.get(loop, _NOTHING)
        endless = isinstance(loop, gast.While) and isinstance(loop.test, gast.Constant) and bool(loop.test.value)
        head = known if endless else known | finish
        inside = replace(exits, loop=loop, at_break=after, at_continue=head)
        trip = self.block(loop.body, head, inside)
        # As long as nothing makes the loop count, its header is not evaluated for anybody.
        counted = self._chosen(loop, after)
        if isinstance(loop, gast.While):
            head |= trip | (footprint.reads if counted else _NOTHING) | exits.raising
            before = head
        else:
            # What the target's own subscripts read is read in each trip, the iterable once; but the contents of the
            # iterable, which have names of their own where they are followed, are read from trip to trip.
            head |= self._without(trip, footprint.binds) | exits.raising
            if counted and not _binds_names_only(loop):
                head |= footprint.reads
            elif counted:
                head |= {name for name in footprint.reads if not name.isidentifier()}
            before = head | footprint.reads
        if head != known:
            self.heads[loop] = head
            self.changed = True
        return before

    def _try(self, statement: gast.Try, footprint: Footprint, after: Names, exits: _Exits) -> Names:
        """What is live before a try statement: every point of the body may lead to a handler."""
        if statement.finalbody:
            every = after | exits.at_break | exits.at_continue | exits.raising | exits.returning
            after = self.block(statement.finalbody, every, exits)
            exits = _Exits(exits.loop, after, after, after, after)
        raising = exits.raising | footprint.reads
        for handler in statement.handlers:
            entry = self.block(handler.body, after, exits)
            raising |= self._without(entry, frozenset([handler.name.id])) if handler.name else entry
        finish = self.block(statement.orelse, after, exits)
        return self.block(statement.body, finish, replace(exits, raising=raising)) | raising


def _binds_names_only(loop: gast.For) -> bool:
    """Whether a loop's target is a name or a flat tuple of names, so that binding it reads nothing."""
    return all(isinstance(target, gast.Name) for target in getattr(loop.target, "elts", [loop.target]))


def is_transparent(statement: gast.With) -> bool:
    """Whether all managers of a with statement let exceptions pass."""
    return all(_manager_name(item.context_expr) in _TRANSPARENT_MANAGERS for item in statement.items)


def _manager_name(manager: gast.expr) -> str | None:
    """``errstate`` for ``np.errstate(...)`` and for ``errstate(...)``."""
    function = manager.func if isinstance(manager, gast.Call) else manager
    return function.attr if isinstance(function, gast.Attribute) else base_name(function)
