"""Memory for time: `checkpoint` for a function, `checkpointed` for a loop."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from srcgrad.custom.rules import CustomFunction
from srcgrad.errors import ArgumentTypeError, ArgumentValueError

Items = TypeVar("Items", bound=Iterable[Any] | bool)


class Checkpoint(CustomFunction):
    """A function that is run again in the reverse sweep; made by `checkpoint`."""

    made_by = "checkpoint"


@functools.lru_cache(maxsize=1024)
def checkpoint_of(function: Callable[..., Any]) -> Checkpoint:
    """One checkpoint for each function, the same whenever it is asked for."""
    return Checkpoint(function)


def checkpoint(function: Callable[..., Any], /) -> Checkpoint:
    """The same function, run again in the reverse sweep rather than recorded in the forward sweep.

    Differentiation keeps the arguments of a call and its result, and nothing from inside: the reverse sweep runs the
    function's forward sweep anew, then its reverse sweep.  Value and gradient are the same to the last bit.

    Parameters
    ----------
    function : callable
        A function with source that does not write into its arguments.

    Returns
    -------
    Checkpoint
        Called like the function; also a decorator, ``@checkpoint``.

    Examples
    --------
    >>> import numpy as np
    >>> from srcgrad import grad
    >>> @checkpoint
    ... def layer(h, w):
    ...     return np.tanh(w * np.exp(-h))
    >>> def loss(h, w):
    ...     for _ in range(3):
    ...         h = layer(h, w)
    ...     return h
    >>> float(grad(loss)(0.5, 2.0).round(6))
    -0.067486
    """
    return Checkpoint(function)


def checkpointed(items: Items, snapshots: int = 20) -> Items:
    """Let a loop keep a few snapshots of its state, from which the reverse sweep runs the trips between them again.

    Write ``for i in checkpointed(range(n), snapshots=50)``, or ``while checkpointed(error > tolerance, snapshots=50)``.
    Outside of differentiation this is ``items`` itself.

    Parameters
    ----------
    items : iterable, or the test of a ``while``
        What the loop runs over.
    snapshots : int
        How many states are kept at the same time.  A state is what the loop's trips hand on: the variables that they
        change and read again.

    Returns
    -------
    iterable or bool
        ``items``.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        ``snapshots`` is no positive integer.
    UnsupportedError
        When it is differentiated: the state cannot be told, or shares memory with a variable outside of the loop.

    Notes
    -----
    Where the number of trips is known before the loop runs, snapshots lie where the fewest trips are run again
    (Griewank and Walther 2000, Algorithm 799: Revolve).  Where it is not (``while``, ``break``), they are placed while
    the loop runs (Wang, Moin and Iaccarino 2009).  Value and gradient are the same to the last bit.

    Examples
    --------
    >>> from srcgrad import grad
    >>> def decay(x, rate, n):
    ...     for _ in checkpointed(range(n), snapshots=3):
    ...         x = x - 0.01 * rate * x * x
    ...     return x
    >>> grad(decay)(1.0, 2.0, 100)
    0.10798553511482772
    """
    if isinstance(snapshots, bool) or not isinstance(snapshots, int):
        raise ArgumentTypeError(f"snapshots is {snapshots!r}, which is no integer", advice="give a positive integer")
    if snapshots < 1:
        raise ArgumentValueError(f"snapshots is {snapshots}", advice="give a positive integer")
    return items
