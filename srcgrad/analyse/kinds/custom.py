"""Kinds of srcgrad's own functions that programs call: checkpoints."""

from __future__ import annotations

import gast

from srcgrad.analyse.kinds.builtin import Arguments, Options, transfer_of
from srcgrad.analyse.kinds.calls import Calls
from srcgrad.analyse.kinds.joins import join, without_none
from srcgrad.custom import checkpoint, checkpoint_of, checkpointed, fixed_point, root
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Constant, Function, Kind, Opaque, Scalar, TupleOf, ndim_of
from srcgrad.runtime import checkpointed_loop


@transfer_of(checkpoint)
def _checkpoint(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """``checkpoint(f)``: the function that it makes."""
    if len(arguments) != 1 or options or not isinstance(arguments[0], Function):
        return Opaque()
    function = arguments[0]
    made = (item if isinstance(item, gast.AST) else checkpoint_of(item) for item in function.targets)
    return Function(tuple(made), function.bound, function.leading, function.keywords)


@transfer_of(checkpointed)
def _checkpointed(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """``checkpointed(items, snapshots=n)``: the items."""
    return arguments[0] if arguments else options.get("items", Opaque())


_MOST_TRIPS = 12


@transfer_of(checkpointed_loop)
def _checkpointed_loop(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """``checkpointed_loop(step, items, limit, state, shared, constants)``: the state after any number of trips."""
    step, items, _, *parts = arguments
    state, shared, constants = (list(part.elements) if isinstance(part, TupleOf) else [] for part in parts)
    if not isinstance(step, Function):
        return Opaque()
    item = Scalar("int64", True) if items == Constant(None) else frame.iterate(node, items)
    unset = _unset(node)
    behind = len(shared) + ("is_ended" in options)
    for _ in range(_MOST_TRIPS):
        found = frame.invoke(node, step.targets[0], [item, *state, *shared, *constants], {}).result
        if not isinstance(found, TupleOf):
            return Opaque()
        pairs = enumerate(zip(state, found.elements))
        joined = [join(before, after, frame.naming(node, f"state {place}")) for place, (before, after) in pairs]
        joined = [without_none(kind) if place in unset else kind for place, kind in enumerate(joined)]
        if joined == state:
            return TupleOf((*state, *found.elements[len(state) : len(found.elements) - behind]))
        state = joined
    raise UnsupportedError(
        "the kinds of what this checkpointed loop's trips hand on do not settle",
        node=node,
        advice="let each variable hold one kind of value throughout the loop",
    )


def _unset(node: gast.AST) -> set[int]:
    """Which parts of the state have no value before the first trip: None is written in their place."""
    match node:
        case gast.Call(args=[_, _, _, gast.Tuple(elts=state), *_]):
            return {place for place, item in enumerate(state) if isinstance(item, gast.Constant)}
    return set()


@transfer_of(root, fixed_point)
def _solution(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """``root(f, x0, *arguments)``: what x0 is, as floats."""
    if len(arguments) < 2 or not isinstance(arguments[0], Function):
        return Opaque()
    match arguments[1]:
        case Scalar(dtype=dtype):
            found: Kind = Scalar(dtype if dtype.startswith(("float", "complex")) else "float64")
        case Array(dtype=dtype, dims=dims):
            found = Array(dtype if dtype.startswith(("float", "complex")) else "float64", dims)
        case _:
            return Opaque()
    result = frame.call(node, arguments[0], [found, *arguments[2:]], {})[0]
    if isinstance(result, Scalar | Array) and ndim_of(result) != ndim_of(found):
        raise UnsupportedError(
            f"the function of this equation returns {ndim_of(result)} dimensions for an unknown of {ndim_of(found)}",
            node=node,
            advice="let it return as many numbers as there are unknowns, in the same shape",
        )
    return found
