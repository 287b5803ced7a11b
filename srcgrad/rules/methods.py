"""Methods and attributes of arrays in terms of NumPy's functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gast
import numpy as np

METHODS: dict[str, Callable[..., Any]] = {
    "all": np.all,
    "any": np.any,
    "argmax": np.argmax,
    "argmin": np.argmin,
    "argpartition": np.argpartition,
    "argsort": np.argsort,
    "astype": np.astype,
    "choose": np.choose,
    "clip": np.clip,
    "compress": np.compress,
    "conj": np.conjugate,
    "conjugate": np.conjugate,
    "copy": np.copy,
    "cumprod": np.cumprod,
    "cumsum": np.cumsum,
    "diagonal": np.diagonal,
    "dot": np.dot,
    # A copy, unlike np.ravel; and a Python number: these have no function of the same meaning.
    "flatten": np.ndarray.flatten,
    "item": np.ndarray.item,
    "max": np.max,
    "mean": np.mean,
    "min": np.min,
    "nonzero": np.nonzero,
    "prod": np.prod,
    "ravel": np.ravel,
    "repeat": np.repeat,
    "reshape": np.reshape,
    "round": np.round,
    "searchsorted": np.searchsorted,
    "squeeze": np.squeeze,
    "std": np.std,
    "sum": np.sum,
    "swapaxes": np.swapaxes,
    "take": np.take,
    "tolist": np.ndarray.tolist,
    "trace": np.trace,
    "transpose": np.transpose,
    "var": np.var,
}

ATTRIBUTES: dict[str, Callable[..., Any]] = {
    "T": np.transpose,
    "mT": np.matrix_transpose,
    "real": np.real,
    "imag": np.imag,
}

STATIC_ATTRIBUTES = ("shape", "ndim", "size", "dtype", "itemsize", "nbytes", "strides", "flags", "device")

# Methods that take their sequence either as one argument or spelled out: x.reshape(2, 3), x.transpose(1, 0).
_SPELLED_OUT = ("reshape", "transpose")

# Where the function comes with its receiver in second place.
_RECEIVER_SECOND = ("compress",)


def canonical_arguments(
    name: str, receiver: gast.AST, args: Sequence[gast.AST], keywords: Sequence[gast.keyword]
) -> tuple[Callable[..., Any], list[gast.AST], list[gast.keyword]]:
    """The call of a NumPy function that means what a method's does: x.reshape(2, 3) is np.reshape, [x, (2, 3)]."""
    positional = list(args)
    if name in _SPELLED_OUT and (len(positional) > 1 or any(isinstance(item, gast.Starred) for item in positional)):
        display = gast.Tuple(elts=positional, ctx=gast.Load())
        gast.copy_location(display, positional[0])
        positional = [display]
    options = list(keywords)
    if name == "clip" and len(positional) == 1 and not options:
        # np.clip wants both bounds where they are not named.
        positional.append(gast.copy_location(gast.Constant(None, None), positional[0]))
    where = 1 if name in _RECEIVER_SECOND and positional else 0
    positional.insert(where, receiver)
    return METHODS[name], positional, options
