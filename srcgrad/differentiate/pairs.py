"""A call as a pair of sweeps, and whom to ask for the sweeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import gast

from srcgrad.custom import CustomJvp
from srcgrad.differentiate.holding import NOTHING_HELD, Held
from srcgrad.kind import Kind


class Requests(Protocol):
    """Asks the module for functions that a derivative calls."""

    def request_pair(
        self,
        function: Any,
        kinds: Mapping[str, Kind],
        wrt: tuple[str, ...],
        read_once: bool = False,
        held: Held = NOTHING_HELD,
    ) -> tuple[str, str]:
        """The names of the forward and the reverse sweep of a function, for kinds of its parameters.

        With ``read_once`` the records of a forward sweep are for one reverse sweep alone, which may use them up.
        ``held`` is what of the call is memory of the caller.
        """

    def request_transpose(
        self, function: CustomJvp, kinds: Mapping[str, Kind], wrt: tuple[str, ...]
    ) -> tuple[str, tuple[str, ...]]:
        """The name of the transposed rule of a function, and the parameters that it takes behind the cotangent."""


@dataclass(frozen=True)
class Pair:
    """A call written as a forward sweep: ``records`` names what it leaves for the reverse sweep, if anything.

    ``reverse`` writes the call of the reverse sweep on an adjoint of the result.  It returns the adjoints of
    ``results``, arguments of the call, one by one; None stands for one that nobody asks for.  With ``is_users`` the
    user's own rule returns them, in a tuple that is always unpacked.
    """

    forward: gast.expr
    reverse: Callable[[gast.expr], gast.expr]
    records: str | None
    results: tuple[gast.expr | None, ...]
    is_tuple: bool
    unpacks: bool = True
    is_users: bool = False
