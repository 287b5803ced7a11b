"""Nesting: generated variables that are read once are written where they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import gast

from srcgrad.analyse.footprints import Footprints, blocks, statements_in
from srcgrad.analyse.library import makes_new_value
from srcgrad.analyse.liveness import Liveness, liveness
from srcgrad.analyse.ownership import Effect, ownership
from srcgrad.analyse.purity import KnownPure, is_pure
from srcgrad.optimise.rewriting import Memory, put_into, rewrite_statements
from srcgrad.optimise.width import width
from srcgrad.syntax.build import names_read
from srcgrad.syntax.comments import is_comment

# A line that a person still takes in at once, indentation included.
LONGEST_LINE = 100

_MODULES = frozenset({"np", "numpy", "math"})
_SCOPES = (gast.Lambda, gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)
# Where a variable may stand for an expression to be put there: not before a dot, an index or a call's arguments.
_HOLDERS = (gast.Attribute, gast.Subscript, gast.Starred)


def nest_temporaries(
    function: gast.FunctionDef,
    known_pure: KnownPure,
    temporaries: Iterable[str],
    *,
    scalars: Iterable[str] = (),
    arrays: Mapping[str, int | None] | None = None,
    footprints: Footprints | None = None,
) -> gast.FunctionDef:
    """The function with generated variables that are read once put back into the expression that reads them.

    Before::

        # p = a / (1.0 + b)
        t_bar = p_bar / q
        u_bar = -t_bar * p
        b_bar += u_bar

    After::

        # p = a / (1.0 + b)
        b_bar -= p_bar / q * p

    The reading statement must follow in the same group (no comment between them), nothing between the two may
    change what the expression reads, and the line must stay readable.  Only pure expressions move.
    """
    arrays = arrays or {}
    footprints = footprints or Footprints(arrays)
    candidates = frozenset(temporaries)
    if not any(_assigned(statement) in candidates for statement in statements_in(function.body)):
        return function
    live = liveness(function, footprints=footprints)
    effects = ownership(function, known_pure, scalars=scalars, arrays=arrays, footprints=footprints).effects
    nesting = _Nesting(known_pure, candidates - live.everywhere, frozenset(scalars), live, effects, arrays, footprints)
    for block, depth in _unguarded_blocks(function.body, 1):
        nesting.block(block, 4 * depth)
    changes = nesting.changes
    return rewrite_statements(function, lambda item: changes.get(item, item)) if changes else function


def _unguarded_blocks(block: list[gast.stmt], depth: int) -> Iterator[tuple[list[gast.stmt], int]]:
    """The blocks outside of try statements, with their depths."""
    yield block, depth
    for statement in block:
        if not isinstance(statement, gast.Try):
            for inner in blocks(statement):
                yield from _unguarded_blocks(inner, depth + 1)


def _assigned(statement: gast.stmt) -> str | None:
    """``t`` for ``t = ...``."""
    if not isinstance(statement, gast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    return str(target.id) if isinstance(target, gast.Name) else None


class _Nesting:
    """Decides for each block which assignments move into which statements."""

    def __init__(
        self,
        known_pure: KnownPure,
        candidates: frozenset[str],
        scalars: frozenset[str],
        live: Liveness,
        effects: Mapping[gast.stmt, Effect],
        arrays: Mapping[str, int | None],
        footprints: Footprints,
    ) -> None:
        self.changes: dict[gast.stmt, gast.stmt | None] = {}
        self._known_pure = known_pure
        self._candidates = candidates
        self._scalars = scalars
        self._live = live
        self._effects = effects
        touched = frozenset[str]().union(*(effect.seen_by for effect in effects.values()))
        self._memory = Memory(scalars, arrays, touched)
        # A sum of arrays without dimensions is a number, which nobody can write into.
        self._without_dimensions = frozenset(name for name, ndim in arrays.items() if ndim == 0)
        self._footprints = footprints

    def block(self, block: list[gast.stmt], indentation: int) -> None:
        """Plan the changes of one block, from the top, so that chains of temporaries collapse."""
        for index, statement in enumerate(block):
            current = self.changes.get(statement, statement)
            name = None if current is None else _assigned(current)
            if current is None or name not in self._candidates or not is_pure(current.value, self._known_pure):
                continue
            reader = self._reader(block, index, name, current)
            if reader is None:
                continue
            nested = self._nested(current, name, self.changes.get(reader) or reader)
            if nested is not None and width(nested) + indentation < LONGEST_LINE:
                self.changes[statement] = None
                self.changes[reader] = nested

    def _reader(self, block: list[gast.stmt], start: int, name: str, assignment: gast.Assign) -> gast.stmt | None:
        """The one statement that reads ``name``, if the assignment may move there."""
        own = self._footprints(assignment)
        if not own.reads.isdisjoint(self._live.everywhere):
            return None
        contents = own.contents - self._scalars - _MODULES
        for statement in block[start + 1 :]:
            if is_comment(statement):
                return None
            current = self.changes.get(statement, statement)
            if current is None:
                continue
            if not isinstance(current, (gast.Assign, gast.AugAssign, gast.Expr)):
                return None
            footprint = self._footprints(current)
            if name in footprint.reads:
                return statement if self._may_receive(statement, current, name, bool(contents)) else None
            effect = self._effects[statement]
            bound = footprint.binds | footprint.may_bind
            if name in bound or not bound.isdisjoint(own.reads):
                return None
            if contents and (effect.visible or not effect.seen_by.isdisjoint(contents)):
                return None
        return None

    def _nested(self, assignment: gast.Assign, name: str, reader: gast.stmt) -> gast.stmt | None:
        """The reading statement with the assigned expression in it; None where it is not to be there."""
        if not _updates(reader, name):
            return put_into(reader, {name: assignment.value}, self._memory)
        # t = a, then t += b: together t = a + b, where t is no other name of something.
        is_zeros = isinstance(assignment.value, gast.Call) and "zeros" in gast.dump(assignment.value.func)
        if name in self._without_dimensions:
            return None
        if is_zeros or not (name in self._scalars or makes_new_value(assignment.value)):
            return None
        sum_of_both = gast.BinOp(gast.Name(name, gast.Load(), None, None), reader.op, reader.value)
        merged = gast.copy_location(gast.Assign([assignment.targets[0]], sum_of_both, None), reader)
        return put_into(merged, {name: assignment.value}, self._memory)

    def _may_receive(self, statement: gast.stmt, current: gast.stmt, name: str, reads_contents: bool) -> bool:
        """Whether a statement reads ``name`` once, where an expression may stand, and nothing reads it later."""
        rebound = name in self._footprints(current).binds
        if name in self._live.after[statement] and not rebound:
            return False
        if not (_updates(current, name) or _reads_once(current, name)):
            return False
        if not reads_contents:
            return True
        # What is evaluated before the variable must not change what the expression reads.
        value = current.value
        if isinstance(current, gast.Expr) and isinstance(value, gast.Call):
            return all(is_pure(argument, self._known_pure) for argument in (*value.args, *value.keywords))
        return is_pure(value, self._known_pure)


def _updates(statement: gast.stmt, name: str) -> bool:
    """Whether a statement is ``name += e`` or ``name -= e``, where e does not read name."""
    return (
        isinstance(statement, gast.AugAssign)
        and isinstance(statement.op, (gast.Add, gast.Sub))
        and isinstance(statement.target, gast.Name)
        and statement.target.id == name
        and name not in names_read(statement.value)
    )


def _reads_once(statement: gast.stmt, name: str) -> bool:
    """Whether ``name`` is read once by a statement, for its plain value."""
    found = 0
    pending: list[gast.AST] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, _SCOPES) and name in {part.id for part in gast.walk(node) if isinstance(part, gast.Name)}:
            return False
        for field, child in gast.iter_fields(node):
            children = child if isinstance(child, list) else [child]
            for item in children:
                if isinstance(item, gast.Name) and item.id == name and not _is_rebound(statement, item):
                    if field in ("func", "target") or (field == "value" and isinstance(node, _HOLDERS)):
                        return False
                    found += 1
                elif isinstance(item, gast.AST):
                    pending.append(item)
    return found == 1


def _is_rebound(statement: gast.stmt, name: gast.Name) -> bool:
    """Whether a name is the target of an assignment, which reads nothing."""
    return isinstance(statement, gast.Assign) and isinstance(name.ctx, gast.Store)
