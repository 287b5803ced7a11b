"""Comments and blank lines as statements, which the printer writes as such.

A comment is ``Expr(Constant("# text", kind="comment"))``: as a tree it is a string statement without
effect, so that a tree with comments still runs.
"""

from __future__ import annotations

import gast

_KIND = "comment"


def comment(text: str) -> gast.Expr:
    """The marker statement for the comment ``text``, with or without its ``#``; an empty text is a blank line."""
    if text:
        lines = (line.rstrip() for line in text.splitlines())
        text = "\n".join(line if line.startswith("#") else f"# {line}".rstrip() for line in lines)
    return gast.Expr(gast.Constant(text, _KIND))


def is_comment(statement: gast.AST) -> bool:
    """Whether the statement is a comment or a blank line."""
    return (
        isinstance(statement, gast.Expr)
        and isinstance(statement.value, gast.Constant)
        and statement.value.kind == _KIND
    )


def comment_text(statement: gast.Expr) -> str:
    """The text of a comment, with its ``#``; "" for a blank line."""
    return str(statement.value.value)
