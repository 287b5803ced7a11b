"""Second derivatives: Hessians and their products with vectors, forward over reverse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcgrad.api import grad
from srcgrad.calling.argnums import Argnums, Choice
from srcgrad.calling.derivative import Gradient
from srcgrad.calling.pushforward import Prepared
from srcgrad.calling.specialising import Options
from srcgrad.derived.jacobians import ForwardJacobian
from srcgrad.derived.naming import name_after
from srcgrad.errors import ArgumentTypeError


class Hessian(ForwardJacobian):
    """The Hessian of a function: the forward Jacobian of its gradient; made by `srcgrad.hessian`."""

    noun = "Hessian"
    suffix = "hessian"

    def __init__(
        self, function: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, holomorphic: bool = False
    ) -> None:
        gradient = grad(function, argnums, has_aux=has_aux, holomorphic=holomorphic)
        super().__init__(gradient, argnums, has_aux, holomorphic)
        name_after(self, function, self.suffix)

    def __reduce__(self) -> tuple[Any, ...]:
        gradient: Any = self.primal
        return type(self), (gradient.primal, self._argnums, self._has_aux, self._holomorphic)

    def __repr__(self) -> str:
        return f"<Hessian of {str(getattr(self.primal, '__name__', self.primal)).removesuffix('_grad')}>"


class HessianProduct:
    """The product of a function's Hessian with a vector; made by `srcgrad.hvp`.

    Attributes
    ----------
    primal : callable
        The function whose Hessian it is.
    source : str
        The generated text of the latest call: the tangent of the gradient.
    """

    noun = "Hessian product"

    def __init__(self, function: Callable[..., Any], argnums: Argnums = 0) -> None:
        self.primal = function
        self.gradient: Gradient = grad(function, argnums)
        self._argnums = argnums
        self._source: str | None = None
        self._prepared: Prepared | None = None
        name_after(self, function, "hvp")

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """The product at the function's arguments, with the vector behind them."""
        if not args:
            raise ArgumentTypeError("the vector is missing", advice="write hvp(f)(x, v)")
        *primals, vector = args
        if self._prepared is None or not self._prepared.is_current():
            options = Options("tangent", "any")
            self._prepared = Prepared(self.gradient, lambda parameters: Choice(parameters, self._argnums), options)
        push = self._prepared.at(primals, kwargs)
        self._source = push.specialisation.generated.text
        several = isinstance(self._argnums, tuple | list)
        return push(tuple(vector) if several else (vector,))

    @property
    def source(self) -> str:
        """The generated text of the latest call."""
        if self._source is None:
            raise ArgumentTypeError("nothing is generated yet", advice="call it once")
        return self._source

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.primal, self._argnums)

    def __repr__(self) -> str:
        return f"<Hessian product of {getattr(self.primal, '__name__', self.primal)}>"
