"""Innermost loops as compilers vectorise them: upwards where trips may change places, with numbers for fixed elements.

Before:                                   After:
    for k in range(n - 1, -1, -1):            for k in range(n - 1, -1, -1):
        ...                                       assert k >= 0
                                                  A_bar_kk = A_bar[k, k]
        for j in range(n - 1, k, -1):             for j in range(k + 1, n):
            A_bar[k, k] += b[j] * b[j]                A_bar_kk += b[j] * b[j]
                                                  A_bar[k, k] = A_bar_kk

An index that may be negative for all that the compiler knows keeps a loop from being vectorised, and numba's compiler
knows nothing of indices that run downwards: hence the assertion.
"""

from __future__ import annotations

from collections.abc import Sequence

import gast

from srcgrad.analyse.liveness import liveness
from srcgrad.compiled.elements import Element, Elements, Span, span_of
from srcgrad.compiled.overlap import Sharing
from srcgrad.compiled.trips import may_change_places
from srcgrad.compiled.unit import Unit, with_body
from srcgrad.syntax.build import add, assign, call, compare, local_names, name, names_assigned, names_read, number_value
from srcgrad.syntax.comments import is_comment
from srcgrad.syntax.names import Names
from srcgrad.syntax.printer import print_tree
from srcgrad.syntax.tree import blank, copy_tree, with_replaced

_BLOCKS = ("body", "orelse", "finalbody")


def with_innermost_loops(unit: Unit) -> gast.FunctionDef:
    """The function with its innermost loops in a form that compilers vectorise."""
    writer = _Writer(unit)
    body = writer.block(unit.tree.body, ())
    return with_body(unit.tree, body) if writer.changed else unit.tree


class _Writer:
    """Goes through the blocks of one function; ``spans`` are the loops around a block."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.sharing = Sharing(unit)
        self.live = liveness(unit.tree)
        self.names = Names(local_names(unit.tree) | unit.free_names())
        self.changed = False

    def block(self, body: Sequence[gast.stmt], spans: tuple[Span, ...]) -> list[gast.stmt]:
        """The statements of one block."""
        done: list[gast.stmt] = []
        for position, statement in enumerate(body):
            span = span_of(statement)
            if span is not None and not any(isinstance(inner, gast.For | gast.While) for inner in _inside(statement)):
                before, loop = self._innermost(statement, (*spans, span), body, position)
                at = len(done)
                while at and is_comment(done[at - 1]):
                    at -= 1
                done[at:at] = before
                done += loop
            elif any(getattr(statement, part, None) for part in _BLOCKS):
                done.append(self._with_blocks(statement, span, spans))
            else:
                done.append(statement)
        return done

    def _with_blocks(self, statement: gast.stmt, span: Span | None, spans: tuple[Span, ...]) -> gast.stmt:
        """A compound statement, its blocks done."""
        made = blank(statement)
        made.__dict__.update(statement.__dict__)
        changing = names_assigned(statement)
        kept = tuple(one for one in spans if one.index not in changing)
        for part in _BLOCKS:
            if getattr(statement, part, None):
                setattr(made, part, self.block(getattr(statement, part), (*kept, span) if span else kept))
        if span is not None and _runs_down_to_zero(statement) and _indexes_inner_loops(statement, span.index):
            made.body = [gast.Assert(compare(name(span.index), ">=", 0), None), *made.body]
            self.changed = True
        return made

    def _innermost(
        self, loop: gast.For, spans: tuple[Span, ...], block: Sequence[gast.stmt], position: int
    ) -> tuple[list[gast.stmt], list[gast.stmt]]:
        """What goes before an innermost loop, and the loop with what goes behind it."""
        elements = Elements.of(loop, self.unit.variables, spans)
        if elements is None:
            return [], [loop]
        made = blank(loop)
        made.__dict__.update(loop.__dict__)
        if spans[-1].step == -1 and may_change_places(loop, elements, self.live.after[loop], self.sharing.may_share):
            made.iter = _upwards(loop.iter)
            self.changed = True
        before: list[gast.stmt] = []
        behind: list[gast.stmt] = []
        for fixed in self._fixed(elements, block, position):
            self.changed = True
            number = self.names.fresh(_called(fixed))
            text = fixed.text
            made.body = [_with_number(statement, text, number) for statement in made.body]
            before.append(assign(number, copy_tree(fixed.node)))
            if elements.is_written(text):
                behind.append(assign(copy_tree(fixed.node), name(number)))
        return before, [made, *behind]

    def _fixed(self, elements: Elements, block: Sequence[gast.stmt], position: int) -> list[Element]:
        """The elements that are the same in all trips, and that nothing else in the loop may touch."""
        if not elements.written():
            return []
        found = []
        for text, element in elements.by_text().items():
            if elements.varies(element) or not self._is_there(element, block, position):
                continue
            is_written = elements.is_written(text)
            others = [one for one in elements.all if one.text != text and (is_written or one.writes)]
            shared = [one for one in others if self.sharing.may_share(one.array, element.array)]
            if all(one.array == element.array and elements.never_meet(one, element) for one in shared):
                found.append(element)
        return found

    def _is_there(self, element: Element, block: Sequence[gast.stmt], position: int) -> bool:
        """Whether an element exists even where the loop makes no trip: the statements beside it touch it, too."""
        read = names_read(element.node)
        if read & names_assigned(block[position]):
            return False
        kind = self.unit.variables[element.array]
        index = print_tree(element.node.slice)
        for beside in (reversed(block[:position]), block[position + 1 :]):
            for statement in beside:
                if not isinstance(statement, gast.Assign | gast.AugAssign | gast.Expr):
                    break
                for node in gast.walk(statement):
                    if isinstance(node, gast.Subscript) and isinstance(node.value, gast.Name):
                        same = self.unit.variables.get(node.value.id) == kind
                        if same and print_tree(node.slice) == index and not read & names_assigned(statement):
                            return True
                if read & names_assigned(statement):
                    break
        return False


def _inside(statement: gast.stmt) -> list[gast.AST]:
    return [node for part in statement.body for node in gast.walk(part)]


def _runs_down_to_zero(loop: gast.For) -> bool:
    """Whether a loop runs down, and the text says that its index is never negative."""
    if len(loop.iter.args) < 3:
        return False
    stop = number_value(loop.iter.args[1])
    return isinstance(stop, int) and stop >= -1 and number_value(loop.iter.args[2]) == -1


def _indexes_inner_loops(loop: gast.For, index: str) -> bool:
    """Whether the index tells where loops inside begin or end, or which elements they touch."""
    inner = [node for node in _inside(loop) if isinstance(node, gast.For)]
    return any(index in names_read(node.iter) for node in inner)


def _upwards(iteration: gast.Call) -> gast.Call:
    """``range(k + 1, n)`` for ``range(n - 1, k, -1)``."""
    first, stop, _ = iteration.args
    begin, end = _next(stop), _next(first)
    return call("range", end) if number_value(begin) == 0 else call("range", begin, end)


def _next(value: gast.expr) -> gast.expr:
    """``n`` for ``n - 1``, else ``value + 1``."""
    match value:
        case gast.BinOp(left=left, op=gast.Sub() | gast.Add() as op, right=right):
            number = number_value(right)
            if isinstance(number, int):
                return add(copy_tree(left), 1 - number if isinstance(op, gast.Sub) else number + 1)
    return add(copy_tree(value), 1)


def _called(element: Element) -> str:
    """A name for an element as a number: ``A_ik`` for ``A[i, k]``."""
    index = element.node.slice
    parts = index.elts if isinstance(index, gast.Tuple) else [index]
    plain = all(isinstance(part, gast.Name) for part in parts)
    return f"{element.array}_{''.join(part.id for part in parts)}" if plain else f"{element.array}_here"


def _with_number(statement: gast.stmt, text: str, number: str) -> gast.stmt:
    """A statement with a number in the place of an element."""
    replaced: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
    for node in gast.walk(statement):
        if isinstance(node, gast.Subscript) and print_tree(node) == text:
            replaced[node] = gast.Name(number, node.ctx, None, None)
    made = with_replaced(statement, replaced) if replaced else statement
    assert isinstance(made, gast.stmt)
    return made

