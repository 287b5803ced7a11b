"""Rules for NumPy, one module for each family of functions."""

from __future__ import annotations

from srcgrad.rules.numpy import (
    accumulations,
    algebra_tangents,
    arithmetic,
    elementwise,
    fft,
    indexing,
    joining,
    linalg,
    linearity,
    nondifferentiable,
    order_tangents,
    products,
    reductions,
    shaping,
    tangents,
)

__all__ = [
    "accumulations",
    "algebra_tangents",
    "arithmetic",
    "elementwise",
    "fft",
    "indexing",
    "joining",
    "linalg",
    "linearity",
    "nondifferentiable",
    "order_tangents",
    "products",
    "reductions",
    "shaping",
    "tangents",
]
