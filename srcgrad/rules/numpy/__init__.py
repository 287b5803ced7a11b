"""Rules for NumPy, one module for each family of functions."""

from __future__ import annotations

from srcgrad.rules.numpy import arithmetic, elementwise, nondifferentiable, products, reductions

__all__ = ["arithmetic", "elementwise", "nondifferentiable", "products", "reductions"]
