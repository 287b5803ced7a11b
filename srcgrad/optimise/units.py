"""Units: factors of 1.0 that only made a new value.

Before::

    x_bar += 1.0 * y
    w_bar = 1.0 * v + u_bar
    v_bar = 1.0 * w

After, where w is an array of floats::

    x_bar += y
    w_bar = v + u_bar
    v_bar = w.copy()
"""

from __future__ import annotations

from collections.abc import Mapping

import gast

from srcgrad.kind import Array, Kind, Scalar
from srcgrad.syntax.build import base_name, copy_tree, is_number, method
from srcgrad.syntax.walking import walk

_ARITHMETIC = (gast.Add, gast.Sub, gast.Mult, gast.Div)


def drop_units(function: gast.FunctionDef, temporaries: frozenset[str], known: Mapping[str, Kind]) -> gast.FunctionDef:
    """The function without factors of 1.0 in assignments to generated variables; ``known`` are kinds of variables."""
    result = copy_tree(function)
    for node in walk(result):
        match node:
            case gast.AugAssign(target=target, op=gast.Add() | gast.Sub(), value=value):
                if base_name(target) in temporaries:
                    node.value = _inside(_bare(value) or value)
            case gast.Assign(targets=[target], value=value) if base_name(target) in temporaries:
                node.value = _fresh(value, known)
            case _:
                pass
    return result


def _bare(value: gast.expr) -> gast.expr | None:
    """``e`` for ``1.0 * e``."""
    match value:
        case gast.BinOp(left=left, op=gast.Mult(), right=right) if is_number(left, 1.0):
            return right
        case _:
            return None


def _inside(value: gast.expr) -> gast.expr:
    """An expression whose operands lose their factors of 1.0: arithmetic on them makes a new value anyway."""
    if not isinstance(value, gast.BinOp) or not isinstance(value.op, _ARITHMETIC):
        return value
    if isinstance(value.op, gast.Mult) and is_number(value.right, 1.0) and _has_float(value.left):
        return _inside(value.left)
    left = value.left if isinstance(value.op, gast.Mult) and is_number(value.left) else _bare(value.left) or value.left
    right = _bare(value.right) if isinstance(value.op, gast.Add) else None
    return gast.BinOp(_inside(left), value.op, right or value.right)


def _fresh(value: gast.expr, known: Mapping[str, Kind]) -> gast.expr:
    """A whole right side, which has to stay a value of its own."""
    bare = _bare(value)
    if bare is None:
        return _inside(value)
    if isinstance(bare, gast.BinOp | gast.UnaryOp) and _has_float(bare):
        return bare
    kind = known.get(bare.id) if isinstance(bare, gast.Name) else None
    if isinstance(kind, Array) and kind.dtype == "float64":
        return method(bare, "copy")
    if isinstance(kind, Scalar) and kind.dtype == "float64":
        return bare
    return value


def _has_float(expression: gast.expr) -> bool:
    """Whether a number written with a point makes an expression a float."""
    return any(isinstance(node, gast.Constant) and isinstance(node.value, float) for node in walk(expression))
