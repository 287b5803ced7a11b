"""What NumPy's objects for brackets make: ``np.r_[0.0, x]``, ``np.c_[x, y]``, ``np.mgrid[0:n, 0:m]``, ``np.s_[1:]``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.analyse.kinds.elementwise import as_array
from srcgrad.analyse.kinds.samples import sampled_call
from srcgrad.kind import Array, Constant, Kind, Opaque, Scalar, SliceOf, TupleOf


def indexed(owner: Any, index: Kind, fresh: Callable[[object], str]) -> Kind:
    """The kind of ``owner[index]`` for one of these objects."""
    items = index.elements if isinstance(index, TupleOf) else (index,)
    if owner is np.s_ or owner is np.index_exp:
        return index if owner is np.s_ or isinstance(index, TupleOf) else TupleOf((index,))
    if owner is np.mgrid or owner is np.ogrid:
        return _grid(owner is np.mgrid, items, isinstance(index, TupleOf), fresh)
    if owner is np.r_ or owner is np.c_:
        parts = [_range(item, fresh(("range", k))) if isinstance(item, SliceOf) else as_array(item, fresh)
                 for k, item in enumerate(items)]
        return sampled_call(Concatenator(owner), parts, {}, fresh)
    return Opaque()


def _grid(is_dense: bool, items: tuple[Kind, ...], is_tuple: bool, fresh: Callable[[object], str]) -> Kind:
    ranges = [_range(item, fresh(("grid", k))) for k, item in enumerate(items) if isinstance(item, SliceOf)]
    if len(ranges) != len(items):
        return Opaque()
    dtype = "float64" if any(item.dtype == "float64" for item in ranges) else "int64"
    if not is_tuple:
        return Array(dtype, ranges[0].dims)
    dims = tuple(item.dims[0] for item in ranges if item.dims is not None)
    if is_dense:
        return Array(dtype, (len(items), *dims))
    return TupleOf(tuple(
        Array(dtype, tuple(length if k == axis else 1 for k, length in enumerate(dims))) for axis in range(len(dims))
    ))


def _range(item: SliceOf, length: str) -> Array:
    bounds = [bound for bound in (item.start, item.stop, item.step) if bound != Constant(None)]
    whole = all(isinstance(bound, Scalar) and bound.dtype.startswith(("int", "uint")) for bound in bounds)
    return Array("int64" if whole else "float64", (length,))


class Concatenator:
    """``np.r_`` or ``np.c_`` as a function of the items between its brackets."""

    __module__ = "numpy"

    def __init__(self, owner: Any) -> None:
        self.owner = owner

    def __call__(self, *items: Any) -> Any:
        return self.owner[items if len(items) > 1 else items[0]]

    def __hash__(self) -> int:
        return id(self.owner)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Concatenator) and other.owner is self.owner
