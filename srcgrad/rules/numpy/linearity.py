"""Which of NumPy's functions are linear: forward mode then applies the function itself to tangents."""

from __future__ import annotations

import builtins
import copy
import operator

import numpy as np

from srcgrad.rules.registry import linear, multilinear

# Sums, averages and running sums.
linear(np.sum, np.mean, np.add.reduce, np.trace, np.linalg.trace, np.diff, np.ediff1d, np.cumsum, np.cumulative_sum)

# Shapes, orders and parts.
linear(
    np.reshape, np.ravel, np.squeeze, np.expand_dims, np.atleast_1d, np.atleast_2d, np.atleast_3d, np.ndarray.flatten
)
linear(np.transpose, np.matrix_transpose, np.linalg.matrix_transpose, np.swapaxes, np.moveaxis, np.rollaxis)
linear(np.broadcast_to, np.broadcast_arrays, np.flip, np.fliplr, np.flipud, np.rot90, np.roll, np.tile, np.repeat)
linear(np.resize, np.diag, np.diagflat, np.diagonal, np.linalg.diagonal, np.tril, np.triu, np.ndarray.item)
linear(np.take, np.take_along_axis, np.compress, np.extract, np.delete, np.insert)

# Joining, splitting, copying.
linear(np.concatenate, np.stack, np.hstack, np.vstack, np.dstack, np.column_stack, np.append, np.block, np.meshgrid)
linear(np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit, np.unstack)
linear(np.array, np.asarray, np.asanyarray, np.asarray_chkfinite, np.ascontiguousarray, np.asfortranarray, np.copy)
linear(np.astype, np.ndarray.astype, np.ndarray.tolist, np.linspace, np.real, np.imag, np.conjugate, builtins.complex)

linear(np.full, np.full_like, np.choose, np.select, np.bincount, np.gradient)

# Containers made of other ones' items.
linear(builtins.list, builtins.tuple, list.copy, dict.copy, copy.copy)

# Fourier transforms.
linear(np.fft.fft, np.fft.ifft, np.fft.fft2, np.fft.ifft2, np.fft.fftn, np.fft.ifftn, np.fft.rfft, np.fft.rfft2)
linear(np.fft.irfft, np.fft.hfft, np.fft.ihfft, np.fft.fftshift, np.fft.ifftshift)

# Products: linear in each factor.
multilinear(np.matmul, np.linalg.matmul, np.dot, np.inner, np.outer, np.linalg.outer, np.vdot, np.vecdot)
multilinear(np.linalg.vecdot, np.matvec, np.vecmat, np.tensordot, np.linalg.tensordot, np.einsum, np.kron, np.cross)
multilinear(np.linalg.cross, np.convolve, np.correlate, operator.matmul, np.trapezoid)
