"""Sums, means and extremes of elementwise expressions, whole or along an axis, as loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gast
import numpy as np

from srcgrad.kind import Array, Constant, Scalar
from srcgrad.loops.leaves import leaf_of
from srcgrad.loops.nests import Scope, best_base, loop
from srcgrad.loops.operands import Facts, NotPointwise, Operands
from srcgrad.loops.operations import operation
from srcgrad.loops.space import Along, Extent, Pointwise, Position
from srcgrad.syntax.build import (
    assign,
    attribute,
    augment,
    binary,
    call,
    constant,
    if_statement,
    name,
    names_read,
    store,
    subscript,
    tuple_of,
)
from srcgrad.syntax.tree import with_replaced

_SUMS = {np.sum, np.mean}
_EXTREMES = {np.max: "np.maximum", np.min: "np.minimum", np.amax: "np.maximum", np.amin: "np.minimum"}
_NUMBERS = {"float64": 0.0, "complex128": 0j, "int64": 0}


# ---- sums of everything inside of other expressions ----


def with_totals_apart(statement: gast.stmt, facts: Facts) -> list[gast.stmt]:
    """``return -np.mean(t * p)`` as ``total = np.sum(t * p)`` and ``return -(total / t.size)``."""
    if not isinstance(statement, gast.Assign | gast.AugAssign | gast.Return | gast.Expr) or statement.value is None:
        return [statement]
    if isinstance(statement, gast.Assign) and operation(statement, facts) is not None:
        return [statement]
    if not all(_is_calm(node, facts) for node in gast.walk(statement)):
        return [statement]
    before: list[gast.stmt] = []
    replaced: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
    for node in _totals(statement.value, facts):
        function, arguments = facts.callee(node)
        summed = arguments[0]
        size = None if function is np.sum else _model_of(summed, facts)
        if function is np.mean and size is None:
            continue
        apart = _sum_of(node, summed, facts)
        total, made = facts.named("total", apart)
        if operation(made, facts) is None:
            continue
        before.append(made)
        result: gast.expr = total
        if size is not None:
            count = attribute(size, "size")
            result = binary(total, "/", count)
            facts.of[count] = Scalar("int64", True)
        facts.of[result] = facts.of[node]
        replaced[node] = result
    return [*before, _with_kinds(statement, replaced, facts)] if replaced else [statement]


def _with_kinds(
    statement: gast.stmt, replaced: dict[gast.AST, gast.AST | list[gast.stmt]], facts: Facts
) -> gast.stmt:
    """A statement with parts replaced, whose new nodes have the kinds of the old ones."""
    made = with_replaced(statement, replaced)
    pending = [(statement, made)]
    while pending:
        old, new = pending.pop()
        if old is new or old in replaced:
            continue
        if old in facts.of:
            facts.of[new] = facts.of[old]
        if isinstance(old, gast.Call) and old in facts.calls:
            facts.calls[new] = facts.calls[old]
        pending += zip(gast.iter_child_nodes(old), gast.iter_child_nodes(new), strict=True)
    return made


def _totals(node: gast.AST, facts: Facts) -> Iterator[gast.Call]:
    """The sums and means of something computed that an expression surely evaluates, the outer ones alone."""
    if isinstance(node, gast.Call) and isinstance(facts.of.get(node), Scalar) and not node.keywords:
        function, arguments = facts.callee(node)
        if _is_one_of(function, _SUMS) and len(arguments) == 1 and _dtype(node, facts) in _NUMBERS:
            if isinstance(facts.of.get(arguments[0]), Array) and _is_computed(arguments[0], facts):
                yield node
                return
    if isinstance(node, gast.IfExp | gast.BoolOp | gast.Lambda | gast.ListComp | gast.GeneratorExp | gast.DictComp):
        return
    for child in gast.iter_child_nodes(node):
        yield from _totals(child, facts)


def _is_computed(node: gast.expr, facts: Facts) -> bool:
    return leaf_of(node, facts.of, facts.views) is None


def _sum_of(node: gast.Call, summed: gast.expr, facts: Facts) -> gast.Call:
    """``np.sum(summed)``, with what is known of it."""
    made = call("np.sum", summed)
    kind = facts.of[node]
    facts.of[made] = replace(kind, value=None) if isinstance(kind, Scalar) else kind
    fact = facts.calls[node]
    target = replace(fact.targets[0], function=np.sum, bound=False, leading=())
    facts.calls[made] = replace(fact, targets=(target,))
    return made


def _model_of(node: gast.expr, facts: Facts) -> gast.expr | None:
    """A leaf with as many elements as an expression."""
    kind = facts.of.get(node)
    for part in gast.walk(node):
        if isinstance(part, gast.Name | gast.Subscript) and isinstance(facts.of.get(part), Array):
            if facts.of[part].dims == getattr(kind, "dims", None) and leaf_of(part, facts.of, facts.views):  # type: ignore[attr-defined]
                return part
    return None


def _is_calm(node: gast.AST, facts: Facts) -> bool:
    """Whether a node is no call that may change anything."""
    if isinstance(node, gast.NamedExpr | gast.Yield | gast.YieldFrom | gast.Await):
        return False
    if not isinstance(node, gast.Call):
        return True
    function, _ = facts.callee(node)
    home = getattr(function, "__module__", None) or type(function).__module__
    return home.partition(".")[0] in ("numpy", "math", "builtins") and getattr(function, "__name__", "") not in (
        "print append pop extend insert remove sort reverse fill put place copyto at".split()
    )


def _is_one_of(function: Any, functions: Any) -> bool:
    return callable(function) and getattr(function, "__hash__", None) is not None and function in functions


def _dtype(node: gast.AST, facts: Facts) -> str:
    return getattr(facts.of.get(node), "dtype", "object")


# ---- reductions along axes ----


@dataclass(frozen=True)
class Reduced:
    """The loops of a reduction, the statements that must run before them, and what they read."""

    statements: list[gast.stmt]
    hoists: list[gast.stmt]
    reads: set[str]


def reduction(statement: gast.stmt, facts: Facts, variables: Sequence[str]) -> Reduced | None:
    """The loops for ``m = np.max(z, axis=1, keepdims=True)``; None where a statement is no such thing."""
    match statement:
        case gast.Assign(targets=[gast.Name(id=target)], value=gast.Call() as value):
            pass
        case _:
            return None
    function, arguments = facts.callee(value)
    if not _is_one_of(function, {*_SUMS, *_EXTREMES}) or not arguments:
        return None
    kind, result = facts.of.get(arguments[0]), facts.of.get(value)
    if not isinstance(kind, Array) or not kind.dims or _dtype(value, facts) not in _NUMBERS:
        return None
    if _is_one_of(function, _EXTREMES) and kind.dtype != "float64":
        return None
    options = _options(value, arguments, kind, facts)
    if options is None:
        return None
    axes, keeps = options
    if isinstance(result, Scalar) and not _is_computed(arguments[0], facts):
        return None
    operands = Operands(facts, kind.dims)
    try:
        pointwise = operands.pointwise(arguments[0])
    except NotPointwise:
        return None
    if any(axis not in operands.extents for axis in range(len(kind.dims))):
        return None  # An axis of length 1 has none either: there is nothing to reduce.
    kept = [axis for axis in range(len(kind.dims)) if axis not in axes]
    if any(operands.extents[axis].start + operands.extents[axis].cut for axis in kept):
        return None
    reduced = _Reduction(function, target, pointwise, operands.extents, axes, keeps, Scope(variables), facts)
    return Reduced(
        reduced.statements(_dtype(value, facts), isinstance(result, Scalar)),
        operands.hoists,
        pointwise.arrays() | operands.numbers | names_read(pointwise.tree),
    )


def _options(
    node: gast.Call, arguments: Sequence[gast.expr], kind: Array, facts: Facts
) -> tuple[tuple[int, ...], bool] | None:
    """The axes that are reduced, and whether they stay with length 1; None where that is not known."""
    given = {keyword.arg: facts.of.get(keyword.value) for keyword in node.keywords}
    if len(arguments) > 2 or set(given) - {"axis", "keepdims", "dtype"}:
        return None
    if "dtype" in given and not kind.dtype.startswith(("bool", "int")):
        return None
    axis = facts.of.get(arguments[1]) if len(arguments) == 2 else given.get("axis", Constant(None))
    keeps = given.get("keepdims", Scalar("bool", True, False))
    if not isinstance(keeps, Scalar) or not isinstance(keeps.value, bool):
        return None
    rank = len(kind.dims or ())
    if axis == Constant(None):
        return tuple(range(rank)), keeps.value
    if isinstance(axis, Scalar) and isinstance(axis.value, int) and -rank <= axis.value < rank:
        return (axis.value % rank,), keeps.value
    return None


@dataclass(frozen=True)
class _Reduction:
    """One reduction of a value over some axes of its space."""

    function: Callable[..., Any]
    target: str
    value: Pointwise
    extents: dict[int, Extent]
    axes: tuple[int, ...]
    keeps: bool
    scope: Scope
    facts: Facts

    @property
    def rank(self) -> int:
        return len(self.extents)

    def statements(self, dtype: str, is_number: bool) -> list[gast.stmt]:
        """All loops, the result's array in front."""
        kept = [axis for axis in range(self.rank) if axis not in self.axes]
        is_inner = self.axes == tuple(range(len(kept), self.rank))
        checks = [] if self.function in _SUMS else [check for axis in self.axes for check in self._check(axis)]
        if is_number:
            return [*checks, *self._inner(name(self.target), dtype)]
        lengths = [
            constant(1) if axis in self.axes else subscript(attribute(self.extents[axis].array, "shape"), axis_of)
            for axis, axis_of in ((axis, self.extents[axis].axis) for axis in range(self.rank))
            if self.keeps or axis not in self.axes
        ]
        named = self.target
        if named in self.value.arrays():
            named = self.facts.names.fresh(f"{self.target}_new")
        shape = lengths[0] if len(lengths) == 1 else tuple_of(*lengths)
        options = {} if dtype == "float64" else {"dtype": f"np.{dtype}"}
        starts_at_zero = self.function in _SUMS and not is_inner
        made = assign(named, call("np.zeros" if starts_at_zero else "np.empty", shape, **options))
        place = subscript(
            named,
            *(
                constant(0) if axis in self.axes else name(self.scope.variables[axis])
                for axis in range(self.rank)
                if self.keeps or axis not in self.axes
            ),
        )
        if is_inner:
            total = self.facts.names.numbered("total" if self.function in _SUMS else "extreme")
            body = [*self._inner(name(total), dtype), assign(place, name(total))]
            statements = self._around(kept, body)
        else:
            statements = self._outer(place, kept)
        ending = [assign(self.target, name(named))] if named != self.target else []
        return [*checks, made, *statements, *ending]

    def _inner(self, total: gast.Name, dtype: str) -> list[gast.stmt]:
        """One number from all values along the last axes."""
        first: gast.expr = constant(_NUMBERS[dtype])
        if self.function not in _SUMS:
            first = self.scope.value(self.value, self._point(dict.fromkeys(self.axes, 0)))
        loops = self._around(list(self.axes), [self._merged(total, self._value())])
        ending: list[gast.stmt] = []
        if self.function is np.mean:
            ending = [augment(total, "/", self._count())]
        return [assign(total, first), *loops, *ending]

    def _outer(self, place: gast.expr, kept: list[int]) -> list[gast.stmt]:
        """All values in the order of memory, each merged into its element of the result."""
        start: list[gast.stmt] = []
        if self.function not in _SUMS:
            first = self.scope.value(self.value, self._point(dict.fromkeys(self.axes, 0)))
            start = self._around(kept, [assign(place, first)])
        loops = self._around(list(range(self.rank)), [self._merged(place, self._value())])
        ending: list[gast.stmt] = []
        if self.function is np.mean:
            ending = self._around(kept, [augment(place, "/", self._count())])
        return [*start, *loops, *ending]

    def _merged(self, total: gast.expr, value: gast.expr) -> gast.stmt:
        if self.function in _SUMS:
            return augment(total, "+", value)
        return assign(store(total), call(_EXTREMES[self.function], total, value))

    def _value(self) -> gast.expr:
        return self.scope.value(self.value, self._point({}))

    def _point(self, fixed: dict[int, int]) -> tuple[Position, ...]:
        return tuple(
            Position(None, fixed[axis])
            if axis in fixed
            else Position(name(self.scope.variables[axis]), -self._base(axis))
            for axis in range(self.rank)
        )

    def _base(self, axis: int) -> int:
        if axis not in self.axes:
            return 0
        return best_base(
            [
                place.start
                for access in self.value.accesses.values()
                for place in access.axes
                if isinstance(place, Along) and place.axis == axis and place.step == 1
            ]
        )

    def _around(self, axes: list[int], body: list[gast.stmt]) -> list[gast.stmt]:
        """Loops over some axes."""
        for axis in reversed(axes):
            base = self._base(axis)
            body = [loop(self.scope.variables[axis], base, self.extents[axis].stop(base), body)]
        return body

    def _count(self) -> gast.expr:
        """How many values go into each result."""
        count: gast.expr | None = None
        for axis in self.axes:
            length = self.extents[axis].stop(0)
            count = length if count is None else binary(count, "*", length)
        assert count is not None
        return count

    def _check(self, axis: int) -> list[gast.stmt]:
        """NumPy's error for the extreme of nothing."""
        called = _EXTREMES[self.function].removeprefix("np.")
        message = f"zero-size array to reduction operation {called} which has no identity"
        error = gast.Raise(call("ValueError", gast.Constant(message, None)), None)
        test = gast.Compare(self.extents[axis].stop(0), [gast.Lt()], [constant(1)])
        return [if_statement(test, [error])]

