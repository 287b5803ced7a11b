"""Copies of whole objects that the forward sweep keeps, because the program changes them in place."""

from __future__ import annotations

import builtins

import gast

from srcgrad.kind import Array, DictOf, Kind, Scalar, SequenceOf
from srcgrad.syntax.build import call, method, name


def whole_copy(variable: str, kind: Kind | None) -> gast.expr:
    """A copy of a variable's object, with all inside that may change as well."""
    match kind:
        case Array() | SequenceOf(cls=builtins.list, element=Scalar()) | DictOf(element=Scalar()):
            return method(variable, "copy")
        case _:
            return call("own_copy", name(variable))
