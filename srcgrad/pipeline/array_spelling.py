"""Spelling out, for lists and tuples where NumPy takes arrays: ``np.sum(items)`` becomes ``np.sum(np.array(items))``.

A function that takes a sequence of arrays, such as ``np.stack``, keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import Parameter
from typing import Any

import gast
import numpy as np

from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.operations import operation_of
from srcgrad.kind import Array, Kind, Number, Scalar, SequenceOf, TupleOf, is_differentiable
from srcgrad.rules.registry import Rule, find

# Functions of a sequence of arrays, and those that make arrays of lists themselves.
_OF_SEQUENCES: frozenset[Any] = frozenset(
    {
        np.array, np.asarray, np.asanyarray, np.asarray_chkfinite, np.ascontiguousarray, np.asfortranarray, np.copy,
        np.concatenate, np.stack, np.hstack, np.vstack, np.dstack, np.column_stack, np.block, np.broadcast_arrays,
        np.meshgrid, np.select, np.choose, np.linalg.multi_dot,
    }
)  # fmt: skip


def lists_as_arrays(node: gast.expr, kinds: Kinds) -> Iterator[gast.expr]:
    """The operands of an operation that are lists or tuples of numbers, where arrays are meant."""
    match node:
        case gast.BinOp(left=left, right=right):
            for operand, other in ((left, right), (right, left)):
                kind = kinds.of.get(other)
                is_array = isinstance(kind, Array) or (isinstance(kind, Scalar | Number) and kind.dtype != "int64")
                if is_array and _is_listed(kinds.of.get(operand)):
                    yield operand
        case gast.Call():
            yield from _in_call(node, kinds)


def _in_call(node: gast.Call, kinds: Kinds) -> Iterator[gast.expr]:
    operation = operation_of(node, kinds)
    if operation is None or operation.function in _OF_SEQUENCES or not _is_of_arrays(operation.function):
        return
    rule = find(operation.function, "partials") or find(operation.function, "adjoint")
    names = _positional(rule) if rule is not None else ()
    for position, argument in enumerate(operation.arguments):
        parameter = names[position] if position < len(names) else ""
        if _is_array(argument, parameter, rule, kinds):
            yield argument
    for keyword, value in operation.keywords:
        if _is_array(value, keyword, rule, kinds):
            yield value


def _is_array(argument: gast.expr, parameter: str, rule: Rule | None, kinds: Kinds) -> bool:
    """Whether an argument is a list that stands for an array: by its numbers, or by what the rule says of it."""
    kind = kinds.of.get(argument)
    if isinstance(argument, gast.Starred) or not _is_listed(kind):
        return False
    if kind is not None and is_differentiable(kind):
        return True
    if rule is None:
        return False
    if rule.arguments is not None:
        return parameter in rule.arguments
    described = rule.signature.parameters.get(parameter)
    return described is not None and described.default is Parameter.empty


def _positional(rule: Rule) -> tuple[str, ...]:
    parameters = rule.signature.parameters
    return tuple(name for name in rule.parameters if parameters[name].kind is Parameter.POSITIONAL_OR_KEYWORD)


def _is_of_arrays(function: Any) -> bool:
    """Whether a function is one of NumPy's or SciPy's."""
    module = getattr(function, "__module__", None) or ""
    return isinstance(function, np.ufunc) or module.partition(".")[0] in ("numpy", "scipy")


def _is_listed(kind: Kind | None) -> bool:
    """Whether a kind is that of a list or tuple, nested ones included, that NumPy makes one array of."""
    return isinstance(kind, TupleOf | SequenceOf) and _ranks(kind) is not None


def _ranks(kind: Kind) -> frozenset[int] | None:
    """The dimensions that a kind has as an array, none where only the run tells; None where it makes no array.

    A factor with a flag, ``(c, lower)``, has parts of different dimensions and makes none.
    """
    match kind:
        case Scalar():
            return frozenset({0})
        case Number():
            return frozenset()
        case Array(ndim=ndim):
            return frozenset({ndim}) if ndim is not None else frozenset()
        case TupleOf(elements=elements):
            parts = tuple(elements)
        case SequenceOf(element=element, elements=elements):
            parts = tuple(elements) if elements is not None else (element,)
        case _:
            return None
    found: frozenset[int] = frozenset()
    for part in parts:
        ranks = _ranks(part)
        if ranks is None:
            return None
        found |= ranks
    return frozenset(rank + 1 for rank in found) if len(found) <= 1 else None
