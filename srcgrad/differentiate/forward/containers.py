"""The tangents of expressions that make containers: displays, concatenations, constructors of records."""

from __future__ import annotations

import dataclasses
import types
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.operations import may_carry, single_target
from srcgrad.differentiate.construction import constructed_parts, kept_arguments
from srcgrad.differentiate.forward.tangents import zero_tangent
from srcgrad.kind import DictOf, Instance, SequenceOf, TupleOf
from srcgrad.syntax.build import attribute, call, method

if TYPE_CHECKING:
    from srcgrad.differentiate.forward.expressions import Expressions

_COPIES = (dict, reversed)


def container_tangent(expressions: Expressions, node: gast.expr) -> gast.expr | None:
    """The tangent of a new container, None where the expression makes none."""
    match node:
        case gast.Tuple(elts=elements):
            return gast.Tuple([_element(expressions, element) for element in elements], gast.Load())
        case gast.List(elts=elements):
            return gast.List([_element(expressions, element) for element in elements], gast.Load())
        case gast.Dict(keys=keys, values=values):
            return gast.Dict(list(keys), [expressions.kept(value) for value in values])
        case gast.BinOp(left=left, op=gast.Add() as op, right=right) if _is_sequence(expressions, left):
            return gast.BinOp(expressions.kept(left), op, expressions.kept(right))
        case gast.BinOp(left=left, op=gast.Mult() as op, right=right) if _is_sequence(expressions, left):
            return gast.BinOp(expressions.kept(left), op, right)
        case gast.BinOp(left=left, op=gast.Mult() as op, right=right) if _is_sequence(expressions, right):
            return gast.BinOp(left, op, expressions.kept(right))
        case gast.Subscript(value=value, slice=index) if _is_container(expressions, value):
            return gast.Subscript(expressions.kept(value), index, gast.Load())
        case gast.Call():
            return _construction(expressions, node)
        case _:
            return None


def _element(expressions: Expressions, element: gast.expr) -> gast.expr:
    if isinstance(element, gast.Starred):
        return gast.Starred(expressions.kept(element.value), gast.Load())
    return expressions.kept(element)


def _is_sequence(expressions: Expressions, node: gast.expr) -> bool:
    return isinstance(expressions.kinds.of.get(node), SequenceOf | TupleOf)


def _is_container(expressions: Expressions, node: gast.expr) -> bool:
    return isinstance(expressions.kinds.of.get(node), SequenceOf | TupleOf | DictOf)


def _construction(expressions: Expressions, node: gast.Call) -> gast.expr | None:
    """``Point(x_dot, y_dot)`` of a named tuple, a namespace of attributes for another object; copies of containers."""
    match node.func:
        case gast.Attribute(value=receiver, attr="copy") if not node.args and _is_container(expressions, receiver):
            return method(expressions.full(receiver), "copy")
        case gast.Name(id="getattr") if node.args and isinstance(expressions.kinds.of.get(node.args[0]), Instance):
            return call(node.func, expressions.full(node.args[0]), node.args[1], gast.Constant(None, None))
        case gast.Attribute(value=receiver, attr="get") if isinstance(expressions.kinds.of.get(receiver), DictOf):
            return method(expressions.full(receiver), "get", node.args[0], *map(expressions.kept, node.args[1:]))
    target = single_target(node, expressions.kinds)
    cls = target.function if target is not None else None
    if cls in _COPIES and not node.keywords:
        return call(node.func, *(expressions.kept(argument) for argument in node.args))
    parts = constructed_parts(node, expressions.kinds)
    if parts is None or not isinstance(cls, type):
        return None
    places = [(take(gast.Name("whole", gast.Load(), None, None)), value) for take, value in parts]
    if issubclass(cls, tuple):
        names = dict(kept_arguments(cls) or ())
        given = {names[place.slice.value]: value for place, value in places}
        dots = {parameter: expressions.kept(value) for parameter, value in given.items()}
        whole = expressions.value_of(node)
        for parameter in names.values():
            if parameter not in dots:
                dots[parameter] = call("zero_tangent", attribute(whole, parameter))
        return call(node.func, **dots)
    dots = {place.attr: expressions.kept(value) for place, value in places}
    kind = expressions.kind_of(node)
    for attr, inside in kind.attributes if isinstance(kind, Instance) else ():
        if attr not in dots and may_carry(inside) and _has_from_the_start(cls, attr):
            dots[attr] = zero_tangent(inside, attribute(expressions.value_of(node), attr))
    return call(expressions.helpers.name_of("SimpleNamespace", types.SimpleNamespace), **dots)


def _has_from_the_start(cls: type, attribute: str) -> bool:
    """Whether new objects of a class may have an attribute that was not given: one that is assigned later does not."""
    if cls is types.SimpleNamespace:
        return False
    if dataclasses.is_dataclass(cls) and not hasattr(cls, "__post_init__"):
        return any(field.name == attribute for field in dataclasses.fields(cls))
    return True
