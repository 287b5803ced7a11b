"""What is made from a function goes by the function's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def name_after(made: Any, function: Callable[..., Any], suffix: str) -> None:
    """Give ``made`` the name, the module and the documentation of a function: ``loss_hessian`` for ``loss``."""
    label = str(getattr(function, "__name__", type(function).__name__))
    made.__wrapped__ = function
    made.__name__ = f"{label}_{suffix}"
    made.__qualname__ = f"{getattr(function, '__qualname__', label)}_{suffix}"
    made.__module__ = getattr(function, "__module__", type(function).__module__)
    own = getattr(function, "__doc__", None) if hasattr(function, "__code__") else None
    summary = f"{made.noun} of {label}."
    made.__doc__ = f"{summary}\n\n{own}" if own else summary
