"""Which arguments to differentiate: ``argnums`` given as positions, names, or several of them."""

from __future__ import annotations

import difflib
import operator
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from srcgrad.calling.differentiated import holds_float
from srcgrad.calling.parameters import Parameters
from srcgrad.errors import ArgumentTypeError, ArgumentValueError

Argnum = int | str
Argnums = Argnum | tuple[Argnum, ...] | list[Argnum]


@dataclass(frozen=True)
class Pick:
    """One differentiated argument: a parameter, or one item of what ``*args`` or ``**kwargs`` caught."""

    parameter: str
    item: int | str | None = None

    def of(self, value: Any) -> Any:
        """The picked part of the parameter's value (or of its gradient)."""
        return value if self.item is None else value[self.item]

    def __str__(self) -> str:
        if self.item is None:
            return self.parameter
        return self.item if isinstance(self.item, str) else f"{self.parameter}[{self.item}]"


class Choice:
    """A checked ``argnums``; what depends on how many arguments ``*args`` caught is decided call by call."""

    def __init__(self, parameters: Parameters, argnums: Argnums) -> None:
        self.parameters = parameters
        self.single = not isinstance(argnums, (tuple, list))
        entries = [argnums] if not isinstance(argnums, (tuple, list)) else list(argnums)
        if not entries:
            raise ArgumentValueError(
                "argnums is empty: there is nothing to differentiate",
                location=parameters.location(),
                advice=f"name at least one argument of {parameters}",
            )
        self._entries = tuple(self._checked(entry) for entry in entries)
        self.key: Hashable = (self.single, self._entries)

    def __str__(self) -> str:
        written = [f"argument {entry}" if isinstance(entry, int) else str(entry) for entry in self._entries]
        return ", ".join(written)

    def picks(self, values: tuple[Any, ...]) -> tuple[Pick | None, ...]:
        """The differentiated arguments of a call, from its bound values."""
        return tuple(entry if isinstance(entry, Pick) else self._position(entry, values) for entry in self._entries)

    def _checked(self, entry: Any) -> Pick | int:
        """An entry of argnums as the parameter it means; a position whose meaning a call decides stays one."""
        parameters = self.parameters
        if isinstance(entry, str):
            return self._named(entry)
        try:
            position = operator.index(entry)
        except TypeError:
            position = None
        if position is None or isinstance(entry, bool):
            raise ArgumentTypeError(
                f"argnums takes positions, names, or a tuple of them, not {entry!r}",
                location=parameters.location(),
                advice=f"choose among the parameters of {parameters}",
            )
        count = len(parameters.positional)
        if 0 <= position < count:
            return Pick(parameters.positional[position])
        if parameters.variadic is not None:
            return position
        if -count <= position < 0:
            return Pick(parameters.positional[position])
        raise self._out_of_range(position, count)

    def _named(self, name: str) -> Pick:
        parameters = self.parameters
        if name in parameters.names:
            return Pick(name)
        if parameters.variadic_keywords is not None:
            return Pick(parameters.variadic_keywords, name)
        close = difflib.get_close_matches(name, parameters.names, 1)
        raise ArgumentValueError(
            f"argnums names {name!r}, which is no parameter of {parameters}",
            location=parameters.location(),
            advice=f"did you mean {close[0]!r}?" if close else "use one of the names above, or a position",
        )

    def _position(self, position: int, values: tuple[Any, ...]) -> Pick:
        """A position that may stand among what ``*args`` caught, for one call."""
        parameters = self.parameters
        variadic = parameters.variadic
        assert variadic is not None
        filled = parameters.variadic_filled
        count = len(parameters.positional)
        total = count + len(values[parameters.index(variadic)]) - filled
        if not -total <= position < total:
            raise self._out_of_range(position, total)
        position %= total
        if position < count:
            return Pick(parameters.positional[position])
        return Pick(variadic, position - count + filled)

    def _out_of_range(self, position: int, count: int) -> ArgumentValueError:
        parameters = self.parameters
        positions = "positions 0 to " + str(count - 1) if count > 1 else "position 0" if count else "no position"
        return ArgumentValueError(
            f"argnums has {position}, but {parameters} has {positions}",
            location=parameters.location(),
            advice="count from 0, without what a method or a partial has filled, or give the parameter's name",
        )


class EveryPositional:
    """The choice of `vjp`: all arguments given by position; None stands for those that hold no float."""

    single = False

    def __init__(self, parameters: Parameters, count: int) -> None:
        self.parameters = parameters
        self._count = count
        self.key: Hashable = ("positional", count)

    def __str__(self) -> str:
        return "its positional arguments"

    def picks(self, values: tuple[Any, ...]) -> tuple[Pick | None, ...]:
        """The arguments given by position, in order, those that hold no float left out as None."""
        parameters = self.parameters
        named = [Pick(name) for name in parameters.positional[: self._count]]
        rest = self._count - len(named) if parameters.variadic is not None else 0
        first = parameters.variadic_filled
        caught = [Pick(str(parameters.variadic), first + item) for item in range(rest)]
        return tuple(
            pick if holds_float(pick.of(values[parameters.index(pick.parameter)])) else None for pick in named + caught
        )
