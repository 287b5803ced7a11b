"""Unpacking: nested and starred targets in terms of flat tuples of variables."""

from __future__ import annotations

import gast

from srcgrad.normalise.temporaries import Temporaries
from srcgrad.syntax.build import name, names_assigned, names_read
from srcgrad.syntax.tree import base_name, located_at

Block = list[gast.stmt]


def is_unpacking(target: gast.expr | None) -> bool:
    """Whether a target takes a value apart."""
    return isinstance(target, (gast.Tuple, gast.List))


def is_flat(target: gast.expr) -> bool:
    """Whether a target is a variable or a tuple of different variables."""
    if isinstance(target, gast.Name):
        return True
    if not is_unpacking(target):
        return False
    identifiers = [element.id for element in target.elts if isinstance(element, gast.Name)]
    return len(identifiers) == len(target.elts) == len(set(identifiers))


def unpack(target: gast.expr, value: gast.expr, names: Temporaries, origin: gast.AST) -> Block:
    """Statements for ``target = value``, target being any tuple: flat unpacking, then what is left to do."""
    if any(isinstance(element, gast.Starred) for element in target.elts):
        return _starred(target, value, names, origin)
    flat, after = flat_target(target, names)
    return [located_at(gast.Assign([flat], value, None), origin), *after]


def flat_target(target: gast.expr, names: Temporaries) -> tuple[gast.expr, Block]:
    """A target that is a variable or a flat tuple of them, and the assignments that remain to be made after it."""
    if is_flat(target):
        return (target if isinstance(target, gast.Name) else located_at(_tuple(target.elts), target)), []
    if not is_unpacking(target) or any(isinstance(part, gast.Starred) for part in target.elts):
        temporary = names.reused(_name_for(target))
        located = located_at(stored(name(temporary)), target)
        return located, [located_at(gast.Assign([target], name(temporary), None), target)]
    later_reads: set[str] = set()
    seen: set[str] = set()
    elements: list[gast.expr] = []
    after: Block = []
    for element in target.elts:
        later_reads |= names_read(element)
    for element in target.elts:
        plain = isinstance(element, gast.Name) and element.id not in later_reads and element.id not in seen
        seen |= names_assigned(element)
        if plain and not _assigned_again(element, target):
            elements.append(element)
            continue
        temporary = names.reused(_name_for(element))
        elements.append(located_at(stored(name(temporary)), element))
        after.append(located_at(gast.Assign([element], name(temporary), None), element))
    return located_at(_tuple(elements), target), after


def _assigned_again(element: gast.Name, target: gast.expr) -> bool:
    """Whether another part of the target binds the same variable."""
    return any(element.id in names_assigned(other) for other in target.elts if other is not element)


def _starred(target: gast.expr, value: gast.expr, names: Temporaries, origin: gast.AST) -> Block:
    """``a, *b, c = value`` through a list."""
    position = next(index for index, element in enumerate(target.elts) if isinstance(element, gast.Starred))
    items = names.fresh("items")
    before, after = position, len(target.elts) - position - 1
    if isinstance(value, (gast.Tuple, gast.List)):
        result = [assignment(items, gast.List(value.elts, gast.Load()), origin)]
    else:
        result = [assignment(items, gast.Call(name("list"), [value], []), origin)]
    for index, element in enumerate(target.elts):
        if index < before:
            part = _element(name(items), index)
        elif index == before:
            part = _slice(name(items), before or None, -after or None)
            element = element.value
        else:
            # What the elements before have taken does not count, so that too short a list is an error.
            rest = _slice(name(items), before, None) if before else name(items)
            part = _element(rest, index - len(target.elts))
        result.append(located_at(gast.Assign([element], part, None), origin))
    return result


def _element(value: gast.expr, index: int) -> gast.expr:
    return gast.Subscript(value, _integer(index), gast.Load())


def _slice(value: gast.expr, lower: int | None, upper: int | None) -> gast.expr:
    bounds = [None if bound is None else _integer(bound) for bound in (lower, upper)]
    return gast.Subscript(value, gast.Slice(bounds[0], bounds[1], None), gast.Load())


def _integer(value: int) -> gast.expr:
    number = gast.Constant(abs(value), None)
    return gast.UnaryOp(gast.USub(), number) if value < 0 else number


def _name_for(target: gast.expr) -> str:
    """A name for what is to be unpacked into a target: ``a_b`` for ``(a, b)``, ``x_new`` for ``x[i]``."""
    if not is_unpacking(target):
        return f"{base_name(target) or 'value'}_new"
    parts = [base_name(element) for element in target.elts]
    short = "_".join(part for part in parts if part)
    return short if all(parts) and 0 < len(parts) <= 3 and len(short) <= 20 else "parts"


def _tuple(elements: list[gast.expr]) -> gast.Tuple:
    return gast.Tuple(list(elements), gast.Store())


def stored(target: gast.expr) -> gast.expr:
    """A name as the target of an assignment."""
    target.ctx = gast.Store()
    return target


def assignment(identifier: str, value: gast.expr, origin: gast.AST) -> gast.stmt:
    """``identifier = value``, the value being used as it is."""
    return located_at(gast.Assign([stored(name(identifier))], value, None), origin)
