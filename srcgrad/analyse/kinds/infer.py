"""The inference of kinds: an abstract interpretation of a function for the kinds of its parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import gast
import numpy as np

# These fill the table of built-in functions.
from srcgrad.analyse.kinds import containers as containers
from srcgrad.analyse.kinds import custom as custom
from srcgrad.analyse.kinds import introspection as introspection
from srcgrad.analyse.kinds import runtime as runtime
from srcgrad.analyse.kinds.facts import Kinds, Program
from srcgrad.analyse.kinds.frame import Session
from srcgrad.analyse.kinds.statements import Statements
from srcgrad.errors import SrcgradError, UnsupportedError
from srcgrad.kind import Constant, Function, Kind, Opaque
from srcgrad.runtime import sum_to

_MOST_ROUNDS = 20
# What generated expressions call by these names, wherever they stand.
_MODULES: dict[str, Kind] = {"np": Constant(np), "math": Constant(math), "sum_to": Function((sum_to,))}


class Interpreter(Statements):
    """The interpretation of one function, complete."""

    onlooker: _Onlooker | None = None

    def evaluate_new(self, expression: gast.AST, extra: Mapping[str, Kind]) -> Kind:
        """The kind of an expression that is not part of the function; its nodes that are keep their kinds."""
        if self.onlooker is None:
            self.onlooker = _Onlooker(self)
        return self.onlooker.look(expression, extra)


class _Onlooker(Interpreter):
    """Evaluates expressions over a function's variables without a trace in what is known of the function."""

    def __init__(self, frame: Interpreter) -> None:
        super().__init__(frame.session, frame.tree, frame.function, {}, frame.parent, frame.captured)
        self.known = frame.of
        self.at_all = frame.overall()
        self.silent = 1

    def look(self, expression: gast.AST, extra: Mapping[str, Kind]) -> Kind:
        """The kind of an expression over the variables and some further names."""
        self.variables = {**self.at_all, **extra}
        self.of.clear()
        try:
            return self.evaluate(expression)
        except SrcgradError:
            return Opaque()

    def evaluate(self, node: gast.AST) -> Kind:
        known = self.known.get(node)
        return super().evaluate(node) if known is None else known

    def read_variable(self, name: str) -> Kind | None:
        kind = super().read_variable(name)
        return _MODULES.get(name) if kind is None and name in _MODULES else kind


def infer(tree: gast.FunctionDef, function: Any, parameters: Mapping[str, Kind], program: Program) -> Kinds:
    """The kinds of all expressions of a function whose parameters have the given kinds.

    ``function`` is the Python function that the tree comes from; its globals and closure are looked up through
    ``program``.
    """
    session = Session(program, Interpreter)
    frame = Interpreter(session, tree, function, parameters)
    session.frames[function] = [frame]
    for _ in range(_MOST_ROUNDS):
        session.grew = False
        frame._run_to_end(frame)
        if not session.grew:
            return frame.kinds()
        # Something was stored into a container that may have been read before: once more, knowing it.
        session.version += 1
    raise UnsupportedError(
        "the kinds of this function's containers do not settle",
        node=tree,
        advice="keep values of one kind in each container",
    )
