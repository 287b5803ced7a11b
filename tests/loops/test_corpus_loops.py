"""The derivatives of the whole corpus, with loops in the place of slices: run by NumPy, they give what they gave."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np
import pytest

from srcgrad import SrcgradError
from srcgrad.compiled.unit import Unit
from srcgrad.pipeline.looping import with_loops
from srcgrad.pipeline.module import Module
from tests.programs import PROGRAMS, Program
from tests.trees import children
from tests.verdicts import fresh_arguments, own_call, wrapper_of


def value_and_gradients(program: Program) -> Any:
    """What ``value_and_grad`` of a program gives; None where it is refused or fails by itself."""
    call = own_call(program)
    arguments, keywords = fresh_arguments(call)
    with redirect_stdout(StringIO()), np.errstate(all="ignore"):
        return wrapper_of(call)(*arguments, **keywords)


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_loops_give_the_same(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        expected = value_and_gradients(program)
    except SrcgradError as refusal:
        pytest.skip(f"refused: {refusal}")
    emitted = Module.emitted

    def with_loops_first(self: Module) -> Any:
        units = [Unit(tree, *self.known.get(tree.name, ({}, {}))) for tree in self.functions]
        self.functions = [unit.tree for unit in with_loops(units, {**self.objects, **self.helpers.objects})]
        return emitted(self)

    monkeypatch.setattr(Module, "emitted", with_loops_first)
    found = value_and_gradients(program)
    assert_close(found, expected)


def assert_close(found: Any, expected: Any) -> None:
    """Assert that two results have the same structure, and numbers equal to rounding."""
    mine, theirs = children(found), children(expected)
    assert [key for key, _ in mine] == [key for key, _ in theirs]
    for (_, one), (_, other) in zip(mine, theirs, strict=True):
        assert_close(one, other)
    if isinstance(expected, np.ndarray | float | complex | np.number):
        assert np.shape(found) == np.shape(expected)
        assert np.asarray(found).dtype == np.asarray(expected).dtype
        rounding = 1e-5 if np.asarray(found).dtype in (np.float32, np.complex64) else 1e-10
        np.testing.assert_allclose(found, expected, rtol=rounding, atol=1e-11)
