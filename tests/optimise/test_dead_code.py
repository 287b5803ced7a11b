from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from srcgrad.optimise.dead_code import remove_dead_code
from tests.optimise.functions import expected, known_pure, parse, run, text_of
from tests.optimise.random_programs import ARRAYS, NUMBERS, programs

ARGUMENTS = [
    (np.array([0.3, -1.2, 0.8, 2.0]), 0.7, 3, [np.ones(4)]),
    (np.array([-0.3, 0.2, 0.0, 1.0]), -0.4, 0, []),
]


def check_same(text: str, **hints: object) -> None:
    """Run a program before and after, and compare everything that can be seen."""
    before = parse(text)
    untouched = text_of(before)
    after = remove_dead_code(before, known_pure, **hints)
    assert text_of(before) == untouched
    for arguments in ARGUMENTS:
        try:
            wanted = run(before, *arguments)
        except Exception:
            continue
        assert run(after, *arguments) == wanted, text_of(after)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_random_programs_without_hints(text: str) -> None:
    check_same(text)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_random_programs_with_hints(text: str) -> None:
    check_same(text, scalars=set(NUMBERS), arrays=dict.fromkeys(ARRAYS, 1))


def removed(text: str, **hints: object) -> str:
    """The text without dead code."""
    return text_of(remove_dead_code(parse(text), known_pure, **hints))


def test_a_tape_that_nobody_reads_goes_with_what_fills_it() -> None:
    before = """
        def f(w, n):
            s = 1.0
            s_tape = []
            a_tape = np.empty(n)
            trips = 0
            y = np.zeros(n)
            for i in range(n):
                s_tape.append(s)
                a = w * s
                a_tape[i] = a
                y[i] = a
                s = 0.5 * s
                trips += 1
            while s_tape:
                s = s_tape.pop()
            return w
        """
    assert removed(before) == expected("""
        def f(w, n):
            return w
        """)


def test_the_forward_sweep_of_a_linear_stencil_goes_with_its_copy() -> None:
    before = """
        def diffuse_grad(u, steps, k):
            # ---- forward sweep ----
            u = u.copy()
            for _ in range(steps):
                u[1:-1] += k * (u[2:] - 2.0 * u[1:-1] + u[:-2])
            # ---- reverse sweep ----
            u_bar = np.zeros_like(u)
            u_bar[u.size // 2] += 1.0
            return u_bar
        """
    assert removed(before, arrays={"u": None}) == expected("""
        def diffuse_grad(u, steps, k):
            # ---- forward sweep ----

            # ---- reverse sweep ----
            u_bar = np.zeros_like(u)
            u_bar[u.size // 2] += 1.0
            return u_bar
        """)


def test_the_same_name_may_be_dead_in_one_sweep_and_live_in_the_other() -> None:
    before = """
        def f(x, n):
            s = 0.0
            for i in range(n):
                s = s + x[i]
            for i in range(n - 1, -1, -1):
                s = 2.0 * x[i]
                effect(s)
        """
    assert removed(before) == expected("""
        def f(x, n):
            for i in range(n - 1, -1, -1):
                s = 2.0 * x[i]
                effect(s)
        """)


def test_branches_are_turned_round_or_dropped() -> None:
    before = """
        def f(x, y):
            if x > 0.0:
                y = 1.0
                z = 2.0
            if x > 0.0:
                # z = 2.0
                z = 3.0
            else:
                effect(y)
            if x is None:
                z = 3.0
            else:
                effect(y)
            if not x:
                z = 3.0
            else:
                effect(y)
            if effect(x):
                z = 3.0
            return y
        """
    assert removed(before) == expected("""
        def f(x, y):
            if x > 0.0:
                y = 1.0
            if not x > 0.0:
                effect(y)
            if x is not None:
                effect(y)
            if x:
                effect(y)
            effect(x)
            return y
        """)


KEPT = [
    ("a call that may do anything", "y = effect(x)"),
    ("random numbers", "y = np.random.rand(3)"),
    ("a write into a parameter", "x[0] = 1.0"),
    ("a write into a view of a parameter", "y = x[1:]\ny[0] = 1.0"),
    ("a write through a list", "y = [x]\nz = y[0]\nz[0] = 1.0"),
    ("a write into what a callee may have kept", "y = np.zeros(3)\neffect(y)\ny[0] = 1.0"),
    ("a write into a parameter's element", "for row in x:\n    row[0] = 1.0"),
    ("a write that may be into a parameter", "y = np.zeros(3)\nif x is not None:\n    y = x\ny[0] = 1.0"),
    ("a loop that may not end", "while True:\n    pass"),
    ("a loop that may not end by its own means", "y = [x]\nwhile y:\n    z = y.pop()\n    y.append(z)"),
    ("raise", "if x is None:\n    raise ValueError(x)"),
    ("assert", "assert x > 0.0"),
    ("what a handler waits for", "try:\n    y = x[3]\nexcept IndexError:\n    x = None\neffect(x)"),
    ("a write into a global", "TABLE[0] = 1.0"),
    ("a write into an attribute", "x.total = 1.0"),
    ("output", "print(x)"),
    ("out=", "np.sin(x, out=x)"),
]


@pytest.mark.parametrize("body", [body for _, body in KEPT], ids=[name for name, _ in KEPT])
def test_what_can_be_seen_stays(body: str) -> None:
    text = "def f(x):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    assert removed(text) == text


GONE = [
    ("a view of what is only written", "y = np.zeros(3)\nz = y[1:]\nz[0] = 1.0"),
    ("a list of lists", "y = []\nz = [y]\nz.append(y)\ny.append(x)"),
    ("out= of a local array", "y = np.empty(3)\nnp.sin(x, out=y)"),
    ("scattering", "y = np.zeros(3)\nnp.add.at(y, [0, 0], 1.0)"),
    ("an import", "import math"),
    ("a nested function", "def g(y):\n    return y"),
    ("del of a dead variable", "y = np.sin(x)\ndel y"),
    ("a loop with break", "for i in range(3):\n    y = i\n    if y > 1:\n        break"),
    ("a comprehension", "y = [i * x for i in range(3)]"),
    ("a parameter bound to a copy", "x = np.array([x, x])\nx[0] = 1.0"),
]


@pytest.mark.parametrize("body", [body for _, body in GONE], ids=[name for name, _ in GONE])
def test_what_nobody_sees_goes(body: str) -> None:
    text = "def f(x):\n" + "".join(f"    {line}\n" for line in [*body.splitlines(), "return 1.0"])
    assert removed(text) == "def f(x):\n    return 1.0\n"
