"""The callables that `srcgrad.grad` and its relatives return."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import FunctionType, MethodType
from typing import Any, ClassVar, Self

from srcgrad.backend import Numba
from srcgrad.calling.annotations import kinds_from_annotations
from srcgrad.calling.argnums import Argnums, Choice
from srcgrad.calling.named import named_function
from srcgrad.calling.nested import function_for
from srcgrad.calling.sharing import derivatives_of
from srcgrad.calling.signature_of import signature_for
from srcgrad.calling.specialising import Options
from srcgrad.calling.storing import store
from srcgrad.errors import ArgumentTypeError, ArgumentValueError, SrcgradError, UnsupportedError
from srcgrad.kind import Kind, Scalar
from srcgrad.pipeline import Generated, resolve

STORAGE = frozenset({"out", "accumulate"})


class Derivative:
    """A function made from a user's function by differentiation; the base of what srcgrad's entry points return.

    Attributes
    ----------
    primal : callable
        The function that it is a derivative of, as it was given.
    source : str
        The generated text.
    """

    noun: ClassVar[str]
    suffix: ClassVar[str]
    options: ClassVar[Options]

    __name__: str
    __wrapped__: Callable[..., Any]

    def __init__(
        self, function: Any, argnums: Argnums = 0, has_aux: bool = False, backend: Numba | None = None
    ) -> None:
        if not callable(function) and not isinstance(function, classmethod):
            raise ArgumentTypeError(
                f"{self.suffix} takes a function, not {function!r}",
                advice=f"for a decorator with options write @{self.suffix}(argnums=...)",
            )
        self.primal = function
        self._argnums = argnums
        self._has_aux = has_aux
        self._backend = backend
        self._prepare()

    def _prepare(self) -> None:
        """Look into the function: its parameters, and the specialisations it has already.

        Done again when the function's code has been replaced in place, as a notebook's autoreload does.
        """
        resolved = resolve(self.primal)
        plain = named_function(resolved.function)
        shared = derivatives_of(plain)
        parameters = shared.parameters(plain, len(resolved.leading), tuple(resolved.keywords))
        choice = Choice(parameters, self._argnums)
        self._function = plain
        self._code = plain.__code__
        self._resolved = resolved
        self._parameters = parameters
        self._bind = parameters.binder(resolved.leading, resolved.keywords)
        options = Options(self.options.form, self.options.result, self._has_aux, self._backend)
        self._specialisations = shared.specialisations(parameters, choice, options)
        self._find = self._specialisations.find
        self._storage = STORAGE.difference(parameters.names)
        # What runs where a differentiated program calls this derivative, by the kinds of the arguments.
        self._for_kinds: dict[Any, Any] = {}
        self._for_receivers: Self | None = None
        self._unbound: Derivative | None = None
        self._describe(plain)

    def _describe(self, plain: FunctionType) -> None:
        """Take over the name and the documentation of the function."""
        functools.update_wrapper(self, self.primal, updated=())
        primal_name = getattr(self.primal, "__name__", plain.__name__)
        self.__name__ = f"{primal_name}_{self.suffix}"
        self.__qualname__ = f"{getattr(self.primal, '__qualname__', plain.__qualname__)}_{self.suffix}"
        summary = f"{self.noun} of {self._parameters} with respect to {self._specialisations.choice}."
        documentation = getattr(self.primal, "__doc__", None) if isinstance(self.primal, FunctionType) else None
        self.__doc__ = f"{summary}\n\n{documentation}" if documentation else summary

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call with the function's own arguments, and with ``out=`` and ``accumulate=`` as `grad` explains."""
        if kwargs and not self._storage.isdisjoint(kwargs):
            return self._stored(args, kwargs)
        if self._function.__code__ is not self._code:
            self._prepare()
        try:
            values = self._bind(*args, **kwargs)
        except TypeError as error:
            raise self._parameters.misbound(error) from None
        specialisation = self._find(values)
        self._specialisations.latest = specialisation.generated
        try:
            if specialisation.is_plain:
                return specialisation.main(*values)
            return specialisation.run(values)
        except SrcgradError as error:  # such as a result that turned out not to be one number
            error.location = error.location or self._parameters.location()
            raise

    def _stored(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A call with ``out=``: the gradient goes into the caller's buffers, which stand for it in the result."""
        storage = {name: kwargs.pop(name) for name in self._storage & kwargs.keys()}
        out, accumulate = storage.get("out"), storage.get("accumulate", False)
        if out is None:
            if accumulate:
                raise ArgumentValueError("accumulate=True adds to buffers, but out= gives none", advice="pass out=")
            return self(*args, **kwargs)
        result = self(*args, **kwargs)
        if self.options.form == "value_and_gradient":
            return result[0], store(result[1], out, accumulate)
        if self._has_aux:
            return store(result[0], out, accumulate), result[1]
        return store(result, out, accumulate)

    @property
    def source(self) -> str:
        """The generated text: the latest specialisation's, or before any call what annotations and defaults give.

        Raises ArgumentValueError, which names the parameters, where they leave a kind open.
        """
        if self._function.__code__ is not self._code:
            self._prepare()
        specialisations = self._specialisations
        if specialisations.latest is None:
            specialisations.latest = self._from_annotations()
        return specialisations.latest.text

    def source_for(self, /, *args: Any, **kwargs: Any) -> str:
        """The generated text for calls with arguments like these; nothing is run."""
        if self._function.__code__ is not self._code:
            self._prepare()
        try:
            values = self._bind(*args, **kwargs)
        except TypeError as error:
            raise self._parameters.misbound(error) from None
        generated = self._find(values).generated
        self._specialisations.latest = generated
        return generated.text

    def _from_annotations(self) -> Generated:
        """Generate for the kinds that annotations and defaults give."""
        parameters = self._parameters
        filled = {**dict(zip(parameters.filled, self._resolved.leading)), **self._resolved.keywords}
        advice = (
            f"call {self.__name__} once, use {self.__name__}.source_for(...) with sample arguments, "
            "or annotate the parameters (x: float, y: NDArray[np.float64])"
        )
        kinds: dict[str, Kind] = kinds_from_annotations(parameters, filled, advice)
        picks = self._specialisations.choice.picks(())
        wrt = tuple(dict.fromkeys(pick.parameter for pick in picks if pick is not None))
        for name in wrt:
            kind = kinds[name]
            if isinstance(kind, Scalar) and kind.dtype.startswith(("int", "uint")):
                kinds[name] = Scalar("float64", python=True)
        return self._specialisations.generate(kinds, wrt)

    def __get__(self, instance: object, owner: type | None = None) -> Self:
        """As an attribute of a class: the receiver is bound, and positions in argnums count from behind it.

        It is then what differentiating the bound method gives.  Where argnums names the receiver, it stays open to
        differentiation.
        """
        bind = getattr(self.primal, "__get__", None)
        if bind is None or isinstance(self.primal, type):
            return self
        bound = bind(instance, owner)
        if bound is self.primal:
            return self
        if isinstance(bound, MethodType) and bound.__func__ is self.primal:
            return self._for_receiver(bound)
        return type(self)(bound, self._argnums, self._has_aux, self._backend)

    def _for_receiver(self, bound: MethodType) -> Self:
        """The derivative of a bound method: all receivers share all but the receiver, which none keeps alive."""
        if self._for_receivers is None:
            self._for_receivers = type(self)(bound, self._argnums, self._has_aux, self._backend)
            self._for_receivers._bind_method(None)
        made = object.__new__(type(self))
        made.__dict__.update(self._for_receivers.__dict__)
        made._bind_method(bound)
        return made

    def _bind_method(self, bound: Any) -> None:
        self.primal = self.__wrapped__ = bound
        self._resolved = replace(self._resolved, leading=(bound and bound.__self__,))
        self._bind = self._parameters.binder(self._resolved.leading, {})

    def __srcgrad_signature__(self) -> inspect.Signature:
        """The parameters, for a call inside a differentiated program."""
        return signature_for(self)

    def __srcgrad_for__(self, kinds: Mapping[str, Kind]) -> Any:
        """The function that runs for arguments of these kinds, for a call inside a differentiated program."""
        return function_for(self, kinds)

    def __srcgrad_unbound__(self) -> tuple[Any, tuple[Any, ...], Mapping[str, Any]]:
        """The derivative of the plain function, and the arguments that a method or a partial gives it."""
        resolved = self._resolved
        if not resolved.leading and not resolved.keywords:
            return self, (), {}
        if self._unbound is None:
            choice = self._specialisations.choice
            picks = choice.picks(()) if self._parameters.variadic is None else ()
            names = tuple(pick.parameter for pick in picks if pick is not None and pick.item is None)
            if not names or len(names) != len(picks):
                raise UnsupportedError(
                    "the derivative of a method or partial with *args is differentiated again",
                    advice="take the derivative of a plain function that calls it",
                )
            argnums = names[0] if choice.single else names
            self._unbound = type(self)(self._function, argnums, self._has_aux, self._backend)
        return self._unbound, resolved.leading, resolved.keywords

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.primal, self._argnums, self._has_aux, self._backend)

    def __repr__(self) -> str:
        summary = f"{self.noun[0].lower()}{self.noun[1:]}"
        return f"<{summary} of {self._parameters} with respect to {self._specialisations.choice}>"


class Gradient(Derivative):
    """The gradient of a function; made by `srcgrad.grad`."""

    noun = "Gradient"
    suffix = "grad"
    options = Options("gradient", "scalar")


class ValueAndGradient(Derivative):
    """A function's value together with its gradient; made by `srcgrad.value_and_grad`."""

    noun = "Value and gradient"
    suffix = "value_and_grad"
    options = Options("value_and_gradient", "scalar")


class HolomorphicGradient(Gradient):
    """The complex derivative of a complex differentiable function; made by `srcgrad.grad` with ``holomorphic``."""

    options = Options("gradient", "holomorphic")


class HolomorphicValueAndGradient(ValueAndGradient):
    """Its value together with it; made by `srcgrad.value_and_grad` with ``holomorphic``."""

    options = Options("value_and_gradient", "holomorphic")


class ElementwiseGradient(Derivative):
    """The gradient of the sum of a function's results; made by `srcgrad.elementwise_grad`."""

    noun = "Elementwise gradient"
    suffix = "elementwise_grad"
    options = Options("gradient", "sum")
