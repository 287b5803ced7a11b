"""The patterns of ``match`` statements, as text."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any


def pattern_text(node: Any, expression_text: Callable[[ast.expr], str], inside: bool = False) -> str:
    """The text of a pattern; ``inside`` another one, alternatives and captures stand in parentheses."""

    def text_of(part: Any, inside: bool = False) -> str:
        return pattern_text(part, expression_text, inside)

    match node:
        case ast.MatchValue(value=value):
            return expression_text(value)
        case ast.MatchSingleton(value=value):
            return repr(value)
        case ast.MatchSequence(patterns=patterns):
            return "[" + ", ".join(map(text_of, patterns)) + "]"
        case ast.MatchStar(name=name):
            return "*" + (name or "_")
        case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
            parts = [f"{expression_text(key)}: {text_of(part)}" for key, part in zip(keys, patterns)]
            return "{" + ", ".join(parts + ([f"**{rest}"] if rest else [])) + "}"
        case ast.MatchClass(cls=cls, patterns=patterns):
            parts = [text_of(part) for part in patterns]
            parts += [f"{key}={text_of(part)}" for key, part in zip(node.kwd_attrs, node.kwd_patterns)]
            return f"{expression_text(cls)}({', '.join(parts)})"
        case ast.MatchAs(pattern=None, name=name):
            return name or "_"
        case ast.MatchAs(pattern=pattern, name=name):
            text = f"{text_of(pattern, isinstance(pattern, ast.MatchAs))} as {name}"
        case _:
            text = " | ".join(text_of(part, True) for part in node.patterns)
    return f"({text})" if inside else text
