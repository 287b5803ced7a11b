"""Hoisting: wanted expressions get a name before the statement they stand in."""

from __future__ import annotations

import gast

from srcgrad.normalise.lifting import Predicate, Wanted, never
from srcgrad.normalise.order import IsPure
from srcgrad.normalise.rewriting import lift_out
from srcgrad.syntax.names import Names


def hoist(
    tree: gast.FunctionDef, wanted: Predicate, names: Names, prefix: str = "value", is_pure: IsPure = never
) -> gast.FunctionDef:
    """The function (in normal form) with each wanted expression assigned to a name of its own.

    A wanted expression that is the whole right side of an assignment to variables, or a whole statement, stays.
    Operands that are evaluated before what moves, and that could notice it, move along; ``is_pure(call)`` says of a
    call, arguments aside, that it has no effects.  What is evaluated only sometimes moves into a branch::

        y = g(x) + h(x) if c else x                 if c:
                                        becomes         g_x = g(x)
                                                        y = g_x + h(x)
                                                    else:
                                                        y = x
    """
    return lift_out(tree, names, Wanted(hoisted=wanted, prefix=prefix), is_pure)


def hoist_named(tree: gast.FunctionDef, names: Names) -> gast.FunctionDef:
    """The function with every assignment inside an expression made before the statement.

    ::

        while (r := f(x)) > tol:                while True:
            x = x - r                               r = f(x)
                                    becomes         if r > tol:
                                                        x = x - r
                                                    else:
                                                        break
    """
    return lift_out(tree, names, Wanted(), never)
