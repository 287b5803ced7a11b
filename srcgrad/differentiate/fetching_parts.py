"""Fetching of parts: the shadow of what an attribute holds is looked up once, where that is one object throughout.

Before::

    shadow_of(shadows, s.u)[...] += s.u
    for _ in range(n - 1, -1, -1):
        shadow_of(shadows, s.v)[...] += 0.1 * shadow_of(shadows, s.u)

After::

    s_u_bar = shadow_of(shadows, s.u)
    s_u_bar[...] += s.u
    s_v_bar = shadow_of(shadows, s.v)
    for _ in range(n - 1, -1, -1):
        s_v_bar[...] += 0.1 * s_u_bar
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import gast

from srcgrad.syntax.build import assign, base_name, copy_tree, name, names_assigned
from srcgrad.syntax.printer import print_tree
from srcgrad.syntax.tree import with_replaced
from srcgrad.syntax.walking import walk

Block = list[gast.stmt]

_OF_TABLES = frozenset({"shadow_of", "shadows_in", "add_to_shadows"})
_COMPOUND = (gast.If, gast.For, gast.While, gast.With, gast.Try)


def parts_fetched_once(
    statements: Sequence[gast.stmt],
    forward: Sequence[gast.stmt],
    bound: Collection[str],
    fresh: Callable[[str], str],
) -> tuple[Block, dict[str, gast.expr]]:
    """The reverse sweep with a name for each shadow of a part that it surely looks up, and what part each name is of.

    ``bound`` are the variables that surely have a value where it begins, ``fresh`` gives names.  The assignment stands
    before the first statement that is sure to look the part up, or before the first loop that may, if the ``forward``
    sweep surely had the part.  It must be the same object from there on.
    """
    body = list(statements)
    changed = _rebound(body)
    if changed is None:
        return body, {}
    present = {
        print_tree(node)
        for statement in forward
        if not isinstance(statement, _COMPOUND)
        for node in walk(statement)
        if isinstance(node, gast.Attribute)
    }
    found: dict[str, gast.expr] = {}
    while True:
        plan = _next(body, bound, changed, present, found)
        if plan is None:
            return body, found
        place, part, calls = plan
        bar = fresh(f"{_label(part)}_bar")
        found[bar] = part
        replaced: dict[gast.AST, gast.AST | list[gast.stmt]] = {call: name(bar) for call in calls}
        fetched = assign(bar, copy_tree(calls[0]))
        rest = [with_replaced(statement, replaced) for statement in body[place:]]
        body = [*body[:place], fetched, *rest]


def _next(
    body: Block, bound: Collection[str], changed: set[str], present: set[str], found: dict[str, gast.expr]
) -> tuple[int, gast.expr, list[gast.Call]] | None:
    """The next part to name: where, which, and its look-ups."""
    done = {print_tree(part) for part in found.values()}
    for place, statement in enumerate(body):
        is_loop = isinstance(statement, gast.For | gast.While)
        if isinstance(statement, _COMPOUND) and not is_loop:
            continue
        for call in _lookups([statement]):
            part = call.args[1]
            text = print_tree(part)
            calls = [other for other in _lookups(body[place:]) if print_tree(other.args[1]) == text]
            is_steady = base_name(part) in bound and _is_steady(part, changed) and text not in done
            if is_steady and (text in present if is_loop else len(calls) > 1):
                return place, part, calls
    return None


def _lookups(statements: Sequence[gast.stmt]) -> Iterator[gast.Call]:
    """The look-ups of what attributes hold: ``shadow_of(shadows, s.u)``."""
    for statement in statements:
        for node in walk(statement):
            match node:
                case gast.Call(func=gast.Name(id="shadow_of"), args=[_, gast.Attribute() as part]):
                    if _is_chain(part):
                        yield node
                case _:
                    pass


def _is_chain(part: gast.expr) -> bool:
    while isinstance(part, gast.Attribute):
        part = part.value
    return isinstance(part, gast.Name)


def _rebound(body: Block) -> set[str] | None:
    """The variables that are bound in the reverse sweep, and the attributes, of whatever object; None if any may be."""
    found = names_assigned(body)
    for statement in body:
        for node in walk(statement):
            match node:
                case gast.Attribute(attr="__dict__") | gast.Name(id="vars" | "setattr" | "delattr"):
                    return None
                case gast.Attribute(attr=attr, ctx=gast.Store()):
                    found.add(f".{attr}")
                case gast.Call(func=gast.Name(id=called), args=arguments) if called not in _OF_TABLES:
                    if any(isinstance(argument, gast.Name) and argument.id in _tables(body) for argument in arguments):
                        return None  # A callee puts back what it has changed.
                case _:
                    pass
    return found


def _tables(body: Block) -> set[str]:
    """The names of the table of shadows."""
    return {call.args[0].id for call in _lookups(body) if isinstance(call.args[0], gast.Name)}


def _is_steady(part: gast.expr, changed: set[str]) -> bool:
    """Whether an attribute is of one object, and holds one, throughout."""
    while isinstance(part, gast.Attribute):
        if f".{part.attr}" in changed:
            return False
        part = part.value
    return isinstance(part, gast.Name) and part.id not in changed


def _label(part: gast.expr) -> str:
    """``s_u`` for ``s.u``."""
    return print_tree(part).strip().replace(".", "_")
