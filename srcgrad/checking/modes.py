"""The two modes compared: the derivative in one direction against the gradient, to rounding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from srcgrad.api import vjp
from srcgrad.calling.structures import leaves
from srcgrad.checking.comparison import GradientCheckError
from srcgrad.derived import jvp
from srcgrad.derived.structures import mapped


def compare_modes(function: Callable[..., Any], args: Sequence[Any], positions: tuple[int, ...], seed: int) -> None:
    """Raise GradientCheckError where ``cotangent * (J v)`` and ``(cotangent * J) * v`` disagree."""
    random = np.random.default_rng(seed)
    values = [float(value) if type(value) is int and k in positions else value for k, value in enumerate(args)]
    tangents = [mapped(value, _drawn(random)) if k in positions else None for k, value in enumerate(values)]
    out, slope = jvp(function, tuple(values), tuple(tangents))
    cotangent = mapped(out, _drawn(random))
    _, pullback = vjp(function, *values, argnums=positions)
    gradients = pullback(cotangent)
    forward, size = _pairing(cotangent, slope)
    reverse, other = _pairing(gradients, tuple(tangents[k] for k in positions))
    single = any(np.result_type(leaf).itemsize <= 4 for k in positions for leaf in leaves(values[k]))
    if abs(forward - reverse) > (1e-4 if single else 1e-10) * max(size, other, 1e-300):
        raise GradientCheckError(
            f"forward and reverse mode disagree: in one direction the slope is {forward!r} by jvp, {reverse!r} by vjp",
            advice="one of the rules or custom derivatives that it uses is wrong",
        )


def _drawn(random: np.random.Generator) -> Callable[[Any], Any]:
    """What gives a random number or array like a leaf."""

    def drawn(leaf: Any) -> Any:
        numbers = random.normal(size=np.shape(leaf))
        if np.iscomplexobj(leaf):
            numbers = numbers + 1j * random.normal(size=np.shape(leaf))
        return np.asarray(numbers, np.result_type(leaf)) if np.ndim(leaf) else np.result_type(leaf).type(numbers).item()

    return drawn


def _pairing(first: Any, second: Any) -> tuple[float, float]:
    """The real part of the sum of products of two structures, and the size of its terms."""
    terms = [np.real(np.asarray(one) * np.asarray(other)) for one, other in _pairs(first, second)]
    return float(sum(np.sum(term) for term in terms)), float(sum(np.sum(np.abs(term)) for term in terms))


def _pairs(first: Any, second: Any) -> Iterator[tuple[Any, Any]]:
    yield from zip(leaves(first), leaves(second), strict=True)
