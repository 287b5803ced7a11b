"""Rules for Fourier transforms: the matrix is symmetric, so the adjoint is the same transform."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.registry import adjoint
from srcgrad.runtime import hfft_adjoint, irfft_adjoint, resize_axes, rfft_adjoint


@adjoint(np.fft.fft)
def fft(z_bar: Any, z: Any, a: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    a_bar = resize_axes(np.fft.fft(z_bar, None, axis, norm), a.shape)
    if np.iscomplexobj(a):
        return a_bar
    return np.real(a_bar)


@adjoint(np.fft.ifft)
def ifft(z_bar: Any, z: Any, a: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    a_bar = resize_axes(np.fft.ifft(z_bar, None, axis, norm), a.shape)
    if np.iscomplexobj(a):
        return a_bar
    return np.real(a_bar)


@adjoint(np.fft.fft2)
def fft2(z_bar: Any, z: Any, a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    a_bar = resize_axes(np.fft.fft2(z_bar, None, axes, norm), a.shape)
    if np.iscomplexobj(a):
        return a_bar
    return np.real(a_bar)


@adjoint(np.fft.ifft2)
def ifft2(z_bar: Any, z: Any, a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    a_bar = resize_axes(np.fft.ifft2(z_bar, None, axes, norm), a.shape)
    if np.iscomplexobj(a):
        return a_bar
    return np.real(a_bar)


@adjoint(np.fft.fftn)
def fftn(z_bar: Any, z: Any, a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    # With lengths but no axes, the transform is over the last ones.
    over = range(-len(s), 0) if axes is None and s is not None else axes
    a_bar = resize_axes(np.fft.fftn(z_bar, None, over, norm), a.shape)
    if np.iscomplexobj(a):
        return a_bar
    return np.real(a_bar)


@adjoint(np.fft.ifftn)
def ifftn(z_bar: Any, z: Any, a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    over = range(-len(s), 0) if axes is None and s is not None else axes
    a_bar = resize_axes(np.fft.ifftn(z_bar, None, over, norm), a.shape)
    if np.iscomplexobj(a):
        return a_bar
    return np.real(a_bar)


@adjoint(np.fft.rfft)
def rfft(z_bar: Any, z: Any, a: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    return rfft_adjoint(z_bar, a, n, axis, norm)


@adjoint(np.fft.irfft)
def irfft(z_bar: Any, z: Any, a: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    return irfft_adjoint(z_bar, a, axis, norm)


@adjoint(np.fft.hfft)
def hfft(z_bar: Any, z: Any, a: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    return hfft_adjoint(z_bar, a, axis, norm)


@adjoint(np.fft.fftshift)
def fftshift(z_bar: Any, z: Any, x: Any, axes: Any = None) -> Any:
    return np.fft.ifftshift(z_bar, axes)


@adjoint(np.fft.ifftshift)
def ifftshift(z_bar: Any, z: Any, x: Any, axes: Any = None) -> Any:
    return np.fft.fftshift(z_bar, axes)


@adjoint(np.fft.rfft2)
def rfft2(z_bar: Any, z: Any, a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    lengths = (a.shape[axes[0]], a.shape[axes[1]]) if s is None else s
    return resize_axes(np.real(np.fft.fft2(z_bar, lengths, axes, norm)), a.shape)


@adjoint(np.fft.ihfft)
def ihfft(z_bar: Any, z: Any, a: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    length = a.shape[axis] if n is None else n
    return resize_axes(np.real(np.fft.ifft(z_bar, length, axis, norm)), a.shape)
