"""Typed records: a tape of numbers is an array with a count, not a list.

Before:                                   After:
    s_tape = []                               s_tape = np.empty(max(n, 0))
                                              s_count = 0
    for i in range(n):                        for i in range(n):
        s_tape.append(s)                          s_tape[s_count] = s
                                                  s_count += 1
    ...                                       ...
        s = s_tape.pop()                          s_count -= 1
                                                  s = s_tape[s_count]

Where the number of records is not known when the tape is made, it grows by doubling.  What keeps numbers and whole
arrays in one list gets a tape for each.  Tapes of arrays stay lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import gast

from srcgrad.compiled.capacity import capacity
from srcgrad.compiled.unit import Unit, with_body
from srcgrad.kind import Array, Kind, Scalar
from srcgrad.syntax.build import (
    assign,
    augment,
    call,
    expression_statement,
    if_statement,
    list_of,
    local_names,
    method,
    name,
    subscript,
    tuple_of,
)
from srcgrad.syntax.names import Names

_ARRAY = "array"


@dataclass(frozen=True)
class _Part:
    """One buffer of a tape: the dtype of its numbers, None for a list of arrays."""

    buffer: str
    dtype: str | None


@dataclass(frozen=True)
class _Tape:
    """What becomes of a tape: its buffers, and the variable that counts the entries; one buffer for each of a tuple."""

    parts: tuple[_Part, ...]
    count: str | None


def with_typed_records(units: Sequence[Unit]) -> list[Unit]:
    """The functions with typed tapes; both sweeps of a pair agree on them, as they share their variables' kinds."""
    groups: dict[int, list[Unit]] = {}
    for unit in units:
        groups.setdefault(id(unit.variables) if unit.variables else id(unit), []).append(unit)
    changed: dict[str, Unit] = {}
    for group in groups.values():
        variables = {**_flags(group), **group[0].variables}
        plans = _plans(group, variables)
        for unit in group:
            writer = _Writer(plans, variables)
            body = writer.block(unit.tree.body)
            changed[unit.name] = replace(unit, tree=with_body(unit.tree, body)) if writer.used else unit
    return [changed[unit.name] for unit in units]


def _flags(group: Sequence[Unit]) -> dict[str, Kind]:
    """The generated variables that hold the outcome of a comparison of numbers: which branch was taken."""
    variables = group[0].variables
    flags: dict[str, Kind] = {}
    others: set[str] = set()
    for unit in group:
        for node in gast.walk(unit.tree):
            match node:
                case gast.Assign(targets=[gast.Name(id=flag)], value=gast.Compare(left=left, comparators=right)):
                    numbers = (isinstance(one, gast.Constant) or _class(one, variables) for one in [left, *right])
                    if all(one and one != _ARRAY for one in numbers):
                        flags[flag] = Scalar("bool")
                        continue
                    others.add(flag)
                case gast.Assign(targets=[gast.Name(id=other)], value=value):
                    if not (isinstance(value, gast.Call) and getattr(value.func, "attr", "") == "pop"):
                        others.add(other)
                case _:
                    pass
    return {flag: kind for flag, kind in flags.items() if flag not in others}


def _plans(group: Sequence[Unit], variables: Mapping[str, Kind]) -> dict[str, dict[tuple[str, ...], _Tape]]:
    """For each tape that can be typed, its new form by the classes of the entries it has."""
    uses: dict[str, list[tuple[str, ...] | None]] = {}
    kept: dict[str, list[tuple[str, ...] | None]] = {}
    others: dict[str, int] = {}
    made: set[str] = set()
    tested: set[str] = set()
    returned: set[str] = set()
    for unit in group:
        for node in gast.walk(unit.tree):
            match node:
                case gast.Assign(targets=[gast.Name(id=tape)], value=gast.List(elts=[])) if "tape" in tape:
                    made.add(tape)
                case gast.Expr(value=gast.Call(func=gast.Attribute(value=gast.Name(id=tape), attr="append"), args=[v])):
                    kept.setdefault(tape, []).append(_classes(v, variables))
                    others[tape] = others.get(tape, 0) - 1
                case gast.Assign(
                    targets=[target],
                    value=gast.Call(func=gast.Attribute(value=gast.Name(id=tape), attr="pop"), args=[]),
                ):
                    uses.setdefault(tape, []).append(_classes(target, variables))
                    others[tape] = others.get(tape, 0) - 1
                case gast.While(test=gast.Name(id=tape)):
                    tested.add(tape)
                    others[tape] = others.get(tape, 0) - 1
                case gast.Assign(
                    targets=[gast.Name(id=tape)],
                    value=gast.Call(func=gast.Attribute(value=gast.Name(id=same), attr="copy"), args=[]),
                ) if tape == same:
                    others[tape] = others.get(tape, 0) - 1
                case gast.Return(value=gast.Tuple(elts=[_, gast.Tuple(elts=records)])):
                    for record in records:
                        if isinstance(record, gast.Name):
                            returned.add(record.id)
                            others[record.id] = others.get(record.id, 0) - 1
                case gast.Name(id=tape, ctx=gast.Load()):
                    others[tape] = others.get(tape, 0) + 1
                case _:
                    pass
    names = Names(set().union(*(local_names(unit.tree) for unit in group), *(unit.free_names() for unit in group)))
    plans: dict[str, dict[tuple[str, ...], _Tape]] = {}
    for tape in sorted(made):
        appended, popped = kept.get(tape, []), uses.get(tape, [])
        classes = list(dict.fromkeys([*appended, *popped]))
        if others.get(tape, 0) or not classes or set(appended) != set(popped):
            continue
        known = [one for one in classes if one is not None]
        if len(known) != len(classes) or (len(known) > 1 and tape in tested):
            continue
        plan = _plan(tape, known, names)
        if any(one.count is None for one in plan.values()) and (tape in returned or len(plan) == 1):
            continue
        plans[tape] = plan
    return plans


def _plan(tape: str, classes: list[tuple[str, ...]], names: Names) -> dict[tuple[str, ...], _Tape]:
    """The buffers of a tape."""
    plan: dict[tuple[str, ...], _Tape] = {}
    for position, one in enumerate(classes):
        first = tape if position == 0 else names.fresh(tape)
        if _ARRAY in one:
            plan[one] = _Tape((_Part(first, None),), None)
            continue
        parts = [_Part(first if at == 0 else names.numbered(tape), dtype) for at, dtype in enumerate(one)]
        plan[one] = _Tape(tuple(parts), names.fresh(first.replace("_tape", "_count").replace("tape", "count")))
    return plan


def _classes(entry: gast.expr, variables: Mapping[str, Kind]) -> tuple[str, ...] | None:
    """The dtypes of an entry's numbers, ``array`` for an array; None where they are not known."""
    parts = entry.elts if isinstance(entry, gast.Tuple) else [entry]
    found = [_class(part, variables) for part in parts]
    return tuple(one for one in found if one) if all(found) else None


def _class(entry: gast.expr, variables: Mapping[str, Kind]) -> str | None:
    match entry:
        case gast.Name(id=identifier):
            kind = variables.get(identifier)
            if isinstance(kind, Scalar) and not kind.dtype.startswith(("str", "object")):
                return kind.dtype
            return _ARRAY if isinstance(kind, Array) else None
        case gast.Call(func=gast.Attribute(value=gast.Name() as receiver, attr="copy"), args=[], keywords=[]):
            return _ARRAY if _class(receiver, variables) == _ARRAY else None
        case gast.Subscript(value=gast.Name(id=identifier), slice=index):
            kind = variables.get(identifier)
            indices = index.elts if isinstance(index, gast.Tuple) else [index]
            if not isinstance(kind, Array) or kind.ndim != len(indices):
                return None
            return kind.dtype if all(_is_integer(one, variables) for one in indices) else None
        case _:
            return None


def _is_integer(index: gast.expr, variables: Mapping[str, Kind]) -> bool:
    """Whether an index is one whole number."""
    match index:
        case gast.Constant(value=value):
            return type(value) is int
        case gast.Name(id=identifier):
            kind = variables.get(identifier)
            return isinstance(kind, Scalar) and kind.dtype.startswith(("int", "uint"))
        case gast.BinOp(
            left=left, op=gast.Add() | gast.Sub() | gast.Mult() | gast.Mod() | gast.FloorDiv(), right=right
        ):
            return _is_integer(left, variables) and _is_integer(right, variables)
        case gast.UnaryOp(op=gast.USub(), operand=operand):
            return _is_integer(operand, variables)
        case gast.Attribute(attr="size") | gast.Subscript(value=gast.Attribute(attr="shape")):
            return True
        case gast.Call(func=gast.Name(id="len")):
            return True
        case _:
            return False


class _Writer:
    """Rewrites the statements of one function."""

    def __init__(self, plans: Mapping[str, Mapping[tuple[str, ...], _Tape]], variables: Mapping[str, Kind]) -> None:
        self.plans = plans
        self.variables = variables
        self.used = False
        self._sized: set[str] = set()

    def block(self, body: Sequence[gast.stmt]) -> list[gast.stmt]:
        """A block, every tape in it typed."""
        statements: list[gast.stmt] = []
        for position, statement in enumerate(body):
            statements += self._statement(statement, body[position + 1 :])
        return statements

    def _statement(self, statement: gast.stmt, rest: Sequence[gast.stmt]) -> list[gast.stmt]:
        match statement:
            case gast.Assign(targets=[gast.Name(id=tape)], value=gast.List(elts=[])) if tape in self.plans:
                return self._made(tape, rest)
            case gast.Expr(
                value=gast.Call(func=gast.Attribute(value=gast.Name(id=tape), attr="append"), args=[entry])
            ) if tape in self.plans:
                return self._appended(tape, entry)
            case gast.Assign(
                targets=[target], value=gast.Call(func=gast.Attribute(value=gast.Name(id=tape), attr="pop"))
            ) if tape in self.plans:
                return self._popped(tape, target)
            case gast.Assign(
                targets=[gast.Name(id=tape)],
                value=gast.Call(func=gast.Attribute(value=gast.Name(id=same), attr="copy")),
            ) if tape == same and tape in self.plans:
                return []  # the buffer stays as it is: what is popped is only counted
            case gast.Assign(targets=[gast.Tuple(elts=records)]) | gast.Assign(targets=[gast.Name() as records]):
                return self._unpacked(statement, records)
            case gast.Return(value=gast.Tuple(elts=[value, gast.Tuple(elts=records)])):
                return [gast.Return(gast.Tuple([value, gast.Tuple(self._handed(records), gast.Load())], gast.Load()))]
        made = gast.copy_location(type(statement)(**dict(gast.iter_fields(statement))), statement)
        for field, value in gast.iter_fields(statement):
            if isinstance(value, list) and value and isinstance(value[0], gast.stmt):
                setattr(made, field, self.block(value))
        test = statement.test if isinstance(statement, gast.While) else None
        if isinstance(test, gast.Name) and test.id in self.plans:
            (tape,) = self.plans[test.id].values()
            made.test = name(tape.count or test.id)
        return [made]

    def _made(self, tape: str, rest: Sequence[gast.stmt]) -> list[gast.stmt]:
        """Empty buffers, long enough where that can be said."""
        self.used = True
        statements: list[gast.stmt] = []
        for classes, plan in self.plans[tape].items():
            if plan.count is None:
                statements.append(assign(plan.parts[0].buffer, list_of()))
                continue

            def is_kept(entry: gast.expr, classes: tuple[str, ...] = classes) -> bool:
                return _classes(entry, self.variables) == classes

            length = capacity(tape, rest, is_kept)
            if length is not None:
                self._sized.add(plan.parts[0].buffer)
            for part in plan.parts:
                made = call("np.empty", length if length is not None else 64)
                if part.dtype != "float64":
                    dtype = "bool_" if part.dtype == "bool" else part.dtype
                    made.keywords = [gast.keyword("dtype", gast.Attribute(name("np"), dtype, gast.Load()))]
                statements.append(assign(part.buffer, made))
            statements.append(assign(plan.count, 0))
        return statements

    def _appended(self, tape: str, entry: gast.expr) -> list[gast.stmt]:
        classes = _classes(entry, self.variables)
        assert classes is not None
        plan = self.plans[tape][classes]
        first = plan.parts[0].buffer
        if plan.count is None:
            return [expression_statement(method(first, "append", entry))]
        values = entry.elts if isinstance(entry, gast.Tuple) else [entry]
        statements: list[gast.stmt] = []
        if first not in self._sized:
            longer = [assign(part.buffer, call("grown", name(part.buffer))) for part in plan.parts]
            statements.append(if_statement(f"{plan.count} == {first}.size", longer))
        statements += [assign(subscript(p.buffer, name(plan.count)), value) for p, value in zip(plan.parts, values)]
        return [*statements, augment(plan.count, "+", 1)]

    def _popped(self, tape: str, target: gast.expr) -> list[gast.stmt]:
        self.used = True
        classes = _classes(target, self.variables)
        assert classes is not None
        plan = self.plans[tape][classes]
        if plan.count is None:
            return [assign(target, method(plan.parts[0].buffer, "pop"))]
        targets = target.elts if isinstance(target, gast.Tuple) else [target]
        taken = [assign(one, subscript(p.buffer, name(plan.count))) for p, one in zip(plan.parts, targets)]
        return [augment(plan.count, "-", 1), *taken]

    def _handed(self, records: Sequence[gast.expr]) -> list[gast.expr]:
        """What a forward sweep hands over: the part of each buffer that is filled."""
        handed: list[gast.expr] = []
        for record in records:
            plans = self.plans.get(record.id, {}) if isinstance(record, gast.Name) else {}
            filled = [
                gast.Subscript(name(part.buffer), gast.Slice(None, name(plan.count), None), gast.Load())
                for plan in plans.values()
                for part in plan.parts
                if plan.count is not None
            ]
            handed += filled or [record]
        return handed

    def _unpacked(self, statement: gast.Assign, records: Sequence[gast.expr] | gast.Name) -> list[gast.stmt]:
        """What a reverse sweep takes over: the buffers, and how much of each there is."""
        listed = [records] if isinstance(records, gast.Name) else records
        tapes = [one.id for one in listed if isinstance(one, gast.Name) and one.id in self.plans]
        if not tapes:
            return [statement]
        self.used = True
        targets: list[gast.expr] = []
        counted: list[gast.stmt] = []
        for one in listed:
            plans = self.plans.get(one.id, {}) if isinstance(one, gast.Name) else {}
            if not plans:
                targets.append(one)
            for plan in plans.values():
                targets += [name(part.buffer) for part in plan.parts]
                counted.append(assign(plan.count, f"{plan.parts[0].buffer}.size"))
        return [assign(tuple_of(*targets), statement.value), *counted]
