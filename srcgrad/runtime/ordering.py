"""What the rules for sorted order, quantiles and interpolation call."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime.arrays import real_like


def unsort(z_bar: Any, a: Any, axis: int | None = -1) -> Any:
    """The adjoint of ``np.sort``: each value's place gives its adjoint, equal values share theirs.

    >>> unsort(np.array([1.0, 2.0, 4.0]), np.array([3.0, 1.0, 3.0]))
    array([3., 1., 3.])
    """
    a, z_bar = np.asarray(a), np.asarray(z_bar)
    if axis is None:
        return unsort(z_bar, a.ravel(), 0).reshape(a.shape)
    rows = np.moveaxis(a, axis, -1)
    if rows.size == 0:
        return np.zeros_like(a)
    order = np.argsort(rows, axis=-1, kind="stable")
    ordered = np.take_along_axis(rows, order, axis=-1)
    first = np.ones(rows.shape, dtype=bool)
    first[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    shared = np.moveaxis(z_bar, axis, -1)
    if not first.all():
        # Equal neighbours form a group; each of them gets the group's mean.
        group = np.cumsum(first.ravel()) - 1
        starts = np.flatnonzero(first.ravel())
        sums = np.add.reduceat(shared.ravel(), starts)
        shared = (sums / np.bincount(group).astype(sums.real.dtype))[group].reshape(rows.shape)
    rows_bar = np.empty_like(shared)
    np.put_along_axis(rows_bar, order, shared, axis=-1)
    return np.moveaxis(rows_bar, -1, axis)


def unsort_items(z_bar: Any, items: Any) -> Any:
    """The adjoint of ``sorted``: as `unsort` for numbers; of other items each has the adjoint of its place.

    >>> unsort_items([1.0, 2.0, 4.0], (3.0, 1.0, 2.0))
    [4.0, 1.0, 2.0]
    """
    if isinstance(items, np.ndarray):
        return unsort(np.array(z_bar), items)
    if all(np.isscalar(item) for item in items):
        return unsort(np.array(z_bar), np.array(items)).tolist()
    items_bar = [None] * len(items)
    for place, index in enumerate(sorted(range(len(items)), key=items.__getitem__)):
        items_bar[index] = z_bar[place]
    return items_bar


def quantile_adjoint(
    z_bar: Any, a: Any, q: Any, axis: Any = None, keepdims: bool = False, method: str = "linear", skip_nan: bool = False
) -> Any:
    """The adjoint of ``np.quantile``: the values around a quantile share by distance, equal values equally."""
    a, q, z_bar = np.asarray(a), np.asarray(q), np.asarray(z_bar)
    axes = tuple(range(a.ndim)) if axis is None else tuple(one % a.ndim for one in np.atleast_1d(axis))
    moved = np.moveaxis(a, axes, range(a.ndim - len(axes), a.ndim))
    rows = moved.reshape(-1, int(np.prod([a.shape[one] for one in axes])))
    if keepdims:
        z_bar = np.squeeze(z_bar, axis=tuple(one + q.ndim for one in axes))
    levels, slopes = q.ravel(), z_bar.reshape(q.size, len(rows))
    counts = np.sum(~np.isnan(rows), axis=1) if skip_nan else np.full(len(rows), rows.shape[1])
    ordered_bar = np.zeros(rows.shape, dtype=z_bar.dtype)
    every = np.arange(len(rows))
    for level, slope in zip(levels, slopes, strict=True):
        place = level * (counts - 1)
        low = np.floor(place).astype(int)
        high = np.minimum(low + 1, counts - 1)
        upper_share = _upper_share(place - low, low, method).astype(z_bar.dtype)
        np.add.at(ordered_bar, (every, low), slope * (1.0 - upper_share))
        np.add.at(ordered_bar, (every, high), slope * upper_share)
    rows_bar = unsort(ordered_bar, rows)
    if skip_nan:
        rows_bar = np.where(np.isnan(rows), 0.0, rows_bar)
    return np.moveaxis(rows_bar.reshape(moved.shape), range(a.ndim - len(axes), a.ndim), axes)


def _upper_share(fraction: Any, low: Any, method: str) -> Any:
    """The weight of the upper of the two values around a quantile."""
    if method == "linear":
        return fraction
    if method == "lower":
        return np.zeros_like(fraction)
    if method == "higher":
        return np.where(fraction > 0.0, 1.0, 0.0)
    if method == "midpoint":
        return np.where(fraction > 0.0, 0.5, 0.0)
    if method == "nearest":
        # Halfway it is the even one.
        return np.where((fraction > 0.5) | ((fraction == 0.5) & (low % 2 == 1)), 1.0, 0.0)
    known = "'linear', 'lower', 'higher', 'midpoint' and 'nearest'"
    raise ValueError(f"quantiles with method={method!r} are not differentiated, only {known}")


def interp_adjoint(which: str, z_bar: Any, x: Any, xp: Any, fp: Any) -> Any:
    """The adjoint of ``np.interp`` in the places ``x``, the grid ``xp`` or the values ``fp`` on the grid.

    Outside the grid the result is the value at its end; on a grid point the slope to its right counts.
    """
    x, xp, fp, z_bar = np.asarray(x), np.asarray(xp), np.asarray(fp), np.asarray(z_bar)
    if len(xp) == 1:
        return np.full(1, np.sum(z_bar)) if which == "fp" else np.zeros_like(x if which == "x" else xp)
    left = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, len(xp) - 2)
    width = xp[left + 1] - xp[left]
    share = np.clip((x - xp[left]) / width, 0.0, 1.0)
    if which == "fp":
        value_bar = z_bar
    else:
        inside = (x >= xp[0]) & (x <= xp[-1])
        x_bar = np.where(inside, z_bar * (fp[left + 1] - fp[left]) / width, 0.0)
        if which == "x":
            return real_like(x_bar, x)[()]
        value_bar = -x_bar
    grid_bar = np.zeros(xp.shape, dtype=value_bar.dtype)
    np.add.at(grid_bar, left, value_bar * (1.0 - share))
    np.add.at(grid_bar, left + 1, value_bar * share)
    return real_like(grid_bar, fp if which == "fp" else xp)
