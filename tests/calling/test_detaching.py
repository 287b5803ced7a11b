"""Records do not change when the caller writes into arguments and results."""

from __future__ import annotations

import types
from typing import NamedTuple

import numpy as np
from numpy.testing import assert_equal

from srcgrad.calling.detaching import detached


class Pair(NamedTuple):
    left: object
    right: object


def test_what_shares_nothing_stays():
    own = np.ones(3)
    tape = [1.0, own, (2.0, own)]
    records = (own, tape, {"a": own}, np.sin, "text", None, 3)
    assert detached(records, (np.ones(3), [1.0]), 2.0) is records


def test_arguments_results_and_their_views_are_copied():
    x, y = np.ones((3, 2)), np.zeros(2)
    own = np.ones(3)
    records = (x, own, [x[1], y], Pair(x.T, own), {"row": x[0]})
    apart = detached(records, (x,), y)
    assert apart[1] is own and apart[3].right is own and isinstance(apart[3], Pair)
    x[:], y[:] = 7.0, 7.0
    assert_equal(apart[0], 1.0)
    assert_equal(apart[2][0], 1.0)
    assert_equal(apart[2][1], 0.0)
    assert_equal(apart[3].left, 1.0)
    assert_equal(apart[4]["row"], 1.0)
    assert records[2][0][0] == 7.0


def test_containers_and_objects_of_the_caller_are_copied():
    weights = types.SimpleNamespace(matrix=np.ones(2), inner=types.SimpleNamespace(rate=1.0))
    items, table = [1.0, 2.0], {"a": 1.0}
    apart = detached((weights, items, table), (weights, items, table))
    weights.matrix[:] = 0.0
    weights.matrix = None
    weights.inner.rate = 3.0
    items.append(3.0)
    table["a"] = 4.0
    assert_equal(apart[0].matrix, 1.0)
    assert apart[0].inner.rate == 1.0
    assert apart[1:] == ([1.0, 2.0], {"a": 1.0})


def test_one_object_stays_one():
    x = np.ones(2)
    apart = detached((x, [x]), x)
    assert apart[0] is apart[1][0] is not x


def test_objects_that_hold_themselves():
    node = types.SimpleNamespace(value=np.ones(2))
    node.itself = node
    apart = detached((node,), (node,))
    node.value[:] = 5.0
    assert_equal(apart[0].value, 1.0)
