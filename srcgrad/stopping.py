"""Stopping derivatives: a value that differentiation takes as a constant."""

from __future__ import annotations

from typing import TypeVar

Value = TypeVar("Value")


def stop_gradient(value: Value) -> Value:
    """Return ``value`` as it is; differentiation takes it as a constant.

    Parameters
    ----------
    value : any
        A number, an array or a container of them.

    Returns
    -------
    any
        The very same object: nothing is copied or converted.

    Notes
    -----
    For ``z = u * x`` with ``u = stop_gradient(x * x)`` the derivative of ``z`` is ``u``, not ``3 * x * x``.

    Examples
    --------
    >>> stop_gradient(3.0)
    3.0
    """
    return value


detach = stop_gradient
