"""Numerical kernels, written from their mathematical definitions as NumPy users write them.

``KERNELS`` holds them all.  Tests differentiate them at small sizes, benchmarks at large ones.
"""

from __future__ import annotations

from tests.kernels import dynamics, linear_algebra, models, signals, stencils
from tests.kernels.kernel import Kernel
from tests.programs.program import REGISTRY

__all__ = ["KERNELS", "Kernel", "by_name"]

KERNELS: list[Kernel] = [
    entry
    for module in (linear_algebra, stencils, dynamics, signals, models)
    for entry in REGISTRY[module.__name__].values()
    if isinstance(entry, Kernel)
]


def by_name(name: str) -> Kernel:
    """The kernel of this name."""
    (found,) = [entry for entry in KERNELS if entry.name == name]
    return found
