"""From whatever can be called to the plain function that runs, and the arguments already bound to it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from srcgrad.custom import CustomFunction
from srcgrad.errors import SourceError, UnsupportedError


@dataclass(frozen=True)
class Resolved:
    """``function(*leading, *args, **keywords, **kwargs)`` is what calling the original with args and kwargs does.

    Keywords of the call override ``keywords``.  ``function`` is a Python function, or a callable without Python
    source (a ufunc, a built-in), for which there may be a rule.
    """

    function: Callable[..., Any]
    leading: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)

    def before(self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Resolved:
        """The same with further arguments bound behind those that are bound already."""
        return Resolved(self.function, (*self.leading, *arguments), {**self.keywords, **keywords})


def resolve(target: Any) -> Resolved:
    """The function behind a callable: a function, lambda, bound method, partial, callable object, static or class
    method, cached function or numba dispatcher.

    A Python function that wraps another (`functools.wraps`) stands for itself, since it is what runs.  An object
    may name the function that it stands for in a method ``__srcgrad_function__()``.
    """
    while hasattr(type(target), "__srcgrad_function__"):
        target = target.__srcgrad_function__()
    if hasattr(type(target), "__srcgrad_for__"):
        # A derivative: for each kind of arguments another function runs.
        unbound = getattr(target, "__srcgrad_unbound__", None)
        plain, leading, keywords = (target, (), {}) if unbound is None else unbound()
        return Resolved(plain, leading, keywords)
    match target:
        case FunctionType() | BuiltinFunctionType():
            return Resolved(target)
        case MethodType():
            return resolve(target.__func__).before((target.__self__,), {})
        case functools.partial():
            _refuse_placeholders(target)
            return resolve(target.func).before(target.args, target.keywords)
        case staticmethod() | classmethod():
            return resolve(target.__func__)
        case type():
            raise UnsupportedError(
                f"{target.__qualname__} is a class, not a function", advice="differentiate a function that calls it"
            )
    if isinstance(target, CustomFunction):
        return Resolved(target)
    if _is_cache(target):
        return resolve(target.__wrapped__)
    if _is_numba_dispatcher(target):
        return resolve(target.py_func)
    if type(target).__module__.startswith("numba."):
        # Such as @vectorize: its Python function is for one element, not for arrays.
        return Resolved(target)
    return _resolve_object(target)


def _resolve_object(target: Any) -> Resolved:
    """An object whose class defines ``__call__``, or a callable without Python source, as it is."""
    if type(target).__module__.partition(".")[0] == __name__.partition(".")[0]:
        raise UnsupportedError(
            f"{target!r} is itself made by srcgrad and is not differentiated again",
            advice="differentiate the function that it was made from",
        )
    call = next((vars(base)["__call__"] for base in type(target).__mro__ if "__call__" in vars(base)), None)
    if call is None:
        raise SourceError(f"{type(target).__name__} objects cannot be called", advice="give a function")
    match call:
        case FunctionType():
            return Resolved(call, (target,))
        case staticmethod() | functools.partial():
            return resolve(call)
        case classmethod():
            return resolve(call.__func__).before((type(target),), {})
        case functools.partialmethod():
            return resolve(call.__get__(target, type(target)))
        case _:
            return Resolved(target)


def _refuse_placeholders(target: functools.partial[Any]) -> None:
    """Refuse a partial that leaves positions open (Python 3.14): bound arguments lead here, without gaps."""
    placeholder = getattr(functools, "Placeholder", None)
    if placeholder is not None and any(argument is placeholder for argument in target.args):
        raise UnsupportedError(
            "a functools.partial with placeholders is not differentiated", advice="bind those arguments in a lambda"
        )


def _is_cache(target: Any) -> bool:
    """Whether a callable is what `functools.cache` or `functools.lru_cache` returns: its function, remembered."""
    return isinstance(target, functools._lru_cache_wrapper)


def _is_numba_dispatcher(target: Any) -> bool:
    """Whether a callable is a function compiled by numba for the processor; numba itself may be absent."""
    bases = [(base.__module__, base.__name__) for base in type(target).__mro__]
    return ("numba.core.dispatcher", "Dispatcher") in bases and not bases[0][0].startswith("numba.cuda")
