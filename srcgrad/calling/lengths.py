"""Lengths that arrays of one call share: part of what a specialisation may rely on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad.kind import Array, Kind


def with_equal_lengths(kinds: Mapping[str, Kind], values: Mapping[str, Any]) -> dict[str, Kind]:
    """The kinds of array arguments with one symbol for lengths that are equal in this call, and 1 where they are 1.

    The signature of a call has the pattern of these equalities, so they hold in every call of the specialisation.
    """
    symbols: dict[int, int | str] = {1: 1}
    known: dict[str, Kind] = {}
    for name, kind in kinds.items():
        value = values[name]
        if type(value) is np.ndarray and isinstance(kind, Array) and kind.dims is not None:
            dims = tuple(symbols.setdefault(length, dim) for length, dim in zip(value.shape, kind.dims, strict=True))
            kind = replace(kind, dims=dims)
        known[name] = kind
    return known
