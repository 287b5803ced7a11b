"""Data of the surroundings: numba freezes global variables, so that those which are data become parameters.

Before:                                   After:
    def f_grad(x):                            def f_grad(x, SCALE):
        x_bar = SCALE * 2.0 * x                   x_bar = SCALE * 2.0 * x
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from srcgrad.compiled.unit import Unit, plain_arguments
from srcgrad.syntax.build import name, substitute

_LIBRARIES = frozenset({"numpy", "math", "cmath", "operator", "builtins", "numba", "scipy", "srcgrad"})


def with_data_as_parameters(
    units: Sequence[Unit], values: Mapping[str, Any]
) -> tuple[list[Unit], dict[str, list[str]]]:
    """The functions with the data that they or their callees read as further parameters; and which data each reads."""
    wanted = {unit.name: {one for one in unit.free_names() if one in values and is_data(values[one])} for unit in units}
    calls = {unit.name: unit.free_names() & wanted.keys() for unit in units}
    while True:
        wider = {caller: found.union(*(wanted[one] for one in calls[caller])) for caller, found in wanted.items()}
        if wider == wanted:
            break
        wanted = wider
    order = {function: sorted(data) for function, data in wanted.items()}
    if not any(order.values()):
        return list(units), order
    # Behind parameters that a call may leave out there is no place for more.
    in_front = {unit.name for unit in units if unit.tree.args.defaults or unit.tree.args.vararg}
    return [replace(unit, tree=_with_data(unit.tree, order, in_front)) for unit in units], order


def _with_data(tree: gast.FunctionDef, order: Mapping[str, list[str]], in_front: set[str]) -> gast.FunctionDef:
    """One function with its data as parameters, handed on in its calls."""

    class Longer(gast.NodeTransformer):
        def visit_Call(self, node: gast.Call) -> gast.AST:
            self.generic_visit(node)
            if isinstance(node.func, gast.Name):
                data = [name(one) for one in order.get(node.func.id, ())]
                if node.func.id in in_front:
                    node.args = [*data, *node.args]
                elif node.keywords:
                    node.keywords += [gast.keyword(one.id, one) for one in data]
                else:
                    node.args += data
            return node

    changed = Longer().visit(substitute(tree, {}))
    data = plain_arguments(order[tree.name]).args
    if tree.name in in_front and changed.args.posonlyargs:
        changed.args.posonlyargs = [*data, *changed.args.posonlyargs]
    elif tree.name in in_front:
        changed.args.args = [*data, *changed.args.args]
    else:
        changed.args.args = [*changed.args.args, *data]
    return changed


def is_data(value: Any) -> bool:
    """Whether a variable's value is data, which may change from call to call; no function, class, module or text."""
    if isinstance(value, np.ndarray | np.generic | int | float | complex) and not isinstance(value, type):
        return True
    if isinstance(value, tuple | list | dict):
        return True
    return not (
        value is None
        or isinstance(value, str | bytes | type | np.dtype | np.ufunc | types.ModuleType)
        or value is Ellipsis
        or callable(value)
        or inspect.isroutine(value)
    )


def is_library(module: str | None) -> bool:
    """Whether a module belongs to a library of which numba knows the functions, or to srcgrad."""
    return (module or "").partition(".")[0] in _LIBRARIES
