"""Kinds from annotations and defaults, for the text of a derivative before any call."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import numpy as np

from srcgrad import pipeline
from srcgrad.calling.parameters import Parameters
from srcgrad.errors import ArgumentValueError
from srcgrad.kind import Array, Constant, DictOf, Dimension, Instance, Kind, Scalar, SequenceOf, TupleOf

PYTHON_NUMBERS = {float: "float64", int: "int64", bool: "bool", complex: "complex128"}


def kinds_from_annotations(parameters: Parameters, filled: Mapping[str, Any], advice: str) -> dict[str, Kind]:
    """The kinds of all parameters: of what is filled in already, as annotated, or as the default has it."""
    known = {**parameters.defaults, **filled}
    kinds: dict[str, Kind] = {}
    unknown = []
    for name in parameters.names:
        kind = None if name in filled else annotated_kind(_annotation(parameters.function, name), name)
        if kind is None and name in known:
            kind = pipeline.kind_of(known[name], name)
        if kind is None or name in (parameters.variadic, parameters.variadic_keywords):
            unknown.append(name)
        else:
            kinds[name] = kind
    if unknown:
        raise ArgumentValueError(
            f"the kinds of {', '.join(unknown)} in {parameters} are not known before a call",
            location=parameters.location(unknown[0]),
            advice=advice,
        )
    return kinds


def _annotation(function: FunctionType, name: str) -> Any:
    """A parameter's annotation, evaluated where it is text; None where there is none or it cannot be evaluated."""
    annotation = function.__annotations__.get(name)
    while isinstance(annotation, str):
        try:
            annotation = eval(annotation, function.__globals__)
        except (NameError, AttributeError, TypeError, SyntaxError):  # a name for type checkers only
            return None
    return annotation


def annotated_kind(annotation: Any, name: str) -> Kind | None:
    """The kind that an annotation means; None where it leaves the kind open."""
    if isinstance(annotation, type) and annotation in PYTHON_NUMBERS:
        symbol = name if annotation is int else None
        return Scalar(PYTHON_NUMBERS[annotation], python=True, symbol=symbol)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return annotated_kind(arguments[0], name)
    if annotation is np.ndarray:
        return Array("float64")
    if origin is np.ndarray:
        return _array(arguments[1], _lengths(arguments[0], name))
    if hasattr(annotation, "array_type") and hasattr(annotation, "dtypes"):
        return _jaxtyping_kind(annotation, name)
    if isinstance(annotation, type) and issubclass(annotation, np.number):
        return _scalar_type(annotation)
    if origin in (list, tuple, dict):
        return _container(origin, arguments, name)
    if isinstance(annotation, type):
        return _record(annotation, name)
    return Constant(None) if annotation is type(None) else None


def _scalar_type(annotation: type[Any]) -> Kind | None:
    """NumPy's scalar types; the abstract ones (``np.floating``) stand for double precision."""
    abstract = {np.floating: "float64", np.inexact: "float64", np.number: "float64", np.complexfloating: "complex128"}
    if annotation in abstract:
        return Scalar(abstract[annotation], python=False)
    try:
        return Scalar(np.dtype(annotation).name, python=False)
    except TypeError:
        return None


def _array(dtype: Any, dims: tuple[Dimension, ...] | None) -> Kind | None:
    """An array of an annotated ``np.dtype[...]``; any dtype at all stands for double precision."""
    inside = typing.get_args(dtype)
    scalar = _scalar_type(inside[0]) if inside and isinstance(inside[0], type) and inside[0] is not np.generic else None
    return Array(scalar.dtype if isinstance(scalar, Scalar) else "float64", dims)


def _lengths(shape: Any, name: str) -> tuple[Dimension, ...] | None:
    """The dimensions of an annotated shape ``tuple[int, int]``; None for any shape."""
    lengths = typing.get_args(shape)
    if typing.get_origin(shape) is not tuple or Ellipsis in lengths:
        return None
    return _dimensions(len(lengths), name)


def _dimensions(count: int, name: str) -> tuple[Dimension, ...]:
    return tuple(f"{name}.shape[{axis}]" for axis in range(count))


def _jaxtyping_kind(annotation: Any, name: str) -> Kind | None:
    """jaxtyping's ``Float[np.ndarray, "n m"]``: its dtypes and its dimensions."""
    dtypes = [str(dtype) for dtype in annotation.dtypes] if isinstance(annotation.dtypes, (list, tuple)) else []
    dtype = next((wanted for wanted in ("float64", "complex128", "int64") if wanted in dtypes), None)
    variadic = any(dim is Ellipsis or "ariadic" in repr(dim) + type(dim).__name__ for dim in annotation.dims)
    dims = None if variadic else _dimensions(len(annotation.dims), name)
    return Array(dtype or (dtypes[0] if dtypes else "float64"), dims)


def _container(origin: Any, arguments: tuple[Any, ...], name: str) -> Kind | None:
    """``list[float]``, ``tuple[float, np.ndarray]``, ``tuple[float, ...]`` and ``dict[str, float]``."""
    elements = [annotated_kind(argument, f"{name}[{index}]") for index, argument in enumerate(arguments)]
    if origin is tuple and Ellipsis not in arguments:
        return None if None in elements else TupleOf(tuple(kind for kind in elements if kind is not None))
    if origin is dict:
        return DictOf(elements[1], sites=frozenset({name})) if elements[1] is not None else None
    return SequenceOf(elements[0], origin, sites=frozenset({name})) if elements[0] is not None else None


def _record(cls: type, name: str) -> Kind | None:
    """A dataclass or a named tuple whose fields are all annotated."""
    fields = getattr(cls, "_fields", None)
    if fields is None and dataclasses.is_dataclass(cls):
        fields = tuple(field.name for field in dataclasses.fields(cls))
    if fields is None:
        return None
    annotations = typing.get_type_hints(cls)
    kinds = [annotated_kind(annotations.get(field), f"{name}.{field}") for field in fields]
    if None in kinds:
        return None
    found = tuple(kind for kind in kinds if kind is not None)
    if issubclass(cls, tuple):
        return TupleOf(found, cls)
    return Instance(cls, tuple(zip(fields, found)), sites=frozenset({name}))
