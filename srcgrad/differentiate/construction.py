"""Objects that a program makes: which argument of the constructor becomes which part of the object."""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import gast

from srcgrad.analyse.operations import single_target
from srcgrad.errors import SrcgradError
from srcgrad.kind import TupleOf
from srcgrad.syntax.binding import Default, bind
from srcgrad.syntax.build import attribute, constant, subscript

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

# A part of an object's adjoint, and the argument that it belongs to.
Part = tuple[Callable[[gast.expr], gast.expr], gast.expr]


def constructed_parts(node: gast.Call, kinds: Kinds) -> list[Part] | None:
    """The parts of a new object and the arguments they come from, None where the constructor may do anything else."""
    target = single_target(node, kinds)
    cls = target.function if target is not None else None
    if not isinstance(cls, type):
        return None
    if cls is types.SimpleNamespace:
        if node.args or any(keyword.arg is None for keyword in node.keywords):
            return None
        return [(_attribute(str(keyword.arg)), keyword.value) for keyword in node.keywords]
    if not is_plain_record(cls):
        return None
    try:
        bound = bind(node, inspect.signature(cls), 0)
    except SrcgradError:
        return None
    return list(_parts(cls, bound))


def is_plain_record(cls: type) -> bool:
    """Whether a class' constructor does nothing but keep its arguments: a named tuple, a dataclass as it comes."""
    if issubclass(cls, tuple):
        fields = getattr(cls, "_fields", None)
        return fields is not None and cls.__new__.__module__ == f"namedtuple_{_named_tuple(cls).__name__}"
    if not dataclasses.is_dataclass(cls) or hasattr(cls, "__post_init__"):
        return False
    parameters = getattr(cls, "__dataclass_params__", None)
    generated = parameters is not None and parameters.init and "__init__" in vars(cls)
    plain = all(field.init for field in dataclasses.fields(cls))
    names = {field.name for field in dataclasses.fields(cls)}
    return bool(generated and plain and set(inspect.signature(cls).parameters) == names and cls.__new__ is object.__new__)


def _named_tuple(cls: type) -> type:
    """The class among the bases that was made as a named tuple."""
    return next(base for base in reversed(cls.__mro__) if "_fields" in vars(base))


def _parts(cls: type, bound: dict[str, Any]) -> Iterator[Part]:
    for position, (field, argument) in enumerate(bound.items()):
        if not isinstance(argument, Default):
            yield (_element(position) if issubclass(cls, tuple) else _attribute(field)), argument


def _attribute(field: str) -> Callable[[gast.expr], gast.expr]:
    return lambda whole: attribute(whole, field)


def _element(position: int) -> Callable[[gast.expr], gast.expr]:
    return lambda whole: subscript(whole, position)


def replaced_parts(node: gast.Call, kinds: Kinds) -> list[tuple[int, gast.expr]] | None:
    """The positions and values of ``point._replace(x=...)``, None for any other call."""
    if not isinstance(node.func, gast.Attribute) or node.func.attr != "_replace" or node.args:
        return None
    kind = kinds.of.get(node.func.value)
    fields = getattr(kind.cls, "_fields", ()) if isinstance(kind, TupleOf) else ()
    if not all(keyword.arg in fields for keyword in node.keywords):
        return None
    return [(fields.index(keyword.arg), keyword.value) for keyword in node.keywords]


def without_parts(whole: gast.expr, count: int, positions: list[int]) -> gast.expr:
    """The adjoint of a tuple of which some elements were replaced by others."""
    parts = [constant(None) if position in positions else subscript(whole, position) for position in range(count)]
    return gast.List(parts, gast.Load())
