"""How long a tape can get, as an expression that has its value where the tape is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import gast

from srcgrad.syntax.build import (
    add,
    call,
    constant,
    multiply,
    names_assigned,
    names_read,
    number_value,
    substitute,
    subtract,
)


@dataclass(frozen=True)
class _Span:
    """The least and the greatest value of a loop's index."""

    least: gast.expr
    greatest: gast.expr


def capacity(tape: str, rest: Sequence[gast.stmt], is_kept: Callable[[gast.expr], bool]) -> gast.expr | None:
    """The number of entries that the statements behind a tape's making append at most; None where that is not known.

    Only entries that ``is_kept`` says yes to count.
    """
    total: gast.expr | None = None
    changed = names_assigned(rest)
    for statement in rest:
        found = _appended(statement, tape, is_kept, changed, {})
        if found is None:
            return None
        for trips in found:
            total = trips if total is None else add(total, trips)
    return total


def _appended(
    statement: gast.stmt,
    tape: str,
    is_kept: Callable[[gast.expr], bool],
    changed: set[str],
    spans: Mapping[str, _Span],
) -> list[gast.expr] | None:
    """How often each of the places in a statement appends, at most."""
    match statement:
        case gast.Expr(
            value=gast.Call(func=gast.Attribute(value=gast.Name(id=identifier), attr="append"), args=[entry])
        ):
            return [constant(1)] if identifier == tape and is_kept(entry) else []
    inside = [node for node in gast.walk(statement) if isinstance(node, gast.Expr)]
    if not any(_appended(node, tape, is_kept, changed, spans) for node in inside if node is not statement):
        return []
    match statement:
        case gast.For(
            target=gast.Name(id=index), iter=gast.Call(func=gast.Name(id="range"), args=arguments), orelse=[]
        ):
            span = _span(arguments, changed, spans)
            if span is None or index in names_assigned(statement.body):
                return None
            trips = _length(span)
            total: list[gast.expr] = []
            for inner in statement.body:
                found = _appended(inner, tape, is_kept, changed, {**spans, index: span})
                if found is None:
                    return None
                total += [multiply(trips, one) for one in found]
            return total
        case _:
            # A branch that is rarely taken, or a loop whose trips the data decide.
            return None


def _span(arguments: list[gast.expr], changed: set[str], spans: Mapping[str, _Span]) -> _Span | None:
    """The values of an index that runs over a range."""
    start: gast.expr = arguments[0] if len(arguments) > 1 else constant(0)
    stop = arguments[1] if len(arguments) > 1 else arguments[0]
    step = number_value(arguments[2]) if len(arguments) > 2 else 1
    if not isinstance(step, int) or step == 0:
        return None
    first, last = (start, subtract(stop, 1)) if step > 0 else (add(stop, 1), start)
    least, greatest = _bound(first, changed, spans, False), _bound(last, changed, spans, True)
    return None if least is None or greatest is None else _Span(least, greatest)


def _bound(value: gast.expr, changed: set[str], spans: Mapping[str, _Span], upper: bool) -> gast.expr | None:
    """The greatest or least value of a whole number: indices of the loops around it stand for their ends."""
    if not names_read(value) & changed:
        return value if _is_simple(value) else None
    match value:
        case gast.Name(id=identifier) if identifier in spans:
            return spans[identifier].greatest if upper else spans[identifier].least
        case gast.BinOp(left=left, op=gast.Add(), right=right):
            ends = _bound(left, changed, spans, upper), _bound(right, changed, spans, upper)
            return None if ends[0] is None or ends[1] is None else add(*ends)
        case gast.BinOp(left=left, op=gast.Sub(), right=right):
            ends = _bound(left, changed, spans, upper), _bound(right, changed, spans, not upper)
            return None if ends[0] is None or ends[1] is None else subtract(*ends)
        case _:
            return None


def _is_simple(value: gast.expr) -> bool:
    """Whether an expression costs next to nothing and cannot fail."""
    return all(
        isinstance(node, gast.Name | gast.Constant | gast.BinOp | gast.operator | gast.Attribute | gast.expr_context)
        or (isinstance(node, gast.Subscript) and isinstance(node.value, gast.Attribute) and node.value.attr == "shape")
        or (isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id == "len")
        for node in gast.walk(value)
    )


def _length(span: _Span) -> gast.expr:
    """How many whole numbers there are in a span."""
    length = add(subtract(span.greatest, span.least), 1)
    match length:
        case gast.BinOp(left=gast.BinOp(left=left, op=gast.Sub(), right=gast.Constant(value=1)), op=gast.Add()):
            length = left
    if _is_count(length):
        return substitute(length, {})
    return call("max", length, 0)


def _is_count(value: gast.expr) -> bool:
    """Whether a number is not negative by what it is."""
    match value:
        case gast.Call(func=gast.Name(id="len")) | gast.Attribute(attr="size"):
            return True
        case gast.Subscript(value=gast.Attribute(attr="shape")):
            return True
        case _:
            return False



