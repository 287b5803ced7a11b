"""Every kind inferred in the corpus agrees with the values that come up when the programs run."""

from __future__ import annotations

import numpy as np
import pytest

from srcgrad.errors import SourceError, UnsupportedError
from tests.analyse.observing import bound_arguments, inferred, watched_run
from tests.programs import PROGRAMS, Program


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_kinds_cover_all_values(program: Program) -> None:
    positional, keywords = program.arguments(np.random.default_rng(0))
    arguments = bound_arguments(program.function, positional, keywords)
    try:
        _, faults = watched_run(program.function, arguments)
    except (UnsupportedError, SourceError) as error:
        pytest.skip(str(error.message))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_results_are_numbers_or_arrays(program: Program) -> None:
    """The corpus consists of functions of numbers: a result of which nothing is known is a weakness of the inference."""
    positional, keywords = program.arguments(np.random.default_rng(0))
    try:
        kinds, _ = inferred(program.function, bound_arguments(program.function, positional, keywords))
    except (UnsupportedError, SourceError) as error:
        pytest.skip(str(error.message))
    assert getattr(kinds.result, "dtype", None) is not None, kinds.result
