"""Derivatives shared by all that differentiate one function: they live as long as the function does."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from types import FunctionType
from typing import Any

from srcgrad.calling.argnums import Choice, EveryPositional
from srcgrad.calling.parameters import Parameters
from srcgrad.calling.specialising import Options, Specialisations

# Kept on the function itself and not in a table of our own: generated code refers to the function, so a table,
# even a weak one, would keep it alive, while a cycle through the function is garbage when the function is.
ATTRIBUTE = "__srcgrad__"


class Derivatives:
    """What is known of one function: its parameters, and the specialisations of its derivatives."""

    def __init__(self, function: FunctionType) -> None:
        self._function = weakref.ref(function)
        self._code = function.__code__
        self._parameters: dict[Hashable, Parameters] = {}
        self._specialisations: dict[Hashable, Specialisations] = {}

    def belong_to(self, function: FunctionType) -> bool:
        """False where `functools.wraps` copied another function's attributes, or the function's code was replaced."""
        return self._function() is function and self._code is function.__code__

    def parameters(self, function: FunctionType, leading: int, keywords: tuple[str, ...]) -> Parameters:
        """The parameters, with some filled in advance."""
        key = (leading, keywords)
        if key not in self._parameters:
            self._parameters[key] = Parameters(function, leading, keywords)
        return self._parameters[key]

    def specialisations(
        self, parameters: Parameters, choice: Choice | EveryPositional, options: Options
    ) -> Specialisations:
        """The specialisations for a choice of arguments."""
        return self._specialisations.setdefault(
            (parameters.filled, choice.key, options), Specialisations(parameters, choice, options)
        )

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[()]]:
        """Functions that are pickled by value leave their derivatives behind."""
        return type(None), ()


def derivatives_of(function: FunctionType) -> Derivatives:
    """What is shared by all derivatives of a function."""
    found = function.__dict__.get(ATTRIBUTE)
    if not isinstance(found, Derivatives) or not found.belong_to(function):
        found = Derivatives(function)
        function.__dict__[ATTRIBUTE] = found
    return found
