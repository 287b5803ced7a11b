"""Literals: strings in double quotes if possible, f-strings as every version of Python reads them, numbers."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any


def string_literal(text: str, quote: str = '"', documentation: bool = False) -> str:
    """A literal for ``text``, in ``quote`` if that needs no escapes; documentation keeps its lines."""
    if documentation and (literal := _documentation(text)):
        return literal
    literal = repr(text)
    if literal[0] != quote and "'" not in text and '"' not in text:
        return quote + literal[1:-1] + quote
    return literal


def _documentation(text: str) -> str | None:
    """A triple-quoted literal, None where one cannot be written plainly."""
    if not all(character.isprintable() or character == "\n" for character in text) or '"""' in text:
        return None
    body = text.replace("\\", "\\\\")
    if body.endswith('"'):
        body = body[:-1] + '\\"'
    return f'"""{body}"""'


def formatted_literal(node: ast.JoinedStr, field_text: Callable[[ast.expr, str], str]) -> str:
    """The literal of an f-string.

    Up to Python 3.11 the expressions in it may contain neither its quotes nor a backslash, so quotes are
    chosen that the expressions do without.  ``field_text(expression, quote)`` prints an expression, with
    its strings in ``quote`` where possible.
    """
    text = ""
    for quote, inner in (('"', "'"), ("'", '"'), ('"""', "'"), ("'''", '"')):
        fields: list[str] = []
        text = "f" + quote + _content(node, quote, inner, field_text, fields) + quote
        if not any(quote in field or "\\" in field or "\n" in field for field in fields):
            break
    return text


def _content(node: Any, quote: str, inner: str, field_text: Callable[[ast.expr, str], str], fields: list[str]) -> str:
    """What stands between the quotes; the expressions' texts are added to ``fields``."""
    content = ""
    for value in node.values:
        if isinstance(value, ast.Constant):
            content += _escaped(str(value.value), quote[0]).replace("{", "{{").replace("}", "}}")
            continue
        text = field_text(value.value, inner)
        fields.append(text)
        content += "{" + (" " if text.startswith("{") else "") + text
        if value.conversion != -1:
            content += "!" + chr(value.conversion)
        if value.format_spec is not None:
            content += ":" + _content(value.format_spec, quote, inner, field_text, fields)
        content += "}"
    return content


def _escaped(text: str, quote: str) -> str:
    """The text with escapes for ``quote`` and for what cannot stand in a literal."""
    literal = repr(text)
    body = literal[1:-1]
    if literal[0] == "'":
        body = body.replace("\\'", "'") if "'" in text else body
    return body.replace(quote, "\\" + quote)


def number_literal(value: int | float | complex) -> str:
    """The literal of a number that has one."""
    plain = int if isinstance(value, int) else float if isinstance(value, float) else complex
    return plain.__repr__(value).replace("inf", "1e309")


def number_parts(value: int | float | complex) -> ast.expr | None:
    """The expression of a number that has no literal (negative, nan, real + imaginary), None for one that has."""
    if isinstance(value, complex):
        if value.real or math.copysign(1.0, value.real) < 0:
            return ast.BinOp(ast.Constant(value.real), ast.Add(), ast.Constant(complex(0.0, value.imag)))
        if math.copysign(1.0, value.imag) < 0:
            return ast.UnaryOp(ast.USub(), ast.Constant(complex(0.0, -value.imag)))
    elif value != value:
        return ast.BinOp(ast.Constant(math.inf), ast.Sub(), ast.Constant(math.inf))
    elif value < 0 or math.copysign(1.0, value) < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return None
