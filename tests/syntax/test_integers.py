"""Sums of integers: the same number, written with one constant."""

from __future__ import annotations

import pytest

from srcgrad.syntax.build import parse_expression
from srcgrad.syntax.integers import difference, shifted
from srcgrad.syntax.printer import print_tree

VALUES = {"n": 7, "k": 3, "i": 2, "a": 11, "b": 5, "c": 2}
SUMS = ["n - 1", "k + 1", "n", "3", "n - 1 - i", "2 - n", "n - (k + 1)", "1 + n", "n * 2 - 1", "-n + 1", "n - (1 - k)",
        "a - (b - 1 + c)", "(a - 1) - (b - c)", "a // 2 - 1", "n - 1 + 1"]  # fmt: skip


@pytest.mark.parametrize(
    "text, by, expected",
    [("n - 1", -1, "n - 2"), ("n - 1", 1, "n"), ("k + 1", -1, "k"), ("n", -1, "n - 1"), ("1", -1, "0"),
     ("n - 1 - i", -1, "n - i - 2"), ("n // 2", 1, "n // 2 + 1")],  # fmt: skip
)
def test_shifted(text: str, by: int, expected: str):
    assert print_tree(shifted(parse_expression(text), by)) == expected


@pytest.mark.parametrize("text", SUMS)
def test_same_number(text: str):
    value = eval(text, dict(VALUES))
    for by in (-2, -1, 0, 1, 2):
        assert eval(print_tree(shifted(parse_expression(text), by)), dict(VALUES)) == value + by
    for other in SUMS:
        written = print_tree(difference(parse_expression(text), parse_expression(other)))
        assert eval(written, dict(VALUES)) == value - eval(other, dict(VALUES)), written
