"""Selection: numbers that say at run time which of several arrays a variable holds, and the tests that ask them."""

from __future__ import annotations

from collections.abc import Sequence

import gast

from srcgrad.normalise.places import Restart
from srcgrad.syntax.build import assign, compare, constant, if_statement
from srcgrad.syntax.names import Names

Key = tuple[str, ...]


class Selection:
    """The variables that may hold one of several arrays; which ones is found out walk by walk."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.chosen: dict[str, str] = {}
        self._numbers: dict[str, int] = {}

    def variable(self, variable: str) -> str:
        """The number that says what a variable holds: ``target_at`` for ``target``."""
        if variable not in self.chosen:
            self.chosen[variable] = self.names.fresh(f"{variable}_at")
            raise Restart
        return self.chosen[variable]

    def note(self, variable: str, place: str) -> list[gast.stmt]:
        """The statement that says what a variable holds from here on, where that is asked."""
        if variable not in self.chosen:
            return []
        return [assign(self.chosen[variable], constant(self._number(place)))]

    def _number(self, place: str) -> int:
        return self._numbers.setdefault(place, len(self._numbers))

    def chain(self, branches: Sequence[tuple[Key, list[gast.stmt]]], variables: Sequence[str]) -> list[gast.stmt]:
        """The block for the combination that holds, where each has the places of the variables as its key."""
        (key, block), *others = branches
        if not others or all(not block and not other for _, other in others):
            return block
        return [
            if_statement(
                self._test(key, [other for other, _ in others], variables),
                block or [gast.Pass()],
                self.chain(others, variables),
            )
        ]

    def _test(self, key: Key, others: Sequence[Key], variables: Sequence[str]) -> gast.expr:
        """A test that holds for one combination and none of the others."""
        differing = [
            position for position in range(len(key)) if any(other[position] != key[position] for other in others)
        ]
        for position in differing:
            if all(other[position] != key[position] for other in others):
                differing = [position]
                break
        tests: list[gast.expr] = [
            compare(self.variable(variables[position]), "==", constant(self._number(key[position])))
            for position in differing
        ]
        return tests[0] if len(tests) == 1 else gast.BoolOp(gast.And(), tests)
