"""Long lines: how a statement that does not fit is spread over several lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

LINE_LENGTH = 120

_INDENTATION = 4
_OPENING = ("(", "[", "{")
_CLOSING = (")", "]", "}")
_PARENTHESISABLE = ("if ", "elif ", "while ", "return", "for ", "async for ", "from ")
_COMMA = ", "

# What a long expression is broken at, the loosest first; each level is a set of tokens as printed.
_SEPARATORS: tuple[frozenset[str], ...] = tuple(
    frozenset(f" {operator} " for operator in level.split("|"))
    for level in ("for|async for|if", "if|else", "or", "and", "==|!=|<|<=|>|>=|in|not in|is|is not", "^", "&")
) + tuple(
    frozenset(level) for level in ((" | ",), (" << ", " >> "), (" + ", " - "), (" * ", " / ", " // ", " % ", " @ "))
)


@dataclass
class _Group:
    """What stands between two brackets."""

    opening: str
    items: list[_Item] = field(default_factory=list)
    closing: str = ""


_Item: TypeAlias = str | _Group


def wrapped(tokens: list[str], indentation: int) -> list[str]:
    """The lines of a statement, given as tokens; it is broken only inside brackets, which may be added."""
    items = _grouped(tokens)
    if "\n" in _flat(items):
        return [" " * indentation + _flat(items)]
    start, end = _expression(items)
    if start is not None and _separated(items[start:end], _COMMA, *_SEPARATORS):
        group = _Group("(", items[start:end], ")")
        return _around(items[:start], group, items[end:], indentation)
    return _at_brackets(items, indentation)


def wrapped_comment(text: str, indentation: int) -> list[str]:
    """The lines of a comment, those that are too long broken at spaces, their rest set in."""
    lines: list[str] = []
    for line in text.split("\n"):
        while indentation + len(line) > LINE_LENGTH:
            head, space, rest = line[: LINE_LENGTH - indentation + 1].rpartition(" ")
            if len(head.rstrip("# ")) == 0 or not space:
                break
            lines.append(head.rstrip())
            line = "#     " + rest + line[LINE_LENGTH - indentation + 1 :]
        lines.append(line)
    return lines


def _grouped(tokens: list[str]) -> list[_Item]:
    """The tokens with everything between brackets gathered into groups."""
    stack: list[_Group] = [_Group("")]
    for token in tokens:
        if token in _OPENING:
            stack.append(_Group(token))
        elif token in _CLOSING and len(stack) > 1:
            group = stack.pop()
            group.closing = token
            stack[-1].items.append(group)
        else:
            stack[-1].items.append(token)
    return stack[0].items


def _flat(items: list[_Item]) -> str:
    """The items on one line."""
    return "".join(item if isinstance(item, str) else item.opening + _flat(item.items) + item.closing for item in items)


def _fits(items: list[_Item], indentation: int) -> bool:
    return indentation + len(_flat(items)) <= LINE_LENGTH


def _expression(items: list[_Item]) -> tuple[int | None, int]:
    """Where the expression of a statement begins and ends, if it may be put into parentheses."""
    end = len(items) - (items[-1] == ":")
    assignments = [
        index for index, item in enumerate(items) if isinstance(item, str) and item[0] == " " and item[-2:] == "= "
    ]
    assignments = [index for index in assignments if items[index] not in (" == ", " != ", " <= ", " >= ", " := ")]
    if items[0] not in _PARENTHESISABLE:
        return (assignments[-1] + 1, end) if assignments else (None, end)
    if items[0] == "from ":
        return items.index(" import ") + 1, end
    if items[0] in ("for ", "async for "):
        return items.index(" in ") + 1, end
    start = 1
    while start < end and items[start] == " ":
        start += 1
    return start, end


def _separated(items: list[_Item], *levels: frozenset[str] | str) -> frozenset[str] | str | None:
    """The loosest of the levels at which the items can be broken."""
    for level in levels:
        if any(
            isinstance(item, str) and (item in level if isinstance(level, frozenset) else item == level)
            for item in items
        ):
            return level
    return None


def _at_brackets(items: list[_Item], indentation: int) -> list[str]:
    """The items broken inside the longest pair of brackets."""
    if _fits(items, indentation):
        return [" " * indentation + _flat(items)]
    groups = [index for index, item in enumerate(items) if isinstance(item, _Group) and item.items]
    if not groups:
        return [" " * indentation + _flat(items)]
    longest = max(groups, key=lambda index: len(_flat([items[index]])))
    group = items[longest]
    assert isinstance(group, _Group)
    return _around(items[:longest], group, items[longest + 1 :], indentation)


def _around(before: list[_Item], group: _Group, after: list[_Item], indentation: int) -> list[str]:
    """The content of the brackets on lines of its own."""
    padding = " " * indentation
    return [
        padding + _flat(before) + group.opening,
        *_broken(group.items, indentation + _INDENTATION),
        padding + group.closing + _flat(after),
    ]


def _broken(items: list[_Item], indentation: int) -> list[str]:
    """Items that stand inside brackets, broken at their loosest separators where they do not fit on a line."""
    if _fits(items, indentation):
        return [" " * indentation + _flat(items)]
    level = _separated(items, _COMMA, *_SEPARATORS)
    if level is None:
        return _at_brackets(items, indentation)
    if level == _COMMA:
        return _filled(_parts(items, frozenset([_COMMA])), indentation)
    assert isinstance(level, frozenset)
    return [line for part in _parts(items, level) for line in _broken(part, indentation)]


def _parts(items: list[_Item], separators: frozenset[str]) -> list[list[_Item]]:
    """The items cut before each operator, or after each comma; an operator at a head separates no more."""
    parts: list[list[_Item]] = [[]]
    for item in items:
        if item == _COMMA and item in separators:
            parts[-1].append(",")
            parts.append([])
        elif isinstance(item, str) and item in separators:
            parts.append([item.lstrip()])
        else:
            parts[-1].append(item)
    return [part for part in parts if part]


def _filled(parts: list[list[_Item]], indentation: int) -> list[str]:
    """As many parts on a line as fit; a part that is too long by itself is broken further."""
    lines: list[str] = []
    current = ""
    for part in parts:
        text = _flat(part)
        if current and indentation + len(current) + 1 + len(text) <= LINE_LENGTH:
            current += " " + text
            continue
        if current:
            lines.append(" " * indentation + current)
            current = ""
        if _fits(part, indentation):
            current = text
        else:
            lines.extend(_broken(part, indentation))
    if current:
        lines.append(" " * indentation + current)
    return lines
