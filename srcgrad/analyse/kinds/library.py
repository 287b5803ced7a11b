"""Result kinds of NumPy's functions whose lengths samples cannot tell: creation, reshaping, products.

Every other function goes through ``samples``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from srcgrad.analyse.kinds import symbols
from srcgrad.analyse.kinds.elementwise import as_array, elementwise, length_of, operand_of, result_operands
from srcgrad.analyse.kinds.joins import NONE, join, without_none
from srcgrad.analyse.kinds.products import Arguments, FreshName, einsum, flat_length, multiplied, outer
from srcgrad.analyse.kinds.samples import may_be_sampled, sampled_call
from srcgrad.analyse.operations import may_carry
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Dimension,
    Instance,
    Kind,
    Maybe,
    Number,
    Opaque,
    Scalar,
    SequenceOf,
    TupleOf,
    Unreachable,
)

_MOST_UNCERTAIN = 3


def library_call(
    function: Any, positional: Sequence[Kind], keywords: Mapping[str, Kind], fresh: FreshName
) -> Kind | None:
    """The kind of a call of a library function; None where this is no library function that can be judged."""
    if any(isinstance(kind, Unreachable) for kind in (*positional, *keywords.values())):
        return Unreachable()
    positional = [without_none(kind) for kind in positional]
    out = keywords.get("out", NONE)
    if isinstance(out, TupleOf) and len(out.elements) == 1:
        out = out.elements[0]
    if isinstance(out, Array):
        return out
    if isinstance(function, np.ufunc) and function.signature is None:
        if len(positional) > function.nin:
            return positional[function.nin]
        if "dtype" not in keywords and len(positional) == function.nin:
            return elementwise(function, positional, fresh)
    transfer = TRANSFERS.get(function) if isinstance(function, Hashable) else None
    is_library_function = transfer is not None or may_be_sampled(function)
    uncertain = [k for k, kind in enumerate(positional) if isinstance(kind, Number) and kind.dims is not None]
    if is_library_function and 0 < len(uncertain) <= _MOST_UNCERTAIN:
        return _either_way(function, positional, keywords, fresh, uncertain[0])
    if transfer is not None:
        kind = transfer(Arguments(tuple(positional), keywords, fresh))
        if kind is not None:
            return kind
    if may_be_sampled(function):
        found = sampled_call(function, positional, keywords, fresh)
        # What an object of the library holds is not known: ``np.nditer(x)`` shows x.
        given = (*positional, *keywords.values())
        return Opaque() if isinstance(found, Instance) and any(map(may_carry, given)) else found
    return None


def _either_way(
    function: Any, positional: Sequence[Kind], keywords: Mapping[str, Kind], fresh: FreshName, place: int
) -> Kind:
    """The kind of a call where one argument is a number or an array: what covers both."""
    uncertain = positional[place]
    assert isinstance(uncertain, Number)
    result: Kind = Unreachable()
    for kind in (Scalar(uncertain.dtype, False), Array(uncertain.dtype, uncertain.dims)):
        changed = [*positional[:place], kind, *positional[place + 1 :]]
        found = library_call(function, changed, keywords, fresh)
        # A way that the function refuses is one that the program does not take.
        if found is not None and not isinstance(found, Opaque):
            result = join(result, found, lambda path: fresh(("either", path)))
    return Opaque() if isinstance(result, Unreachable) else result


def dims_of_shape(shape: Kind, fresh: FreshName) -> tuple[Dimension, ...] | None:
    """The lengths that a ``shape=`` argument stands for."""
    match shape:
        case Scalar():
            length = length_of(shape)
            return (fresh("shape") if length is None else length,)
        case TupleOf(elements=elements) | SequenceOf(elements=tuple(elements)):
            lengths = [length_of(element) for element in elements]
            return tuple(fresh(("shape", k)) if length is None else length for k, length in enumerate(lengths))
    return None


def dtype_of(kind: Kind | None, default: str) -> str:
    """The number type that a ``dtype=`` argument stands for."""
    if kind is None or kind == NONE:
        return default
    if isinstance(kind, Constant):
        try:
            found = np.dtype(kind.value)
            return "object" if found.names else str(found.name)
        except TypeError:
            return default
    # A list of fields: an array of records.
    return "object" if isinstance(kind, SequenceOf | TupleOf | DictOf) else default


def _created(
    shape_name: str, dtype_position: int, value_position: int | None = None
) -> Callable[[Arguments], Kind | None]:
    def transfer(arguments: Arguments) -> Kind | None:
        shape = arguments.get(0, shape_name)
        if shape is None:
            return None
        default = "float64"
        if value_position is not None:
            value = arguments.get(value_position, "fill_value")
            operand = None if value is None else operand_of(as_array(value, arguments.fresh))
            default = "float64" if operand is None else operand[0]
        return Array(dtype_of(arguments.get(dtype_position, "dtype"), default), dims_of_shape(shape, arguments.fresh))

    return transfer


def _created_like(dtype_position: int) -> Callable[[Arguments], Kind | None]:
    def transfer(arguments: Arguments) -> Kind | None:
        model = as_array(arguments.positional[0], arguments.fresh) if arguments.positional else None
        if "shape" in arguments.keywords:
            return None
        match model:
            case Array(dtype=dtype, dims=dims):
                return Array(dtype_of(arguments.get(dtype_position, "dtype"), dtype), dims)
            case Scalar(dtype=dtype):
                return Array(dtype_of(arguments.get(dtype_position, "dtype"), dtype), ())
            case Number(dtype=dtype):
                return Array(dtype_of(arguments.get(dtype_position, "dtype"), dtype), None)
        return None

    return transfer


def _converted(arguments: Arguments) -> Kind | None:
    """np.array, np.asarray and their kin."""
    if not arguments.positional or "ndmin" in arguments.keywords:
        return None
    kind = as_array(arguments.positional[0], arguments.fresh)
    dtype = arguments.get(1, "dtype")
    match kind:
        case Array(dtype=own, dims=dims):
            return Array(dtype_of(dtype, own), dims)
        case Scalar(dtype=own):
            return Array(dtype_of(dtype, own), ())
        case Number(dtype=own):
            return Array(dtype_of(dtype, own), None)
    return None


def _copied(arguments: Arguments) -> Kind | None:
    return _converted(Arguments(arguments.positional[:1], {}, arguments.fresh))


def _retyped(arguments: Arguments) -> Kind | None:
    """np.astype."""
    return _converted(
        Arguments(arguments.positional[:1], {"dtype": arguments.get(1, "dtype") or NONE}, arguments.fresh)
    )


def _reshaped(arguments: Arguments) -> Kind | None:
    if not arguments.positional:
        return None
    array = as_array(arguments.positional[0], arguments.fresh)
    shape = arguments.get(1, "shape") or arguments.keywords.get("newshape")
    operand = operand_of(array)
    if operand is None or shape is None:
        return None
    dims = dims_of_shape(shape, arguments.fresh)
    if dims is None or -1 not in dims:
        return Array(operand[0], dims)
    rest = symbols.product(dim for dim in dims if dim != -1)
    own = array.dims if isinstance(array, Array) else () if isinstance(array, Scalar) else None
    missing = None if own is None else symbols.divide(symbols.product(own), rest)
    if missing is None:
        missing = arguments.fresh("reshape")
    return Array(operand[0], tuple(missing if dim == -1 else dim for dim in dims))


def _broadcast_to(arguments: Arguments) -> Kind | None:
    operand = operand_of(as_array(arguments.positional[0], arguments.fresh)) if arguments.positional else None
    shape = arguments.get(1, "shape")
    if operand is None or shape is None:
        return None
    return Array(operand[0], dims_of_shape(shape, arguments.fresh))


def _transposed(arguments: Arguments) -> Kind | None:
    array = as_array(arguments.positional[0], arguments.fresh) if arguments.positional else None
    if len(arguments.positional) != 1 or arguments.keywords:
        return None
    if isinstance(array, Array):
        return Array(array.dtype, None if array.dims is None else array.dims[::-1])
    return None


def _chosen(arguments: Arguments) -> Kind | None:
    """np.where with three arguments."""
    if len(arguments.positional) != 3 or arguments.keywords:
        return None
    kind = elementwise(np.where, arguments.positional, arguments.fresh)
    return Array(kind.dtype, ()) if isinstance(kind, Scalar) else kind


def _clipped(arguments: Arguments) -> Kind | None:
    low = arguments.get(1, "a_min") or arguments.keywords.get("min")
    high = arguments.get(2, "a_max") or arguments.keywords.get("max")
    bounds = [bound for bound in (low, high) if bound is not None and bound != NONE and not isinstance(bound, Maybe)]
    kinds = [*arguments.positional[:1], *bounds]
    return elementwise(np.maximum if len(kinds) == 2 else np.clip, kinds, arguments.fresh) if len(kinds) > 1 else None


def _full_sum(function: Callable[..., Any]) -> Callable[[Arguments], Kind | None]:
    """A reduction over all axes, which needs no lengths."""

    def transfer(arguments: Arguments) -> Kind | None:
        if len(arguments.positional) != 1 or arguments.keywords:
            return None
        array = as_array(arguments.positional[0], arguments.fresh)
        operand = operand_of(array)
        if operand is None:
            return None
        sample = function(np.ones((1,), operand[0]))
        return Scalar(sample.dtype.name, False) if isinstance(sample, np.generic) else None

    return transfer


def shape_kind(array: Kind) -> Kind:
    """The kind of ``array.shape``."""
    match array:
        case Array(dims=dims) if dims is not None:
            return TupleOf(tuple(integer(dim) for dim in dims))
        case Scalar():
            return TupleOf(())
        case Array() | Number():
            return SequenceOf(Scalar("int64", True), tuple)
    return Opaque()


def size_kind(array: Kind) -> Kind:
    """The kind of ``array.size``."""
    match array:
        case Array(dims=dims) if dims is not None:
            return integer(symbols.product(dims))
        case Scalar():
            return integer(1)
    return Scalar("int64", True)


def ndim_kind(array: Kind) -> Kind:
    """The kind of ``array.ndim``."""
    match array:
        case Array(dims=dims) if dims is not None:
            return integer(len(dims))
        case Scalar():
            return integer(0)
    return Scalar("int64", True)


def integer(length: Dimension) -> Scalar:
    """A Python integer of a known value or symbol."""
    return Scalar("int64", True, length) if isinstance(length, int) else Scalar("int64", True, None, length)


def _of_argument(function: Callable[[Kind], Kind]) -> Callable[[Arguments], Kind | None]:
    def transfer(arguments: Arguments) -> Kind | None:
        if len(arguments.positional) != 1 or arguments.keywords:
            return None
        return function(as_array(arguments.positional[0], arguments.fresh))

    return transfer


def _item(arguments: Arguments) -> Kind | None:
    """``x.item()``: a number of Python's own."""
    operand = operand_of(arguments.positional[0]) if arguments.positional else None
    found = None if operand is None else result_operands(np.ndarray.item, ((operand[0], "array"),))
    return Scalar(found[0][0], True) if found else None


def _flattened(arguments: Arguments) -> Kind | None:
    operand = operand_of(arguments.positional[0]) if arguments.positional else None
    if operand is None:
        return None
    length = flat_length(arguments.positional[0])
    return Array(operand[0], (arguments.fresh("flat") if length is None else length,))


TRANSFERS: dict[Any, Callable[[Arguments], Kind | None]] = {
    np.zeros: _created("shape", 1),
    np.ones: _created("shape", 1),
    np.empty: _created("shape", 1),
    np.full: _created("shape", 2, 1),
    np.zeros_like: _created_like(1),
    np.ones_like: _created_like(1),
    np.empty_like: _created_like(1),
    np.full_like: _created_like(2),
    np.array: _converted,
    np.asarray: _converted,
    np.asanyarray: _converted,
    np.ascontiguousarray: _converted,
    np.copy: _copied,
    np.astype: _retyped,
    np.reshape: _reshaped,
    np.ndarray.item: _item,
    np.ndarray.flatten: _flattened,
    np.ravel: _flattened,
    np.broadcast_to: _broadcast_to,
    np.matmul: multiplied(False),
    np.dot: multiplied(True),
    np.outer: outer,
    np.einsum: einsum,
    np.transpose: _transposed,
    np.where: _chosen,
    np.clip: _clipped,
    np.sum: _full_sum(np.sum),
    np.mean: _full_sum(np.mean),
    np.prod: _full_sum(np.prod),
    np.max: _full_sum(np.max),
    np.min: _full_sum(np.min),
    np.shape: _of_argument(shape_kind),
    np.size: _of_argument(size_kind),
    np.ndim: _of_argument(ndim_kind),
}
for _name, _value in vars(math).items():
    if callable(_value) and isinstance(result_operands(_value, (("float64", "python"),)), tuple):

        def _math(arguments: Arguments, function: Callable[..., Any] = _value) -> Kind | None:
            """A function of mathematics of numbers; arrays with one element are converted."""
            if arguments.keywords or len(arguments.positional) != 1:
                return None
            operand = operand_of(arguments.positional[0])
            found = None if operand is None else result_operands(function, ((operand[0], "scalar"),))
            return Scalar(found[0][0], True) if found else None

        TRANSFERS[_value] = _math
