"""Dead code: what no result and no effect depends on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import gast

from srcgrad.analyse.footprints import Footprint, Footprints, blocks, statements_in
from srcgrad.analyse.liveness import is_transparent, liveness
from srcgrad.analyse.ownership import ownership
from srcgrad.analyse.purity import KnownPure
from srcgrad.optimise.rewriting import same_items, with_fields
from srcgrad.syntax.comments import is_comment
from srcgrad.syntax.walking import walk

_NEGATIONS = {
    gast.Eq: gast.NotEq,
    gast.NotEq: gast.Eq,
    gast.Is: gast.IsNot,
    gast.IsNot: gast.Is,
    gast.In: gast.NotIn,
    gast.NotIn: gast.In,
}


def remove_dead_code(
    function: gast.FunctionDef,
    known_pure: KnownPure,
    *,
    scalars: Iterable[str] = (),
    arrays: Mapping[str, int | None] | None = None,
    footprints: Footprints | None = None,
) -> gast.FunctionDef:
    """The function without what neither its result nor anything outside of it can depend on.

    Before::

        s_tape = []
        for i in range(n):
            s_tape.append(s)
            s = 0.5 * s
            y[i] = w
        return w

    After::

        return w

    Assignments nobody reads, tapes and local arrays that are only filled, counters that only count, loops and
    branches that are left empty, and unused imports go; what may be seen from outside stays: calls that
    ``known_pure`` does not know, writes into parameters and globals, raise and assert, what a handler may wait
    for, and ``while`` loops, which may not end, other than those that empty a list.  ``scalars`` are variables that
    hold immutable numbers, ``arrays`` such that hold arrays of numbers (and how many dimensions).
    """
    arrays = arrays or {}
    footprints = footprints or Footprints(arrays)
    effects = ownership(function, known_pure, scalars=scalars, arrays=arrays, footprints=footprints).effects
    guarded = frozenset(_guarded(function.body))
    with_contents = _WithContents(footprints)

    def counts(statement: gast.stmt, live: frozenset[str]) -> bool:
        effect = effects[statement]
        if effect.visible or statement in guarded or any(contents(name) in live for name in effect.seen_by):
            return True
        if isinstance(statement, gast.While):
            return not _empties_a_list(statement)
        if isinstance(statement, gast.Delete):
            return False
        copied = _copied_in_place(statement)
        if copied is not None and copied in arrays:
            return contents(copied) in live
        footprint = footprints(statement)
        return not (footprint.binds.isdisjoint(live) and footprint.may_bind.isdisjoint(live))

    kept = liveness(function, counts=counts, footprints=with_contents).counted
    bindings = [item for item in statements_in(function.body) if footprints(item).binds]
    gone = frozenset().union(*(footprints(item).binds for item in bindings if item not in kept))
    result = _Removal(kept, gone).function(function)
    return function if result is None else result


def contents(name: str) -> str:
    """What stands for the contents of a variable's object in liveness, beside the variable itself."""
    return name + "[]"


class _WithContents(Footprints):
    """Footprints in which the contents of objects appear beside the variables, so that they can be dead."""

    def __init__(self, footprints: Footprints) -> None:
        super().__init__()
        self._footprints = footprints

    def __call__(self, statement: gast.stmt) -> Footprint:
        found = self._known.get(statement)
        if found is None:
            plain = self._footprints(statement)
            found = self._known[statement] = Footprint(
                plain.reads.union(map(contents, plain.contents)),
                plain.contents,
                plain.binds.union(map(contents, plain.binds)),
                plain.may_bind,
                plain.captured.union(map(contents, plain.captured)),
            )
        return found


def _copied_in_place(statement: gast.stmt) -> str | None:
    """``x`` for ``x = x.copy()`` and ``x = np.copy(x)``."""
    if not (isinstance(statement, gast.Assign) and isinstance(statement.value, gast.Call)):
        return None
    call, target = statement.value, statement.targets[0]
    if not (isinstance(call.func, gast.Attribute) and call.func.attr == "copy" and isinstance(target, gast.Name)):
        return None
    source = call.args[0] if call.args else call.func.value
    return target.id if isinstance(source, gast.Name) and source.id == target.id else None


def _guarded(block: list[gast.stmt]) -> Iterator[gast.stmt]:
    """The statements whose exceptions the function itself may catch, so that they decide where it goes on."""
    for statement in block:
        catches = isinstance(statement, gast.Try) and statement.handlers
        if catches or (isinstance(statement, gast.With) and not is_transparent(statement)):
            yield from statements_in(statement.body)
        for inner in blocks(statement):
            yield from _guarded(inner)


def _empties_a_list(loop: gast.While) -> bool:
    """Whether a loop is ``while tape:`` with a ``tape.pop()`` in every trip and nothing that adds to the tape."""
    if not isinstance(loop.test, gast.Name):
        return False
    tape = loop.test.id
    popped = False
    for statement in loop.body:
        value = statement.value if isinstance(statement, (gast.Assign, gast.Expr)) else None
        popped |= (
            isinstance(value, gast.Call)
            and isinstance(value.func, gast.Attribute)
            and value.func.attr == "pop"
            and isinstance(value.func.value, gast.Name)
            and value.func.value.id == tape
        )
    uses = sum(isinstance(node, gast.Name) and node.id == tape for inner in loop.body for node in walk(inner))
    return popped and uses == 1


class _Removal:
    """Removes the statements that are not kept; what is unchanged is shared with the tree before."""

    def __init__(self, kept: frozenset[gast.stmt], gone: frozenset[str]) -> None:
        self._kept = kept
        self._gone = gone

    def function(self, function: gast.FunctionDef) -> gast.FunctionDef | None:
        """The function without its dead statements; None where there are none."""
        start = 1 if gast.get_docstring(function, clean=False) is not None else 0
        body = self._block(function.body[start:])
        body = [*function.body[:start], *body]
        if same_items(body, function.body):
            return None
        if not any(not is_comment(statement) for statement in body):
            body = [*body, gast.copy_location(gast.Pass(), function)]
        return with_fields(function, body=body)

    def _block(self, statements: list[gast.stmt]) -> list[gast.stmt]:
        """The kept statements of a block: the same list where nothing changes."""
        found: list[gast.stmt] = []
        for statement in statements:
            found.extend(self._statement(statement))
        return statements if same_items(found, statements) else found

    def _statement(self, statement: gast.stmt) -> Sequence[gast.stmt]:
        """What stays of a statement."""
        if is_comment(statement):
            return [statement]
        if isinstance(statement, gast.Delete):
            return self._delete(statement)
        if statement not in self._kept:
            return []
        if not blocks(statement):
            return [statement]
        if isinstance(statement, gast.Try):
            return self._try(statement)
        body = self._block(statement.body)
        if isinstance(statement, gast.With):
            return [statement] if body is statement.body else [with_fields(statement, body=_filled(body, statement))]
        orelse = self._block(statement.orelse)
        if body is statement.body and orelse is statement.orelse:
            return [statement]
        if isinstance(statement, gast.If):
            return self._branch(statement, body, orelse)
        return [with_fields(statement, body=_filled(body, statement), orelse=orelse if _is_filled(orelse) else [])]

    def _branch(self, statement: gast.If, body: list[gast.stmt], orelse: list[gast.stmt]) -> Sequence[gast.stmt]:
        if _is_filled(body):
            return [with_fields(statement, body=body, orelse=orelse if _is_filled(orelse) else [])]
        if _is_filled(orelse):
            return [with_fields(statement, test=_negated(statement.test), body=orelse, orelse=[])]
        # Only the evaluation of the test matters.
        return [gast.copy_location(gast.Expr(statement.test), statement)]

    def _try(self, statement: gast.Try) -> Sequence[gast.stmt]:
        body, orelse, finalbody = (
            self._block(block) for block in (statement.body, statement.orelse, statement.finalbody)
        )
        if not _is_filled(body):
            return [*orelse, *finalbody]
        handlers = [with_fields(item, body=_filled(self._block(item.body), item)) for item in statement.handlers]
        if not handlers and not _is_filled(finalbody):
            return [*body, *orelse]
        return [
            with_fields(
                statement,
                body=body,
                handlers=handlers,
                orelse=orelse if _is_filled(orelse) else [],
                finalbody=finalbody if _is_filled(finalbody) else [],
            )
        ]

    def _delete(self, statement: gast.Delete) -> Sequence[gast.stmt]:
        """``del`` without the variables of which an assignment is gone: they may not be there any more."""
        targets = [
            target
            for target in statement.targets
            if (target.id not in self._gone if isinstance(target, gast.Name) else statement in self._kept)
        ]
        if len(targets) == len(statement.targets):
            return [statement]
        return [with_fields(statement, targets=targets)] if targets else []


def _is_filled(block: Sequence[gast.stmt]) -> bool:
    """Whether a block has a statement that does something."""
    return any(not is_comment(statement) for statement in block)


def _filled(block: list[gast.stmt], owner: gast.AST) -> list[gast.stmt]:
    """A block that may stand by itself: ``pass`` where nothing is left."""
    return block if _is_filled(block) else [gast.copy_location(gast.Pass(), owner)]


def _negated(test: gast.expr) -> gast.expr:
    """``not test``, written as a person would where that means the same for every value (NaN included)."""
    if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not):
        return test.operand
    if isinstance(test, gast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _NEGATIONS:
        return with_fields(test, ops=[_NEGATIONS[type(test.ops[0])]()])
    return gast.copy_location(gast.UnaryOp(gast.Not(), test), test)
