"""Errors that point at the user's line.

Every error of srcgrad is a `SrcgradError`; each kind is also the built-in error that one would expect, so that
existing ``except`` clauses hold.  A pass that meets something it cannot differentiate raises with the tree's
node; whoever knows the file wraps the pass in `located`, which turns that node into a place in the file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width


@dataclass(frozen=True)
class Location:
    """A stretch of one line of a file.

    ``line`` counts from 1; ``column`` and ``end_column`` count characters of ``text`` from 0, the end excluded.
    ``text`` is the line as it stands in the file.
    """

    filename: str
    line: int
    column: int
    end_column: int
    text: str

    def __str__(self) -> str:
        """The place as Python's own tracebacks show it: file and line, text, carets."""
        place = f'  File "{self.filename}", line {self.line}'
        text = self.text.strip()
        if not text:
            return place
        indent = len(self.text) - len(self.text.lstrip())
        start = min(max(self.column - indent, 0), len(text) - 1)
        end = min(max(self.end_column - indent, start + 1), len(text))
        before = "".join("\t" if character == "\t" else " " * _width(character) for character in text[:start])
        carets = "^" * sum(_width(character) for character in text[start:end])
        return f"{place}\n    {text}\n    {before}{carets}"


class SrcgradError(Exception):
    """Base class of all errors that srcgrad raises itself.

    Parameters
    ----------
    message : str
        What is wrong, in one sentence.
    node : tree node, optional
        Where it is wrong; `located` turns it into ``location``.
    location : Location, optional
        Where it is wrong, in the user's file.
    advice : str, optional
        What to do about it.
    """

    def __init__(
        self,
        message: str,
        *,
        node: ast.AST | None = None,
        location: Location | None = None,
        advice: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.node = node
        self.location = location
        self.advice = advice

    def __str__(self) -> str:
        parts = [self.message]
        if self.location is not None:
            parts.append(str(self.location))
        if self.advice is not None:
            parts.append(f"  Advice: {self.advice}")
        return "\n".join(parts)


class UnsupportedError(SrcgradError, NotImplementedError):
    """A construct of the language that is not differentiated."""


class MissingRuleError(SrcgradError, NotImplementedError):
    """A function that has neither source text nor a rule."""


class ConvergenceError(SrcgradError, ArithmeticError):
    """An equation for which no solution was found."""


class ArgumentTypeError(SrcgradError, TypeError):
    """An argument, an ``argnums`` or a result of a type that does not fit."""


class ArgumentValueError(SrcgradError, ValueError):
    """An argument, an ``argnums`` or a result with a value that does not fit."""


class BackendError(SrcgradError, ImportError):
    """A backend that needs a library which is not installed."""


class SourceError(SrcgradError, ValueError):
    """A function whose source text cannot be had, or cannot be trusted."""


@contextmanager
def located(filename: str, lines: Sequence[str]) -> Iterator[None]:
    """Give a passing SrcgradError that has a node but no location its place in this file.

    ``lines`` are all lines of the file; the node's line numbers count in it.  The innermost `located` that an
    error passes decides, so the body of a callee is placed in the callee's own file.
    """
    try:
        yield
    except SrcgradError as error:
        if error.location is None and error.node is not None:
            error.location = location_of(error.node, filename, lines)
        raise


def location_of(node: ast.AST, filename: str, lines: Sequence[str]) -> Location | None:
    """Where a node stands in a file; None for a node that has no line number, nor any part that has one."""
    placed = next((part for part in ast.walk(node) if getattr(part, "lineno", None) is not None), None)
    if placed is None:
        return None
    span: Any = placed
    line: int = span.lineno
    text = lines[line - 1].rstrip("\r\n") if 0 < line <= len(lines) else ""
    column = _characters(text, getattr(span, "col_offset", None) or 0)
    end_line = getattr(span, "end_lineno", None)
    end_offset = getattr(span, "end_col_offset", None)
    if end_line == line and end_offset is not None:
        end_column = _characters(text, end_offset)
    else:
        end_column = len(text.rstrip())
    return Location(filename, line, column, end_column, text)


def _characters(text: str, offset: int) -> int:
    """The number of characters in the first ``offset`` UTF-8 bytes of a line: trees count bytes."""
    return len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore"))


def _width(character: str) -> int:
    """How many columns a character takes in a terminal."""
    return 2 if east_asian_width(character) in "WF" else 1
