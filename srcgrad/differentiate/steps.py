"""The two sweeps as one tree: each primal statement beside the statements that reverse it.

Differentiation builds these steps, recording decides what each must save and restore, layout writes the two
sweeps from them.  The adjoint statements of a step see the primal variables as they are just before the step's
statements ran, except for variables that only the step itself assigns: these they see as they are after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import gast


@dataclass(eq=False)
class Overwrite:
    """A value that a step's statements destroy.

    ``saved`` is the expression to record before the step (None: nothing, ``restore`` undoes the step by itself);
    ``whole`` is true where the variable is bound anew, false where a part of the object it holds changes.
    """

    variable: str
    saved: gast.expr | None
    restore: list[gast.stmt] = field(default_factory=list)
    whole: bool = True
    reads: frozenset[str] = frozenset()
    # Of memory, which is put back in its place and nowhere else: what the record is called after.
    label: str = ""

    @property
    def called(self) -> str:
        """The name after which the record is called."""
        return self.label or self.variable


@dataclass(eq=False)
class Simple:
    """Statements without control flow, and their reversal.

    The ``early`` adjoint statements run before anything is restored: they see all variables as they are after the step.
    ``renewed`` are such statements that do instead of ``adjoint``, where there are any.
    """

    statements: list[gast.stmt]
    adjoint: list[gast.stmt] = field(default_factory=list)
    assigned: frozenset[str] = frozenset()
    overwrites: list[Overwrite] = field(default_factory=list)
    reads_itself: frozenset[str] = frozenset()
    comment: str | None = None
    origin: gast.stmt | None = None
    early: list[gast.stmt] = field(default_factory=list)
    renewed: list[gast.stmt] = field(default_factory=list)
    # Variables whose objects the adjoint statements reach through the records of a callee.
    held: frozenset[str] = frozenset()


@dataclass(eq=False)
class Branch:
    """An ``if``: ``test`` is what the reverse sweep asks (the primal's test, or a flag that holds its outcome)."""

    origin: gast.If
    body: list[Step]
    orelse: list[Step]
    has_adjoint: bool


@dataclass(eq=False)
class Loop:
    """A loop and its reversal.

    ``before`` and ``count`` are statements for the forward sweep: in front of the loop and at the head of a trip.
    ``header`` is the reversed loop without body; ``rebind`` gives variables their value at the head of a reversed trip.
    """

    origin: gast.For | gast.While
    body: list[Step]
    has_adjoint: bool
    before: list[gast.stmt] = field(default_factory=list)
    count: list[gast.stmt] = field(default_factory=list)
    header: gast.For | None = None
    rebind: dict[str, gast.stmt | None] = field(default_factory=dict)
    targets: frozenset[str] = frozenset()
    trips: str | None = None
    comment: str | None = None


@dataclass(eq=False)
class Scope:
    """A ``with`` or ``try`` around steps; the reverse sweep enters it again only where ``reenter`` says so.

    Of the steps, those from ``orelse`` on are the ``else`` of a ``try``, those from ``final`` on its ``finally``.
    """

    origin: gast.With | gast.Try
    body: list[Step]
    reenter: bool
    orelse: int | None = None
    final: int | None = None


Step: TypeAlias = Simple | Branch | Loop | Scope
Steps: TypeAlias = Sequence[Step]
