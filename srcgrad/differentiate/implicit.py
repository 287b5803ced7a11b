"""Calls of `root` and `fixed_point`: their derivatives solve linear equations with the Jacobian at the solution."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import gast

from srcgrad.analyse.operations import single_target
from srcgrad.custom import IMPLICIT, root
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Function, Kind, Scalar
from srcgrad.runtime import (
    fixed_point_adjoint,
    fixed_point_tangent,
    number_fixed_point_adjoint,
    number_fixed_point_tangent,
    number_root_adjoint,
    number_root_tangent,
    root_adjoint,
    root_tangent,
)

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

# By what is called, and whether the unknown is one number.
ADJOINTS = {
    ("root", False): root_adjoint,
    ("root", True): number_root_adjoint,
    ("fixed_point", False): fixed_point_adjoint,
    ("fixed_point", True): number_fixed_point_adjoint,
}
TANGENTS = {
    ("root", False): root_tangent,
    ("root", True): number_root_tangent,
    ("fixed_point", False): fixed_point_tangent,
    ("fixed_point", True): number_fixed_point_tangent,
}


def is_implicit(value: gast.AST, kinds: Kinds) -> bool:
    """Whether an expression is a call of `root` or `fixed_point`."""
    target = single_target(value, kinds) if isinstance(value, gast.Call) else None
    return target is not None and target.function in IMPLICIT


class Equation:
    """One call ``root(f, x0, *arguments)``: the function of the equation, its parameters' kinds, the arguments."""

    def __init__(self, value: gast.Call, kinds: Kinds) -> None:
        target = single_target(value, kinds)
        assert target is not None
        self.called = "root" if target.function is root else "fixed_point"
        if len(value.args) < 2 or any(isinstance(item, gast.Starred) for item in value.args):
            raise UnsupportedError(
                f"{self.called} is differentiated with its arguments given one by one",
                node=value,
                advice=f"write {self.called}(f, x0, a, b)",
            )
        self.arguments = list(value.args[2:])
        is_number = isinstance(kinds.of[value], Scalar)
        self.adjoint = ADJOINTS[self.called, is_number]
        self.tangent = TANGENTS[self.called, is_number]
        kind = kinds.of.get(value.args[0])
        plain = isinstance(kind, Function) and len(kind.targets) == 1 and not (kind.leading or kind.keywords)
        function: Any = kind.targets[0] if isinstance(kind, Function) else None
        if not plain or not inspect.isfunction(function):
            raise UnsupportedError(
                f"{self.called} is not differentiated with this function",
                node=value.args[0],
                advice="give a lambda that calls it: lambda x: f(x)",
            )
        self.function = function
        names = list(inspect.signature(function).parameters)
        given = [kinds.of[value], *(kinds.of[item] for item in self.arguments)]
        if len(names) != len(given):
            raise UnsupportedError(
                f"the function of this {self.called} takes {len(names)} arguments, not {len(given)}",
                node=value.args[0],
                advice="let it take the unknown and the arguments behind x0, and no others",
            )
        self.unknown = names[0]
        self.kinds: dict[str, Kind] = dict(zip(names, given, strict=True))
        self.of_parameter = dict(zip(names[1:], self.arguments, strict=True))
