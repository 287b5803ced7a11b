"""What generated code asks of values that only the run knows."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.errors import ArgumentTypeError, UnsupportedError


def one_number(value: Any) -> Any:
    """``value``, if it is one real number or an array with one element; the result of a function to take `grad` of.

    >>> one_number(2.5)
    2.5
    """
    is_number = isinstance(value, (bool, int, float, complex, np.generic))
    if not is_number and not hasattr(value, "__array_function__"):
        raise ArgumentTypeError(
            f"the function returned {_described(value)}; its gradient needs one real number",
            advice="return one number (has_aux=True passes the rest on), or use vjp or jacobian for several results",
        )
    if np.size(value) != 1:
        raise ArgumentTypeError(
            f"the function returned an array of shape {np.shape(value)}; its gradient needs one real number",
            advice="use elementwise_grad for the gradient of the sum, vjp for a weighted sum, jacobian for all",
        )
    if np.iscomplexobj(value):
        raise ArgumentTypeError(
            "the function returned a complex number; its gradient needs one real number",
            advice="return its real part or absolute value, or use elementwise_grad, vjp or jacobian",
        )
    return value


def refuse_shared(*arrays: Any) -> None:
    """Refuse arrays of which two share memory, where the function writes into one of them."""
    present = [array for array in arrays if isinstance(array, np.ndarray)]
    for number, array in enumerate(present):
        for other in present[:number]:
            if _share(array, other):
                raise UnsupportedError(
                    "two arguments share memory and the function writes into one of them",
                    advice="pass a copy of one of them: x.copy()",
                )


def _share(array: Any, other: Any) -> bool:
    """Whether two arrays share memory, or whether that is too hard to tell."""
    try:
        return bool(np.shares_memory(array, other, max_work=10_000))  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return True


def _described(value: Any) -> str:
    """What a result is, in words."""
    if value is None:
        return "None"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value)} values"
    return f"a {type(value).__name__}"
