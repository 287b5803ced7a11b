"""Why an expression cannot be differentiated: the part of it of which nothing is known, and what that is."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcgrad.analyse.operations import fact_of, single_target
from srcgrad.differentiate.application import missing_rule
from srcgrad.errors import SrcgradError, UnsupportedError
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
    Scalar,
    SequenceOf,
    Text,
    TupleOf,
)
from srcgrad.syntax.printer import print_tree
from srcgrad.syntax.tree import copy_tree

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


def unsupported(node: gast.expr, kinds: Kinds) -> SrcgradError:
    """The error for an expression that has no derivative that srcgrad knows of."""
    culprit = _unknown_part(node, kinds)
    found = _explained(culprit, kinds) if culprit is not None else None
    if found is not None:
        return found
    if isinstance(node, gast.Call):
        target = single_target(node, kinds)
        called = getattr(target.function, "__name__", None) if target is not None else None
        return missing_rule(called or "this function", node)
    return UnsupportedError(
        "the derivative of this expression is not supported",
        node=node,
        advice="write it as simpler statements, one operation each",
    )


def _unknown_part(node: gast.AST, kinds: Kinds) -> gast.expr | None:
    """The innermost expression of which nothing is known though its parts are known."""
    if isinstance(node, gast.Lambda):
        return None
    for child in gast.iter_child_nodes(node):
        found = _unknown_part(child, kinds)
        if found is not None:
            return found
    if not isinstance(node, gast.expr) or not isinstance(getattr(node, "ctx", gast.Load()), gast.Load):
        return None
    return node if isinstance(kinds.of.get(node), Opaque) else None


def _explained(node: gast.expr, kinds: Kinds) -> SrcgradError | None:
    shown = print_tree(copy_tree(node), wrap=False).strip()
    match node:
        case gast.Attribute(value=value, attr=attr):
            return _missing_attribute(node, kinds.of.get(value), attr)
        case gast.Call(func=function) if isinstance(kinds.of.get(function), Scalar | Array | Constant | Text):
            return UnsupportedError(
                f"{print_tree(copy_tree(function), wrap=False).strip()!r} is {described(kinds.of.get(function))}, "
                "which cannot be called",
                node=node,
                advice="call a function",
            )
        case gast.Call(func=gast.Attribute(value=value, attr=attr)) if fact_of(node, kinds) is None:
            return _missing_attribute(node, kinds.of.get(value), attr)
        case gast.Call():
            target = single_target(node, kinds)
            called = getattr(target.function, "__name__", None) if target is not None else None
            return missing_rule(called, node) if called else None
        case gast.BinOp(left=left, right=right):
            sides = [described(kinds.of.get(side)) for side in (left, right)]
            if None in sides:
                return None
            return UnsupportedError(
                f"this joins {sides[0]} and {sides[1]}",
                node=node,
                advice="Python or NumPy may refuse it too; convert one of them first",
            )
        case gast.JoinedStr():
            return UnsupportedError("a text has no derivative", node=node, advice="use the number itself")
        case gast.Name(id=identifier) if (made := _call_behind(identifier, kinds)) is not None:
            return made
        case gast.Name() | gast.Subscript():
            return UnsupportedError(
                f"it is not known before the run what {shown!r} is",
                node=node,
                advice="let it be of one type on all paths: always a float, or always an array of so many dimensions",
            )
    return None


def _call_behind(identifier: str, kinds: Kinds) -> SrcgradError | None:
    """The error for the call whose result has got a name: ``loads_value`` for ``loads(text)``."""
    for call in kinds.calls:
        target = single_target(call, kinds)
        called = getattr(target.function, "__name__", None) if target is not None else None
        if called and identifier.startswith(f"{called}_") and isinstance(kinds.of.get(call), Opaque):
            return missing_rule(called, call)
    return None


def _missing_attribute(node: gast.expr, kind: Kind | None, attr: str) -> SrcgradError | None:
    """The error for an attribute that a value does not have."""
    if isinstance(kind, Instance):
        known = {key for key, _ in kind.attributes} | set(dir(kind.cls))
        owner = f"{kind.cls.__name__} objects have"
    else:
        known = set(dir(_type_of(kind)))
        owner = f"{described(kind)} has"
    if kind is None or attr in known or isinstance(kind, Opaque | Maybe | Function):
        return None
    public = sorted(key for key in known if not key.startswith("_"))
    close = difflib.get_close_matches(attr, public, 1)
    advice = f"did you mean {close[0]!r}?" if close else "see dir() of it for what there is"
    return UnsupportedError(f"{owner} no attribute {attr!r}", node=node, advice=advice)


def _type_of(kind: Kind | None) -> Any:
    """The class whose attributes a value has."""
    match kind:
        case Array() | Number():
            return np.ndarray
        case Scalar(python=True, dtype=dtype):
            return {"float64": float, "int64": int, "bool": bool}.get(dtype, complex)
        case Scalar(dtype=dtype):
            return np.dtype(dtype).type
        case Text():
            return str
        case TupleOf(cls=cls) | SequenceOf(cls=cls):
            return cls
        case DictOf():
            return dict
        case Constant(value=value):
            return type(value)
    return object


def described(kind: Kind | None) -> str | None:
    """A value in words; None where nothing is known of it."""
    match kind:
        case Array(dims=dims):
            return "an array" if dims is None else f"an array of {len(dims)} dimension{'s'[:len(dims) != 1]}"
        case Scalar(dtype=dtype):
            is_whole = dtype.startswith(("int", "uint"))
            return "an integer" if is_whole else "a truth value" if dtype == "bool" else "a number"
        case Text() | Constant(value=str()):
            return "a text"
        case Constant(value=None):
            return "None"
        case TupleOf():
            return "a tuple"
        case SequenceOf(cls=cls):
            return f"a {cls.__name__}"
        case DictOf():
            return "a dict"
        case Instance(cls=cls):
            return f"an object of class {cls.__name__}"
        case Function():
            return "a function"
    return None
