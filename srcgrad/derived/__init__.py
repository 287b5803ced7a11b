"""What is made of the two modes: products with Jacobians, Jacobians, Hessians."""

from srcgrad.derived.pushing import jvp

__all__ = ["jvp"]
