"""Builders of expressions and statements, with the simplifications that a person makes in writing.

Operands may be expressions, numbers, None, or text: ``multiply("a_bar", 2.0)``.  The simplifications assume
that values are numbers or arrays whose identity does not matter (``1.0 * x`` becomes ``x``), so they serve
adjoint expressions and never the user's own code.  Operands are not changed and may be shared inside the
result; statement builders copy them, so that no two statements share a node.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import gast

from srcgrad.syntax.products import (
    factors,
    fold_quotient,
    number_node,
    number_value,
    product,
    split_sign,
)
from srcgrad.syntax.scopes import local_names, names_assigned, names_read, parameter_names
from srcgrad.syntax.substitution import substitute
from srcgrad.syntax.tree import base_name, copy_tree, located_at, parse_expression, parse_statements

__all__ = [
    "Operand",
    "add",
    "assign",
    "attribute",
    "augment",
    "base_name",
    "binary",
    "call",
    "compare",
    "constant",
    "copy_tree",
    "divide",
    "expression",
    "expression_statement",
    "for_statement",
    "if_statement",
    "index_value",
    "is_number",
    "list_of",
    "local_names",
    "located_at",
    "matmul",
    "method",
    "multiply",
    "name",
    "names_assigned",
    "names_read",
    "negate",
    "number_value",
    "parameter_names",
    "parse_expression",
    "parse_statements",
    "power",
    "return_statement",
    "split_sign",
    "store",
    "substitute",
    "subscript",
    "subtract",
    "tuple_of",
    "while_statement",
]

Operand: TypeAlias = gast.expr | str | int | float | complex | bool | None

_OPERATORS = {
    "+": gast.Add,
    "-": gast.Sub,
    "*": gast.Mult,
    "/": gast.Div,
    "//": gast.FloorDiv,
    "%": gast.Mod,
    "@": gast.MatMult,
    "**": gast.Pow,
    "<<": gast.LShift,
    ">>": gast.RShift,
    "|": gast.BitOr,
    "^": gast.BitXor,
    "&": gast.BitAnd,
}

_COMPARISONS = {
    "==": gast.Eq,
    "!=": gast.NotEq,
    "<": gast.Lt,
    "<=": gast.LtE,
    ">": gast.Gt,
    ">=": gast.GtE,
    "is": gast.Is,
    "is not": gast.IsNot,
    "in": gast.In,
    "not in": gast.NotIn,
}


# Expressions


def name(identifier: str) -> gast.Name:
    """The variable ``identifier``."""
    return gast.Name(identifier, gast.Load(), None, None)


def constant(value: Any) -> gast.expr:
    """A number, string, bool, None or Ellipsis; a tuple becomes a tuple of constants."""
    if isinstance(value, tuple):
        return gast.Tuple([constant(item) for item in value], gast.Load())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_node(value)
    return gast.Constant(value, None)


def expression(operand: Operand) -> gast.expr:
    """The expression for an operand: text is parsed, values become constants, expressions stay as they are."""
    if isinstance(operand, gast.AST):
        return operand
    if isinstance(operand, str):
        plain = operand.isidentifier() and not keyword.iskeyword(operand)
        return name(operand) if plain else parse_expression(operand)
    return constant(operand)


def attribute(value: Operand, *path: str) -> gast.expr:
    """``value.path[0].path[1]...``"""
    result = expression(value)
    for part in path:
        result = gast.Attribute(result, part, gast.Load())
    return result


def subscript(value: Operand, *indices: Operand | gast.Slice) -> gast.Subscript:
    """``value[index]``, or ``value[i, j]`` for several indices."""
    parts = [expression(index) for index in indices]
    index = parts[0] if len(parts) == 1 else gast.Tuple(parts, gast.Load())
    return gast.Subscript(expression(value), index, gast.Load())


def index_value(index: Operand | gast.Slice) -> gast.expr:
    """An index as a value of its own, as ``np.add.at(a, index, v)`` takes it: ``1:n`` becomes ``slice(1, n)``."""
    index = copy_tree(expression(index))
    if isinstance(index, gast.Slice):
        bounds = [index.lower, index.upper, index.step]
        while bounds[-1] is None and len(bounds) > 2:
            bounds.pop()
        return call("slice", *bounds)
    if isinstance(index, gast.Tuple):
        return gast.Tuple([index_value(element) for element in index.elts], gast.Load())
    return index


def call(function: Operand, *arguments: Operand, **keywords: Operand) -> gast.Call:
    """``function(arguments, keyword=...)``; the function may be dotted text such as "np.sum"."""
    named = [gast.keyword(key, expression(value)) for key, value in keywords.items()]
    return gast.Call(expression(function), [expression(argument) for argument in arguments], named)


def method(receiver: Operand, function: str, *arguments: Operand, **keywords: Operand) -> gast.Call:
    """``receiver.function(arguments, keyword=...)``."""
    return call(attribute(receiver, function), *arguments, **keywords)


def tuple_of(*elements: Operand) -> gast.Tuple:
    """``(elements[0], elements[1], ...)``."""
    return gast.Tuple([expression(element) for element in elements], gast.Load())


def list_of(*elements: Operand) -> gast.List:
    """``[elements[0], elements[1], ...]``."""
    return gast.List([expression(element) for element in elements], gast.Load())


def compare(left: Operand, operator: str, right: Operand) -> gast.Compare:
    """``left operator right`` with "==", "<", "is not", ...."""
    return gast.Compare(expression(left), [_COMPARISONS[operator]()], [expression(right)])


def binary(left: Operand, operator: str, right: Operand) -> gast.BinOp:
    """``left operator right`` as it stands, without simplification."""
    return gast.BinOp(expression(left), _OPERATORS[operator](), expression(right))


def is_number(operand: Operand, value: float | None = None) -> bool:
    """Whether the operand is a number constant: any, or that ``value``."""
    found = number_value(expression(operand))
    return found is not None and (value is None or found == value)


def negate(a: Operand) -> gast.expr:
    """``-a``; the sign goes to the head of a product, where it cancels another: ``-(x * y)`` is ``-x * y``."""
    negative, rest = split_sign(expression(a))
    return rest if negative else _negated(rest)


def _negated(a: gast.expr) -> gast.expr:
    """``-a`` for an expression without sign."""
    if is_number(a, 0):
        return a
    if isinstance(a, gast.BinOp) and isinstance(a.op, (gast.Mult, gast.Div, gast.MatMult)):
        return gast.BinOp(_negated(a.left), a.op, a.right)
    return gast.UnaryOp(gast.USub(), a)


def add(a: Operand, b: Operand) -> gast.expr:
    """``a + b``, or ``a - c`` where b is ``-c``; a zero is dropped."""
    a, b = expression(a), expression(b)
    if is_number(a, 0):
        return b
    if is_number(b, 0):
        return a
    first, second = number_value(a), number_value(b)
    if first is not None and second is not None:
        return constant(first + second)
    negative_a, positive_a = split_sign(a)
    negative_b, positive_b = split_sign(b)
    if negative_a and not negative_b:
        return binary(b, "-", positive_a)
    return binary(a, "-", positive_b) if negative_b else binary(a, "+", b)


def subtract(a: Operand, b: Operand) -> gast.expr:
    """``a - b``, or ``a + c`` where b is ``-c``; a zero is dropped."""
    b = expression(b)
    negative, positive = split_sign(b)
    if negative and not is_number(a, 0) and not is_number(a) and split_sign(expression(a))[0]:
        return binary(positive, "-", split_sign(expression(a))[1])
    if negative:
        return add(a, positive)
    if is_number(b, 0):
        return expression(a)
    if is_number(a, 0):
        return negate(b)
    if is_number(a) and is_number(b):
        return add(a, negate(b))
    return binary(a, "-", b)


def multiply(a: Operand, *others: Operand) -> gast.expr:
    """The product of all operands in their order.

    Factors of 1 go, numbers are folded into one coefficient, ``1.0 / y`` divides, products and quotients are
    written out (``e * (x / y)`` as ``e * x / y``), and the sign stands in front.
    """
    result = expression(a)
    for other in others:
        result = _multiply(result, expression(other))
    return result


def _multiply(a: gast.expr, b: gast.expr) -> gast.expr:
    """``a * b``."""
    negative_a, a = split_sign(a)
    negative_b, b = split_sign(b)
    result = product([*factors(a), *factors(b)])
    return negate(result) if negative_a != negative_b else result


def divide(a: Operand, b: Operand) -> gast.expr:
    """``a / b``; a divisor of 1 goes, and ``2.0 * e / 4.0`` is ``0.5 * e``."""
    negative_a, a = split_sign(expression(a))
    negative_b, b = split_sign(expression(b))
    dividend, divisor = number_value(a), number_value(b)
    if divisor == 1:
        result = a
    elif dividend is not None and divisor is not None:
        folded = fold_quotient(dividend, divisor)
        result = binary(a, "/", b) if folded is None else constant(folded)
    else:
        result = product([*factors(a), (True, b)])
    return negate(result) if negative_a != negative_b else result


def matmul(a: Operand, b: Operand) -> gast.expr:
    """``a @ b``; the sign stands in front."""
    negative_a, a = split_sign(expression(a))
    negative_b, b = split_sign(expression(b))
    result = binary(a, "@", b)
    return negate(result) if negative_a != negative_b else result


def power(a: Operand, b: Operand) -> gast.expr:
    """``a ** b``; ``a ** 1`` is a and ``a ** 0`` is 1.0."""
    a, b = expression(a), expression(b)
    if is_number(b, 1):
        return a
    if is_number(b, 0):
        return constant(1.0)
    return binary(a, "**", b)


# Statements


def store(target: Operand) -> gast.expr:
    """The operand as a target of an assignment, copied."""
    target = copy_tree(expression(target))
    _set_store(target)
    return target


def _set_store(target: gast.expr) -> None:
    """Mark a fresh target, and the parts of a tuple, as stored."""
    if isinstance(target, (gast.Tuple, gast.List)):
        for element in target.elts:
            _set_store(element)
    elif isinstance(target, gast.Starred):
        _set_store(target.value)
    target.ctx = gast.Store()


def assign(target: Operand, value: Operand) -> gast.Assign:
    """``target = value``."""
    return gast.Assign([store(target)], copy_tree(expression(value)), None)


def augment(target: Operand, operator: str, value: Operand) -> gast.AugAssign:
    """``target operator= value``; ``+= -e`` becomes ``-= e``, and ``-= -e`` becomes ``+= e``."""
    value = expression(value)
    if operator in ("+", "-"):
        negative, positive = split_sign(value)
        if negative:
            operator, value = "-" if operator == "+" else "+", positive
    return gast.AugAssign(store(target), _OPERATORS[operator](), copy_tree(value))


def expression_statement(value: Operand) -> gast.Expr:
    """``value`` as a statement."""
    return gast.Expr(copy_tree(expression(value)))


def return_statement(value: Operand = None) -> gast.Return:
    """``return value``; None returns None explicitly."""
    return gast.Return(copy_tree(expression(value)))


def if_statement(test: Operand, body: Sequence[gast.stmt], orelse: Iterable[gast.stmt] = ()) -> gast.If:
    """``if test: body else: orelse``."""
    return gast.If(copy_tree(expression(test)), list(body), list(orelse))


def for_statement(target: Operand, iterable: Operand, body: Sequence[gast.stmt]) -> gast.For:
    """``for target in iterable: body``."""
    return gast.For(store(target), copy_tree(expression(iterable)), list(body), [], None)


def while_statement(test: Operand, body: Sequence[gast.stmt]) -> gast.While:
    """``while test: body``."""
    return gast.While(copy_tree(expression(test)), list(body), [])
