"""Fresh names, and comments as statements."""

from __future__ import annotations

import gast

from srcgrad.syntax.comments import comment, comment_text, is_comment
from srcgrad.syntax.names import Names


def test_a_free_name_is_taken_as_it_is() -> None:
    names = Names(["x", "y"])
    assert names.fresh("x_bar") == "x_bar"
    assert names.fresh("x_bar") == "x_bar_"
    assert names.fresh("x_bar") == "x_bar__"
    assert "x_bar__" in names and "z" not in names


def test_keywords_and_builtins_are_not_free() -> None:
    names = Names()
    assert names.fresh("lambda") == "lambda_"
    assert names.fresh("sum") == "sum_"


def test_a_copy_goes_its_own_way() -> None:
    names = Names(["a"])
    copy = names.copy()
    copy.take(["b"])
    assert copy.fresh("b") == "b_"
    assert names.fresh("b") == "b"


def test_comments_are_recognised() -> None:
    assert is_comment(comment("a = b")) and comment_text(comment("a = b")) == "# a = b"
    assert comment_text(comment("# ---- reverse sweep ----")) == "# ---- reverse sweep ----"
    assert is_comment(comment("")) and comment_text(comment("")) == ""
    assert not is_comment(gast.parse("'a string'").body[0])


def test_every_line_of_a_comment_is_one() -> None:
    assert comment_text(comment("a = f(\n    b)\n\nc")) == "# a = f(\n#     b)\n#\n# c"
