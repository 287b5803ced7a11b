"""The reversal of assignments to variables that are memory: an object gets a name, or a new object is made.

Before::

    b = a.reshape(-1)
    c = np.exp(x)

Reversed::

    # c = np.exp(x)
    v_bar = shadow_of(shadows, c)
    x_bar += v_bar * np.exp(x)
    # b = a.reshape(-1)
    if not np.may_share_memory(b, a):
        v_bar = shadow_of(shadows, b)
        a_bar = shadow_of(shadows, a)
        a_bar += v_bar.reshape(a.shape)
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.aliasing import held_places
from srcgrad.analyse.operations import single_target
from srcgrad.differentiate.adjoints import Adjoints
from srcgrad.differentiate.cotangent import Cotangent
from srcgrad.differentiate.expressions import Expressions
from srcgrad.differentiate.steps import Overwrite, Simple
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, DictOf, Instance, SequenceOf, TupleOf
from srcgrad.syntax.build import assign, call, if_statement, name, names_read

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


class HandingOn:
    """Steps of assignments to memory."""

    def __init__(self, kinds: Kinds, adjoints: Adjoints, expressions: Expressions) -> None:
        self.kinds = kinds
        self.adjoints = adjoints
        self.shadows = adjoints.shadows
        self.expressions = expressions

    def step(self, statement: gast.stmt, target: gast.Name, value: gast.expr) -> Simple:
        """The step of ``target = value``, where the value is no call of a function with source."""
        variable = target.id
        itself = frozenset({variable} & names_read(value))
        step = Simple([statement], [], frozenset([variable]), [Overwrite(variable, name(variable))], itself)
        kind = self.kinds.of.get(target) or self.kinds.of.get(value)
        if not self.expressions.depends(value):
            return step
        if self.shadows.is_reference(value):
            if any(source not in self.shadows for source, _ in held_places(value, self.kinds)):
                raise UnsupportedError(
                    f"{variable!r} may share memory here in a way that is not followed, and that is written into",
                    node=statement,
                    advice=f"write into a copy: {variable} = {variable}.copy()",
                )
            return step
        if isinstance(kind, SequenceOf | DictOf | Instance | TupleOf):
            if isinstance(value, gast.Call) and _is_copy(value, self.kinds):
                raise UnsupportedError(
                    "a copy of an object that is written into is not differentiated",
                    node=statement,
                    advice="make a new object of what it holds: Point(p.x, p.y)",
                )
            if not self.shadows.holds_numbers(kind):
                self._check_items(statement, value)
                return step
            taken = self._taken(step, variable)
            # Numbers of their own, as in list(x), share nothing with what they are taken from.
            self.expressions.spares_memory = not self.shadows.holds_only_numbers(kind)
            self.expressions.push(value, Cotangent(taken, kind))
            return step
        if not isinstance(kind, Array):
            raise UnsupportedError(
                f"it is not clear before the run what {variable!r} holds here, and what it may share is written into",
                node=statement,
                advice=f"write into a copy: {variable} = np.array(...)",
            )
        viewed = self.shadows.viewed(value)
        if viewed is None and self._may_be_held(value):
            raise UnsupportedError(
                f"{variable!r} may share memory here in a way that is not followed, and what it shares is written into",
                node=statement,
                advice=f"write into a copy: {variable} = {variable}.copy()",
            )
        if viewed is None:
            self.expressions.push(value, Cotangent(self._taken(step, variable), kind))
            return step
        made = name(variable)
        if itself:
            made = name(self.expressions.names.fresh(f"{variable}_new"))
            step.early.append(assign(made, name(variable)))
        taken = self.expressions.reserve(kind)
        self.expressions.push(value, Cotangent(taken, kind))
        self.expressions.flush()
        copied = [assign(taken, self.shadows.of(made)), *self.adjoints.fetched(self.expressions.statements)]
        is_copy = gast.UnaryOp(gast.Not(), call("np.may_share_memory", made, viewed))
        self.expressions.statements = [if_statement(is_copy, copied)] if copied else []
        return step

    def _taken(self, step: Simple, variable: str) -> gast.expr:
        """The adjoint of the new object, fetched while the variable still holds it."""
        taken = self.expressions.reserve(self.adjoints.kind_of(variable))
        step.early.append(assign(taken, self.shadows.of(name(variable))))
        return taken

    def _may_be_held(self, value: gast.expr) -> bool:
        return any(variable in self.shadows for variable, _ in held_places(value, self.kinds))

    def _check_items(self, statement: gast.stmt, value: gast.expr) -> None:
        """Refuse a new container whose arrays are not those of variables: their adjoints would be lost."""
        match value:
            case gast.List(elts=items) | gast.Tuple(elts=items) | gast.Dict(values=items):
                pass
            case gast.Call(args=arguments, keywords=options):
                items = [*arguments, *(option.value for option in options)]
            case _:
                items = []
        for item in items:
            inner = self.kinds.of.get(item)
            if isinstance(inner, Array) and self.expressions.depends(item) and not self.shadows.is_reference(item):
                raise UnsupportedError(
                    "a container of arrays that are written into is made with a new array in it: not supported",
                    node=statement,
                    advice="give the array a name in a statement before",
                )


def _is_copy(value: gast.Call, kinds: Kinds) -> bool:
    """Whether a call is ``copy.copy(x)`` or ``copy.deepcopy(x)``."""
    target = single_target(value, kinds)
    return target is not None and target.function in (copy.copy, copy.deepcopy)
