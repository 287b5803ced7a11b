"""Calls of functions that are known only when the program runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# What differentiates a function on demand: srcgrad.vjp and srcgrad.jvp, which stand too high to be imported here.
_providers: dict[str, Callable[..., Any]] = {}


def provide(name: str, function: Callable[..., Any]) -> None:
    """Say what differentiates a function on demand: ``vjp`` or ``jvp``."""
    _providers[name] = function


def call_with_pullback(function: Callable[..., Any], *args: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The result of a function, and the map from the result's adjoint to a tuple of those of the arguments."""
    result: tuple[Any, Callable[[Any], Any]] = _provided("vjp")(function, *args)
    return result


def call_with_tangent(function: Callable[..., Any], args: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    """The result of a function and its tangent; the tangent of an argument that has none is None."""
    return _provided("jvp")(function, args, tangents)


def _provided(name: str) -> Callable[..., Any]:
    if name not in _providers:
        raise RuntimeError("a function picked at run time is differentiated by srcgrad itself: import srcgrad first")
    return _providers[name]
