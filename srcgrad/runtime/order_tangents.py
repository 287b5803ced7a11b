"""What the tangents of sorted order, quantiles, interpolation and running products call."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime.ordering import _upper_share


def sort_tangent(a_dot: Any, a: Any, axis: int | None = -1) -> Any:
    """The tangent of ``np.sort``: each value brings its tangent along, equal values share theirs.

    >>> sort_tangent(np.array([1.0, 2.0, 4.0]), np.array([3.0, 1.0, 3.0]))
    array([2. , 2.5, 2.5])
    """
    a, a_dot = np.asarray(a), np.asarray(a_dot)
    if axis is None:
        return sort_tangent(a_dot.ravel(), a.ravel(), 0)
    rows, rows_dot = np.moveaxis(a, axis, -1), np.moveaxis(a_dot, axis, -1)
    if rows.size == 0:
        return np.zeros_like(a)
    order = np.argsort(rows, axis=-1, kind="stable")
    ordered = np.take_along_axis(rows, order, axis=-1)
    shared = np.take_along_axis(rows_dot, order, axis=-1)
    first = np.ones(rows.shape, dtype=bool)
    first[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    if not first.all():
        # Equal neighbours form a group; each of them gets the group's mean.
        group = np.cumsum(first.ravel()) - 1
        sums = np.add.reduceat(shared.ravel(), np.flatnonzero(first.ravel()))
        shared = (sums / np.bincount(group).astype(sums.real.dtype))[group].reshape(rows.shape)
    return np.moveaxis(shared, -1, axis)


def sort_items_tangent(items_dot: Any, items: Any) -> Any:
    """The tangent of ``sorted``."""
    if isinstance(items, np.ndarray) or all(np.isscalar(item) for item in items):
        return sort_tangent(np.array(items_dot), np.array(items)).tolist()
    return [items_dot[index] for index in sorted(range(len(items)), key=items.__getitem__)]


def quantile_tangent(
    a_dot: Any, a: Any, q: Any, axis: Any = None, keepdims: bool = False, method: str = "linear", skip_nan: bool = False
) -> Any:
    """The tangent of ``np.quantile``: the values around a quantile share by distance, equal values equally."""
    a, a_dot, q = np.asarray(a), np.asarray(a_dot), np.asarray(q)
    axes = tuple(range(a.ndim)) if axis is None else tuple(one % a.ndim for one in np.atleast_1d(axis))
    last = range(a.ndim - len(axes), a.ndim)
    moved = np.moveaxis(a, axes, last)
    rows = moved.reshape(-1, int(np.prod([a.shape[one] for one in axes])))
    rows_dot = np.moveaxis(a_dot, axes, last).reshape(rows.shape)
    counts = np.sum(~np.isnan(rows), axis=1) if skip_nan else np.full(len(rows), rows.shape[1])
    ordered_dot = sort_tangent(rows_dot, rows)
    every = np.arange(len(rows))
    found = []
    for level in q.ravel():
        place = level * (counts - 1)
        low = np.floor(place).astype(int)
        high = np.minimum(low + 1, counts - 1)
        share = _upper_share(place - low, low, method).astype(a_dot.dtype)
        found.append(ordered_dot[every, low] * (1.0 - share) + ordered_dot[every, high] * share)
    outer = moved.shape[: a.ndim - len(axes)]
    if keepdims:
        outer = tuple(1 if one in axes else a.shape[one] for one in range(a.ndim))
    return np.reshape(found, (*q.shape, *outer))[()]


def interp_tangent(x_dot: Any, xp_dot: Any, fp_dot: Any, x: Any, xp: Any, fp: Any) -> Any:
    """The tangent of ``np.interp``.

    Outside the grid the result is the value at its end; on a grid point the slope to its right counts.
    """
    x, xp, fp = np.asarray(x), np.asarray(xp), np.asarray(fp)
    xp_dot, fp_dot = np.asarray(xp_dot), np.asarray(fp_dot)
    if len(xp) == 1:
        return (fp_dot[0] + np.zeros_like(x))[()]
    left = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, len(xp) - 2)
    width = xp[left + 1] - xp[left]
    share = np.clip((x - xp[left]) / width, 0.0, 1.0)
    slope = np.where((x >= xp[0]) & (x <= xp[-1]), (fp[left + 1] - fp[left]) / width, 0.0)
    values_dot = fp_dot[left] * (1.0 - share) + fp_dot[left + 1] * share
    places_dot = xp_dot[left] * (1.0 - share) + xp_dot[left + 1] * share
    return (values_dot + slope * (x_dot - places_dot))[()]


def cumprod_tangent(a_dot: Any, a: Any, axis: int | None) -> Any:
    """The tangent of ``np.cumprod``: right where values are zero, too."""
    rows = np.ravel(a) if axis is None else np.moveaxis(a, axis, 0)
    rows_dot = np.ravel(a_dot) if axis is None else np.moveaxis(a_dot, axis, 0)
    z_dot = np.zeros_like(rows)
    if len(rows):
        product, product_dot = rows[0], rows_dot[0]
        z_dot[0] = product_dot
        for i in range(1, len(rows)):
            product_dot = product_dot * rows[i] + product * rows_dot[i]
            product = product * rows[i]
            z_dot[i] = product_dot
    return z_dot if axis is None else np.moveaxis(z_dot, 0, axis)


def products_of_others_tangent(a_dot: Any, a: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """The tangent of the products of all other values along ``axis``."""
    a, a_dot = np.asarray(a), np.asarray(a_dot)
    axes = tuple(range(a.ndim)) if axis is None else tuple(one % a.ndim for one in np.atleast_1d(axis))
    last = range(a.ndim - len(axes), a.ndim)
    moved, moved_dot = np.moveaxis(a, axes, last), np.moveaxis(a_dot, axes, last)
    rows = moved.reshape(*moved.shape[: a.ndim - len(axes)], -1)
    rows_dot = moved_dot.reshape(rows.shape)
    before, after = np.ones_like(rows), np.ones_like(rows)
    before_dot, after_dot = np.zeros_like(rows), np.zeros_like(rows)
    before[..., 1:] = np.cumprod(rows[..., :-1], axis=-1)
    before_dot[..., 1:] = cumprod_tangent(rows_dot[..., :-1], rows[..., :-1], -1)
    after[..., -2::-1] = np.cumprod(rows[..., :0:-1], axis=-1)
    after_dot[..., -2::-1] = cumprod_tangent(rows_dot[..., :0:-1], rows[..., :0:-1], -1)
    return np.moveaxis((before_dot * after + before * after_dot).reshape(moved.shape), last, axes)


def extreme_tangent(values_dot: Any, z: Any, values: Any) -> Any:
    """The tangent of an extreme ``z``: the mean of those of the values that are equal to it.

    >>> extreme_tangent((1.0, 5.0, 2.0), 3.0, (3.0, 1.0, 3.0))
    1.5
    """
    reached = [dot for dot, value in zip(values_dot, values, strict=True) if value == z]
    return sum(reached) / max(len(reached), 1)
