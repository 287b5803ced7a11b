"""Order of evaluation: which values must be taken before statements that move in front of an expression."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import TypeAlias

import gast

from srcgrad.normalise.operands import operands, with_operands
from srcgrad.normalise.scopes import own_nodes, replaced
from srcgrad.normalise.unpacking import assignment
from srcgrad.syntax.build import name, names_assigned, names_read
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import base_name, located_at

Block = list[gast.stmt]
IsPure: TypeAlias = Callable[[gast.Call], bool]

# Expressions that give a value without looking into any other.
_WITHOUT_LOOKING = (gast.Name, gast.Constant, gast.Lambda, gast.Tuple, gast.List, gast.Starred, gast.Slice)


class Order:
    """Keeps values as they would have been, had nothing moved."""

    def __init__(self, names: Names, is_pure: IsPure, rebound: Set[str] = frozenset()) -> None:
        self._names = names
        self._rebound = rebound  # variables that calls may assign
        self._is_pure = is_pure

    def settle(self, values: Sequence[gast.expr], moved: Sequence[Block]) -> tuple[Block, list[gast.expr]]:
        """One block for the statements that each value needs before it, and the values as they are after it."""
        block: Block = []
        kept: list[gast.expr] = []
        for index, value in enumerate(values):
            block.extend(moved[index])
            taken, value = self.keep(value, [statement for later in moved[index + 1 :] for statement in later])
            block.extend(taken)
            kept.append(value)
        return block, kept

    def keep(self, value: gast.expr, moved: Block) -> tuple[Block, gast.expr]:
        """What stands for a value that is evaluated before ``moved`` runs, when it is read after that."""
        if not moved or not self._is_disturbed(value, moved):
            return [], value
        if isinstance(value, (gast.Starred, gast.Slice, gast.Tuple)):
            pairs = [self.keep(part, moved) for part in operands(value)]
            taken = [statement for block, _ in pairs for statement in block]
            return taken, with_operands(value, [part for _, part in pairs])
        variable = self._names.numbered(suggested_name(value))
        return [assignment(variable, value, value)], located_at(name(variable), value)

    def keep_function(self, function: gast.expr, moved: Block) -> tuple[Block, gast.expr]:
        """The same for what is called: of a method, the object."""
        if isinstance(function, gast.Attribute):
            if _is_path(function):
                return [], function
            taken, receiver = self.keep(function.value, moved)
            return taken, replaced(function, value=receiver)
        return self.keep(function, moved)

    def is_pure(self, piece: gast.AST) -> bool:
        """Whether evaluating or running it has no effect beyond the names it assigns."""
        return all(not isinstance(node, gast.Call) or self._is_pure(node) for node in own_nodes([piece]))

    def _is_disturbed(self, value: gast.expr, moved: Block) -> bool:
        read = names_read(value)
        if read & names_assigned(moved) or not self.is_pure(value):
            return True
        if read & self._rebound and not all(self.is_pure(statement) for statement in moved):
            return True
        looks = any(
            isinstance(node, gast.expr) and not isinstance(node, _WITHOUT_LOOKING) for node in own_nodes([value])
        )
        return looks and self._writes(moved)

    def _writes(self, moved: Block) -> bool:
        """Whether running the statements may change what a value that exists already holds."""
        for node in own_nodes(moved):
            if isinstance(node, (gast.Subscript, gast.Attribute)) and not isinstance(node.ctx, gast.Load):
                return True
            if isinstance(node, gast.Call) and not self._is_pure(node):
                return True
        return False


def _is_path(function: gast.expr) -> bool:
    """Whether it is made of names and dots, such as ``np.linalg.solve``."""
    while isinstance(function, gast.Attribute):
        function = function.value
    return isinstance(function, gast.Name)


def suggested_name(value: gast.expr, otherwise: str = "value") -> str:
    """A name for a variable that holds the value."""
    if isinstance(value, gast.Call):
        function = value.func
        callee = function.attr if isinstance(function, gast.Attribute) else base_name(function)
        if callee is None:
            return otherwise
        callee = callee.strip("_") or callee
        match value.args:
            case [gast.Name(id=operand)] | [gast.UnaryOp(op=gast.USub(), operand=gast.Name(id=operand))]:
                return f"{callee}_{operand}"
        return f"{callee}_value"
    if isinstance(value, gast.Name):
        return f"{value.id}_old"
    if isinstance(value, gast.Attribute):
        return str(value.attr)
    if isinstance(value, gast.Subscript):
        base = base_name(value)
        return f"{base}_item" if base else otherwise
    if isinstance(value, (gast.Compare, gast.BoolOp)):
        return "condition"
    if isinstance(value, (gast.ListComp, gast.SetComp, gast.DictComp)):
        return "items"
    return otherwise
