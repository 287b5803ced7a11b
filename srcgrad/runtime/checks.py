"""What generated code asks of values that only the run knows."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.errors import ArgumentTypeError, UnsupportedError
from srcgrad.runtime.containers import attributes_of


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


def whole_power(base: int, exponent: int) -> int:
    """``base ** exponent`` where that is a whole number, which compiled code must know beforehand.

    >>> whole_power(2, 10)
    1024
    """
    if exponent < 0:
        raise ArgumentTypeError(
            "a whole number has a negative exponent: the power is a float, and compiled code counts on a whole number",
            advice="write float(n) ** k",
        )
    return int(base**exponent)


def refuse_shared(*written: Any, read: tuple[Any, ...] = ()) -> None:
    """Refuse values of which two share memory, where the function writes into the first ones.

    >>> x = np.zeros(3)
    >>> refuse_shared(x, read=([np.ones(3)], 2.0))
    """
    known: list[Any] = []
    for value in written:
        _refuse_known(value, known, {}, is_written=True)
    for value in read:
        _refuse_known(value, list(known), {}, is_written=False)


def _refuse_known(value: Any, known: list[Any], seen: dict[int, Any], is_written: bool) -> None:
    """Refuse what shares memory with one of ``known``; note what is written among these."""
    if isinstance(value, np.ndarray):
        if any(_share(value, other) for other in known if isinstance(other, np.ndarray)):
            raise _shared()
    elif isinstance(value, tuple):
        for item in value:
            _refuse_known(item, known, seen, is_written)
        return
    else:
        inside = value if isinstance(value, (list, dict)) else attributes_of(value)
        if not isinstance(value, (list, dict)) and not inside:
            return
        if any(value is other for other in known):
            raise _shared()
        if id(value) in seen:
            return
        seen[id(value)] = value
        if is_written:
            known.append(value)
        for item in inside.values() if isinstance(inside, dict) else inside:
            _refuse_known(item, known, seen, is_written)
        return
    if is_written:
        known.append(value)


def _shared() -> UnsupportedError:
    return UnsupportedError(
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
