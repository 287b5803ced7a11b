"""What the rules for reductions and running sums call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from srcgrad.runtime.arrays import real_like, sum_to


def count_along(a: Any, axis: int | tuple[int, ...] | None) -> int:
    """How many values of ``a`` go into each value of a reduction over ``axis``.

    >>> count_along(np.zeros((2, 3, 4)), (0, -1))
    8
    """
    shape = np.shape(a)
    if axis is None:
        return int(np.size(a))
    count = 1
    for one in axis if isinstance(axis, tuple) else (axis,):
        count *= shape[one]
    return count


def products_of_others(a: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """For each value of ``a`` the product of all the others along ``axis``: right where values are zero, too.

    >>> products_of_others(np.array([2.0, 3.0, 0.0]))
    array([0., 0., 6.])
    """
    a = np.asarray(a)
    if axis is None:
        axes = tuple(range(a.ndim))
    else:
        axes = tuple(one % a.ndim for one in (axis if isinstance(axis, tuple) else (axis,)))
    moved = np.moveaxis(a, axes, range(a.ndim - len(axes), a.ndim))
    rows = moved.reshape(*moved.shape[: a.ndim - len(axes)], -1)
    before = np.ones_like(rows)
    before[..., 1:] = np.cumprod(rows[..., :-1], axis=-1)
    after = np.ones_like(rows)
    after[..., -2::-1] = np.cumprod(rows[..., :0:-1], axis=-1)
    return np.moveaxis((before * after).reshape(moved.shape), range(a.ndim - len(axes), a.ndim), axes)


def cumprod_adjoint(z_bar: Any, a: Any, axis: int | None) -> Any:
    """The adjoint of ``np.cumprod``: right where values are zero, too."""
    rows = np.ravel(a) if axis is None else np.moveaxis(a, axis, 0)
    rows_bar = z_bar if axis is None else np.moveaxis(z_bar, axis, 0)
    before = np.ones_like(rows)
    before[1:] = np.cumprod(rows[:-1], axis=0)
    a_bar = np.zeros_like(rows)
    tail = np.zeros_like(rows[:1].sum(axis=0))
    for i in range(len(rows) - 1, -1, -1):
        # tail: the adjoint of the product up to i, divided by that product.
        tail = rows_bar[i] + tail
        a_bar[i] = before[i] * tail
        tail = tail * rows[i]
    return a_bar.reshape(np.shape(a)) if axis is None else np.moveaxis(a_bar, 0, axis)


def diff_adjoint(z_bar: Any, a: Any, n: int, axis: int) -> Any:
    """The adjoint of ``np.diff``: the negative difference with zeros at both ends."""
    lengths = [max(np.shape(a)[axis] - order, 0) for order in range(n + 1)]
    rows_bar = np.moveaxis(z_bar, axis, 0)
    for length in lengths[-2::-1]:
        shorter = rows_bar
        rows_bar = np.zeros((length, *shorter.shape[1:]), dtype=shorter.dtype)
        if length:
            rows_bar[1:] += shorter
            rows_bar[:-1] -= shorter
    return np.moveaxis(rows_bar, 0, axis)


def gradient_adjoint(z_bar: Any, f: Any, spacings: tuple[Any, ...], axis: Any, edge_order: Any) -> Any:
    """The adjoint of ``np.gradient`` in its samples: each axis has one small matrix, applied transposed."""
    f = np.asarray(f)
    axes = tuple(range(f.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if len(spacings) < 2:
        spacings = (spacings or (1.0,)) * len(axes)
    parts = [z_bar] if len(axes) == 1 else z_bar
    f_bar = np.zeros_like(f)
    for one, spacing, part in zip(axes, spacings, parts, strict=True):
        length = f.shape[one]
        matrix = np.gradient(np.eye(length, dtype=f.real.dtype), spacing, axis=0, edge_order=edge_order)
        f_bar += np.moveaxis(np.tensordot(matrix, part, axes=(0, one)), 0, one)
    return f_bar


def trapezoid_adjoint(which: str, z_bar: Any, y: Any, x: Any, dx: Any, axis: int) -> Any:
    """The adjoint of ``np.trapezoid`` in the samples ``y``, the positions ``x`` or the step ``dx``."""
    rows = np.moveaxis(np.asarray(y), axis, -1)
    spread = np.asarray(z_bar)[..., np.newaxis]
    if which == "y":
        width = dx if x is None else np.diff(x, axis=axis if np.ndim(x) > 1 else 0)
        along = np.moveaxis(width, axis, -1) if np.ndim(x) > 1 else width
        middle_bar = spread * along / 2.0 * np.ones_like(rows[..., 1:])
        rows_bar = np.zeros(rows.shape, dtype=middle_bar.dtype)
        rows_bar[..., 1:] += middle_bar
        rows_bar[..., :-1] += middle_bar
        return real_like(np.moveaxis(rows_bar, -1, axis), y)
    width_bar = spread * (rows[..., 1:] + rows[..., :-1]) / 2.0
    if which == "dx":
        return real_like(sum_to(width_bar, np.shape(dx)), dx)
    width_bar = real_like(width_bar, x)
    if np.ndim(x) == 1:
        return diff_adjoint(sum_to(width_bar, (len(x) - 1,)), x, 1, 0)
    return diff_adjoint(sum_to(np.moveaxis(width_bar, -1, axis), np.diff(x, axis=axis).shape), x, 1, axis)


def share_equal(z_bar: Any, z: Any, values: Iterable[Any]) -> Any:
    """The adjoint ``z_bar`` of an extreme ``z``, shared by those of the values that are equal to it.

    >>> share_equal(1.0, 3.0, (3.0, 1.0, 3.0))
    [0.5, 0.0, 0.5]
    """
    reached = [bool(value == z) for value in values]
    share = z_bar / max(sum(reached), 1)
    shares = [share if one else 0.0 for one in reached]
    return np.array(shares, dtype=values.dtype) if isinstance(values, np.ndarray) else shares


def reduceat_adjoint(z_bar: Any, array: Any, indices: Any, axis: int) -> Any:
    """The adjoint of ``np.add.reduceat``: each element gets the adjoints of the sums that it is in.

    >>> reduceat_adjoint(np.array([1.0, 2.0]), np.zeros(5), [0, 3], 0)
    array([1., 1., 1., 2., 2.])
    """
    a_bar = np.zeros(np.shape(array), dtype=z_bar.dtype)
    rows, rows_bar = np.moveaxis(a_bar, axis, 0), np.moveaxis(z_bar, axis, 0)
    ends = [*indices[1:], len(rows)]
    for start, stop, row_bar in zip(indices, ends, rows_bar, strict=True):
        # Where the next sum starts no later, this one is a single element.
        rows[start : max(stop, start + 1)] += row_bar
    return a_bar
