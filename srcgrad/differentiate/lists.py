"""The reversal of what changes a list or dict in place: append, pop, insert, extend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.activity import assigned_names
from srcgrad.differentiate.adjoints import Adjoints, zero_of
from srcgrad.differentiate.cotangent import Cotangent
from srcgrad.differentiate.expressions import Expressions
from srcgrad.differentiate.keeping import whole_copy
from srcgrad.differentiate.steps import Overwrite, Simple
from srcgrad.errors import UnsupportedError
from srcgrad.kind import DictOf, Opaque, Scalar, SequenceOf
from srcgrad.syntax.build import (
    assign,
    base_name,
    call,
    constant,
    expression_statement,
    is_number,
    method,
    name,
    names_assigned,
    names_read,
    subscript,
    subtract,
)

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

# Stands for the recorded value in the statements that restore it.
SAVED = "saved value"


class Lists:
    """Steps of statements that change a list or dict."""

    def __init__(self, kinds: Kinds, adjoints: Adjoints, expressions: Expressions) -> None:
        self.kinds = kinds
        self.adjoints = adjoints
        self.expressions = expressions

    def change(self, statement: gast.stmt, value: gast.expr) -> Simple:
        """``xs.append(v)`` and the like, as a statement of its own."""
        assert isinstance(value, gast.Call)
        if not isinstance(value.func, gast.Attribute):
            raise self._refused(statement)
        receiver, changed = value.func.value, base_name(value.func.value)
        kind = self.kinds.of.get(receiver)
        touched = changed in self.adjoints.state.live or any(self.expressions.depends(item) for item in value.args)
        if not isinstance(kind, SequenceOf | DictOf) or changed is None:
            if touched:
                raise self._refused(statement)
            return self._unrelated(statement, changed)
        step = Simple([statement])
        if changed in self.adjoints.shadows:
            step.early = self._mirror_fetched(receiver)
            if not step.early and any(self._is_new_array(item) for item in value.args):
                raise self._refused(statement)
        match value.func.attr, value.args:
            case "append", [item]:
                step.overwrites = [self._undone(changed, expression_statement(method(receiver, "pop")))]
                if self._has_mirror(changed, receiver):
                    self._put(item, method(self._bar(receiver), "pop"))
            case "insert", [gast.Constant(value=int() as place), item] if place >= 0:
                position = constant(place)
                if place > 0:
                    # A list that is shorter takes the item at its end.
                    position = call("min", position, subtract(call("len", self._bar(receiver)), 1))
                    back = call("min", constant(place), subtract(call("len", receiver), 1))
                else:
                    back = position
                step.overwrites = [self._undone(changed, expression_statement(method(receiver, "pop", back)))]
                if self._has_mirror(changed, receiver):
                    self._put(item, method(self._bar(receiver), "pop", position))
            case "reverse", []:
                step.overwrites = [self._undone(changed, expression_statement(method(receiver, "reverse")))]
                if self._has_mirror(changed, receiver):
                    self.expressions.statements.append(expression_statement(method(self._bar(receiver), "reverse")))
            case "pop", positions if isinstance(kind, SequenceOf):
                self._pop(step, receiver, positions, changed, None)
            case "pop", [key] if isinstance(kind, DictOf):
                self._pop_entry(step, receiver, key, None)
            case _:
                if touched:
                    raise self._refused(statement)
                return self._unrelated(statement, changed)
        return step

    def take(self, statement: gast.stmt, target: gast.expr, value: gast.Call) -> Simple:
        """``v = xs.pop()``."""
        assert isinstance(value.func, gast.Attribute)
        receiver, changed = value.func.value, base_name(value.func.value)
        variables = assigned_names(target)
        live = self.adjoints.state.live
        touched = changed in live or bool(set(variables) & live) or self.expressions.depends(receiver)
        kind = self.kinds.of.get(receiver)
        is_known = isinstance(kind, SequenceOf) or (isinstance(kind, DictOf) and len(value.args) == 1)
        if changed is None or not (is_known and value.func.attr == "pop" and isinstance(target, gast.Name)):
            if touched:
                raise self._refused(statement)
            step = self._unrelated(statement, changed)
            step.assigned = frozenset(variables)
            step.overwrites.extend(Overwrite(variable, name(variable)) for variable in variables)
            return step
        bar = None
        if target.id in live and target.id not in self.adjoints.shadows:
            bar = name(self.adjoints.of(target.id))
            self.adjoints.state.drop([target.id])
        step = Simple([statement], assigned=frozenset(variables))
        if changed in self.adjoints.shadows:
            step.early = self._mirror_fetched(receiver)
        if isinstance(kind, DictOf):
            self._pop_entry(step, receiver, value.args[0], bar)
        else:
            self._pop(step, receiver, value.args, changed, bar)
        step.overwrites.append(Overwrite(target.id, name(target.id)))
        return step

    def extend(self, statement: gast.AugAssign, target: gast.Name) -> Simple:
        """``xs += ys``, which changes the list xs."""
        if target.id in self.adjoints.state.live or self.expressions.depends(statement.value):
            raise UnsupportedError(
                "extending a list of differentiated values in place is not supported",
                node=statement,
                advice=f"write it as an assignment, {target.id} = ..., or append one value at a time",
            )
        return self._unrelated(statement, target.id)

    def _pop(
        self, step: Simple, receiver: gast.expr, positions: list[gast.expr], changed: str, bar: gast.expr | None
    ) -> None:
        live = changed in self.adjoints.state.live
        if positions and not (is_number(positions[0], 0) or is_number(positions[0], -1)):
            if live or bar is not None:
                raise self._refused(step.statements[0])
        position = positions[0] if positions else constant(-1)
        element = subscript(receiver, position)
        first = bool(positions) and is_number(positions[0], 0)
        saved = name(SAVED)
        back = method(receiver, "insert", constant(0), saved) if first else method(receiver, "append", saved)
        undone = self._undone(changed, expression_statement(back))
        undone.saved = element
        step.overwrites.append(undone)
        if (not live and bar is None) or (live and not self._has_mirror(changed, receiver)):
            return
        kind = self.kinds.of.get(receiver)
        item = kind.element if isinstance(kind, SequenceOf) else Opaque()
        given = bar if bar is not None else zero_of(item, element)
        if not live:
            # The list is restored by then, so its adjoint has a place for what was popped.
            self.expressions.statements.extend(self.adjoints.materialise([changed]))
            self.expressions.statements.append(assign(subscript(self._bar(receiver), position), given))
            return
        put = ("insert", [constant(0), given]) if first else ("append", [given])
        self.expressions.statements.append(expression_statement(method(self._bar(receiver), put[0], *put[1])))

    def _pop_entry(self, step: Simple, receiver: gast.expr, key: gast.expr, bar: gast.expr | None) -> None:
        """``table.pop(key)``: the dict is kept as it was, with the order of its keys."""
        changed = base_name(receiver)
        if not isinstance(receiver, gast.Name) or changed is None or not isinstance(key, gast.Constant | gast.Name):
            raise self._refused(step.statements[0])
        if changed in self.adjoints.shadows:
            undone = self._undone(changed, expression_statement(method(receiver, "clear")))
            undone.restore.append(expression_statement(method(receiver, "update", name(SAVED))))
            undone.saved = method(receiver, "copy")
            step.overwrites.append(undone)
        else:
            kept = whole_copy(changed, self.kinds.variables.get(changed))
            step.overwrites.append(Overwrite(changed, kept, whole=False))
        kind = self.kinds.of.get(receiver)
        item = kind.element if isinstance(kind, DictOf) else Opaque()
        if (changed not in self.adjoints.state.live and bar is None) or (
            changed in self.adjoints.shadows and not self._has_mirror(changed, receiver)
        ):
            return
        self.expressions.statements.extend(self.adjoints.own(changed))
        given = bar if bar is not None else zero_of(item, subscript(receiver, key))
        self.expressions.statements.append(assign(subscript(self._bar(receiver), key), given))

    def _put(self, item: gast.expr, popped: gast.expr) -> None:
        """Give the adjoint that an element of a list had to the value that was put there."""
        if not self.expressions.depends(item):
            self.expressions.statements.append(expression_statement(popped))
            return
        kind = self.kinds.of[item]
        if isinstance(item, gast.Name) and item.id not in self.adjoints.state.live:
            self.adjoints.state.live.add(item.id)
            self.expressions.statements.append(assign(self.adjoints.of(item.id), popped))
            return
        self.expressions.push(item, Cotangent(self.expressions.bind(popped, kind), kind))

    def _bar(self, receiver: gast.expr) -> gast.expr:
        return self.adjoints.part(receiver)

    def _undone(self, changed: str, statement: gast.stmt) -> Overwrite:
        shadows = self.adjoints.shadows
        if changed not in shadows:
            return Overwrite(changed, None, [statement], whole=False)
        items = shadows.memory.items(changed)
        return Overwrite(items, None, [statement], whole=False, reads=frozenset({changed, items}), label=changed)

    def _has_mirror(self, changed: str, receiver: gast.expr) -> bool:
        """Whether a list has an adjoint of its own that changes with it."""
        if changed not in self.adjoints.shadows:
            return changed in self.adjoints.state.live
        return self.adjoints.shadows.holds_numbers(self.kinds.of.get(receiver))

    def _mirror_fetched(self, receiver: gast.expr) -> list[gast.stmt]:
        """The mirror of a list that is memory, made while the list is as long as it was then."""
        if not self.adjoints.shadows.holds_numbers(self.kinds.of.get(receiver)):
            return []
        bar = self._bar(receiver)
        if isinstance(bar, gast.Name):
            return [assign(bar, self.adjoints.shadows.of(receiver))]
        return [assign(self.expressions.reserve(Opaque()), bar)]

    def _is_new_array(self, item: gast.expr) -> bool:
        """Whether an item is an array that no variable holds, so that its adjoint would be lost."""
        is_number = isinstance(self.kinds.of.get(item), Scalar)
        return not is_number and self.expressions.depends(item) and not self.adjoints.shadows.is_reference(item)

    def _unrelated(self, statement: gast.stmt, changed: str | None) -> Simple:
        assigned = names_assigned(statement)
        itself = frozenset(assigned & names_read(statement))
        step = Simple([statement], assigned=frozenset(assigned), reads_itself=itself)
        if changed is not None:
            step.overwrites = [Overwrite(changed, whole_copy(changed, self.kinds.variables.get(changed)), whole=False)]
        return step

    def _refused(self, statement: gast.stmt) -> UnsupportedError:
        return UnsupportedError(
            "this way to change a container of differentiated values in place is not supported",
            node=statement,
            advice="append and pop are; or build a new container",
        )
