"""What the rules for products of arrays call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from srcgrad.runtime.arrays import real_like, sum_to


def matmul_adjoint(which: int, z_bar: Any, a: Any, b: Any) -> Any:
    """The adjoint of one factor of ``a @ b`` for any numbers of dimensions."""
    rows = a[np.newaxis, :] if np.ndim(a) == 1 else a
    columns = b[:, np.newaxis] if np.ndim(b) == 1 else b
    if np.ndim(b) == 1:
        z_bar = np.expand_dims(z_bar, -1)
    if np.ndim(a) == 1:
        z_bar = np.expand_dims(z_bar, -2)
    if which == 0:
        a_bar = sum_to(z_bar @ np.swapaxes(columns, -1, -2), np.shape(rows))
        return real_like(a_bar, a).reshape(np.shape(a))
    b_bar = sum_to(np.swapaxes(rows, -1, -2) @ z_bar, np.shape(columns))
    return real_like(b_bar, b).reshape(np.shape(b))


def dot_adjoint(which: int, z_bar: Any, a: Any, b: Any) -> Any:
    """The adjoint of one factor of ``np.dot(a, b)`` for any numbers of dimensions."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        mine, other = (b, a) if which else (a, b)
        return real_like(sum_to(z_bar * other, np.shape(mine)), mine)
    return tensordot_adjoint(which, z_bar, a, b, (-1, -2 if np.ndim(b) > 1 else -1))


def tensordot_adjoint(which: int, z_bar: Any, a: Any, b: Any, axes: Any) -> Any:
    """The adjoint of one factor of ``np.tensordot(a, b, axes)``."""
    if np.ndim(axes) == 0:
        a_axes, b_axes = list(range(np.ndim(a) - axes, np.ndim(a))), list(range(axes))
    else:
        a_axes = [int(axis) % np.ndim(a) for axis in np.atleast_1d(axes[0])]
        b_axes = [int(axis) % np.ndim(b) for axis in np.atleast_1d(axes[1])]
    a_kept = [axis for axis in range(np.ndim(a)) if axis not in a_axes]
    b_kept = [axis for axis in range(np.ndim(b)) if axis not in b_axes]
    if which == 0:
        # What is left of b stands in the order of its axes: bring each to its partner in a.
        a_bar = np.tensordot(z_bar, b, axes=(list(range(len(a_kept), np.ndim(z_bar))), b_kept))
        partners = [axis for _, axis in sorted(zip(b_axes, a_axes, strict=True))]
        return real_like(np.transpose(a_bar, np.argsort(a_kept + partners)), a)
    b_bar = np.tensordot(a, z_bar, axes=(a_kept, list(range(len(a_kept)))))
    partners = [axis for _, axis in sorted(zip(a_axes, b_axes, strict=True))]
    return real_like(np.transpose(b_bar, np.argsort(partners + b_kept)), b)


def einsum_adjoint(which: int, subscripts: str, z_bar: Any, *operands: Any) -> Any:
    """The adjoint of one operand of ``np.einsum``: the sum with the roles of that operand and the result exchanged.

    >>> einsum_adjoint(0, "ij,j->i", np.array([1.0, 2.0]), np.zeros((2, 2)), np.array([3.0, 4.0]))
    array([[3., 4.],
           [6., 8.]])
    """
    inputs, output = _einsum_terms(subscripts, [np.ndim(operand) for operand in operands])
    shape = np.shape(operands[which])
    wanted = inputs[which]
    others = [term for number, term in enumerate(inputs) if number != which]
    values = [operand for number, operand in enumerate(operands) if number != which]
    letters = "".join(dict.fromkeys(wanted))
    available = set(output).union(*others) if others else set(output)
    found = "".join(letter for letter in letters if letter in available)
    collected = real_like(np.einsum(",".join([output, *others]) + "->" + found, z_bar, *values), operands[which])
    # Letters that stand in this operand alone were summed over: the adjoint is the same along them.
    lengths = dict(zip(wanted, shape, strict=True))
    have = dict(zip(found, collected.shape, strict=True))
    spread = collected.reshape([have.get(letter, 1) for letter in letters])
    wide = [lengths[letter] if have.get(letter, 1) == 1 else have[letter] for letter in letters]
    spread = np.broadcast_to(spread, wide)
    if len(letters) == len(wanted):
        return sum_to(spread, shape)
    # A letter that stands twice means a diagonal.
    a_bar = np.zeros(shape, dtype=collected.dtype)
    np.einsum(a_bar, [letters.index(letter) for letter in wanted], list(range(len(letters))))[...] = spread
    return a_bar


def _einsum_terms(subscripts: str, ndims: list[int]) -> tuple[list[str], str]:
    """The terms of ``np.einsum`` with letters for the dimensions of an ellipsis, and the explicit output term."""
    subscripts = subscripts.replace(" ", "")
    left, arrow, output = subscripts.partition("->")
    terms = left.split(",")
    unused = [letter for letter in "zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA" if letter not in subscripts]
    widest = max([ndim - len(term) + 3 for term, ndim in zip(terms, ndims, strict=True) if "..." in term], default=0)
    stretch = "".join(unused[:widest])
    full = [
        term.replace("...", stretch[widest - (ndim - len(term) + 3) :]) if "..." in term else term
        for term, ndim in zip(terms, ndims, strict=True)
    ]
    if not arrow:
        once = sorted(letter for letter in set(left) - set(",.") if left.count(letter) == 1)
        return full, stretch + "".join(once)
    return full, output.replace("...", stretch)


def kron_adjoint(which: int, z_bar: Any, a: Any, b: Any) -> Any:
    """The adjoint of one factor of ``np.kron(a, b)``: the blocks of the result against the other factor."""
    ndim = max(np.ndim(a), np.ndim(b))
    a_shape = (1,) * (ndim - np.ndim(a)) + np.shape(a)
    b_shape = (1,) * (ndim - np.ndim(b)) + np.shape(b)
    blocks = np.reshape(z_bar, [length for pair in zip(a_shape, b_shape, strict=True) for length in pair])
    blocks = np.transpose(blocks, [*range(0, 2 * ndim, 2), *range(1, 2 * ndim, 2)])
    if which == 0:
        return real_like(np.tensordot(blocks, np.reshape(b, b_shape), ndim), a).reshape(np.shape(a))
    return real_like(np.tensordot(np.reshape(a, a_shape), blocks, ndim), b).reshape(np.shape(b))


def convolve_adjoint(which: int, z_bar: Any, a: Any, v: Any, mode: str) -> Any:
    """The adjoint of one factor of ``np.convolve``: the full result's adjoint against the other, reversed."""
    full = np.zeros(np.size(a) + np.size(v) - 1, dtype=np.asarray(z_bar).dtype)
    start = 0 if mode == "full" else (min(np.size(a), np.size(v)) - 1) // (2 if mode == "same" else 1)
    full[start : start + np.size(z_bar)] = z_bar
    mine, other = (v, a) if which else (a, v)
    return real_like(np.convolve(full, np.ravel(other)[::-1], "valid"), mine).reshape(np.shape(mine))


def correlate_adjoint(which: int, z_bar: Any, a: Any, v: Any, mode: str) -> Any:
    """The adjoint of one argument of ``np.correlate``: a convolution with the second reversed and conjugated."""
    if np.size(a) < np.size(v):
        # NumPy exchanges the two and reverses the result.
        return correlate_adjoint(1 - which, np.conj(z_bar[::-1]), v, a, mode)
    adjoint = convolve_adjoint(which, z_bar, a, np.conj(v[::-1]), mode)
    return np.conj(adjoint[::-1]) if which else adjoint


def multi_dot_adjoint(z_bar: Any, arrays: Sequence[Any]) -> list[Any]:
    """The adjoints of the factors of ``np.linalg.multi_dot``."""
    products = [arrays[0]]
    for factor in arrays[1:-1]:
        products.append(products[-1] @ factor)
    parts: list[Any] = []
    for left, right in zip(reversed(products), reversed(arrays[1:]), strict=True):
        parts.append(matmul_adjoint(1, z_bar, left, right))
        z_bar = matmul_adjoint(0, z_bar, left, right)
    return [z_bar, *reversed(parts)]
