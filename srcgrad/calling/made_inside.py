"""Derivatives inside differentiated programs: the callables behind ``jvp``, ``hvp`` and Jacobians there.

Each has parameters, ``__srcgrad_signature__``, and says what runs for arguments of some kinds, ``__srcgrad_for__``: a
plain function with source, which is differentiated like any other.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import numpy as np

from srcgrad import pipeline
from srcgrad.calling.argnums import Argnums, Choice
from srcgrad.calling.derivative import Gradient
from srcgrad.calling.named import named_function
from srcgrad.calling.parameters import Parameters
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Kind, Scalar
from srcgrad.pipeline import resolve, written_function
from srcgrad.pipeline.signature_kinds import signature_kinds


class MadeInside:
    """What a program gets that makes a derivative of a plain function inside a differentiated one."""

    suffix = "derivative"

    def __init__(self, function: Any, argnums: Argnums = 0, has_aux: bool = False) -> None:
        resolved = resolve(function)
        self.primal = function
        self.function: FunctionType = named_function(resolved.function)
        self.parameters = Parameters(self.function, 0, ())
        if self.parameters.variadic or self.parameters.variadic_keywords:
            raise UnsupportedError(
                "a function with *args or **kwargs is differentiated inside a differentiated function",
                advice="write a function with named parameters around it",
            )
        self.argnums = argnums
        self.single = not isinstance(argnums, tuple | list)
        picks = Choice(self.parameters, argnums).picks(())
        self.chosen = tuple(pick.parameter for pick in picks if pick is not None)
        self.wrt = tuple(name for name in self.parameters.names if name in self.chosen)
        self.has_aux = has_aux
        self.__name__ = f"{getattr(function, '__name__', self.function.__name__)}_{self.suffix}"
        self._for_kinds: dict[Any, Any] = {}

    @property
    def trailing(self) -> tuple[str, ...]:
        """The parameters behind those of the function."""
        return ()

    def __srcgrad_signature__(self) -> inspect.Signature:
        """The parameters, for a call inside a differentiated program."""
        plain = inspect.signature(self.function, follow_wrapped=False).parameters.values()
        own = [inspect.Parameter(item.name, item.POSITIONAL_OR_KEYWORD, default=item.default) for item in plain]
        if self.trailing:
            own = [item.replace(default=item.empty) for item in own]
        behind = [inspect.Parameter(item, inspect.Parameter.POSITIONAL_OR_KEYWORD) for item in self.trailing]
        return inspect.Signature([*own, *behind])

    def fresh(self, wanted: str) -> str:
        """A name for a parameter that the function does not have."""
        while wanted in self.parameters.names:
            wanted += "_"
        return wanted

    @property
    def header(self) -> list[str]:
        """All parameters."""
        return [*self.parameters.names, *self.trailing]

    def __srcgrad_for__(self, kinds: Mapping[str, Kind]) -> Any:
        """The function that runs for arguments of these kinds."""
        plain = {name: _plain(kind) for name, kind in signature_kinds(kinds, False).items()}
        key = tuple(plain.items())
        if key not in self._for_kinds:
            self._for_kinds[key] = self.generated(plain)
        return self._for_kinds[key]

    def generated(self, kinds: Mapping[str, Kind]) -> Any:
        """The function for arguments of these kinds, made anew."""
        raise NotImplementedError

    def __call__(self, /, *args: Any) -> Any:
        """What the program would compute without srcgrad."""
        kinds = {name: pipeline.kind_of(value, name) for name, value in zip(self.header, args, strict=True)}
        return self.__srcgrad_for__(kinds)(*args)

    def of_own(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        """The kinds of the function's own parameters; a whole number that is differentiated is a float."""
        own = {name: kinds[name] for name in self.parameters.names}
        for name in self.wrt:
            kind = own[name]
            if isinstance(kind, Scalar) and kind.dtype.startswith(("int", "uint")):
                own[name] = Scalar("float64", True)
        return own


class Tangent(MadeInside):
    """``f_jvp(x, y, x_dot)``: the function's result and its tangent; what ``jvp`` is inside a program."""

    suffix = "jvp"

    @property
    def trailing(self) -> tuple[str, ...]:
        """The tangents of the chosen arguments."""
        return tuple(self.fresh(f"{name}_dot") for name in self.chosen)

    def generated(self, kinds: Mapping[str, Kind]) -> Any:
        """The tangent of the function."""
        own = self.of_own(kinds)
        request = pipeline.Request(
            self.function, tuple(own.items()), self.wrt, "value_and_tangent", has_aux=self.has_aux, result="any"
        )
        main = pipeline.generate(request).main
        dots = dict(zip(self.chosen, self.trailing, strict=True))
        values = [name if own[name] == kinds[name] else f"float({name})" for name in self.parameters.names]
        passed = ", ".join([*values, *(dots[name] for name in self.wrt)])
        return written_function(self.__name__, self.header, f"return main({passed})", {"main": main})


class Product(MadeInside):
    """``f_hvp(x, y, v)``: the tangent of the gradient; what ``hvp`` is inside a program."""

    suffix = "hvp"
    trailing = ("vector",)

    def generated(self, kinds: Mapping[str, Kind]) -> Any:
        """One line that calls the tangent of the gradient."""
        tangent = Tangent(Gradient(self.primal, self.argnums), self.argnums)
        vectors = ["vector"] if self.single else [f"vector[{place}]" for place in range(len(self.chosen))]
        passed = ", ".join([*self.parameters.names, *vectors])
        name = tangent.__name__.replace("<lambda>", "anonymous")
        return written_function(self.__name__, self.header, f"return {name}({passed})[1]", {name: tangent})


class Columns(MadeInside):
    """``f_jacobian(x, y)``: a tangent for each number of an argument; what ``jacobian`` is inside a program."""

    suffix = "jacobian"

    def generated(self, kinds: Mapping[str, Kind]) -> Any:
        """A few lines that call the tangent once for each number."""
        if not self.single or self.has_aux:
            raise UnsupportedError(
                "a Jacobian with respect to several arguments, or with has_aux, inside a differentiated function",
                advice="take one for each argument",
            )
        tangent = Tangent(self.differentiated, self.argnums)
        name, x = tangent.__name__.replace("<lambda>", "anonymous"), self.chosen[0]
        passed = ", ".join(self.parameters.names)
        kind = kinds[x]
        if isinstance(kind, Scalar):
            body = f"return {name}({passed}, 1.0)[1]"
        elif not isinstance(kind, Array) or kind.dims is None:
            raise UnsupportedError(
                "a Jacobian with respect to a container inside a differentiated function",
                advice="take it with respect to an array",
            )
        else:
            one = "unit" if len(kind.dims) == 1 else f"unit.reshape({x}.shape)"
            body = f"columns = np.stack([{name}({passed}, {one})[1] for unit in np.eye({x}.size)], axis=-1)\n"
            whole = "columns" if len(kind.dims) == 1 else f"columns.reshape(columns.shape[:-1] + {x}.shape)"
            body += f"return {whole}"
        return written_function(self.__name__, self.header, body, {name: tangent, "np": np})

    @property
    def differentiated(self) -> Any:
        """The function whose columns these are."""
        return self.primal


class SecondColumns(Columns):
    """``f_hessian(x, y)``: the columns of the gradient's Jacobian; what ``hessian`` is inside a program."""

    suffix = "hessian"

    @property
    def differentiated(self) -> Any:
        """The gradient."""
        return Gradient(self.primal, self.argnums)


def _plain(kind: Kind) -> Kind:
    """A float without its constant."""
    if isinstance(kind, Scalar) and isinstance(kind.value, float | complex):
        return Scalar(kind.dtype, kind.python)
    return kind


def pulled(function: Any, argnums: Argnums) -> Gradient:
    """``f_pullback(x, y, out_bar)``: gradients for a cotangent; what the pullback of ``vjp`` is inside a program."""
    made = MadeInside(function, argnums)
    bar = made.fresh("out_bar")
    called = made.function.__name__.replace("<lambda>", "anonymous").strip("<>")
    passed = ", ".join(made.parameters.names)
    body = f"return np.sum({bar} * {called}({passed}))"
    weighted = written_function(f"{called}_product", [*made.parameters.names, bar], body, {called: function, "np": np})
    return Pulled(weighted, argnums)


class Pulled(Gradient):
    """The gradient of a function weighted with a cotangent."""

    noun = "Pullback"
    suffix = "pullback"
