"""NumPy's functions whose result is constant, integer, boolean or a step."""

from __future__ import annotations

import numpy as np

from srcgrad.rules.registry import nondifferentiable

# Comparisons, logic, bits and tests.
nondifferentiable(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
nondifferentiable(np.logical_and, np.logical_or, np.logical_not, np.logical_xor, np.all, np.any)
nondifferentiable(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift)
nondifferentiable(np.isnan, np.isinf, np.isfinite, np.isneginf, np.isposinf, np.isclose, np.allclose, np.signbit)
nondifferentiable(np.array_equal, np.array_equiv, np.iscomplex, np.iscomplexobj, np.isreal, np.isrealobj, np.isscalar)
nondifferentiable(np.isin, np.shares_memory, np.may_share_memory, np.issubdtype, np.can_cast)

# Steps and integers.
nondifferentiable(np.floor, np.ceil, np.trunc, np.rint, np.round, np.around, np.fix, np.sign, np.floor_divide)
nondifferentiable(np.gcd, np.lcm, np.spacing, np.bitwise_count)

# Positions and counts.
nondifferentiable(np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.argsort, np.argpartition, np.lexsort)
nondifferentiable(np.argwhere, np.nonzero, np.flatnonzero, np.searchsorted, np.digitize, np.count_nonzero)
nondifferentiable(np.indices, np.ravel_multi_index, np.unravel_index, np.ix_, np.diag_indices)
nondifferentiable(np.tril_indices, np.triu_indices, np.tril_indices_from, np.triu_indices_from, np.diag_indices_from)
nondifferentiable(np.ndim, np.shape, np.size, np.result_type, np.broadcast_shapes, np.linalg.matrix_rank)

# Arrays that do not depend on their arguments' values.
nondifferentiable(np.zeros, np.ones, np.empty, np.eye, np.identity, np.tri)
nondifferentiable(np.zeros_like, np.ones_like, np.empty_like)
