"""Forward mode as users call it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from srcgrad.calling.made_inside import Tangent
from srcgrad.calling.pushforward import value_and_tangent
from srcgrad.custom import Maker, register_maker
from srcgrad.runtime.dispatch import provide


def jvp(
    function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: bool = False
) -> tuple[Any, ...]:
    """Run a function together with its derivative in one direction: forward mode.

    Parameters
    ----------
    function : callable
        As for `grad`, but the result may be an array of any shape, or a container of arrays and numbers.
    primals : tuple or list
        The arguments at which to run it, by position.
    tangents : tuple or list
        The direction: for each argument a tangent of its own structure and shapes.  None (or 0 for an integer or
        another argument that holds no float) means that the argument is not differentiated.
    has_aux : bool
        The function returns ``(result, auxiliary)``.

    Returns
    -------
    out : any
        The function's result.
    tangent_out : any
        The derivative of the result in the direction of the tangents, in the structure and shapes of ``out``.
    auxiliary : any
        With ``has_aux`` only.

    Raises
    ------
    UnsupportedError, MissingRuleError, SourceError
        Before anything runs: the function, or one that it calls, cannot be differentiated.
    ArgumentTypeError, ArgumentValueError
        A tangent does not have the structure or the shape of its argument.

    Examples
    --------
    >>> import numpy as np
    >>> jvp(lambda x, y: x * y, (np.array([1.0, 2.0]), 3.0), (np.array([1.0, 0.0]), 10.0))
    (array([3., 6.]), array([13., 20.]))
    """
    found: tuple[Any, ...] = value_and_tangent(function, primals, tangents, has_aux)
    return found


# Functions that a differentiated program picks at run time are differentiated on demand.
provide("jvp", jvp)
register_maker(jvp, Maker(Tangent, "primals", ("has_aux",)))
