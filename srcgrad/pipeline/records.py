"""Records that are read more than once: what a reverse sweep changes in place it changes in copies."""

from __future__ import annotations

import gast

from srcgrad.analyse.mutation import MUTATING_METHODS
from srcgrad.differentiate.keeping import is_flat
from srcgrad.pipeline.derivation import Derivation
from srcgrad.syntax.build import assign, base_name, call, method, name, names_assigned


def unpacked_records(
    derivation: Derivation, records: list[str], held: str, reverse: list[gast.stmt]
) -> list[gast.stmt]:
    """Statements that give the records their names, and copies of those that the reverse sweep uses up."""
    if not records:
        return []
    target = gast.Tuple([name(record) for record in records], gast.Load())
    if derivation.held:
        # What they hold is the caller's, and is put back to what it was; only the tapes are used up.
        drained, _ = _used_up(reverse)
        tapes = [record for record in records if record in drained - derivation.kinds.variables.keys()]
        return [assign(target, name(held)), *(assign(record, method(record, "copy")) for record in tapes)]
    if derivation.table is not None:
        return [assign(target, call("own_copy", name(held)))]
    drained, changed = _used_up(reverse)
    variables = derivation.kinds.variables
    primal = {variable for variable in changed if variable in variables}
    calls = [record for record in records if record not in variables and record not in drained]
    plain = all(variable in records and is_flat(variables[variable]) for variable in primal)
    if primal and (calls or not plain or primal & names_assigned(reverse)):
        # They may hold the same objects: one copy of all keeps these the same.
        return [assign(target, call("own_copy", name(held)))]
    used = [record for record in records if record in drained or record in changed]
    return [assign(target, name(held)), *(assign(record, method(record, "copy")) for record in used)]


def _used_up(reverse: list[gast.stmt]) -> tuple[set[str], set[str]]:
    """The names from which the reverse sweep pops, and those whose objects it changes in other ways."""
    drained: set[str] = set()
    changed: set[str] = set()
    for statement in reverse:
        for node in gast.walk(statement):
            match node:
                case gast.Call(func=gast.Attribute(value=gast.Name(id=identifier), attr="pop")):
                    drained.add(identifier)
                    changed.add(identifier)
                case gast.Call(func=gast.Name(id="reverse_checkpointed"), args=[gast.Name(id=identifier), *_]):
                    drained.add(identifier)
                    changed.add(identifier)
                case gast.Call(func=gast.Attribute(value=receiver, attr=attr)) if attr in MUTATING_METHODS:
                    changed.add(base_name(receiver) or "")
                case gast.Subscript(ctx=gast.Store()) | gast.Attribute(ctx=gast.Store()):
                    changed.add(base_name(node) or "")
                case _:
                    pass
    return drained, changed
