"""Indexing of arrays: which axes an index drops, keeps, shortens or adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from srcgrad.analyse.kinds import symbols
from srcgrad.analyse.kinds.elementwise import as_array, broadcast_dims, length_of
from srcgrad.analyse.kinds.joins import NONE
from srcgrad.kind import (
    Array,
    Constant,
    Dimension,
    Kind,
    Number,
    Opaque,
    Scalar,
    SequenceOf,
    SliceOf,
    TupleOf,
    Unreachable,
)

ABSENT = NONE


def slice_length(dim: Dimension, index: SliceOf) -> Dimension | None:
    """The length of ``a[start:stop:step]`` along an axis of length ``dim``; equal texts for equal lengths."""
    bounds = [None if bound == ABSENT else length_of(bound) for bound in (index.start, index.stop, index.step)]
    unknown = any(
        bound is None and given != ABSENT
        for bound, given in zip(bounds, (index.start, index.stop, index.step), strict=True)
    )
    if unknown:
        return None
    start, stop, step = bounds
    if isinstance(dim, int) and all(bound is None or isinstance(bound, int) for bound in bounds):
        return len(range(*slice(start, stop, step).indices(dim)))
    if step == -1 and start is None and stop is None:
        return dim
    if step in (None, 1):
        length = _plain_length(dim, start, stop)
        if length is not None:
            return length
    texts = ["" if bound is None else str(bound) for bound in (start, stop)]
    return symbols.function("len", f"{dim}[{':'.join(texts)}{'' if step is None else f':{step}'}]")


def _plain_length(dim: Dimension, start: Dimension | None, stop: Dimension | None) -> Dimension | None:
    """The length of a[start:stop] where it is the axis' length minus a constant."""
    cut = 0
    if start is not None:
        if not isinstance(start, int) or start < 0:
            return None
        cut += start
    if stop is not None and stop != dim:
        varying, constant = (None, stop) if isinstance(stop, int) else symbols.linear_form(stop)
        whole, own = symbols.linear_form(dim)
        if varying is None:
            if constant >= 0:
                return 0 if constant == 0 else None
            cut -= constant
        elif varying == whole and constant >= own - 2:
            # a[:n - 1] of an axis of length n.  With n - 3 the bound would count from the end for n = 2.
            cut += max(own - constant, 0)
        else:
            return None
    return symbols.subtract(dim, cut)


def index_array(array: Array, index: Kind, fresh: Callable[[object], str]) -> Kind:
    """The kind of ``array[index]``."""
    parts = list(index.elements) if isinstance(index, TupleOf) else [index]
    if any(isinstance(part, Unreachable) for part in parts):
        return Unreachable()
    parts = [
        as_array(part, lambda key: fresh(("index", key))) if isinstance(part, (SequenceOf, TupleOf)) else part
        for part in parts
    ]
    if any(not _is_index(part) for part in parts):
        return Number(array.dtype)
    if array.dims is None or any(
        isinstance(part, Number) or (isinstance(part, Array) and part.dims is None) for part in parts
    ):
        return _unknown_result(array, parts)
    only_integers = all(isinstance(part, Scalar) for part in parts)
    parts = _expand_ellipsis(parts, len(array.dims))
    advanced = [position for position, part in enumerate(parts) if _is_advanced(part)]
    # Beside an index array an integer is an index array too.
    if advanced:
        advanced = [position for position, part in enumerate(parts) if isinstance(part, (Scalar, Array))]
    dims: list[Dimension] = []
    block: list[Kind] = []
    place: int | None = None
    axis = 0
    for position, part in enumerate(parts):
        taken = _axes_taken(part)
        if axis + taken > len(array.dims):
            return Opaque()
        if position in advanced:
            contiguous = advanced == list(range(advanced[0], advanced[-1] + 1))
            if place is None:
                place = len(dims) if contiguous else 0
            block.append(_as_position(part, (position, "mask"), fresh))
        elif part == NONE:
            dims.append(1)
        elif isinstance(part, SliceOf):
            length = slice_length(array.dims[axis], part)
            dims.append(fresh(("slice", position)) if length is None else length)
        axis += taken
    dims.extend(array.dims[axis:])
    if place is not None:
        broadcast = broadcast_dims(block)
        dims[place:place] = broadcast or ()
        return Array(array.dtype, tuple(dims))
    return Scalar(array.dtype, False) if not dims and only_integers else Array(array.dtype, tuple(dims))


def _is_index(part: Kind) -> bool:
    """Whether a part is an index of an array at all, as far as kinds tell."""
    match part:
        case SliceOf() | Number():
            return True
        case Constant(value=value):
            return value is None or value is Ellipsis
        case Scalar(dtype=dtype) | Array(dtype=dtype):
            return dtype.startswith(("int", "uint", "bool"))
    return False


def _is_advanced(part: Kind) -> bool:
    return isinstance(part, Array) or (isinstance(part, Scalar) and part.dtype == "bool")


def _axes_taken(part: Kind) -> int:
    """How many axes of the array one part of the index speaks of."""
    if isinstance(part, Array):
        return len(part.dims or ()) if part.dtype == "bool" else 1
    if isinstance(part, Scalar):
        return 0 if part.dtype == "bool" else 1
    return 1 if isinstance(part, SliceOf) else 0


def _as_position(part: Kind, key: object, fresh: Callable[[object], str]) -> Kind:
    """An index array as the positions it selects: a mask selects as many as it has true elements."""
    if isinstance(part, (Array, Scalar)) and part.dtype == "bool":
        return Array("int64", (fresh(key),))
    return part


def _expand_ellipsis(parts: Sequence[Kind], ndim: int) -> list[Kind]:
    """The index with every axis spelled out where an ellipsis stood."""
    ellipsis = Constant(Ellipsis)
    if ellipsis not in parts:
        return list(parts)
    position = list(parts).index(ellipsis)
    missing = ndim - sum(_axes_taken(part) for part in parts)
    return [*parts[:position], *[SliceOf()] * max(missing, 0), *parts[position + 1 :]]


def _unknown_result(array: Array, parts: Sequence[Kind]) -> Kind:
    """Where a number of dimensions is not known, only slices and masks surely leave an array."""
    keeps = any(isinstance(part, (SliceOf, Array)) or part == NONE for part in parts)
    return Array(array.dtype, None) if keeps else Number(array.dtype)
