"""What a rule's annotations say of the values that an option may have."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable
from typing import Any, Literal


def accepted_values(rule: Callable[..., Any], parameter: str) -> tuple[Any, ...] | None:
    """The values that a rule takes for a parameter annotated as ``Literal``; None where it takes any.

    >>> def spread(z_bar: Any, z: Any, a: Any, mode: Literal["edge", "wrap"] = "edge") -> Any: ...
    >>> accepted_values(spread, "mode"), accepted_values(spread, "a")
    (('edge', 'wrap'), None)
    """
    hint = _hints(rule).get(parameter, Any)
    return typing.get_args(hint) if typing.get_origin(hint) is Literal else None


@functools.cache
def _hints(rule: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(rule)
    except (NameError, TypeError):  # annotations that only a type checker can read
        return {}
