"""Rules for NumPy, one module for each family of functions."""

from __future__ import annotations

from srcgrad.rules.numpy import (
    accumulations,
    arithmetic,
    elementwise,
    fft,
    indexing,
    joining,
    linalg,
    linearity,
    nondifferentiable,
    products,
    reductions,
    shaping,
    tangents,
)

__all__ = [
    "accumulations",
    "arithmetic",
    "elementwise",
    "fft",
    "indexing",
    "joining",
    "linalg",
    "linearity",
    "nondifferentiable",
    "products",
    "reductions",
    "shaping",
    "tangents",
]
