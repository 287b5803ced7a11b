"""Free names: where they come from, and what they are when they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from srcgrad.read import lookup, read_function

FACTOR = 2.0


def free_names(x):
    return max(FACTOR * x, appears_later)  # noqa: F821


def test_globals_and_builtins() -> None:
    source = read_function(free_names)
    factor = lookup(source, "FACTOR")
    assert (factor.kind, factor.value, factor.is_set) == ("global", 2.0, True) and factor.owner is globals()
    largest = lookup(source, "max")
    assert (largest.kind, largest.value, largest.is_set) == ("builtin", max, True)


def test_a_global_is_read_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    factor = lookup(read_function(free_names), "FACTOR")
    monkeypatch.setitem(globals(), "FACTOR", 5.0)
    assert factor.value == 2.0 and factor.read() == 5.0


def test_a_global_that_comes_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    later = lookup(read_function(free_names), "appears_later")
    assert (later.kind, later.value, later.is_set) == ("global", None, False)
    with pytest.raises(NameError, match="appears_later"):
        later.read()
    monkeypatch.setitem(globals(), "appears_later", 1.0)
    assert later.read() == 1.0


def enclosing(k: float) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def inner(x):
        return k * x + unset

    def advance():
        nonlocal k
        k += 1.0

    if k > 100.0:
        unset = 0.0
    return inner, advance


def test_cells_of_a_closure() -> None:
    inner, advance = enclosing(3.0)
    source = read_function(inner)
    k = lookup(source, "k")
    assert (k.kind, k.value, k.is_set) == ("cell", 3.0, True)
    advance()
    assert k.read() == 4.0
    unset = lookup(source, "unset")
    assert (unset.kind, unset.value, unset.is_set) == ("cell", None, False)
    with pytest.raises(NameError, match="unset"):
        unset.read()


def test_a_cell_hides_a_global_of_its_name() -> None:
    def enclosing_with(FACTOR: float) -> Callable[[], float]:
        return lambda: FACTOR

    assert lookup(read_function(enclosing_with(7.0)), "FACTOR").kind == "cell"
