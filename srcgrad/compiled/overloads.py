"""How numba is told what to compile in place of a run-time function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba.extending import overload

Typing = TypeVar("Typing", bound=Callable[..., Any])


def form_of(function: Any) -> Callable[[Typing], Typing]:
    """Enter the decorated function as the one that chooses, by the types of a call, what is compiled for it."""
    # A strict overload is refused where annotations differ, so that lambdas could not be chosen by annotated functions.
    return overload(function, strict=False)
