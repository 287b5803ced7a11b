"""Simple statements in forward mode: each beside the statement that gives the tangent of what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.activity import assigned_names
from srcgrad.analyse.mutation import mutated_name
from srcgrad.analyse.operations import is_numeric, is_path
from srcgrad.analyse.views import may_be_view
from srcgrad.differentiate.forward.calls import Calls
from srcgrad.differentiate.forward.expressions import VALUE, Expressions, with_value
from srcgrad.differentiate.forward.tangents import Tangents
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Number, SequenceOf, TupleOf
from srcgrad.syntax.build import (
    assign,
    augment,
    base_name,
    call,
    copy_tree,
    divide,
    expression_statement,
    method,
    multiply,
    name,
    names_read,
    store,
)

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

# Methods of lists, dicts and sets, and the arguments of theirs that are put into the container.
_PUTTING = {"append": 0, "insert": 1, "extend": 0, "update": 0, "setdefault": 1}
_MOVING = ("pop", "reverse", "clear", "popitem")


class Statements:
    """Writes simple statements with their tangents."""

    def __init__(
        self,
        kinds: Kinds,
        tangents: Tangents,
        expressions: Expressions,
        calls: Calls,
        shared: frozenset[str] = frozenset(),
    ) -> None:
        self.kinds = kinds
        self.shared = shared
        self.tangents = tangents
        self.expressions = expressions
        self.calls = calls

    def written(self, statement: gast.stmt, before: frozenset[str], after: frozenset[str]) -> list[gast.stmt]:
        """A statement and what it does to the tangents; ``before`` and ``after`` it these variables have one."""
        self.expressions.begin(before)
        match statement:
            case gast.Assign(targets=[gast.Name() | gast.Tuple() | gast.List() as target], value=value):
                if not set(assigned_names(target)) & after and value not in self.calls.writing:
                    return [statement]
                return self._bound(statement, target, value, after)
            case gast.Assign(targets=[target], value=value):
                if base_name(target) not in after:
                    return [statement]
                return self._stored(statement, target, value)
            case gast.AugAssign(target=target, op=op, value=value):
                if base_name(target) not in after:
                    return [statement]
                return self._augmented(statement, target, op, value)
            case gast.Expr(value=gast.Call() as value) if value in self.calls.writing:
                called = self.calls.with_tangent(value, self.expressions)
                return [*self.expressions.statements, expression_statement(called)]
            case gast.Expr(value=gast.Call() as value) if mutated_name(statement) in after:
                return self._changed(statement, value)
            case gast.Delete(targets=targets):
                lost = [target for target in targets if base_name(target) in before]
                subscripts = [self.tangents.part(target) for target in lost if not isinstance(target, gast.Name)]
                return [statement, *(gast.Delete([_deleted(part)]) for part in subscripts)]
            case _:
                return [statement]

    def _bound(
        self, statement: gast.stmt, target: gast.expr, value: gast.expr, after: frozenset[str]
    ) -> list[gast.stmt]:
        """``y = f(x)``: the tangent behind it, or before it where it reads what y was."""
        dots = self.target(target, after)
        if isinstance(value, gast.Call):
            if self.calls.is_call(value) and self.expressions.depends(value):
                called = self.calls.with_tangent(value, self.expressions)
                return [*self.expressions.statements, gast.Assign([_pair(target, dots)], called, None)]
            if mutated_name(statement) is not None and isinstance(value.func, gast.Attribute):
                taken = self._taken(statement, dots, value)
                if taken is not None:
                    return taken
        self.expressions.begin(self.expressions.active, value)
        tangent = self.expressions.kept(value)
        binding = gast.Assign([store(dots)], tangent, None)
        lines = [*self.expressions.statements, binding]
        names = set(assigned_names(target))
        read = names_read(lines) - {VALUE}
        uses_value = VALUE in names_read(lines)
        itself = _loaded(target)
        is_apart = isinstance(target, gast.Name) or isinstance(self.expressions.kind_of(value), TupleOf | SequenceOf)
        if uses_value and (read & names or not is_apart):
            held = self.expressions.names.fresh("value")
            self.expressions.temporaries.add(held)
            self.tangents.known[held] = self.expressions.kind_of(value)
            lines = [with_value(line, name(held)) for line in lines]
            return [assign(held, value), *lines, gast.copy_location(gast.Assign([target], name(held), None), statement)]
        lines = [copy_tree(with_value(line, itself)) for line in lines]
        if isinstance(target, gast.Name):
            lines.extend(self._checked_view(target, value))
        return [*lines, statement] if read & names else [statement, *lines]

    def _checked_view(self, target: gast.Name, value: gast.expr) -> list[gast.stmt]:
        """A check that the tangent of ``v = A.reshape(-1)`` is a view where v is, if v is written into."""
        array = may_be_view(value, self.kinds) if target.id in self.shared else None
        if array is None or not is_path(array, self.kinds) or target.id in names_read(value):
            return []
        parts = [name(target.id), copy_tree(array), name(self.tangents.of(target.id)), self.tangents.part(array)]
        return [expression_statement(call("require_same_sharing", *parts))]

    def target(self, target: gast.expr, after: frozenset[str]) -> gast.expr:
        """The tangents of what a target binds; ``_`` for what has none."""
        match target:
            case gast.Name(id=identifier):
                return name(self.tangents.of(identifier) if identifier in after else self.tangents.unused)
            case gast.Tuple(elts=elements) | gast.List(elts=elements):
                return gast.Tuple([self.target(element, after) for element in elements], gast.Load())
            case gast.Starred(value=value):
                return gast.Starred(self.target(value, after), gast.Load())
            case _:
                raise UnsupportedError(
                    "this target of an assignment is not supported in forward mode",
                    node=target,
                    advice="assign to variables first",
                )

    def _taken(self, statement: gast.stmt, dots: gast.expr, value: gast.Call) -> list[gast.stmt] | None:
        """``v = xs.pop()``."""
        assert isinstance(value.func, gast.Attribute)
        receiver = value.func.value
        if base_name(receiver) not in self.expressions.active or value.func.attr not in ("pop", "setdefault"):
            return None
        arguments = [*value.args[:1], *(self.expressions.kept(argument) for argument in value.args[1:])]
        taken = method(self.tangents.part(receiver), value.func.attr, *arguments)
        return [*self.expressions.statements, gast.Assign([store(dots)], taken, None), statement]

    def _stored(self, statement: gast.stmt, target: gast.expr, value: gast.expr) -> list[gast.stmt]:
        """``a[i] = v`` with ``a_dot[i] = v_dot`` before it."""
        part = self.tangents.part(_loaded(target))
        is_element = isinstance(target, gast.Subscript) and is_numeric(self.kinds.of.get(target.value))
        if is_element:
            tangent = self.expressions.tangent(value)
            tangent = gast.Constant(0.0, None) if tangent is None else tangent
        else:
            tangent = self.expressions.kept(value)
        return [*self.expressions.statements, assign(part, tangent), statement]

    def _augmented(
        self, statement: gast.stmt, target: gast.expr, op: gast.operator, value: gast.expr
    ) -> list[gast.stmt]:
        """``a += v`` with ``a_dot += v_dot`` before it."""
        old = _loaded(target)
        kind = self.kinds.of.get(target)
        part = self.tangents.part(old)
        varies = self.expressions.depends(value)
        has_tangent = base_name(target) in self.expressions.active
        if isinstance(kind, SequenceOf):
            tangent = self.expressions.kept(value)
            return [*self.expressions.statements, gast.AugAssign(store(part), op, tangent), statement]
        if isinstance(op, gast.Add | gast.Sub) and has_tangent:
            if not varies:
                return [statement]
            found = self.expressions.tangent(value)
            if found is None:
                return [statement]
            sign = "+" if isinstance(op, gast.Add) else "-"
            return [*self.expressions.statements, augment(part, sign, found), statement]
        if has_tangent and not varies and isinstance(op, gast.Mult | gast.Div):
            return [gast.AugAssign(store(part), op, copy_tree(value)), statement]
        combined = gast.copy_location(gast.BinOp(old, op, value), statement)
        for node in gast.walk(old):
            if node not in self.kinds.of and isinstance(node, gast.expr):
                self.kinds.of[node] = self.kinds.evaluate(node)  # type: ignore[index]
        self.kinds.of[combined] = self.kinds.evaluate(combined)  # type: ignore[index]
        tangent = self.expressions.full(combined)
        if isinstance(kind, Number):
            return self._number_updated(statement, part, old, op, value)
        is_part = isinstance(target, gast.Subscript) and is_numeric(self.kinds.of.get(target.value))
        in_place = isinstance(kind, Array) and not is_part
        whole = gast.Subscript(part, gast.Constant(Ellipsis, None), gast.Load()) if in_place else part
        return [*self.expressions.statements, assign(whole, tangent), statement]

    def _number_updated(
        self, statement: gast.stmt, part: gast.expr, old: gast.expr, op: gast.operator, value: gast.expr
    ) -> list[gast.stmt]:
        """``a *= v`` in two steps, where a may be a number or an array that has another name."""
        dot = self.expressions.full(value)
        match op:
            case gast.Mult():
                rest = augment(part, "+", multiply(old, dot))
            case gast.Div():
                rest = augment(part, "-", divide(multiply(old, dot), multiply(value, value)))
            case _:
                raise UnsupportedError(
                    "this update of what is a number or an array is not supported in forward mode",
                    node=statement,
                    advice="write it as an assignment",
                )
        first = gast.AugAssign(store(part), op, copy_tree(value))
        return [*self.expressions.statements, first, rest, statement]

    def _changed(self, statement: gast.stmt, value: gast.Call) -> list[gast.stmt]:
        """``xs.append(v)`` with ``xs_dot.append(v_dot)``, and ``np.add.at`` alike."""
        match value:
            case gast.Call(func=gast.Name(id="add_to_shadows"), args=[table, held, added]):
                changed = gast.Call(value.func, [self.tangents.part(table), held, self.expressions.full(added)], [])
                return [*self.expressions.statements, expression_statement(changed), statement]
        assert isinstance(value.func, gast.Attribute)
        attr, receiver = value.func.attr, value.func.value
        if base_name(receiver) in ("np", "numpy") and attr == "at" and len(value.args) == 3:
            array, index, added = value.args
            if not self.expressions.depends(added):
                return [statement]
            changed = gast.Call(value.func, [self.tangents.part(array), index, self.expressions.full(added)], [])
        elif attr in _PUTTING and not value.keywords:
            place = _PUTTING[attr]
            given = [
                self.expressions.kept(argument) if position >= place else argument
                for position, argument in enumerate(value.args)
            ]
            changed = method(self.tangents.part(receiver), attr, *given)
        elif attr in _MOVING and not value.keywords:
            changed = method(self.tangents.part(receiver), attr, *value.args)
        else:
            raise UnsupportedError(
                "this way to change a container of differentiated values in place is not supported",
                node=statement,
                advice="append and pop are; or build a new container",
            )
        return [*self.expressions.statements, expression_statement(changed), statement]


def _loaded(target: gast.expr) -> gast.expr:
    """A target of an assignment as an expression that reads it; the nodes below it are the target's own."""
    match target:
        case gast.Name(id=identifier):
            return gast.copy_location(name(identifier), target)
        case gast.Tuple(elts=elements) | gast.List(elts=elements):
            return gast.Tuple([_loaded(element) for element in elements], gast.Load())
        case gast.Subscript(value=value, slice=index):
            return gast.copy_location(gast.Subscript(value, index, gast.Load()), target)
        case gast.Attribute(value=value, attr=attr):
            return gast.copy_location(gast.Attribute(value, attr, gast.Load()), target)
        case gast.Starred(value=value):
            return gast.Starred(_loaded(value), gast.Load())
        case _:
            return target


def _pair(target: gast.expr, dots: gast.expr) -> gast.expr:
    return store(gast.Tuple([copy_tree(target), dots], gast.Load()))


def _deleted(part: gast.expr) -> gast.expr:
    made: gast.expr = copy_tree(part)
    made.ctx = gast.Del()
    return made
