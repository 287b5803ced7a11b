"""Errors: the place in the user's file, carets, advice, and the built-in errors that they also are."""

from __future__ import annotations

import pickle

import gast
import pytest

from srcgrad.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    Location,
    MissingRuleError,
    SourceError,
    SrcgradError,
    UnsupportedError,
    located,
    location_of,
)

TEXT = "def f(x):\n    é = x; yield x + \\\n 1\n    y = 漢 + g(3)\n\treturn h(y)  # done\n"
LINES = TEXT.splitlines()


def test_message_place_text_caret_and_advice() -> None:
    node = gast.parse("def f(x):\n    y = g(x)\n    return y\n").body[0].body[0].value
    with pytest.raises(UnsupportedError) as caught, located("model.py", ["def f(x):", "    y = g(x)", "    return y"]):
        raise UnsupportedError("g is not differentiated", node=node, advice="register a rule for g")
    assert str(caught.value) == (
        "g is not differentiated\n"
        '  File "model.py", line 2\n'
        "    y = g(x)\n"
        "        ^^^^\n"
        "  Advice: register a rule for g"
    )


def test_columns_count_characters_and_carets_their_width() -> None:
    tree = gast.parse(TEXT.replace("\treturn", "    return"))
    generator = location_of(tree.body[0].body[1], "f.py", LINES)
    assert generator == Location("f.py", 2, 11, 22, LINES[1])
    call = location_of(tree.body[0].body[2].value.right, "f.py", LINES)
    assert call is not None and LINES[3][call.column : call.end_column] == "g(3)"
    assert str(call).splitlines()[-1] == "    " + " " * 9 + "^^^^"


def test_a_node_of_several_lines_is_marked_to_the_end_of_its_first() -> None:
    lines = ["y = f(", "    x)"]
    place = location_of(gast.parse("\n".join(lines)).body[0].value, "f.py", lines)
    assert place == Location("f.py", 1, 4, 6, "y = f(")


def test_a_node_without_line_is_placed_by_its_first_part_that_has_one() -> None:
    part = gast.parse("x + y").body[0].value
    assert location_of(gast.Expr(part), "f.py", ["x + y"]) == Location("f.py", 1, 0, 5, "x + y")
    assert location_of(gast.Name("x", gast.Load(), None, None), "f.py", []) is None


def test_a_line_beyond_the_file_still_gives_file_and_number() -> None:
    place = location_of(gast.parse("\n\nx").body[0], "f.py", [])
    assert str(place) == '  File "f.py", line 3'


def test_the_innermost_file_decides() -> None:
    node = gast.parse("g(x)").body[0]
    with pytest.raises(SrcgradError) as caught, located("outer.py", ["outer"]), located("inner.py", ["g(x)"]):
        raise SrcgradError("wrong", node=node)
    assert caught.value.location is not None and caught.value.location.filename == "inner.py"


def test_located_leaves_other_errors_alone() -> None:
    with pytest.raises(ZeroDivisionError), located("f.py", []):
        raise ZeroDivisionError
    with pytest.raises(SrcgradError, match="^wrong$") as caught, located("f.py", []):
        raise SrcgradError("wrong")
    assert caught.value.location is None


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (UnsupportedError, NotImplementedError),
        (MissingRuleError, NotImplementedError),
        (ArgumentTypeError, TypeError),
        (ArgumentValueError, ValueError),
        (SourceError, ValueError),
    ],
)
def test_each_error_is_also_a_builtin_one(error: type[SrcgradError], builtin: type[Exception]) -> None:
    assert issubclass(error, SrcgradError) and issubclass(error, builtin)


def test_errors_travel_between_processes() -> None:
    error = SourceError("gone", location=Location("f.py", 1, 0, 3, "f()"), advice="come back")
    copied = pickle.loads(pickle.dumps(error))
    assert type(copied) is SourceError and str(copied) == str(error)
