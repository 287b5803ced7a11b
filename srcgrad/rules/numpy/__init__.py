"""Rules for NumPy, one module for each family of functions."""

from __future__ import annotations

from srcgrad.rules.numpy import (
    accumulations,
    algebra_tangents,
    arithmetic,
    definitions,
    elementwise,
    fft,
    indexing,
    joining,
    linalg,
    linearity,
    nondifferentiable,
    option_definitions,
    order_tangents,
    polynomials,
    products,
    reductions,
    shaping,
    tangents,
    ufunc_methods,
)

__all__ = [
    "accumulations",
    "algebra_tangents",
    "arithmetic",
    "definitions",
    "elementwise",
    "fft",
    "indexing",
    "joining",
    "linalg",
    "linearity",
    "nondifferentiable",
    "option_definitions",
    "order_tangents",
    "polynomials",
    "products",
    "reductions",
    "shaping",
    "tangents",
    "ufunc_methods",
]
