"""What the signature of a rule says: names of its parameters, and annotations of the values an option may have."""

from __future__ import annotations

import functools
import inspect
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


def check_parameters(derivative: Callable[..., Any], form: str) -> None:
    """Refuse a rule whose parameters do not say what is the result and what its adjoint: they are told by name."""
    names = list(inspect.signature(derivative).parameters)
    right = {
        "partials": names[:1] == ["z"],
        "adjoint": names[:2] == ["z_bar", "z"],
        "tangent": "z" in names and all(name.endswith("_dot") for name in names[: names.index("z")]),
        "definition": True,
    }
    expected = {"partials": "z, x, ...", "adjoint": "z_bar, z, x, ...", "tangent": "x_dot, ..., z, x, ..."}
    if not right[form]:
        raise ValueError(
            f"the parameters of a rule of the form {form} are {expected[form]}, "
            f"not {', '.join(names)} ({derivative.__qualname__})"
        )
