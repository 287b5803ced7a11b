"""What is known of one tangent function that is to take several tangents at once."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcgrad.analyse.activity import assigned_names
from srcgrad.analyse.kinds.builtin import BUILTINS
from srcgrad.differentiate.batching.refusal import NotBatchedError
from srcgrad.differentiate.naming import Helpers
from srcgrad.kind import Array, Constant, Function, Kind, Opaque, Scalar
from srcgrad.rules.methods import METHODS, STATIC_ATTRIBUTES, canonical_arguments
from srcgrad.syntax.build import call, constant, name, subscript
from srcgrad.syntax.names import Names

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

# Questions for a shape, which is not a tangent.
_QUESTIONS = (len, np.shape, np.ndim, np.size)


@dataclass
class Form:
    """The form of a tangent function for several tangents: its name, and how many tangents it takes."""

    name: str
    count: int
    # Whether the tangent that it returns is written as a tuple.
    gives_tuple: bool = False


class Scope:
    """The kinds in a tangent function, as it is for one tangent, and which of its variables are tangents."""

    def __init__(
        self,
        kinds: Kinds,
        known: Mapping[str, Kind],
        batched: frozenset[str],
        names: Names,
        helpers: Helpers,
        tangents: Mapping[str, Form],
    ) -> None:
        self.kinds = kinds
        functions = {key: Function((value,)) for key, value in helpers.objects.items() if _is_known(value)}
        # The kinds of variables over all their assignments, and those that hold where the writing has got to.
        self.joined = {**functions, **known}
        self.known = dict(self.joined)
        self.batched = set(batched)
        self.names = names
        self.helpers = helpers
        # For each tangent function of the module its form for several tangents.
        self.tangents = tangents
        # Whether the function writes into arrays: a number taken from one must then be taken as a copy.
        self.writes = False
        self._kinds: dict[gast.AST, Kind] = {}

    def start(self) -> None:
        """Forget kinds that were asked for before the function is written from its beginning."""
        self._kinds.clear()

    @functools.cached_property
    def columns(self) -> str:
        """The variable for the number of directions."""
        return self.names.fresh("columns")

    # ---- kinds ----

    def kind(self, node: gast.AST) -> Kind:
        """The kind of an expression for one tangent."""
        found = self._kinds.get(node)
        if found is None:
            found = self._kinds[node] = self.kinds.evaluate(node, self.known)
        return found

    def assigned(self, target: gast.expr, value: gast.expr) -> None:
        """Note what kind a variable has from here on."""
        match target:
            case gast.Name(id=identifier) if not isinstance(self.joined.get(identifier), Scalar):
                kind = self.kind(value)
                if isinstance(kind, Scalar) or (isinstance(kind, Array) and kind.dims is not None):
                    self.known[identifier] = kind
                    return
        self.forget(set(assigned_names(target)))

    def forget(self, names: set[str]) -> None:
        """Note that variables may have any kind that they are ever given."""
        for each in names & self.known.keys():
            if each in self.joined:
                self.known[each] = self.joined[each]
            else:
                del self.known[each]

    def rank(self, node: gast.AST) -> int | None:
        """The number of dimensions of an expression for one tangent; None where it is not known."""
        match self.kind(node):
            case Scalar():
                return 0
            case Array(dims=tuple(dims)):
                return len(dims)
            case _:
                return None

    def surely(self, node: gast.AST) -> int:
        """The number of dimensions where it has to be known."""
        found = self.rank(node)
        if found is None:
            raise NotBatchedError
        return found

    def value(self, node: gast.AST) -> Any:
        """The constant that an expression is, None where it is none."""
        kind = self.kind(node)
        return kind.value if isinstance(kind, Scalar | Constant) else None

    # ---- what is batched ----

    def is_batched(self, node: gast.AST) -> bool:
        """Whether an expression has one entry for each direction."""
        match node:
            case gast.Name(id=identifier):
                return identifier in self.batched
            case gast.Attribute(value=value, attr=attr):
                return attr not in STATIC_ATTRIBUTES and self.is_batched(value)
            case gast.Call(func=gast.Name() | gast.Attribute() as function) if self.resolved(function) in _QUESTIONS:
                return False
            case _:
                return any(self.is_batched(child) for child in gast.iter_child_nodes(node))

    def reads_tangent(self, node: gast.AST) -> bool:
        """Whether a tangent occurs in an expression at all, be it only in a question for its shape."""
        return any(isinstance(part, gast.Name) and part.id in self.batched for part in gast.walk(node))

    # ---- what is called ----

    def resolved(self, function: gast.expr) -> Any:
        """The function that an expression names, None where that is not known."""
        match function:
            case gast.Name(id=identifier) if identifier in self.helpers.objects:
                return self.helpers.objects[identifier]
            case gast.Attribute(value=gast.Name(id="np" | "math") as module, attr=attr):
                held = self.value(module)
                return getattr(held, attr, None)
            case gast.Attribute(value=gast.Attribute() as inner, attr=attr) if self.resolved(inner) is not None:
                return getattr(self.resolved(inner), attr, None)
            case gast.Attribute(value=value, attr=attr) if isinstance(self.kind(value), Array | Scalar):
                return METHODS.get(attr)
        kind = self.kind(function)
        if isinstance(kind, Function) and len(kind.targets) == 1:
            return kind.targets[0]
        return kind.value if isinstance(kind, Constant) and callable(kind.value) else None

    def arguments(self, node: gast.Call) -> tuple[Any, list[gast.expr], dict[str, gast.expr]]:
        """The function of a call, its arguments in the order of NumPy's functions, and its options."""
        function = self.resolved(node.func)
        if any(isinstance(argument, gast.Starred) for argument in node.args):
            return None, [], {}
        arguments, keywords = list(node.args), list(node.keywords)
        is_method = isinstance(node.func, gast.Attribute) and isinstance(self.kind(node.func.value), Array | Scalar)
        if is_method and node.func.attr in METHODS:
            _, arguments, keywords = canonical_arguments(node.func.attr, node.func.value, arguments, keywords)
        return function, arguments, {keyword.arg or "**": keyword.value for keyword in keywords}

    # ---- shapes ----

    def aligned(self, expression: gast.expr, rank: int, wanted: int) -> gast.expr:
        """A batched value of some rank with axes of length one, so that it broadcasts with values of a higher rank."""
        if wanted <= rank:
            return expression
        axes = [new_axis() for _ in range(wanted - rank)]
        return subscript(expression, gast.Slice(None, None, None), *axes)

    def shape(self, shape: gast.expr) -> gast.expr:
        """The shape ``(columns, ...)`` of several tangents for the shape of one."""
        inside = shape.elts if isinstance(shape, gast.Tuple) else None
        if inside is None:
            is_length = isinstance(self.kind(shape), Scalar)
            inside = [shape] if is_length else [gast.Starred(shape, gast.Load())]
        return gast.Tuple([name(self.columns), *inside], gast.Load())

    def helper(self, function: Any) -> str:
        """The name of a runtime function."""
        return self.helpers.name_of(function.__name__, function)

    def spread(self, expression: gast.expr, function: Any) -> gast.expr:
        """A call of a runtime function that makes something for all directions."""
        return call(self.helper(function), expression, name(self.columns))

    def is_opaque(self, node: gast.AST) -> bool:
        """Whether nothing is known of an expression."""
        return isinstance(self.kind(node), Opaque)


def new_axis() -> gast.expr:
    """``np.newaxis``"""
    return gast.Attribute(name("np"), "newaxis", gast.Load())


def ones(count: int) -> list[gast.expr]:
    """The axes of one tangent, counted behind that of the directions: 1, 2, ..."""
    return [constant(axis + 1) for axis in range(count)]


def _is_known(value: Any) -> bool:
    """Whether the kind of what a runtime function gives is known without looking into it."""
    return callable(value) and getattr(value, "__hash__", None) is not None and value in BUILTINS
