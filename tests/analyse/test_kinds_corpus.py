"""Every kind inferred in the corpus agrees with the values that come up when the programs run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcgrad.errors import SourceError, UnsupportedError
from srcgrad.kind import Opaque
from srcgrad.read.callables import resolve
from tests.analyse.observing import bound_arguments, inferred, watched_run
from tests.programs import PROGRAMS, Program

# Itemgetters, dataclasses.replace and _asdict are written out, and loops over things of different kinds unrolled,
# before anything is said of their results.
OPAQUE = frozenset(
    "operator_itemgetter hierarchy network_mixed network_sequential network_argument "
    "list_of_layers match_tuple".split()
)


def called(program: Program) -> tuple[Any, dict[str, Any]]:
    """The plain function that a program runs, and the value of each parameter."""
    positional, keywords = program.arguments(np.random.default_rng(0))
    resolved = resolve(program.function)
    arguments = bound_arguments(resolved.function, (*resolved.leading, *positional), {**resolved.keywords, **keywords})
    return resolved.function, arguments


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_kinds_cover_all_values(program: Program) -> None:
    function, arguments = called(program)
    try:
        _, faults = watched_run(function, arguments)
    except (UnsupportedError, SourceError) as error:
        pytest.skip(str(error.message))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_results_are_numbers_or_arrays(program: Program) -> None:
    """The corpus consists of functions of numbers: a result of which nothing is known is a weakness."""
    function, arguments = called(program)
    try:
        kinds, _ = inferred(function, arguments)
    except (UnsupportedError, SourceError) as error:
        pytest.skip(str(error.message))
    if program.name in OPAQUE:
        assert isinstance(kinds.result, Opaque), "its kind is known by now: take it off the list"
        return
    assert getattr(kinds.result, "dtype", None) is not None, kinds.result
