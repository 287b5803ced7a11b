"""Functions picked at run time: a call of one of several becomes a branch for each of them.

Only where one of them reads differentiated variables from around it, binds such variables anew, or is called with
keywords; what else is picked is differentiated when it is called::

    y = table[kind](x)                  function = table[kind]
                                        if function is square:
                            becomes         y = square(x)
                                        else:
                                            y = cube(x)

A function that is made in the program has one name that nothing else has, for the test to ask for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gast
import numpy as np

from srcgrad.analyse.activity import Activity
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.kinds import Kinds, Target
from srcgrad.analyse.operations import fact_of
from srcgrad.differentiate.calls import is_picked
from srcgrad.differentiate.needed import statements_of
from srcgrad.kind import Function
from srcgrad.normalise.scopes import own_nodes, replaced
from srcgrad.pipeline.bound_values import unsettled_defaults
from srcgrad.pipeline.program import SourceProgram
from srcgrad.syntax.build import assign, attribute, compare, copy_tree, located_at, name, parameter_names
from srcgrad.syntax.names import Names
from srcgrad.syntax.scopes import COMPREHENSIONS
from srcgrad.syntax.tree import with_replaced
from srcgrad.syntax.walking import walk

_INNER = (gast.FunctionDef, gast.Lambda)


def with_branches_for_picked(
    tree: gast.FunctionDef, function: Any, kinds: Kinds, active: Activity, names: Names, program: SourceProgram
) -> gast.FunctionDef | None:
    """The function with one such call as a branch, None where there is none."""
    for statement, call in _calls(tree, kinds):
        varied = active.varied_before.get(statement, frozenset())
        picked = _Picked(tree, function, kinds, names, program)
        if dependencies(call, kinds) & varied or picked.rebinds(call):
            found = picked.written(statement, call, bool(dependencies(call.func, kinds) & varied))
            if found is not None:
                wider = with_replaced(tree, found)
                assert isinstance(wider, gast.FunctionDef)
                return wider
    return None


def _calls(tree: gast.FunctionDef, kinds: Kinds) -> Iterator[tuple[gast.stmt, gast.Call]]:
    """The statements that are one call of a function picked at run time."""
    for statement in statements_of(tree.body):
        match statement:
            case gast.Assign(targets=[_], value=gast.Call() as call) | gast.Expr(value=gast.Call() as call):
                if is_picked(call, kinds):
                    yield statement, call


class _Picked:
    """The branches for one call."""

    def __init__(
        self, tree: gast.FunctionDef, function: Any, kinds: Kinds, names: Names, program: SourceProgram
    ) -> None:
        self.tree = tree
        self.function = function
        self.kinds = kinds
        self.names = names
        self.program = program

    def rebinds(self, call: gast.Call) -> bool:
        """Whether one of the functions binds variables around it anew."""
        made = [target.function for target in self._targets(call) if isinstance(target.function, gast.FunctionDef)]
        return any(isinstance(node, gast.Nonlocal) for definition in made for node in walk(definition))

    def written(
        self, statement: Any, call: gast.Call, captures: bool
    ) -> dict[gast.AST, gast.AST | list[gast.stmt]] | None:
        """What to replace, None where the functions cannot be told apart, or need not be."""
        targets = self._targets(call)
        if not (captures or call.keywords or self.rebinds(call)):
            return None
        kind = self.kinds.of.get(call.func)
        if not isinstance(kind, Function) or kind.bound or kind.leading or kind.keywords:
            return None
        if any(target.bound or target.leading or target.keywords for target in targets):
            return None
        if isinstance(call.func, gast.Call):
            # What gives the function is written out first, where it makes functions itself.
            asked = self.names.fresh("function")
            first = assign(asked, copy_tree(call.func))
            return {statement: [located_at(first, statement), self._called(statement, call, name(asked))]}
        changes: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
        for target in targets:
            if isinstance(target.function, _INNER):
                named = self._with_name(target.function)
                if named is None:
                    return None
                changes.update(named)
        if changes:
            return changes
        return {statement: [located_at(part, statement) for part in self._branches(statement, call, targets)]}

    def _targets(self, call: gast.Call) -> tuple[Target, ...]:
        fact = fact_of(call, self.kinds)
        return fact.targets if fact is not None else ()

    def _branches(self, statement: Any, call: gast.Call, targets: tuple[Target, ...]) -> list[gast.stmt]:
        done: list[gast.stmt] = []
        asked = call.func
        if not isinstance(asked, gast.Name):
            asked = name(self.names.fresh("function"))
            done.append(assign(copy_tree(asked), copy_tree(call.func)))
        *first, last = [self._name(target.function) for target in targets]
        chosen: list[gast.stmt] = [self._called(statement, call, last)]
        for one in reversed(first):
            test = compare(copy_tree(asked), "is", copy_tree(one))
            chosen = [gast.If(test, [self._called(statement, call, one)], chosen)]
        return [*done, *chosen]

    def _called(self, statement: Any, call: gast.Call, function: gast.expr) -> gast.stmt:
        """The statement with a call of one function; nothing of it is shared with another branch."""
        made = gast.copy_location(
            gast.Call(copy_tree(function), copy_tree(call.args), copy_tree(call.keywords)), call
        )
        if isinstance(statement, gast.Expr):
            return replaced(statement, value=made)
        return replaced(statement, targets=copy_tree(statement.targets), value=made)

    def _name(self, function: Any) -> gast.expr:
        """An expression that gives a function."""
        if isinstance(function, gast.FunctionDef):
            return name(function.name)
        if isinstance(function, gast.Lambda):
            return name(self._variable_of(function) or "")
        label = str(getattr(function, "__name__", "function"))
        if label.isidentifier() and self._stores(label) == 0 and self._definitions(label) == 0:
            known = self.program.lookup(self.function, label)
            if known.is_set and known.value is function:
                return name(label)
        if getattr(np, label, None) is function:
            return attribute("np", label)
        return name(self.program.name_of(self.function, function, label.strip("<>"), self.names))

    # ---- names ----

    def _with_name(self, made: Any) -> dict[gast.AST, gast.AST | list[gast.stmt]] | None:
        """What gives a function of the program a name of its own: nothing where it has one; None: there is no way."""
        place = self._place(made)
        if place is None or unsettled_defaults(made):
            return None
        if place in self.tree.body and self._has_name(made):
            return {}
        if isinstance(made, gast.FunctionDef):
            called = self.names.fresh(made.name)
            definition: gast.stmt = replaced(made, name=called)
            instead: gast.AST = assign(made.name, called)
        else:
            called = self.names.fresh("function")
            definition = gast.Assign([gast.Name(called, gast.Store(), None, None)], made, None)
            instead = name(called)
        # Where a branch makes it, the name has to be there for the other branch too.
        (whole,) = [part for part in self.tree.body if any(node is place for node in statements_of([part]))]
        changed = with_replaced(whole, {made: located_at(instead, made)})
        assert isinstance(changed, gast.stmt)
        return {whole: [located_at(definition, made), changed]}

    def _has_name(self, made: Any) -> bool:
        if isinstance(made, gast.FunctionDef):
            return self._stores(made.name) == 0 and self._definitions(made.name) == 1
        return self._variable_of(made) is not None

    def _place(self, made: gast.AST) -> gast.stmt | None:
        """The statement that makes a function, None where it cannot take a name.

        It may run more than once: what it makes then reads the same variables each time.
        """
        for statement in statements_of(self.tree.body):
            if statement is made:
                return statement
            match statement:
                case gast.Assign(value=value) | gast.Expr(value=value) | gast.Return(value=value) if value is not None:
                    if any(node is made for node in own_nodes([value])):
                        inside = [node for node in own_nodes([value]) if isinstance(node, COMPREHENSIONS)]
                        hidden = any(node is made for one in inside for node in walk(one))
                        return None if hidden else statement
        return None

    def _variable_of(self, made: gast.AST) -> str | None:
        """The variable that holds a lambda and never anything else."""
        for statement in statements_of(self.tree.body):
            match statement:
                case gast.Assign(targets=[gast.Name(id=identifier)], value=value) if value is made:
                    if self._stores(identifier) == 1 and not self._definitions(identifier):
                        return str(identifier)
        return None

    def _stores(self, identifier: str) -> int:
        nodes = [node for node in walk(self.tree) if isinstance(node, gast.Name) and node.id == identifier]
        stored = [node for node in nodes if not isinstance(node.ctx, gast.Load | gast.Param)]
        return len(stored) + parameter_names(self.tree.args).count(identifier)

    def _definitions(self, identifier: str) -> int:
        nodes = [node for node in walk(self.tree) if isinstance(node, gast.FunctionDef) and node is not self.tree]
        return sum(1 for node in nodes if node.name == identifier)
