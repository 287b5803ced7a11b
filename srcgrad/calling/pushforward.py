"""Forward mode: a function's result together with its tangent, from one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from srcgrad.calling.argnums import Choice, EveryPositional
from srcgrad.calling.named import named_function
from srcgrad.calling.parameters import Parameters
from srcgrad.calling.sharing import derivatives_of
from srcgrad.calling.specialising import Options, Specialisation
from srcgrad.calling.structures import is_number
from srcgrad.calling.tangents import WithTangents, fitted_tangent, is_left_out
from srcgrad.errors import ArgumentTypeError, SrcgradError
from srcgrad.pipeline import resolve
from srcgrad.runtime import zero_tangent


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
        resolved = resolve(function)
        plain = named_function(resolved.function)
        shared = derivatives_of(plain)
        self.parameters: Parameters = shared.parameters(plain, len(resolved.leading), tuple(resolved.keywords))
        specialisations = shared.specialisations(self.parameters, choose(self.parameters), options)
        values = self.parameters.binder(resolved.leading, resolved.keywords)(*args, **kwargs)
        self.specialisation: Specialisation = specialisations.find(values)
        self.arguments: tuple[Any, ...] = self.specialisation.arrangement.arguments(values)

    def __call__(self, tangents: Sequence[Any]) -> Any:
        """What the generated code returns for one tangent for each of the chosen arguments."""
        try:
            return self.specialisation.main(*self.arguments, *self._by_parameter(tangents))
        except SrcgradError as error:
            error.location = error.location or self.parameters.location()
            raise

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
            if pick.item is None:
                found[pick.parameter] = fitted
            else:
                zero = zero_tangent(value)
                items = found.setdefault(pick.parameter, zero if isinstance(zero, dict) else list(zero))
                items[pick.item] = fitted
        variadic = self.parameters.variadic
        if isinstance(found.get(str(variadic)), list):
            found[str(variadic)] = tuple(found[str(variadic)])
        return [found[parameter] for parameter in arrangement.wrt]


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
