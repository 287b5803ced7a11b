"""How a loop's trips are counted, and visited in reverse with the variables that the loop itself binds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.mutation import changed_names
from srcgrad.analyse.operations import is_base, is_path
from srcgrad.kind import Array, Constant, DictOf, Iterator, Range, Scalar, SequenceOf, Text, TupleOf
from srcgrad.syntax.build import (
    add,
    assign,
    augment,
    binary,
    call,
    constant,
    for_statement,
    is_number,
    method,
    multiply,
    name,
    names_assigned,
    names_read,
    number_value,
    subscript,
    subtract,
    tuple_of,
)
from srcgrad.syntax.integers import difference, shifted
from srcgrad.syntax.names import Names

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

Element = Callable[[gast.expr], gast.expr]


@dataclass
class Iteration:
    """A loop's reversal: its header, what each reversed trip binds again, and what stands in the forward sweep for it.

    ``elements`` pairs each variable bound from a differentiable sequence with the part of the sequence that it is.
    """

    header: gast.For
    before: list[gast.stmt] = field(default_factory=list)
    count: list[gast.stmt] = field(default_factory=list)
    rebind: dict[str, gast.stmt | None] = field(default_factory=dict)
    elements: list[tuple[gast.Name, gast.expr]] = field(default_factory=list)
    trips: str | None = None


def iteration(
    loop: gast.For | gast.While, kinds: Kinds, names: Names, changed: Callable[..., set[str]] = changed_names
) -> Iteration:
    """The reversal of a loop in normal form; ``changed`` gives the variables that statements bind or change."""
    if isinstance(loop, gast.While):
        return _counted(names, "_")
    if (names_read(loop.iter) | names_assigned(loop.target)) & names_assigned(loop.body):
        return _counted(names, "_")
    if names_read(loop.iter) & changed(*loop.body):
        # The elements may be others when the loop is reversed: they are recorded, only their places are found again.
        found = _over_sequence(loop, kinds, names, is_written=True)
        return found if found is not None else _counted(names, "_")
    found = _over_dict(loop, kinds, names) if not has_break(loop.body) else None
    if found is None:
        found = _over_range(loop, names)
    if found is None:
        found = _over_sequence(loop, kinds, names)
    return found if found is not None else _counted(names, "_")


def has_break(body: list[gast.stmt]) -> bool:
    """Whether a ``break`` of this loop (not of one inside) stands in its body."""
    for statement in body:
        if isinstance(statement, gast.Break):
            return True
        for field_name in ("body", "orelse", "finalbody", "handlers"):
            inner = getattr(statement, field_name, None)
            if isinstance(statement, gast.For | gast.While | gast.FunctionDef) or not isinstance(inner, list):
                continue
            parts = [item.body if isinstance(item, gast.ExceptHandler) else [item] for item in inner]
            if any(has_break(part) for part in parts):
                return True
    return False


def _counted(names: Names, index: str) -> Iteration:
    """Trips counted in the forward sweep: nothing is known of what the loop binds."""
    trips, before, count = _counter(names)
    return Iteration(_downward(index, name(trips), plain=True), before, count, trips=trips)


def _counter(names: Names) -> tuple[str, list[gast.stmt], list[gast.stmt]]:
    trips = names.fresh("trips")
    return trips, [assign(trips, constant(0))], [augment(trips, "+", constant(1))]


def _downward(index: str, length: gast.expr, plain: bool = False) -> gast.For:
    """``for index in range(length - 1, -1, -1)``, or ``range(length)`` where the index does not matter."""
    if plain:
        return for_statement(index, call("range", length), [])
    return for_statement(index, call("range", shifted(length, -1), constant(-1), constant(-1)), [])


def _over_range(loop: gast.For, names: Names) -> Iteration | None:
    """``for i in range(...)``: the same numbers from last to first."""
    match loop:
        case gast.For(
            target=gast.Name(id=index), iter=gast.Call(func=gast.Name(id="range"), args=arguments, keywords=[])
        ):
            pass
        case _:
            return None
    start: gast.expr = constant(0)
    step: gast.expr = constant(1)
    match arguments:
        case [stop]:
            pass
        case [start, stop]:
            pass
        case [start, stop, step]:
            pass
        case _:
            return None
    if has_break(loop.body):
        trips, before, count = _counter(names)
        if is_number(start, 0) and is_number(step, 1):
            return Iteration(_downward(index, name(trips)), before, count, {index: None}, trips=trips)
        position = names.fresh("t")
        value = add(start, multiply(name(position), step))
        rebind = {index: assign(index, value)}
        return Iteration(_downward(position, name(trips)), before, count, rebind, trips=trips)
    return Iteration(for_statement(index, _reversed_range(start, stop, step), []), rebind={index: None})


def _reversed_range(start: gast.expr, stop: gast.expr, step: gast.expr) -> gast.expr:
    """A range from its last number to its first: ``range(n - 1, -1, -1)`` for ``range(n)``."""
    stride = number_value(step)
    if stride == 1:
        return call("range", shifted(stop, -1), shifted(start, -1), constant(-1))
    if stride == -1:
        return _range(shifted(stop, 1), shifted(start, 1))
    if isinstance(stride, int) and stride > 1:
        trips = binary(shifted(difference(stop, start), -1), "//", constant(stride))
        return call("range", add(start, binary(trips, "*", constant(stride))), shifted(start, -1), constant(-stride))
    if isinstance(stride, int) and stride < -1:
        trips = binary(shifted(difference(start, stop), -1), "//", constant(-stride))
        last = subtract(start, binary(trips, "*", constant(-stride)))
        return call("range", last, shifted(start, 1), constant(-stride))
    whole = call("range", start, stop, step)
    return gast.Subscript(whole, gast.Slice(None, None, constant(-1)), gast.Load())


def _range(start: gast.expr, stop: gast.expr) -> gast.Call:
    """``range(start, stop)``, without a start of 0."""
    return call("range", stop) if is_number(start, 0) else call("range", start, stop)


def _over_sequence(loop: gast.For, kinds: Kinds, names: Names, is_written: bool = False) -> Iteration | None:
    """Loops over arrays, lists, tuples, ``enumerate``, ``zip``, ``reversed`` of them: by index, from last to first."""
    view = _view(loop.iter, kinds)
    if view is None:
        return None
    length, element = view
    index = names.fresh("t") if is_written else _index_of(loop) or names.fresh("t")
    before: list[gast.stmt] = []
    count: list[gast.stmt] = []
    trips = None
    if has_break(loop.body) or is_written:
        trips, before, count = _counter(names)
        length = name(trips)
    found = Iteration(_downward(index, length), before, count, trips=trips)
    value = element(name(index))
    targets = loop.target.elts if isinstance(loop.target, gast.Tuple) else [loop.target]
    if isinstance(loop.target, gast.Tuple):
        if isinstance(value, gast.Tuple) and len(value.elts) == len(targets):
            parts = list(value.elts)
        else:
            parts = [subscript(value, position) for position in range(len(targets))]
            whole = assign(loop.target, value)
            found.rebind.update({target.id: whole for target in targets if isinstance(target, gast.Name)})
    else:
        parts = [value]
    if is_written:
        found.rebind.clear()
    for target, part in zip(targets, parts, strict=True):
        if not isinstance(target, gast.Name):
            return None
        _note(part, kinds, kinds.of.get(target))
        found.elements.append((target, part))
        if target.id == index:
            found.rebind[index] = None
        elif not is_written:
            found.rebind.setdefault(target.id, assign(target.id, part))
    return found


def _note(part: gast.expr, kinds: Kinds, kind: object) -> None:
    """Give a new expression for an element the kind that the loop's target has."""
    if kind is not None and part not in kinds.of:
        kinds.of[part] = kind  # type: ignore[index]


def _index_of(loop: gast.For) -> str | None:
    """The user's own index: ``i`` in ``for i, x in enumerate(xs)``."""
    match loop:
        case gast.For(
            target=gast.Tuple(elts=[gast.Name(id=str() as index), *_]),
            iter=gast.Call(func=gast.Name(id="enumerate"), args=[_], keywords=[]),
        ):
            return index
        case _:
            return None


def _view(iterable: gast.expr, kinds: Kinds) -> tuple[gast.expr, Element] | None:
    """The length of an iterable and its element at an index, where it can be indexed."""
    match iterable:
        case gast.Call(func=gast.Name(id="range"), args=arguments, keywords=[]) if len(arguments) in (1, 2):
            start = arguments[0] if len(arguments) == 2 else constant(0)
            return difference(arguments[-1], start), lambda index: add(start, index)
        case gast.Call(func=gast.Name(id="enumerate"), args=[inner, *rest], keywords=keywords):
            start = rest[0] if rest else keywords[0].value if keywords else constant(0)
            view = _view(inner, kinds)
            if view is None:
                return None
            length, element = view
            return length, lambda index: tuple_of(add(start, index), element(index))
        case gast.Call(func=gast.Name(id="zip"), args=parts) if parts:
            views = [_view(part, kinds) for part in parts]
            if any(view is None for view in views):
                return None
            known = [view for view in views if view is not None]
            length = known[0][0] if len(known) == 1 else call("min", *(view[0] for view in known))
            return length, lambda index: tuple_of(*(view[1](index) for view in known))
        case gast.Call(func=gast.Name(id="reversed"), args=[inner], keywords=[]):
            view = _view(inner, kinds)
            if view is None:
                return None
            length, element = view
            return length, lambda index: element(subtract(shifted(length, -1), index))
        case gast.List(elts=items) | gast.Tuple(elts=items) if all(isinstance(item, gast.Constant) for item in items):
            return constant(len(items)), lambda index: subscript(iterable, index)
        case _:
            return _view_of_path(iterable, kinds)


def _view_of_path(iterable: gast.expr, kinds: Kinds) -> tuple[gast.expr, Element] | None:
    kind = kinds.of.get(iterable)
    is_text = isinstance(kind, Text) or (isinstance(kind, Constant) and isinstance(kind.value, str))
    if is_text and isinstance(iterable, gast.Name | gast.Constant):
        return call("len", iterable), lambda index: subscript(iterable, index)
    if not is_base(iterable, kinds) or not isinstance(kind, Array | SequenceOf | TupleOf | Range):
        return None
    element_kind = kind.element if isinstance(kind, SequenceOf) else None

    def element(index: gast.expr) -> gast.expr:
        part = subscript(iterable, index)
        kinds.of[index] = Scalar("int64")  # type: ignore[index]
        if isinstance(kind, Array) and kind.dims is not None:
            inner = kind.dims[1:]
            kinds.of[part] = Array(kind.dtype, inner) if inner else Scalar(kind.dtype, False)  # type: ignore[index]
        elif element_kind is not None:
            kinds.of[part] = element_kind  # type: ignore[index]
        return part

    return call("len", iterable), element


def _over_dict(loop: gast.For, kinds: Kinds, names: Names) -> Iteration | None:
    """Loops over a dict, its keys, values or items: by key, from last to first."""
    match loop.iter:
        case gast.Call(
            func=gast.Attribute(value=owner, attr="items" | "keys" | "values" as view), args=[], keywords=[]
        ):
            pass
        case gast.Name() as owner:
            view = "keys"
        case _:
            return None
    if not isinstance(kinds.of.get(owner), DictOf) or not is_path(owner, kinds):
        return None
    return _by_key(loop, owner, view, kinds, names)


def _by_key(loop: gast.For, owner: gast.expr, view: str, kinds: Kinds, names: Names) -> Iteration | None:
    backwards = call("reversed", call("list", owner))
    match view, loop.target:
        case "values", gast.Name(id=value) as target:
            key = names.fresh("key")
            part = subscript(owner, name(key))
            _note(part, kinds, kinds.of.get(target))
            found = Iteration(for_statement(key, backwards, []), rebind={value: assign(value, part)})
            found.elements.append((target, part))
            return found
        case "keys", gast.Name(id=key):
            return Iteration(for_statement(key, backwards, []), rebind={key: None})
        case "items", gast.Tuple(elts=[gast.Name(id=key), gast.Name(id=value) as target]):
            part = subscript(owner, name(key))
            _note(part, kinds, kinds.of.get(target))
            found = Iteration(for_statement(key, backwards, []), rebind={key: None, value: assign(value, part)})
            found.elements.append((target, part))
            return found
        case _:
            return None


__all__ = ["Iteration", "Iterator", "has_break", "iteration", "method"]
