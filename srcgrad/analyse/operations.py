"""What an expression does, in the words of the rules: operators, methods and attributes as calls of functions."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gast

from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Function,
    Instance,
    Iterator,
    Kind,
    Maybe,
    Number,
    Opaque,
    Scalar,
    SequenceOf,
    TupleOf,
    is_differentiable,
)
from srcgrad.rules.methods import ATTRIBUTES, METHODS, canonical_arguments
from srcgrad.rules.registry import OPERATORS, has_rule, is_nondifferentiable
from srcgrad.syntax.build import located_at, name

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import CallFact, Kinds, Target


@dataclass(frozen=True)
class Operation:
    """The application of one function that has a rule or is known to have no derivative."""

    function: Any
    arguments: tuple[gast.expr, ...]
    keywords: tuple[tuple[str, gast.expr], ...] = ()
    is_complex: bool = False

    @property
    def is_differentiable(self) -> bool:
        """Whether the result can vary with the arguments."""
        return not is_nondifferentiable(self.function, is_complex=self.is_complex)


def may_carry(kind: Kind | None) -> bool:
    """Whether a value of this kind may carry a derivative; what is not known may."""
    if isinstance(kind, Array | Scalar | Number) and kind.dtype == "object":
        return True
    match kind:
        case Function(leading=leading, keywords=keywords):
            return any(may_carry(given) for given in (*leading, *(value for _, value in keywords)))
        case TupleOf(elements=elements) | SequenceOf(elements=tuple(elements)):
            return any(may_carry(element) for element in elements)
        case SequenceOf(element=element) | Iterator(element=element):
            return may_carry(element)
        case DictOf(element=element, entries=entries):
            values = [element] if entries is None else [value for _, value in entries]
            return any(may_carry(value) for value in values)
        case Maybe(kind=inner):
            return may_carry(inner)
        case Instance(attributes=attributes):
            return any(may_carry(value) for _, value in attributes)
    return kind is not None and (is_differentiable(kind) or isinstance(kind, Opaque))


def is_numeric(kind: Kind | None) -> bool:
    """Whether a value is a number or an array, where it is used as one: None would be an error there."""
    return isinstance(kind.kind if isinstance(kind, Maybe) else kind, Scalar | Array | Number)


def operation_of(node: gast.AST, kinds: Kinds) -> Operation | None:
    """The operation an expression applies to its operands, None where it is no operation with a rule.

    ``x * y`` is np.multiply(x, y), ``x.T`` is np.transpose(x), ``x.reshape(2, 3)`` is np.reshape(x, (2, 3)).
    """
    match node:
        case gast.BinOp(left=left, op=op, right=right):
            if is_numeric(kinds.of.get(left)) and is_numeric(kinds.of.get(right)):
                return Operation(OPERATORS[type(op)], (left, right))
            return None
        case gast.UnaryOp(op=op, operand=operand):
            if isinstance(op, gast.USub | gast.UAdd | gast.Invert):
                return Operation(OPERATORS[type(op)], (operand,))
            return None
        case gast.Attribute(value=value, attr=attr):
            if attr in ATTRIBUTES and is_numeric(kinds.of.get(value)):
                return Operation(ATTRIBUTES[attr], (value,))
            return None
        case gast.Call():
            return _operation_of_call(node, kinds)
        case _:
            return None


def _operation_of_call(node: gast.Call, kinds: Kinds) -> Operation | None:
    target = single_target(node, kinds)
    if target is None or not (has_rule(target.function) or is_nondifferentiable(target.function)):
        return None
    called = kinds.of.get(node.func)
    if isinstance(called, Function) and (called.keywords or (called.leading and not called.bound)):
        # A partial made inside: its own arguments are not among those of the call.
        return None
    arguments, keywords = list(node.args), list(node.keywords)
    if target.bound and isinstance(node.func, gast.Attribute):
        if target.function is METHODS.get(node.func.attr):
            _, canonical, keywords = canonical_arguments(node.func.attr, node.func.value, arguments, keywords)
            arguments = [argument for argument in canonical if isinstance(argument, gast.expr)]
        else:
            arguments = [node.func.value, *arguments]
    is_complex = any(getattr(kinds.of.get(argument), "dtype", "").startswith("complex") for argument in arguments)
    options = tuple((keyword.arg or "**", keyword.value) for keyword in keywords)
    return Operation(target.function, tuple(arguments), options, is_complex)


def fact_of(node: gast.Call, kinds: Kinds) -> CallFact | None:
    """What is known of a call, None where it is never reached."""
    return kinds.calls.get(node)


def single_target(node: gast.Call, kinds: Kinds) -> Target | None:
    """The one function a call can reach, None where there are several or none is known."""
    fact = fact_of(node, kinds)
    if fact is None or len(fact.targets) != 1:
        return None
    return fact.targets[0]


def is_path(node: gast.AST, kinds: Kinds) -> bool:
    """Whether an expression reads a part of a variable: ``x``, ``x[i]``, ``parameters["w"][0]``, ``state.v``."""
    match node:
        case gast.Name():
            return True
        case gast.Subscript(value=value):
            if isinstance(kinds.of.get(value), Instance | Scalar):
                return False
            while _is_transpose(value, kinds):
                # A part of a transpose is a part of the array itself.
                value = value.value
            return is_path(value, kinds) and not _is_copy(value, kinds)
        case gast.Attribute(value=value, attr=attr):
            return is_held(kinds.of.get(value), attr) and is_path(value, kinds)
        case _:
            return False


def is_held(kind: Kind | None, attribute: str) -> bool:
    """Whether an attribute is part of an object's own state, or a field of a named tuple."""
    match kind:
        case Instance(attributes=attributes):
            return any(known == attribute for known, _ in attributes)
        case TupleOf(cls=cls):
            return attribute in getattr(cls, "_fields", ())
        case _:
            return False


def is_of_class(kind: Kind | None, attribute: str) -> bool:
    """Whether an attribute is a constant of an object's class, the same for all objects."""
    if not isinstance(kind, Instance) or is_held(kind, attribute):
        return False
    found = inspect.getattr_static(kind.cls, attribute, None)
    return found is not None and not hasattr(type(found), "__get__")


def _is_transpose(node: gast.AST, kinds: Kinds) -> bool:
    """Whether an expression is ``x.T`` of an array."""
    return isinstance(node, gast.Attribute) and node.attr == "T" and isinstance(kinds.of.get(node.value), Array)


def is_base(node: gast.AST, kinds: Kinds) -> bool:
    """Whether parts of an expression are parts of a variable: it is a path and no copy such as a slice of a list."""
    return is_path(node, kinds) and not _is_copy(node, kinds)


def _is_copy(node: gast.AST, kinds: Kinds) -> bool:
    """Whether a subscript makes a copy, so that what is added to it would be lost: ``x[[0, 2]]``, a slice of a list."""
    if not isinstance(node, gast.Subscript):
        return False
    if isinstance(kinds.of.get(node.value), Array | Number):
        return not is_basic_index(node.slice, kinds)
    index = kinds.of.get(node.slice)
    return isinstance(node.slice, gast.Slice) or (isinstance(index, Constant) and isinstance(index.value, slice))


def is_basic_index(index: gast.AST, kinds: Kinds) -> bool:
    """Whether an index of an array gives a view or an element: integers, slices, newaxis, ellipsis."""
    match index:
        case gast.Tuple(elts=elements):
            return all(is_basic_index(element, kinds) for element in elements)
        case gast.Slice():
            return True
        case gast.Constant(value=value):
            return value is None or value is Ellipsis or (isinstance(value, int) and not isinstance(value, bool))
        case _:
            kind = kinds.of.get(index)
            if isinstance(kind, Constant):
                return kind.value is None or kind.value is Ellipsis or isinstance(kind.value, slice)
            if isinstance(kind, TupleOf):
                return all(isinstance(part, Scalar) and part.dtype != "bool" for part in kind.elements)
            return isinstance(kind, Scalar) and kind.dtype != "bool"


def function_reference(function: Any, like: gast.AST) -> gast.expr:
    """A name for a function of the environment at the place of another node."""
    return located_at(name(function.__name__), like)
