"""What the rules for Fourier transforms call.

The transform's matrix is symmetric, so its adjoint (without a conjugate) is the same transform.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def resize_axes(a: Any, shape: tuple[int, ...]) -> Any:
    """``a`` cut, or filled up with zeros at the end, to a shape."""
    if a.shape == shape:
        return a
    cut = a[tuple(slice(length) for length in shape)]
    missing = [(0, length - have) for length, have in zip(shape, cut.shape, strict=True)]
    return np.pad(cut, missing) if any(after for _, after in missing) else cut


def rfft_adjoint(z_bar: Any, a: Any, n: int | None, axis: int, norm: Any) -> Any:
    """The adjoint of ``np.fft.rfft``: the transform of the half spectrum's adjoint filled up with zeros."""
    length = np.shape(a)[axis] if n is None else n
    return resize_axes(np.real(np.fft.fft(z_bar, length, axis, norm)), np.shape(a))


def irfft_adjoint(z_bar: Any, a: Any, axis: int, norm: Any) -> Any:
    """The adjoint of ``np.fft.irfft``: inner frequencies stand for two, the ends' imaginary parts for nothing."""
    length = z_bar.shape[axis]
    half = np.moveaxis(np.fft.ifft(z_bar, None, axis, norm), axis, -1)[..., : length // 2 + 1]
    half[..., 1 : (length + 1) // 2] *= 2.0
    half[..., 0] = np.real(half[..., 0])
    if length % 2 == 0:
        half[..., -1] = np.real(half[..., -1])
    return resize_axes(np.moveaxis(half, -1, axis), np.shape(a))


def hfft_adjoint(z_bar: Any, a: Any, axis: int, norm: Any) -> Any:
    """The adjoint of ``np.fft.hfft``, which is ``irfft`` of the conjugate with the other norm."""
    other = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}[norm]
    return np.conj(irfft_adjoint(z_bar, a, axis, other))
