"""Inlining: the body of a callee in the place of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad.normalise.assignments import plain_assignments
from srcgrad.normalise.binding import Binding
from srcgrad.normalise.lifting import never
from srcgrad.normalise.order import IsPure, Order
from srcgrad.normalise.scopes import DEFINITIONS, LOOPS, own_nodes, replaced, with_blocks
from srcgrad.syntax.build import local_names, name, names_assigned, names_read, parameter_names, substitute
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import copy_tree, located_at

Block = list[gast.stmt]


@dataclass(frozen=True)
class InlineBody:
    """What is put in the place of a call.

    ``tree`` is the callee in normal form.  ``arguments`` has the expression for each parameter (None for the
    default, which must be a constant); a key that is no parameter is a free variable of the callee, with what stands
    for it in the caller.  Other free variables mean the same in the caller and the callee.
    """

    tree: gast.FunctionDef
    arguments: Mapping[str, gast.expr | None]


def inline_calls(
    tree: gast.FunctionDef, bodies: Mapping[gast.Call, InlineBody], names: Names, is_pure: IsPure = never
) -> gast.FunctionDef:
    """The function (in normal form) with the body of the callee in the place of each call in ``bodies``.

    A call is the whole right side of an assignment, or a whole statement.  Arguments that are variables or constants
    stand for their parameters, others are assigned to them first; variables of the callee keep their names where
    ``names``, those of the caller, leaves them free::

        def cell(h, x):                             y = np.tanh(h + x)
            return np.tanh(h + x)
                                        becomes
        y = cell(h, x)

    A callee whose nested functions hold on to its variables is not inlined inside a loop: the trips would share them.
    """
    inliner = _Inliner(bodies, names, is_pure)
    body = inliner.block(tree.body, inside_loop=False, watched=False)
    if not inliner.inlined:
        return tree
    return gast.fix_missing_locations(plain_assignments(replaced(tree, body=body), names))


class _Inliner:
    """The inlining into one function."""

    def __init__(self, bodies: Mapping[gast.Call, InlineBody], names: Names, is_pure: IsPure) -> None:
        self._bodies = bodies
        self._names = names
        self._order = Order(names, is_pure)
        self._chosen: dict[tuple[int, str], str] = {}
        self.inlined = 0
        for body in bodies.values():
            names.take(names_read(body.tree.body) - local_names(body.tree))

    def block(self, statements: Block, inside_loop: bool, watched: bool) -> Block:
        """``watched`` says that a try statement around would see an assignment that comes too early."""
        done: Block = []
        for statement in statements:
            body = self._body_for(statement, inside_loop)
            if body is not None:
                done.extend(self._inline(statement, body, watched))
            elif isinstance(statement, gast.If):
                parts = [self.block(part, inside_loop, watched) for part in (statement.body, statement.orelse)]
                done.append(replaced(statement, body=parts[0] or [gast.Pass()], orelse=parts[1]))
            else:
                loops = inside_loop or isinstance(statement, LOOPS)
                seen = watched or isinstance(statement, gast.Try)
                done.append(with_blocks(statement, lambda part: self.block(part, loops, seen)))  # noqa: B023
        return done

    def _body_for(self, statement: gast.stmt, inside_loop: bool) -> InlineBody | None:
        value = statement.value if isinstance(statement, (gast.Assign, gast.Expr)) else None
        body = self._bodies.get(value) if isinstance(value, gast.Call) else None
        return None if body is None or (inside_loop and _captured(body.tree)) else body

    def _inline(self, statement: Any, body: InlineBody, watched: bool) -> Block:
        """The callee's body with the caller's variables, and its result assigned."""
        self.inlined += 1
        callee = body.tree
        *inside, last = callee.body
        result = gast.Constant(None, None) if last.value is None else last.value
        captured = _captured(callee)
        binding = Binding(callee, statement.value, body.arguments, captured, self._order)
        replacements: dict[str, gast.expr] = dict(binding.direct)
        inside = [statement for statement in inside if not isinstance(statement, gast.Nonlocal)]
        local = sorted((names_assigned(inside) & local_names(callee) | binding.bound.keys()) - binding.direct.keys())
        target = self._target(statement, result, binding, watched)
        for identifier in local:
            if identifier == getattr(result, "id", None) and target is not None:
                replacements[identifier] = name(target)
            else:
                replacements[identifier] = name(self._name_for(callee, identifier, identifier in captured))
        before = [
            located_at(gast.Assign([_stored(replacements[parameter])], argument, None), statement)
            for parameter, argument in binding.bound.items()
        ]
        block = _relocated(_unshared(substitute(inside, replacements)), statement)
        [result] = _relocated(substitute([result], replacements), statement)
        return [*before, *block, *self._finished(statement, result)]

    def _name_for(self, callee: gast.FunctionDef, identifier: str, captured: bool) -> str:
        """The name of a variable of the callee in the caller: the same wherever this callee is inlined."""
        key = (id(callee), identifier)
        if key not in self._chosen or captured:
            self._chosen[key] = self._names.fresh(identifier)
        return self._chosen[key]

    def _target(self, statement: Any, result: gast.expr, binding: Binding, watched: bool) -> str | None:
        """The variable that is assigned, where the callee can build up its result in it."""
        if watched or not isinstance(statement, gast.Assign) or not isinstance(statement.targets[0], gast.Name):
            return None
        if not isinstance(result, gast.Name) or result.id in binding.captured | binding.direct.keys():
            return None
        target: str = statement.targets[0].id
        callee = binding.callee
        free = names_read(callee.body) - local_names(callee)
        outside = free.union(*(names_read(value) for value in (*binding.direct.values(), *binding.bound.values())))
        is_local = result.id in names_assigned(callee.body) or result.id in binding.bound
        return target if is_local and target not in outside else None

    def _finished(self, statement: Any, result: gast.expr) -> Block:
        """The result where it belongs; one that nobody wants is evaluated only for its effects."""
        if isinstance(statement, gast.Expr):
            return [] if self._order.is_pure(result) else [replaced(statement, value=result)]
        target = statement.targets[0]
        if isinstance(target, gast.Name) and isinstance(result, gast.Name) and target.id == result.id:
            return []
        return [replaced(statement, value=result)]


def _captured(callee: gast.FunctionDef) -> set[str]:
    """The variables of the callee that functions inside it hold on to, other than by the values of their defaults."""
    inner = [node for node in own_nodes(callee.body) if isinstance(node, DEFINITIONS)]
    bodies = [node.body if isinstance(node.body, list) else [node.body] for node in inner]
    own = [
        set(parameter_names(node.args)) if isinstance(node, gast.FunctionDef | gast.Lambda) else set() for node in inner
    ]
    read = [names_read(body) - parameters for body, parameters in zip(bodies, own, strict=True)]
    return set().union(*read) & local_names(callee)


def _stored(variable: gast.expr) -> gast.expr:
    return replaced(copy_tree(variable), ctx=gast.Store())


def _unshared(block: Block) -> Block:
    """The block with ``break`` and ``pass`` of its own: copies of trees share the nodes that have no parts."""
    return [with_blocks(statement, _unshared) if statement._fields else type(statement)() for statement in block]


def _relocated(nodes: list[Any], origin: gast.AST) -> list[Any]:
    """The nodes at the place of the call: their own lines are those of another function, maybe another file."""
    for tree in nodes:
        for node in gast.walk(tree):
            if isinstance(node, (gast.stmt, gast.expr, gast.ExceptHandler)):
                gast.copy_location(node, origin)
    return nodes
