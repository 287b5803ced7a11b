"""Augmented assignments: updates of generated variables written as updates."""

from __future__ import annotations

from collections.abc import Iterable

import gast

from srcgrad.optimise.rewriting import rewrite_statements

_SUMS, _PRODUCTS = (gast.Add, gast.Sub), (gast.Mult, gast.Div)
_COMMUTING = (gast.Add, gast.Mult)


def augment_assignments(
    function: gast.FunctionDef, temporaries: Iterable[str], *, scalars: Iterable[str] = (), arrays: Iterable[str] = ()
) -> gast.FunctionDef:
    """The function with updates of generated variables written as augmented assignments.

    Before::

        s_bar = 0.5 * s_bar
        x_bar[i] = x_bar[i] + s_bar * w

    After::

        s_bar *= 0.5
        x_bar[i] += s_bar * w

    A variable itself must be among ``scalars``, the base of a subscript among ``arrays``: a list's element would
    be written into, not replaced.
    """
    candidates = frozenset(temporaries)
    updated = frozenset(scalars) & candidates
    written = frozenset(arrays) & candidates

    def rewrite(statement: gast.stmt) -> gast.stmt:
        if not (isinstance(statement, gast.Assign) and len(statement.targets) == 1):
            return statement
        target, value = statement.targets[0], statement.value
        if not isinstance(value, gast.BinOp) or not isinstance(value.op, (*_SUMS, *_PRODUCTS)):
            return statement
        if isinstance(target, gast.Name):
            if target.id not in updated:
                return statement
        elif not (
            isinstance(target, gast.Subscript)
            and isinstance(target.value, gast.Name)
            and target.value.id in written
            and not any(isinstance(node, (gast.Call, gast.NamedExpr)) for node in gast.walk(target.slice))
        ):
            return statement
        update = _update(value, target)
        return statement if update is None else gast.copy_location(gast.AugAssign(target, *update), statement)

    return rewrite_statements(function, rewrite)


def _update(value: gast.BinOp, target: gast.expr) -> tuple[gast.operator, gast.expr] | None:
    """(op, e) where ``value`` means ``target op e``; None elsewhere."""
    if type(value.op) in _COMMUTING and _is_same(value.right, target):
        return value.op, value.left
    group = _SUMS if isinstance(value.op, _SUMS) else _PRODUCTS
    chain: list[tuple[gast.operator, gast.expr]] = []
    head: gast.expr = value
    while isinstance(head, gast.BinOp) and isinstance(head.op, group):
        chain.append((head.op, head.right))
        head = head.left
    if not chain or not _is_same(head, target):
        return None
    operator, rest = chain.pop()
    if chain and type(operator) not in _COMMUTING:
        return None
    # target * a / b, computed from left to right, is target * (a / b).
    for later, operand in reversed(chain):
        rest = gast.copy_location(gast.BinOp(rest, later, operand), value)
    return operator, rest


def _is_same(expression: gast.expr, target: gast.expr) -> bool:
    """Whether an expression reads what ``target`` assigns."""
    if type(expression) is not type(target):
        return False
    if isinstance(target, gast.Name):
        return bool(expression.id == target.id)
    # The base of the target is a name.
    same_base = isinstance(expression.value, gast.Name) and expression.value.id == target.value.id
    return same_base and gast.dump(expression.slice) == gast.dump(target.slice)
