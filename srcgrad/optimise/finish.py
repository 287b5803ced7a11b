"""The last touches on a generated function."""

from __future__ import annotations

from collections.abc import Mapping

import gast

from srcgrad.analyse.purity import library_calls
from srcgrad.kind import Array, Kind, Scalar
from srcgrad.optimise import optimise
from srcgrad.optimise.units import drop_units

# Runtime functions of srcgrad: they have no effects that anybody else sees.
_RUNTIME = frozenset(
    "sum_to zeros_like like add_mirrors as_mirror shadow_of shadows_in own_tangent zero_tangent".split()
)


def finish(
    function: gast.FunctionDef, known: Mapping[str, Kind], temporaries: frozenset[str], unnamed: frozenset[str]
) -> gast.FunctionDef:
    """The function as short as it can be said; ``known`` are kinds of variables, ``temporaries`` the generated ones.

    ``unnamed`` are the temporaries that are no variable's adjoint.
    """
    scalars = {name for name, kind in known.items() if isinstance(kind, Scalar)}
    arrays = {name: kind.ndim for name, kind in known.items() if isinstance(kind, Array)}
    shorter = optimise(function, library_calls(_RUNTIME, arrays), scalars, temporaries, arrays, unnamed)
    return drop_units(shorter, temporaries, known)
