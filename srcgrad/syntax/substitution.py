"""Putting expressions in the place of variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import gast

from srcgrad.syntax.names import Names
from srcgrad.syntax.scopes import COMPREHENSIONS, DEFINITIONS, local_names, names_read, parameters
from srcgrad.syntax.tree import blank, copy_tree

Tree = TypeVar("Tree")


def substitute(tree: Tree, replacements: Mapping[str, gast.expr]) -> Tree:
    """A new tree (or list of trees) in which each variable named in ``replacements`` is its expression.

    Variables of comprehensions, lambdas and nested functions are left alone, and renamed where they would
    capture a variable of a replacement.  An assigned variable needs a replacement that can be assigned to
    (a name, attribute or subscript); a deleted, imported, defined or declared one needs a name.
    """
    if not replacements:
        return copy_tree(tree)
    return _Substitution(replacements).apply(tree)  # type: ignore[no-any-return]


class _Substitution:
    """One substitution, with the free variables of its replacements at hand."""

    def __init__(self, replacements: Mapping[str, gast.expr]) -> None:
        self._replacements = replacements
        self._free = {name: names_read(expression) for name, expression in replacements.items()}

    def apply(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.apply(item) for item in value]
        if not isinstance(value, gast.AST) or not value._fields:
            return value
        if isinstance(value, gast.Name):
            return self._name(value)
        if isinstance(value, COMPREHENSIONS):
            return self._comprehension(value)
        if isinstance(value, (*DEFINITIONS, gast.Lambda)):
            return self._function(value)
        node = self._fields(value)
        if isinstance(value, (gast.Global, gast.Nonlocal)):
            node.names = [self._renamed(name) for name in value.names]
        elif isinstance(value, gast.ClassDef):
            node.name = self._renamed(value.name)
        elif isinstance(value, gast.alias):
            bound = value.asname or value.name
            node.asname = self._renamed(bound) if bound in self._replacements else value.asname
        return node

    def _fields(self, value: gast.AST) -> Any:
        """A copy of a node with every child substituted."""
        node = blank(value)
        for name, item in value.__dict__.items():
            node.__dict__[name] = self.apply(item) if isinstance(item, (list, gast.AST)) else item
        return node

    def _name(self, name: gast.Name) -> gast.expr:
        expression = self._replacements.get(name.id)
        if expression is None:
            return self._fields(name)
        expression = copy_tree(expression)
        if not isinstance(name.ctx, gast.Load):
            if not isinstance(expression, (gast.Name, gast.Attribute, gast.Subscript)):
                raise ValueError(f"{name.id} is assigned, so that no {type(expression).__name__} can stand for it")
            expression.ctx = name.ctx
        return expression

    def _renamed(self, name: str) -> str:
        """The new name where Python's grammar allows nothing but a name."""
        expression = self._replacements.get(name)
        if expression is None:
            return name
        if not isinstance(expression, gast.Name):
            raise ValueError(f"{name} is bound by a statement that takes a name only")
        return str(expression.id)

    def _inside(self, scope: gast.AST, read: set[str]) -> _Substitution:
        """The substitution to make inside a scope, which renames the scope's variables that would capture."""
        bound = local_names(scope)
        inner = {name: value for name, value in self._replacements.items() if name not in bound}
        used: set[str] = set().union(*(self._free[name] for name in inner if name in read))
        if captured := bound & used:
            names = Names(bound | used | read)
            for name in sorted(captured):
                inner[name] = gast.Name(names.fresh(name + "_"), gast.Load(), None, None)
        return _Substitution(inner)

    def _comprehension(self, node: gast.AST) -> gast.AST:
        inner = self._inside(node, names_read(node))
        result = inner._fields(node)
        result.generators[0].iter = self.apply(node.generators[0].iter)
        return result

    def _function(self, node: gast.AST) -> gast.AST:
        inner = self._inside(node, names_read(node.body))
        result = blank(node)
        result.__dict__.update({name: self.apply(item) for name, item in node.__dict__.items() if name != "body"})
        result.body = inner.apply(node.body)
        result.args = self._arguments(node.args, inner)
        if not isinstance(node, gast.Lambda):
            result.name = self._renamed(node.name)
        return result

    def _arguments(self, node: gast.arguments, inner: _Substitution) -> gast.arguments:
        """The parameters: their names are of the function's scope, defaults and annotations of the outer one."""
        result = copy_tree(node)
        for parameter in parameters(result):
            parameter.id = inner._renamed(parameter.id)
            parameter.annotation = self.apply(parameter.annotation)
        result.defaults = self.apply(node.defaults)
        result.kw_defaults = self.apply(node.kw_defaults)
        return result
