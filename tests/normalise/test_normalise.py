from __future__ import annotations

from random import Random
from types import FunctionType

import gast
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from srcgrad.errors import UnsupportedError
from srcgrad.normalise import normalise
from srcgrad.read import read_function
from tests.normalise.normal_form import assert_normal_form
from tests.normalise.random_programs import ProgramWriter
from tests.normalise.running import assert_same, assert_text, function_tree, text_of
from tests.programs import PROGRAMS

MANY = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))

PAIRS = {
    "guard clauses": (
        """
        def f(x, y):
            if x > y:
                return x
            if x > 2 * y:
                y = y + 1
                return y
            return x * y
        """,
        """
        def f(x, y):
            if x > y:
                result = x
            elif x > 2 * y:
                y = y + 1
                result = y
            else:
                result = x * y
            return result
        """,
    ),
    "every return returns the same variable": (
        """
        def f(a, tol):
            x = a
            for n in range(50):
                step = 0.5 * (x - a / x)
                x = x - step
                if abs(step) < tol:
                    return x
            return x
        """,
        """
        def f(a, tol):
            x = a
            for n in range(50):
                step = 0.5 * (x - a / x)
                x = x - step
                if abs(step) < tol:
                    break
            return x
        """,
    ),
    "a constant at the end needs no flag": (
        """
        def f(x):
            for i in range(3):
                if x[i] > 1.0:
                    return x[i] * 2.0
            return 0.0
        """,
        """
        def f(x):
            result = 0.0
            for i in range(3):
                if x[i] > 1.0:
                    result = x[i] * 2.0
                    break
            return result
        """,
    ),
    "return from inner loops": (
        """
        def f(x):
            for i in range(3):
                for j in range(3):
                    if x[i] > x[j]:
                        return x[i]
                x[i] = 1.0
            return x[0] + x[1]
        """,
        """
        def f(x):
            returned = False
            for i in range(3):
                for j in range(3):
                    if x[i] > x[j]:
                        result = x[i]
                        returned = True
                        break
                if returned:
                    break
                else:
                    x[i] = 1.0
            if not returned:
                result = x[0] + x[1]
            return result
        """,
    ),
    "continue and break": (
        """
        def f(x, s):
            for v in x:
                if v < 0.0:
                    continue
                if v > 1.0:
                    break
                s += v
            return s
        """,
        """
        def f(x, s):
            for v in x:
                if not v < 0.0:
                    if v > 1.0:
                        break
                    else:
                        s += v
            return s
        """,
    ),
    "what follows several ways on is guarded by a flag": (
        """
        def f(x, s):
            for v in x:
                if v > 0.0:
                    if v > 1.0:
                        continue
                    s += 1.0
                else:
                    s -= 1.0
                s *= v
            return s
        """,
        """
        def f(x, s):
            for v in x:
                skipped = False
                if v > 0.0:
                    if v > 1.0:
                        skipped = True
                    else:
                        s += 1.0
                else:
                    s -= 1.0
                if not skipped:
                    s *= v
            return s
        """,
    ),
    "loop-else": (
        """
        def f(x, s):
            for v in x:
                if v > 1.0:
                    break
            else:
                s = 0.0
            return s
        """,
        """
        def f(x, s):
            stopped = False
            for v in x:
                if v > 1.0:
                    stopped = True
                    break
            if not stopped:
                s = 0.0
            return s
        """,
    ),
    "with": (
        """
        def f(x):
            with np.errstate(all="ignore"):
                return np.sqrt(x)
        """,
        """
        def f(x):
            with np.errstate(all="ignore"):
                result = np.sqrt(x)
            return result
        """,
    ),
    "assignments": (
        '''
        def f(x, i, j):
            """A docstring."""
            a: float = 1.0
            b = c = x[0] + a
            a, b = b, a + b
            a, b, c = c, a, b
            x[i], x[j] = x[j], x[i]
            for k, (p, q) in enumerate(zip(x, x)):
                a += p * q * k
            first, *rest = x
            (u, v), w = (a, b), first
            return u + v + w
        ''',
        """
        def f(x, i, j):
            a = 1.0
            b = x[0] + a
            c = b
            a_new = b
            b = a + b
            a = a_new
            a_new = c
            c = b
            b = a
            a = a_new
            x_new = x[i]
            x[i] = x[j]
            x[j] = x_new
            for k, p_q in enumerate(zip(x, x)):
                p, q = p_q
                a += p * q * k
            items = list(x)
            first = items[0]
            rest = items[1:]
            u = a
            v = b
            w = first
            return u + v + w
        """,
    ),
    "assignments inside expressions": (
        """
        def f(x, tol):
            while (r := np.cos(x)) > tol:
                x = x - r
            return x + (y := 2.0 * x) + y
        """,
        """
        def f(x, tol):
            while True:
                r = np.cos(x)
                if r > tol:
                    x = x - r
                else:
                    break
            y = 2.0 * x
            return x + y + y
        """,
    ),
    "no result": (
        """
        def f(x):
            if x[0] > 1.0:
                return
            x[0] = 2.0
        """,
        """
        def f(x):
            if not x[0] > 1.0:
                x[0] = 2.0
            return None
        """,
    ),
}

UNCHANGED = """
def f(x, w, n, tol):
    y = np.zeros(n)
    s = 0.0
    for i in range(n):
        a = w * x[i] + s
        if a > 0.0 and 0 < i < 3:
            s = np.sin(a) if a > 1.0 else a
        elif a < -10.0:
            raise ValueError(a)
        else:
            s = 0.1 * a
        y[i] = s * x[i]
    while s * s > tol:
        s = 0.5 * s
        if s < 0.0:
            break
    with np.errstate(all="ignore"):
        p, q = divmod(s, 2.0)
    z = [v * p for v in y if v > 0.0]
    g = lambda t: t + q
    try:
        s = g(s)
    except ValueError:
        s = 0.0
    return np.sum(y) + s + sum(z)
"""

REFUSED = {
    "yield": "def f(x):\n    yield x",
    "await": "async def f(x):\n    return await x",
    "global": "def f(x):\n    global y\n    y = x",
    "nonlocal": "def f(x):\n    def g():\n        nonlocal x\n        x = 1\n    g()\n    return x",
    "class": "def f(x):\n    class A:\n        pass\n    return x",
    "del": "def f(x):\n    del x.a",
    "finally": "def f(x):\n    try:\n        x = 1\n    finally:\n        return x",
    "unpacking nothing": "def f(x):\n    () = x",
}


@pytest.mark.parametrize("name", PAIRS)
def test_reads_as_a_person_would_write_it(name: str) -> None:
    before, after = PAIRS[name]
    tree = normalise(function_tree(before))
    assert_text(tree, after)
    assert_normal_form(tree)


def test_what_needs_no_change_is_left_alone() -> None:
    assert_text(normalise(function_tree(UNCHANGED)), UNCHANGED)


@pytest.mark.parametrize("name", REFUSED)
def test_refused_at_the_node(name: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        normalise(function_tree(REFUSED[name]))
    assert caught.value.node is not None


def test_nested_functions_may_assign_where_allowed() -> None:
    tree = function_tree(REFUSED["nonlocal"])
    assert_same(tree, normalise(tree, allow_nonlocal=True), 3)


def test_a_flag_is_not_named_like_a_variable() -> None:
    tree = normalise(function_tree("def f(result, x):\n    if x:\n        return 1\n    return result"))
    assert "result_ = 1" in text_of(tree)


def test_orderings_are_not_turned_round() -> None:
    tree = function_tree("def f(x):\n    for v in x:\n        if v < 1.0:\n            continue\n        return v")
    assert_same(tree, normalise(tree), [float("nan"), 0.5], seeds=1)


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_corpus(program) -> None:
    if not isinstance(program.function, FunctionType):
        pytest.skip("not a plain function")
    try:
        tree = normalise(read_function(program.function).tree, allow_nonlocal=True)
    except UnsupportedError:
        pytest.skip("refused")
    assert gast.dump(normalise(tree, allow_nonlocal=True)) == gast.dump(tree)


@MANY
@given(st.randoms(use_true_random=False), st.booleans(), st.booleans())
def test_random_programs(random: Random, walrus: bool, cleaning: bool) -> None:
    tree = ProgramWriter(random, walrus=walrus, cleaning=cleaning).function()
    before = gast.dump(tree)
    normal = normalise(tree)
    assert gast.dump(tree) == before
    assert_normal_form(normal)
    assert_same(tree, normal, 1, 2, [3, 4, 5], seeds=4)
