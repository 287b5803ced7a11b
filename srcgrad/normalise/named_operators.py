"""Operators that write, called by their names, as the statements they stand for.

Before::

    x.__setitem__(0, v)
    operator.iadd(x, v)
    np.ndarray.sort(x)

After::

    x[0] = v
    x += v
    x.sort()
"""

from __future__ import annotations

import operator
import types
from collections.abc import Callable, Mapping
from typing import Any

import gast
import numpy as np

from srcgrad.kind import Array, Kind
from srcgrad.normalise.targets import is_part_of_variable
from srcgrad.syntax.tree import copy_tree

_IN_PLACE: dict[str, type[gast.operator]] = {
    "iadd": gast.Add,
    "isub": gast.Sub,
    "imul": gast.Mult,
    "itruediv": gast.Div,
    "ifloordiv": gast.FloorDiv,
    "imod": gast.Mod,
    "ipow": gast.Pow,
    "imatmul": gast.MatMult,
}
_OPERATORS = {getattr(operator, label): label for label in (*_IN_PLACE, "setitem")}


def as_statement(
    called: gast.Call, kinds: Mapping[gast.AST, Kind], function_of: Callable[[gast.Call], Any]
) -> gast.stmt | None:
    """The statement that a call in a statement of its own stands for, None where it is no such call."""
    is_unbound = _is_unbound(called, kinds, function_of)
    if called.keywords and not is_unbound:
        return None
    match called.func, called.args:
        case gast.Attribute(value=receiver, attr=attr), arguments if attr.startswith("__") and isinstance(
            kinds.get(receiver), Array
        ):
            return _statement(attr.strip("_"), [receiver, *arguments], kinds)
        case gast.Attribute(attr=attr), [receiver, *arguments] if is_unbound:
            if attr.startswith("__"):
                return _statement(attr.strip("_"), [receiver, *arguments], kinds)
            method = gast.Attribute(receiver, attr, gast.Load())
            return gast.Expr(gast.Call(method, arguments, called.keywords))
        case _, [receiver, *_] if isinstance(kinds.get(receiver), Array):
            function = function_of(called)
            label = _OPERATORS.get(function) if isinstance(function, types.BuiltinFunctionType) else None
            return _statement(label, called.args, kinds) if label is not None else None
        case _:
            return None


def _is_unbound(
    called: gast.Call, kinds: Mapping[gast.AST, Kind], function_of: Callable[[gast.Call], Any]
) -> bool:
    """Whether a call is of a method of arrays as a function: ``np.ndarray.sort(x)``."""
    if not isinstance(called.func, gast.Attribute) or isinstance(kinds.get(called.func.value), Array):
        return False
    return getattr(function_of(called), "__objclass__", None) is np.ndarray


def _statement(label: str, arguments: list[gast.expr], kinds: Mapping[gast.AST, Kind]) -> gast.stmt | None:
    target = copy_tree(arguments[0])
    if not is_part_of_variable(arguments[0], kinds):
        return None
    if label == "setitem" and len(arguments) == 3:
        return gast.Assign([gast.Subscript(target, arguments[1], gast.Store())], arguments[2], None)
    if label in _IN_PLACE and len(arguments) == 2:
        target.ctx = gast.Store()
        return gast.AugAssign(target, _IN_PLACE[label](), arguments[1])
    return None
