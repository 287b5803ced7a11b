"""Comprehensions and generators as loops."""

from __future__ import annotations

import gast

from srcgrad.normalise.lifting import Predicate, Wanted, never
from srcgrad.normalise.order import IsPure
from srcgrad.normalise.rewriting import lift_out
from srcgrad.syntax.names import Names


def expand_comprehensions(
    tree: gast.FunctionDef, wanted: Predicate, names: Names, is_pure: IsPure = never
) -> gast.FunctionDef:
    """The function (in normal form) with the wanted comprehensions, those around them included, as loops.

    A generator becomes a loop where it is clear when it is run through: in sum, any, all, max, list and the like::

        ys = [g(x) for x in xs if x > 0]        ys = []
        s = sum(y * y for y in ys)              for x in xs:
                                    becomes         if x > 0:
                                                        ys.append(g(x))
                                                s = 0
                                                for y in ys:
                                                    s = s + y * y

    Raises
    ------
    UnsupportedError
        For a generator with effects of which it is not known when it is run through.
    """
    return lift_out(tree, names, Wanted(comprehensions=wanted), is_pure)
