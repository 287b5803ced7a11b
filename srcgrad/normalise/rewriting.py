"""Statements whose expressions are lifted: where each kind of statement takes what has to run before it."""

from __future__ import annotations

from typing import Any

import gast

from srcgrad.errors import UnsupportedError
from srcgrad.normalise.assignments import plain_assignments
from srcgrad.normalise.branches import branch, negated
from srcgrad.normalise.lifting import Lifter, Wanted
from srcgrad.normalise.operands import operands, with_operands
from srcgrad.normalise.order import IsPure
from srcgrad.normalise.scopes import DEFINITIONS, own_nodes, replaced, with_blocks
from srcgrad.syntax.build import name
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import copy_tree, located_at

Block = list[gast.stmt]


def lift_out(function: gast.FunctionDef, names: Names, wanted: Wanted, is_pure: IsPure) -> gast.FunctionDef:
    """The function in normal form with everything wanted moved out of its expressions, and again in normal form.

    What needs no change is shared with the tree given.
    """
    if not any(wanted.holds(node) for node in own_nodes(function.body)):
        return function
    body = _Rewriter(Lifter(function, names, wanted, is_pure)).block(function.body)
    return gast.fix_missing_locations(plain_assignments(replaced(function, body=body), names))


class _Rewriter:
    """The statements of one function."""

    def __init__(self, lifter: Lifter) -> None:
        self._lifter = lifter

    def block(self, statements: Block) -> Block:
        return [changed for statement in statements for changed in self._statement(statement)]

    def _statement(self, statement: Any) -> Block:
        """The statement, after what has to run before it."""
        if isinstance(statement, DEFINITIONS):
            return [statement]
        if isinstance(statement, gast.Try):
            self._lifter.watched += 1
            changed = with_blocks(statement, self.block)
            self._lifter.watched -= 1
            return [changed]
        rewrite = getattr(self, f"_{type(statement).__name__.lower()}", None)
        if rewrite is not None:
            return rewrite(statement)  # type: ignore[no-any-return]
        return self._operands(statement)

    def _operands(self, statement: Any) -> Block:
        """Any other statement: its expressions are evaluated in order."""
        parts = [self._lifter.lift(part) for part in operands(statement)]
        block, values = self._lifter.order.settle([value for _, value in parts], [moved for moved, _ in parts])
        return [*block, with_operands(statement, values)] if block or parts else [statement]

    def _assign(self, statement: gast.Assign) -> Block:
        target = statement.targets[0]
        if len(statement.targets) > 1 or isinstance(target, (gast.Tuple, gast.List)):
            return self._to_several(statement)
        if isinstance(target, gast.Name):
            return self._to_variable(statement, target)
        if isinstance(statement.value, gast.IfExp) and self._lifter.touches(statement.value):
            if not self._lifter.touches(target):
                return self._branches(statement)
        block, value = self._lifter.lift(statement.value)
        parts = [self._lifter.lift(part) for part in operands(target)]
        moved, places = self._lifter.order.settle([part for _, part in parts], [before for before, _ in parts])
        taken, value = self._lifter.order.keep(value, moved)
        target = with_operands(target, places)
        return [*block, *taken, *moved, replaced(statement, targets=[target], value=value)]

    def _to_variable(self, statement: gast.Assign, target: gast.Name) -> Block:
        block, value = self._lifter.lift(statement.value, target.id, whole=True)
        if block and isinstance(value, gast.Name) and value.id == target.id:
            return block
        return [*block, replaced(statement, value=value)]

    def _to_several(self, statement: gast.Assign) -> Block:
        for target in statement.targets:
            self._refuse_inside_unpacking(target)
        block, value = self._lifter.lift(statement.value, whole=True)
        return [*block, replaced(statement, value=value)]

    def _refuse_inside_unpacking(self, target: gast.expr) -> None:
        if self._lifter.touches(target):
            raise UnsupportedError(
                "this is evaluated between one assignment and the next", node=target, advice="assign one by one"
            )

    def _branches(self, statement: gast.Assign) -> Block:
        """``x[i] = u if c else v`` as an assignment in each branch."""
        value = statement.value
        lifter = self._lifter
        if not (lifter.wanted.conditionals(value) or lifter.touches(value.body) or lifter.touches(value.orelse)):
            block, test = lifter.lift(value.test)
            return [*block, replaced(statement, value=replaced(value, test=test))]
        block, test = lifter.lift(value.test)
        sides = [
            self._assign(replaced(statement, targets=copy_tree(statement.targets), value=side))
            for side in (value.body, value.orelse)
        ]
        return [*block, *branch(test, sides[0], sides[1], statement)]

    def _annassign(self, statement: gast.AnnAssign) -> Block:
        if statement.value is None:
            return [statement]
        return self._assign(located_at(gast.Assign([statement.target], statement.value, None), statement))

    def _augassign(self, statement: gast.AugAssign) -> Block:
        """The old value is read before the new one is evaluated."""
        target = statement.target
        parts = [] if isinstance(target, gast.Name) else [self._lifter.lift(part) for part in operands(target)]
        moved, value = self._lifter.lift(statement.value)
        places = [*(part for _, part in parts), value]
        block, places = self._lifter.order.settle(places, [*(before for before, _ in parts), moved])
        target = with_operands(target, places[:-1]) if parts else target
        taken, old = self._lifter.order.keep(replaced(copy_tree(target), ctx=gast.Load()), moved)
        if not taken:
            return [*block, replaced(statement, target=target, value=value)]
        before = block[: len(block) - len(moved)]
        changed = replaced(statement, target=replaced(old, ctx=gast.Store()), value=value)
        result = located_at(gast.Assign([target], copy_tree(old), None), statement)
        return [*before, *taken, *moved, changed, result]

    def _expr(self, statement: gast.Expr) -> Block:
        block, value = self._lifter.lift(statement.value, whole=True)
        if isinstance(value, gast.Name) and not isinstance(statement.value, gast.Name):
            return block
        return [*block, replaced(statement, value=value)]

    def _return(self, statement: gast.Return) -> Block:
        if statement.value is None or not self._lifter.touches(statement.value):
            return [statement]
        block, value = self._lifter.lift(statement.value)
        return [*block, replaced(statement, value=value)]

    def _if(self, statement: gast.If) -> Block:
        block, test = self._lifter.lift(statement.test)
        changed = replaced(statement, test=test, body=self.block(statement.body), orelse=self.block(statement.orelse))
        return [*block, changed]

    def _while(self, statement: gast.While) -> Block:
        """A test that needs statements before it is made inside the loop, which is left where it fails."""
        body = self.block(statement.body)
        if not self._lifter.touches(statement.test):
            return [replaced(statement, body=body)]
        block, test = self._lifter.lift(statement.test)
        leave = located_at(gast.Break(), statement.test)
        endless = located_at(gast.Constant(True, None), statement.test)
        trip = [*block, *branch(test, [] if _is_pass(body) else body, [leave], statement)]
        return [replaced(statement, test=endless, body=trip)]

    def _for(self, statement: gast.For) -> Block:
        self._refuse_inside_unpacking(statement.target)
        block, iterable = self._lifter.lift(statement.iter)
        return [*block, replaced(statement, iter=iterable, body=self.block(statement.body))]

    def _with(self, statement: gast.With) -> Block:
        """What an item but the first needs before it runs inside the first."""
        touched = [position for position, item in enumerate(statement.items) if self._lifter.touches(item.context_expr)]
        if touched and touched[-1] > 0:
            first, *later = statement.items
            inner = gast.copy_location(gast.With(later, statement.body, None), statement)
            statement = replaced(statement, items=[first], body=[inner])
        item = statement.items[0]
        block, manager = self._lifter.lift(item.context_expr)
        items = [replaced(item, context_expr=manager), *statement.items[1:]]
        return [*block, replaced(statement, items=items, body=self.block(statement.body))]

    def _assert(self, statement: gast.Assert) -> Block:
        """The message is evaluated only where the test fails."""
        block, test = self._lifter.lift(statement.test)
        if not self._lifter.touches(statement.msg):
            return [*block, replaced(statement, test=test)]
        error = located_at(gast.Call(name("AssertionError"), [statement.msg], []), statement)
        failure = self._operands(located_at(gast.Raise(error, None), statement))
        return [*block, *branch(negated(test), failure, [], statement)]


def _is_pass(body: Block) -> bool:
    return len(body) == 1 and isinstance(body[0], gast.Pass)
