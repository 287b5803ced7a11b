"""Fetching: a shadow is looked up once, before the loop where that is possible, and not again while it is the same.

Before::

    for i in range(n - 1, -1, -1):
        b_bar = shadow_of(shadows, b)
        x_bar[i] += b_bar[i]
        b_bar = shadow_of(shadows, b)
        b_bar[i] = 0.0

After::

    b_bar = shadow_of(shadows, b)
    for i in range(n - 1, -1, -1):
        x_bar[i] += b_bar[i]
        b_bar[i] = 0.0
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import gast

from srcgrad.syntax.build import copy_tree, names_assigned
from srcgrad.syntax.tree import blank
from srcgrad.syntax.walking import walk

Block = list[gast.stmt]

# For each adjoint that is at hand, the variable whose shadow it is.
Known = dict[str, str]


def fetched_once(statements: Sequence[gast.stmt], bars: Mapping[str, str], bound: Collection[str]) -> Block:
    """The reverse sweep without look-ups that are not needed.

    ``bars`` gives the adjoints of memory their variables, ``bound`` are the variables that surely have a value.
    """
    if not bars:
        return list(statements)
    return _Walk(bars, bound).block(statements, {})[0]


class _Walk:
    def __init__(self, bars: Mapping[str, str], bound: Collection[str]) -> None:
        self.bars = bars
        self.bound = bound

    def block(self, statements: Iterable[gast.stmt], known: Known) -> tuple[Block, Known]:
        result: Block = []
        for statement in statements:
            fetched = self.fetched(statement)
            if fetched is not None and known.get(fetched) == self.bars[fetched]:
                continue
            match statement:
                case gast.If():
                    body, after = self.block(statement.body, known)
                    orelse, other = self.block(statement.orelse, known)
                    result.append(_with(statement, body=body or [gast.Pass()], orelse=orelse))
                    known = {bar: v for bar, v in after.items() if other.get(bar) == v}
                case gast.For() | gast.While():
                    before, loop, known = self._loop(statement, known)
                    result.extend([*before, loop])
                case gast.With() | gast.Try():
                    known = self._kept(known, statement)
                    result.append(statement)
                case _:
                    known = self._kept(known, statement)
                    if fetched is not None:
                        known = {**known, fetched: self.bars[fetched]}
                    result.append(statement)
        return result, known

    def fetched(self, statement: gast.stmt) -> str | None:
        """The adjoint that a statement does nothing but fetch."""
        match statement:
            case gast.Assign(
                targets=[gast.Name(id=bar)],
                value=gast.Call(func=gast.Name(id="shadow_of"), args=[_, gast.Name(id=variable)]),
            ) if self.bars.get(bar) == variable:
                return str(bar)
            case _:
                return None

    def _kept(self, known: Known, statement: gast.AST) -> Known:
        bound = _bound(statement)
        return {bar: variable for bar, variable in known.items() if not {bar, variable} & bound}

    def _loop(self, statement: gast.For | gast.While, known: Known) -> tuple[Block, gast.stmt, Known]:
        """A loop, after the look-ups in it that are the same in each trip."""
        fetching = [node for node in walk(statement) if isinstance(node, gast.stmt) and self.fetched(node)]
        others = set().union(*(_bound(node) for node in _leaves(statement) if node not in fetching))
        steady: dict[str, gast.stmt] = {}
        for node in fetching:
            bar = self.fetched(node)
            assert bar is not None
            if self.bars[bar] in self.bound and not {bar, self.bars[bar]} & others and _is_first_level(node, statement):
                steady.setdefault(bar, copy_tree(node))
        before = [node for bar, node in sorted(steady.items()) if known.get(bar) != self.bars[bar]]
        around = {**self._kept(known, statement), **{bar: self.bars[bar] for bar in steady}}
        around.update({bar: v for bar, v in known.items() if not {bar, v} & others and bar in self.bars})
        body, _ = self.block(statement.body, around)
        return before, _with(statement, body=body or [gast.Pass()]), around


def _is_first_level(node: gast.stmt, loop: gast.For | gast.While) -> bool:
    """Whether a look-up is made in every trip, not in a branch that may not be taken."""
    return node in loop.body or any(
        node in inner.body for inner in loop.body if isinstance(inner, gast.For | gast.While)
    )


def _leaves(statement: gast.AST) -> list[gast.AST]:
    """The simple statements inside a statement, and the targets of loops."""
    compound = gast.If | gast.For | gast.While | gast.With | gast.Try
    nodes = list(walk(statement))
    simple = [node for node in nodes if isinstance(node, gast.stmt) and not isinstance(node, compound)]
    return [*simple, *(node.target for node in nodes if isinstance(node, gast.For))]


def _bound(node: gast.AST) -> set[str]:
    """The names bound anew; an augmented assignment to a shadow leaves it where it is."""
    if isinstance(node, gast.AugAssign) and isinstance(node.target, gast.Name):
        return set()
    return names_assigned(node)


def _with(statement: gast.stmt, **blocks: Block) -> gast.stmt:
    """A compound statement with other blocks."""
    changed: gast.stmt = blank(statement)
    changed.__dict__.update(statement.__dict__)
    changed.__dict__.update(blocks)
    return changed
