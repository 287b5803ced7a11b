"""Comments that no longer stand over anything."""

from __future__ import annotations

import gast

from srcgrad.optimise.rewriting import rewrite_blocks
from srcgrad.syntax.comments import comment_text, is_comment


def remove_idle_comments(function: gast.FunctionDef) -> gast.FunctionDef:
    """The function without comments, headings and blank lines that head nothing.

    Before::

        # ---- forward sweep ----
        # ---- reverse sweep ----
        # y = 2.0 * x
        # return y
        y_bar = 1.0
        # z = 1
        return y_bar

    After::

        # ---- reverse sweep ----
        # return y
        y_bar = 1.0
        return y_bar

    A primal line stands over its adjoint: what follows it in its block must be a statement, other than the
    function's own return.  A heading stands over everything up to the next heading.
    """
    return rewrite_blocks(
        function, lambda block: _without_idle_comments(block, is_outer=block[-1] is function.body[-1])
    )


def _without_idle_comments(block: list[gast.stmt], is_outer: bool) -> list[gast.stmt]:
    """One block, looked at from its end."""
    kept: list[gast.stmt] = []
    for statement in reversed(block):
        if not is_comment(statement) or not _is_idle(comment_text(statement), kept, is_outer):
            kept.append(statement)
    # A block neither starts with a blank line nor consists of comments alone.
    while kept and _is_blank(kept[-1]):
        kept.pop()
    if all(is_comment(statement) for statement in kept) and not all(is_comment(statement) for statement in block):
        return block
    return kept[::-1] or block


def _is_idle(text: str, following: list[gast.stmt], is_outer: bool) -> bool:
    """Whether a comment heads nothing; ``following`` is what stays after it, the last statement first."""
    next_statement = following[-1] if following else None
    if next_statement is None:
        return True
    if not text:
        return _is_blank(next_statement)
    if _is_heading(text):
        return is_comment(next_statement) and (
            _is_heading(comment_text(next_statement))
            or (_is_blank(next_statement) and len(following) > 1 and _heads(following[-2]))
        )
    if is_comment(next_statement):
        return True
    return is_outer and isinstance(next_statement, gast.Return) and len(following) == 1


def _heads(statement: gast.stmt) -> bool:
    return is_comment(statement) and _is_heading(comment_text(statement))


def _is_blank(statement: gast.stmt) -> bool:
    return is_comment(statement) and not comment_text(statement)


def _is_heading(text: str) -> bool:
    """Whether a comment is a heading such as ``# ---- reverse sweep ----``."""
    return text.startswith("# ----")
