"""Operators and elementwise functions: number types by running them on samples, lengths by broadcasting."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import gast
import numpy as np

from srcgrad.analyse.kinds import symbols
from srcgrad.analyse.kinds.joins import join, join_dtypes, without_none
from srcgrad.kind import (
    ANY_LENGTH,
    Array,
    Dimension,
    Kind,
    Number,
    Opaque,
    Scalar,
    SequenceOf,
    TupleOf,
    Unreachable,
)

OPERATIONS: dict[type[gast.AST], Callable[..., Any]] = {
    gast.Add: operator.add,
    gast.Sub: operator.sub,
    gast.Mult: operator.mul,
    gast.Div: operator.truediv,
    gast.FloorDiv: operator.floordiv,
    gast.Mod: operator.mod,
    gast.Pow: operator.pow,
    gast.MatMult: operator.matmul,
    gast.LShift: operator.lshift,
    gast.RShift: operator.rshift,
    gast.BitAnd: operator.and_,
    gast.BitOr: operator.or_,
    gast.BitXor: operator.xor,
    gast.UAdd: operator.pos,
    gast.USub: operator.neg,
    gast.Invert: operator.invert,
    gast.Eq: operator.eq,
    gast.NotEq: operator.ne,
    gast.Lt: operator.lt,
    gast.LtE: operator.le,
    gast.Gt: operator.gt,
    gast.GtE: operator.ge,
}

# A number type and how the value carries it: "python", "scalar" (NumPy's) or "array".
Operand = tuple[str, str]

_PYTHON_TYPES: dict[str, type] = {"bool": bool, "int64": int, "float64": float, "complex128": complex}
_PYTHON_NAMES = {cls: name for name, cls in _PYTHON_TYPES.items()}


def operand_of(kind: Kind) -> Operand | None:
    """How a kind takes part in an elementwise operation; None where it cannot."""
    match kind:
        case Scalar(dtype=dtype, python=python):
            return dtype, "python" if python and dtype in _PYTHON_TYPES else "scalar"
        case Array(dtype=dtype) | Number(dtype=dtype):
            return dtype, "array"
    return None


@lru_cache(maxsize=4096)
def result_operands(function: Callable[..., Any], operands: tuple[Operand, ...]) -> tuple[Operand, ...] | None:
    """The number types of the results of an elementwise function, found by running it on samples."""
    for number in (1, 2, 0.5, 0):
        try:
            samples = [_sample(dtype, form, number) for dtype, form in operands]
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                results = function(*samples)
        except (TypeError, ValueError, ArithmeticError):
            continue
        found = [_operand_of_value(result) for result in (results if isinstance(results, tuple) else (results,))]
        return tuple(operand for operand in found if operand is not None) if None not in found else None
    return None


def _sample(dtype: str, form: str, number: float) -> Any:
    if form == "python":
        return _PYTHON_TYPES[dtype](number)
    scalar = np.dtype(dtype).type(number)
    return scalar if form == "scalar" else np.array([scalar])


def _operand_of_value(value: Any) -> Operand | None:
    if type(value) in _PYTHON_NAMES:
        return _PYTHON_NAMES[type(value)], "python"
    if isinstance(value, np.generic):
        return value.dtype.name, "scalar"
    if isinstance(value, np.ndarray):
        return value.dtype.name, "array"
    return None


def as_array(kind: Kind, fresh: Callable[[object], str]) -> Kind:
    """What ``np.asarray`` makes of a kind: nested lists of numbers are arrays."""
    kind = without_none(kind)
    match kind:
        case Scalar() | Array() | Number() | Unreachable():
            return kind
        case TupleOf(elements=elements) | SequenceOf(elements=tuple(elements)):
            length: Dimension = len(elements)
            inner: Kind = Unreachable()
            for element in elements:
                inner = join(inner, as_array(element, fresh))
            if not elements:
                return Array("float64", (0,))
        case SequenceOf(element=element):
            length = fresh("length")
            inner = as_array(element, fresh)
        case _:
            return Opaque()
    match inner:
        case Scalar(dtype=dtype):
            return Array(dtype, (length,))
        case Array(dtype=dtype, dims=dims):
            # Elements whose lengths differ make no array, so a length that was not known is one length.
            known = (
                None
                if dims is None
                else tuple(fresh(axis) if dim == ANY_LENGTH else dim for axis, dim in enumerate(dims))
            )
            return Array(dtype, None if known is None else (length, *known))
        case Number(dtype=dtype):
            return Array(dtype, None)
        case Unreachable():
            return Array("float64", None)
    return Opaque()


def broadcast_dims(kinds: Sequence[Kind]) -> tuple[Dimension, ...] | None:
    """The lengths that operands broadcast to; None where a number of dimensions is not known."""
    result: tuple[Dimension, ...] = ()
    for kind in kinds:
        if isinstance(kind, Scalar):
            continue
        dims = kind.dims if isinstance(kind, Array) else None
        if dims is None:
            return None
        if dims == result:
            continue
        shorter, longer = sorted((dims, result), key=len)
        lead = len(longer) - len(shorter)
        pairs = zip(longer[lead:], shorter, strict=True)
        result = (*longer[:lead], *(symbols.broadcast(one, other) for one, other in pairs))
    return result


def elementwise(function: Callable[..., Any], arguments: Sequence[Kind], fresh: Callable[[object], str]) -> Kind:
    """The kind of an elementwise function or operator of numbers and arrays."""
    kinds = [as_array(argument, fresh) for argument in arguments]
    if any(isinstance(kind, Unreachable) for kind in kinds):
        return Unreachable()
    operands = [operand_of(kind) for kind in kinds]
    known = tuple(operand for operand in operands if operand is not None)
    if len(known) != len(operands):
        return Opaque()
    results = result_operands(function, known)
    if results is None:
        return Opaque()
    either = _either_form(function, kinds, known)
    made = tuple(_result(dtype, form, either, kinds) for dtype, form in results)
    return made[0] if len(made) == 1 else TupleOf(made)


def _either_form(function: Callable[..., Any], kinds: Sequence[Kind], operands: tuple[Operand, ...]) -> bool:
    """Whether a number that may be Python's or NumPy's makes the same uncertain of the result."""
    if not any(isinstance(kind, Scalar) and kind.python is None for kind in kinds):
        return False
    pythonic = tuple(
        (dtype, "python")
        if isinstance(kind, Scalar) and kind.python is None and dtype in _PYTHON_TYPES
        else (dtype, form)
        for kind, (dtype, form) in zip(kinds, operands, strict=True)
    )
    return any(form == "python" for _, form in result_operands(function, pythonic) or ())


def _result(dtype: str, form: str, either: bool, kinds: Sequence[Kind]) -> Kind:
    if any(isinstance(kind, Number) for kind in kinds):
        return _uncertain_result(dtype, kinds)
    if all(isinstance(kind, Scalar) for kind in kinds):
        if form == "array":
            return Array(dtype, ())
        return Scalar(dtype, form == "python" if not either else None)
    dims = broadcast_dims(kinds)
    if dims == ():
        # Arrays without dimensions become numbers in every operation.
        return Scalar(dtype, False)
    return Array(dtype, dims)


def _uncertain_result(dtype: str, kinds: Sequence[Kind]) -> Kind:
    """The result where an operand may be a number or an array."""
    as_arrays = broadcast_dims([Array(dtype, kind.dims) if isinstance(kind, Number) else kind for kind in kinds])
    others = [kind for kind in kinds if not isinstance(kind, Number)]
    if not any(isinstance(kind, Array) and kind.dims != () for kind in others):
        return Number(dtype, as_arrays)
    # Beside an array it is an array in any case; the lengths are known where both ways give the same.
    return Array(dtype, as_arrays if as_arrays == broadcast_dims(others) else None)


def binary(operation: type[gast.AST], left: Kind, right: Kind, fresh: Callable[[object], str]) -> Kind:
    """The kind of ``left operation right`` for numbers and arrays, constants and symbols of integers carried along."""
    function = OPERATIONS[operation]
    kind = elementwise(function, (left, right), fresh)
    if operation is gast.Pow and isinstance(kind, Scalar) and kind.python and kind.dtype == "int64":
        # Python's 2 ** -1 is 0.5.
        if isinstance(right, Scalar) and isinstance(right.value, int) and right.value < 0:
            kind = Scalar("float64", True)
    if isinstance(kind, Scalar) and isinstance(left, Scalar) and isinstance(right, Scalar):
        return _with_value(function, operation, kind, left, right)
    return kind


def _with_value(
    function: Callable[..., Any], operation: type[gast.AST], kind: Scalar, left: Scalar, right: Scalar
) -> Scalar:
    if left.value is not None and right.value is not None and _is_small(operation, left.value, right.value):
        try:
            value = function(left.value, right.value)
        except (ArithmeticError, ValueError, TypeError):
            return kind
        operand = _operand_of_value(value)
        if operand is not None and operand[1] == "python":
            return Scalar(operand[0], kind.python, value)
    if kind.dtype.startswith("int"):
        return Scalar(kind.dtype, kind.python, None, _integer_symbol(operation, length_of(left), length_of(right)))
    return kind


def _is_small(operation: type[gast.AST], left: Any, right: Any) -> bool:
    """Whether folding costs nothing: 10 ** 10 ** 10 is left to the program."""
    if operation in (gast.Pow, gast.LShift):
        return bool(abs(right) <= 64 and abs(left) <= 2**64)
    return True


def length_of(kind: Kind) -> Dimension | None:
    """The length that an integer stands for, where it is a constant or has a symbol."""
    if isinstance(kind, Scalar) and kind.dtype.startswith(("int", "uint", "bool")):
        return int(kind.value) if isinstance(kind.value, (int, bool)) else kind.symbol
    return None


def _integer_symbol(operation: type[gast.AST], left: Dimension | None, right: Dimension | None) -> str | None:
    if left is None or right is None:
        return None
    if operation is gast.Add:
        return str(symbols.add(left, right))
    if operation is gast.Sub:
        return str(symbols.subtract(left, right))
    if operation is gast.Mult:
        return str(symbols.multiply(left, right))
    if operation in (gast.FloorDiv, gast.Mod, gast.Pow):
        name = {gast.FloorDiv: "floor_divide", gast.Mod: "remainder", gast.Pow: "power"}[operation]
        return symbols.function(name, left, right)
    return None


def unary(operation: type[gast.AST], operand: Kind, fresh: Callable[[object], str]) -> Kind:
    """The kind of ``-x``, ``+x`` and ``~x``."""
    kind = elementwise(OPERATIONS[operation], (operand,), fresh)
    if isinstance(kind, Scalar) and isinstance(operand, Scalar):
        if operand.value is not None and kind.python:
            return Scalar(kind.dtype, kind.python, OPERATIONS[operation](operand.value))
        length = length_of(operand)
        if length is not None and operation is gast.USub and kind.dtype.startswith("int"):
            return Scalar(kind.dtype, kind.python, None, str(symbols.multiply(-1, length)))
    return kind


def promote(kinds: Sequence[Kind]) -> str:
    """The number type that holds all of these numbers and arrays."""
    dtype = "bool"
    for kind in kinds:
        operand = operand_of(kind)
        dtype = "object" if operand is None else join_dtypes(dtype, operand[0])
    return dtype
