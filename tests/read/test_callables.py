"""Resolving callables: calling what is found, with what is bound, is calling the original."""

from __future__ import annotations

import functools
import types
from typing import Any

import numpy as np
import pytest

from srcgrad.errors import SourceError, SrcgradError, UnsupportedError
from srcgrad.read import read_function, resolve

numba = pytest.importorskip("numba")


def combine(a, b, c=3.0, *, d=4.0):
    return a + 10.0 * b + 100.0 * c + 1000.0 * d


class Model:
    scale = 2.0
    third = functools.partialmethod(combine, c=5.0)

    def method(self, x):
        return self.scale * x

    def __call__(self, x, y=1.0):
        return self.scale * x + y

    @classmethod
    def of_class(cls, x):
        return cls.scale * x

    @staticmethod
    def plain(x):
        return x * x

    partly = staticmethod(functools.partial(combine, 1.0))

    def __add__(self, other):
        return 0.5 + other


class StaticCall:
    @staticmethod
    def __call__(x):
        return x + 1.0


class ClassCall:
    offset = 3.0

    @classmethod
    def __call__(cls, x):
        return cls.offset + x


class PartialCall:
    __call__ = functools.partialmethod(combine, 2.0)

    def __add__(self, other):
        return 0.5 + other


@functools.lru_cache(maxsize=None)
def remembered(x):
    return x * 5.0


@numba.njit
def compiled(x, y=2.0):
    return x * y


def wrapping(function):
    @functools.wraps(function)
    def wrapper(x):
        return -function(x)

    return wrapper


@wrapping
def negated(x):
    return x * 3.0


class StandsFor:
    def __init__(self, function: Any) -> None:
        self.function = function

    def __srcgrad_function__(self) -> Any:
        return self.function

    def __call__(self, *args: Any) -> Any:
        return self.function(*args)


model = Model()

CALLABLES = {
    "function": (combine, (1.0, 2.0), {"d": 3.0}),
    "lambda": (lambda x: x + 1.0, (1.0,), {}),
    "method": (model.method, (3.0,), {}),
    "unbound method": (Model.method, (model, 3.0), {}),
    "class method": (model.of_class, (3.0,), {}),
    "class method of the class": (Model.of_class, (3.0,), {}),
    "static method": (model.plain, (3.0,), {}),
    "static method object": (vars(Model)["plain"], (3.0,), {}),
    "callable object": (model, (3.0,), {"y": 2.0}),
    "static __call__": (StaticCall(), (3.0,), {}),
    "class method __call__": (ClassCall(), (3.0,), {}),
    "partial __call__": (PartialCall(), (4.0,), {}),
    "partial method": (model.third, (1.0,), {}),
    "static partial": (model.partly, (1.0,), {"d": 0.0}),
    "partial": (functools.partial(combine, 1.0), (2.0,), {"c": 5.0}),
    "partial keywords": (functools.partial(combine, d=0.0), (1.0, 2.0), {}),
    "keywords overridden": (functools.partial(combine, d=0.0), (1.0, 2.0), {"d": 9.0}),
    "nested partial": (functools.partial(functools.partial(combine, 1.0, d=1.0), 2.0, d=7.0), (), {}),
    "partial of a method": (functools.partial(model.method, x=2.0), (), {}),
    "partial of an object": (functools.partial(model, y=7.0), (2.0,), {}),
    "method of a partial": (types.MethodType(functools.partial(combine, 1.0), 2.0), (3.0,), {}),
    "method of a cached function": (types.MethodType(remembered, 2.0), (), {}),
    "cached": (remembered, (3.0,), {}),
    "numba": (compiled, (3.0,), {}),
    "partial of numba": (functools.partial(compiled, y=4.0), (3.0,), {}),
    "wrapping function": (negated, (3.0,), {}),
    "an object that stands for another": (StandsFor(functools.partial(combine, 1.0)), (2.0,), {}),
}


@pytest.mark.parametrize(("target", "arguments", "keywords"), CALLABLES.values(), ids=CALLABLES)
def test_what_is_found_computes_the_same(target: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    found = resolve(target)
    assert isinstance(found.function, types.FunctionType)
    expected = target(*arguments, **keywords)
    assert found.function(*found.leading, *arguments, **{**found.keywords, **keywords}) == expected
    read_function(found.function)


def test_leading_arguments_and_keywords() -> None:
    found = resolve(functools.partial(functools.partial(model.method, 1.0), k=2))
    assert found.function is Model.method and found.leading == (model, 1.0) and found.keywords == {"k": 2}


WITHOUT_SOURCE = {"ufunc": np.sin, "dispatcher": np.sum, "builtin": len, "method": "a".upper, "reduce": np.add.reduce}


@pytest.mark.parametrize("target", WITHOUT_SOURCE.values(), ids=WITHOUT_SOURCE)
def test_what_has_no_python_source_stands_for_itself(target: Any) -> None:
    found = resolve(target)
    assert found.function is target and found.leading == ()


def test_numba_functions_over_arrays_are_not_their_scalar_functions() -> None:
    elementwise = numba.vectorize(["float64(float64)"])(lambda x: x + 1.0)
    assert resolve(elementwise).function is elementwise


def test_classes_and_what_is_no_callable_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="Model is a class"):
        resolve(Model)
    with pytest.raises(SourceError, match="float objects cannot be called"):
        resolve(3.0)
    with pytest.raises(SourceError, match="cannot be called"):
        resolve(np.ones(3))


def test_objects_of_srcgrad_itself_are_refused() -> None:
    made = type("Gradient", (), {"__call__": combine, "__module__": "srcgrad.api"})()
    with pytest.raises(SrcgradError, match="made by srcgrad"):
        resolve(made)


@pytest.mark.skipif(not hasattr(functools, "Placeholder"), reason="Python has no partial placeholders before 3.14")
def test_placeholders_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="placeholders"):
        resolve(functools.partial(combine, getattr(functools, "Placeholder"), 1.0))
