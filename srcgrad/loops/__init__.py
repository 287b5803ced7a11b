"""Statements on slices and elementwise expressions as scalar loops, for compilers that run these fastest."""

from srcgrad.loops.scalar_loops import scalar_loops

__all__ = ["scalar_loops"]
