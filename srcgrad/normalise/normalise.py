"""The normal form of a function, pass by pass."""

from __future__ import annotations

import gast

from srcgrad.normalise.assignments import plain_assignments
from srcgrad.normalise.decorators import undecorated
from srcgrad.normalise.exits import single_exits
from srcgrad.normalise.hoisting import hoist_named
from srcgrad.normalise.matching import without_match
from srcgrad.normalise.refusals import refuse_unsupported
from srcgrad.syntax.build import names_assigned, names_read, parameter_names
from srcgrad.syntax.names import Names
from srcgrad.syntax.walking import walk


def normalise(tree: gast.FunctionDef, allow_nonlocal: bool = False) -> gast.FunctionDef:
    """The function in normal form: one return at its end, breaks last in their trip, plain assignments.

    The tree given is left as it is; what needs no change is shared with it.  The normal form of a normal form is
    itself.  With ``allow_nonlocal`` nested functions may assign variables of the function around them: any call is then
    taken to change these, and whoever reads the result has to know it too.

    Raises
    ------
    UnsupportedError
        For what has no normal form: generators, async, classes, assigning variables of an outer scope.
    """
    refuse_unsupported(tree, allow_nonlocal)
    tree = undecorated(tree)
    names = names_of(tree)
    tree = without_match(tree, names)
    tree = single_exits(tree, names)
    tree = hoist_named(tree, names)
    return gast.fix_missing_locations(plain_assignments(tree, names))


def names_of(function: gast.FunctionDef) -> Names:
    """All names that occur in a function, those of inner scopes too."""
    names = Names(parameter_names(function.args))
    names.take(names_assigned(function.body) | names_read(function.body))
    names.take(node.id for node in walk(function) if isinstance(node, gast.Name))
    names.take([function.name])
    return names
