"""Hoisting: parts of expressions that get a statement and a name of their own.

Before::

    y = a * g(np.sin(x)) + b

After, where the call of ``g`` is wanted::

    g_value = g(np.sin(x))
    y = a * g_value + b
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gast

from srcgrad.syntax.build import assign, if_statement, located_at, name
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import copy_tree

Wanted = Callable[[gast.AST], bool]
Label = Callable[[gast.AST], str]

_SCOPES = (gast.Lambda, gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp, gast.FunctionDef)


def hoist(tree: gast.FunctionDef, wanted: Wanted, names: Names, label: Label) -> gast.FunctionDef:
    """The function with each wanted part of an expression assigned to a fresh name right before its statement.

    Parts come out innermost and leftmost first, as they are evaluated.  The whole right side of an assignment to variables
    stays, as do tests of ``while`` loops and what is inside lambdas and comprehensions.  Around a part that is evaluated only
    under a condition, the conditional expression becomes an ``if`` statement.
    """
    bare = copy_shallow(tree)
    bare.body = _Hoist(wanted, names, label).block(tree.body)
    return bare


def copy_shallow(node: gast.AST) -> gast.AST:
    """A node with the same fields, which can be set without changing the other."""
    bare = type(node).__new__(type(node))
    bare.__dict__.update(node.__dict__)
    return bare


class _Hoist:
    def __init__(self, wanted: Wanted, names: Names, label: Label) -> None:
        self.wanted = wanted
        self.names = names
        self.label = label
        self.before: list[gast.stmt] = []

    def block(self, statements: Sequence[gast.stmt]) -> list[gast.stmt]:
        result: list[gast.stmt] = []
        for statement in statements:
            result.extend(self.statement(statement))
        return result

    def statement(self, statement: gast.stmt) -> list[gast.stmt]:
        outer, self.before = self.before, []
        bare = copy_shallow(statement)
        match statement:
            case gast.Assign(targets=[target], value=value):
                bare.targets = [self.target(target)]
                bare.value = self.parts(value) if isinstance(target, gast.Name | gast.Tuple) else self.expression(value)
            case gast.AugAssign(target=target, value=value):
                bare.target = self.target(target)
                bare.value = self.expression(value)
            case gast.Expr(value=value):
                bare.value = self.parts(value)
            case gast.Return(value=gast.AST() as value):
                bare.value = self.expression(value)
            case gast.If(test=test, body=body, orelse=orelse):
                bare.test = self.expression(test)
                bare.body, bare.orelse = self.block(body), self.block(orelse)
            case gast.For(iter=iterable, body=body):
                bare.iter = self.expression(iterable)
                bare.body = self.block(body)
            case gast.While(body=body):
                bare.body = self.block(body)
            case gast.With(body=body):
                bare.body = self.block(body)
            case gast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                bare.body, bare.orelse, bare.finalbody = self.block(body), self.block(orelse), self.block(final)
                bare.handlers = [copy_shallow(handler) for handler in handlers]
                for handler in bare.handlers:
                    handler.body = self.block(handler.body)
            case _:
                pass
        before, self.before = self.before, outer
        return [*before, bare]

    def target(self, target: gast.expr) -> gast.expr:
        """A target; what its indices need comes out."""
        if not isinstance(target, gast.Subscript):
            return target
        bare = copy_shallow(target)
        bare.value = self.target(target.value) if isinstance(target.value, gast.Subscript) else target.value
        bare.slice = self.expression(target.slice)
        return bare

    def expression(self, node: gast.expr) -> gast.expr:
        """An expression without its wanted parts, itself included."""
        changed = self.parts(node)
        if not self.wanted(node):
            return changed
        fresh = self.names.fresh(self.label(node))
        self.before.append(located_at(gast.copy_location(assign(fresh, changed), node), node))
        return gast.copy_location(name(fresh), node)

    def parts(self, node: gast.expr) -> gast.expr:
        """An expression without its wanted parts, which stays where it is itself."""
        if isinstance(node, _SCOPES) or not self._inside(node):
            return node
        if isinstance(node, gast.IfExp):
            return self._conditional(node)
        if isinstance(node, gast.BoolOp):
            return self._logical(node)
        bare = copy_shallow(node)
        for field, value in node.__dict__.items():
            if isinstance(value, gast.expr):
                bare.__dict__[field] = self.expression(value)
            elif isinstance(value, gast.keyword):
                bare.__dict__[field] = self._keyword(value)
            elif isinstance(value, list):
                bare.__dict__[field] = [
                    self.expression(item) if isinstance(item, gast.expr) else self._keyword(item) if isinstance(item, gast.keyword) else item
                    for item in value
                ]
        return bare

    def _keyword(self, node: gast.keyword) -> gast.keyword:
        bare = copy_shallow(node)
        bare.value = self.expression(node.value)
        return bare

    def _inside(self, node: gast.AST) -> bool:
        """Whether something below a node is wanted."""
        waiting = list(gast.iter_child_nodes(node))
        while waiting:
            part = waiting.pop()
            if isinstance(part, gast.expr) and self.wanted(part):
                return True
            if not isinstance(part, _SCOPES):
                waiting.extend(gast.iter_child_nodes(part))
        return False

    def _conditional(self, node: gast.IfExp) -> gast.expr:
        """``a if c else b`` with wanted parts in a or b as an ``if`` statement that assigns a fresh name."""
        test = self.expression(node.test)
        if not any(self.wanted(side) or self._inside(side) for side in (node.body, node.orelse)):
            bare = copy_shallow(node)
            bare.test = test
            return bare
        fresh = self.names.fresh("choice")
        branches = []
        for side in (node.body, node.orelse):
            outer, self.before = self.before, []
            value = self.parts(side)
            branches.append([*self.before, located_at(gast.copy_location(assign(fresh, value), side), side)])
            self.before = outer
        statement = if_statement(copy_tree(test), branches[0], branches[1])
        self.before.append(located_at(gast.copy_location(statement, node), node))
        return gast.copy_location(name(fresh), node)

    def _logical(self, node: gast.BoolOp) -> gast.expr:
        """``a or b`` with wanted parts in b as an ``if`` statement."""
        first, *rest = node.values
        if not any(self.wanted(value) or self._inside(value) for value in rest):
            bare = copy_shallow(node)
            bare.values = [self.expression(first), *rest]
            return bare
        fresh = self.names.fresh("choice")
        start = located_at(gast.copy_location(assign(fresh, self.parts(first)), first), first)
        self.before.append(start)
        test: gast.expr = name(fresh)
        if isinstance(node.op, gast.Or):
            test = gast.UnaryOp(gast.Not(), test)
        outer, self.before = self.before, []
        remaining = rest[0] if len(rest) == 1 else gast.copy_location(gast.BoolOp(node.op, rest), rest[0])
        value = self.parts(remaining)
        inside = [*self.before, located_at(gast.copy_location(assign(fresh, value), node), node)]
        self.before = outer
        self.before.append(located_at(gast.copy_location(if_statement(test, inside), node), node))
        return gast.copy_location(name(fresh), node)
