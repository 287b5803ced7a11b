"""The operands of an expression, in the order in which Python evaluates them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import gast

from srcgrad.normalise.scopes import replaced

EXPRESSIONS = (gast.expr, gast.Slice)


def operands(node: gast.expr) -> list[gast.expr]:
    """What an expression is made of, in the order of evaluation."""
    if isinstance(node, gast.Dict):
        pairs = zip(node.keys, node.values)
        return [part for pair in pairs for part in pair if part is not None]
    if isinstance(node, gast.Call):
        return [node.func, *node.args, *(option.value for option in node.keywords)]
    found: list[gast.expr] = []
    for _, value in gast.iter_fields(node):
        if isinstance(value, list):
            found.extend(part for part in value if isinstance(part, EXPRESSIONS))
        elif isinstance(value, EXPRESSIONS):
            found.append(value)
    return found


def with_operands(node: gast.expr, values: Sequence[gast.expr]) -> gast.expr:
    """The same expression of other operands."""
    given: Iterator[gast.expr] = iter(values)
    if isinstance(node, gast.Dict):
        keys: list[gast.expr | None] = []
        members: list[gast.expr] = []
        for key in node.keys:
            keys.append(None if key is None else next(given))
            members.append(next(given))
        return replaced(node, keys=keys, values=members)
    if isinstance(node, gast.Call):
        function = next(given)
        arguments = [next(given) for _ in node.args]
        options = [replaced(option, value=next(given)) for option in node.keywords]
        return replaced(node, func=function, args=arguments, keywords=options)
    fields: dict[str, object] = {}
    for field, value in gast.iter_fields(node):
        if isinstance(value, list):
            fields[field] = [next(given) if isinstance(part, EXPRESSIONS) else part for part in value]
        elif isinstance(value, EXPRESSIONS):
            fields[field] = next(given)
    return replaced(node, **fields)
