"""Products of arrays: matrix products, outer products, einsum."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad.analyse.kinds import symbols
from srcgrad.analyse.kinds.elementwise import as_array, elementwise, operand_of, result_operands
from srcgrad.kind import (
    Array,
    Constant,
    Dimension,
    Kind,
    Number,
    Opaque,
    Scalar,
    Unreachable,
)

FreshName = Callable[[object], str]


@dataclass(frozen=True)
class Arguments:
    """The kinds that a library function is called with."""

    positional: tuple[Kind, ...]
    keywords: Mapping[str, Kind]
    fresh: FreshName

    def get(self, position: int, name: str) -> Kind | None:
        """The argument at a position or of a name; None where it is left to its default."""
        if position < len(self.positional):
            return self.positional[position]
        return self.keywords.get(name)


def _product_type(function: Callable[..., Any], left: Kind, right: Kind) -> str | None:
    """The number type of a product of two arrays."""
    operands = [operand_of(left), operand_of(right)]
    if None in operands:
        return None
    found = result_operands(np.multiply, tuple(operand for operand in operands if operand is not None))
    return found[0][0] if found else None


def multiplied(is_dot: bool) -> Callable[[Arguments], Kind | None]:
    """np.matmul and np.dot."""

    def transfer(arguments: Arguments) -> Kind | None:
        if len(arguments.positional) != 2:
            return None
        return matrix_product(*arguments.positional, arguments.fresh, is_dot)

    return transfer


def matrix_product(left: Kind, right: Kind, fresh: FreshName, is_dot: bool = False) -> Kind | None:
    """The kind of ``left @ right`` or ``np.dot(left, right)``."""
    left, right = as_array(left, fresh), as_array(right, fresh)
    if isinstance(left, Unreachable) or isinstance(right, Unreachable):
        return Unreachable()
    dtype = _product_type(np.multiply, left, right)
    if dtype is None:
        return Opaque()
    if is_dot and (isinstance(left, Scalar) or isinstance(right, Scalar)):
        return elementwise(np.multiply, (left, right), fresh)
    one = left.dims if isinstance(left, Array) else None
    other = right.dims if isinstance(right, Array) else None
    if one is None or other is None:
        return Number(dtype)
    if not one or not other:
        return elementwise(np.multiply, (left, right), fresh) if is_dot else Opaque()
    if len(one) == 1 and len(other) == 1:
        return Scalar(dtype, False)
    if len(other) == 1:
        return Array(dtype, one[:-1])
    if len(one) == 1:
        return Array(dtype, (*other[:-2], other[-1]))
    if is_dot:
        return Array(dtype, (*one[:-1], *other[:-2], other[-1]))
    batch = _broadcast(one[:-2], other[:-2])
    return Array(dtype, (*batch, one[-2], other[-1]))


def _broadcast(one: tuple[Dimension, ...], other: tuple[Dimension, ...]) -> tuple[Dimension, ...]:
    shorter, longer = sorted((one, other), key=len)
    lead = len(longer) - len(shorter)
    pairs = zip(longer[lead:], shorter, strict=True)
    return (*longer[:lead], *(symbols.broadcast(first, second) for first, second in pairs))


def outer(arguments: Arguments) -> Kind | None:
    if len(arguments.positional) != 2:
        return None
    left, right = (as_array(kind, arguments.fresh) for kind in arguments.positional)
    dtype = _product_type(np.multiply, left, right)
    sizes = [flat_length(kind) for kind in (left, right)]
    if dtype is None:
        return None
    return Array(dtype, tuple(arguments.fresh(("outer", k)) if size is None else size for k, size in enumerate(sizes)))


def flat_length(kind: Kind) -> Dimension | None:
    """How many elements a number or array has, where that is known."""
    if isinstance(kind, Scalar):
        return 1
    return symbols.product(kind.dims) if isinstance(kind, Array) and kind.dims is not None else None


def einsum(arguments: Arguments) -> Kind | None:
    """np.einsum with its subscripts in the program's text, without ellipsis."""
    if not arguments.positional or not isinstance(arguments.positional[0], Constant):
        return None
    subscripts = arguments.positional[0].value
    operands = [as_array(kind, arguments.fresh) for kind in arguments.positional[1:]]
    if not isinstance(subscripts, str) or "." in subscripts:
        return None
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    lengths: dict[str, Dimension] = {}
    for term, operand in zip(terms, operands, strict=False):
        if not isinstance(operand, Array) or operand.dims is None or len(operand.dims) != len(term):
            return None
        for letter, dim in zip(term, operand.dims, strict=True):
            if lengths.get(letter, 1) == 1:
                lengths[letter] = dim
    if not arrow:
        output = "".join(sorted(letter for letter in lengths if inputs.count(letter) == 1))
    known = [operand_of(operand) for operand in operands]
    dtype = np.result_type(*[operand[0] for operand in known if operand is not None]).name
    return Array(dtype, tuple(lengths[letter] for letter in output)) if output else Scalar(dtype, False)
