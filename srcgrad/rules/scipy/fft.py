"""Rules for ``scipy.fft``: those of ``numpy.fft`` for the functions of the same meaning."""

from __future__ import annotations

from scipy import fft

from srcgrad.rules.numpy import fft as numpy_rules
from srcgrad.rules.registry import adjoint, linear

adjoint(fft.fft)(numpy_rules.fft)
adjoint(fft.ifft)(numpy_rules.ifft)
adjoint(fft.fft2)(numpy_rules.fft2)
adjoint(fft.ifft2)(numpy_rules.ifft2)
adjoint(fft.fftn)(numpy_rules.fftn)
adjoint(fft.ifftn)(numpy_rules.ifftn)
adjoint(fft.rfft)(numpy_rules.rfft)
adjoint(fft.irfft)(numpy_rules.irfft)
adjoint(fft.hfft)(numpy_rules.hfft)

linear(fft.fft, fft.ifft, fft.fft2, fft.ifft2, fft.fftn, fft.ifftn, fft.rfft, fft.irfft, fft.hfft)
