"""Lifting: parts of expressions move out, into statements before the statement they stand in.

One engine serves all that needs it: assignments inside expressions, calls that get a name, comprehensions that
become loops and conditional expressions that become branches.  Values that would have been taken before what
moves are taken before it still (`order.Order`); what is evaluated only sometimes moves into a branch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import gast

from srcgrad.normalise import looping
from srcgrad.normalise.branches import branch
from srcgrad.normalise.operands import operands, with_operands
from srcgrad.normalise.order import IsPure, Order, suggested_name
from srcgrad.normalise.scopes import DEFINITIONS, own_nodes, replaced
from srcgrad.normalise.unpacking import assignment
from srcgrad.syntax.build import name, names_assigned, names_read, parameter_names
from srcgrad.syntax.names import Names
from srcgrad.syntax.scopes import COMPREHENSIONS
from srcgrad.syntax.tree import copy_tree, located_at
from srcgrad.syntax.walking import walk

Block = list[gast.stmt]
Predicate: TypeAlias = Callable[[gast.expr], bool]
Lifted: TypeAlias = tuple[Block, gast.expr]


def never(node: gast.AST) -> bool:
    """Nothing is wanted, or nothing is known to be pure."""
    return False


@dataclass(frozen=True)
class Wanted:
    """What is to move out of expressions."""

    hoisted: Predicate = never  # becomes a variable
    comprehensions: Predicate = never  # becomes a loop
    conditionals: Predicate = never  # becomes a branch
    prefix: str = "value"  # the name of a hoisted expression that is not a call

    def holds(self, node: gast.AST) -> bool:
        """Whether the node itself has to move; an assignment inside an expression always has to."""
        if isinstance(node, gast.NamedExpr):
            return True
        if isinstance(node, COMPREHENSIONS) and self.comprehensions(node):
            return True
        if isinstance(node, (gast.IfExp, gast.BoolOp)) and self.conditionals(node):
            return True
        is_value = isinstance(node, gast.expr) and isinstance(getattr(node, "ctx", gast.Load()), gast.Load)
        return is_value and not isinstance(node, gast.Starred) and self.hoisted(node)


class Lifter:
    """The expressions of one function."""

    def __init__(self, function: gast.FunctionDef, names: Names, wanted: Wanted, is_pure: IsPure) -> None:
        self.names = names
        self.wanted = wanted
        body = function.body
        self.assigned = names_assigned(body) | set(parameter_names(function.args))
        self.variables = self.assigned | names_read(body)
        declared = [node for node in walk(function) if isinstance(node, gast.Nonlocal)]
        self.order = Order(names, is_pure, {identifier for node in declared for identifier in node.names})
        self.enclosing: set[str] = set()  # the variables of comprehensions that are being written out
        self.watched = 0  # inside how many try statements, which would see an assignment come too early
        self._captured: set[str] = set()
        for node in own_nodes(body):
            if isinstance(node, DEFINITIONS):
                self._captured |= names_read(node)

    def touches(self, node: gast.AST | None) -> bool:
        """Whether anything in an expression has to move."""
        return node is not None and any(self.wanted.holds(part) for part in own_nodes([node]))

    def usable(self, target: str | None, value: gast.AST) -> str | None:
        """The target itself where a value can be built up in it without anybody seeing it half-way."""
        if target is None or self.watched or target in self._captured:
            return None
        seen = any(isinstance(node, gast.Name) and node.id == target for node in walk(value))
        return None if seen else target

    def lift(self, node: gast.expr, target: str | None = None, whole: bool = False) -> Lifted:
        """The statements that have to run before the expression, and what then stands in its place.

        ``target`` is the variable that gets the value; ``whole`` says that the expression is all that is assigned,
        so that it needs no other name.
        """
        if isinstance(node, gast.Lambda) or not self.touches(node):
            return [], node
        if isinstance(node, gast.NamedExpr):
            block = self.assign_to(node.target.id, node.value)
            return block, located_at(name(node.target.id), node)
        block, value = self._lifted(node, target)
        if self.wanted.hoisted(node) and not whole and not isinstance(value, gast.Name):
            variable = self.names.numbered(suggested_name(node) if isinstance(node, gast.Call) else self.wanted.prefix)
            block = [*block, assignment(variable, value, node)]
            value = located_at(name(variable), node)
        return block, value

    def assign_to(self, target: str, value: gast.expr) -> Block:
        """``target = value``"""
        block, lifted = self.lift(value, target, whole=True)
        if isinstance(lifted, gast.Name) and lifted.id == target:
            return block
        return [*block, assignment(target, lifted, value)]

    def _lifted(self, node: Any, target: str | None) -> Lifted:
        if isinstance(node, COMPREHENSIONS):
            return looping.comprehension(self, node, target)
        if isinstance(node, gast.Call) and looping.consumes_generator(self, node):
            return looping.consumer(self, node, target)
        if isinstance(node, gast.IfExp):
            return self._conditional(node, target)
        if isinstance(node, gast.BoolOp):
            return self._boolean(node, node.values, self.wanted.conditionals(node), target)
        if isinstance(node, gast.Compare) and any(self.touches(operand) for operand in node.comparators[1:]):
            return self._chain(node, target)
        parts = [self.lift(operand) for operand in operands(node)]
        block, values = self.settle(node, [value for _, value in parts], [moved for moved, _ in parts])
        return block, with_operands(node, values)

    def settle(self, node: gast.expr, values: list[gast.expr], moved: list[Block]) -> tuple[Block, list[gast.expr]]:
        """The operands of a node in order; of a method, it is the object that is evaluated first."""
        if isinstance(node, gast.Call):
            later = [statement for block in moved[1:] for statement in block]
            taken, function = self.order.keep_function(values[0], later)
            block, rest = self.order.settle(values[1:], moved[1:])
            return [*moved[0], *taken, *block], [function, *rest]
        return self.order.settle(values, moved)

    def _conditional(self, node: gast.IfExp, target: str | None) -> Lifted:
        block, test = self.lift(node.test)
        if not (self.wanted.conditionals(node) or self.touches(node.body) or self.touches(node.orelse)):
            return block, replaced(node, test=test)
        variable = self.usable(target, node) or self.names.fresh("value")
        branches = [self.assign_to(variable, side) for side in (node.body, node.orelse)]
        block = [*block, *branch(test, branches[0], branches[1], node)]
        return block, located_at(name(variable), node)

    def _boolean(self, node: gast.BoolOp, values: list[gast.expr], split: bool, target: str | None) -> Lifted:
        """``a and b`` with b in a branch, from the first operand on that needs it."""
        first = next((k for k in range(1, len(values)) if split or self.touches(values[k])), None)
        if first is None:
            block, head = self.lift(values[0])
            return block, replaced(node, values=[head, *values[1:]])
        variable = self.usable(target, node) or self.names.fresh("condition")
        head = values[0] if first == 1 else replaced(node, values=values[:first])
        block = self.assign_to(variable, head)
        test: gast.expr = located_at(name(variable), node)
        if isinstance(node.op, gast.Or):
            test = located_at(gast.UnaryOp(gast.Not(), test), node)
        if first == len(values) - 1:
            rest = self.assign_to(variable, values[first])
        else:
            rest, value = self._boolean(node, values[first:], split, variable)
            if not (isinstance(value, gast.Name) and value.id == variable):
                rest = [*rest, assignment(variable, value, node)]
        return [*block, *branch(test, rest, [], node)], located_at(name(variable), node)

    def _chain(self, node: gast.Compare, target: str | None) -> Lifted:
        """``a < b < c`` where c is evaluated only if ``a < b``."""
        parts = [self.lift(operand) for operand in (node.left, node.comparators[0])]
        block, (left, middle) = self.order.settle([value for _, value in parts], [moved for moved, _ in parts])
        if not isinstance(middle, gast.Constant):
            shared = self.names.fresh("middle")
            taken, left = self.order.keep(left, [assignment(shared, middle, node)])
            block = [*block, *taken, assignment(shared, middle, node)]
            middle = located_at(name(shared), node)
        variable = self.usable(target, node) or self.names.fresh("condition")
        block.append(assignment(variable, replaced(node, left=left, ops=node.ops[:1], comparators=[middle]), node))
        rest = replaced(node, left=copy_tree(middle), ops=node.ops[1:], comparators=node.comparators[1:])
        test = located_at(name(variable), node)
        return [*block, *branch(test, self.assign_to(variable, rest), [], node)], located_at(name(variable), node)
