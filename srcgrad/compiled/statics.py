"""Static arguments: what is fixed for a specialisation (functions, strings, None) is written into the function.

Before:                                   After:
    def f_grad(x, g, mode):                   def f_grad(x):
        y = g(x)                                  y = softplus(x)
        if mode == "sum":                         if "sum" == "sum":
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import gast

from srcgrad.compiled.unit import Unit, with_body
from srcgrad.kind import Constant, Function, Kind
from srcgrad.syntax.build import constant, name, names_assigned, parameter_names, substitute

# Which arguments of a call are left, by their positions; None for all.
Kept = Mapping[str, list[int]]


def without_static_parameters(
    units: Sequence[Unit], name_of: Callable[[str, Any], str]
) -> tuple[list[Unit], dict[str, list[str]]]:
    """The functions without static parameters, in the calls between them too; and the parameters that each has left.

    ``name_of`` gives an object a name in the module.
    """
    kept: dict[str, list[int]] = {}
    left: dict[str, list[str]] = {}
    changed: list[Unit] = []
    for unit in units:
        parameters = parameter_names(unit.tree.args)
        assigned = names_assigned(unit.tree.body)
        static: dict[str, gast.expr] = {}
        for parameter in parameters:
            value = _static_value(unit.parameters.get(parameter), parameter, name_of)
            if value is not None and parameter not in assigned:
                static[parameter] = value
        if static:
            kept[unit.name] = [position for position, one in enumerate(parameters) if one not in static]
            body = substitute(unit.tree.body, static)
            rest = [parameter for parameter in parameters if parameter not in static]
            unit = replace(unit, tree=with_body(unit.tree, body, rest))
        left[unit.name] = parameter_names(unit.tree.args)
        changed.append(unit)
    return [replace(unit, tree=without_arguments(unit.tree, kept)) for unit in changed], left


def _static_value(kind: Kind | None, parameter: str, name_of: Callable[[str, Any], str]) -> gast.expr | None:
    """What stands for a parameter whose value the kind fixes."""
    match kind:
        case Constant(value=value) if value is None or isinstance(value, str | bool | int | float):
            return constant(value)
        case Constant(value=value):
            return name(name_of(parameter, value))
        case Function(targets=(target,), bound=False, leading=(), keywords=()) if not isinstance(target, gast.AST):
            return name(name_of(getattr(target, "__name__", parameter).strip("<>"), target))
        case _:
            return None


def without_arguments(tree: gast.FunctionDef, kept: Kept) -> gast.FunctionDef:
    """The function with the calls of those in ``kept`` given only the arguments at these positions."""
    if not kept:
        return tree

    class Shorter(gast.NodeTransformer):
        def visit_Call(self, node: gast.Call) -> gast.AST:
            self.generic_visit(node)
            if isinstance(node.func, gast.Name) and node.func.id in kept and not node.keywords:
                node.args = [node.args[position] for position in kept[node.func.id]]
            return node

    return Shorter().visit(substitute(tree, {}))
