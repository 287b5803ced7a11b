"""Statements on arrays as operations over a space of points.

``u[1:-1] += k * v``, ``y = np.exp(-x)`` and ``total = np.sum(x * y)`` each become one operation: what is computed at
each point, and where it goes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import gast
import numpy as np

from srcgrad.kind import Array, Scalar
from srcgrad.loops.leaves import leaf_of
from srcgrad.loops.operands import PLAIN_DTYPES, Facts, NotPointwise, Operands
from srcgrad.loops.space import Access, Along, Pointwise, Space
from srcgrad.syntax.build import name, names_read
from srcgrad.syntax.tree import copy_tree

Form = Literal["store", "new", "total"]


@dataclass(frozen=True)
class Operation:
    """One statement over a space.

    A "store" writes elements of an array, with an ``operator`` into what is there; a "new" one makes the array
    ``name`` like ``model``; a "total" adds all values up in the number ``name``.  ``hoists`` are the statements that
    must run before the loop, and ``numbers`` the names of numbers that the loop reads.
    """

    statement: gast.stmt
    form: Form
    space: Space
    value: Pointwise
    target: Access | None = None
    operator: gast.AST | None = None
    name: str = ""
    dtype: str = "float64"
    model: gast.expr | None = None
    model_dtype: str = "float64"
    hoists: tuple[gast.stmt, ...] = ()
    numbers: frozenset[str] = frozenset()

    def written(self) -> str:
        """The array or number that is written."""
        return self.name if self.target is None else self.target.array

    def reads(self) -> list[Access]:
        """The elements that are read at each point, the target's own included where it is added to."""
        own = [self.target] if self.target is not None and self.operator is not None else []
        return [*self.value.accesses.values(), *own]


def operation(statement: gast.stmt, facts: Facts) -> Operation | None:
    """The operation that a statement is; None where it is none."""
    try:
        match statement:
            case gast.Assign(targets=[gast.Subscript() as target], value=value):
                return _store(statement, target, None, value, facts)
            case gast.AugAssign(target=gast.Subscript() | gast.Name() as target, op=op, value=value):
                return _store(statement, target, op, value, facts)
            case gast.Assign(targets=[gast.Name() as target], value=value):
                return _new(statement, target, value, facts) or _total(statement, target, value, facts)
    except NotPointwise:
        pass
    return None


def _store(
    statement: gast.stmt, target: gast.expr, op: gast.AST | None, value: gast.expr, facts: Facts
) -> Operation | None:
    """A write into an array or a part of it."""
    kind = facts.of.get(target)
    if not isinstance(kind, Array) or not kind.dims or kind.dtype not in PLAIN_DTYPES:
        return None
    if op is not None and not isinstance(op, gast.Add | gast.Sub | gast.Mult | gast.Div):
        return None
    leaf = leaf_of(target, facts.of, facts.views)
    value_kind = facts.of.get(value)
    if leaf is None or not isinstance(value_kind, Array | Scalar):
        return None
    if not np.can_cast(np.dtype(value_kind.dtype), np.dtype(kind.dtype), "same_kind"):
        return None
    if op is not None and (kind.dtype == "bool" or (kind.dtype == "int64" and isinstance(op, gast.Div))):
        return None
    operands = Operands(facts, kind.dims)
    axes = tuple(range(len(kind.dims)))
    place = operands.access(leaf, kind, axes, target)
    operands.models.clear()
    pointwise = operands.pointwise(value)
    walked = {axis.axis for axis in place.axes if isinstance(axis, Along)}
    if any(dim != 1 and axis not in walked for axis, dim in enumerate(kind.dims)):
        return None
    return _finished(statement, "store", operands, pointwise, target=place, operator=op, dtype=kind.dtype)


def _new(statement: gast.stmt, target: gast.Name, value: gast.expr, facts: Facts) -> Operation | None:
    """A new array, elementwise from others."""
    kind = facts.of.get(value)
    if not isinstance(kind, Array) or not kind.dims or leaf_of(value, facts.of, facts.views) is not None:
        return None
    operands = Operands(facts, kind.dims)
    pointwise = operands.pointwise(value)
    if isinstance(pointwise.tree, gast.Constant | gast.Name) and not operands.accesses:
        return None  # np.zeros_like(x): nothing is computed.
    if isinstance(value, gast.Call) and pointwise.tree in operands.accesses and not operands.hoists:
        return None  # x.copy()
    models = sorted(operands.models, key=lambda model: model[1] != kind.dtype)
    model, model_dtype = models[0] if models else (None, kind.dtype)
    if any(extent.start + extent.cut for extent in operands.extents.values()) and model is None:
        return None
    made = _finished(statement, "new", operands, pointwise, name=target.id, dtype=kind.dtype)
    return replace(made, model=model, model_dtype=model_dtype)


def _total(statement: gast.stmt, target: gast.Name, value: gast.expr, facts: Facts) -> Operation | None:
    """``np.sum(e)`` of something that is computed."""
    if not isinstance(value, gast.Call) or value.keywords:
        return None
    function, arguments = facts.callee(value)
    if function is not np.sum or len(arguments) != 1:
        return None
    summed = arguments[0]
    kind, result = facts.of.get(summed), facts.of.get(value)
    if not isinstance(kind, Array) or not kind.dims or not isinstance(result, Scalar):
        return None
    if result.dtype not in ("float64", "complex128", "int64") or leaf_of(summed, facts.of, facts.views) is not None:
        return None
    operands = Operands(facts, kind.dims)
    pointwise = operands.pointwise(summed)
    return _finished(statement, "total", operands, pointwise, name=target.id, dtype=result.dtype)


def _finished(statement: gast.stmt, form: Form, operands: Operands, pointwise: Pointwise, **known: object) -> Operation:
    """The operation, if the program can tell the lengths of all axes."""
    extents = tuple(None if dim == 1 else operands.extents.get(axis) for axis, dim in enumerate(operands.dims))
    if any(extent is None and dim != 1 for extent, dim in zip(extents, operands.dims, strict=True)):
        raise NotPointwise
    space = Space(operands.dims, extents)
    made = Operation(statement, form, space, pointwise, **known)  # type: ignore[arg-type]
    return replace(
        made,
        hoists=tuple(operands.hoists),
        numbers=frozenset(operands.numbers | names_read(pointwise.tree) - {"element", "np"}),
    )


def in_two(whole: Operation, facts: Facts) -> list[Operation]:
    """An operation that reads what it writes, as two: all values first, as NumPy has them, then the writes."""
    assert whole.target is not None
    fresh = facts.names.fresh(f"{whole.target.array}_part")
    statement = whole.statement
    model = load(statement.targets[0] if isinstance(statement, gast.Assign) else statement.target)
    values = replace(
        whole, form="new", target=None, operator=None, name=fresh, model=model, model_dtype=whole.dtype
    )
    stand_in = name("element")
    made = Access(fresh, tuple(Along(axis) for axis in range(len(whole.space.dims))))
    return [values, replace(whole, value=Pointwise(stand_in, {stand_in: made}), hoists=(), numbers=frozenset())]


def load(target: gast.expr) -> gast.expr:
    """A target of an assignment as an expression."""
    read = copy_tree(target)
    read.ctx = gast.Load()
    return read
