"""Solutions of equations, and the linear equations that their derivatives solve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.errors import ConvergenceError

Tangent = Callable[..., tuple[Any, Any]]

_MOST_STEPS = 100
_MOST_TRIPS = 10_000
_TOLERANCE = 4e-15


def newton(residual: Callable[[Any], Any], start: Any) -> Any:
    """A root by Newton's method, its Jacobian by differences; the steps are halved where the residual grows."""
    x = np.array(start, dtype=np.result_type(start, 1.0))
    value, size = _sized(residual, x)
    for _ in range(_MOST_STEPS):
        if size == 0.0:
            break
        step = _newton_step(residual, x, value)
        fraction = 1.0
        while True:
            following = np.asarray(x - fraction * step)
            next_value, next_size = _sized(residual, following)
            if next_size < size or fraction < 1e-10:
                break
            fraction *= 0.5
        moved = np.max(np.abs(following - x), initial=0.0)
        if next_size < size:
            x, value, size = following, next_value, next_size
        if moved <= _TOLERANCE * (1.0 + np.max(np.abs(x), initial=0.0)):
            break
    if not size <= 1e-8 * (1.0 + _scale(residual, x)):
        raise ConvergenceError(
            f"Newton's method found no root: the residual is still {size:.3g} after {_MOST_STEPS} steps at most",
            advice="begin nearer to the root, or give a solver=",
        )
    return x if np.ndim(start) else x[()]


def iterated(step: Callable[[Any], Any], start: Any) -> Any:
    """A fixed point by repeating a step until nothing changes."""
    x = np.array(start, dtype=np.result_type(start, 1.0))[()]
    before = np.inf
    for _ in range(_MOST_TRIPS):
        following = step(x)
        moved = float(np.max(np.abs(following - x), initial=0.0))
        if not np.isfinite(moved):
            break
        x = following
        size = 1.0 + float(np.max(np.abs(x), initial=0.0))
        if moved <= _TOLERANCE * size or (moved >= before and moved <= 1e-12 * size):
            return x
        before = moved
    raise ConvergenceError(
        f"the iteration for a fixed point does not settle: its last step was {moved:.3g}",
        advice="begin nearer to the fixed point, or give a solver=",
    )


def _sized(residual: Callable[[Any], Any], x: Any) -> tuple[Any, float]:
    value = np.asarray(residual(x[()] if x.ndim == 0 else x))
    size = float(np.max(np.abs(value), initial=0.0))
    return value, size if np.isfinite(size) else np.inf


def _newton_step(residual: Callable[[Any], Any], x: Any, value: Any) -> Any:
    columns = []
    for place in np.ndindex(x.shape):
        width = 1e-7 * (1.0 + abs(x[place]))
        ahead, behind = x.copy(), x.copy()
        ahead[place] += width
        behind[place] -= width
        columns.append((_sized(residual, ahead)[0] - _sized(residual, behind)[0]).ravel() / (2.0 * width))
    try:
        return np.linalg.solve(np.stack(columns, axis=1), value.ravel()).reshape(x.shape)
    except np.linalg.LinAlgError:
        raise ConvergenceError(
            "Newton's method found no root: the Jacobian is singular", advice="begin elsewhere, or give a solver="
        ) from None


def _scale(residual: Callable[[Any], Any], x: Any) -> float:
    """How much a residual changes with a small relative change of x, in units of that change."""
    width = 1e-7 * (1.0 + np.abs(x))
    return float(np.max(np.abs(_sized(residual, x + width)[0] - _sized(residual, x)[0]) / 1e-7, initial=0.0))


def basis(x: Any) -> list[Any]:
    """The unit vectors of the space of an array, in its shape."""
    return [unit.reshape(x.shape) for unit in np.eye(x.size)]


def root_adjoint(reverse: Callable[..., Any], records: Any, x_bar: Any) -> Any:
    """The adjoint of the residual of an equation, from that of its solution: v of ``J.T v = -x_bar``.

    ``reverse(residual_bar, records)`` gives the adjoint of x first: the rows of the Jacobian.
    """
    rows = np.stack([np.ravel(reverse(unit, records)[0]) for unit in basis(x_bar)])
    return np.linalg.solve(rows.T, -np.ravel(x_bar)).reshape(x_bar.shape)


def fixed_point_adjoint(reverse: Callable[..., Any], records: Any, x_bar: Any) -> Any:
    """The adjoint of one step at a fixed point, from that of the fixed point: v of ``(1 - J).T v = x_bar``."""
    rows = np.stack([np.ravel(reverse(unit, records)[0]) for unit in basis(x_bar)])
    return np.linalg.solve(np.eye(x_bar.size) - rows.T, np.ravel(x_bar)).reshape(x_bar.shape)


def number_root_adjoint(reverse: Callable[..., Any], records: Any, x_bar: Any) -> Any:
    """`root_adjoint` for one unknown."""
    return -x_bar / reverse(1.0, records)[0]


def number_fixed_point_adjoint(reverse: Callable[..., Any], records: Any, x_bar: Any) -> Any:
    """`fixed_point_adjoint` for one unknown."""
    return x_bar / (1.0 - reverse(1.0, records)[0])


def root_tangent(
    x: Any, by_x: Tangent, by_arguments: Tangent, arguments: tuple[Any, ...], dots: tuple[Any, ...]
) -> tuple[Any, Any]:
    """A solution and its tangent ``-solve(J, f_dot)``; the two functions are tangents of the residual."""
    f_dot = by_arguments(x, *arguments, *dots)[1]
    columns = np.stack([np.ravel(by_x(x, *arguments, unit)[1]) for unit in basis(x)])
    return x, -np.linalg.solve(columns.T, np.ravel(f_dot)).reshape(x.shape)


def fixed_point_tangent(
    x: Any, by_x: Tangent, by_arguments: Tangent, arguments: tuple[Any, ...], dots: tuple[Any, ...]
) -> tuple[Any, Any]:
    """A fixed point and its tangent ``solve(1 - J, f_dot)``; the two functions are tangents of the step."""
    f_dot = by_arguments(x, *arguments, *dots)[1]
    columns = np.stack([np.ravel(by_x(x, *arguments, unit)[1]) for unit in basis(x)])
    return x, np.linalg.solve(np.eye(x.size) - columns.T, np.ravel(f_dot)).reshape(x.shape)


def number_root_tangent(
    x: Any, by_x: Tangent, by_arguments: Tangent, arguments: tuple[Any, ...], dots: tuple[Any, ...]
) -> tuple[Any, Any]:
    """`root_tangent` for one unknown."""
    return x, -by_arguments(x, *arguments, *dots)[1] / by_x(x, *arguments, 1.0)[1]


def number_fixed_point_tangent(
    x: Any, by_x: Tangent, by_arguments: Tangent, arguments: tuple[Any, ...], dots: tuple[Any, ...]
) -> tuple[Any, Any]:
    """`fixed_point_tangent` for one unknown."""
    return x, by_arguments(x, *arguments, *dots)[1] / (1.0 - by_x(x, *arguments, 1.0)[1])
