"""What users call: gradients of functions, as functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, Unpack, overload

from srcgrad.backend import Backend, CompileOptions, chosen_backend
from srcgrad.calling.argnums import Argnums
from srcgrad.calling.derivative import (
    Derivative,
    ElementwiseGradient,
    Gradient,
    HolomorphicGradient,
    HolomorphicValueAndGradient,
    ValueAndGradient,
)
from srcgrad.calling.made_inside import pulled
from srcgrad.calling.pullback import Pullback, forward_and_pullback
from srcgrad.custom import Maker, register_maker
from srcgrad.runtime.dispatch import provide

Function = Callable[..., Any]
Made = TypeVar("Made", bound=Derivative)


@overload
def grad(
    function: Function,
    /,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: Backend | None = None,
    **options: Unpack[CompileOptions],
) -> Gradient: ...
@overload
def grad(
    function: None = None,
    /,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: Backend | None = None,
    **options: Unpack[CompileOptions],
) -> Callable[[Function], Gradient]: ...
def grad(
    function: Function | None = None,
    /,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: Backend | None = None,
    **options: Unpack[CompileOptions],
) -> Gradient | Callable[[Function], Gradient]:
    """The gradient of a function, as a function of the same arguments.

    Works as a call, ``grad(f)``, and as a decorator, ``@grad`` or ``@grad(argnums=...)``.

    Parameters
    ----------
    function : callable
        A function of NumPy arrays, numbers and containers of them that returns one real number: a float, or an
        array with one element.  Functions, lambdas, methods, partials and callable objects will do.
    argnums : int, str, or tuple of them
        What to differentiate with respect to: positions (negative ones count from the end), names of parameters,
        or several.  A position or name that ``*args`` or ``**kwargs`` catches means that one item.
    has_aux : bool
        The function returns ``(value, auxiliary)``; the auxiliary part is handed through undifferentiated.
    holomorphic : bool
        The function is complex differentiable, and returns one complex number: the gradient is its complex derivative.
    backend : "numpy", "numba" or Numba, optional
        What runs the generated code: NumPy as it stands, or numba, which compiles it (`srcgrad.Numba` names the
        options); what `set_default_backend` or the environment variable SRCGRAD_BACKEND says where it is left out.
    fastmath, parallel, error_model, boundscheck, progress
        Options of the numba backend, explained at `srcgrad.Numba`.

    Returns
    -------
    Gradient
        Called like the function, returns the gradient: one for a single entry of ``argnums``, a tuple for a tuple;
        with ``has_aux``, ``(gradient, auxiliary)``.  A gradient has the structure, shapes and dtypes of its
        argument; what is no float in a container stays as it is; an argument that does not matter gets zeros.
        The caller's arguments are left as they were.  ``.source`` is the generated text.

        ``df(x, out=buffer)`` writes the gradient into arrays that the caller owns, in its structure, and returns
        them; ``df(x, out=buffer, accumulate=True)`` adds to them.  Where the function has parameters of these
        names, they are the function's.

    Raises
    ------
    UnsupportedError, MissingRuleError, SourceError
        At the first call, before anything runs: the function, or one that it calls, cannot be differentiated.
    BackendError
        The backend needs a library that is not installed.
    ArgumentTypeError, ArgumentValueError
        ``argnums`` or an option does not fit, a differentiated argument holds no float (an integer array, say), or
        the result is not one real number.

    Notes
    -----
    A Python integer in a differentiated position is taken as a float.  For complex arguments the gradient ``g``
    satisfies ``df = Re(sum(g * dx))``.  Where a function has a kink, one of its subgradients is given.
    For a method, positions count from behind the receiver.

    Examples
    --------
    >>> import numpy as np
    >>> def energy(x):
    ...     return 2.0 * np.sum(x * x)
    >>> grad(energy)(np.arange(4.0))
    array([ 0.,  4.,  8., 12.])
    """
    return _made(HolomorphicGradient if holomorphic else Gradient, function, argnums, has_aux, backend, options)


@overload
def value_and_grad(
    function: Function,
    /,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: Backend | None = None,
    **options: Unpack[CompileOptions],
) -> ValueAndGradient: ...
@overload
def value_and_grad(
    function: None = None,
    /,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: Backend | None = None,
    **options: Unpack[CompileOptions],
) -> Callable[[Function], ValueAndGradient]: ...
def value_and_grad(
    function: Function | None = None,
    /,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    backend: Backend | None = None,
    **options: Unpack[CompileOptions],
) -> ValueAndGradient | Callable[[Function], ValueAndGradient]:
    """A function's value together with its gradient, from one run of the function.

    Parameters, errors and conventions are those of `grad`.

    Returns
    -------
    ValueAndGradient
        Called like the function, returns ``(value, gradient)``; with ``has_aux``,
        ``((value, auxiliary), gradient)``.

    Examples
    --------
    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    cls = HolomorphicValueAndGradient if holomorphic else ValueAndGradient
    return _made(cls, function, argnums, has_aux, backend, options)


@overload
def elementwise_grad(
    function: Function,
    /,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    backend: Backend | None = None,
    **options: Unpack[CompileOptions],
) -> ElementwiseGradient: ...
@overload
def elementwise_grad(
    function: None = None,
    /,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    backend: Backend | None = None,
    **options: Unpack[CompileOptions],
) -> Callable[[Function], ElementwiseGradient]: ...
def elementwise_grad(
    function: Function | None = None,
    /,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    backend: Backend | None = None,
    **options: Unpack[CompileOptions],
) -> ElementwiseGradient | Callable[[Function], ElementwiseGradient]:
    """The gradient of the sum of a function's results.

    For a function that works element by element this is its derivative at each element.  Parameters, errors and
    conventions are those of `grad`, but the result may be an array of any shape.

    Examples
    --------
    >>> import numpy as np
    >>> elementwise_grad(np.square)(np.array([1.0, 2.0, 3.0]))
    array([2., 4., 6.])
    """
    return _made(ElementwiseGradient, function, argnums, has_aux, backend, options)


def vjp(
    function: Function,
    /,
    *args: Any,
    argnums: Argnums | None = None,
    has_aux: bool = False,
    backend: Backend | None = None,
    **kwargs: Any,
) -> tuple[Any, ...]:
    """Run a function, and return its result together with the pullback of cotangents.

    Parameters
    ----------
    function : callable
        As for `grad`, but the result may be an array of any shape, or a container of arrays and numbers.
    *args, **kwargs
        The arguments at which to run it.  (For a parameter of the function's own that is called ``argnums``,
        ``has_aux`` or ``backend``, use `functools.partial`.)
    argnums : int, str, or tuple of them, optional
        As for `grad`; all arguments given by position where it is left out.
    has_aux : bool
        The function returns ``(result, auxiliary)``.
    backend : "numpy", "numba" or Numba, optional
        As for `grad`; the options of numba stand in a `srcgrad.Numba`.

    Returns
    -------
    out : any
        The function's result.
    pullback : Pullback
        ``pullback(cotangent)`` is the gradient of ``sum(cotangent * out)``.  The cotangent has the structure and
        shapes of ``out``.  It may be called any number of times, and takes ``out=`` and ``accumulate=`` as `grad`
        explains.  Without ``argnums`` it returns a tuple with one gradient for each argument given by position,
        None for one that holds no float (a Python integer, an index array, a string); else one gradient, or a tuple
        for a tuple.  ``pullback.source`` is the generated text.
    auxiliary : any
        With ``has_aux`` only.

    Raises
    ------
    As `grad`; the pullback, ArgumentTypeError and ArgumentValueError for a cotangent that does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> out, pullback = vjp(lambda x, y: x * y, np.array([1.0, 2.0]), 3.0)
    >>> pullback(np.array([1.0, 10.0]))
    (array([ 3., 30.]), np.float64(21.0))
    """
    result, pullback = forward_and_pullback(function, args, kwargs, argnums, has_aux, chosen_backend(backend, {}))
    return (result[0], pullback, result[1]) if has_aux else (result, pullback)


def _made(
    cls: type[Made],
    function: Function | None,
    argnums: Argnums,
    has_aux: bool,
    backend: Backend | None,
    options: CompileOptions,
) -> Made | Callable[[Function], Made]:
    """A derivative of a function; without one, the decorator that makes it."""
    chosen = chosen_backend(backend, options)
    if function is None:
        return lambda decorated: cls(decorated, argnums, has_aux, chosen)
    return cls(function, argnums, has_aux, chosen)


# Functions that a differentiated program picks at run time are differentiated on demand.
provide("vjp", vjp)
# Differentiated programs make derivatives, too.
for _maker in (grad, value_and_grad, elementwise_grad):
    register_maker(_maker, Maker(_maker))
register_maker(vjp, Maker(pulled, "arguments", ("out_bar",), ("argnums",)))

__all__ = [
    "Derivative",
    "ElementwiseGradient",
    "Gradient",
    "Pullback",
    "ValueAndGradient",
    "elementwise_grad",
    "grad",
    "value_and_grad",
    "vjp",
]
