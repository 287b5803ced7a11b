"""The comparison of one function's gradients with differences, at one point."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from srcgrad.api import vjp
from srcgrad.checking.displacement import displaced, mapped, numbers, parameter_names
from srcgrad.checking.slopes import Slope, central, sides_of
from srcgrad.errors import SrcgradError

# More entries than this of one argument are sampled.
_MOST_ENTRIES = 60
_MOST_REPORTED = 8
_COMPLEX_STEP = 1e-30


class GradientCheckError(SrcgradError, AssertionError):
    """A gradient that disagrees with differences."""


class GradientCheckWarning(UserWarning):
    """A point at which a function is not differentiable, so that its gradient was not compared."""


class Comparison:
    """One function at one point."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        argnums: Any,
        rtol: float | None,
        atol: float,
        seed: int,
    ) -> None:
        self._function = function
        self._names = parameter_names(function, len(args))
        chosen = () if argnums is None else argnums if isinstance(argnums, tuple) else (argnums,)
        named = {self._names[item] if isinstance(item, int) else item for item in chosen}
        # An integer in a differentiated position is taken as a float.
        self._args = tuple(
            float(value) if type(value) is int and name in named else value for value, name in zip(args, self._names)
        )
        self._atol = atol
        self._random = np.random.default_rng(seed)
        gradients, self._cotangents = self._gradients(argnums)
        self._points: dict[str, Any] = {}
        self._slopes: dict[str, Any] = {}
        for (label, value), (_, gradient) in zip(
            self._pairs(gradients, argnums, True), self._pairs(gradients, argnums)
        ):
            self._points[label] = value
            self._slopes[label] = gradient
        single = any(np.result_type(value).itemsize <= 4 for value in self._points.values())
        self._rtol = rtol if rtol is not None else (1e-3 if single else 1e-6)

    def _gradients(self, argnums: Any) -> tuple[Any, list[Any]]:
        """The gradients for a random cotangent of the result, and the cotangent number by number."""
        result, pullback = vjp(self._function, *displaced(self._args, {}), argnums=argnums)
        cotangents: list[Any] = []

        def drawn(label: str, value: Any) -> Any:
            cotangents.append(self._draw(value) if len(cotangents) or np.ndim(value) or label else np.ones(()))
            cotangent = cotangents[-1]
            return cotangent.astype(value.dtype) if isinstance(value, np.ndarray) else cotangent[()]

        return pullback(mapped(result, drawn, "")), cotangents

    def _draw(self, value: Any) -> Any:
        drawn = self._random.uniform(0.5, 1.5, np.shape(value)) * self._random.choice([-1.0, 1.0], np.shape(value))
        if np.result_type(value).kind == "c":
            drawn = drawn + 1j * self._random.uniform(-1.0, 1.0, np.shape(value))
        return np.asarray(drawn)

    def _pairs(self, gradients: Any, argnums: Any, of_arguments: bool = False) -> Iterator[tuple[str, Any]]:
        """Labels and numbers of the differentiated arguments, or of their gradients, in the same order."""
        chosen = range(len(self._args)) if argnums is None else np.atleast_1d(np.asarray(argnums, object))
        given = gradients if argnums is None or isinstance(argnums, tuple) else (gradients,)
        for position, gradient in zip(chosen, given):
            index = self._names.index(position) if isinstance(position, str) else int(position) % len(self._args)
            if gradient is not None:
                yield from numbers(self._args[index] if of_arguments else gradient, self._names[index])

    def run(self) -> None:
        """Compare along a random direction, and entry by entry."""
        wrong: list[str] = []
        kinks: list[str] = []
        unsettled: list[str] = []
        for label, entry, direction in self._directions():
            stated = sum(float(np.real(np.sum(self._slopes[key] * step))) for key, step in direction.items())
            found = self._slope(direction)
            what = label + (f"[{', '.join(map(str, entry))}]" if entry else "")
            if found.sides is not None:
                low, high = sorted(found.sides)
                margin = self._tolerance(low, high) + found.error
                if low - margin <= stated <= high + margin or not math.isfinite(low + high):
                    kinks.append(f"{what}: {found.sides[0]:.6g} to the left, {found.sides[1]:.6g} to the right")
                    continue
                wrong.append(f"{what}: srcgrad {stated:.10g}, but the slopes at this kink are {low:.6g} and {high:.6g}")
            elif not 10.0 * found.error <= 0.1 * max(abs(found.value), found.first) + self._tolerance(found.value):
                unsettled.append(f"{what}: {found.value:.6g} +- {found.error:.1g}")
            elif not abs(stated - found.value) <= self._tolerance(stated, found.value) + 10.0 * found.error:
                off = abs(stated - found.value)
                wrong.append(f"{what}: srcgrad {stated:.10g}, differences {found.value:.10g}, off by {off:.3g}")
        name = getattr(self._function, "__name__", repr(self._function))
        for found_at, what in (
            (kinks, f"{name} is not differentiable here, its slopes to both sides disagree"),
            (unsettled, f"differences of {name} do not settle here, so that nothing was compared"),
        ):
            if found_at:
                warnings.warn(f"{what}: {'; '.join(found_at[:3])}", GradientCheckWarning, stacklevel=3)
        if wrong:
            more = [f"and {len(wrong) - _MOST_REPORTED} more"] if len(wrong) > _MOST_REPORTED else []
            listed = "".join(f"\n  {line}" for line in [*wrong[:_MOST_REPORTED], *more])
            raise GradientCheckError(f"the gradient of {name} disagrees with differences{listed}")

    def _directions(self) -> Iterator[tuple[str, tuple[int, ...], dict[str, Any]]]:
        """Label, entry and displacement of each comparison."""
        for label, value in self._points.items():
            shape = np.shape(value)
            entries = list(np.ndindex(shape))
            if len(entries) > _MOST_ENTRIES:
                chosen = self._random.choice(len(entries), _MOST_ENTRIES, replace=False)
                entries = [entries[index] for index in sorted(chosen)]
            for entry in entries:
                for unit in (1.0, 1j) if np.result_type(value).kind == "c" else (1.0,):
                    step = np.zeros(shape, type(unit))
                    step[entry] = unit
                    yield (label if unit == 1.0 else f"the imaginary part of {label}"), entry, {label: step}
        everything = {label: self._draw(value) for label, value in self._points.items()}
        if any(np.size(step) for step in everything.values()):
            yield "along a random direction", (), everything

    def _tolerance(self, *values: float) -> float:
        return self._atol + self._rtol * max(map(abs, values))

    def _value(self, direction: dict[str, Any], distance: Any) -> Any:
        """The weighted sum of the results at a displaced point."""
        steps = {label: distance * step for label, step in direction.items()}
        result = self._function(*displaced(self._args, steps, self._names))
        return sum(np.sum(weight * number) for weight, (_, number) in zip(self._cotangents, numbers(result, "")))

    def _slope(self, direction: dict[str, Any]) -> Slope:
        """The derivative along a direction."""
        size = max(float(np.max(np.abs(np.asarray(self._points[key])[step != 0]))) for key, step in direction.items())
        scale = max(size, 0.1)

        def value(distance: float) -> float:
            try:
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    return float(np.real(self._value(direction, distance)))
            except (ArithmeticError, ValueError):  # The displaced point is outside of the function's domain.
                return math.nan

        found = central(value, 0.02 * scale)
        sides = sides_of(value, 1e-4 * scale)
        stepped = self._complex_step(direction) if sides is None else None
        if stepped is not None and abs(stepped - found.value) <= 1e-4 * max(abs(stepped), abs(found.value)):
            return Slope(stepped, 1e-14 * abs(stepped))
        return Slope(found.value, found.error, found.first, sides)

    def _complex_step(self, direction: dict[str, Any]) -> float | None:
        """The derivative by a complex step; None where the function does not take it."""
        if any(np.result_type(self._points[label]).kind == "c" for label in direction):
            return None
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                found = np.imag(self._value(direction, _COMPLEX_STEP * 1j)) / _COMPLEX_STEP
        except Exception:  # The function was not written for complex numbers and may fail in any way.
            return None
        return float(found) if np.isfinite(found) and found != 0.0 else None
