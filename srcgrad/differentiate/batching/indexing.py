"""Indices of arrays with an axis for the directions in front: ``x_dot[i]`` is ``x_dot[:, i]`` of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad.kind import Array, Constant, Scalar, SequenceOf, SliceOf

if TYPE_CHECKING:
    from srcgrad.differentiate.batching.scope import Scope


def indexed(scope: Scope, value: gast.expr, index: gast.expr) -> gast.expr | None:
    """The index for all directions; None where there is none in such words."""
    parts = list(index.elts) if isinstance(index, gast.Tuple) else [index]
    forms = [_form(scope, part) for part in parts]
    if None in forms or any(isinstance(part, gast.Starred) for part in parts):
        return None
    if "array" in forms:
        # Integers count among the arrays, which have to stand side by side: else their axes go to the front.
        taken = [at for at, form in enumerate(forms) if form in ("array", "integer")]
        if taken != list(range(taken[0], taken[-1] + 1)) or ("all" in forms and forms.index("all") > taken[0]):
            return None
    if not parts:
        return gast.Slice(None, None, None)
    if forms[0] == "all":
        return index
    return gast.Tuple([gast.Slice(None, None, None), *parts], gast.Load())


def _form(scope: Scope, part: gast.expr) -> str | None:
    """What one part of an index is: an integer, a slice, a new axis, an ellipsis, an array; None: not known."""
    if isinstance(part, gast.Slice):
        return "slice"
    match scope.kind(part):
        case Constant(value=None):
            return "axis"
        case Constant(value=value):
            return "all" if value is Ellipsis else "slice" if isinstance(value, slice) else None
        case SliceOf():
            return "slice"
        case Scalar(dtype=dtype):
            return None if dtype == "bool" else "integer"
        case Array(dims=tuple(dims)):
            return "array" if dims else None
        case SequenceOf(cls=cls, element=Scalar()) if cls is list:
            return "array"
        case _:
            return None
