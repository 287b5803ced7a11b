"""Arrays of other libraries, and arrays that are not quite arrays: refused, since code on them means other things."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.calling.parameters import Parameters
from srcgrad.errors import ArgumentTypeError

# Libraries whose arrays answer NumPy's own functions, so that generated code runs on them as it stands.
LIBRARIES = ("numpy", "cupy", "dask")


def refuse_foreign_arrays(value: Any, label: str, parameter: str, parameters: Parameters) -> None:
    """Refuse an argument that is, or has in its lists, tuples and dicts, an array that is none of NumPy's own kind.

    ``np.matrix`` multiplies and indexes by other rules, masked arrays leave entries out, pandas aligns labels.
    """
    if isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            refuse_foreign_arrays(item, f"{label}[{index}]", parameter, parameters)
    elif isinstance(value, dict):
        for key, item in value.items():
            refuse_foreign_arrays(item, f"{label}[{key!r}]", parameter, parameters)
    elif _is_foreign(value):
        cls = type(value)
        filled = isinstance(value, np.ma.MaskedArray)
        raise ArgumentTypeError(
            f"{label} is a {cls.__module__.partition('.')[0]} {cls.__name__}, which is not differentiated",
            location=parameters.location(parameter),
            advice=f"pass {label}.filled(0.0), or the entries that are left" if filled else f"pass np.asarray({label})",
        )


def _is_foreign(value: Any) -> bool:
    """Whether a value is an array by its looks, but not one that behaves as NumPy's do."""
    if isinstance(value, (np.matrix, np.ma.MaskedArray)):
        return True
    if isinstance(value, (np.ndarray, np.generic, type)):
        return False
    cls = type(value)
    looks_like_one = hasattr(cls, "dtype") and hasattr(cls, "shape")
    return looks_like_one and cls.__module__.partition(".")[0] not in LIBRARIES
