"""What the passes of the numba backend work on: the functions of one module, with what is known of their variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import gast

from srcgrad.kind import Kind
from srcgrad.syntax.build import local_names, names_read, parameter_names


@dataclass(frozen=True)
class Unit:
    """One function of a module: its tree, the kinds of its parameters, and those of its variables that have one."""

    tree: gast.FunctionDef
    parameters: Mapping[str, Kind] = field(default_factory=dict)
    variables: Mapping[str, Kind] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The function's name."""
        return str(self.tree.name)

    def free_names(self) -> set[str]:
        """The names that the function reads from the module."""
        return names_read(self.tree.body) - local_names(self.tree) - set(parameter_names(self.tree.args))


def with_body(tree: gast.FunctionDef, body: list[gast.stmt], parameters: list[str] | None = None) -> gast.FunctionDef:
    """A function with another body and, where they are given, other plain parameters."""
    arguments = tree.args if parameters is None else plain_arguments(parameters)
    return gast.FunctionDef(tree.name, arguments, body, [], None, None, [])


def plain_arguments(parameters: list[str]) -> gast.arguments:
    """Parameters without defaults."""
    return gast.arguments(
        args=[gast.Name(parameter, gast.Param(), None, None) for parameter in parameters],
        posonlyargs=[],
        vararg=None,
        kwonlyargs=[],
        kw_defaults=[],
        kwarg=None,
        defaults=[],
    )
