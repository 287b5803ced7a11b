"""Random statements on slices mean the same as loops, in NumPy and compiled by numba."""

from __future__ import annotations

import pytest

from srcgrad.kind import Array, Kind, Scalar
from tests.loops.looping import assert_same, compiled, looped, results
from tests.loops.random_statements import arguments, random_function


def kinds_for(rank: int) -> dict[str, Kind]:
    """The kinds of the arguments: all lengths are n."""
    whole = Array("float64", ("n",) * rank)
    number = Scalar("float64", True)
    length = Scalar("int64", True, None, "n")
    return {"a": whole, "b": whole, "r": Array("float64", ("n",)), "c": number, "d": number, "n": length}


@pytest.mark.parametrize("seed", range(300))
def test_loops_mean_what_slices_mean(seed: int) -> None:
    text, rank = random_function(seed)
    _, before, after = looped(text, kinds_for(rank))
    for length in (7, 4, 3, 2, 1):
        given = arguments(rank, length, seed)
        expected = results(before, given)
        if isinstance(expected, type):
            continue  # lengths that do not fit, or nothing to take the extreme of
        assert_same(results(after, given), expected)


@pytest.mark.parametrize("seed", range(12))
def test_loops_mean_the_same_compiled(seed: int) -> None:
    numba = pytest.importorskip("numba")
    text, rank = random_function(1000 + seed)
    after, before, _ = looped(text, kinds_for(rank))
    function = compiled(after, kinds_for(rank))
    for length in (7, 3, 1):
        given = arguments(rank, length, seed)
        expected = results(before, given)
        if isinstance(expected, type):
            continue
        found = results(function, given)
        if isinstance(found, type) and issubclass(found, numba.core.errors.NumbaError):
            pytest.skip("numba does not know what this function calls")
        assert_same(found, expected)
