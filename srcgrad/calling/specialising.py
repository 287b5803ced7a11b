"""Specialisations: one generated derivative for each signature, made at the first call that needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from srcgrad import pipeline
from srcgrad.backend import Numba
from srcgrad.calling.argnums import Choice, EveryPositional
from srcgrad.calling.arrangement import Arrangement, arrange
from srcgrad.calling.foreign import refuse_foreign_arrays
from srcgrad.calling.lengths import with_equal_lengths
from srcgrad.calling.parameters import Parameters
from srcgrad.calling.signatures import signature
from srcgrad.calling.surroundings import Surroundings
from srcgrad.errors import SrcgradError
from srcgrad.kind import Kind

# A function that is called with ever new functions or strings gets ever new specialisations: the oldest ones go.
LIMIT = 256
# One lock for all functions, since transforming one may transform others.
_generating = threading.RLock()


@dataclass(frozen=True)
class Options:
    """What is asked of a derivative, beside the arguments that it is taken with respect to."""

    form: Literal["gradient", "value_and_gradient", "pair", "tangent", "value_and_tangent", "value_and_tangents"]
    result: Literal["scalar", "holomorphic", "sum", "any"]
    has_aux: bool = False
    backend: Numba | None = None


class Specialisation:
    """A generated derivative for one signature, and how to call it with the bound values of a call."""

    __slots__ = ("generated", "main", "surroundings", "arrangement", "is_plain", "_options")

    def __init__(self, generated: pipeline.Generated, arrangement: Arrangement, options: Options) -> None:
        self.generated = generated
        self.main: Callable[..., Any] = generated.main
        self.surroundings = Surroundings(generated)
        self.arrangement = arrangement
        self.is_plain = arrangement.is_plain
        self._options = options

    def run(self, values: tuple[Any, ...]) -> Any:
        """Call the derivative with the bound values of a call."""
        result = self.main(*self.arrangement.arguments(values))
        if self._options.form == "value_and_gradient":
            return result[0], self.arrangement.gradients(result[1])
        if self._options.has_aux:
            return self.arrangement.gradients(result[0]), result[1]
        return self.arrangement.gradients(result)


class Specialisations:
    """All specialisations of a function for one set of options and one choice of arguments."""

    def __init__(self, parameters: Parameters, choice: Choice | EveryPositional, options: Options) -> None:
        self.parameters = parameters
        self.choice = choice
        self.options = options
        self.latest: pipeline.Generated | None = None
        self._made: dict[Hashable, Specialisation] = {}

    def find(self, values: tuple[Any, ...]) -> Specialisation:
        """The specialisation for the bound values of a call, made if there is none that still holds."""
        key = signature(values)
        found = self._made.get(key)
        if found is None:
            return self._make(key, values, None)
        return found if found.surroundings.are_current() else self._make(key, values, found)

    def _make(self, key: Hashable, values: tuple[Any, ...], outdated: Specialisation | None) -> Specialisation:
        """Make the specialisation of a signature, unless another thread just has."""
        with _generating:
            made = self._made.get(key)
            if made is not None and made is not outdated:
                return made
            made = self._specialise(values)
            self._made.pop(key, None)
            while len(self._made) >= LIMIT:
                del self._made[next(iter(self._made))]
            self._made[key] = made
            return made

    def _specialise(self, values: tuple[Any, ...]) -> Specialisation:
        """Generate the derivative for calls like this one, without running anything."""
        for name, value in zip(self.parameters.names, values):
            refuse_foreign_arrays(value, name, name, self.parameters)
        arrangement = arrange(self.choice.picks(values), self.choice.single, values, self.parameters)
        kinds = {}
        for name, value in zip(self.parameters.names, arrangement.arguments(values)):
            try:
                kinds[name] = pipeline.kind_of(value, name)
            except SrcgradError as error:
                error.location = error.location or self.parameters.location(name)
                raise
        kinds = with_equal_lengths(kinds, dict(zip(self.parameters.names, arrangement.arguments(values))))
        return Specialisation(self.generate(kinds, arrangement.wrt), arrangement, self.options)

    def generate(self, kinds: Mapping[str, Kind], wrt: tuple[str, ...]) -> pipeline.Generated:
        """The derivative with respect to ``wrt`` for these kinds of all parameters."""
        request = pipeline.Request(
            function=self.parameters.function,
            kinds=tuple(kinds.items()),
            wrt=wrt,
            form=self.options.form,
            has_aux=self.options.has_aux,
            result=self.options.result,
            backend=self.options.backend,
        )
        with _generating:
            return pipeline.generate(request)
