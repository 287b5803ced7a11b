"""Names of variables that live for one statement of the user's."""

from __future__ import annotations

from srcgrad.syntax.names import Names


class Temporaries:
    """Fresh names, some of which serve again once the statement they were made for is done."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._pools: dict[str, list[str]] = {}
        self._in_use: set[str] = set()

    def next_statement(self) -> None:
        """The names handed out by ``reused`` so far are free again."""
        self._in_use.clear()

    def fresh(self, wanted: str) -> str:
        """A name that nothing else has."""
        return self._names.fresh(wanted)

    def reused(self, wanted: str) -> str:
        """A name that nothing else in this statement has; earlier statements may have used it alike."""
        pool = self._pools.setdefault(wanted, [])
        chosen = next((name for name in pool if name not in self._in_use), None)
        if chosen is None:
            chosen = self._names.fresh(wanted)
            pool.append(chosen)
        self._in_use.add(chosen)
        return chosen
