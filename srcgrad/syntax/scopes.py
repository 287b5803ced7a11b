"""Which names a piece of program reads and which it assigns, by Python's scoping rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import gast

from srcgrad.syntax.walking import Collector, children

Piece: TypeAlias = gast.AST | Iterable[gast.AST]

COMPREHENSIONS = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)
DEFINITIONS = (gast.FunctionDef, gast.AsyncFunctionDef)


def names_read(piece: Piece) -> set[str]:
    """The variables of the enclosing scope that running ``piece`` may read.

    A nested function or lambda reads its free variables, ``x += 1`` reads x, ``a[i] = v`` reads a and i, and
    ``del x`` reads x, for x must be there.  Annotations of local variables are never evaluated.
    """
    reader = _Reader()
    reader.visit_all(piece)
    return reader.names


def names_assigned(piece: Piece) -> set[str]:
    """The variables of the enclosing scope that running ``piece`` binds.

    Assigned names, loop targets, walrus targets (those inside comprehensions too), imports, functions and
    classes (their names, not their bodies), ``except`` and ``with`` names, names captured by patterns.
    """
    assigner = _Assigner()
    assigner.visit_all(piece)
    return assigner.names


def parameter_names(arguments: gast.arguments) -> list[str]:
    """All parameters, in the order of the signature."""
    return [parameter.id for parameter in parameters(arguments)]


def parameters(arguments: gast.arguments) -> list[gast.Name]:
    """The nodes of all parameters, in the order of the signature."""
    starred = [arguments.vararg] if arguments.vararg else []
    keywords = [arguments.kwarg] if arguments.kwarg else []
    return [*arguments.posonlyargs, *arguments.args, *starred, *arguments.kwonlyargs, *keywords]


def local_names(function: gast.AST) -> set[str]:
    """The names that are local to a function definition, lambda or comprehension."""
    if isinstance(function, COMPREHENSIONS):
        return names_assigned([generator.target for generator in function.generators])
    assigned = names_assigned(function.body) | set(parameter_names(function.args))
    if isinstance(function, gast.Lambda):
        return assigned
    return assigned - names_declared_outside(function)


def names_declared_outside(function: gast.AST) -> set[str]:
    """The names that a function's body declares ``nonlocal`` or ``global``."""
    found: set[str] = set()
    pending: list[gast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (gast.Global, gast.Nonlocal)):
            found.update(node.names)
        elif isinstance(node, gast.stmt) and not isinstance(node, (*DEFINITIONS, gast.ClassDef)):
            pending.extend(children(node))
        elif isinstance(node, (gast.ExceptHandler, gast.match_case)):
            pending.extend(node.body)
    return found


class _Visitor(Collector):
    """A visitor that collects names from trees and from lists of trees."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_all(self, piece: Piece | None) -> None:
        if isinstance(piece, gast.AST):
            self.visit(piece)
        elif piece is not None:
            for node in piece:
                if node is not None:
                    self.visit(node)

    def _visit_outside_of_function(self, node: gast.AST) -> None:
        """Visit what a definition or lambda evaluates where it stands: decorators, defaults, annotations."""
        self.visit_all(getattr(node, "decorator_list", None))
        self.visit_all(node.args.defaults)
        self.visit_all(node.args.kw_defaults)
        self.visit_all(parameter.annotation for parameter in parameters(node.args))
        self.visit_all(getattr(node, "returns", None))


class _Reader(_Visitor):
    """Collects the names read."""

    def visit_Name(self, node: gast.Name) -> None:
        if not isinstance(node.ctx, (gast.Store, gast.Param)):
            self.names.add(node.id)

    def visit_AugAssign(self, node: gast.AugAssign) -> None:
        self.names |= names_assigned(node.target)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: gast.AnnAssign) -> None:
        self.visit(node.target)
        self.visit_all(node.value)

    def _visit_function(self, node: gast.AST) -> None:
        self._visit_outside_of_function(node)
        self.names |= names_read(node.body) - local_names(node)
        if not isinstance(node, gast.Lambda):
            self.names |= names_declared_outside(node)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _visit_function

    def _visit_comprehension(self, node: gast.AST) -> None:
        self.visit(node.generators[0].iter)
        inner = _Reader()
        for generator in node.generators:
            inner.visit(generator.target)
            inner.visit_all(generator.ifs)
        inner.visit_all(generator.iter for generator in node.generators[1:])
        inner.visit_all([node.key, node.value] if isinstance(node, gast.DictComp) else [node.elt])
        self.names |= inner.names - local_names(node)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension


class _Assigner(_Visitor):
    """Collects the names assigned."""

    def visit_Name(self, node: gast.Name) -> None:
        if isinstance(node.ctx, gast.Store):
            self.names.add(node.id)

    def visit_AnnAssign(self, node: gast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.target)
            self.visit(node.value)

    def _visit_definition(self, node: gast.AST) -> None:
        self.names.add(node.name)
        self._visit_outside_of_function(node)

    visit_FunctionDef = visit_AsyncFunctionDef = _visit_definition

    def visit_ClassDef(self, node: gast.ClassDef) -> None:
        self.names.add(node.name)
        for part in (node.decorator_list, node.bases, node.keywords):
            self.visit_all(part)

    def visit_Lambda(self, node: gast.Lambda) -> None:
        self._visit_outside_of_function(node)

    def _visit_comprehension(self, node: gast.AST) -> None:
        targets = local_names(node)
        inner = _Assigner()
        inner.generic_visit(node)
        self.names |= inner.names - targets

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension

    def visit_alias(self, node: gast.alias) -> None:
        if node.name != "*":
            self.names.add(node.asname or node.name.partition(".")[0])

    def visit_ExceptHandler(self, node: gast.ExceptHandler) -> None:
        if isinstance(node.name, str):
            self.names.add(node.name)
        self.generic_visit(node)

    def _visit_pattern(self, node: gast.AST) -> None:
        captured = node.rest if isinstance(node, gast.MatchMapping) else node.name
        if captured:
            self.names.add(captured)
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = visit_MatchMapping = _visit_pattern
