from __future__ import annotations

from collections.abc import Callable

import gast
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from srcgrad.optimise import optimise
from srcgrad.optimise.augmented import augment_assignments
from srcgrad.optimise.coalescing import coalesce_names
from srcgrad.optimise.comments import remove_idle_comments
from srcgrad.optimise.constants import propagate_constants
from srcgrad.optimise.copies import propagate_copies
from srcgrad.optimise.nesting import nest_temporaries
from tests.optimise.functions import close, expected, known_pure, parse, run, text_of
from tests.optimise.random_programs import ARRAYS, NUMBERS, SHELVES, TAPES, programs
from tests.optimise.test_dead_code import ARGUMENTS

SCALARS = frozenset(NUMBERS)
DIMENSIONS = dict.fromkeys(ARRAYS, 1)
EVERYTHING = frozenset(NUMBERS + ARRAYS + TAPES + SHELVES)

Pass = Callable[[gast.FunctionDef, frozenset[str], bool], gast.FunctionDef]


def half_of(names: frozenset[str]) -> list[str]:
    """Every second name."""
    return sorted(names)[::2]


PASSES: dict[str, Pass] = {
    "comments": lambda function, temporaries, hints: remove_idle_comments(function),
    "coalescing": lambda function, temporaries, hints: coalesce_names(function, half_of(temporaries), temporaries),
    "copies": lambda function, temporaries, hints: propagate_copies(
        function, temporaries, scalars=SCALARS if hints else ()
    ),
    "constants": lambda function, temporaries, hints: propagate_constants(
        function, known_pure, temporaries, scalars=SCALARS if hints else (), arrays=DIMENSIONS if hints else None
    ),
    "nesting": lambda function, temporaries, hints: nest_temporaries(
        function,
        known_pure,
        temporaries,
        scalars=SCALARS if hints else (),
        arrays=DIMENSIONS if hints else None,
    ),
    "augmented": lambda function, temporaries, hints: augment_assignments(
        function, temporaries, scalars=SCALARS if hints else (), arrays=DIMENSIONS if hints else ()
    ),
    "all": lambda function, temporaries, hints: optimise(
        function,
        known_pure,
        SCALARS if hints else (),
        temporaries,
        DIMENSIONS if hints else None,
        half_of(temporaries),
    ),
}


def check_close(text: str, change: Pass, temporaries: frozenset[str], hints: bool) -> None:
    """Run a program before and after a pass, and compare everything that can be seen."""
    before = parse(text)
    untouched = text_of(before)
    after = change(before, temporaries, hints)
    assert text_of(before) == untouched
    for arguments in ARGUMENTS:
        try:
            wanted = run(before, *arguments)
        except Exception:
            continue
        assert close(run(after, *arguments), wanted), text_of(after)


@pytest.mark.parametrize("change", PASSES.values(), ids=PASSES.keys())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=programs(), temporaries=st.frozensets(st.sampled_from(sorted(EVERYTHING))), hints=st.booleans())
def test_random_programs_mean_the_same(change: Pass, text: str, temporaries: frozenset[str], hints: bool) -> None:
    assume(temporaries)
    check_close(text, change, temporaries, hints)


def after(change: Callable[..., gast.FunctionDef], text: str, *arguments: object, **hints: object) -> str:
    """The text after a pass."""
    return text_of(change(parse(text), *arguments, **hints))


def test_comments_stand_over_statements() -> None:
    before = """
        def f(x):
            # ---- forward sweep ----
            # y = 2.0 * x

            # ---- reverse sweep ----
            # return y
            y_bar = 1.0
            for i in range(3):
                # z = 1
                y_bar *= 2.0
                # z = 2
            # y = 2.0 * x
            return y_bar
        """
    assert after(remove_idle_comments, before) == expected("""
        def f(x):
            # ---- reverse sweep ----
            # return y
            y_bar = 1.0
            for i in range(3):
                # z = 1
                y_bar *= 2.0
            return y_bar
        """)


def test_a_block_is_not_emptied_by_the_removal_of_comments() -> None:
    text = "def f(x):\n    if x:\n        # nothing\n        pass\n    return x\n"
    assert after(remove_idle_comments, text) == text


def test_a_value_is_named_after_the_adjoint_that_it_is() -> None:
    before = """
        def f(x_bar, L, s):
            v_bar = x_bar / L
            L_bar = -v_bar * s
            s_bar = v_bar
            for i in range(2):
                L_bar += v_bar
            v_bar = L_bar * s
            return v_bar, s_bar
        """
    assert after(coalesce_names, before, ["v_bar"], ["v_bar", "s_bar", "L_bar"]) == expected("""
        def f(x_bar, L, s):
            s_bar = x_bar / L
            L_bar = -s_bar * s
            for i in range(2):
                L_bar += s_bar
            v_bar = L_bar * s
            return v_bar, s_bar
        """)


VALUES_THAT_KEEP_THEIR_NAMES = [
    ("two adjoints begin with it", "v = 2.0 * x\na = v\nb = v\nreturn a + b + v"),
    ("the adjoint is in use", "a = x\nv = 2.0 * x\nb = a * a\na = v\nreturn a + b + v"),
    ("the adjoint changes", "v = 2.0 * x\na = v\na += x\nreturn a + v"),
    ("the value changes", "v = 2.0 * x\na = v\nv += x\nreturn a + v"),
    ("it is made in a branch", "if x:\n    v = 2.0\nelse:\n    v = 3.0\na = v\nreturn a"),
    ("it is used in the next trip", "v = x\nfor i in range(3):\n    b = v\n    v = b * x\n    a = v\nreturn a"),
]


@pytest.mark.parametrize("reason, body", VALUES_THAT_KEEP_THEIR_NAMES, ids=lambda value: value.split("\n")[0])
def test_values_keep_their_names(reason: str, body: str) -> None:
    text = "def f(x):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    assert after(coalesce_names, text, ["v"], ["v", "a", "b"]) == text, reason


def test_copies() -> None:
    before = """
        def f(s_bar, w, x_bar):
            a_bar = s_bar
            x_bar += a_bar * (w / 2.0)
            if w > 0.0:
                x_bar += a_bar
            s_bar = a_bar * w
            return x_bar, s_bar
        """
    assert after(propagate_copies, before, {"a_bar"}) == expected("""
        def f(s_bar, w, x_bar):
            a_bar = s_bar
            x_bar += s_bar * (w / 2.0)
            if w > 0.0:
                x_bar += s_bar
            s_bar = s_bar * w
            return x_bar, s_bar
        """)


COPIES_THAT_STAY = [
    ("the source changes", "a = s\ns = 2.0 * a\nreturn a * s"),
    ("the source changes in a loop", "a = s\nfor i in range(3):\n    s = 2.0 * a\nreturn s"),
    ("the source is updated", "a = s\ns += 1.0\nreturn a * s"),
    ("the copy is updated", "a = s\na += 1.0\nreturn a * s"),
    ("the copy may be another one", "a = s\nif s:\n    a = 1.0\nreturn a"),
    ("a closure reads it later", "a = s\ng = lambda: a\ns = 1.0\nreturn g()"),
    ("the trip before reads it", "for i in s:\n    effect(a)\n    a = s"),
    ("the user's own", "x = s\nreturn x"),
]


@pytest.mark.parametrize("body", [body for _, body in COPIES_THAT_STAY], ids=[name for name, _ in COPIES_THAT_STAY])
def test_copies_that_stay(body: str) -> None:
    text = "def f(s, a):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    assert after(propagate_copies, text, {"a", "s"}) == text


def test_negated_numbers_give_their_sign_to_what_reads_them() -> None:
    before = """
        def f(t_bar, a, x):
            u_bar = -t_bar
            a_bar = u_bar / x
            x_bar = -u_bar * a
            x_bar += u_bar
            return a_bar, x_bar
        """
    assert after(propagate_copies, before, {"u_bar"}, scalars={"u_bar", "t_bar"}) == expected("""
        def f(t_bar, a, x):
            u_bar = -t_bar
            a_bar = -t_bar / x
            x_bar = t_bar * a
            x_bar -= t_bar
            return a_bar, x_bar
        """)
    assert after(propagate_copies, before, {"u_bar"}) == expected(before)


def test_constants() -> None:
    before = """
        def f(x, y_bar, z):
            result_bar = 1.0
            s_bar = 0.0
            s_bar += result_bar * (2.0 * x)
            y_bar += z * result_bar
            y_bar[0] -= -result_bar
            effect(result_bar * s_bar)
            return s_bar
        """
    assert after(propagate_constants, before, known_pure, {"result_bar", "s_bar"}, scalars={"s_bar"}) == expected("""
        def f(x, y_bar, z):
            result_bar = 1.0
            s_bar = 2.0 * x
            y_bar += z
            y_bar[0] += 1.0
            effect(s_bar)
            return s_bar
        """)


def test_a_product_with_one_stays_where_it_makes_a_new_array() -> None:
    text = """
        def f(x, y):
            c = 1.0
            y_bar = c * x
            y_bar[0] = 2.0
            z = [c * x]
            t = 0.0
            t += y
            t += y
            return y_bar, z, (x * c if y_bar[0] else c * np.sin(x)), t
        """
    assert after(propagate_constants, text, known_pure, {"c", "t"}) == expected("""
        def f(x, y):
            c = 1.0
            y_bar = 1.0 * x
            y_bar[0] = 2.0
            z = [1.0 * x]
            t = 0.0
            t += y
            t += y
            return y_bar, z, x * 1.0 if y_bar[0] else np.sin(x), t
        """)


def test_a_product_with_one_is_a_copy_or_another_name() -> None:
    before = """
        def f(x, y, i, where):
            c = 1.0
            a_bar = c * x
            b_bar = c * y[1:]
            b_bar += x
            d_bar = c * y[i]
            d_bar += x
            e_bar = c * y[where]
            e_bar += x
            return a_bar * x, b_bar, d_bar, e_bar
        """
    hints = {"scalars": {"i"}, "arrays": {"x": 1, "y": 1}}
    assert after(propagate_constants, before, known_pure, {"c"}, **hints) == expected("""
        def f(x, y, i, where):
            c = 1.0
            a_bar = x
            b_bar = y[1:].copy()
            b_bar += x
            d_bar = y[i]
            d_bar += x
            e_bar = y[where].copy()
            e_bar += x
            return a_bar * x, b_bar, d_bar, e_bar
        """)


def test_the_gradient_returned_is_no_argument() -> None:
    text = "def f(x):\n    c = 1.0\n    x_bar = c * x\n    return x_bar\n"
    after_text = "def f(x):\n    c = 1.0\n    x_bar = x.copy()\n    return x_bar\n"
    assert after(propagate_constants, text, known_pure, {"c"}, arrays={"x": 1}) == after_text
    unknown = "def f(x):\n    c = 1.0\n    x_bar = 1.0 * x\n    return x_bar\n"
    assert after(propagate_constants, text, known_pure, {"c"}) == unknown


def test_constants_that_change_stay() -> None:
    text = """
        def f(n):
            c = 1.0
            d = 2.0
            for i in range(n):
                effect(c * d)
                c = 2.0
                d *= 2.0
            return c
        """
    assert after(propagate_constants, text, known_pure, {"c", "d"}, scalars={"c", "d"}) == expected(text)


def test_augmented_assignments() -> None:
    before = """
        def f(s_bar, x_bar, a, items, y):
            s_bar = s_bar * 0.5
            s_bar = a + s_bar
            s_bar = s_bar - a
            s_bar = s_bar * a / 2.0
            s_bar = s_bar + a - 2.0
            s_bar = s_bar / a / 2.0
            s_bar = a - s_bar
            x_bar[i] = x_bar[i] + a
            x_bar[i, 1:] = 2.0 * x_bar[i, 1:]
            x_bar[i] = x_bar[i + 1] + a
            x_bar[g()] = x_bar[g()] + a
            x_bar = x_bar + a
            items[0] = items[0] + a
            y = y + a
        """
    arguments = ({"s_bar", "x_bar", "items"},)
    hints = {"scalars": {"s_bar", "y"}, "arrays": {"x_bar"}}
    assert after(augment_assignments, before, *arguments, **hints) == expected("""
        def f(s_bar, x_bar, a, items, y):
            s_bar *= 0.5
            s_bar += a
            s_bar -= a
            s_bar *= a / 2.0
            s_bar += a - 2.0
            s_bar = s_bar / a / 2.0
            s_bar = a - s_bar
            x_bar[i] += a
            x_bar[i, 1:] *= 2.0
            x_bar[i] = x_bar[i + 1] + a
            x_bar[g()] = x_bar[g()] + a
            x_bar = x_bar + a
            items[0] = items[0] + a
            y = y + a
        """)


def test_nesting() -> None:
    before = """
        def f(p_bar, q, p, b_bar, r):
            # p = a / (1.0 + b)
            t_bar = p_bar / q
            u_bar = -t_bar * p
            v_bar = np.sin(r)
            b_bar += u_bar
            w_bar = v_bar * q
            w_bar -= v_bar
            # r = c
            r_bar = w_bar
            return b_bar, r_bar
        """
    assert after(nest_temporaries, before, known_pure, {"t_bar", "u_bar", "v_bar", "w_bar"}) == expected("""
        def f(p_bar, q, p, b_bar, r):
            # p = a / (1.0 + b)
            v_bar = np.sin(r)
            b_bar -= p_bar / q * p
            w_bar = v_bar * q - v_bar
            # r = c
            r_bar = w_bar
            return b_bar, r_bar
        """)


NOT_NESTED = [
    ("read twice", "t = a * b\nc = t * t\nreturn c"),
    ("read later too", "t = a * b\nc = t * 2.0\nreturn c, t"),
    ("read in the next trip", "t = 0.0\nfor i in a:\n    c = t + i\n    t = a * b\nreturn c"),
    ("an operand changes", "t = 2.0 * a\na = 1.0\nc = t\nreturn c, a"),
    ("an operand is written into", "a = np.zeros(3)\nt = a[0] * b\na[0] = 1.0\nc = t\nreturn c, a"),
    ("an operand is written into by a call", "t = a[0] * b\neffect(a)\nc = t\nreturn c"),
    ("the reader calls first", "t = a[0] * b\nc = effect(a) + t\nreturn c"),
    ("a call", "t = effect(a)\neffect(b)\nc = t\nreturn c"),
    ("read in a comprehension", "t = a * b\nc = [t * i for i in b]\nreturn c"),
    ("indexed", "t = a * b\nc = t[0]\nreturn c"),
    ("over a comment", "t = a * b\n# c = t\nc = t\nreturn c"),
    ("over a branch", "t = a * b\nif a:\n    c = t\nreturn c"),
    ("into a line too long", f"t = a * {'b' * 60}\nc = t * {'b' * 60}\nreturn c"),
    ("a sum into another name", "t = a\nt += b\nreturn t"),
    ("inside try", "try:\n    t = a[0]\n    c = t\nexcept IndexError:\n    c = 1.0\nreturn c"),
]


@pytest.mark.parametrize("body", [body for _, body in NOT_NESTED], ids=[name for name, _ in NOT_NESTED])
def test_not_nested(body: str) -> None:
    text = "def f(a, b):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    assert after(nest_temporaries, text, known_pure, {"t"}) == text


def test_writes_into_another_array_do_not_hinder_nesting() -> None:
    before = """
        def f(x, y, z_bar):
            x_bar = np.zeros_like(x)
            y_bar = np.zeros_like(y)
            # z = x * y
            l_bar = z_bar * y
            r_bar = z_bar * x
            x_bar += l_bar
            y_bar += r_bar
            return x_bar, y_bar
        """
    assert after(nest_temporaries, before, known_pure, {"l_bar", "r_bar"}) == expected("""
        def f(x, y, z_bar):
            x_bar = np.zeros_like(x)
            y_bar = np.zeros_like(y)
            # z = x * y
            x_bar += z_bar * y
            y_bar += z_bar * x
            return x_bar, y_bar
        """)
