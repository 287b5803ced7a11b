"""Questions whose answer is known before the run: ``axis is None``, ``x.ndim == 2``, ``not keepdims``."""

from __future__ import annotations

import operator
import types
from collections.abc import Callable, Mapping
from typing import Any

import gast

from srcgrad.syntax.products import number_value


class NotKnown:
    """The type of ``NOT_KNOWN``."""

    def __repr__(self) -> str:
        return "NOT_KNOWN"


NOT_KNOWN = NotKnown()

Fold = Callable[[gast.expr], Any]

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    gast.Add: operator.add,
    gast.Sub: operator.sub,
    gast.Mult: operator.mul,
    gast.FloorDiv: operator.floordiv,
    gast.Mod: operator.mod,
    gast.Eq: operator.eq,
    gast.NotEq: operator.ne,
    gast.Lt: operator.lt,
    gast.LtE: operator.le,
    gast.Gt: operator.gt,
    gast.GtE: operator.ge,
    gast.Is: operator.is_,
    gast.IsNot: operator.is_not,
    gast.In: lambda a, b: a in b,
    gast.NotIn: lambda a, b: a not in b,
}

_UNARY: dict[type, Callable[[Any], Any]] = {gast.Not: operator.not_, gast.USub: operator.neg, gast.UAdd: operator.pos}

# What may be called on known values.
_CALLABLE: tuple[Any, ...] = (isinstance, issubclass, len, abs, min, max, tuple, int, float, bool, type, callable)


class Folder:
    """Evaluates expressions as far as names and the caller's ``fold`` tell.

    ``fold`` is asked first about every expression that has no name of ``hidden`` in it (the rule's own
    variables, of which the caller knows nothing); ``definitions`` has the expressions of those.
    """

    def __init__(self, fold: Fold, constants: Mapping[str, Any], free: Callable[[str], Any]) -> None:
        self._fold = fold
        self._free = free
        self.values: dict[str, Any] = dict(constants)
        self.hidden: set[str] = set()
        self.definitions: dict[str, gast.expr] = {}

    def value(self, node: gast.expr) -> Any:
        """The value of an expression, or NOT_KNOWN."""
        if isinstance(node, gast.Constant):
            return node.value
        if isinstance(node, gast.Name) and node.id in self.values:
            return self.values[node.id]
        if not self._mentions_hidden(node):
            answer = self._fold(node)
            if answer is not NOT_KNOWN:
                return answer
        match node:
            case gast.Name():
                if node.id in self.hidden:
                    return self.value(self.definitions[node.id]) if node.id in self.definitions else NOT_KNOWN
                return self._free(node.id)
            case gast.Attribute():
                owner = self.value(node.value)
                return getattr(owner, node.attr) if isinstance(owner, types.ModuleType) else NOT_KNOWN
            case gast.UnaryOp():
                return self._apply(_UNARY.get(type(node.op)), node.operand)
            case gast.BinOp():
                return self._apply(_BINARY.get(type(node.op)), node.left, node.right)
            case gast.BoolOp():
                return self._connective(node)
            case gast.Compare():
                return self._comparison(node)
            case gast.IfExp():
                test = self.value(node.test)
                return NOT_KNOWN if test is NOT_KNOWN else self.value(node.body if test else node.orelse)
            case gast.Tuple():
                elements = tuple(self.value(element) for element in node.elts)
                return NOT_KNOWN if NOT_KNOWN in map(_identity, elements) else elements
            case gast.Call(keywords=[]):
                function = self.value(node.func)
                known = any(function is one for one in _CALLABLE)
                return self._apply(function, *node.args) if known else NOT_KNOWN
        return NOT_KNOWN

    def _mentions_hidden(self, node: gast.expr) -> bool:
        return bool(self.hidden) and any(
            isinstance(part, gast.Name) and part.id in self.hidden for part in gast.walk(node)
        )

    def _apply(self, function: Callable[..., Any] | None, *operands: gast.expr) -> Any:
        """The function of the operands' values."""
        values = [self.value(operand) for operand in operands]
        if function is None or any(value is NOT_KNOWN for value in values):
            return NOT_KNOWN
        return function(*values)

    def _connective(self, node: gast.BoolOp) -> Any:
        """``and`` and ``or``; one deciding operand is enough, wherever it stands."""
        decides = isinstance(node.op, gast.Or)
        values = [self.value(operand) for operand in node.values]
        known = [value for value in values if value is not NOT_KNOWN]
        deciding = [value for value in known if bool(value) is decides]
        if deciding:
            return deciding[0] if len(known) == len(values) else decides
        return known[-1] if len(known) == len(values) else NOT_KNOWN

    def _comparison(self, node: gast.Compare) -> Any:
        """A chain of comparisons."""
        operands = [node.left, *node.comparators]
        for left, one, right in zip(operands, node.ops, operands[1:]):
            result = self._apply(_BINARY.get(type(one)), left, right)
            if result is NOT_KNOWN or not result:
                return result
        return True


def literal_value(node: gast.expr) -> Any:
    """The value of a literal: a constant, a number with its sign, or a tuple of literals; else NOT_KNOWN."""
    if isinstance(node, gast.Constant):
        return node.value
    if isinstance(node, gast.UnaryOp):
        value = number_value(node)
        return NOT_KNOWN if value is None else value
    if isinstance(node, gast.Tuple):
        elements = tuple(literal_value(element) for element in node.elts)
        return NOT_KNOWN if NOT_KNOWN in map(_identity, elements) else elements
    return NOT_KNOWN


def _identity(value: Any) -> Any:
    """NOT_KNOWN itself, anything else as None: a membership test that compares no arrays."""
    return NOT_KNOWN if value is NOT_KNOWN else None
