"""Branches that meet, and loops: by fixed points of the variables at their heads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import gast

from srcgrad.analyse.kinds import symbols
from srcgrad.analyse.kinds.conditions import narrowed, truth
from srcgrad.analyse.kinds.construction import Construction
from srcgrad.analyse.kinds.frame import Jumps, Loop, Variables
from srcgrad.analyse.kinds.joins import change_lengths, join
from srcgrad.errors import SrcgradError
from srcgrad.kind import (
    ANY_LENGTH,
    Dimension,
    Opaque,
    Unreachable,
)

_MOST_TRIPS = 25


class Loops(Construction):
    """The part of the interpreter that joins paths and repeats loops."""

    def execute(self, statements: Sequence[gast.AST]) -> None:
        """Execute statements until the flow ends."""
        raise NotImplementedError

    def merge(self, node: gast.AST, key: object, several: Iterable[Variables | None]) -> Variables | None:
        """The variables where several paths meet."""
        result: Variables | None = None
        for variables in several:
            if variables is None:
                continue
            if result is None:
                result = dict(variables)
                continue
            for name, kind in variables.items():
                old = result.get(name)
                if old is None:
                    result[name] = kind
                elif old is not kind:
                    result[name] = join(old, kind, lambda path, name=name: self.fresh(node, (key, name, path)))  # type: ignore[misc]
        return result

    def loop_for(self, node: gast.For) -> None:
        item = self.iterate(node.iter, self.evaluate(node.iter))
        loop = self.loops.setdefault(node, Loop())
        joined = join(loop.item, item, self.naming(node, "item"))
        if joined != loop.item:
            loop.item, loop.version = joined, -1

        def enter() -> bool:
            if isinstance(loop.item, Unreachable):
                return False
            # Each trip has another item: a length that is not a parameter's may be another in each trip.
            taken = change_lengths(
                loop.item, lambda dim, path: self.fresh(node, ("trip", path)) if symbols.unknowns(dim) else dim
            )
            self.assign(node.target, taken)
            return True

        self._loop(node, loop, enter, lambda variables: variables)

    def loop_while(self, node: gast.While) -> None:
        def enter() -> bool:
            known = self.decide(node.test, truth(self.evaluate(node.test)))
            if known is False or self.variables is None:
                return False
            self.variables = narrowed(self, node.test, True, self.variables)
            return True

        def leave(variables: Variables) -> Variables | None:
            self.variables = dict(variables)
            if truth(self.evaluate(node.test)) is True:
                return None
            return narrowed(self, node.test, False, self.variables)

        self._loop(node, self.loops.setdefault(node, Loop()), enter, leave)

    def _loop(
        self, node: Any, loop: Loop, enter: Callable[[], bool], leave: Callable[[Variables], Variables | None]
    ) -> None:
        """Interpret a loop until the variables at its head no longer change.

        A later visit starts from the head that was stable before, and goes through the body only if that head no longer
        covers what comes in: nested loops are not visited exponentially often.
        """
        head = self.merge(node, "head", (loop.head, self.variables))
        assert head is not None
        if loop.version == self.session.version and head == loop.head:
            self.variables = None if loop.exit is None else dict(loop.exit)
            return
        self.active.append(loop)
        for trip in range(_MOST_TRIPS):
            jumps = Jumps()
            self.jumps.append(jumps)
            self.variables = dict(head)
            ends: list[Variables | None] = []
            if enter():
                self.execute(node.body)
                ends = [self.variables, *jumps.continues]
            self.jumps.pop()
            back = [None if end is None else self._carried(node, loop, end) for end in ends]
            after = self.merge(node, "head", (head, *back))
            assert after is not None
            if after == head:
                break
            if trip > _MOST_TRIPS - 10:
                after = {name: kind if kind == head.get(name) else Opaque() for name, kind in after.items()}
            head = after
        else:
            raise SrcgradError(
                "the kinds of this loop's variables do not settle",
                node=node,
                advice="let each variable of the loop keep its kind from trip to trip",
            )
        self.variables = leave(head)
        self.active.pop()
        if self.variables is not None:
            self.execute(node.orelse)
        self.variables = self.merge(node, "exit", (self.variables, *jumps.breaks))
        loop.head = head
        loop.exit = None if self.variables is None else dict(self.variables)
        loop.version = self.session.version

    def _carried(self, node: gast.AST, loop: Loop, variables: Variables) -> Variables:
        """The variables at the end of a trip as the next trip sees them.

        A length that was named in this trip is another length in the next, where the name is given anew; what the
        variable carries over gets a name of the variable's own.
        """
        carried: Variables = {}
        for name, kind in variables.items():

            def change(dim: Dimension, path: Any, name: str = name) -> Dimension:
                if symbols.unknowns(dim) & loop.generated:
                    return ANY_LENGTH if "element" in path else self.fresh(node, ("head", name, path))
                return dim

            carried[name] = change_lengths(kind, change)
        return carried
