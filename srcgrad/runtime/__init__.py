"""The few functions that generated code may call.  They need NumPy alone, so that exported modules do, too."""

from __future__ import annotations

from srcgrad.runtime.arrays import (
    choose_adjoint,
    diagonal_adjoint,
    meshgrid_adjoint,
    positions,
    reshape_back,
    scatter,
    select_adjoint,
    split_like,
    sum_to,
    unpad,
)
from srcgrad.runtime.containers import like, zeros_like
from srcgrad.runtime.fourier import hfft_adjoint, irfft_adjoint, resize_axes, rfft_adjoint
from srcgrad.runtime.linalg import (
    cholesky_adjoint,
    cofactors,
    eig_adjoint,
    eigh_adjoint,
    lstsq_adjoint,
    matrix_power_adjoint,
    norm_adjoint,
    pinv_adjoint,
    qr_adjoint,
    svd_adjoint,
)
from srcgrad.runtime.ordering import interp_adjoint, quantile_adjoint, unsort
from srcgrad.runtime.products import (
    convolve_adjoint,
    dot_adjoint,
    einsum_adjoint,
    kron_adjoint,
    matmul_adjoint,
    multi_dot_adjoint,
    tensordot_adjoint,
)
from srcgrad.runtime.special import digamma, sinc_slope
from srcgrad.runtime.sums import (
    count_along,
    cumprod_adjoint,
    diff_adjoint,
    gradient_adjoint,
    products_of_others,
    share_equal,
    trapezoid_adjoint,
)

__all__ = [
    "cholesky_adjoint",
    "choose_adjoint",
    "cofactors",
    "convolve_adjoint",
    "count_along",
    "cumprod_adjoint",
    "diagonal_adjoint",
    "diff_adjoint",
    "digamma",
    "dot_adjoint",
    "eig_adjoint",
    "eigh_adjoint",
    "einsum_adjoint",
    "gradient_adjoint",
    "hfft_adjoint",
    "interp_adjoint",
    "irfft_adjoint",
    "kron_adjoint",
    "like",
    "lstsq_adjoint",
    "matmul_adjoint",
    "matrix_power_adjoint",
    "meshgrid_adjoint",
    "multi_dot_adjoint",
    "norm_adjoint",
    "pinv_adjoint",
    "positions",
    "products_of_others",
    "qr_adjoint",
    "quantile_adjoint",
    "reshape_back",
    "resize_axes",
    "rfft_adjoint",
    "scatter",
    "select_adjoint",
    "share_equal",
    "sinc_slope",
    "split_like",
    "sum_to",
    "svd_adjoint",
    "tensordot_adjoint",
    "trapezoid_adjoint",
    "unpad",
    "unsort",
    "zeros_like",
]
