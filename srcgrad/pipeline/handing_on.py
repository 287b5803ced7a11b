"""Handing on: where arrays have several names and are written into, each new array gets a name in its own statement.

Before::

    state = {"x": x, "v": 2.0 * v}
    b = a.reshape(-1) if long else a

After::

    value = 2.0 * v
    state = {"x": x, "v": value}
    if long:
        b = a.reshape(-1)
    else:
        b = a
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gast

from srcgrad.analyse.effects import Body
from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.memory import Memory, memory_of
from srcgrad.analyse.operations import may_carry
from srcgrad.analyse.purity import is_pure_library_call
from srcgrad.differentiate.holding import Held
from srcgrad.differentiate.needed import statements_of
from srcgrad.differentiate.shadows import Shadows
from srcgrad.kind import Array, DictOf, Instance, Opaque, SequenceOf, TupleOf
from srcgrad.normalise.hoisting import hoist
from srcgrad.normalise.ternaries import expand_conditional
from srcgrad.syntax.build import base_name
from srcgrad.syntax.names import Names

_HOLDING = Array | SequenceOf | DictOf | Instance | TupleOf
_DISPLAYS = (gast.List, gast.Tuple, gast.Dict)


def named_before_handed_on(
    tree: gast.FunctionDef, kinds: Kinds, wrt: tuple[str, ...], body: Body, held: Held, names: Names
) -> gast.FunctionDef | None:
    """One more step towards assignments that either make one array or hand one on; None where none is left to do."""
    memory = memory_of(tree, kinds, wrt, body, held.parameters, held.result)
    if not memory.families:
        return None
    finder = _Finder(memory, kinds)
    for statement in statements_of(tree.body):
        finder.statement(statement)
    if finder.choices:
        return expand_conditional(tree, finder.choices.__contains__, names, is_pure_library_call)
    if finder.found:
        return hoist(tree, finder.found.__contains__, names, is_pure=is_pure_library_call)
    return None


class _Finder:
    def __init__(self, memory: Memory, kinds: Kinds) -> None:
        self.memory = memory
        self.kinds = kinds
        self.shadows = Shadows(memory, kinds, Names())
        self.found: set[gast.AST] = set()
        self.choices: set[gast.AST] = set()

    def statement(self, statement: Any) -> None:
        match statement:
            case gast.Assign(targets=[gast.Name(id=variable)], value=gast.IfExp() as value) if variable in self.shadows:
                if not self.shadows.is_reference(value):
                    self.choices.add(value)
            case gast.Assign(targets=[gast.Name(id=variable)], value=value) if variable in self.shadows:
                if isinstance(self.kinds.of.get(value), SequenceOf | DictOf | Instance | TupleOf):
                    self.items(value)
            case gast.Assign(targets=[gast.Subscript() | gast.Attribute() as target], value=value):
                around = self.kinds.of.get(target.value)
                if base_name(target) in self.shadows and not isinstance(around, Array):
                    self.item(value)
            case gast.Expr(value=gast.Call(func=gast.Attribute(value=receiver)) as value):
                if base_name(receiver) in self.shadows and isinstance(self.kinds.of.get(receiver), SequenceOf | DictOf):
                    self.items(value)
            case gast.Return(value=gast.AST() as value) if self.memory.result:
                self.item(value)
            case _:
                pass
        for node in _calls(statement):
            if node in self.memory.calls:
                self.items(node)

    def items(self, value: gast.expr) -> None:
        """What to name in a new container, or among the arguments of a call."""
        match value:
            case gast.List(elts=items) | gast.Tuple(elts=items) | gast.Dict(values=items):
                pass
            case gast.Call(args=arguments, keywords=options):
                items = [*arguments, *(option.value for option in options)]
            case _:
                return
        for item in items:
            self.item(item)

    def item(self, value: gast.expr) -> None:
        kind = self.kinds.of.get(value)
        if isinstance(value, gast.Starred) or not isinstance(kind, _HOLDING | Opaque) or not may_carry(kind):
            return
        if isinstance(value, _DISPLAYS):
            self.items(value)
        elif not self.shadows.is_reference(value) and not isinstance(value, gast.Name):
            self.found.add(value)


def _calls(statement: gast.stmt) -> Iterator[gast.Call]:
    """The calls in a statement's own expressions."""
    for field, value in gast.iter_fields(statement):
        if field not in ("body", "orelse", "finalbody", "handlers") and isinstance(value, gast.AST):
            yield from (node for node in gast.walk(value) if isinstance(node, gast.Call))
