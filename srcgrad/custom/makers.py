"""The functions of srcgrad that make derivatives, as a differentiated program may call them.

They stand too high to be imported by the passes, so that they say here themselves what they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Maker:
    """What a program gets that calls ``grad(f)``, ``hvp(f)`` or ``jvp(f, primals, tangents)``.

    ``make(f, argnums, **options)`` is the derivative of a plain function: a callable with its parameters and those of
    ``trailing`` behind them, which says itself (``__srcgrad_for__``) what runs for arguments of some kinds.  One that
    ``takes`` "function" is that callable; one that takes "primals" runs it at once, ``argnums`` being the parameters
    that have tangents; one that takes "arguments" runs the function, and gives a pullback that calls it.
    """

    make: Callable[..., Any]
    takes: Literal["function", "primals", "arguments"] = "function"
    trailing: tuple[str, ...] = ()
    options: tuple[str, ...] = ("argnums", "has_aux")


_makers: dict[Any, Maker] = {}


def register_maker(function: Callable[..., Any], maker: Maker) -> None:
    """Say what a program gets that calls this function."""
    _makers[function] = maker


def maker_of(function: Any) -> Maker | None:
    """What a program gets that calls this function; None for one that makes no derivatives."""
    try:
        return _makers.get(function)
    except TypeError:  # not hashable
        return None
