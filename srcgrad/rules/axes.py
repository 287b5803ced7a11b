"""How functions treat the axes of their arguments: what decides how they are applied to several tangents at once.

Several tangents of a value lie in one array, along an axis in front of the value's own.  A function that works element
by element needs no word about it; one that works along an axis counts that axis one further.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Whole = Literal["all axes", "flat"]


@dataclass(frozen=True)
class Along:
    """The parameter that names the axes a function works along, and what it means where it is None."""

    position: int
    parameter: str
    default: int | tuple[int, ...] | None
    whole: Whole


_along: dict[Any, Along] = {}
_elementwise: set[Any] = set()


def along(
    *functions: Callable[..., Any],
    position: int = 1,
    parameter: str = "axis",
    default: int | tuple[int, ...] | None = None,
    whole: Whole = "all axes",
) -> None:
    """Declare functions of an array that work along the axes that a parameter names.

    >>> axis_of(np.sum).whole, axis_of(np.cumsum).whole
    ('all axes', 'flat')
    """
    _along.update(dict.fromkeys(functions, Along(position, parameter, default, whole)))


def elementwise(*functions: Callable[..., Any]) -> None:
    """Declare functions that work on each element by itself, and broadcast their arguments.

    >>> is_elementwise(np.where), is_elementwise(np.exp), is_elementwise(np.sum)
    (True, True, False)
    """
    _elementwise.update(functions)


def axis_of(function: Any) -> Along:
    """The axes along which a function works; a KeyError where that was not declared."""
    return _along[function]


def has_axis(function: Any) -> bool:
    """Whether it was declared along which axes a function works."""
    return function in _along


def is_elementwise(function: Any) -> bool:
    """Whether a function works on each element by itself: a ufunc does, and what was declared to."""
    if isinstance(function, np.ufunc):
        return function.signature is None
    return function in _elementwise


elementwise(np.where, np.real, np.imag, np.conjugate, np.copy, np.nan_to_num, np.astype, np.zeros_like, np.ones_like)

along(np.sum, np.mean)
along(np.add.reduce, default=0)
along(np.flip)
along(np.fft.fftshift, np.fft.ifftshift, parameter="axes")
along(np.cumsum, whole="flat")
along(np.take, np.repeat, np.roll, np.delete, position=2, whole="flat")
along(np.diff, position=2, default=-1)
along(np.expand_dims, np.squeeze, whole="flat")
along(np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.irfft, np.fft.hfft, np.fft.ihfft, position=2, default=-1)
along(np.fft.fft2, np.fft.ifft2, np.fft.rfft2, position=2, parameter="axes", default=(-2, -1))
