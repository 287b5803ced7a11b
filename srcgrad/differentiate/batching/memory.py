"""Which arrays a tangent function writes into, and whether its views are the same for several tangents."""

from __future__ import annotations

import gast
import numpy as np

from srcgrad.analyse.activity import assigned_names
from srcgrad.differentiate.batching.expressions import Expressions
from srcgrad.differentiate.batching.refusal import NotBatchedError
from srcgrad.differentiate.batching.scope import Scope
from srcgrad.kind import Array
from srcgrad.syntax.build import base_name

# What gives a view or a copy, depending on the layout of its array.
_MAYBE_VIEWS = (np.reshape, np.ravel)
_CHANGES = ("fill", "sort", "at", "copyto", "put", "place", "putmask", "fill_diagonal")


def written_arrays(body: list[gast.stmt], scope: Scope) -> set[str]:
    """The tangents of arrays, or of what holds arrays, that a function writes into."""
    found: set[str | None] = set()
    for statement in _statements(body):
        match statement:
            case gast.Assign(targets=targets, value=value):
                for target in targets:
                    parts = target.elts if isinstance(target, gast.Tuple) else [target]
                    found |= {base_name(part) for part in parts if isinstance(part, gast.Subscript)}
                if isinstance(value, gast.Call):
                    found |= _given_to_tangents(value, scope)
            case gast.AugAssign(target=gast.Name(id=identifier)):
                if isinstance(scope.kind(gast.Name(identifier, gast.Load(), None, None)), Array):
                    found.add(identifier)
            case gast.AugAssign(target=target):
                found.add(base_name(target))
            case gast.Expr(value=gast.Call(func=gast.Attribute(value=receiver, attr=attr), args=arguments)):
                if attr in _CHANGES:
                    found.add(base_name(receiver))
                    found |= {base_name(argument) for argument in arguments}
    return {name for name in found if name in scope.batched}


class Memory:
    """Which tangents of a function may share memory, and which are written into."""

    def __init__(self, body: list[gast.stmt], scope: Scope) -> None:
        self.scope = scope
        self.written = written_arrays(body, scope)
        self._families: dict[str, str] = {}
        for statement in _statements(body):
            if isinstance(statement, gast.Assign) and not _is_computed(statement.value):
                bound = [name for target in statement.targets for name in assigned_names(target)]
                names = [name for name in bound if name in scope.batched]
                for name in [*names, *self._read(statement)]:
                    self._families[self._root(name)] = self._root((names or [name])[0])

    def check_views(self, body: list[gast.stmt]) -> None:
        """See that nothing is written into that may, or may not, share memory with an array of another shape.

        Whether ``a.reshape(m, n)`` is a view depends on the layout of ``a``, which several tangents need not have.
        """
        for statement in _statements(body):
            for node in _parts(statement):
                if isinstance(node, gast.Call) and self.scope.resolved(node.func) in _MAYBE_VIEWS:
                    self._check(self._read(node))

    def check_columns(self, lines: list[gast.stmt], expressions: Expressions) -> None:
        """See that nothing is written into that was a view, and is made for one direction after the other."""
        for statement in _statements(lines):
            if isinstance(statement, gast.Assign) and expressions.is_columnwise(statement.value):
                self._check({name for target in statement.targets for name in assigned_names(target)})

    def _check(self, names: set[str]) -> None:
        writes = {self._root(name) for name in self.written}
        if any(self._root(name) in writes for name in names):
            raise NotBatchedError

    def _read(self, tree: gast.AST) -> set[str]:
        return {part.id for part in gast.walk(tree) if isinstance(part, gast.Name) and part.id in self.scope.batched}

    def _root(self, name: str) -> str:
        while self._families.get(name, name) != name:
            name = self._families[name]
        return name


def _given_to_tangents(value: gast.Call, scope: Scope) -> set[str | None]:
    if not isinstance(value.func, gast.Name) or value.func.id not in scope.tangents:
        return set()
    return {base_name(argument) for argument in value.args}


def _is_computed(value: gast.expr) -> bool:
    """Whether an expression surely gives a new array."""
    return isinstance(value, gast.BinOp | gast.UnaryOp | gast.Constant)


def _statements(body: list[gast.stmt]) -> list[gast.stmt]:
    return [node for statement in body for node in gast.walk(statement) if isinstance(node, gast.stmt)]


def _parts(statement: gast.stmt) -> list[gast.AST]:
    """The nodes of a statement without those of the statements inside it."""
    found: list[gast.AST] = []
    pending: list[gast.AST] = [statement]
    while pending:
        node = pending.pop()
        found.append(node)
        pending += [child for child in gast.iter_child_nodes(node) if not isinstance(child, gast.stmt)]
    return found
