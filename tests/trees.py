"""Arguments and gradients taken apart leaf by leaf, and put together again."""

from __future__ import annotations

import copy
import dataclasses
import functools
from collections.abc import Callable, Iterator
from types import FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

Path = tuple[Any, ...]


def is_leaf(value: Any) -> bool:
    """Whether ``value`` is a floating-point number or array, which carries a derivative."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fc"
    return isinstance(value, float | np.floating)


def children(value: Any) -> list[tuple[Any, Any]]:
    """Keys and members of a container or object; empty for everything else."""
    if isinstance(value, list | tuple):
        return list(enumerate(value))
    if isinstance(value, dict):
        return list(value.items())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    if is_plain_object(value):
        return list(vars(value).items())
    return []


def is_plain_object(value: Any) -> bool:
    """Whether ``value`` is an instance of a user's class, whose attributes count as members."""
    foreign = type | FunctionType | MethodType | ModuleType | functools.partial | np.ufunc | np.ndarray
    ours = not type(value).__module__.startswith(("numpy", "builtins"))
    return ours and hasattr(value, "__dict__") and not isinstance(value, foreign)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every floating-point number or array inside ``value``, with its path."""
    if is_leaf(value):
        yield path, value
    else:
        for key, child in children(value):
            yield from leaves(child, (*path, key))


def map_leaves(change: Callable[[Path, Any], Any], value: Any, path: Path = ()) -> Any:
    """``value`` with every leaf replaced by ``change(path, leaf)``; containers are new and keep their type."""
    if is_leaf(value):
        return change(path, value)
    members = [(key, map_leaves(change, child, (*path, key))) for key, child in children(value)]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[child for _, child in members])
    if isinstance(value, list | tuple):
        return type(value)([child for _, child in members])
    if isinstance(value, dict):
        return type(value)(members)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(value, **dict(members))
    if members:
        changed = copy.copy(value)
        vars(changed).update(members)
        return changed
    return value


def same(left: Any, right: Any) -> bool:
    """Whether two values agree bit for bit, in structure and in every leaf."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()
    mine, theirs = children(left), children(right)
    if mine or theirs:
        return [key for key, _ in mine] == [key for key, _ in theirs] and all(
            same(a, b) for (_, a), (_, b) in zip(mine, theirs)
        )
    if isinstance(left, float):
        return left == right or (left != left and right != right)
    return is_plain_object(left) or callable(left) or isinstance(left, np.random.Generator) or bool(left == right)


def structure_error(gradient: Any, argument: Any, path: str = "gradient") -> str | None:
    """What is wrong with the structure, shapes or dtypes of a gradient, or None."""
    if isinstance(argument, np.ndarray) and is_leaf(argument):
        if not isinstance(gradient, np.ndarray):
            return f"{path} is a {type(gradient).__name__}, not an array"
        if gradient.shape != argument.shape or gradient.dtype != argument.dtype:
            return f"{path} is {gradient.dtype}{gradient.shape}, not {argument.dtype}{argument.shape}"
        return None
    if is_leaf(argument) or (isinstance(argument, int) and path == "gradient" and not isinstance(argument, bool)):
        if isinstance(argument, np.floating) and getattr(gradient, "dtype", None) != argument.dtype:
            return f"{path} is {type(gradient).__name__}, not {type(argument).__name__}"
        if np.shape(gradient) != () or not isinstance(gradient, float | np.floating | np.ndarray):
            return f"{path} is {type(gradient).__name__} of shape {np.shape(gradient)}, not a float"
        return None
    members = children(argument)
    if not members:
        return None
    if type(gradient) is not type(argument):
        return f"{path} is a {type(gradient).__name__}, not a {type(argument).__name__}"
    theirs = dict(children(gradient))
    if list(theirs) != [key for key, _ in members]:
        return f"{path} has members {list(theirs)}, not {[key for key, _ in members]}"
    for key, child in members:
        error = structure_error(theirs[key], child, f"{path}[{key!r}]")
        if error:
            return error
    return None
