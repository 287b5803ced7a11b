"""Between the arguments of a call and those of the generated code, and back from its gradients to the user's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from srcgrad.calling.argnums import Pick
from srcgrad.calling.differentiated import check_differentiated, is_integer
from srcgrad.calling.parameters import Parameters
from srcgrad.errors import ArgumentTypeError


@dataclass(frozen=True)
class Arrangement:
    """What to differentiate in calls of one signature.

    ``picks`` are the arguments that the user chose, in the user's order, None for one that has no gradient;
    ``wrt`` are the parameters that they belong to, as the generated code gives their gradients.  The picks in
    ``integers`` are integers in every call of this signature, and are passed as floats.
    """

    picks: tuple[Pick | None, ...]
    wrt: tuple[str, ...]
    single: bool
    integers: tuple[tuple[int, Pick], ...]

    @cached_property
    def order(self) -> tuple[int | None, ...]:
        """For each pick, where the gradient of its parameter stands among those of ``wrt``."""
        return tuple(None if pick is None else self.wrt.index(pick.parameter) for pick in self.picks)

    @cached_property
    def has_items(self) -> bool:
        """Whether a pick is an item of what ``*args`` or ``**kwargs`` caught."""
        return any(pick is not None and pick.item is not None for pick in self.picks)

    @cached_property
    def is_plain(self) -> bool:
        """Whether values and gradients pass as they are."""
        in_order = self.order == tuple(range(len(self.wrt)))
        return in_order and not self.has_items and not self.integers and self.single == (len(self.wrt) == 1)

    def arguments(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The bound values with the integers in differentiated positions as floats."""
        if not self.integers:
            return values
        arguments = list(values)
        for index, pick in self.integers:
            value = arguments[index]
            if pick.item is None:
                arguments[index] = float(value)
            elif isinstance(pick.item, str):
                arguments[index] = {**value, pick.item: float(value[pick.item])}
            else:
                arguments[index] = (*value[: pick.item], float(value[pick.item]), *value[pick.item + 1 :])
        return tuple(arguments)

    def gradients(self, found: Any) -> Any:
        """The generated code's gradients, one for each of ``wrt``, in the order and structure of ``argnums``."""
        of_parameters = found if len(self.wrt) > 1 else (found,)
        gradients = tuple([None if at is None else of_parameters[at] for at in self.order])
        if self.has_items:
            gradients = tuple(pick and pick.of(gradient) for pick, gradient in zip(self.picks, gradients))
        return gradients[0] if self.single else gradients


def arrange(
    picks: tuple[Pick | None, ...], single: bool, values: tuple[Any, ...], parameters: Parameters
) -> Arrangement:
    """Check that all chosen arguments of a call have gradients, and say how calls like it are arranged."""
    chosen = [pick for pick in picks if pick is not None]
    if not chosen:
        raise ArgumentTypeError(
            f"no positional argument of this call of {parameters} is or holds a float",
            location=parameters.location(),
            advice="pass floats or float arrays (2.0, not 2), or choose with argnums",
        )
    integers = {}
    for pick in chosen:
        index = parameters.index(pick.parameter)
        caught = values[index]
        if isinstance(pick.item, str) and pick.item not in caught:
            raise ArgumentTypeError(
                f"argnums names {pick.item!r}, which this call of {parameters} does not pass",
                location=parameters.location(pick.parameter),
                advice=f"pass it by name: {pick.item}=...",
            )
        check_differentiated(pick.of(caught), str(pick), pick.parameter, parameters)
        if is_integer(pick.of(caught)):
            integers[pick] = index
    wrt = tuple(dict.fromkeys(pick.parameter for pick in chosen))
    return Arrangement(picks, wrt, single, tuple((index, pick) for pick, index in integers.items()))
