"""Signatures: equal only where the kinds are equal, and cheap."""

from __future__ import annotations

import dataclasses
import enum
import logging
import types

import numpy as np
import pytest

from srcgrad.analyse.kinds.values import kind_of
from srcgrad.calling.signatures import signature


@dataclasses.dataclass
class Point:
    x: float
    y: object


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


def cyclic():
    made = types.SimpleNamespace(value=1.0)
    made.itself = made
    return made


SAME = [
    (1.0, 2.0),
    (np.ones(3), np.zeros(5)),
    (np.ones((1, 2)), np.ones((2, 1)).T),
    ([1.0, 2.0], [3.0, 4.0]),
    ([1.0] * 1000, [2.0] * 1000),
    (("a", np.ones(2)), ("a", np.ones(3))),
    ({"a": 1.0}, {"a": 2.0}),
    (Point(1.0, None), Point(2.0, None)),
    (Slotted(1.0), Slotted(2.0)),
    (cyclic(), cyclic()),
    (slice(1, None), slice(1, None)),
    (None, None),
    (np.sin, np.sin),
    (logging.getLogger("a"), logging.getLogger("b")),
    ({1.0, 2.0}, {3.0}),
    (np.float32(1.0), np.float32(2.0)),
]
DIFFERENT = [
    (1.0, 1),
    (True, 1),
    (1.0, np.float64(1.0)),
    (np.float32(1.0), np.float64(1.0)),
    (np.ones(3), np.ones((3, 1))),
    (np.ones(3), np.ones(3, np.float32)),
    (np.ones(3), np.ones(3, ">f8")),
    (np.float64(1.0), np.array(1.0)),
    (np.ones(3), np.ma.masked_array(np.ones(3))),
    ([1.0], [1.0, 2.0]),
    ([1.0], (1.0,)),
    ([1.0, 2], [1.0, 2.0]),
    ({"a": 1.0}, {"b": 1.0}),
    ({1: 1.0}, {2: 1.0}),
    (Point(1.0, None), Point(1.0, 2.0)),
    (Colour.RED, Colour.BLUE),
    ("sum", "mean"),
    (np.str_("sum"), np.str_("mean")),
    (np.datetime64("2020", "Y"), np.datetime64("2020-01", "M")),
    (None, 0.0),
    (np.sin, np.cos),
    (lambda x: x, lambda x: x),
    (float, int),
    (slice(1, None), slice(2, None)),
    (np.dtype(float), float),
]


@pytest.mark.parametrize(("first", "second"), SAME, ids=lambda value: type(value).__name__)
def test_same(first, second):
    assert signature((first,)) == signature((second,))
    assert hash(signature((first,))) == hash(signature((second,)))
    assert kind_of(first) == kind_of(second)


@pytest.mark.parametrize(("first", "second"), DIFFERENT, ids=lambda value: type(value).__name__)
def test_different(first, second):
    assert len({signature((first,)), signature((second,))}) == 2
