"""Reverse mode in two steps: a forward sweep that keeps records, and a pullback that reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcgrad.backend import Numba
from srcgrad.calling.argnums import Argnums, Choice, EveryPositional
from srcgrad.calling.cotangents import Template, fitted, template
from srcgrad.calling.detaching import detached
from srcgrad.calling.named import named_function
from srcgrad.calling.sharing import derivatives_of
from srcgrad.calling.specialising import Options, Specialisation
from srcgrad.calling.storing import store
from srcgrad.errors import ArgumentTypeError, ArgumentValueError
from srcgrad.pipeline import resolve


class Pullback:
    """The map from a cotangent of a function's result to the gradients of its arguments; made by `srcgrad.vjp`.

    Attributes
    ----------
    source : str
        The generated text, forward and reverse.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        specialisation: Specialisation,
        records: Any,
        result: Template,
        described: str,
    ) -> None:
        self._specialisation = specialisation
        self._records = records
        self._result = result
        self._described = described
        self.__wrapped__ = function
        self.__name__ = f"{getattr(function, '__name__', type(function).__name__)}_pullback"
        # Global and closure variables as the forward sweep read them: later calls bring the module's copies up to date.
        self._variables = [(read, read.module.get(read.name)) for read in specialisation.generated.environment]

    def __call__(self, cotangent: Any, *, out: Any = None, accumulate: bool = False) -> Any:
        """The gradients for a cotangent, which has the structure and the shape of the function's result."""
        if accumulate and out is None:
            raise ArgumentValueError("accumulate=True adds to buffers, but out= gives none", advice="pass out=")
        for read, value in self._variables:
            read.module[read.name] = value
        found = self._specialisation.generated.reverse(fitted(cotangent, self._result), self._records)
        gradients = self._specialisation.arrangement.gradients(found)
        return gradients if out is None else store(gradients, out, accumulate)

    @property
    def source(self) -> str:
        """The generated text, forward and reverse."""
        return self._specialisation.generated.text

    def __repr__(self) -> str:
        return f"<pullback of {self._described}>"


def forward_and_pullback(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    argnums: Argnums | None,
    has_aux: bool,
    backend: Numba | None,
) -> tuple[Any, Pullback]:
    """Run the forward sweep; returns what it returns, and the pullback."""
    if not callable(function):
        raise ArgumentTypeError(f"vjp takes a function, not {function!r}", advice="write vjp(f, *arguments)")
    resolved = resolve(function)
    plain = named_function(resolved.function)
    shared = derivatives_of(plain)
    parameters = shared.parameters(plain, len(resolved.leading), tuple(resolved.keywords))
    choice = EveryPositional(parameters, len(args)) if argnums is None else Choice(parameters, argnums)
    specialisations = shared.specialisations(parameters, choice, Options("pair", "any", has_aux, backend))
    values = parameters.binder(resolved.leading, resolved.keywords)(*args, **kwargs)
    specialisation = specialisations.find(values)
    arguments = specialisation.arrangement.arguments(values)
    result, records = specialisation.generated.forward(*arguments)
    records = detached(records, arguments, result)
    differentiated = result[0] if has_aux else result
    described = f"{parameters} with respect to {choice}"
    return result, Pullback(function, specialisation, records, template(differentiated), described)
