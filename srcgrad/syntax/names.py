"""Fresh names: the name one would choose, with underscores added only where it is taken."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable

_RESERVED = frozenset(keyword.kwlist) | frozenset(dir(builtins))


class Names:
    """The names in use in one function or module."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def __contains__(self, name: str) -> bool:
        return name in self._taken or name in _RESERVED

    def fresh(self, wanted: str) -> str:
        """``wanted``, or the first of ``wanted_``, ``wanted__``, ... that is free; it is taken from now on."""
        name = wanted
        while name in self:
            name += "_"
        self._taken.add(name)
        return name

    def numbered(self, wanted: str) -> str:
        """``wanted``, or the first of ``wanted2``, ``wanted3``, ... that is free: for one of several of a kind."""
        name, number = wanted, 1
        while name in self:
            number += 1
            name = f"{wanted}{number}"
        self._taken.add(name)
        return name

    def take(self, names: Iterable[str]) -> None:
        """Mark names as taken."""
        self._taken.update(names)

    def copy(self) -> Names:
        """The same names, to be taken further independently."""
        return Names(self._taken)
