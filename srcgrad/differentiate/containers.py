"""The adjoints of expressions that make containers: displays, concatenations, constructors of records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad.differentiate.construction import constructed_parts
from srcgrad.differentiate.cotangent import Cotangent
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Scalar, SequenceOf, TupleOf
from srcgrad.syntax.build import call, subscript

if TYPE_CHECKING:
    from srcgrad.differentiate.expressions import Expressions


def push_container(expressions: Expressions, node: gast.expr, cotangent: Cotangent) -> bool:
    """Carry a cotangent into the parts of a new container; False where the expression makes none."""
    match node:
        case gast.Tuple(elts=elements) | gast.List(elts=elements):
            _display(expressions, elements, cotangent)
        case gast.Dict():
            _dict(expressions, node, cotangent)
        case gast.BinOp(left=left, op=gast.Add(), right=right):
            return _concatenation(expressions, left, right, cotangent)
        case gast.BinOp(left=left, op=gast.Mult(), right=right):
            return _repetition(expressions, left, right, cotangent)
        case gast.Call():
            return _construction(expressions, node, cotangent)
        case _:
            return False
    return True


def _display(expressions: Expressions, elements: list[gast.expr], cotangent: Cotangent) -> None:
    expression = cotangent.masked()
    if isinstance(expression, gast.Tuple | gast.List) and len(expression.elts) == len(elements):
        parts = list(expression.elts)
    else:
        expression = expressions.bind(expression, cotangent.kind)
        parts = [subscript(expression, index) for index in range(len(elements))]
    for element, part in zip(elements, parts, strict=True):
        if isinstance(element, gast.Starred):
            raise UnsupportedError(
                "a starred element of differentiated values is not supported",
                node=element,
                advice="write its elements one by one",
            )
        _push_part(expressions, element, part, cotangent)


def _push_part(expressions: Expressions, value: gast.expr, part: gast.expr, whole: Cotangent) -> None:
    """Give a value the part of a container's adjoint that belongs to it."""
    if expressions.depends(value):
        kind = expressions.kinds.of.get(value)
        expressions.push(value, expressions.part(part, kind if kind is not None else expressions.evaluate(part), whole))


def _dict(expressions: Expressions, node: gast.Dict, cotangent: Cotangent) -> None:
    whole = expressions.bind(cotangent.masked(), cotangent.kind)
    entries: dict[object, tuple[gast.expr, gast.expr]] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            raise UnsupportedError(
                "'**' in a dict of differentiated values is not supported",
                node=node,
                advice="assign the entries one by one: table[key] = value",
            )
        if not isinstance(key, gast.Constant) and len(node.keys) > 1:
            raise UnsupportedError(
                "two keys of this dict may be equal",
                node=key,
                advice="assign the entries one by one: table[key] = value",
            )
        # The last one of equal keys has the entry.
        entries[key.value if isinstance(key, gast.Constant) else key] = (key, value)
    for key, value in entries.values():
        _push_part(expressions, value, subscript(whole, key), cotangent)


def _concatenation(expressions: Expressions, left: gast.expr, right: gast.expr, cotangent: Cotangent) -> bool:
    kind = expressions.kinds.of.get(left)
    if not isinstance(kind, SequenceOf | TupleOf):
        return False
    whole = expressions.bind(cotangent.masked(), cotangent.kind)
    length = call("len", left)
    first = gast.Subscript(whole, gast.Slice(None, length, None), gast.Load())
    rest = gast.Subscript(whole, gast.Slice(length, None, None), gast.Load())
    expressions.push(left, Cotangent(first, kind))
    expressions.push(right, Cotangent(rest, expressions.kinds.of[right]))
    return True


def _repetition(
    expressions: Expressions, left: gast.expr, right: gast.expr, cotangent: Cotangent
) -> bool:
    """``[a, b] * n``: each element gets the sum over its repetitions."""
    items = left if isinstance(left, gast.List | gast.Tuple) else right
    if not isinstance(items, gast.List | gast.Tuple):
        return False
    if not all(isinstance(expressions.kinds.of.get(element), Scalar | Array) for element in items.elts):
        return False
    whole = expressions.bind(cotangent.masked(), cotangent.kind)
    for position, element in enumerate(items.elts):
        every = gast.Slice(gast.Constant(position, None), None, gast.Constant(len(items.elts), None))
        if expressions.depends(element):
            part = call("sum", gast.Subscript(whole, every, gast.Load()))
            expressions.push(element, Cotangent(part, expressions.kinds.of[element]))
    return True


def _construction(expressions: Expressions, node: gast.Call, cotangent: Cotangent) -> bool:
    """``Point(x, y)``."""
    parts = constructed_parts(node, expressions.kinds)
    if parts is None:
        return False
    whole = expressions.bind(cotangent.masked(), cotangent.kind)
    for take, value in parts:
        _push_part(expressions, value, take(whole), cotangent)
    return True
