"""Slices of lists that are assigned: the list may have another length then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad.kind import SequenceOf
from srcgrad.syntax.build import call, copy_tree, is_number, subtract

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


def is_list_slice(target: gast.expr, kinds: Kinds) -> bool:
    """Whether a target is ``xs[a:b]`` of a list, which may be given any number of values."""
    match target:
        case gast.Subscript(value=owner, slice=gast.Slice(step=step)):
            kind = kinds.of.get(owner)
            is_plain = step is None or is_number(step, 1)
            return is_plain and isinstance(kind, SequenceOf) and kind.cls is list
    return False


def slice_afterwards(before: gast.Subscript, bar: gast.expr) -> gast.expr:
    """Where ``xs[a:b]`` lies in the adjoint of the list that it was assigned to; ``before`` is read before that.

    For ``xs[1:3] = values`` it is ``xs_bar[1:len(xs_bar) - len(xs[3:])]``, the whole of ``xs_bar`` for ``xs[:]``.
    """
    owner, bounds = before.value, before.slice
    assert isinstance(bounds, gast.Slice)
    start: gast.expr | None = None
    if bounds.lower is not None and not is_number(bounds.lower, 0):
        start = call("len", _part(owner, None, bounds.lower))
    stop: gast.expr | None = None
    if bounds.upper is not None:
        rest = call("len", _part(owner, bounds.upper, None))
        if start is not None and not _is_in_order(bounds.lower, bounds.upper):
            # What ends before it begins is empty, and lies where it begins.
            rest = call("min", rest, call("len", _part(owner, bounds.lower, None)))
        stop = subtract(call("len", copy_tree(bar)), rest)
    return gast.Subscript(copy_tree(bar), gast.Slice(start, stop, None), gast.Load())


def _part(owner: gast.expr, lower: gast.expr | None, upper: gast.expr | None) -> gast.expr:
    return gast.Subscript(copy_tree(owner), gast.Slice(copy_tree(lower), copy_tree(upper), None), gast.Load())


def _is_in_order(lower: gast.expr | None, upper: gast.expr) -> bool:
    """Whether a slice surely does not end before it begins."""
    numbers = [bound.value if isinstance(bound, gast.Constant) else None for bound in (lower, upper)]
    return all(isinstance(number, int) for number in numbers) and numbers[0] <= numbers[1]  # type: ignore[operator]


