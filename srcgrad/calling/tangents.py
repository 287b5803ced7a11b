"""Tangents of arguments: what `srcgrad.jvp` is called with, checked against the arguments they belong to."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.calling.argnums import EveryPositional, Pick
from srcgrad.calling.cotangents import fitted, template
from srcgrad.calling.parameters import Parameters
from srcgrad.errors import ArgumentTypeError, ArgumentValueError


class WithTangents(EveryPositional):
    """The choice of `jvp`: the arguments for which a tangent is given."""

    def __init__(self, parameters: Parameters, chosen: tuple[bool, ...]) -> None:
        super().__init__(parameters, len(chosen))
        self._chosen = chosen
        self.key = ("tangents", chosen)

    def picks(self, values: tuple[Any, ...]) -> tuple[Pick | None, ...]:
        """The arguments given by position, in order, those without a tangent left out as None."""
        parameters = self.parameters
        named = [Pick(name) for name in parameters.positional[: self._count]]
        first = parameters.variadic_filled
        rest = range(self._count - len(named) if parameters.variadic is not None else 0)
        caught = [Pick(str(parameters.variadic), first + item) for item in rest]
        return tuple(pick if chosen else None for pick, chosen in zip(named + caught, self._chosen))


def is_left_out(tangent: Any, primal: Any) -> bool:
    """Whether there is no tangent for an argument: None, or 0 for one that holds no float."""
    if tangent is None:
        return True
    holds_no_float = isinstance(primal, int | np.integer | str | bool) or not _is_float(primal)
    return holds_no_float and np.isscalar(tangent) and not isinstance(tangent, str) and tangent == 0


def _is_float(primal: Any) -> bool:
    dtype = getattr(primal, "dtype", None)
    return dtype is None or dtype.kind in "fc"


def fitted_tangent(tangent: Any, primal: Any, name: str) -> Any:
    """A tangent as generated code takes it: of the structure, shapes and dtypes of its argument; else an error."""
    try:
        return fitted(tangent, template(primal), f"the tangent of {name}")
    except (ArgumentTypeError, ArgumentValueError) as error:
        error.message = error.message.replace("the result", "the argument")
        if isinstance(error, ArgumentValueError):
            error.advice = f"give one number for each number of the argument, such as np.ones_like({name})"
        raise
