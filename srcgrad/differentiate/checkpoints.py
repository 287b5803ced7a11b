"""Checkpointed loops: both sweeps run the trips through a schedule of snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.operations import single_target
from srcgrad.differentiate.adjoints import Adjoints, zero_of
from srcgrad.differentiate.calls import Calls
from srcgrad.differentiate.expressions import Expressions
from srcgrad.differentiate.steps import Overwrite, Simple
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Function, Kind, Opaque, Scalar, TupleOf, is_differentiable
from srcgrad.runtime import checkpointed_loop, reverse_checkpointed, run_checkpointed
from srcgrad.syntax.build import assign, call, constant, copy_tree, name, names_read, store, subscript, tuple_of
from srcgrad.syntax.printer import print_tree

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


def is_checkpointed_loop(value: gast.AST, kinds: Kinds) -> bool:
    """Whether an expression is a loop that was outlined."""
    target = single_target(value, kinds) if isinstance(value, gast.Call) else None
    return target is not None and target.function is checkpointed_loop


def checkpointed_step(
    statement: gast.Assign, kinds: Kinds, adjoints: Adjoints, expressions: Expressions, calls: Calls
) -> Simple:
    """The step of ``u, last = checkpointed_loop(step, range(n), 9, (u,), (w,), (k,))``.

    Forward: ``(u, last), snapshots = run_checkpointed(...)``; reverse: ``u_bar, w_bar = reverse_checkpointed(snapshots,
    step_forward, step_reverse, (u_bar, last_bar, w_bar))``: the adjoint of ``w`` goes through all trips.
    """
    target, value = statement.targets[0], statement.value
    assert isinstance(target, gast.Tuple) and isinstance(value, gast.Call)
    step, items, _, *parts = value.args
    results = [element.id for element in target.elts]
    state = results[: len(parts[0].elts)]
    shared, constants = ([item.id for item in part.elts] for part in parts[1:])
    result = kinds.of[value]
    assert isinstance(result, TupleOf)
    for variable in (*results, *shared):
        if variable in calls.shadows:
            raise UnsupportedError(
                f"this checkpointed loop hands on {variable!r}, which is written into and may have several names",
                node=statement,
                advice=f"write into a copy: {variable} = {variable}.copy()",
            )
    of_results = dict(zip(results, result.elements, strict=True))
    bars: list[gast.expr] = [_taken(variable, of_results[variable], adjoints) for variable in results]
    adjoints.state.drop(results)
    expressions.statements.extend(adjoints.materialise(set(shared) - adjoints.state.live))
    bars += [name(adjoints.of(variable)) for variable in shared]
    varying = [variable for variable in state if is_differentiable(of_results[variable])]
    function = kinds.of[step]
    assert isinstance(function, Function)
    of_step = _parameters(function.targets[0], items, of_results, state, [*shared, *constants], kinds)
    of_varying = tuple(list(of_step)[1 + state.index(variable)] for variable in varying)
    forward, reverse = calls.request.request_pair(function.targets[0], of_step, (*of_varying, *shared), True)
    snapshots = calls.names.fresh("snapshots")
    calls.made.add(snapshots)
    back = calls.helpers.name_of("reverse_checkpointed", reverse_checkpointed)
    reversal = call(back, name(snapshots), name(forward), name(reverse), tuple_of(*bars))
    varied = {variable for variable, item in zip(state, parts[0].elts) if expressions.depends(item)}
    entering = [name(adjoints.of(v)) if v in varied else name(calls.names.fresh("_")) for v in varying]
    given = [*entering, *(name(adjoints.of(variable)) for variable in shared)]
    if given:
        expressions.statements.append(assign(tuple_of(*given), reversal))
    adjoints.state.live.update(varied & set(varying))
    adjoints.state.owned -= {*varying, *shared}
    run = calls.helpers.name_of("run_checkpointed", run_checkpointed)
    called = gast.Call(name(run), copy_tree(value.args), copy_tree(value.keywords))
    pair = store(tuple_of(copy_tree(target), name(snapshots)))
    first = gast.copy_location(gast.Assign([pair], called, None), statement)
    overwrites = [Overwrite(variable, name(variable)) for variable in (*results, snapshots)]
    made = Simple([first], [], frozenset([*results, snapshots]), overwrites, frozenset(results) & names_read(value))
    is_while = isinstance(items, gast.Constant)
    head = "while checkpointed(...):" if is_while else f"for {_item_of(function)} in checkpointed({_shown(items)}):"
    made.comment = head
    return made


def _taken(variable: str, kind: Kind, adjoints: Adjoints) -> gast.expr:
    """The adjoint of a result as it is, or zero; None for what has no adjoint."""
    if not is_differentiable(kind):
        return constant(None)
    return name(adjoints.of(variable)) if variable in adjoints.state.live else zero_of(kind, name(variable))


def _parameters(
    step: object, items: gast.expr, of_results: dict[str, Kind], state: list[str], rest: list[str], kinds: Kinds
) -> dict[str, Kind]:
    """The kinds of the parameters of a step."""
    code = step.__code__  # type: ignore[attr-defined]
    is_counted = isinstance(items, gast.Constant)
    item = Scalar("int64", True) if is_counted else kinds.evaluate(subscript(items, 0))
    given = [item, *(of_results[variable] for variable in state), *(kinds.variables.get(v, Opaque()) for v in rest)]
    return dict(zip(code.co_varnames[: code.co_argcount], given, strict=True))


def _item_of(function: Function) -> str:
    called: str = function.targets[0].__code__.co_varnames[0]
    return called


def _shown(items: gast.expr) -> str:
    return print_tree(copy_tree(items)).strip()
