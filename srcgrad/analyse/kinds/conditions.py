"""Tests: whether their outcome is fixed, and what they tell of variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gast

from srcgrad.analyse.kinds.elementwise import OPERATIONS, elementwise, length_of
from srcgrad.analyse.kinds.joins import NONE, without_none
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Function,
    Instance,
    Kind,
    Maybe,
    Number,
    Opaque,
    Scalar,
    SequenceOf,
    TupleOf,
)

if TYPE_CHECKING:
    from srcgrad.analyse.kinds.frame import Frame, Variables


def truth(kind: Kind) -> bool | None:
    """Whether a value counts as true; None where that is not known before the run."""
    match kind:
        case Scalar(value=value) | Constant(value=value) if value is not None or isinstance(kind, Constant):
            return bool(value)
        case TupleOf(elements=elements) | SequenceOf(elements=tuple(elements)):
            return len(elements) > 0
        case DictOf(entries=entries, exact=True) if entries is not None:
            return len(entries) > 0
        case Function():
            return True
        case Instance(cls=cls) if not hasattr(cls, "__bool__") and not hasattr(cls, "__len__"):
            return True
    return None


def _boolean(value: bool | None) -> Scalar:
    return Scalar("bool", True, value)


def comparison(operation: gast.AST, left: Kind, right: Kind, fresh: Callable[[object], str]) -> Kind:
    """The kind of ``left operation right``, with its value where that is fixed."""
    if isinstance(operation, (gast.Is, gast.IsNot)):
        same = _identical(left, right)
        return _boolean(same if same is None or isinstance(operation, gast.Is) else not same)
    if isinstance(operation, (gast.In, gast.NotIn)):
        inside = _contained(left, right)
        return _boolean(inside if inside is None or isinstance(operation, gast.In) else not inside)
    numeric = (Scalar, Array, Number)
    if isinstance(without_none(left), numeric) and isinstance(without_none(right), numeric):
        kind = elementwise(OPERATIONS[type(operation)], (left, right), fresh)
        if isinstance(kind, Scalar):
            return Scalar(kind.dtype, kind.python, _compared(operation, left, right))
        return kind
    if isinstance(without_none(left), (Array, Number)) or isinstance(without_none(right), (Array, Number)):
        return elementwise(OPERATIONS[type(operation)], (left, right), fresh)
    if isinstance(operation, (gast.Eq, gast.NotEq)):
        equal = _equal(left, right)
        return _boolean(equal if equal is None or isinstance(operation, gast.Eq) else not equal)
    return _boolean(None)


def _identical(left: Kind, right: Kind) -> bool | None:
    """Whether two values are one object, where that is fixed."""
    for one, other in ((left, right), (right, left)):
        if other == NONE:
            if one == NONE:
                return True
            return None if isinstance(one, (Maybe, Opaque)) else False
    if isinstance(left, Constant) and isinstance(right, Constant):
        if isinstance(left.value, (str, bytes)) or isinstance(right.value, (str, bytes)):
            return None if left.value == right.value else False
        return left.value is right.value
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        if left.python and right.python and left.dtype == right.dtype == "bool":
            return None if left.value is None or right.value is None else left.value is right.value
        return False if left.dtype != right.dtype and left.python and right.python else None
    return None


def _compared(operation: gast.AST, left: Kind, right: Kind) -> bool | None:
    """The outcome of comparing two numbers whose values are fixed, or that are the same integer."""
    if not isinstance(left, Scalar) or not isinstance(right, Scalar):
        return None
    if left.value is not None and right.value is not None:
        try:
            return bool(OPERATIONS[type(operation)](left.value, right.value))
        except TypeError:
            return None
    if left.symbol is not None and left.symbol == right.symbol and length_of(left) is not None:
        return isinstance(operation, (gast.Eq, gast.LtE, gast.GtE))
    return None


def _equal(left: Kind, right: Kind) -> bool | None:
    """Whether two values that are no numbers are equal, where that is fixed."""
    if isinstance(left, Constant) and isinstance(right, Constant):
        try:
            return bool(left.value == right.value)
        except (TypeError, ValueError):
            return None
    if isinstance(left, TupleOf) and isinstance(right, TupleOf):
        if len(left.elements) != len(right.elements):
            return False
        found: bool | None = True
        for one, other in zip(left.elements, right.elements, strict=True):
            if isinstance(one, Scalar) and isinstance(other, Scalar):
                same = _compared(gast.Eq(), one, other)
            else:
                same = _equal(one, other)
            if same is False:
                return False
            found = None if same is None else found
        return found
    if isinstance(left, Constant) != isinstance(right, Constant):
        other = right if isinstance(left, Constant) else left
        return False if isinstance(other, (Scalar, TupleOf, SequenceOf, DictOf)) else None
    return None


def _contained(item: Kind, container: Kind) -> bool | None:
    """Whether a value is in a container, where that is fixed."""
    value: Any
    match item:
        case Constant(value=value):
            pass
        case Scalar(value=value) if value is not None:
            pass
        case _:
            return None
    match container:
        case DictOf(entries=entries, exact=exact) if entries is not None:
            # Keys may be missing where the program adds and removes some, but no other keys can be there.
            is_known = any(key == value for key, _ in entries)
            return is_known if exact or not is_known else None
        case TupleOf(elements=elements) | SequenceOf(elements=tuple(elements)):
            outcomes = [
                _compared(gast.Eq(), item, one) if isinstance(item, Scalar) else _equal(item, one) for one in elements
            ]
            if True in outcomes:
                return True
            return None if None in outcomes else False
        case Constant(value=str(text)) if isinstance(value, str):
            return value in text
    return None


def narrowed(frame: Frame, test: gast.AST, outcome: bool, variables: Variables) -> Variables:
    """The variables where a test came out so: ``x is not None`` tells that x is no longer None."""
    if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not):
        return narrowed(frame, test.operand, not outcome, variables)
    if isinstance(test, gast.BoolOp) and isinstance(test.op, gast.And) is outcome:
        for value in test.values:
            variables = narrowed(frame, value, outcome, variables)
        return variables
    if isinstance(test, gast.Name):
        kind = variables.get(test.id)
        if isinstance(kind, Maybe) and outcome:
            variables[test.id] = kind.kind
        return variables
    match test:
        case gast.Compare(left=gast.Name(id=name), ops=[operation], comparators=[gast.Constant(value=None)]):
            kind = variables.get(name)
            if isinstance(kind, Maybe) and isinstance(operation, (gast.Is, gast.IsNot, gast.Eq, gast.NotEq)):
                is_none = isinstance(operation, (gast.Is, gast.Eq)) is outcome
                variables[name] = NONE if is_none else kind.kind
        case gast.Call(func=gast.Name(id="isinstance"), args=[gast.Name(id=name), classes]):
            kind = variables.get(name)
            cls = frame.of.get(classes)
            if isinstance(kind, Number) and isinstance(cls, Constant):
                variables[name] = _narrowed_number(kind, cls.value, outcome)
    return variables


def _narrowed_number(kind: Number, cls: Any, outcome: bool) -> Kind:
    """A number or array, where a test for a class came out so."""
    import numpy as np

    if cls is np.ndarray:
        return Array(kind.dtype, None) if outcome else Scalar(kind.dtype)
    return kind
