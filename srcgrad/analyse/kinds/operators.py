"""Operators of all values: numbers and arrays, sequences, objects of the user's own classes."""

from __future__ import annotations

import gast

from srcgrad.analyse.kinds.elementwise import binary, length_of
from srcgrad.analyse.kinds.joins import as_element, join, join_all, without_none
from srcgrad.analyse.kinds.objects import Objects
from srcgrad.analyse.kinds.products import matrix_product
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Function,
    Instance,
    Kind,
    Number,
    Opaque,
    Scalar,
    SequenceOf,
    TupleOf,
    Unreachable,
)

SPECIAL_METHODS = {
    gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv", gast.FloorDiv: "floordiv", gast.Mod: "mod",
    gast.Pow: "pow", gast.MatMult: "matmul", gast.Eq: "eq", gast.NotEq: "ne", gast.Lt: "lt", gast.LtE: "le",
    gast.Gt: "gt", gast.GtE: "ge", gast.USub: "neg", gast.UAdd: "pos",
}  # fmt: skip


class Operators(Objects):
    """The part of the interpreter that knows what operators do."""

    def site(self, node: gast.AST) -> str:
        """The name of a place where containers are made."""
        return self.fresh(node, "site")

    def operate(self, node: gast.AST, operation: type[gast.AST], left: Kind, right: Kind) -> Kind:
        """The kind of ``left operation right``."""
        left, right = without_none(left), without_none(right)
        if isinstance(left, Unreachable) or isinstance(right, Unreachable):
            return Unreachable()
        if isinstance(left, Instance) or isinstance(right, Instance):
            return self.special_method(node, operation, left, right)
        if isinstance(left, DictOf) and isinstance(right, DictOf) and operation is gast.BitOr:
            return union_of(left, right, self.site(node))
        numeric = (Scalar, Array, Number)
        if not isinstance(left, (Array, Number)) and not isinstance(right, (Array, Number)):
            if isinstance(left, (TupleOf, SequenceOf)) or isinstance(right, (TupleOf, SequenceOf)):
                return self._operate_sequences(node, operation, left, right)
            if isinstance(left, Constant) and isinstance(right, Constant):
                return self._operate_constants(operation, left, right)
        if not isinstance(left, (*numeric, TupleOf, SequenceOf)) or not isinstance(
            right, (*numeric, TupleOf, SequenceOf)
        ):
            return Opaque()
        if operation is gast.MatMult:
            return matrix_product(left, right, self.naming(node)) or Opaque()
        return binary(operation, left, right, self.naming(node))

    def _operate_constants(self, operation: type[gast.AST], left: Constant, right: Constant) -> Kind:
        if operation is gast.Add and type(left.value) is type(right.value) and isinstance(left.value, (str, bytes)):
            return Constant(left.value + right.value)
        return Opaque()

    def _operate_sequences(self, node: gast.AST, operation: type[gast.AST], left: Kind, right: Kind) -> Kind:
        """Concatenation and repetition."""
        if operation is gast.Mult:
            sequence, count = (left, right) if isinstance(left, (TupleOf, SequenceOf)) else (right, left)
            times = length_of(count)
            elements = self.elements_of(sequence)
            known = elements * times if elements is not None and isinstance(times, int) and times < 64 else None
            return self.sequence_like(node, (sequence,), known)
        if (
            operation is gast.Add
            and isinstance(left, (TupleOf, SequenceOf))
            and isinstance(right, (TupleOf, SequenceOf))
        ):
            first, second = self.elements_of(left), self.elements_of(right)
            return self.sequence_like(node, (left, right), None if first is None or second is None else first + second)
        return Opaque()

    def sequence_like(
        self, node: gast.AST, sequences: tuple[Kind, ...], elements: tuple[Kind, ...] | None
    ) -> TupleOf | SequenceOf:
        """A new list or tuple with these elements, or with any number of those of the given sequences."""
        first = sequences[0]
        is_tuple = isinstance(first, TupleOf) or (isinstance(first, SequenceOf) and issubclass(first.cls, tuple))
        if elements is not None and is_tuple:
            return TupleOf(elements)
        element = as_element(join_all([self.iterate(node, sequence) for sequence in sequences]))
        sites = frozenset() if is_tuple else frozenset({self.site(node)})
        return SequenceOf(element, tuple if is_tuple else list, elements, sites)

    def special_method(self, node: gast.AST, operation: type[gast.AST], left: Kind, right: Kind) -> Kind:
        """An operator of the user's own class."""
        name = SPECIAL_METHODS.get(operation)
        attempts = [(left, right, f"__{name}__"), (right, left, f"__r{name}__")]
        for receiver, other, method in attempts:
            if isinstance(receiver, Instance) and name is not None:
                found = self.class_attribute(receiver, method)
                if isinstance(found, Function) and found.bound:
                    return self.call(node, Function(found.targets), [receiver, other], {})[0]
        return Scalar("bool", True) if operation in (gast.Eq, gast.NotEq) else Opaque()


def union_of(left: DictOf, right: DictOf, site: str) -> DictOf:
    """The kind of ``left | right``, a new dict."""
    element = join(left.element, right.element)
    if left.entries is None or right.entries is None or not (left.exact and right.exact):
        return DictOf(element, None, join(left.key, right.key), frozenset({site}))
    return DictOf(element, tuple({**dict(left.entries), **dict(right.entries)}.items()), left.key, frozenset({site}))
