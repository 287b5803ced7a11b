"""Python's built-in functions that ask for types and attributes, copy, and make slices and texts."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcgrad.analyse.kinds.builtin import BOOLEAN, Arguments, Options, transfer_of
from srcgrad.analyse.kinds.joins import NONE, join
from srcgrad.analyse.kinds.objects import SuperOf, shows_all_attributes
from srcgrad.errors import UnsupportedError
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Function,
    Instance,
    Kind,
    Maybe,
    Number,
    Opaque,
    Range,
    Scalar,
    SequenceOf,
    SliceOf,
    Text,
    TupleOf,
)

if TYPE_CHECKING:
    from srcgrad.analyse.kinds.calls import Calls

_PYTHON_TYPES: dict[str, type] = {"bool": bool, "int64": int, "float64": float, "complex128": complex}


def class_of(kind: Kind) -> type | None:
    """The class of a value, where it is known."""
    match kind:
        case Scalar(dtype=dtype, python=True):
            return _PYTHON_TYPES.get(dtype)
        case Scalar(dtype=dtype, python=False):
            return np.dtype(dtype).type
        case Array():
            return np.ndarray
        case TupleOf(cls=cls) | SequenceOf(cls=cls) | Instance(cls=cls) if cls is not object:
            return cls
        case DictOf():
            return dict
        case Range():
            return range
        case Text():
            return str
        case Constant(value=value):
            return type(value)
        case Function(targets=(target, *_), bound=False) if not isinstance(target, gast.AST):
            return type(target)
    return None


@transfer_of(type)
def _type(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    cls = class_of(arguments[0]) if len(arguments) == 1 else None
    return Opaque() if cls is None else Constant(cls)


@transfer_of(isinstance)
def _isinstance(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    kind, wanted = arguments
    items = wanted.elements if isinstance(wanted, TupleOf) else (wanted,)
    classes = tuple(item.value for item in items if isinstance(item, Constant))
    if len(classes) != len(items):
        return BOOLEAN
    outcomes = {_is_instance(possible, classes) for possible in _possibilities(kind)}
    return Scalar("bool", True, outcomes.pop() if len(outcomes) == 1 else None)


def _possibilities(kind: Kind) -> list[type | None]:
    """The classes that a value may have; None for one that is not known."""
    if isinstance(kind, Maybe):
        return [type(None), *_possibilities(kind.kind)]
    if isinstance(kind, Scalar) and kind.python is None:
        return [np.dtype(kind.dtype).type, _PYTHON_TYPES.get(kind.dtype, np.dtype(kind.dtype).type), int]
    if isinstance(kind, Number):
        return [np.ndarray, np.dtype(kind.dtype).type, _PYTHON_TYPES.get(kind.dtype)]
    return [class_of(kind)]


def _is_instance(cls: type | None, classes: tuple[Any, ...]) -> bool | None:
    try:
        return None if cls is None else issubclass(cls, classes)
    except TypeError:
        return None


@transfer_of(super)
def _super(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    if len(arguments) == 2 and isinstance(arguments[0], Constant):
        return SuperOf(arguments[0].value, arguments[1])
    return Opaque()


@transfer_of(setattr)
def _setattr(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    if isinstance(arguments[1], Constant):
        frame.store_attribute(node, arguments[0], arguments[1].value, arguments[2])
        return Constant(None)
    raise UnsupportedError(
        "which attribute this sets is known only at run time",
        node=node,
        advice="assign the attribute by its name: value.name = ...",
    )


@transfer_of(getattr)
def _getattr(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    if len(arguments) < 2 or not isinstance(arguments[1], Constant):
        return Opaque()
    found = frame.attribute(node, arguments[0], arguments[1].value)
    if len(arguments) == 3:
        known = _has(frame, node, arguments)
        return found if known is True else arguments[2] if known is False else join(found, arguments[2])
    return found


@transfer_of(hasattr)
def _hasattr(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Scalar("bool", True, _has(frame, node, arguments))


def _has(frame: Calls, node: gast.AST, arguments: Arguments) -> bool | None:
    """Whether a value has an attribute, where that is fixed."""
    kind, name = arguments[0], arguments[1]
    if not isinstance(name, Constant):
        return None
    if isinstance(kind, Constant):
        return hasattr(kind.value, name.value)
    if isinstance(kind, Instance):
        held = any(key == name.value for key, _ in kind.attributes) or hasattr(kind.cls, name.value)
        return held if held or shows_all_attributes(kind.cls) else None
    cls = class_of(kind)
    return None if cls is None else hasattr(cls, name.value)


@transfer_of(str, repr, format, input, open)
def _text(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return (
        arguments[0]
        if arguments and isinstance(arguments[0], Constant) and isinstance(arguments[0].value, str)
        else Opaque()
    )


@transfer_of(copy.copy, copy.deepcopy)
def _copied(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    from dataclasses import replace

    kind = arguments[0]
    if isinstance(kind, (SequenceOf, DictOf, Instance)):
        return replace(kind, sites=frozenset({frame.site(node)}))
    return kind


@transfer_of(slice)
def _slice(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    bounds = [NONE, *arguments, NONE] if len(arguments) == 1 else [*arguments, NONE, NONE]
    return SliceOf(*bounds[:3])
