"""Kinds of run-time values: of arguments, of defaults, and of what globals and closures hold."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import sys
import sysconfig
import types
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from srcgrad.analyse.kinds.joins import as_element, join_all
from srcgrad.custom import CustomFunction
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Function,
    Instance,
    Iterator,
    Kind,
    Opaque,
    Range,
    Scalar,
    SequenceOf,
    TupleOf,
)

_PYTHON_NUMBERS = {bool: "bool", int: "int64", float: "float64", complex: "complex128"}
_CALLABLES = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.ClassMethodDescriptorType,
    np.ufunc,
    CustomFunction,
)
_CONSTANTS = (str, bytes, type(None), types.ModuleType, type, np.dtype, slice, types.EllipsisType, enum.Enum)
_DEEPEST = 6


def kind_of(value: Any, name: str = "x") -> Kind:
    """The kind of a run-time value; lengths are called after ``name``, numbers keep no value."""
    return _kind_of(value, name, 0)


def environment_kind(value: Any, name: str) -> Kind:
    """The kind of what a global or closure variable holds: an object's kind knows the object."""
    kind = kind_of(value, name)
    return dataclasses.replace(kind, value=value) if isinstance(kind, Instance) else kind


def constant_kind(value: Any, name: str) -> Kind:
    """The kind of a value that the program's text fixes, such as a parameter's default."""
    kind = kind_of(value, name)
    if isinstance(kind, Scalar):
        return Scalar(kind.dtype, kind.python, value=value)
    if isinstance(kind, TupleOf):
        return TupleOf(tuple(constant_kind(item, name) for item in value), kind.cls)
    return kind


def _kind_of(value: Any, name: str, depth: int) -> Kind:
    cls = type(value)
    if cls in _PYTHON_NUMBERS:
        return Scalar(_PYTHON_NUMBERS[cls], True, symbol=name if cls is int else None)
    if isinstance(value, np.ndarray):
        return Array(_dtype_name(value.dtype), tuple(f"{name}.shape[{axis}]" for axis in range(value.ndim)))
    if isinstance(value, np.generic):
        return Scalar(_dtype_name(value.dtype), False, symbol=name if value.dtype.kind in "iu" else None)
    if isinstance(value, _CONSTANTS):
        return Constant(value)
    if isinstance(value, _CALLABLES) or hasattr(cls, "__srcgrad_for__"):
        return Function((value,))
    if depth > _DEEPEST:
        return Opaque()
    return _container(value, cls, name, depth + 1)


def _container(value: Any, cls: type, name: str, depth: int) -> Kind:
    """The kind of what holds other values."""
    if isinstance(value, tuple):
        return TupleOf(tuple(_kind_of(item, f"{name}[{index}]", depth) for index, item in enumerate(value)), cls)
    if isinstance(value, list):
        elements = tuple(_kind_of(item, f"{name}[{index}]", depth) for index, item in enumerate(value))
        return SequenceOf(join_all(elements), cls, elements, frozenset({name}))
    if isinstance(value, dict):
        entries = tuple(
            (key, _kind_of(item, f"{name}[{key!r}]".replace(" ", ""), depth)) for key, item in value.items()
        )
        key = join_all([_kind_of(key, name, depth) for key in value])
        return DictOf(join_all([kind for _, kind in entries]), entries, as_element(key), frozenset({name}))
    if isinstance(value, range):
        return Range()
    if is_array_like(value):
        ndim = len(value.shape)
        return Array(_dtype_name(np.dtype(value.dtype)), tuple(f"{name}.shape[{axis}]" for axis in range(ndim)))
    if isinstance(value, (types.GeneratorType, zip, enumerate, map, filter, reversed)):
        return Iterator(Opaque())
    if isinstance(value, (set, frozenset)):
        return SequenceOf(join_all([_kind_of(item, name, depth) for item in value]), cls, None, frozenset({name}))
    return _instance(value, cls, name, depth)


def _instance(value: Any, cls: type, name: str, depth: int) -> Kind:
    """The kind of an object, with the attributes it holds itself."""
    if callable(value) and not isinstance(inspect.getattr_static(cls, "__call__", None), types.FunctionType):
        # A compiled callable: partials, numba's dispatchers and the like, which ``resolve`` looks through.
        return Function((value,))
    attributes = tuple((key, _kind_of(item, f"{name}.{key}", depth)) for key, item in attributes_of(value).items())
    return Instance(cls, attributes, None, frozenset({name}))


def attributes_of(value: Any) -> dict[str, Any]:
    """The attributes that an object holds itself: fields, ``__dict__``, slots; none for the standard library's."""
    cls = type(value)
    if is_library(cls.__module__) and cls is not types.SimpleNamespace:
        return {}
    held = dict(getattr(value, "__dict__", ()))
    names = [field.name for field in dataclasses.fields(value)] if dataclasses.is_dataclass(value) else []
    for base in cls.__mro__:
        slots = base.__dict__.get("__slots__", ())
        names.extend([slots] if isinstance(slots, str) else slots)
    for name in names:
        if name not in held and hasattr(value, name):
            held[name] = getattr(value, name)
    return held


def replaced_fields(kind: TupleOf, changes: Mapping[str, Kind]) -> Kind:
    """What a named tuple's ``_replace`` gives."""
    fields = getattr(kind.cls, "_fields", ())
    if len(fields) != len(kind.elements):
        return Opaque()
    items = zip(fields, kind.elements, strict=True)
    return TupleOf(tuple(changes.get(name, item) for name, item in items), kind.cls)


@lru_cache(maxsize=1024)
def is_library(module: str) -> bool:
    """Whether a module is NumPy's, SciPy's or the standard library's: its functions are not interpreted."""
    root = module.partition(".")[0]
    if root in ("numpy", "scipy"):
        return True
    if root not in sys.stdlib_module_names or root == "__main__":
        return False
    # A user may well have a module called test or statistics.
    file = getattr(sys.modules.get(root), "__file__", None)
    return file is None or (file.startswith(sysconfig.get_path("stdlib")) and "site-packages" not in file)


def is_array_like(value: Any) -> bool:
    """Whether a value is another library's array (CuPy's, dask's): it speaks NumPy's dispatch protocols."""
    cls = type(value)
    return hasattr(cls, "__array_ufunc__") and hasattr(cls, "shape") and hasattr(cls, "dtype")


def _dtype_name(dtype: np.dtype[Any]) -> str:
    return "object" if dtype.names else dtype.name
