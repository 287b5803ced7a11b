"""Spelling out: what is joined between brackets, ``np.r_[0.0, x]`` and ``np.c_[x, y]``, as calls of functions."""

from __future__ import annotations

import gast
import numpy as np

from srcgrad.analyse.kinds import Kinds
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Instance, Kind, Scalar, ndim_of
from srcgrad.syntax.build import call, constant, method, tuple_of


def spelled_brackets(node: gast.expr, kinds: Kinds) -> gast.expr | None:
    """``np.hstack((0.0, x))`` for ``np.r_[0.0, x]``, ``np.column_stack((x, y))`` for ``np.c_[x, y]``."""
    if not isinstance(node, gast.Subscript):
        return None
    owner = kinds.of.get(node.value)
    joined = owner.value if isinstance(owner, Instance) else None
    if joined is not np.r_ and joined is not np.c_:
        return None
    items = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    of_items = [None if isinstance(item, gast.Slice) else kinds.of.get(item) for item in items]
    parts = [_as_range(item, node) if isinstance(item, gast.Slice) else item for item in items]
    ndims = [1 if kind is None else ndim_of(kind) for kind in of_items]
    if any(isinstance(item, gast.Starred) for item in items) or not all(map(_is_numeric, of_items)) or None in ndims:
        raise _refused(node)
    known = [ndim for ndim in ndims if ndim is not None]
    if joined is np.c_ and max(known) <= 2:
        return _as_made(call("np.column_stack", tuple_of(*parts)), node, kinds)
    if joined is np.r_ and max(known) <= 1:
        return _as_made(call("np.hstack", tuple_of(*parts)), node, kinds)
    if joined is np.r_ and len(set(known)) == 1:
        return call("np.concatenate", tuple_of(*parts), axis=constant(0))
    raise _refused(node)


def _as_made(made: gast.expr, node: gast.Subscript, kinds: Kinds) -> gast.expr:
    """Numbers between brackets take the precision of the arrays, unlike those in a tuple."""
    dtype = getattr(kinds.of.get(node), "dtype", "float64")
    items = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
    numbers = any(not isinstance(kinds.of.get(item), Array) for item in items)
    return method(made, "astype", constant(dtype)) if numbers and dtype in ("float32", "complex64") else made


def _is_numeric(kind: Kind | None) -> bool:
    return kind is None or isinstance(kind, Array | Scalar)


def _as_range(item: gast.Slice, node: gast.AST) -> gast.expr:
    """``np.arange(start, stop, step)`` for a slice; an imaginary step, which counts points, is refused."""
    if item.upper is None or any(
        isinstance(part, gast.Constant) and isinstance(part.value, complex) for part in gast.walk(item)
    ):
        raise _refused(node)
    start = constant(0) if item.lower is None else item.lower
    given = [start, item.upper] if item.step is None else [start, item.upper, item.step]
    return call("np.arange", *given)


def _refused(node: gast.AST) -> UnsupportedError:
    return UnsupportedError(
        "this way to join arrays between brackets is not differentiated",
        node=node,
        advice="write it with np.concatenate, np.hstack or np.column_stack",
    )
