"""Functions that bring a derivative of their own: `custom_vjp` and `custom_jvp`."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable
from types import MethodType
from typing import Any, TypeVar

from srcgrad.errors import ArgumentTypeError, ArgumentValueError, MissingRuleError

Names = int | str | tuple[int | str, ...]
Rule = TypeVar("Rule", bound=Callable[..., Any])


class CustomFunction:
    """A function whose derivative is not that of its text; the base of what the decorators return.

    It is called as the function itself is.  ``function`` is that function, ``undifferentiated`` are the names of the
    parameters that have no derivative.
    """

    made_by: str

    def __init__(self, function: Callable[..., Any], undifferentiated: Names = ()) -> None:
        if not callable(function) or isinstance(function, type):
            raise ArgumentTypeError(
                f"{self.made_by} takes a function, not {function!r}",
                advice=f"for a decorator with options write @{self.made_by}(nondiff_argnums=...)",
            )
        self.function = function
        functools.update_wrapper(self, function, updated=())
        with contextlib.suppress(ValueError):  # built-in functions that do not tell
            self.__signature__ = inspect.signature(function)
        self.undifferentiated = _names(function, undifferentiated)

    @property
    def label(self) -> str:
        """The name of the function, as generated code may use it."""
        return getattr(self.function, "__name__", "function").strip("<>")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the function itself returns."""
        return self.function(*args, **kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """As an attribute of a class: bound to its object, as functions are."""
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<{self.made_by} of {getattr(self.function, '__qualname__', self.function)}>"


class CustomVjp(CustomFunction):
    """A function with a reverse rule of its own; made by `custom_vjp`."""

    made_by = "custom_vjp"

    def __init__(self, function: Callable[..., Any], undifferentiated: Names = ()) -> None:
        super().__init__(function, undifferentiated)
        self._rule: tuple[Callable[..., Any], Callable[..., Any]] | None = None

    def defvjp(self, fwd: Callable[..., Any], bwd: Callable[..., Any]) -> None:
        """Give the rule.

        Parameters
        ----------
        fwd : callable
            ``fwd(*arguments)`` returns ``(result, residuals)``: what the function returns, and whatever ``bwd`` needs.
        bwd : callable
            ``bwd(*undifferentiated, residuals, result_bar)`` returns a tuple with the adjoint of each other argument;
            None stands for zero.
        """
        for rule, called in ((fwd, "fwd"), (bwd, "bwd")):
            if not callable(rule):
                raise ArgumentTypeError(f"{called} is not a function", advice=f"{self.label}.defvjp(fwd, bwd)")
        self._rule = (fwd, bwd)

    @property
    def rule(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """The forward and the backward function; MissingRuleError where `defvjp` was not called."""
        if self._rule is None:
            raise MissingRuleError(
                f"{self.label} is a custom_vjp without a rule", advice=f"give it one: {self.label}.defvjp(fwd, bwd)"
            )
        return self._rule


class CustomJvp(CustomFunction):
    """A function with a forward rule of its own; made by `custom_jvp`."""

    made_by = "custom_jvp"

    def __init__(self, function: Callable[..., Any], undifferentiated: Names = ()) -> None:
        super().__init__(function, undifferentiated)
        self._rule: Callable[..., Any] | None = None

    def defjvp(self, rule: Rule) -> Rule:
        """Give the rule; returns it, so that it may decorate.

        ``rule(*undifferentiated, primals, tangents)`` returns ``(result, result_dot)``: ``primals`` is the tuple of the
        other arguments, ``tangents`` that of their tangents, in which the rule is linear.
        """
        if not callable(rule):
            raise ArgumentTypeError("the rule is not a function", advice=f"@{self.label}.defjvp")
        self._rule = rule
        return rule

    @property
    def rule(self) -> Callable[..., Any]:
        """The rule; MissingRuleError where `defjvp` was not called."""
        if self._rule is None:
            raise MissingRuleError(
                f"{self.label} is a custom_jvp without a rule", advice=f"give it one: @{self.label}.defjvp"
            )
        return self._rule


def custom_vjp(function: Callable[..., Any] | None = None, /, *, nondiff_argnums: Names = ()) -> Any:
    """Give a function a reverse rule of its own.

    Works as ``@custom_vjp`` and as ``@custom_vjp(nondiff_argnums=...)``.

    Parameters
    ----------
    function : callable
        Any function.  Called directly, the decorated function does what it did.
    nondiff_argnums : int, str, or tuple of them
        The parameters, by position or name, that are not differentiated (functions, options, numbers of steps): they
        come first in calls of the backward rule.

    Returns
    -------
    CustomVjp
        The function, whose method ``defvjp(fwd, bwd)`` takes the rule: ``fwd(*arguments)`` returns ``(result,
        residuals)``, and ``bwd(*undifferentiated, residuals, result_bar)`` a tuple with the adjoint of each of the
        other arguments, None where it is zero.  Generated code calls the two.

    Raises
    ------
    MissingRuleError
        When it is differentiated: there is no rule, or it is differentiated in forward mode, for which a reverse rule
        cannot serve (use `custom_jvp`, which serves both).
    UnsupportedError
        When it is differentiated: what the rule returns does not fit the arguments.

    Examples
    --------
    >>> from srcgrad import grad
    >>> @custom_vjp
    ... def clipped(x, limit):
    ...     return x
    >>> clipped.defvjp(
    ...     lambda x, limit: (x, limit),
    ...     lambda limit, x_bar: (min(max(x_bar, -limit), limit), None),
    ... )
    >>> grad(lambda x: clipped(x, 1.0) ** 3)(2.0)
    1.0
    """
    if function is None:
        return lambda decorated: CustomVjp(decorated, nondiff_argnums)
    return CustomVjp(function, nondiff_argnums)


def custom_jvp(function: Callable[..., Any] | None = None, /, *, nondiff_argnums: Names = ()) -> Any:
    """Give a function a forward rule of its own, from which the reverse mode follows.

    Works as ``@custom_jvp`` and as ``@custom_jvp(nondiff_argnums=...)``.  In reverse mode the rule is transposed: it is
    differentiated itself, with respect to the tangents, in which it is linear.

    Parameters
    ----------
    function : callable
        Any function.  Called directly, the decorated function does what it did.
    nondiff_argnums : int, str, or tuple of them
        The parameters, by position or name, that are not differentiated: they come first in calls of the rule.

    Returns
    -------
    CustomJvp
        The function, whose method ``defjvp(rule)`` takes the rule: ``rule(*undifferentiated, primals, tangents)``
        returns ``(result, result_dot)``.

    Raises
    ------
    MissingRuleError
        When it is differentiated: there is no rule.
    UnsupportedError
        When it is differentiated: the rule is not linear in the tangents, or cannot be differentiated itself.

    Examples
    --------
    >>> import numpy as np
    >>> from srcgrad import grad
    >>> @custom_jvp
    ... def log1pexp(x):
    ...     return np.log1p(np.exp(x))
    >>> @log1pexp.defjvp
    ... def log1pexp_jvp(primals, tangents):
    ...     (x,), (x_dot,) = primals, tangents
    ...     return log1pexp(x), x_dot / (1.0 + np.exp(-x))
    >>> grad(log1pexp)(800.0)
    np.float64(1.0)
    """
    if function is None:
        return lambda decorated: CustomJvp(decorated, nondiff_argnums)
    return CustomJvp(function, nondiff_argnums)


def _names(function: Callable[..., Any], given: Names) -> tuple[str, ...]:
    """The names of parameters that are given by position or name, in the order of the signature."""
    try:
        names = list(inspect.signature(function).parameters)
    except ValueError:  # a built-in function that does not tell
        names = []
    found = set()
    for item in given if isinstance(given, (tuple, list)) else (given,):
        if isinstance(item, str) and item in names:
            found.add(item)
        elif isinstance(item, int) and not isinstance(item, bool) and -len(names) <= item < len(names):
            found.add(names[item])
        else:
            label = getattr(function, "__name__", repr(function))
            raise ArgumentValueError(
                f"nondiff_argnums has {item!r}, which is no parameter of {label}",
                advice=f"its parameters are {', '.join(names) or 'not known'}",
            )
    return tuple(name for name in names if name in found)
