"""Passes that make a generated function shorter without changing what it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import gast

from srcgrad.analyse.footprints import Footprints
from srcgrad.analyse.purity import KnownPure
from srcgrad.optimise.augmented import augment_assignments
from srcgrad.optimise.coalescing import coalesce_names
from srcgrad.optimise.comments import remove_idle_comments
from srcgrad.optimise.constants import propagate_constants
from srcgrad.optimise.copies import propagate_copies
from srcgrad.optimise.dead_code import remove_dead_code
from srcgrad.optimise.nesting import nest_temporaries

_ROUNDS = 3


def optimise(
    function: gast.FunctionDef,
    known_pure: KnownPure,
    scalars: Iterable[str] = (),
    temporaries: Iterable[str] = (),
    arrays: Mapping[str, int | None] | None = None,
    unnamed: Iterable[str] = (),
) -> gast.FunctionDef:
    """The function without dead code, needless copies and temporaries; the tree given is left as it is.

    ``known_pure`` says which calls have no effect and keep nothing of their arguments.  ``scalars`` are variables
    that hold immutable numbers, ``arrays`` such that hold arrays of numbers, with their number of dimensions
    where it is known.  ``temporaries`` are the variables that the generator has made: nothing else is rewritten,
    but dead code goes wherever it stands.  ``unnamed`` are those of them that stand for any value.
    """
    arrays = arrays or {}
    scalars, temporaries, unnamed = frozenset(scalars), frozenset(temporaries), frozenset(unnamed)
    footprints = Footprints(arrays)

    def without_dead_code(function: gast.FunctionDef) -> gast.FunctionDef:
        return remove_dead_code(function, known_pure, scalars=scalars, arrays=arrays, footprints=footprints)

    for _ in range(_ROUNDS):
        before = function
        function = without_dead_code(function)
        function = propagate_constants(
            function, known_pure, temporaries, scalars=scalars, arrays=arrays, footprints=footprints
        )
        function = coalesce_names(function, unnamed, temporaries, footprints=footprints)
        function = propagate_copies(function, temporaries, scalars=scalars, footprints=footprints)
        function = nest_temporaries(
            function, known_pure, temporaries, scalars=scalars, arrays=arrays, footprints=footprints
        )
        function = augment_assignments(function, temporaries, scalars=scalars, arrays=arrays)
        if function is before:
            break
    else:
        function = without_dead_code(function)
    return remove_idle_comments(function)
