"""The elements of arrays that the trips of one loop touch, and which of them can never be the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import gast
import numpy as np

from srcgrad.analyse.inequalities import Linear, contradictory
from srcgrad.kind import Array, Kind, Scalar
from srcgrad.syntax.build import names_assigned, names_read, number_value
from srcgrad.syntax.comments import is_comment
from srcgrad.syntax.printer import print_tree

_PURE_BUILTINS = frozenset({"abs", "min", "max", "float", "int", "bool"})


@dataclass(frozen=True)
class Span:
    """A loop over a range: its index, the first value, the bound that it does not reach, and its step, 1 or -1."""

    index: str
    first: gast.expr
    bound: gast.expr
    step: int

    def facts(self, index: str, assigned: set[str]) -> list[Linear]:
        """What is known of the index, under the name ``index``: expressions that are not negative."""
        itself = Linear({index: 1})
        first, bound = linear(self.first, assigned), linear(self.bound, assigned)
        found = []
        if first is not None:
            found.append(itself.minus(first).times(self.step))
        if bound is not None:
            found.append(bound.minus(itself).times(self.step).shifted(-1))
        return found


def span_of(statement: gast.stmt) -> Span | None:
    """The span of a loop over a range whose index nothing else assigns; None for any other statement."""
    match statement:
        case gast.For(
            target=gast.Name(id=index), iter=gast.Call(func=gast.Name(id="range"), args=arguments), orelse=[]
        ) if index not in names_assigned(statement.body):
            step = number_value(arguments[2]) if len(arguments) == 3 else 1
            if not isinstance(step, int) or step not in (1, -1):
                return None
            first = arguments[0] if len(arguments) > 1 else gast.Constant(0, None)
            bound = arguments[0] if len(arguments) == 1 else arguments[1]
            return Span(index, first, bound, step)
        case _:
            return None


def linear(value: gast.expr, assigned: set[str]) -> Linear | None:
    """A whole number as a sum; names that are not ``assigned``, and lengths of arrays, are its symbols."""
    number = number_value(value)
    if isinstance(number, int):
        return Linear({}, number)
    match value:
        case gast.Name(id=identifier):
            return None if identifier in assigned else Linear({identifier: 1})
        case gast.UnaryOp(op=gast.USub(), operand=operand):
            found = linear(operand, assigned)
            return found.times(-1) if found is not None else None
        case gast.BinOp(left=left, op=gast.Add() | gast.Sub() as op, right=right):
            one, other = linear(left, assigned), linear(right, assigned)
            if one is None or other is None:
                return None
            return one.plus(other) if isinstance(op, gast.Add) else one.minus(other)
        case gast.Call(func=gast.Name(id="len"), args=[gast.Name()]) | gast.Attribute(value=gast.Name(), attr="size"):
            return None if names_read(value) & assigned else Linear({print_tree(value): 1})
        case gast.Subscript(value=gast.Attribute(value=gast.Name(), attr="shape"), slice=gast.Constant()):
            return None if names_read(value) & assigned else Linear({print_tree(value): 1})
        case _:
            return None


@dataclass(frozen=True)
class Element:
    """One place in a loop's text where an element is touched; ``adds`` says that it is only added to."""

    node: gast.Subscript
    array: str
    writes: bool
    adds: bool = False

    @cached_property
    def text(self) -> str:
        """The element as it is printed."""
        return print_tree(self.node).strip()

    @property
    def indices(self) -> Sequence[gast.expr]:
        """The index along each dimension."""
        return self.node.slice.elts if isinstance(self.node.slice, gast.Tuple) else [self.node.slice]


@dataclass(frozen=True)
class Elements:
    """All elements that a loop of plain statements touches, and the loops it stands in, itself the last."""

    all: tuple[Element, ...]
    assigned: frozenset[str]
    spans: tuple[Span, ...] = field(repr=False)

    @staticmethod
    def of(loop: gast.For, variables: Mapping[str, Kind], spans: tuple[Span, ...]) -> Elements | None:
        """The elements of a loop; None where it does more than compute numbers, from elements and into elements."""
        assigned = frozenset(names_assigned(loop.body))
        reader = _Reader(variables, assigned, {span.index for span in spans})
        for statement in loop.body:
            if not is_comment(statement) and not reader.statement(statement):
                return None
        return Elements(tuple(reader.found), assigned, spans)

    def by_text(self) -> dict[str, Element]:
        """One element for each text."""
        return {element.text: element for element in self.all}

    def written(self) -> list[Element]:
        """The elements that are written."""
        return [element for element in self.all if element.writes]

    def is_written(self, text: str) -> bool:
        """Whether the element of this text is written."""
        return any(element.writes and element.text == text for element in self.all)

    def varies(self, element: Element) -> bool:
        """Whether an element may be another one in each trip."""
        return bool(names_read(element.node.slice) & (self.assigned | {self.spans[-1].index}))

    def never_meet(self, one: Element, other: Element) -> bool:
        """Whether two elements of one array are different ones in any two trips."""
        return self._apart(one, other, same_trip=True) and self._apart(one, other, same_trip=False)

    def meet_in_one_trip_only(self, one: Element, other: Element) -> bool:
        """Whether two elements of one array are different ones in any two different trips."""
        return self._apart(one, other, same_trip=False)

    def _apart(self, one: Element, other: Element, same_trip: bool) -> bool:
        index = self.spans[-1].index
        later = index if same_trip else f"{index} later"
        changing = set(self.assigned)
        facts = [fact for span in self.spans for fact in span.facts(span.index, changing)]
        if not same_trip:
            facts += self.spans[-1].facts(later, changing)
        for left, right in zip(one.indices, other.indices, strict=True):
            first, second = linear(left, changing), linear(right, changing)
            if first is None or second is None:
                continue
            second = second.renamed(lambda symbol: later if symbol == index else symbol)
            # Indices that count from the end may be any.
            if not all(contradictory([*facts, place.times(-1).shifted(-1)]) for place in (first, second)):
                continue
            apart = first.minus(second)
            orders = [[]] if same_trip else [
                [Linear({later: 1, index: -1}, -1)], [Linear({later: -1, index: 1}, -1)]
            ]  # fmt: skip
            if all(contradictory([*facts, *order, apart, apart.times(-1)]) for order in orders):
                return True
        return False


class _Reader:
    """Collects the elements that plain statements touch."""

    def __init__(self, variables: Mapping[str, Kind], assigned: frozenset[str], indices: set[str]) -> None:
        self.variables = variables
        self.assigned = assigned
        self.indices = indices
        self.found: list[Element] = []

    def statement(self, statement: gast.stmt) -> bool:
        """Whether a statement computes numbers only."""
        match statement:
            case gast.Assign(targets=[target], value=value):
                return self.value(value) and self._target(target, adds=False)
            case gast.AugAssign(target=target, op=op, value=value):
                adds = isinstance(op, gast.Add | gast.Sub)
                return self.value(value) and self._target(target, adds=adds, reads=not adds)
            case _:
                return False

    def _target(self, target: gast.expr, adds: bool, reads: bool = False) -> bool:
        match target:
            case gast.Name(id=identifier):
                return isinstance(self.variables.get(identifier, Scalar("float64")), Scalar)
            case gast.Subscript(value=gast.Name(id=array)) if self._is_element(target):
                self.found.append(Element(target, array, True, adds))
                if reads:
                    self.found.append(Element(target, array, False))
                return self.value(target.slice)
            case _:
                return False

    def _is_element(self, node: gast.Subscript) -> bool:
        kind = self.variables.get(node.value.id)
        indices = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
        return isinstance(kind, Array) and kind.ndim == len(indices) and all(map(self._is_whole, indices))

    def _is_whole(self, index: gast.expr) -> bool:
        """Whether an index is one whole number."""
        match index:
            case gast.Constant(value=value):
                return type(value) is int
            case gast.Name(id=identifier):
                kind = self.variables.get(identifier)
                return identifier in self.indices or (isinstance(kind, Scalar) and kind.dtype.startswith("int"))
            case gast.BinOp(left=left, op=gast.Add() | gast.Sub() | gast.Mult() | gast.Mod(), right=right):
                return self._is_whole(left) and self._is_whole(right)
            case gast.UnaryOp(op=gast.USub(), operand=operand):
                return self._is_whole(operand)
            case gast.Call(func=gast.Name(id="len")) | gast.Attribute(attr="size"):
                return True
            case gast.Subscript(value=gast.Attribute(attr="shape")):
                return True
            case _:
                return False

    def value(self, value: gast.expr) -> bool:
        """Whether an expression is a number made of numbers and elements, without any effect."""
        match value:
            case gast.Constant():
                return True
            case gast.Name(id=identifier):
                kind = self.variables.get(identifier)
                return identifier in self.assigned or identifier in self.indices or isinstance(kind, Scalar)
            case gast.Subscript(value=gast.Name(id=array)) if self._is_element(value):
                self.found.append(Element(value, array, False))
                return self.value(value.slice)
            case gast.Tuple(elts=parts):
                return all(map(self.value, parts))
            case gast.BinOp(left=left, right=right) if not isinstance(value.op, gast.MatMult):
                return self.value(left) and self.value(right)
            case gast.UnaryOp(operand=operand):
                return self.value(operand)
            case gast.Compare(left=left, comparators=others):
                return self.value(left) and all(map(self.value, others))
            case gast.BoolOp(values=parts):
                return all(map(self.value, parts))
            case gast.IfExp(test=test, body=body, orelse=orelse):
                return self.value(test) and self.value(body) and self.value(orelse)
            case gast.Attribute(value=gast.Name(id="np" | "math"), attr="pi" | "e" | "inf"):
                return True
            case gast.Attribute(value=gast.Name(), attr="size"):
                return True
            case gast.Subscript(value=gast.Attribute(value=gast.Name(), attr="shape"), slice=gast.Constant()):
                return True
            case gast.Call(func=gast.Name(id="len"), args=[gast.Name()]):
                return True
            case gast.Call(
                func=gast.Attribute(value=gast.Name(id="np" | "math" as library), attr=called),
                args=arguments, keywords=[],
            ) if library == "math" or isinstance(getattr(np, called, None), np.ufunc):
                return all(map(self.value, arguments))
            case gast.Call(func=gast.Name(id=called), args=arguments, keywords=[]) if called in _PURE_BUILTINS:
                return all(map(self.value, arguments))
            case _:
                return False
