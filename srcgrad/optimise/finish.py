"""The last touches on a generated function."""

from __future__ import annotations

import gast

from srcgrad.optimise.dead_code import remove_dead_code


def finish(
    function: gast.FunctionDef, scalars: frozenset[str], temporaries: frozenset[str], _: object = None
) -> gast.FunctionDef:
    """The function without dead code."""
    return remove_dead_code(function, lambda call: False, scalars=scalars)
