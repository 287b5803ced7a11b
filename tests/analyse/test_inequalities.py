"""Inequalities between integers: what is called contradictory is so, and what people would see is found."""

from __future__ import annotations

import itertools
import random

import pytest

from srcgrad.analyse.inequalities import Linear, contradictory

I, J, K, N = (Linear({symbol: 1}) for symbol in "ijkn")


@pytest.mark.parametrize(
    "rows, expected",
    [
        ([I.minus(K).shifted(-1), K.minus(I)], True),
        ([I.minus(K), K.minus(I)], False),
        ([I.minus(J).shifted(-1), J.minus(K).shifted(-1), K.minus(I).shifted(1)], True),
        ([I.minus(J).shifted(-1), J.minus(K).shifted(-1), K.minus(I).shifted(2)], False),
        ([I.times(2).minus(J.times(2)).shifted(-1), J.times(2).minus(I.times(2)).shifted(1)], True),
        ([Linear({}, -1)], True),
        ([Linear({}, 0)], False),
        ([], False),
    ],
)
def test_contradictory(rows: list[Linear], expected: bool):
    assert contradictory(rows) is expected


@pytest.mark.parametrize("seed", range(200))
def test_nothing_that_can_hold_is_called_contradictory(seed: int):
    rng = random.Random(seed)
    rows = [
        Linear({symbol: rng.randint(-2, 2) for symbol in rng.sample("ijk", 2)}, rng.randint(-3, 3))
        for _ in range(rng.randint(1, 6))
    ]
    if contradictory(rows):
        for values in itertools.product(range(-6, 7), repeat=3):
            known = dict(zip("ijk", values))
            assert any(
                sum(factor * known[symbol] for symbol, factor in row.coefficients.items()) + row.constant < 0
                for row in rows
            )
