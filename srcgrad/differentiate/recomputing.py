"""Values that a reversed trip computes again rather than keeping them: little work on what is still there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.mutation import changed_names
from srcgrad.kind import Array, Scalar
from srcgrad.syntax.build import assign, copy_tree, names_assigned, names_read

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

# About what it costs to put a number on a tape and to take it back.
_MOST_OPERATIONS = 4
_ARITHMETIC = (gast.BinOp, gast.UnaryOp, gast.Subscript)
_PLAIN = (gast.Name, gast.Constant, gast.Slice, gast.Tuple, gast.operator, gast.unaryop, gast.expr_context)


def recomputed(
    loop: gast.For | gast.While, known: dict[str, gast.stmt | None], kinds: Kinds, written: frozenset[str]
) -> dict[str, gast.stmt | None]:
    """The variables of a trip that are cheap arithmetic on what the loop leaves as it is, or on ``known`` variables.

    ``known`` are those that a reversed trip has at its head; ``written`` the variables with arrays that somebody
    writes into.
    """
    times = Counter(name for statement in loop.body for name in names_assigned(statement))
    changed = changed_names(loop)
    found: dict[str, gast.stmt | None] = {}
    for statement in loop.body:
        match statement:
            case gast.Assign(targets=[gast.Name(id=variable) as target], value=value):
                pass
            case _:
                continue
        read = names_read(value)
        is_once = times[variable] == 1 and variable not in known and variable not in written
        if not is_once or (read & changed) - known.keys() - found.keys() or read & written:
            continue
        if isinstance(kinds.of.get(target), Scalar) and _is_cheap(value, kinds):
            found[variable] = assign(variable, copy_tree(value))
    return found


def _is_cheap(value: gast.expr, kinds: Kinds) -> bool:
    """Whether a value is a few operations on numbers and elements of arrays."""
    operations = 0
    for node in gast.walk(value):
        if isinstance(node, _ARITHMETIC):
            operations += 1
            inner = node.value if isinstance(node, gast.Subscript) else None
            if inner is not None and not (isinstance(inner, gast.Name) and isinstance(kinds.of.get(inner), Array)):
                return False
            if inner is None and not isinstance(kinds.of.get(node), Scalar):
                return False
        elif not isinstance(node, _PLAIN):
            return False
    return 0 < operations <= _MOST_OPERATIONS
