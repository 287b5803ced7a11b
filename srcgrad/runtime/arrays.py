"""What the rules for shapes, parts and joins of arrays call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def sum_to(a: Any, shape: tuple[int, ...]) -> Any:
    """The sum of ``a`` over the axes along which ``shape`` was broadcast to the shape of ``a``; always of that shape.

    >>> sum_to(np.ones((2, 3)), (3,))
    array([2., 2., 2.])
    >>> sum_to(np.ones((2, 3)), (2, 1))
    array([[3.],
           [3.]])
    """
    have = np.shape(a)
    if have == shape:
        # Without dimensions it may be a view that nobody may write into: a number is what is wanted.
        return a[()] if isinstance(a, np.ndarray) and not shape else a
    if not shape:
        return np.sum(a)
    extra = len(have) - len(shape)
    if extra > 0:
        a = np.sum(a, axis=tuple(range(extra)))
        have = have[extra:]
    stretched = [axis for axis in range(-len(have), 0) if shape[axis] == 1 and have[axis] != 1]
    if stretched:
        a = np.sum(a, axis=tuple(stretched), keepdims=True)
    # An adjoint that is the same along an axis may come without it.
    return a if np.shape(a) == shape else np.broadcast_to(a, shape).copy()


def real_like(a_bar: Any, a: Any) -> Any:
    """The real part of an adjoint, if what it belongs to is real and met complex numbers."""
    return np.real(a_bar) if np.iscomplexobj(a_bar) and not np.iscomplexobj(a) else a_bar


def positions(a: Any) -> Any:
    """The number of each value of ``a`` in C order, in the shape of ``a``: what moves these shows where values go.

    >>> positions(np.zeros((2, 3)))
    array([[0, 1, 2],
           [3, 4, 5]])
    """
    return np.arange(np.size(a)).reshape(np.shape(a))


def scatter(z_bar: Any, taken: Any, shape: tuple[int, ...]) -> Any:
    """An array that collects each value of ``z_bar`` at the position it was taken from (negative: from nowhere).

    >>> scatter(np.array([1.0, 2.0, 4.0]), np.array([2, 0, 2]), (3,))
    array([2., 0., 5.])
    """
    flat, at = np.ravel(z_bar), np.ravel(taken)
    if np.any(at < 0):
        flat, at = flat[at >= 0], at[at >= 0]
    size = int(np.prod(shape))
    if flat.dtype.kind == "c":
        collected = np.empty(size, dtype=flat.dtype)
        collected.real = np.bincount(at, flat.real, size)
        collected.imag = np.bincount(at, flat.imag, size)
    else:
        collected = np.bincount(at, flat, size).astype(flat.dtype)
    return collected.reshape(shape)


def split_like(z_bar: Any, arrays: Sequence[Any], axis: int | None) -> list[Any]:
    """The parts of ``z_bar`` that belong to the arrays that were joined along ``axis``, each in its array's shape.

    An array with fewer dimensions than the whole has length 1 along the axis.
    """
    if axis is None:
        z_bar, lengths = np.ravel(z_bar), [np.size(array) for array in arrays]
        axis = 0
    else:
        axis %= np.ndim(z_bar)
        lengths = [np.shape(array)[axis] if np.ndim(array) == np.ndim(z_bar) else 1 for array in arrays]
    parts: list[Any] = []
    start = 0
    before = (slice(None),) * axis
    for array, length in zip(arrays, lengths, strict=True):
        part = real_like(z_bar[(*before, slice(start, start + length))], array)
        # A number's part is a number.
        parts.append(part.reshape(np.shape(array)) if np.shape(array) else part.reshape(())[()])
        start += length
    return parts


def unpad(z_bar: Any, array: Any, pad_width: Any, mode: str = "constant") -> Any:
    """The adjoint of ``np.pad`` in the array: what was padded by copies goes back to where it was copied from."""
    shape = np.shape(array)
    if mode == "constant":
        starts = [int(before) for before, _ in np.broadcast_to(pad_width, (len(shape), 2))]
        return z_bar[tuple(slice(start, start + length) for start, length in zip(starts, shape, strict=True))]
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        known = "'constant', 'edge', 'reflect', 'symmetric' and 'wrap'"
        raise ValueError(f"np.pad with mode={mode!r} is not differentiated, only {known}")
    return scatter(z_bar, np.pad(positions(array), pad_width, mode=mode), shape)  # type: ignore[call-overload]


def reshape_back(z_bar: Any, shape: tuple[int, ...], order: str) -> Any:
    """The adjoint of a reshape in C or Fortran order."""
    if order not in ("C", "F"):
        raise ValueError(f"order={order!r} depends on the layout of the array; only 'C' and 'F' are differentiated")
    return np.reshape(z_bar, shape, order=order)  # type: ignore[call-overload]


def diagonal_adjoint(z_bar: Any, shape: tuple[int, ...], offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Zeros of a shape with ``z_bar`` on the diagonals: the adjoint of ``np.diagonal``; a number goes everywhere."""
    a_bar = np.zeros(shape, dtype=np.asarray(z_bar).dtype)
    moved = np.moveaxis(a_bar, (axis1, axis2), (-2, -1))
    length = max(min(moved.shape[-2] + min(offset, 0), moved.shape[-1] - max(offset, 0)), 0)
    along = np.arange(length)
    moved[..., along - min(offset, 0), along + max(offset, 0)] = z_bar
    return a_bar


def meshgrid_adjoint(z_bar: Sequence[Any], arrays: Sequence[Any], indexing: str) -> list[Any]:
    """The adjoints of the axes of a mesh: each is summed over all other axes."""
    parts: list[Any] = []
    for number, (part, array) in enumerate(zip(z_bar, arrays, strict=True)):
        axis = 1 - number if indexing == "xy" and number < 2 and len(arrays) > 1 else number
        others = tuple(one for one in range(np.ndim(part)) if one != axis)
        parts.append(np.sum(part, axis=others).reshape(np.shape(array)))
    return parts


def first_adjoint(returned: Any) -> Any:
    """The adjoint of a function's first argument, where its rule returns that alone or a tuple of several."""
    return returned[0] if isinstance(returned, tuple) else returned


def select_adjoint(
    z_bar: Any, conditions: Sequence[Any], choices: Sequence[Any], default: Any
) -> tuple[list[Any], Any]:
    """The adjoints of ``np.select``: the first condition that holds takes the adjoint, the default what is left."""
    left = np.ones(np.shape(z_bar), dtype=bool)
    parts: list[Any] = []
    for condition, choice in zip(conditions, choices, strict=True):
        parts.append(real_like(sum_to(np.where(left & condition, z_bar, 0.0), np.shape(choice)), choice))
        left = left & ~np.asarray(condition)
    return parts, real_like(sum_to(np.where(left, z_bar, 0.0), np.shape(default)), default)


def choose_adjoint(z_bar: Any, a: Any, choices: Sequence[Any]) -> list[Any]:
    """The adjoints of the arrays that ``np.choose`` chooses from."""
    parts = [sum_to(np.where(np.equal(a, number), z_bar, 0.0), np.shape(c)) for number, c in enumerate(choices)]
    return [real_like(part, choice) for part, choice in zip(parts, choices, strict=True)]


def block_adjoint(z_bar: Any, arrays: Any) -> Any:
    """The adjoints of the nested lists that ``np.block`` joined, nested likewise."""
    count = 0

    def numbered(part: Any) -> Any:
        nonlocal count
        if isinstance(part, list):
            return [numbered(inner) for inner in part]
        count += np.size(part)
        return positions(part) + (count - np.size(part))

    def taken(part: Any, numbers: Any) -> Any:
        if isinstance(part, list):
            return [taken(inner, inner_numbers) for inner, inner_numbers in zip(part, numbers, strict=True)]
        return real_like(flat[numbers], part)[()]

    numbers = numbered(arrays)
    flat = np.empty(count, dtype=z_bar.dtype)
    flat[np.block(numbers).ravel()] = z_bar.ravel()
    return taken(arrays, numbers)


def last_written(array: Any, index: Any) -> Any:
    """Which elements of ``array[index]`` hold what ``array[index] = values`` writes there, where an index stands twice.

    >>> last_written(np.zeros(4), [0, 2, 2])
    array([ True, False,  True])
    """
    owner = np.zeros(np.shape(array), dtype=np.intp)
    turn = np.arange(owner[index].size).reshape(owner[index].shape)
    owner[index] = turn
    return owner[index] == turn
