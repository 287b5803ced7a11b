"""Walking through containers of numbers: the parts of a value, and how an error names them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from srcgrad.calling.signatures import CALLABLES, attributes_of

LEAVES = (str, bytes, bool, np.bool_, type(None), type)


def parts(value: Any) -> dict[str, Any] | None:
    """The parts of a container under their names in an expression (``[0]``, ``['w']``, ``.rate``); None for a leaf."""
    if isinstance(value, (list, tuple)):
        return {f"[{index}]": item for index, item in enumerate(value)}
    if isinstance(value, dict):
        return {f"[{key!r}]": item for key, item in value.items()}
    if is_number(value) or isinstance(value, (*LEAVES, *CALLABLES)) or hasattr(value, "dtype"):
        return None
    return {f".{name}": item for name, item in attributes_of(value).items()} or None


def is_number(value: Any) -> bool:
    """Whether a leaf is a number or an array that carries a gradient: real or complex, not an integer."""
    if isinstance(value, (float, complex)):
        return True
    dtype = getattr(value, "dtype", None)
    return isinstance(dtype, np.dtype) and dtype.kind in "fc"


def leaves(value: Any) -> Iterator[Any]:
    """The numbers and arrays in a value that carry derivatives."""
    if is_number(value):
        yield value
        return
    for item in (parts(value) or {}).values():
        yield from leaves(item)


def size(value: Any) -> int:
    """How many numbers a value has that carry derivatives."""
    return sum(int(np.size(leaf)) for leaf in leaves(value))
