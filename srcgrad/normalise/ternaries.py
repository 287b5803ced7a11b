"""Conditional expressions as if statements."""

from __future__ import annotations

import gast

from srcgrad.normalise.lifting import Predicate, Wanted, never
from srcgrad.normalise.order import IsPure
from srcgrad.normalise.rewriting import lift_out
from srcgrad.syntax.names import Names


def expand_conditional(
    tree: gast.FunctionDef, wanted: Predicate, names: Names, is_pure: IsPure = never
) -> gast.FunctionDef:
    """The function (in normal form) with the wanted conditional and boolean expressions as branches.

    ::

        y = a if c else b                       if c:
        z = u or v                                  y = a
                                                else:
                                    becomes         y = b
                                                z = u
                                                if not z:
                                                    z = v
    """
    return lift_out(tree, names, Wanted(conditionals=wanted), is_pure)
