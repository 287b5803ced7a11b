"""One kernel: a program whose arguments may have any size, and what is known of its gradient."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.programs.program import REGISTRY, Program

Sizes = dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Kernel(Program):
    """A numerical kernel.  As a ``Program`` its arguments have the sizes for tests.

    ``make(rng, **sizes)`` returns the arguments.  ``small``, ``interpreted`` and ``compiled`` are sizes for tests
    (a handful of elements), for benchmarks of plain Python (some milliseconds), and for benchmarks of compiled code.
    ``trips(**sizes)`` is the number of inner iterations: runs of the innermost statement, or elements that array
    statements write; 0 where the data decide.  ``records`` is how many floats a reverse sweep cannot do without for
    each of them as their number grows, 0 where everything is linear or still there; ``reason`` says which.
    ``linear`` says that the result is linear in the arguments that are differentiated.
    """

    make: Callable[..., tuple[Any, ...]]
    small: Sizes
    interpreted: Sizes
    compiled: Sizes
    trips: Callable[..., int]
    records: float
    reason: str
    linear: bool

    def arguments(self, rng: np.random.Generator) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Fresh arguments of small size, none of them named."""
        return self.make(rng, **self.small), {}

    def arguments_of(self, sizes: Sizes, seed: int = 0) -> tuple[Any, ...]:
        """Fresh arguments of the given sizes, for example ``kernel.interpreted``."""
        return self.make(np.random.default_rng(seed), **sizes)

    def __str__(self) -> str:
        return self.name


def kernel(
    make: Callable[..., tuple[Any, ...]],
    *,
    argnums: tuple[int, ...],
    small: Sizes,
    interpreted: Sizes,
    compiled: Sizes,
    trips: Callable[..., int],
    records: float,
    reason: str = "",
    linear: bool = False,
    complex_step: bool = True,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter the decorated function into the kernels; the function itself stays as it is."""
    module = sys._getframe(1).f_globals["__name__"]

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__
        REGISTRY.setdefault(module, {})[name] = Kernel(
            name=name, module=module, function=function, positional=(), named={}, argnums=argnums, make=make,
            small=small, interpreted=interpreted, compiled=compiled, trips=trips, records=records, reason=reason,
            linear=linear, complex_step=complex_step,
        )  # fmt: skip
        return function

    return enter
