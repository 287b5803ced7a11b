"""Gradients compared with differences, for tests of users' own functions and rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from srcgrad.api import elementwise_grad, grad
from srcgrad.calling.structures import is_number
from srcgrad.checking.comparison import Comparison, GradientCheckError, GradientCheckWarning
from srcgrad.checking.displacement import displaced, numbers, parameter_names
from srcgrad.checking.modes import compare_modes
from srcgrad.errors import ArgumentValueError

__all__ = ["GradientCheckError", "GradientCheckWarning", "check_grads"]


def check_grads(
    function: Callable[..., Any],
    args: Sequence[Any],
    order: int = 1,
    modes: Sequence[str] = ("fwd", "rev"),
    *,
    argnums: Any = None,
    rtol: float | None = None,
    atol: float = 1e-8,
    seed: int = 0,
) -> None:
    """Compare the gradients of a function with differences of its values.

    Parameters
    ----------
    function : callable
        As for `grad`; the result may also be an array or a container of arrays and numbers.
    args : sequence
        The arguments at which to compare.  They are left as they are; the function is run many times.
    order : int
        2 also compares the gradients of the gradient, and so on, as far as srcgrad differentiates its own gradients.
    modes : sequence of str
        ``"rev"``: reverse mode, compared with differences; ``"fwd"``: forward mode, compared with reverse mode.
    argnums : int, str, or tuple of them, optional
        As for `grad`; all arguments that hold a float where it is left out.
    rtol, atol : float
        What a derivative may be off by: ``atol + rtol * size``, beside the differences' own error.  The relative
        tolerance is 1e-6 unless given, or 1e-3 where an argument is of single precision.
    seed : int
        For the random direction, cotangent and sample of entries.

    Raises
    ------
    GradientCheckError
        It names the argument and its entries that are off, and by how much.  It is an ``AssertionError``.

    Warns
    -----
    GradientCheckWarning
        The point is a kink or a jump: differences to both sides disagree.  At a kink any slope between the two
        is accepted.

    Examples
    --------
    >>> import numpy as np
    >>> check_grads(lambda x, y: np.sum(np.sin(x) * y), (np.array([0.5, 1.5]), 2.0))
    """
    unknown = [mode for mode in modes if mode not in ("fwd", "rev")]
    if unknown or order < 1:
        raise ArgumentValueError(
            f"check_grads has no mode {unknown[0]!r}" if unknown else f"order {order} is less than 1",
            advice='give modes=("fwd", "rev")' if unknown else "give the order of the derivatives: 1, 2, ...",
        )
    Comparison(function, tuple(args), argnums, rtol, atol, seed).run()
    if "fwd" in modes:
        compare_modes(function, args, _positions(function, args, argnums), seed)
    if order > 1:
        result = function(*displaced(args, {}))
        differentiate = grad if is_number(result) and np.ndim(result) == 0 else elementwise_grad
        chosen = argnums if argnums is not None else _differentiable(args)
        check_grads(
            differentiate(function, chosen), args, order - 1, modes, argnums=chosen, rtol=rtol, atol=atol, seed=seed
        )


def _positions(function: Callable[..., Any], args: Sequence[Any], argnums: Any) -> tuple[int, ...]:
    """The positions of the differentiated arguments."""
    chosen = _differentiable(args) if argnums is None else argnums
    names = parameter_names(function, len(args))
    several = chosen if isinstance(chosen, tuple | list) else (chosen,)
    return tuple(range(len(args))[item] if isinstance(item, int) else names.index(item) for item in several)


def _differentiable(args: Sequence[Any]) -> Any:
    """The positions of the arguments that hold a float."""
    found = tuple(index for index, value in enumerate(args) if any(numbers(value, "")))
    return found[0] if len(found) == 1 else found
