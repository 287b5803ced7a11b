"""One entry of the corpus: a function, how its arguments are made, and what is known of it."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Sample:
    """An argument that is drawn anew for each call of ``Program.arguments``."""

    draw: Callable[[np.random.Generator], Any]


def number(low: float = 0.5, high: float = 1.5) -> Sample:
    """A Python float between ``low`` and ``high``."""
    return Sample(lambda rng: float(rng.uniform(low, high)))


def array(*shape: int, low: float = 0.5, high: float = 1.5, dtype: str = "float64") -> Sample:
    """An array of the given shape with elements between ``low`` and ``high``."""
    return Sample(lambda rng: rng.uniform(low, high, shape).astype(dtype))


def numbers(count: int, low: float = 0.5, high: float = 1.5) -> Sample:
    """A list of Python floats."""
    return Sample(lambda rng: [float(value) for value in rng.uniform(low, high, count)])


def spd(size: int) -> Sample:
    """A symmetric positive definite matrix, well conditioned."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        factor = rng.uniform(-1.0, 1.0, (size, size))
        return factor @ factor.T + size * np.eye(size)

    return Sample(draw)


def drawn(make: Callable[[np.random.Generator], Any]) -> Sample:
    """Whatever ``make(rng)`` returns."""
    return Sample(make)


@dataclass(frozen=True)
class Program:
    """A function of the corpus with all that a test needs to differentiate it."""

    name: str
    module: str
    function: Callable[..., Any]
    positional: tuple[Any, ...]
    named: dict[str, Any]
    argnums: tuple[int | str, ...]
    complex_step: bool = True
    autograd: bool = True
    jax: bool = True
    writes: bool = False
    prints: bool = False
    single_precision: bool = False
    tags: frozenset[str] = frozenset()

    def arguments(self, rng: np.random.Generator) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Fresh positional and named arguments."""

        def make(spec: Any) -> Any:
            return spec.draw(rng) if isinstance(spec, Sample) else copy.deepcopy(spec)

        return tuple(make(spec) for spec in self.positional), {key: make(spec) for key, spec in self.named.items()}

    def __str__(self) -> str:
        return f"{self.module.rpartition('.')[2]}.{self.name}"


# The programs of each module; a module run a second time under another name (with another NumPy, for a
# reference) fills an entry of its own.
REGISTRY: dict[str, dict[str, Program]] = {}


def program(
    *positional: Any,
    argnums: int | str | tuple[int | str, ...] | None = None,
    named: dict[str, Any] | None = None,
    name: str | None = None,
    tags: str = "",
    **facts: bool,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter the decorated function into the corpus; the function itself stays as it is.

    Args:
        positional: a ``Sample`` for each argument that is drawn, a plain value for each that is not.
        argnums: what to differentiate with respect to; by default every drawn argument.
        named: keyword arguments, in the same manner.
        name: the entry's name, where it is not the function's.
        tags: words that say what the program exercises.
        facts: flags of ``Program``.
    """
    module = sys._getframe(1).f_globals["__name__"]
    keywords = named or {}
    if argnums is None:
        drawn_positions = [position for position, spec in enumerate(positional) if isinstance(spec, Sample)]
        drawn_names = [key for key, spec in keywords.items() if isinstance(spec, Sample)]
        chosen: tuple[int | str, ...] = (*drawn_positions, *drawn_names)
    else:
        chosen = argnums if isinstance(argnums, tuple) else (argnums,)

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        entry = name or function.__name__
        entries = REGISTRY.setdefault(module, {})
        assert entry not in entries, f"two programs are called {entry} in {module}"
        words = frozenset(tags.split())
        entries[entry] = Program(entry, module, function, positional, keywords, chosen, tags=words, **facts)
        return function

    return enter
