"""Forward mode: a function's result together with its tangent, from one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from srcgrad.calling.argnums import Choice, EveryPositional, Pick
from srcgrad.calling.directions import chunks, unit_directions
from srcgrad.calling.named import named_function
from srcgrad.calling.parameters import Parameters
from srcgrad.calling.sharing import derivatives_of
from srcgrad.calling.specialising import Options, Specialisation, Specialisations
from srcgrad.calling.structures import is_number, size
from srcgrad.calling.tangents import WithTangents, fitted_tangent, is_left_out
from srcgrad.errors import ArgumentTypeError, SrcgradError
from srcgrad.pipeline import resolve
from srcgrad.runtime import column, stacked, zero_tangent, zero_tangents


class Prepared:
    """What the tangents of a function need that is the same for all calls: its parameters, its specialisations."""

    def __init__(
        self,
        function: Callable[..., Any],
        choose: Callable[[Parameters], Choice | EveryPositional],
        options: Options,
    ) -> None:
        resolved = resolve(function)
        plain = named_function(resolved.function)
        shared = derivatives_of(plain)
        self.parameters: Parameters = shared.parameters(plain, len(resolved.leading), tuple(resolved.keywords))
        self.specialisations: Specialisations = shared.specialisations(
            self.parameters, choose(self.parameters), options
        )
        self.bind = self.parameters.binder(resolved.leading, resolved.keywords)
        self._function, self._code = plain, plain.__code__

    def is_current(self) -> bool:
        """Whether the function's code is still the same: a notebook's autoreload replaces it in place."""
        return self._function.__code__ is self._code

    def at(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Pushforward:
        """The tangent at some arguments."""
        return Pushforward.of(self, args, kwargs)


class Pushforward:
    """A function's tangent at one point, for any number of tangents of its arguments."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        choose: Callable[[Parameters], Choice | EveryPositional],
        options: Options,
    ) -> None:
        self._start(Prepared(function, choose, options), args, kwargs)

    @classmethod
    def of(cls, prepared: Prepared, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Pushforward:
        """The tangent of a function that is prepared."""
        made = cls.__new__(cls)
        made._start(prepared, args, kwargs)
        return made

    def _start(self, prepared: Prepared, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        self.parameters = prepared.parameters
        values = prepared.bind(*args, **kwargs)
        self.specialisation: Specialisation = prepared.specialisations.find(values)
        self.arguments: tuple[Any, ...] = self.specialisation.arrangement.arguments(values)

    def __call__(self, tangents: Sequence[Any]) -> Any:
        """What the generated code returns for one tangent for each of the chosen arguments."""
        return self._run(self._by_parameter(tangents))

    def _run(self, tangents: list[Any]) -> Any:
        try:
            return self.specialisation.main(*self.arguments, *tangents)
        except SrcgradError as error:
            error.location = error.location or self.parameters.location()
            raise

    def directions(self) -> Iterator[Any]:
        """What the generated code returns for all unit directions of the chosen arguments, several at once.

        The tangents have an axis for the directions in front.
        """
        chosen = self.chosen()
        for directions in chunks(sum(size(argument) for argument in chosen)):
            if self.specialisation.generated.several:
                yield self._run(self._at_once(chosen, directions))
                continue
            found = [self(self._units(chosen, range(k, k + 1), alone=True)) for k in directions]
            yield found[-1][0], stacked([each[1] for each in found]), *found[-1][2:]

    def _units(self, chosen: tuple[Any, ...], directions: range, alone: bool = False) -> list[Any]:
        """The unit directions for each chosen argument, or one of them alone."""
        tangents, first = [], 0
        for argument in chosen:
            made, first = unit_directions(argument, first, directions)
            tangents.append(column(made, 0) if alone else made)
        return tangents

    def _at_once(self, chosen: tuple[Any, ...], directions: range) -> list[Any]:
        """Several unit directions as the generated code takes them."""
        units = iter(self._units(chosen, directions))
        found: dict[str, Any] = {}
        for pick in self.specialisation.arrangement.picks:
            if pick is not None:
                value = self.arguments[self.parameters.index(pick.parameter)]
                zero = None if pick.item is None else zero_tangents(value, len(directions))
                self._place(found, pick, next(units), zero)
        return self._in_order(found)

    def chosen(self) -> tuple[Any, ...]:
        """The chosen arguments."""
        return tuple(
            pick.of(self.arguments[self.parameters.index(pick.parameter)])
            for pick in self.specialisation.arrangement.picks
            if pick is not None
        )

    def _by_parameter(self, tangents: Sequence[Any]) -> list[Any]:
        """The tangents of the differentiated parameters, those of ``*args`` as one."""
        arrangement = self.specialisation.arrangement
        found: dict[str, Any] = {}
        for pick, tangent in zip(arrangement.picks, tangents, strict=True):
            if pick is None:
                continue
            value = self.arguments[self.parameters.index(pick.parameter)]
            fitted = fitted_tangent(tangent, pick.of(value), str(pick))
            self._place(found, pick, fitted, None if pick.item is None else zero_tangent(value))
        return self._in_order(found)

    def _place(self, found: dict[str, Any], pick: Pick, tangent: Any, zero: Any) -> None:
        """Put the tangent of a pick among those of the parameters; ``zero`` is that of what ``*args`` caught."""
        if pick.item is None:
            found[pick.parameter] = tangent
            return
        items = found.setdefault(pick.parameter, zero if isinstance(zero, dict) else list(zero))
        items[pick.item] = tangent

    def _in_order(self, found: dict[str, Any]) -> list[Any]:
        """The tangents as the generated code takes them."""
        variadic = self.parameters.variadic
        if isinstance(found.get(str(variadic)), list):
            found[str(variadic)] = tuple(found[str(variadic)])
        return [found[parameter] for parameter in self.specialisation.arrangement.wrt]


def value_and_tangent(
    function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool
) -> Any:
    """What a function returns, and the tangent of that; raises where tangents do not fit."""
    if not callable(function):
        raise ArgumentTypeError(
            f"jvp takes a function, not {function!r}", advice="write jvp(f, (x, y), (x_dot, y_dot))"
        )
    for called, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, tuple | list):
            raise ArgumentTypeError(
                f"jvp takes the {called} as a tuple, not {type(given).__name__}",
                advice="write jvp(f, (x, y), (x_dot, y_dot)), for one argument jvp(f, (x,), (x_dot,))",
            )
    if len(primals) != len(tangents):
        raise ArgumentTypeError(
            f"jvp is given {len(primals)} arguments and {len(tangents)} tangents",
            advice="give one tangent for each argument; None for one that is not differentiated",
        )
    chosen = tuple(not is_left_out(tangent, primal) for tangent, primal in zip(tangents, primals))
    if not any(chosen):
        out = function(*primals)
        return (out[0], zeros(out[0]), out[1]) if has_aux else (out, zeros(out))
    options = Options("value_and_tangent", "any", has_aux)
    return Pushforward(function, primals, {}, lambda parameters: WithTangents(parameters, chosen), options)(tangents)


def zeros(out: Any) -> Any:
    """The tangent of a result that does not vary."""
    return zero_tangent(out) if is_number(out) or isinstance(out, tuple | list | dict) else 0.0
