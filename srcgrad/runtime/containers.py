"""Adjoints of containers: a mutable mirror while they are summed, the user's own structure at the end."""

from __future__ import annotations

import dataclasses
import types
from typing import Any

import numpy as np


def zeros_like(value: Any) -> Any:
    """A zero adjoint for a value: zeros, or a mutable mirror of a container; None for what is no number."""
    if isinstance(value, np.ndarray):
        return np.zeros_like(value) if value.dtype.kind in "fc" else np.zeros(value.shape)
    if isinstance(value, (bool, np.bool_)) or value is None or isinstance(value, (str, bytes, type)):
        return None
    if isinstance(value, (complex, np.complexfloating)):
        return 0j
    if isinstance(value, (int, float, np.number)):
        return 0.0
    if isinstance(value, (list, tuple)):
        return [zeros_like(item) for item in value]
    if isinstance(value, dict):
        return {key: zeros_like(item) for key, item in value.items()}
    if hasattr(value, "__array_function__"):
        return np.zeros_like(value)
    if hasattr(value, "__dict__") and not callable(value):
        return types.SimpleNamespace(**{name: zeros_like(item) for name, item in vars(value).items()})
    return None


def like(value: Any, mirror: Any) -> Any:
    """The adjoint ``mirror`` in the structure, shapes and float types of ``value``; what is no float is passed through."""
    if isinstance(value, (bool, np.bool_, int, np.integer)) or value is None or mirror is None:
        return value
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "fc":
            return value
        if np.shape(mirror) != value.shape:
            mirror = np.broadcast_to(mirror, value.shape)
        if value.dtype.kind == "f":
            mirror = np.real(mirror)
        return np.array(mirror, dtype=value.dtype, copy=None if np.shape(mirror) == value.shape else True)
    if isinstance(value, np.inexact):
        return value.dtype.type(mirror)
    if isinstance(value, float):
        return float(mirror)
    if isinstance(value, complex):
        return complex(mirror)
    if isinstance(value, tuple):
        items = [like(item, entry) for item, entry in zip(value, mirror, strict=True)]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if isinstance(value, list):
        return [like(item, entry) for item, entry in zip(value, mirror, strict=True)]
    if isinstance(value, dict):
        return {key: like(item, mirror.get(key)) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        entries = vars(mirror)
        return dataclasses.replace(
            value, **{field.name: like(getattr(value, field.name), entries.get(field.name)) for field in dataclasses.fields(value) if field.init}
        )
    return value
