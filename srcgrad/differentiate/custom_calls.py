"""Calls of functions that say themselves how they are differentiated, and of solutions of equations, as pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.operations import is_numeric
from srcgrad.custom import Checkpoint, CustomVjp
from srcgrad.differentiate.expressions import Expressions
from srcgrad.differentiate.implicit import Equation
from srcgrad.differentiate.pairs import Pair
from srcgrad.differentiate.ruled import RuledCall, check_undifferentiated, rule_of
from srcgrad.kind import DictOf, Instance, Kind, SequenceOf, TupleOf
from srcgrad.syntax.build import assign, call, constant, name, subscript, tuple_of

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Target
    from srcgrad.differentiate.calls import Calls


def custom_pair(
    calls: Calls,
    value: gast.Call,
    target: Target,
    arguments: dict[str, gast.expr],
    active: dict[str, gast.expr],
    expressions: Expressions,
    result: gast.expr | None,
) -> Pair:
    """The pair of a call of a `custom_vjp`, a `custom_jvp` or a `checkpoint`."""
    if isinstance(target.function, CustomVjp):
        assert result is not None
        return _with_rule(calls, value, target.function, arguments, set(active), result)
    if isinstance(target.function, Checkpoint):
        return _run_again(calls, value, target, arguments, active)
    return _transposed(calls, value, target, arguments, tuple(active))


def _with_rule(
    calls: Calls,
    value: gast.Call,
    function: CustomVjp,
    arguments: dict[str, gast.expr],
    active: set[str],
    result: gast.expr,
) -> Pair:
    """A call of a function with a reverse rule of its own: the user's two functions are called."""
    residuals = calls.names.fresh("residuals")
    calls.made.add(residuals)
    ruled = RuledCall(value, function, arguments, active, calls.kinds, calls.helpers)
    forward = gast.copy_location(ruled.forward, value)

    def reverse(bar: gast.expr) -> gast.expr:
        return ruled.reverse(residuals, _as_users(bar, calls.kinds.of[value], result))

    return Pair(forward, reverse, residuals, ruled.results, ruled.is_tuple, is_users=True)


def solution_pair(calls: Calls, value: gast.Call, expressions: Expressions, solution: gast.expr | None) -> Pair:
    """The solution of an equation: its function is reversed at the solution."""
    assert isinstance(solution, gast.Name)
    equation = Equation(value, calls.kinds)
    active = {key: item for key, item in equation.of_parameter.items() if expressions.depends(item)}
    wanted = (equation.unknown, *active)
    forward, reverse = calls.request.request_pair(equation.function, equation.kinds, wanted)
    adjoint = calls.helpers.name_of(equation.adjoint.__name__, equation.adjoint)

    def reversal(bar: gast.expr) -> gast.expr:
        label = equation.function.__name__.strip("_<>")
        records, residual_bar = calls.names.fresh(f"{label}_records"), calls.names.fresh(f"{label}_bar")
        called = call(forward, name(solution.id), *equation.arguments)
        expressions.statements.append(assign(tuple_of(name(calls.names.fresh("_")), name(records)), called))
        expressions.statements.append(assign(residual_bar, call(adjoint, name(reverse), name(records), bar)))
        return call(reverse, name(residual_bar), name(records))

    return Pair(value, reversal, None, (None, *active.values()), True, is_users=True)


def _as_users(bar: gast.expr, kind: Kind, result: gast.expr) -> gast.expr:
    """An adjoint as the user's own rule takes it: in the structure of the result."""
    if not isinstance(result, gast.Name) or not isinstance(kind, TupleOf | SequenceOf | DictOf | Instance):
        return bar
    if isinstance(kind, TupleOf) and kind.cls is tuple and all(map(is_numeric, kind.elements)):
        return call("tuple", bar)
    return call("like", name(result.id), bar)


def _run_again(
    calls: Calls,
    value: gast.Call,
    target: Target,
    arguments: dict[str, gast.expr],
    active: dict[str, gast.expr],
) -> Pair:
    """A call of a checkpoint: it stays, and the reverse sweep runs both sweeps of the function."""
    assert target.parameters is not None
    forward, reverse = calls.request.request_pair(target.function.function, target.parameters, tuple(active))
    results = tuple(active.values())

    def run_again(bar: gast.expr) -> gast.expr:
        # The records have no name: those of one call are gone before those of the next one are made.
        return call(reverse, bar, subscript(call(forward, *arguments.values()), constant(1)))

    return Pair(value, run_again, None, results, len(results) > 1, is_users=True)


def _transposed(
    calls: Calls, value: gast.Call, target: Target, arguments: dict[str, gast.expr], active: tuple[str, ...]
) -> Pair:
    """A call of a function with a forward rule: it stays; the reverse sweep calls the rule transposed."""
    assert target.parameters is not None
    rule_of(target.function, value)
    check_undifferentiated(target.function, set(active), value)
    transpose, read = calls.request.request_transpose(target.function, target.parameters, active)
    given = [arguments[parameter] for parameter in read]
    results = tuple(arguments[parameter] for parameter in active)
    return Pair(value, lambda bar: call(transpose, bar, *given), None, results, len(results) > 1, is_users=True)
