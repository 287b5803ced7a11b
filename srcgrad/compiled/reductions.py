"""Reductions along an axis: the forms that numba lacks become calls that it compiles.

Before:                                   After:
    m = np.max(x, axis=1)                     m = max_along(x, 1)
    s = np.sum(x, axis=(0, 1))                s = np.sum(np.sum(x, axis=1), axis=0)
    s = np.sum(x, axis=0, keepdims=True)      s = np.expand_dims(np.sum(x, axis=0), 0)
"""

from __future__ import annotations

import gast

from srcgrad.compiled.unit import Unit
from srcgrad.syntax.build import attribute, call, constant, number_value, substitute

_NAMES = {"amax": "max", "amin": "min"}
_REDUCTIONS = frozenset({"sum", "mean", "prod", "max", "min", "all", "any", "amax", "amin"})


def with_reductions_by_axis(unit: Unit) -> gast.FunctionDef:
    """The function with reductions along constant axes in forms that numba takes."""

    class Rewriter(gast.NodeTransformer):
        def visit_Call(self, node: gast.Call) -> gast.AST:
            self.generic_visit(node)
            return _rewritten(node) or node

    return Rewriter().visit(substitute(unit.tree, {}))


def _rewritten(node: gast.Call) -> gast.expr | None:
    match node.func:
        case gast.Attribute(value=gast.Name(id="np"), attr=attr) if attr in _REDUCTIONS and node.args:
            array, rest = node.args[0], node.args[1:]
        case gast.Attribute(value=array, attr=attr) if attr in _REDUCTIONS and not _is_module(array):
            rest = node.args
        case _:
            return None
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if rest:
        given["axis"] = rest[0]
    kept = given.pop("keepdims", None)
    axis = given.pop("axis", None)
    if given or len(rest) > 1 or axis is None or not (kept is None or isinstance(kept, gast.Constant)):
        return None
    axes = _axes(axis)
    if axes is None:
        return None
    # From the last axis to the first where they count from the front, and the other way round where from the end.
    reduced = array
    for one in sorted(axes, reverse=min(axes) >= 0):
        reduced = _along(_NAMES.get(attr, attr), reduced, one)
    if kept is not None and kept.value:
        for one in sorted(axes, reverse=min(axes) < 0):
            reduced = call("np.expand_dims", reduced, constant(one))
    return reduced


def _along(function: str, array: gast.expr, axis: int) -> gast.expr:
    if function == "sum":
        return call(attribute("np", "sum"), array, axis=constant(axis))
    return call(f"{function}_along", array, constant(axis))


def _axes(axis: gast.expr) -> list[int] | None:
    """The axes, if they are constants that all count from the same side."""
    parts = axis.elts if isinstance(axis, gast.Tuple) else [axis]
    found = [number_value(part) for part in parts]
    axes = [one for one in found if type(one) is int]
    if not axes or len(axes) != len(found) or (min(axes) < 0 <= max(axes)):
        return None
    return axes


def _is_module(value: gast.expr) -> bool:
    return isinstance(value, gast.Name) and value.id in ("np", "math")
