"""Calls of functions that are known only when the program runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# What differentiates a function on demand: srcgrad.vjp, which stands too high to be imported here.
_provider: list[Callable[..., tuple[Any, Callable[[Any], Any]]]] = []


def provide(vjp: Callable[..., tuple[Any, Callable[[Any], Any]]]) -> None:
    """Say what differentiates a function on demand."""
    _provider[:] = [vjp]


def call_with_pullback(function: Callable[..., Any], *args: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The result of a function, and the map from the result's adjoint to a tuple of those of the arguments."""
    if not _provider:
        raise RuntimeError("a function picked at run time is differentiated by srcgrad itself: import srcgrad first")
    return _provider[0](function, *args)
