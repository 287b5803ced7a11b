"""Unrolling: loops over a few things of different kinds, such as the layers of a network, one trip after the other.

::

    for layer in (dense, activation):               x = (dense, activation)[0](x)
        x = layer(x)                    becomes     x = (dense, activation)[1](x)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import gast

from srcgrad.analyse.activity import Activity, assigned_names
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.kinds import Kinds, join
from srcgrad.analyse.operations import is_path, single_target
from srcgrad.differentiate.needed import statements_of
from srcgrad.kind import DictOf, Function, Instance, Kind, Opaque, SequenceOf, TupleOf, Unreachable
from srcgrad.kind import Iterator as Items
from srcgrad.normalise.scopes import jumps_out_of
from srcgrad.syntax.build import (
    assign,
    base_name,
    constant,
    copy_tree,
    located_at,
    name,
    names_assigned,
    names_read,
    store,
    subscript,
    substitute,
)
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import with_replaced

_MOST_TRIPS = 16
_DISPLAYS = (gast.Tuple, gast.List, gast.Dict)


@dataclass(frozen=True)
class _Trip:
    """What a loop's target stands for in one trip."""

    values: dict[str, gast.expr]


def unrolled(tree: gast.FunctionDef, kinds: Kinds, active: Activity, names: Names) -> gast.FunctionDef | None:
    """The function with such loops over differentiated values unrolled, None where there is none."""
    for statement in statements_of(tree.body):
        if not isinstance(statement, gast.For) or statement.orelse or jumps_out_of(statement.body):
            continue
        varied = active.varied_before.get(statement, frozenset())
        if not dependencies(statement.iter, kinds) & varied and not _uses_varied(statement, varied):
            continue
        if not _is_mixed(kinds.of.get(statement.iter)):
            continue
        trips = _trips(statement.target, statement.iter, kinds)
        if trips is None:
            continue
        found = with_replaced(tree, {statement: list(_written_out(statement, trips, names))})
        assert isinstance(found, gast.FunctionDef)
        return found
    return None


def has_mixed_loop(body: list[gast.stmt], kinds: Kinds) -> bool:
    """Whether a function runs over things of different kinds."""
    return any(
        isinstance(statement, gast.For) and _is_mixed(kinds.of.get(statement.iter))
        for statement in statements_of(body)
    )


def _uses_varied(loop: gast.For, varied: frozenset[str]) -> bool:
    return bool(names_read(loop.body) & varied)


def _is_mixed(kind: Kind | None) -> bool:
    """Whether the items of an iterable are of several kinds that have nothing in common."""
    match kind:
        case TupleOf(elements=elements) | SequenceOf(elements=tuple(elements)):
            return _differ(elements)
        case DictOf(entries=entries) if entries is not None:
            return _differ(tuple(value for _, value in entries))
        case Items(element=element) | SequenceOf(element=element):
            return _has_unknown(element)
    return False


def _differ(elements: tuple[Kind, ...]) -> bool:
    joined: Kind = Unreachable()
    for element in elements:
        joined = join(joined, element)
    return bool(elements) and _has_unknown(joined) and not any(_has_unknown(element) for element in elements)


def _has_unknown(kind: Kind) -> bool:
    """Whether a joined kind leaves open what can be done with the value."""
    match kind:
        case Opaque():
            return True
        case Function(targets=targets):
            return len(targets) > 1
        case TupleOf(elements=elements):
            return any(_has_unknown(element) for element in elements)
        case SequenceOf(element=element):
            return _has_unknown(element)
        case DictOf(element=element, entries=entries, exact=exact):
            values = [element] if entries is None else [value for _, value in entries]
            return not exact or any(_has_unknown(value) for value in values)
        case Instance(attributes=attributes):
            return any(_has_unknown(value) for _, value in attributes)
    return False


def _trips(target: gast.AST, iterable: gast.expr, kinds: Kinds) -> list[_Trip] | None:
    """The trips of a loop, None where their number or what they run over is not known."""
    items = _items(iterable, kinds)
    if items is None or len(items) > _MOST_TRIPS:
        return None
    trips = []
    for item in items:
        values = _matched(target, item)
        if values is None:
            return None
        trips.append(_Trip(values))
    return trips


def _items(iterable: gast.expr, kinds: Kinds) -> list[gast.expr] | None:
    """An expression for each item of an iterable."""
    if isinstance(iterable, gast.Call):
        return _items_of_call(iterable, kinds)
    kind = kinds.of.get(iterable)
    match kind:
        case TupleOf(elements=elements) | SequenceOf(elements=tuple(elements)):
            if isinstance(iterable, gast.Tuple | gast.List):
                simple = all(is_path(item, kinds) or is_literal(item) for item in iterable.elts)
                return list(iterable.elts) if simple else None
            if is_path(iterable, kinds):
                return [subscript(copy_tree(iterable), position) for position in range(len(elements))]
    return None


def is_literal(node: gast.AST) -> bool:
    """Whether an expression is written out of constants alone: ``("scale", -2.0)``, ``{"rate": 0.5}``."""
    match node:
        case gast.Tuple(elts=parts) | gast.List(elts=parts):
            return all(map(is_literal, parts))
        case gast.Dict(keys=keys, values=values):
            return None not in keys and all(map(is_literal, [*keys, *values]))
        case gast.UnaryOp(operand=operand):
            return isinstance(operand, gast.Constant)
    return isinstance(node, gast.Constant)


def _items_of_call(node: gast.Call, kinds: Kinds) -> list[gast.expr] | None:
    target = single_target(node, kinds)
    function = target.function if target is not None else None
    if function is enumerate and len(node.args) == 1 and not node.keywords:
        items = _items(node.args[0], kinds)
        return None if items is None else [_pair(constant(place), item) for place, item in enumerate(items)]
    if function is reversed and len(node.args) == 1:
        items = _items(node.args[0], kinds)
        return None if items is None else items[::-1]
    if function is zip and not node.keywords:
        columns = [_items(argument, kinds) for argument in node.args]
        if any(column is None for column in columns):
            return None
        return [gast.Tuple(list(row), gast.Load()) for row in zip(*columns, strict=False)]
    if function in (dict.items, dict.values) and isinstance(node.func, gast.Attribute):
        return _items_of_dict(node.func.value, function is dict.items, kinds)
    return None


def _items_of_dict(owner: gast.expr, with_keys: bool, kinds: Kinds) -> list[gast.expr] | None:
    kind = kinds.of.get(owner)
    if not isinstance(kind, DictOf) or kind.entries is None or not kind.exact or not is_path(owner, kinds):
        return None
    values = {key: subscript(copy_tree(owner), constant(key)) for key, _ in kind.entries}
    return [_pair(constant(key), value) for key, value in values.items()] if with_keys else list(values.values())


def _pair(first: gast.expr, second: gast.expr) -> gast.expr:
    return gast.Tuple([first, second], gast.Load())


def _matched(target: gast.AST, item: gast.expr) -> dict[str, gast.expr] | None:
    """The variables of a target with the parts of an item."""
    match target:
        case gast.Name(id=identifier):
            return {identifier: item}
        case gast.Tuple(elts=elements):
            found: dict[str, gast.expr] = {}
            for position, element in enumerate(elements):
                if isinstance(item, gast.Tuple):
                    if len(item.elts) != len(elements):
                        return None
                    part = item.elts[position]
                else:
                    part = subscript(item, position)
                inner = _matched(element, part)
                if inner is None:
                    return None
                found.update(inner)
            return found
        case _:
            return None


def _written_out(loop: gast.For, trips: list[_Trip], names: Names) -> Iterator[gast.stmt]:
    changed = names_assigned(loop.body)
    targets = assigned_names(loop.target)
    for number, trip in enumerate(trips):
        replacements: dict[str, gast.expr] = {}
        for identifier, value in trip.values.items():
            if identifier in changed or base_name(value) in changed or isinstance(value, _DISPLAYS):
                replacements[identifier] = name(names.numbered(identifier))
                yield located_at(assign(store(copy_tree(replacements[identifier])), copy_tree(value)), loop)
            else:
                replacements[identifier] = value
        yield from (located_at(statement, loop) for statement in substitute(loop.body, replacements))
        if number == len(trips) - 1:
            for identifier in targets:
                last = replacements[identifier]
                yield located_at(assign(identifier, copy_tree(last)), loop)
