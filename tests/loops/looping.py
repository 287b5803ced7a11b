"""Running a function before and after the loop pass."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import gast
import numpy as np
import pytest

from srcgrad.compiled.overlap import without_overlapping_updates
from srcgrad.compiled.unit import Unit
from srcgrad.emit.load import load_module
from srcgrad.kind import Kind
from srcgrad.loops import scalar_loops
from srcgrad.pipeline.generated_kinds import kinds_of_generated
from srcgrad.syntax.names import Names
from srcgrad.syntax.printer import print_tree


def looped(text: str, kinds: Mapping[str, Kind]) -> tuple[str, Callable[..., Any], Callable[..., Any]]:
    """The text after the pass, and the function as it was and as it is now."""
    tree = gast.parse(text).body[0]
    before = load_module(text, {"np": np}, "before")
    found = kinds_of_generated([tree], {tree.name: kinds}, before)[tree.name]
    made = scalar_loops(tree, found, Names(["np", tree.name]))
    after_text = print_tree(made)
    after = load_module(after_text, {"np": np}, "after")
    return after_text, before[tree.name], after[tree.name]


def compiled(text: str, kinds: Mapping[str, Kind]) -> Callable[..., Any]:
    """The function of a text as the numba backend compiles it."""
    numba = pytest.importorskip("numba")
    tree = gast.parse(text).body[0]
    plain = load_module(text, {"np": np}, "plain")
    found = kinds_of_generated([tree], {tree.name: kinds}, plain)[tree.name]
    made = without_overlapping_updates(Unit(tree, kinds, found.variables))
    module = load_module(print_tree(made), {"np": np}, "compiled")
    return numba.njit(module[tree.name], error_model="numpy")  # type: ignore[no-any-return]


def results(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """What a function returns, its arguments as it leaves them, or the type of the error that it raises."""
    own = copy.deepcopy(arguments)
    with np.errstate(all="ignore"):
        try:
            returned = function(*own)
        except Exception as error:
            return type(error)
    return returned, [value for value in own if isinstance(value, np.ndarray)]


def assert_same(one: Any, other: Any) -> None:
    """Assert that two results are equal to rounding."""
    if isinstance(one, type) or isinstance(other, type):
        assert one is other
        return
    for left, right in zip(_flat(one), _flat(other), strict=True):
        assert np.shape(left) == np.shape(right)
        assert np.asarray(left).dtype == np.asarray(right).dtype
        np.testing.assert_allclose(left, right, rtol=1e-11, atol=1e-11)


def _flat(value: Any) -> list[Any]:
    return [part for item in value for part in _flat(item)] if isinstance(value, list | tuple) else [value]
