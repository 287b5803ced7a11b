"""Views that are read before anybody writes into what they show, and then no more: as good as values of their own.

``d`` in ``d = np.diag(A)`` at the end of an elimination in place, for example.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.aliasing import Write, bindings, held_places, shared_objects
from srcgrad.analyse.footprints import statements_in
from srcgrad.analyse.liveness import liveness_of
from srcgrad.analyse.operations import operation_of
from srcgrad.kind import Array
from srcgrad.syntax.build import names_read, parameter_names
from srcgrad.syntax.walking import walk

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


# Functions of NumPy that give a view of an array in some layouts, and a copy in others.
_BY_LAYOUT = frozenset("reshape ravel ascontiguousarray asfortranarray require asarray asanyarray array".split())


def brief_views(tree: gast.FunctionDef, kinds: Kinds, writes: Sequence[Write]) -> frozenset[str]:
    """The variables that hold arrays which nobody writes into as long as they may still be read."""
    if not writes:
        return frozenset()
    live = liveness_of(tree, kinds)
    written = {name for name, _, _, _ in writes} | set(parameter_names(tree.args)) | live.everywhere
    bound = bindings(tree, kinds)
    arrays = {name for name, inside, _, _ in bound if not inside and isinstance(kinds.variables.get(name), Array)}
    found = arrays - written
    if not found:
        return frozenset()
    holders = _holders(tree)
    sharing = shared_objects(tree, kinds, {(name, depth) for name, _, _, depth in writes}, writes)
    for name, _, node, depth in writes:
        statement = holders[node]
        still_read = live.after.get(statement, frozenset(found))
        if isinstance(node, gast.Call):
            # What a callee does first, to write or to read, is not known.
            still_read = still_read | names_read(statement)
        if found & still_read:
            found -= sharing.family((name, depth)) & still_read
    while True:
        lasting = {
            source
            for name, inside, value, _ in bound
            if inside or name not in found
            for source, _ in held_places(value, kinds)
        }
        if not found & lasting:
            return frozenset(found)
        found -= lasting


def _holders(tree: gast.FunctionDef) -> dict[gast.AST, gast.stmt]:
    """The innermost statement around each node."""
    found: dict[gast.AST, gast.stmt] = {}
    for statement in statements_in(tree.body):
        for node in walk(statement):
            found[node] = statement
    return found


def may_be_view(value: gast.AST, kinds: Kinds) -> gast.expr | None:
    """The array of which an expression gives a view or a copy, as its layout decides: ``A`` in ``A.reshape(-1)``."""
    operation = operation_of(value, kinds) if isinstance(value, gast.Call) else None
    if operation is None or getattr(operation.function, "__name__", "") not in _BY_LAYOUT or not operation.arguments:
        return None
    return operation.arguments[0]


def depends_on_layout(tree: gast.AST, kinds: Kinds) -> bool:
    """Whether a function asks for what is a view or a copy as the layout of an array decides."""
    return any(may_be_view(node, kinds) is not None for node in gast.walk(tree))
