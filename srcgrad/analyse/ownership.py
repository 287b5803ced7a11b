"""Ownership: through which variables what a statement writes in place can be seen.

Every variable stands for a class of objects; classes that one object may belong to are merged, without regard to
order or kinds.  What parameters, globals and unknown calls may reach is foreign: what is written there can always
be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad.analyse.footprints import DEFINITIONS, Footprints, blocks
from srcgrad.analyse.purity import KnownPure, dotted_path
from srcgrad.analyse.references import Record, References
from srcgrad.analyse.sharing import ObjectClass, foreign, inside, merge, release, resolve
from srcgrad.syntax.build import names_assigned


@dataclass(frozen=True)
class Effect:
    """What a statement's own part does besides binding names.

    ``visible``: it cannot be left out.  ``seen_by``: the variables through which what it writes in place can be
    seen; empty where it writes nothing.  What an unknown callee or, once it is returned, the caller may write into
    counts as written.
    """

    visible: bool
    seen_by: frozenset[str]


@dataclass(frozen=True)
class Ownership:
    """The effect of each statement."""

    effects: Mapping[gast.stmt, Effect]


def ownership(
    function: gast.FunctionDef,
    known_pure: KnownPure,
    *,
    scalars: Iterable[str] = (),
    arrays: Mapping[str, int | None] | None = None,
    footprints: Footprints | None = None,
) -> Ownership:
    """What each statement of ``function`` writes in place, and through which variables that can be seen.

    ``known_pure`` says which calls have no effect; all other calls of unknown functions are visible.  ``scalars``
    are variables that hold immutable numbers, ``arrays`` such that hold arrays of numbers (not containers of
    arrays), with their number of dimensions where that is known.  A variable assigned at the top level of the
    function is a new variable from there on.
    """
    analysis = _Analysis(function, known_pure, frozenset(scalars), arrays or {}, footprints or Footprints())
    analysis.block(function.body, top=True)
    return Ownership(analysis.effects())


class _Analysis(References):
    """One walk over a function."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._records: dict[gast.stmt, Record] = {}

    def effects(self) -> dict[gast.stmt, Effect]:
        """The effects of all statements walked over."""
        self.constraints.solve()
        watchers: dict[int, dict[ObjectClass, set[str]]] = {}
        found: dict[gast.stmt, Effect] = {}
        for statement, record in self.records.items():
            written = {resolve(item) for item in record.writes}
            for item in record.exposed:
                reached: ObjectClass | None = resolve(item)
                while reached is not None and reached not in written:
                    written.add(reached)
                    reached = resolve(reached.inside) if reached.inside is not None else None
            visible = record.visible or any(item.foreign for item in written)
            if written:
                seen = watchers.get(id(record.variables))
                if seen is None:
                    seen = watchers[id(record.variables)] = _watchers(record.variables)
                found[statement] = Effect(visible, frozenset().union(*(seen.get(item, ()) for item in written)))
            else:
                found[statement] = _VISIBLE if visible else _NO_EFFECT
        return found

    # Statements

    def block(self, statements: Sequence[gast.stmt], *, top: bool = False) -> None:
        """Walk over the statements of a block."""
        for statement in statements:
            self.record = self.records[statement] = Record(self.variables)
            self._statement(statement, top)
            for inner in blocks(statement):
                self.block(inner)

    def _statement(self, statement: gast.stmt, top: bool) -> None:
        """The own part of one statement."""
        record = self.record
        if isinstance(statement, gast.Assign):
            self._assign(statement, top)
        elif isinstance(statement, gast.AugAssign):
            self._augment(statement)
        elif isinstance(statement, gast.AnnAssign):
            if statement.value is not None:
                self.bind(statement.target, self.value(statement.value))
        elif isinstance(statement, gast.For):
            self.bind(statement.target, inside(self.value(statement.iter)))
        elif isinstance(statement, (gast.If, gast.While)):
            self.value(statement.test)
        elif isinstance(statement, gast.Expr):
            self.value(statement.value)
        elif isinstance(statement, gast.Delete):
            for target in statement.targets:
                if isinstance(target, gast.Subscript):
                    record.write(self.value(target.value))
                else:
                    record.visible |= not isinstance(target, gast.Name)
        elif isinstance(statement, gast.Try):
            for handler in statement.handlers:
                self.value(handler.type)
                self.bind(handler.name, foreign())
        elif isinstance(statement, gast.With):
            self._with(statement)
        elif isinstance(statement, (gast.Import, gast.ImportFrom, gast.FunctionDef)):
            self._definition(statement)
        elif not isinstance(statement, (gast.Pass, gast.Break, gast.Continue)):
            record.visible = True
            for child in gast.iter_child_nodes(statement):
                if isinstance(child, gast.expr):
                    self.record.expose(self.value(child))

    def _assign(self, statement: gast.Assign, top: bool) -> None:
        value = self.value(statement.value)
        if top:
            names = {target.id for target in statement.targets if isinstance(target, gast.Name)}
            new = names.intersection(self.variables) - self.captured
            self.variables = {**self.variables, **{name: ObjectClass() for name in new}}
        for target in statement.targets:
            self.bind(target, value)

    def _augment(self, statement: gast.AugAssign) -> None:
        value = self.value(statement.value)
        target = statement.target
        if isinstance(target, gast.Name):
            item = self.lookup(target.id)
            self.record.write(item)
            self.constraints.store(item, inside(value))
            return
        owner = self.value(target.value)
        self.record.write(owner)
        if isinstance(target, gast.Subscript):
            self.value(target.slice)
        if not self.is_array(target.value):
            self.record.write(inside(owner))
            self.constraints.store(inside(owner), inside(value))
            self.constraints.store(owner, value)

    def _with(self, statement: gast.With) -> None:
        for item in statement.items:
            self.value(item.context_expr)
            path = dotted_path(item.context_expr.func) if isinstance(item.context_expr, gast.Call) else None
            if path is None or path[0] in self.variables or path[-1] not in ("errstate", "printoptions"):
                self.record.visible = True
            self.bind(item.optional_vars, foreign())

    def _definition(self, statement: gast.stmt) -> None:
        if isinstance(statement, DEFINITIONS):
            self.record.visible = bool(statement.decorator_list)
            for default in (*statement.args.defaults, *statement.args.kw_defaults):
                release(self.value(default))
        for name in names_assigned(statement):
            merge(self.variables.get(name), foreign())


_NO_EFFECT = Effect(False, frozenset())
_VISIBLE = Effect(True, frozenset())


def _watchers(variables: Mapping[str, ObjectClass]) -> dict[ObjectClass, set[str]]:
    """The variables through which the objects of a class can be reached."""
    found: dict[ObjectClass, set[str]] = {}
    for name, item in variables.items():
        reached: ObjectClass | None = resolve(item)
        while reached is not None and name not in found.setdefault(reached, set()):
            found[reached].add(name)
            reached = resolve(reached.inside) if reached.inside is not None else None
    return found
