"""What of a call is memory of the caller: the shadows of it are shared between caller and callee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import gast

from srcgrad.analyse.aliasing import held_places
from srcgrad.differentiate.shadows import Shadows
from srcgrad.errors import UnsupportedError


@dataclass(frozen=True)
class Held:
    """Of a call, the parameters that are memory of the caller, and whether the result is.

    Their adjoints are shadows that caller and callee share.  Of a result that is ``unused`` there is no adjoint.
    """

    parameters: frozenset[str] = frozenset()
    result: bool = False
    unused: bool = False

    def __bool__(self) -> bool:
        return bool(self.parameters) or self.result


NOTHING_HELD = Held()


def held_by(
    value: gast.Call, arguments: Mapping[str, gast.expr], shadows: Shadows, is_memory: bool, is_unused: bool
) -> Held:
    """What of a call is memory of the caller, where the callee writes into it or its result ``is_memory``."""
    if not is_memory and value not in shadows.memory.calls:
        return NOTHING_HELD
    held = set()
    for parameter, argument in arguments.items():
        if not any(variable in shadows for variable, _ in held_places(argument, shadows.kinds)):
            continue
        if not shadows.is_reference(argument):
            raise UnsupportedError(
                "this argument may share memory that the function called here writes into or returns",
                node=argument if hasattr(argument, "lineno") else value,
                advice="give it a name in a statement before",
            )
        held.add(parameter)
    return Held(frozenset(held), is_memory, is_unused)


def check_may_hold(value: gast.Call, is_plain: bool, is_memory: bool, shadows: Shadows) -> None:
    """Refuse a call through which memory passes, of a function picked at run time or with a rule of its own."""
    if not is_plain and (is_memory or value in shadows.memory.calls):
        raise UnsupportedError(
            "a function picked at run time, or with a rule of its own, may share memory that is written into",
            node=value,
            advice="give it a copy and write the result into the array: a[...] = f(a.copy())",
        )
