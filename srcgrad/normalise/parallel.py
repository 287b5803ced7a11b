"""Parallel assignment: ``a, b = b, a`` as single assignments in an order that means the same."""

from __future__ import annotations

from collections.abc import Sequence

import gast

from srcgrad.normalise.scopes import own_nodes
from srcgrad.normalise.temporaries import Temporaries
from srcgrad.normalise.unpacking import assignment
from srcgrad.syntax.build import name, names_assigned, names_read
from srcgrad.syntax.tree import base_name, located_at

Block = list[gast.stmt]
Pairs = Sequence[tuple[gast.expr, gast.expr]]


def assign_in_parallel(
    targets: Sequence[gast.expr],
    values: Sequence[gast.expr],
    names: Temporaries,
    captured: set[str],
    watched: bool,
    origin: gast.AST,
) -> Block:
    """Assignments that mean ``targets = values``.

    Where one order of single assignments does, no temporary is made.  ``captured`` are the variables that any call
    may read; ``watched`` says that an exception half-way would be noticed.
    """
    pairs = list(zip(targets, values))
    if watched and not all(_is_atomic(value) for value in values):
        return _evaluated_first(pairs, names, captured, False, origin)
    identifiers = {target.id for target in targets if isinstance(target, gast.Name)}
    if len(identifiers) == len(pairs):
        return _variables(pairs, names, captured, origin)
    if all(_is_atomic(value) for value in values) and _independent(pairs):
        return [located_at(gast.Assign([target], value, None), origin) for target, value in pairs]
    return _evaluated_first(pairs, names, captured, not any(_calls(value) for value in values), origin)


def _variables(pairs: Pairs, names: Temporaries, captured: set[str], origin: gast.AST) -> Block:
    """To different variables: each as soon as no other value needs it any more; calls stay in their order."""
    in_order = any(_calls(value) for _, value in pairs)
    waiting = list(pairs)
    done: Block = []
    postponed: Block = []
    while waiting:
        candidates = waiting[:1] if in_order else waiting
        target, value = next((pair for pair in candidates if _may_change(pair, waiting, captured)), waiting[0])
        if not _may_change((target, value), waiting, captured):
            temporary = names.reused(f"{target.id}_new")
            done.append(assignment(temporary, value, origin))
            postponed.append(located_at(gast.Assign([target], name(temporary), None), origin))
        elif not (isinstance(value, gast.Name) and value.id == target.id):
            done.append(located_at(gast.Assign([target], value, None), origin))
        waiting = [pair for pair in waiting if pair[0] is not target]
    return [*done, *postponed]


def _may_change(pair: tuple[gast.expr, gast.expr], waiting: Pairs, captured: set[str]) -> bool:
    """Whether no value that is yet to be evaluated reads the variable."""
    return not any(_disturbs(pair[0], value, captured) for target, value in waiting if target is not pair[0])


def _independent(pairs: Pairs) -> bool:
    """Whether assigning from left to right reads no variable after it has changed, values being atomic."""
    assigned: set[str] = set()
    for target, value in pairs:
        if names_read(value) & assigned:
            return False
        assigned |= names_assigned(target)
    return True


def _evaluated_first(
    pairs: Pairs, names: Temporaries, captured: set[str], first_is_free: bool, origin: gast.AST
) -> Block:
    """Evaluate all that assigning may change (where nothing calls, the first value can wait); then assign."""
    evaluated: Block = []
    assigned: Block = []
    for index, (target, value) in enumerate(pairs):
        if not (_stays(value, pairs, captured) or (index == 0 and first_is_free)):
            temporary = names.reused(f"{base_name(target) or 'value'}_new")
            evaluated.append(assignment(temporary, value, origin))
            value = name(temporary)
        assigned.append(located_at(gast.Assign([target], value, None), origin))
    return [*evaluated, *assigned]


def _stays(value: gast.expr, pairs: Pairs, captured: set[str]) -> bool:
    """Whether a value is the same after the assignments, and after the calls among their values."""
    read = names_read(value)
    if read & captured and any(_calls(other) for _, other in pairs):
        return False
    return _is_atomic(value) and not any(read & names_assigned(target) for target, _ in pairs)


def _disturbs(target: gast.expr, value: gast.expr, captured: set[str]) -> bool:
    """Whether assigning to the variable first changes what a value is."""
    assigned = names_assigned(target)
    return bool(assigned & names_read(value)) or (_calls(value) and bool(assigned & captured))


def _is_atomic(value: gast.expr) -> bool:
    """Whether evaluating reads no more than one variable."""
    if isinstance(value, gast.UnaryOp) and isinstance(value.operand, gast.Constant):
        return True
    return isinstance(value, (gast.Name, gast.Constant))


def _calls(value: gast.expr) -> bool:
    """Whether evaluating may do more than compute."""
    return any(isinstance(node, (gast.Call, gast.NamedExpr)) for node in own_nodes([value]))
