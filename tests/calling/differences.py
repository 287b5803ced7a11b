"""A pipeline that takes derivatives by central differences: the calling layer is tested apart from the passes.

Central differences are exact, up to rounding, for the linear and quadratic functions that these tests call.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True)
class Generated:
    """What the real pipeline returns, as the calling layer sees it."""

    text: str
    main: Any
    environment: tuple[Any, ...] = ()

    @property
    def forward(self) -> Any:
        return self.main[0]

    @property
    def reverse(self) -> Any:
        return self.main[1]


@dataclasses.dataclass
class Variable:
    """A global variable, as generated code knows it."""

    owner: Any
    name: str


class Read:
    """An environment read of a global variable: current as long as its type is the same."""

    def __init__(self, owner: dict[str, Any], name: str) -> None:
        self.read = Variable(owner, name)
        self.name = name
        self.module = {name: owner[name]}
        self.asked = 0

    def is_current(self) -> bool:
        self.asked += 1
        value = self.read.owner[self.name]
        if type(value) is not type(self.module[self.name]):
            return False
        self.module[self.name] = value
        return True


class Differences:
    """Stands in for ``srcgrad.pipeline.generate``; keeps the requests it was asked."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.environment: tuple[Read, ...] = ()

    def generate(self, request: Any) -> Generated:
        self.requests.append(request)
        name, wrt = request.function.__name__, ", ".join(request.wrt)
        text = f"# {name}: {request.form} with respect to {wrt}, {len(self.requests)}"
        return Generated(text, self._main(request), self.environment)

    def _main(self, request: Any) -> Any:
        names = [name for name, _ in request.kinds]

        def call(values: list[Any]) -> Any:
            return called(request.function, names, values)

        def number(values: list[Any]) -> Any:
            found = call(values)
            return np.sum(found[0] if request.has_aux else found)

        def gradients(values: tuple[Any, ...], of: Callable[[list[Any]], Any]) -> Any:
            found = [difference(of, list(values), names.index(name)) for name in request.wrt]
            return found[0] if len(found) == 1 else tuple(found)

        def gradient(*values: Any) -> Any:
            found = gradients(values, number)
            return (found, call(list(values))[1]) if request.has_aux else found

        def value_and_gradient(*values: Any) -> Any:
            return call(list(values)), gradients(values, number)

        def forward(*values: Any) -> Any:
            return call(list(values)), copy.deepcopy(values)

        def reverse(cotangent: Any, values: Any) -> Any:
            def product(displaced: list[Any]) -> Any:
                found = call(displaced)
                return dot(cotangent, found[0] if request.has_aux else found)

            return gradients(values, product)

        forms = {"gradient": gradient, "value_and_gradient": value_and_gradient, "pair": (forward, reverse)}
        return forms[request.form]


def called(function: Any, names: list[str], values: list[Any]) -> Any:
    """Call a function with the values of all its parameters."""
    code = function.__code__
    by_position = values[: code.co_argcount]
    rest = dict(zip(names[code.co_argcount :], values[code.co_argcount :]))
    caught = rest.pop("args", ())
    keywords = rest.pop("kwargs", {})
    return function(*by_position, *caught, **rest, **keywords)


def dot(cotangent: Any, result: Any) -> Any:
    """The inner product of two values of one structure."""
    if isinstance(result, (tuple, list)):
        return sum(dot(left, right) for left, right in zip(cotangent, result))
    if isinstance(result, dict):
        return sum(dot(cotangent[key], item) for key, item in result.items())
    return np.sum(cotangent * result) if isinstance(result, (float, np.ndarray, np.floating)) else 0.0


def difference(function: Callable[[list[Any]], Any], values: list[Any], index: int) -> Any:
    """The gradient of a number with respect to one value, in the structure of that value."""

    def displaced(replace: Callable[[float], Any], step: float) -> Any:
        copies = copy.deepcopy(values)
        copies[index] = replace(step)
        return function(copies)

    def inside(value: Any, rebuild: Callable[[Any], Any]) -> Any:
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            found = np.zeros_like(value)
            for entry in np.ndindex(value.shape):

                def moved(step: float, entry: Any = entry) -> Any:
                    array = value.copy()
                    array[entry] += step
                    return rebuild(array)

                found[entry] = (displaced(moved, 0.5) - displaced(moved, -0.5)) / 1.0
            return found
        if isinstance(value, (float, np.floating)):
            slope = displaced(lambda s: rebuild(value + s), 0.5) - displaced(lambda s: rebuild(value + s), -0.5)
            return type(value)(slope)
        if isinstance(value, (tuple, list)):
            found = [
                inside(item, lambda new, at=at: rebuild(with_item(value, at, new))) for at, item in enumerate(value)
            ]
            return rebuilt(value, found)
        if isinstance(value, dict):
            return {key: inside(item, lambda new, key=key: rebuild({**value, key: new})) for key, item in value.items()}
        if dataclasses.is_dataclass(value):
            fields = {
                field.name: inside(
                    getattr(value, field.name),
                    lambda new, name=field.name: rebuild(dataclasses.replace(value, **{name: new})),
                )
                for field in dataclasses.fields(value)
            }
            return dataclasses.replace(value, **fields)
        return value

    return inside(values[index], lambda new: new)


def with_item(value: Any, at: int, new: Any) -> Any:
    items = list(value)
    items[at] = new
    return rebuilt(value, items)


def rebuilt(value: Any, items: list[Any]) -> Any:
    return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
