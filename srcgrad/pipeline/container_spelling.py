"""Spelling out what makes new containers of others: unions of dicts, dicts of fields, deep copies."""

from __future__ import annotations

import copy
import dataclasses

import gast

from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.operations import is_path, single_target
from srcgrad.kind import Array, Constant, DictOf, Function, Instance, Kind, Scalar, SequenceOf, TupleOf
from srcgrad.syntax.build import attribute, call, constant, method, subscript


def spelled_container(node: gast.expr, kinds: Kinds) -> gast.expr | None:
    """``a | b`` as ``{**a, **b}``, ``asdict(p)`` as ``{"rate": p.rate}``; None for all else."""
    match node:
        case gast.BinOp(left=left, op=gast.BitOr(), right=right):
            both = (kinds.of.get(left), kinds.of.get(right))
            return union(left, right) if all(isinstance(kind, DictOf) for kind in both) else None
        case gast.Call(func=gast.Attribute(value=value, attr="_asdict"), args=[], keywords=[]):
            kind = kinds.of.get(value)
            fields = getattr(kind.cls, "_fields", ()) if isinstance(kind, TupleOf) and is_path(value, kinds) else ()
            return _entries({field: attribute(value, field) for field in fields}) if fields else None
        case gast.Call(args=[value], keywords=[]) if is_path(value, kinds):
            target = single_target(node, kinds)
            function = target.function if target is not None else None
            if function is dataclasses.asdict:
                return _copied(value, kinds.of.get(value), as_dict=True)
            if function is copy.deepcopy and _count_arrays(kinds.of.get(value)) <= 1:
                # Two arrays might be one, and then their copies are one, too.
                return _copied(value, kinds.of.get(value), as_dict=False)
    return None


def union(left: gast.expr, right: gast.expr) -> gast.expr:
    """A display with the entries of two dicts."""
    keys: list[gast.expr | None] = []
    values: list[gast.expr] = []
    for part in (left, right):
        keys += list(part.keys) if isinstance(part, gast.Dict) else [None]
        values += list(part.values) if isinstance(part, gast.Dict) else [part]
    return gast.Dict(keys, values)


def _copied(value: gast.expr, kind: Kind | None, as_dict: bool) -> gast.expr | None:
    """A deep copy of a value, dataclasses in it as dicts or as they are; None where it cannot be written out."""
    match kind:
        case Array():
            return method(value, "copy")
        case Scalar() | Constant() | Function():
            return value
        case Instance(cls=cls, attributes=attributes) if dataclasses.is_dataclass(cls):
            names = [field.name for field in dataclasses.fields(cls)]
            known = dict(attributes)
            parts = {key: _copied(attribute(value, key), known.get(key), as_dict) for key in names}
            found = {key: part for key, part in parts.items() if part is not None}
            if len(found) < len(names) or (not as_dict and not all(field.init for field in dataclasses.fields(cls))):
                return None
            if as_dict:
                return _entries(found)
            if known.keys() != set(names) or hasattr(cls, "__post_init__") or hasattr(cls, "__deepcopy__"):
                return None
            return gast.Call(call("type", value), [], [gast.keyword(key, part) for key, part in found.items()])
        case TupleOf(elements=elements, cls=cls):
            items = [_copied(subscript(value, at), element, as_dict) for at, element in enumerate(elements)]
            if any(item is None for item in items):
                return None
            display = gast.Tuple(items, gast.Load())
            return display if cls is tuple else gast.Call(call("type", value), items, [])
        case SequenceOf(element=Scalar(), cls=cls) if cls is list:
            return method(value, "copy")
        case DictOf(entries=tuple(entries), exact=True) if all(isinstance(key, str) for key, _ in entries):
            parts = {key: _copied(subscript(value, constant(key)), inside, as_dict) for key, inside in entries}
            found = {key: part for key, part in parts.items() if part is not None}
            return _entries(found) if len(found) == len(entries) else None
        case _:
            return None


def _count_arrays(kind: Kind | None) -> int:
    """How many arrays a value holds; many where that is not known."""
    match kind:
        case Array():
            return 1
        case Scalar() | Constant() | Function():
            return 0
        case Instance(attributes=attributes):
            return sum(_count_arrays(inside) for _, inside in attributes)
        case TupleOf(elements=elements):
            return sum(map(_count_arrays, elements))
        case SequenceOf(element=Scalar()):
            return 0
        case DictOf(entries=tuple(entries)):
            return sum(_count_arrays(inside) for _, inside in entries)
        case _:
            return 2


def _entries(found: dict[str, gast.expr]) -> gast.expr:
    return gast.Dict([constant(key) for key in found], list(found.values()))
