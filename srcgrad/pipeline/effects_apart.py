"""Calls that write into arrays of the program get statements of their own, wherever they stand.

Before::

    while advance(u) > 0.1:
        results = [bump(u, i) for i in range(3)]

After::

    while True:
        advance_u = advance(u)
        if advance_u > 0.1:
            results = []
            for i in range(3):
                bump_u = bump(u, i)
                results.append(bump_u)
        else:
            break
"""

from __future__ import annotations

import gast

from srcgrad.analyse.effects import Body, calls_that_write
from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.purity import is_pure_library_call
from srcgrad.differentiate.needed import statements_of
from srcgrad.normalise.comprehensions import expand_comprehensions
from srcgrad.normalise.hoisting import hoist
from srcgrad.normalise.scopes import own_nodes
from srcgrad.syntax.names import Names
from srcgrad.syntax.scopes import COMPREHENSIONS


def effects_apart(tree: gast.FunctionDef, kinds: Kinds, body: Body, names: Names) -> gast.FunctionDef | None:
    """The function with its writing calls in statements of their own, None where they are already."""
    writing = {call for call, _ in calls_that_write(tree, kinds, body)} & set(own_nodes(tree.body))
    for statement in statements_of(tree.body):
        match statement:
            case gast.Assign(targets=[gast.Name() | gast.Tuple()], value=value) | gast.Expr(value=value):
                writing.discard(value)
            case _:
                pass
    if not writing:
        return None
    loops = {
        node
        for node in own_nodes(tree.body)
        if isinstance(node, COMPREHENSIONS) and any(part in writing for part in gast.walk(node))
    }
    if loops:
        return expand_comprehensions(tree, loops.__contains__, names, is_pure_library_call)
    wider = hoist(tree, writing.__contains__, names, is_pure=is_pure_library_call)
    return wider if wider is not tree else None
