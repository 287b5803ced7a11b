from __future__ import annotations

import textwrap
from typing import Any

import pytest

from srcgrad.analyse.footprints import statements_in
from srcgrad.analyse.ownership import Effect, ownership
from tests.optimise.functions import known_pure, parse


def last_effect(body: str, **hints: Any) -> Effect:
    """The effect of the last statement of ``def f(x): ...``."""
    function = parse("def f(x):\n" + textwrap.indent(body, "    "))
    return ownership(function, known_pure, **hints).effects[list(statements_in(function.body))[-1]]


VISIBLE = [
    "x[0] = 1.0",
    "y = x.T\ny[0] = 1.0",
    "y = [x]\ny[0][0] = 1.0",
    "y = [[x]]\nfor z in y:\n    z[0][0] = 1.0",
    "y = {}\ny['x'] = x\ny['x'][0] = 1.0",
    "y = (1.0, x)\na, b = y\nb[0] = 1.0",
    "y = np.zeros(3)\nx[0] = y\ny[0] = 1.0",
    "y = np.zeros(3)\nx.append(y)\ny[0] = 1.0",
    "y = np.zeros(3)\nstore(y)\ny[0] = 1.0",
    "y = np.zeros(3)\nz = x + [y]\nz[0][0] = 1.0",
    "y = [v for v in x]\ny[0][0] = 1.0",
    "y = max(x, key=size)\ny[0] = 1.0",
    "y = list(zip(x, x))\ny[0][0][0] = 1.0",
    "y = TABLE\ny[0] = 1.0",
    "y = pure(x)\ny[0] = 1.0",
    "y = x.copy()\nz = y[0]\nz[0] = 1.0",
    "def g():\n    return y\ny = np.zeros(3)\ny[0] = 1.0",
    "global y\ny = 1.0",
    "np.add(x, 1.0, out=x)",
    "x += 1.0",
    "with x as y:\n    y[0] = 1.0",
]


@pytest.mark.parametrize("body", VISIBLE)
def test_writes_that_can_be_seen_from_outside(body: str) -> None:
    assert last_effect(body).visible


def test_writes_into_local_arrays_are_seen_by_their_views() -> None:
    assert last_effect("y = np.zeros(3)\nz = y[1:]\nw = z\nv = z * 2.0\nz[0] = 1.0") == Effect(False, frozenset("yzw"))
    assert last_effect("y = np.zeros(3)\nz = np.sin(y)\nnp.cos(y, out=z)") == Effect(False, frozenset("z"))


def test_a_list_sees_what_is_written_into_its_elements() -> None:
    assert last_effect("y = np.zeros(3)\ntape = []\ntape.append(y)\ny[0] = 1.0") == Effect(
        False, frozenset({"y", "tape"})
    )
    assert last_effect("y = np.zeros(3)\ntape = []\ntape.append(y)") == Effect(False, frozenset({"tape"}))


def test_an_array_keeps_copies_of_what_is_stored() -> None:
    assert last_effect("y = np.zeros(3)\ny[1:] = x\ny[0] = 1.0") == Effect(False, frozenset("y"))


def test_a_variable_is_a_new_one_once_it_is_assigned() -> None:
    assert last_effect("y = np.zeros(3)\nz = y\ny = np.zeros(3)\ny[0] = 1.0") == Effect(False, frozenset("y"))
    assert last_effect("x = np.zeros(3)\nx[0] = 1.0") == Effect(False, frozenset("x"))


def test_hints() -> None:
    copied = "y = x.copy()\ny[0] = 1.0"
    assert last_effect(copied).visible
    assert last_effect(copied, arrays={"x": None}) == Effect(False, frozenset("y"))
    element = "y = np.zeros(3)\ntape = []\ntape.append(y[0])\ny[0] = 1.0"
    assert last_effect(element).seen_by == {"y", "tape"}
    assert last_effect(element, arrays={"y": 1}).seen_by == {"y"}
    assert last_effect("y = x[0]\ny += 1.0").visible
    assert last_effect("y = x[0]\ny += 1.0", scalars={"y"}) == Effect(False, frozenset())
    assert last_effect("y = np.zeros(3)\ntape = []\ntape.append(y[x])\ny[0] = 1.0", arrays={"y": 1}).seen_by == {
        "y",
        "tape",
    }


def test_what_others_may_write_into() -> None:
    assert last_effect("y = np.zeros(3)\nz = [y]\nreturn z") == Effect(True, frozenset("yz"))
    assert last_effect("y = np.zeros(3)\nz = y * 2.0\nreturn z") == Effect(True, frozenset("z"))
    assert last_effect("y = np.zeros(3)\nz = y * 2.0\nstore(z)").seen_by >= {"z"}
