"""Samples: small values of given kinds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad.kind import (
    ANY_LENGTH,
    Array,
    Constant,
    DictOf,
    Dimension,
    Function,
    Instance,
    Kind,
    Maybe,
    Range,
    Scalar,
    SequenceOf,
    TupleOf,
)

_PYTHON_TYPES: dict[str, type] = {"bool": bool, "int64": int, "float64": float, "complex128": complex}
_LARGEST = 200_000


class NoSample(Exception):
    """There is no sample for a kind."""


@dataclass
class Sampler:
    """Samples for kinds, for one choice of sizes; ``variant`` picks other values of the same kinds."""

    sizes: dict[str, int]
    variant: int
    choice: Sequence[int] | int
    integer: int | None = None
    unnamed: int = 0

    def length(self, dim: Dimension) -> int:
        """The size for a length; a new symbol gets the next one."""
        if isinstance(dim, int):
            return max(dim, 0)
        if dim == ANY_LENGTH:
            self.unnamed += 1
            dim = f"any{self.unnamed}"
        if dim not in self.sizes:
            taken = len(self.sizes)
            self.sizes[dim] = self.choice if isinstance(self.choice, int) else self.choice[taken % len(self.choice)]
        return self.sizes[dim]

    def value(self, kind: Kind) -> Any:
        """A sample of a kind."""
        match kind:
            case Scalar(value=value) if value is not None:
                return value
            case Scalar(dtype=dtype, python=python, symbol=symbol):
                number: Any = 1 if self.variant == 0 else 0 if self.variant == 1 else 2
                if dtype.startswith(("int", "uint")):
                    named = ANY_LENGTH if symbol is None else symbol
                    number = self.length(named) if self.integer is None else self.integer
                elif dtype.startswith(("float", "complex")):
                    number = (0.5, 0.0, 1.5)[self.variant % 3]
                return (
                    _PYTHON_TYPES[dtype](number)
                    if python is not False and dtype in _PYTHON_TYPES
                    else np.dtype(dtype).type(number)
                )
            case Array(dtype=dtype, dims=dims) if dims is not None:
                return self._array(dtype, tuple(self.length(dim) for dim in dims))
            case TupleOf(elements=elements, cls=cls):
                items = [self.value(element) for element in elements]
                return cls(*items) if hasattr(cls, "_fields") else tuple(items)
            case SequenceOf(elements=tuple(elements), cls=cls):
                return cls([self.value(element) for element in elements])
            case SequenceOf(element=element, cls=cls) if cls in (list, tuple):
                return cls([self.value(element) for _ in range(self.length(ANY_LENGTH))])
            case DictOf(entries=entries) if entries is not None:
                return {key: self.value(item) for key, item in entries}
            case Constant(value=value):
                return value
            case Function(targets=(target,), bound=False, leading=()) if isinstance(target, np.ufunc):
                return target
            case Range():
                return range(self.length(ANY_LENGTH))
            case Maybe(kind=inner):
                return self.value(inner)
            case Instance(cls=cls):
                return _instance(cls)
        raise NoSample

    def _array(self, dtype: str, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
        """An array with other values for each variant; matrices are symmetric and positive definite in the first."""
        size = math.prod(shape)
        if size > _LARGEST:
            raise NoSample
        if dtype in ("object", "str") or dtype.startswith(("str", "datetime", "timedelta", "bytes", "void")):
            raise NoSample
        if self.variant == 1:
            return np.zeros(shape, dtype)
        if dtype == "bool":
            return np.ones(shape, dtype) if self.variant == 0 else (np.arange(size) % 2 == 0).reshape(shape)
        if dtype.startswith(("int", "uint")):
            return (np.arange(size) % 2 if self.variant == 2 else np.ones(size)).astype(dtype).reshape(shape)
        steps = 0.1 * (np.arange(size) % 7) + (0.2 if self.variant == 0 else -0.3)
        values = steps.reshape(shape)
        if self.variant == 0 and len(shape) >= 2 and shape[-1] == shape[-2]:
            values = values + np.swapaxes(values, -1, -2) + 9.0 * np.eye(shape[-1])
        return values.astype(dtype)


def _instance(cls: type) -> Any:
    """A sample of one of NumPy's own classes that functions take as arguments."""
    if issubclass(cls, np.random.Generator):
        return np.random.default_rng(0)
    if issubclass(cls, np.random.RandomState):
        return np.random.RandomState(0)
    if issubclass(cls, np.polynomial.Polynomial):
        return cls([1.0, 2.0])
    raise NoSample
