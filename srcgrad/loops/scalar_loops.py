"""Slices into loops: array statements of a function become scalar loops without temporaries.

    v_bar = k * u_bar[1:-1]            for i in range(1, u_bar.shape[0] - 1):
    w_bar[1:-1] += v_bar                   w_bar[i] += k * u_bar[i]

What computes NumPy's results in NumPy's order stays as it is: matrix products, solves, sorts, and everything of which
it is not certain that lengths agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.liveness import liveness
from srcgrad.kind import Array
from srcgrad.loops.dependence import overlaps_itself
from srcgrad.loops.groups import Group
from srcgrad.loops.leaves import leaf_of
from srcgrad.loops.operands import Facts
from srcgrad.loops.operations import Operation, in_two, operation
from srcgrad.loops.origins import Origins
from srcgrad.loops.reductions import reduction, with_totals_apart
from srcgrad.syntax.build import assign, local_names, name, names_assigned, names_read
from srcgrad.syntax.comments import is_comment
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import blank

_VARIABLES = ("i", "j", "k", "l", "p", "q", "r", "s", "t")
_BLOCKS = ("body", "orelse")
# What these give does not depend on the values in the arrays that they are given.
_VALUELESS: frozenset[Any] = frozenset({np.zeros_like, np.empty_like, np.ones_like, np.zeros, np.empty, np.ones})


def scalar_loops(function: gast.FunctionDef, kinds: Kinds, names: Names) -> gast.FunctionDef:
    """The function with loops in the place of statements on arrays; the tree given is left as it is.

    ``kinds`` are those of the nodes of this very tree, ``names`` those in use in its module.  The result runs in
    NumPy with the same results, sums apart, which are added in another order.
    """
    own = names.copy()
    own.take(local_names(function) | names_read(function.body))
    facts = Facts(dict(kinds.of), dict(kinds.calls), own)
    variables = [variable for variable in _VARIABLES if variable not in own]
    own.take(variables)
    return _Blocks(function, facts, variables).function()


class _Blocks:
    """Goes through the blocks of one function."""

    def __init__(self, function: gast.FunctionDef, facts: Facts, variables: Sequence[str]) -> None:
        self.tree = function
        self.facts = facts
        self.variables = variables
        self.origins = Origins(function, facts)
        self.live = liveness(function)
        self.group = Group()
        self.output: list[gast.stmt] = []
        self.comments: list[gast.stmt] = []
        self.last: gast.stmt | None = None

    def function(self) -> gast.FunctionDef:
        """The function with all blocks done, without names of parts that nobody reads any more."""
        body = self.block(self.tree.body)
        made = blank(self.tree)
        made.__dict__.update(self.tree.__dict__)
        made.body = _without_unread(body, self.tree.body)
        return made

    def block(self, statements: Iterable[gast.stmt]) -> list[gast.stmt]:
        """The statements of one block."""
        around = self.output, self.comments, self.last
        self.output, self.comments, self.last = [], [], None
        self.facts.views.clear()
        for statement in statements:
            if is_comment(statement):
                self.comments.append(statement)
                continue
            for single in with_totals_apart(statement, self.facts):
                self.take(single, statement)
        self.flush()
        done = [*self.output, *self.comments]
        self.facts.views.clear()
        self.output, self.comments, self.last = around
        return done

    def take(self, statement: gast.stmt, original: gast.stmt, wanted: frozenset[str] = frozenset()) -> None:
        """Take one simple statement, or one with blocks; ``wanted`` are names that the next one reads."""
        if isinstance(statement, gast.For | gast.While | gast.If | gast.With | gast.Try):
            self.flush(names_read(statement))
            self.emit(self.with_blocks(statement))
            return
        found = operation(statement, self.facts)
        if found is None:
            self.other(statement, original, wanted)
            return
        needed = frozenset(found.value.arrays() | found.numbers) | wanted
        for hoist in found.hoists:
            self.take_hoist(hoist, original, needed)
        if found.form == "new" and found.name in needed:
            # The old array is read while the new one is made.
            fresh = self.facts.names.fresh(f"{found.name}_new")
            self.join(replace(found, name=fresh), original, needed)
            self.take_hoist(self.renaming(found, fresh), original, wanted)
            return
        for single in in_two(found, self.facts) if overlaps_itself(found, self.origins.may_share) else [found]:
            self.join(single, original, needed)
        self.forget(found.name)

    def take_hoist(self, statement: gast.stmt, original: gast.stmt, wanted: frozenset[str]) -> None:
        """Take a statement that gives a value a name of its own."""
        self.origins.note(statement)
        self.take(statement, original, wanted)

    def renaming(self, made: Operation, fresh: str) -> gast.stmt:
        """``x = x_new``."""
        statement = assign(made.name, name(fresh))
        kind = Array(made.dtype, made.space.dims)
        self.facts.of[statement.targets[0]] = self.facts.of[statement.value] = kind
        return statement

    def join(self, found: Operation, original: gast.stmt, needed: frozenset[str]) -> None:
        """Let an operation join the group, or start another."""
        if not self.group.takes(found, self.origins.may_share):
            self.flush(needed | found.value.arrays())
        self.group.add(found, self.comments)
        self.comments = []
        self.last = original

    def flush(self, needed: Iterable[str] = ()) -> None:
        """Write the loops of the group."""
        group, self.group = self.group, Group()
        if not group.operations:
            return
        assert self.last is not None
        live = self.live.after[self.last] | self.live.everywhere | frozenset(needed)
        self.output += group.loops(live, self.facts.names, self.variables, self.origins.may_share)

    def emit(self, *statements: gast.stmt) -> None:
        """Write statements as they are."""
        self.output += [*self.comments, *statements]
        self.comments = []

    # ---- other statements ----

    def other(self, statement: gast.stmt, original: gast.stmt, wanted: frozenset[str]) -> None:
        """A statement that is no operation."""
        reduced = reduction(statement, self.facts, self.variables)
        if reduced is not None:
            for hoist in reduced.hoists:
                self.take_hoist(hoist, original, frozenset(reduced.reads))
            self.flush(frozenset(reduced.reads) | wanted)
            self.emit(*reduced.statements)
        elif self.group.operations and self._may_precede(statement):
            self.group.before.append(statement)
        else:
            self.flush(names_read(statement) | wanted)
            self.emit(statement)
        for assigned in names_assigned(statement):
            self.forget(assigned)
        self._note_view(statement)

    def _may_precede(self, statement: gast.stmt) -> bool:
        """Whether a statement does not depend on the group's values, nor the group on its."""
        match statement:
            case gast.Assign(targets=[gast.Name(id=assigned)], value=value) if assigned not in self.group.names():
                made = {one.name for one in self.group.operations if one.form != "store"}
                if names_read(value) & made:
                    return False
                if leaf_of(value, self.facts.of, self.facts.views) is not None:
                    return True
                return isinstance(value, gast.Call) and self.facts.callee(value)[0] in _VALUELESS
        return False

    def _note_view(self, statement: gast.stmt) -> None:
        match statement:
            case gast.Assign(targets=[gast.Name(id=assigned)], value=value):
                leaf = leaf_of(value, self.facts.of, self.facts.views)
                if leaf is not None and assigned not in names_read(value):
                    self.facts.views[assigned] = leaf

    def forget(self, assigned: str) -> None:
        """Forget the views that depend on a name which has got another value."""
        for view, leaf in list(self.facts.views.items()):
            if assigned in (view, leaf.array) or assigned in leaf.numbers():
                del self.facts.views[view]

    def with_blocks(self, statement: gast.stmt) -> gast.stmt:
        """A compound statement with its blocks done."""
        made = blank(statement)
        made.__dict__.update(statement.__dict__)
        for part in ("body", "orelse", "finalbody"):
            if getattr(statement, part, None):
                setattr(made, part, self.block(getattr(statement, part)))
        return made


def _without_unread(body: list[gast.stmt], before: list[gast.stmt]) -> list[gast.stmt]:
    """The statements without views that the loops no longer need."""
    gone = names_read(before) - names_read(body)
    return _pruned(body, gone) if gone else body


def _pruned(body: list[gast.stmt], gone: set[str]) -> list[gast.stmt]:
    kept: list[gast.stmt] = []
    for statement in body:
        match statement:
            case gast.Assign(targets=[gast.Name(id=assigned)], value=gast.Name() | gast.Subscript() | gast.Attribute()):
                if assigned in gone and not isinstance(statement.value, gast.Call):
                    continue
        for part in _BLOCKS:
            inner = getattr(statement, part, None)
            if inner:
                setattr(statement, part, _pruned(inner, gone))
        kept.append(statement)
    return kept

