"""After every pass the tree is valid Python that runs and means the same."""

from __future__ import annotations

from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from typing import Any

import numpy as np
import pytest

from tests.golden.generated import PROGRAMS as GOLDEN
from tests.pipeline.passes import Passes, passes
from tests.programs import PROGRAMS, Program
from tests.trees import same
from tests.verdicts import own_call

EVERY = [*PROGRAMS, *GOLDEN]
every_program = pytest.mark.parametrize("program", EVERY, ids=str)


@cache
def known(position: int) -> Passes | str:
    """The stages of a program, or why there are none."""
    from srcgrad import SrcgradError

    try:
        return passes(own_call(EVERY[position]))
    except SrcgradError as refusal:
        return str(refusal)


def passes_of(program: Program) -> Passes:
    """The stages of a program; skips what srcgrad refuses."""
    found = known(EVERY.index(program))
    if isinstance(found, str):
        pytest.skip(f"refused: {found}")
    return found


def observed(function: Any, values: tuple[Any, ...]) -> tuple[Any, Any, str]:
    """The result of a call, its arguments afterwards, and what was printed."""
    printed = StringIO()
    with redirect_stdout(printed), np.errstate(all="ignore"):
        result = function(*values)
    return result, values, printed.getvalue()


@every_program
def test_every_stage_before_differentiation_means_the_same(program: Program):
    found = passes_of(program)
    expected = None
    for name, text in found.primal:
        result, after, printed = observed(found.run_primal(text), found.values())
        if expected is None:
            expected = result, after, printed
            own = program.function(*own_call(program).positional, **own_call(program).named)
            # An integer argument is a float to srcgrad.
            assert close(np.asarray(result), np.asarray(own)), f"{name}:\n{text}"
        assert same(np.asarray(result), np.asarray(expected[0])), f"{name}:\n{text}"
        assert same(after, expected[1]), f"{name} leaves other arguments:\n{text}"
        assert printed == expected[2], f"{name} prints something else:\n{text}"


@every_program
def test_the_optimiser_changes_no_value_and_no_gradient(program: Program):
    found = passes_of(program)
    results = [observed(found.run_derived(text), found.values()) for _, text in found.derived]
    (before, _, printed_before), (after, _, printed_after) = results
    assert printed_before == printed_after
    assert close(before, after), "\n\n".join(text for _, text in found.derived)
    assert same(after, observed(found.main, found.values())[0])


def close(left: Any, right: Any) -> bool:
    """Whether two results agree but for rounding."""
    if isinstance(left, float | np.floating | np.ndarray):
        return np.shape(left) == np.shape(right) and bool(np.allclose(left, right, rtol=1e-9, equal_nan=True))
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(close(one, other) for one, other in zip(left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(close(left[key], right[key]) for key in left)
    if hasattr(left, "__dict__"):
        return close(vars(left), vars(right))
    return bool(left == right)
