"""Copies of whole objects that the forward sweep keeps, because the program changes them in place."""

from __future__ import annotations

import builtins

import gast

from srcgrad.kind import Array, DictOf, Kind, Scalar, SequenceOf
from srcgrad.syntax.build import call, method, name


def whole_copy(variable: str, kind: Kind | None) -> gast.expr:
    """A copy of a variable's object, with all inside that may change as well."""
    return method(variable, "copy") if is_flat(kind) else call("own_copy", name(variable))


def is_flat(kind: Kind | None) -> bool:
    """Whether nothing inside of an object can change by itself: an array, a list or dict of numbers."""
    match kind:
        case Array() | SequenceOf(cls=builtins.list, element=Scalar()) | DictOf(element=Scalar()):
            return True
        case _:
            return False
