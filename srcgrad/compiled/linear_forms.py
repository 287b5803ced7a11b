"""What numba compiles in place of the run-time functions for diagonals, determinants and shared extremes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types

from srcgrad import runtime
from srcgrad.compiled.array_forms import written
from srcgrad.compiled.overloads import form_of


def _is_number(kind: Any) -> bool:
    return isinstance(kind, types.Number | types.Boolean)


@form_of(runtime.share_equal)
def share_equal(z_bar: Any, z: Any, values: Any) -> Any:
    """``share_equal`` among numbers: in a tuple for a tuple, which generated code takes apart."""
    if isinstance(values, types.BaseTuple) and all(map(_is_number, values)):  # type: ignore[call-overload]
        reached = " + ".join(f"(values[{at}] == z)" for at in range(len(values)))
        shares = ", ".join(f"share if values[{at}] == z else 0.0" for at in range(len(values)))
        return written(
            f"def form(z_bar, z, values):\n    share = z_bar / max({reached}, 1)\n    return ({shares},)\n"
        )
    if isinstance(values, types.Array | types.List) and isinstance(values.dtype, types.Float | types.Integer):
        if isinstance(values, types.Array) and values.ndim != 1:
            return None
        is_array = isinstance(values, types.Array)

        def form(z_bar: Any, z: Any, values: Any) -> Any:
            reached = 0
            for value in values:
                reached += value == z
            share = z_bar / max(reached, 1)
            shares = [share if value == z else 0.0 for value in values]
            return np.array(shares) if is_array else shares

        return form
    return None


@form_of(runtime.diagonal_adjoint)
def diagonal_adjoint(z_bar: Any, shape: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """``diagonal_adjoint`` for the two axes of a matrix."""
    fixed = axis1 == 0 and axis2 == 1  # left out
    if not fixed or len(shape) != 2 or not isinstance(z_bar, types.Array) or z_bar.ndim != 1:
        return None

    def form(z_bar: Any, shape: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
        made = np.zeros(shape, z_bar.dtype)
        for place in range(z_bar.size):
            made[place - min(offset, 0), place + max(offset, 0)] = z_bar[place]
        return made

    return form


@form_of(runtime.cofactors)
def cofactors(a: Any) -> Any:
    """``cofactors`` of one matrix."""
    if not isinstance(a, types.Array) or a.ndim != 2:
        return None

    def form(a: Any) -> Any:
        u, s, vh = np.linalg.svd(a)
        others = np.ones_like(s)
        for i in range(s.size):
            for j in range(s.size):
                if j != i:
                    others[i] *= s[j]
        sign = np.linalg.det(u) * np.linalg.det(vh)
        return sign * ((np.conj(u) * others) @ np.conj(vh))

    return form
