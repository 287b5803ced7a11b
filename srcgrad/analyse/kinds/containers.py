"""Methods of lists, tuples, dicts and sets."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.kinds.builtin import BUILTINS, Arguments, Options, Transfer, always, transfer_of
from srcgrad.analyse.kinds.frame import ANY_FIELD
from srcgrad.analyse.kinds.joins import as_element, join, join_all
from srcgrad.analyse.kinds.values import constant_kind
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Function,
    Instance,
    Iterator,
    Kind,
    Opaque,
    Scalar,
    SequenceOf,
    TupleOf,
    Unreachable,
)

if TYPE_CHECKING:
    from srcgrad.analyse.kinds.calls import Calls

_NOTHING = Constant(None)


def _put(position: int) -> Transfer:
    """list.append and its kin: the argument at a position becomes an element."""

    def transfer(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
        container = arguments[0]
        if isinstance(container, SequenceOf) and len(arguments) > position:
            frame.session.store(container.sites, ANY_FIELD, arguments[position])
        return _NOTHING

    return transfer


def _extend(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    container = arguments[0]
    if isinstance(container, SequenceOf):
        frame.session.store(container.sites, ANY_FIELD, frame.iterate(node, arguments[1]))
    return _NOTHING


def _changed(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """Methods that reorder or drop elements."""
    container = arguments[0]
    if isinstance(container, SequenceOf):
        frame.session.store(container.sites, ANY_FIELD, Unreachable())
    return _NOTHING


def _pop(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    container = arguments[0]
    if not isinstance(container, SequenceOf):
        return Opaque()
    frame.session.store(container.sites, ANY_FIELD, Unreachable())
    current = frame.session.current(container)
    assert isinstance(current, SequenceOf)
    return frame.take_out(node, current.element)


def _copy(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    kind = arguments[0]
    return replace(kind, sites=frozenset({frame.site(node)})) if isinstance(kind, (SequenceOf, DictOf)) else kind


def _keys(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    kind = arguments[0]
    if isinstance(kind, DictOf) and kind.entries is not None and kind.exact:
        names = tuple(constant_kind(key, "key") for key, _ in kind.entries)
        return SequenceOf(as_element(join_all(names)), type({}.keys()), names)
    return Iterator(kind.key if isinstance(kind, DictOf) else Opaque())


def _values(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    kind = arguments[0]
    if isinstance(kind, DictOf) and kind.entries is not None and kind.exact:
        return SequenceOf(kind.element, type({}.values()), tuple(value for _, value in kind.entries))
    return Iterator(kind.element if isinstance(kind, DictOf) else Opaque())


def _items(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    kind = arguments[0]
    if isinstance(kind, DictOf) and kind.entries is not None and kind.exact:
        pairs = tuple(TupleOf((constant_kind(key, "key"), value)) for key, value in kind.entries)
        return SequenceOf(as_element(join_all(pairs)), type({}.items()), pairs)
    return Iterator(TupleOf((kind.key, kind.element)) if isinstance(kind, DictOf) else Opaque())


def _get(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """dict.get, pop and setdefault."""
    kind = arguments[0]
    default = arguments[2] if len(arguments) > 2 else _NOTHING
    if not isinstance(kind, DictOf):
        return Opaque()
    found = frame.subscript(node, kind, arguments[1])
    known = isinstance(arguments[1], Constant) and kind.exact
    if known and not isinstance(found, Unreachable):
        return found
    return join(found, default, frame.naming(node, "default"))


def _setdefault(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    if len(arguments) > 2:
        frame.store_element(arguments[0], arguments[1], arguments[2])
    return _get(frame, node, arguments, options)


def _pop_entry(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    found = (
        _get(frame, node, arguments, options)
        if len(arguments) > 2
        else frame.subscript(node, arguments[0], arguments[1])
    )
    if isinstance(arguments[0], DictOf):
        frame.session.resize(arguments[0].sites)
    return found


def _update(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    for other in arguments[1:]:
        if isinstance(other, DictOf) and other.entries is not None:
            for key, kind in other.entries:
                frame.store_element(arguments[0], constant_kind(key, "key"), kind)
        elif isinstance(other, DictOf):
            frame.store_element(arguments[0], Opaque(), other.element)
        else:
            frame.store_element(arguments[0], Opaque(), Opaque())
    for name, kind in options.items():
        frame.store_element(arguments[0], Constant(name), kind)
    return _NOTHING


@transfer_of(dataclasses.asdict)
def _dict_of_fields(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """``dataclasses.asdict(p)``: a dict of copies, dataclasses inside as dicts, too."""
    return _with_dicts(arguments[0], frame.site(node)) if not options else Opaque()


def _with_dicts(kind: Kind, site: str) -> Kind:
    match kind:
        case Instance(cls=cls, attributes=attributes) if dataclasses.is_dataclass(cls):
            known = dict(attributes)
            names = [field.name for field in dataclasses.fields(cls)]
            entries = tuple((name, _with_dicts(known.get(name, Opaque()), site)) for name in names)
            return DictOf(join_all([inside for _, inside in entries]), entries, Opaque(), frozenset({site}))
        case Scalar() | Constant() | Array() | Function():
            return kind
        case _:
            return Opaque()


BUILTINS.update(
    {
        list.append: _put(1),
        list.insert: _put(2),
        set.add: _put(1),
        list.extend: _extend,
        set.update: _extend,
        list.pop: _pop,
        set.pop: _pop,
        list.sort: _changed,
        list.reverse: _changed,
        list.clear: _changed,
        list.remove: _changed,
        set.discard: _changed,
        set.remove: _changed,
        list.copy: _copy,
        dict.copy: _copy,
        list.index: always(Scalar("int64", True)),
        list.count: always(Scalar("int64", True)),
        tuple.index: always(Scalar("int64", True)),
        tuple.count: always(Scalar("int64", True)),
        dict.keys: _keys,
        dict.values: _values,
        dict.items: _items,
        dict.get: _get,
        dict.setdefault: _setdefault,
        dict.pop: _pop_entry,
        dict.update: _update,
    }
)
