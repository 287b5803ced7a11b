"""Cotangents: what a pullback is called with, checked against the result it belongs to."""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad.calling.structures import is_number, parts
from srcgrad.errors import ArgumentTypeError, ArgumentValueError


@dataclass(frozen=True)
class Leaf:
    """What is remembered of one number or array of a result."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_array: bool


@dataclass(frozen=True)
class Branch:
    """What is remembered of a container in a result: its type, its parts under their names, a dict's keys."""

    cls: type
    inside: dict[str, Template]
    keys: tuple[Any, ...]


# None stands for what carries no derivative: an integer, a string, None.
Template = Leaf | Branch | None


def template(result: Any) -> Template:
    """The structure, shapes and dtypes of a result, without its values."""
    if is_number(result):
        return Leaf(np.shape(result), np.result_type(result), hasattr(result, "__array_function__"))
    inside = parts(result)
    if inside is None:
        return None
    keys = tuple(result) if isinstance(result, dict) else ()
    return Branch(type(result), {part: template(item) for part, item in inside.items()}, keys)


def fitted(cotangent: Any, wanted: Template, name: str = "the cotangent") -> Any:
    """A cotangent as generated code takes it: of the result's own structure, shapes and dtypes; else an error."""
    if wanted is None:
        return cotangent
    if isinstance(wanted, Leaf):
        return _fitted_leaf(cotangent, wanted, name)
    given = parts(cotangent)
    if given is None or given.keys() != wanted.inside.keys():
        raise ArgumentTypeError(
            f"{name} is of type {type(cotangent).__name__}, but the result is a {wanted.cls.__name__} "
            f"with the parts {', '.join(part.lstrip('.') for part in wanted.inside)}",
            advice="give a cotangent in the structure of the result",
        )
    items = {part: fitted(given[part], item, name + part) for part, item in wanted.inside.items()}
    return rebuilt(wanted, items)


def rebuilt(wanted: Branch, items: dict[str, Any]) -> Any:
    """The fitted parts of a cotangent in a container of the result's type; attributes in a plain namespace."""
    if issubclass(wanted.cls, tuple):
        return wanted.cls(*items.values()) if hasattr(wanted.cls, "_fields") else tuple(items.values())
    if issubclass(wanted.cls, list):
        return list(items.values())
    if issubclass(wanted.cls, dict):
        return dict(zip(wanted.keys, items.values()))
    return types.SimpleNamespace(**{part.removeprefix("."): item for part, item in items.items()})


def _fitted_leaf(cotangent: Any, wanted: Leaf, name: str) -> Any:
    """A cotangent for one number or array of the result."""
    dtype = _dtype(cotangent)
    if dtype.kind not in "biufc" or (dtype.kind == "c" and wanted.dtype.kind != "c"):
        raise ArgumentTypeError(
            f"{name} is of type {type(cotangent).__name__} ({dtype}), but the result is {_described(wanted)}",
            advice="give real numbers" if dtype.kind == "c" else "give a number or an array of numbers",
        )
    if np.shape(cotangent) != wanted.shape:
        raise ArgumentValueError(
            f"{name} has shape {np.shape(cotangent)}, but the result has shape {wanted.shape}",
            advice="give one number for each number of the result: np.ones_like(out) for the gradient of its sum",
        )
    if wanted.is_array:
        return cotangent.astype(wanted.dtype) if hasattr(cotangent, "astype") else np.array(cotangent, wanted.dtype)
    return complex(cotangent) if wanted.dtype.kind == "c" else float(cotangent)


def _dtype(value: Any) -> np.dtype[Any]:
    """The dtype of a number, an array or a nested list of numbers; object for anything else."""
    dtype = getattr(value, "dtype", None)
    if isinstance(dtype, np.dtype):
        return dtype
    try:
        return np.asarray(value).dtype
    except ValueError:  # a ragged list
        return np.dtype(object)


def _described(leaf: Leaf) -> str:
    return f"an array of shape {leaf.shape} and dtype {leaf.dtype}" if leaf.shape else f"a number of dtype {leaf.dtype}"
