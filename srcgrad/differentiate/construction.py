"""Objects that a program makes: which argument of the constructor becomes which part of the object."""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.operations import single_target
from srcgrad.errors import SrcgradError
from srcgrad.syntax.binding import Default, bind
from srcgrad.syntax.build import attribute, names_read, subscript
from srcgrad.syntax.rule_source import rule_source

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
    kept = kept_arguments(cls)
    if kept is None:
        return None
    try:
        bound = bind(node, inspect.signature(cls), 0)
    except SrcgradError:
        return None
    return [
        (_element(place) if isinstance(place, int) else _attribute(place), bound[parameter])
        for place, parameter in kept
        if not isinstance(bound[parameter], Default)
    ]


def kept_arguments(cls: type) -> list[tuple[int | str, str]] | None:
    """The elements or attributes of a new object and the parameters kept there, if nothing else is done to it."""
    if _is_record(cls):
        names = list(inspect.signature(cls).parameters)
        return [(position if issubclass(cls, tuple) else field, field) for position, field in enumerate(names)]
    init = inspect.getattr_static(cls, "__init__", None)
    source = rule_source(init) if isinstance(init, types.FunctionType) else None
    if source is None or not is_made_plainly(cls) or type(cls) is not type:
        return None
    receiver, *parameters = source.parameters
    kept: list[tuple[int | str, str]] = []
    for target, value in _assignments(source.body):
        match target:
            case gast.Attribute(value=gast.Name(id=owner), attr=attr):
                pass
            case _:
                return None
        if owner != receiver or not may_be_assigned(cls, attr) or any(attr == known for known, _ in kept):
            return None
        if isinstance(value, gast.Name) and value.id in parameters:
            kept.append((attr, value.id))
        elif names_read(value) & {receiver, *parameters}:
            return None
    return kept


def _assignments(body: list[gast.stmt]) -> Iterator[tuple[gast.AST | None, gast.expr]]:
    """The targets and values of statements that only assign; a target of None stands for any other statement."""
    for statement in body:
        match statement:
            case gast.Expr(value=gast.Constant()):
                continue
            case gast.Assign(targets=[gast.Tuple(elts=targets)], value=gast.Tuple(elts=values)):
                if len(targets) == len(values):
                    yield from zip(targets, values, strict=True)
            case gast.Assign(targets=[target], value=value):
                yield target, value
            case _:
                yield None, gast.Constant(None, None)


def is_made_plainly(cls: type) -> bool:
    """Whether a class leaves the making of its objects to ``object``: all that is done is done by ``__init__``."""
    return inspect.getattr_static(cls, "__new__") is vars(object)["__new__"]


def may_be_assigned(cls: type, attr: str) -> bool:
    """Whether an assignment to an attribute of an object does nothing but keep the value."""
    if isinstance(inspect.getattr_static(cls, "__setattr__", None), types.FunctionType):
        return False
    found = inspect.getattr_static(cls, attr, None)
    return not hasattr(type(found), "__set__") or isinstance(found, types.MemberDescriptorType)


def _is_record(cls: type) -> bool:
    """Whether a class is a named tuple or a dataclass as it comes."""
    if issubclass(cls, tuple):
        fields = getattr(cls, "_fields", None)
        return fields is not None and cls.__new__.__module__ == f"namedtuple_{_named_tuple(cls).__name__}"
    if not dataclasses.is_dataclass(cls) or hasattr(cls, "__post_init__"):
        return False
    parameters = getattr(cls, "__dataclass_params__", None)
    generated = parameters is not None and parameters.init and "__init__" in vars(cls)
    plain = all(field.init for field in dataclasses.fields(cls))
    names = {field.name for field in dataclasses.fields(cls)}
    if not is_made_plainly(cls) or not generated:
        return False
    return plain and set(inspect.signature(cls).parameters) == names


def _named_tuple(cls: type) -> type:
    """The class among the bases that was made as a named tuple."""
    return next(base for base in reversed(cls.__mro__) if "_fields" in vars(base))


def _attribute(field: str) -> Callable[[gast.expr], gast.expr]:
    return lambda whole: attribute(whole, field)


def _element(position: int) -> Callable[[gast.expr], gast.expr]:
    return lambda whole: subscript(whole, position)
