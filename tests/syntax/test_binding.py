"""Arguments are bound as Python binds them."""

from __future__ import annotations

import inspect
from typing import Any

import gast
import pytest

from srcgrad.errors import ArgumentTypeError
from srcgrad.syntax.binding import Default, bind, bind_arguments, signature_of

SIGNATURES = [
    "x, y",
    "x, y=1",
    "x, /, y=1",
    "x, *rest",
    "x, *, y",
    "x, *rest, y=2, **options",
    "**options",
    "x=0, /, *rest, y",
]
CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    ((1,), {}),
    ((1, 2), {}),
    ((1, 2, 3), {}),
    ((1,), {"y": 5}),
    ((), {"x": 1, "y": 5}),
    ((1, 2), {"y": 5}),
    ((1,), {"y": 5, "z": 6}),
]


@pytest.mark.parametrize("text", SIGNATURES)
@pytest.mark.parametrize(("positional", "keywords"), CALLS)
def test_agrees_with_python(text: str, positional: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    namespace: dict[str, Any] = {}
    exec(f"def function({text}): return dict(locals())", namespace)
    function = namespace["function"]
    try:
        expected = function(*positional, **keywords)
    except TypeError:
        with pytest.raises(ArgumentTypeError):
            bind_arguments(inspect.signature(function), positional, keywords)
        return
    bound = bind_arguments(inspect.signature(function), positional, keywords)
    assert {name: value.value if isinstance(value, Default) else value for name, value in bound.items()} == expected
    tree = gast.parse(f"def function({text}): pass").body[0]
    assert str(signature_of(tree.args)).count(",") == str(inspect.signature(function)).count(",")


def call_of(text: str) -> gast.Call:
    return gast.parse(text, mode="eval").body


def test_expressions_of_parameters() -> None:
    def function(x, *rest, scale=1.0, **options): ...

    bound = bind(call_of("function(a, b, *(c, d), scale=s, t=u)"), inspect.signature(function))
    assert bound["x"].id == "a" and bound["scale"].id == "s"
    assert [item.id for item in bound["rest"].elts] == ["b", "c", "d"]
    assert [key.value for key in bound["options"].keys] == ["t"]
    assert bind(call_of("function(a)"), inspect.signature(function))["scale"] == Default(1.0)


def test_bound_parameters_are_left_out() -> None:
    def method(self, x, y=2): ...

    bound = bind(call_of("thing.method(a)"), inspect.signature(method), 1)
    assert set(bound) == {"x", "y"}


def test_starred_arguments_of_known_length() -> None:
    def function(x, y, z): ...

    bound = bind(call_of("function(a, *v)"), inspect.signature(function), 0, lambda _: 2)
    assert bound["z"].slice.value == 1
    with pytest.raises(ArgumentTypeError, match="how many"):
        bind(call_of("function(a, *v)"), inspect.signature(function))
