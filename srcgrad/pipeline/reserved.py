"""Names that generated code needs for itself: variables of the user's that are called so get another name."""

from __future__ import annotations

import gast

from srcgrad.differentiate.naming import RUNTIME
from srcgrad.errors import UnsupportedError
from srcgrad.syntax.build import local_names, names_read, parameter_names, substitute
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import blank
from srcgrad.syntax.walking import walk

RESERVED = frozenset({"np", "math", "float", "len", "list", "min", "range", "reversed", *RUNTIME})


def without_reserved_names(tree: gast.FunctionDef) -> gast.FunctionDef:
    """The function with ``like_`` for a local variable ``like``, which is a function of the generated code's."""
    parameters = set(parameter_names(tree.args))
    for parameter in sorted(parameters & RESERVED):
        raise UnsupportedError(
            f"a parameter called {parameter!r} stands in the way of the generated code", node=tree, advice="rename it"
        )
    clashing = (local_names(tree) & RESERVED) - _imported(tree)
    if not clashing:
        return tree
    names = Names(local_names(tree) | parameters | names_read(tree.body))
    replacements = {old: gast.Name(names.fresh(old), gast.Load(), None, None) for old in sorted(clashing)}
    bare: gast.FunctionDef = blank(tree)
    bare.__dict__.update(tree.__dict__)
    bare.body = substitute(tree.body, replacements)
    return bare


def _imported(tree: gast.FunctionDef) -> set[str]:
    """The names that imports inside the function bind to the modules that they are the names of."""
    found = set()
    for node in walk(tree):
        if isinstance(node, gast.Import):
            for alias in node.names:
                if (alias.asname or alias.name, alias.name) in (("np", "numpy"), ("math", "math")):
                    found.add(alias.asname or alias.name)
    return found
