"""The tangent variables of one function: their names, their kinds, their zeros."""

from __future__ import annotations

import builtins
import functools
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.operations import is_numeric, may_carry
from srcgrad.differentiate.adjoints import zero_of
from srcgrad.kind import Array, Kind, Opaque, Scalar, SequenceOf, is_differentiable
from srcgrad.syntax.build import attribute, call, constant, name, subscript
from srcgrad.syntax.names import Names

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


class Tangents:
    """Names and kinds of the tangents of a function's variables: ``x_dot`` for ``x``."""

    def __init__(self, kinds: Kinds, names: Names) -> None:
        self.kinds = kinds
        self.names = names
        self.known: dict[str, Kind] = {}
        self._names: dict[str, str] = {}

    def of(self, variable: str) -> str:
        """The name of a variable's tangent."""
        found = self._names.get(variable)
        if found is None:
            found = self._names[variable] = self.names.fresh(f"{variable}_dot")
            self.known[found] = self.kinds.variables.get(variable, Opaque())
        return found

    @functools.cached_property
    def unused(self) -> str:
        """The name for what has no tangent where a tangent is unpacked."""
        return self.names.fresh("_")

    def names_in_use(self) -> set[str]:
        """The names of all tangents so far."""
        return set(self._names.values())

    def part(self, path: gast.expr) -> gast.expr:
        """The tangent of a part of a variable: ``x_dot[i].T`` for ``x[i].T``."""
        match path:
            case gast.Name(id=identifier):
                return name(self.of(identifier))
            case gast.Subscript(value=value, slice=index):
                return subscript(self.part(value), index)
            case gast.Attribute(value=value, attr=attr):
                return attribute(self.part(value), attr)
            case _:
                raise TypeError(f"no path: {gast.dump(path)}")

    def zero(self, node: gast.expr, value: gast.expr) -> gast.expr:
        """The zero tangent of what an expression gives; ``value`` is another expression for the same."""
        kind = self.kinds.of.get(node) or self.kinds.evaluate(node, self.known)
        if not may_carry(kind) and not is_numeric(kind):
            return constant(None)
        match node:
            case gast.Tuple(elts=elements) if _are_plain(elements):
                return gast.Tuple([self.zero(element, element) for element in elements], gast.Load())
            case gast.List(elts=elements) if _are_plain(elements):
                return gast.List([self.zero(element, element) for element in elements], gast.Load())
            case gast.Dict(keys=keys, values=values) if None not in keys and _are_plain(values):
                return gast.Dict(list(keys), [self.zero(item, item) for item in values])
            case _:
                return zero_tangent(kind, value)


def _are_plain(elements: list[gast.expr]) -> bool:
    """Whether elements may be written a second time."""
    return all(isinstance(element, gast.Name | gast.Constant) for element in elements)


def zero_tangent(kind: Kind, value: gast.expr) -> gast.expr:
    """A zero tangent for a value of some kind."""
    match kind:
        case Scalar() if not kind.dtype.startswith("complex"):
            return constant(0.0)
        case Array() | SequenceOf(cls=builtins.list, element=Scalar()):
            return zero_of(kind, value) if is_differentiable(kind) else call("zero_tangent", value)
        case Scalar():
            return zero_of(kind, value)
        case _:
            return call("zero_tangent", value)
