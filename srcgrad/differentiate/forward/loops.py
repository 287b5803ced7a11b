"""Loops over differentiated values: the tangents are run through beside the values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.activity import assigned_names
from srcgrad.differentiate.forward.expressions import Expressions
from srcgrad.differentiate.forward.statements import Statements
from srcgrad.differentiate.forward.tangents import Tangents
from srcgrad.errors import UnsupportedError
from srcgrad.kind import DictOf
from srcgrad.syntax.build import assign, call, name, store, subscript

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


@dataclass
class Header:
    """What a loop runs over, what it binds, and what each trip begins with."""

    target: gast.expr
    iterable: gast.expr
    first: list[gast.stmt] = field(default_factory=list)


class Loops:
    """Writes the headers of loops."""

    def __init__(self, kinds: Kinds, tangents: Tangents, expressions: Expressions, statements: Statements) -> None:
        self.kinds = kinds
        self.tangents = tangents
        self.expressions = expressions
        self.statements = statements

    def header(self, loop: gast.For, before: frozenset[str], inside: frozenset[str]) -> Header:
        """A loop's header; ``before`` the loop, and ``inside`` once its targets are bound, these have tangents."""
        self.expressions.begin(before)
        bound = set(assigned_names(loop.target)) & inside
        if not bound:
            return Header(loop.target, loop.iter)
        if not self.expressions.depends(loop.iter):
            return Header(loop.target, loop.iter, self._zeros(sorted(bound)))
        found = self._split(loop.target, loop.iter, inside)
        if found is None:
            raise UnsupportedError(
                "this loop runs over differentiated values in a way that is not supported",
                node=loop.iter,
                advice="run over an array or a list held in a variable",
            )
        return found

    def _zeros(self, variables: list[str]) -> list[gast.stmt]:
        return [assign(self.tangents.of(each), self.tangents.zero(name(each), name(each))) for each in variables]

    def _split(self, target: gast.expr, iterable: gast.expr, inside: frozenset[str]) -> Header | None:
        match iterable:
            case gast.Call(func=gast.Name(id="enumerate"), args=[inner, *start], keywords=keywords):
                if not isinstance(target, gast.Tuple) or len(target.elts) != 2:
                    return None
                found = self._split(target.elts[1], inner, inside)
                if found is None:
                    return None
                counted = gast.Call(iterable.func, [found.iterable, *start], keywords)
                return Header(_tuple(target.elts[0], found.target), counted, found.first)
            case gast.Call(func=gast.Name(id="zip"), args=sources):
                return self._zipped(target, iterable, sources, inside)
            case gast.Call(func=gast.Name(id="reversed"), args=[inner]):
                backwards = gast.Call(iterable.func, [self.expressions.full(inner)], [])
                return self._beside(target, iterable, backwards, inside)
            case gast.Call(func=gast.Attribute(value=owner, attr="items"), args=[]) if self._is_dict(owner):
                if not isinstance(target, gast.Tuple) or not isinstance(target.elts[0], gast.Name):
                    return None
                entry = subscript(self.expressions.full(owner), target.elts[0].id)
                dots = self.statements.target(target.elts[1], inside)
                return Header(target, iterable, [gast.Assign([store(dots)], entry, None)])
            case gast.Call(func=gast.Attribute(value=owner, attr="values"), args=[]) if self._is_dict(owner):
                values = call(gast.Attribute(self.expressions.full(owner), "values", gast.Load()))
                return self._beside(target, iterable, values, inside)
            case _:
                return self._beside(target, iterable, self.expressions.full(iterable), inside)

    def _is_dict(self, owner: gast.expr) -> bool:
        return isinstance(self.kinds.of.get(owner), DictOf)

    def _beside(self, target: gast.expr, iterable: gast.expr, dots: gast.expr, inside: frozenset[str]) -> Header:
        """``for x, x_dot in zip(xs, xs_dot)``."""
        pair = _tuple(target, self.statements.target(target, inside))
        return Header(pair, call("zip", iterable, dots), list(self.expressions.statements))

    def _zipped(
        self, target: gast.expr, iterable: gast.Call, sources: list[gast.expr], inside: frozenset[str]
    ) -> Header | None:
        """``for x, y, x_dot in zip(xs, ys, xs_dot)``."""
        if any(isinstance(source, gast.Starred) for source in sources):
            return None
        if not isinstance(target, gast.Tuple):
            dots = gast.Call(iterable.func, [self.expressions.full(source) for source in sources], [])
            return self._beside(target, iterable, dots, inside)
        if len(target.elts) != len(sources):
            return None
        targets: list[gast.expr] = []
        iterables: list[gast.expr] = []
        bound_dots: list[gast.expr] = []
        tangents: list[gast.expr] = []
        first: list[gast.stmt] = []
        for part, source in zip(target.elts, sources, strict=True):
            bound = set(assigned_names(part)) & inside
            if not bound:
                targets.append(part)
                iterables.append(source)
            elif not self.expressions.depends(source):
                targets.append(part)
                iterables.append(source)
                first += self._zeros(sorted(bound))
            elif isinstance(source, gast.Call):
                found = self._split(part, source, inside)
                if found is None:
                    return None
                targets.append(found.target)
                iterables.append(found.iterable)
                first += found.first
            else:
                targets.append(part)
                iterables.append(source)
                bound_dots.append(self.statements.target(part, inside))
                tangents.append(self.expressions.full(source))
        return Header(_tuple(*targets, *bound_dots), gast.Call(iterable.func, [*iterables, *tangents], []), first)


def _tuple(*elements: gast.expr) -> gast.expr:
    return gast.Tuple(list(elements), gast.Store())
