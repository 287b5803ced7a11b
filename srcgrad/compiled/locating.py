"""From a line of generated text back to the user's line that it was made of."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

import gast

from srcgrad.errors import Location, location_of
from srcgrad.read.function import FunctionSource
from srcgrad.syntax.printer import print_tree

_REVERSE = "# ---- reverse sweep ----"
_HEADING = re.compile(r"\s*#(?! ----)\s?(.*)")
# How much two statements must have in common to be taken for one that was rewritten.
_ALIKE = 0.6


def primal_location(text: str, line: int, sources: Sequence[FunctionSource]) -> Location | None:
    """The user's statement behind a line of a generated module; None where there is none that looks like it."""
    statements = [(statement, source) for source in sources for statement in _statements(source.tree)]
    for candidate in _candidates(text, line):
        for statement, source in statements:
            if candidate == _head(statement):
                return location_of(statement, source.filename, source.lines)
    best: tuple[float, gast.AST, FunctionSource] | None = None
    for candidate in _candidates(text, line):
        for statement, source in statements:
            likeness = difflib.SequenceMatcher(None, candidate, _head(statement)).ratio()
            if likeness > (best[0] if best else _ALIKE):
                best = likeness, statement, source
    return location_of(best[1], best[2].filename, best[2].lines) if best else None


def _candidates(text: str, line: int) -> Iterator[str]:
    """What the user's statement may read: the generated statement, in a reverse sweep the comment above it first."""
    lines = text.splitlines()
    own = _statement_at(text, line)
    start = max((number for number in range(1, line + 1) if lines[number - 1].startswith("def ")), default=1)
    above = [lines[number - 1] for number in range(line, start, -1)]
    if any(one.strip() == _REVERSE for one in above):
        comment = _comment(above)
        if comment is not None:
            yield comment
    if own is not None:
        yield own


def _comment(above: list[str]) -> str | None:
    """The nearest comment above a line (the lines come nearest first), as one statement."""
    found: list[str] = []
    for one in above:
        match = _HEADING.fullmatch(one)
        if match:
            found.insert(0, match.group(1))
        elif found:
            break
    return _normal(" ".join(found)) if found else None


def _normal(text: str) -> str:
    """A statement's head in one spelling."""
    for attempt in (text, f"{text} pass", f"if True:\n    pass\n{text} pass"):
        try:
            return _head(gast.parse(attempt).body[-1])
        except SyntaxError:
            continue
    return text


def _head(statement: gast.AST) -> str:
    """A simple statement, or the head of a compound one, as text."""
    lines = print_tree(statement).splitlines()
    return lines[0] if isinstance(statement, gast.For | gast.While | gast.If | gast.With) else " ".join(lines)


def _statements(tree: gast.FunctionDef) -> Iterator[gast.AST]:
    return (node for node in gast.walk(tree) if isinstance(node, gast.stmt) and not isinstance(node, gast.FunctionDef))


def _statement_at(text: str, line: int) -> str | None:
    """The innermost statement on a line of a text."""
    found = None
    for node in gast.walk(gast.parse(text)):
        if isinstance(node, gast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            if not isinstance(node, gast.FunctionDef):
                found = node
    return _head(found) if found is not None else None
