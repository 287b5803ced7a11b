"""Forward mode: the program with the tangent of each value computed beside it.

Before::

    v -= dt * k * x
    x += dt * v

After::

    v_dot -= dt * (k_dot * x + k * x_dot)
    v -= dt * k * x
    x_dot += dt * v_dot
    x += dt * v

Control flow stays as it is.  What the program writes into an array, it writes into the array's tangent as well; a view
of an array has the same view of the tangent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.activity import Activity
from srcgrad.analyse.mutation import changed_names
from srcgrad.differentiate.forward.loops import Loops
from srcgrad.differentiate.forward.statements import Statements
from srcgrad.errors import UnsupportedError
from srcgrad.syntax.build import store
from srcgrad.syntax.tree import blank

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


class Forward:
    """Writes the blocks of one function with their tangents."""

    def __init__(self, kinds: Kinds, tangency: Activity, statements: Statements) -> None:
        self.kinds = kinds
        self.tangency = tangency
        self.statements = statements
        self.loops = Loops(kinds, statements.tangents, statements.expressions, statements)

    def block(self, body: Sequence[gast.stmt]) -> list[gast.stmt]:
        """A block with tangents."""
        return [line for statement in body for line in self.statement(statement)]

    def statement(self, statement: gast.stmt) -> list[gast.stmt]:
        """A statement with tangents."""
        before, after = self.tangency.before(statement), self.tangency.after(statement)
        match statement:
            case gast.If(body=body, orelse=orelse):
                return [_with(statement, body=self.block(body), orelse=self.block(orelse))]
            case gast.For(body=body):
                header = self.loops.header(statement, before, self.tangency.before(body[0]))
                lines = [*header.first, *self.block(body)]
                return [_with(statement, target=store(header.target), iter=header.iterable, body=lines)]
            case gast.While(body=body):
                return [_with(statement, body=self.block(body))]
            case gast.With(body=body):
                return [_with(statement, body=self.block(body))]
            case gast.Try():
                return [self._try(statement, before | after)]
            case _:
                return self.statements.written(statement, before, after)

    def _try(self, statement: gast.Try, alive: frozenset[str]) -> gast.stmt:
        for handler in statement.handlers:
            goes_on = not handler.body or not isinstance(handler.body[-1], gast.Raise)
            if goes_on and changed_names(statement) & alive:
                raise UnsupportedError(
                    "a differentiated value is computed under a handler that goes on after an exception",
                    node=statement,
                    advice="compute it outside of the try statement, or let the handler raise",
                )
        handlers = [_with(handler, body=self.block(handler.body)) for handler in statement.handlers]
        return _with(
            statement,
            body=self.block(statement.body),
            handlers=handlers,
            orelse=self.block(statement.orelse),
            finalbody=self.block(statement.finalbody),
        )


def _with(statement: gast.AST, **fields: object) -> gast.stmt:
    """A statement with some of its parts replaced."""
    made: gast.stmt = blank(statement)
    made.__dict__.update(statement.__dict__)
    made.__dict__.update(fields)
    return made
