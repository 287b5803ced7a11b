"""How the parameters of an inlined callee get their values."""

from __future__ import annotations

from collections.abc import Mapping

import gast

from srcgrad.normalise.operands import operands
from srcgrad.normalise.order import Order
from srcgrad.normalise.scopes import DEFINITIONS
from srcgrad.syntax.build import names_assigned, parameter_names
from srcgrad.syntax.scopes import COMPREHENSIONS


class Binding:
    """The arguments of one call: those that stand for their parameter, and those that are assigned to it first.

    ``direct`` and ``bound`` map names of the callee to expressions of the caller, ``bound`` in the order in which the
    call evaluates them.
    """

    def __init__(
        self,
        callee: gast.FunctionDef,
        call: gast.Call,
        arguments: Mapping[str, gast.expr | None],
        captured: set[str],
        order: Order,
    ) -> None:
        self.callee = callee
        self.captured = captured
        self.parameters = parameter_names(callee.args)
        self.direct: dict[str, gast.expr] = {}
        self.bound: dict[str, gast.expr] = {}
        self._order = order
        self._assigned = names_assigned(callee.body)
        defaults = _defaults(callee.args)
        given = {
            parameter: defaults[parameter] if argument is None else argument
            for parameter, argument in arguments.items()
        }
        for parameter in self.parameters:
            if parameter not in given:
                given[parameter] = defaults[parameter]
        position = {id(node): index for index, node in enumerate(_in_order(call))}
        by_position = sorted(given, key=lambda parameter: position.get(id(given[parameter]), -1))
        simple = self._once_each(by_position, given)
        for parameter in by_position:
            argument = given[parameter]
            if parameter not in self.parameters or self._stands_for_itself(parameter, argument) or parameter in simple:
                self.direct[parameter] = argument
            else:
                self.bound[parameter] = argument

    def _stands_for_itself(self, parameter: str, argument: gast.expr) -> bool:
        """Variables and constants, for a parameter that keeps its value."""
        if parameter in self._assigned:
            return False
        if _is_constant(argument):
            return True
        outer = [node for node in gast.walk(self.callee) if isinstance(node, gast.Nonlocal)]
        written = {identifier for node in outer for identifier in node.names}
        return isinstance(argument, gast.Name) and parameter not in self.captured and argument.id not in written

    def _once_each(self, parameters: list[str], given: Mapping[str, gast.expr]) -> set[str]:
        """The parameters of a callee that is one expression whose arguments may be evaluated where they are read.

        Each is read once and surely, and neither the arguments nor the expression have effects.
        """
        if len(self.callee.body) > 1 or self.callee.body[0].value is None:
            return set()
        result = self.callee.body[0].value
        if not self._order.is_pure(result):
            return set()
        others = [p for p in parameters if p in self.parameters and not self._stands_for_itself(p, given[p])]
        reads = [node.id for node in _surely_evaluated(result) if isinstance(node, gast.Name) and node.id in others]
        all_reads = [node.id for node in gast.walk(result) if isinstance(node, gast.Name) and node.id in others]
        if sorted(reads) != sorted(all_reads) or len(set(reads)) < len(reads):
            return set()
        return set(others) if all(self._order.is_pure(given[parameter]) for parameter in others) else set()


def _in_order(call: gast.Call) -> list[gast.AST]:
    """The arguments, and the parts of what is called, as they are evaluated."""
    function, *arguments = operands(call)
    return [*list(gast.walk(function))[::-1], *arguments]


def _surely_evaluated(node: gast.expr) -> list[gast.expr]:
    """The parts of an expression that are evaluated exactly once each."""
    if isinstance(node, (*DEFINITIONS, *COMPREHENSIONS)):
        return []
    if isinstance(node, gast.IfExp):
        return _surely_evaluated(node.test)
    if isinstance(node, gast.BoolOp):
        return _surely_evaluated(node.values[0])
    parts = operands(node)
    if isinstance(node, gast.Compare):
        parts = parts[:2]
    return [*(inner for part in parts for inner in _surely_evaluated(part)), node]


def _defaults(arguments: gast.arguments) -> dict[str, gast.expr]:
    """The defaults that are constants: others were evaluated when the callee was defined."""
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults),
        *zip(arguments.kwonlyargs, arguments.kw_defaults),
    ]
    return {parameter.id: default for parameter, default in pairs if default is not None and _is_constant(default)}


def _is_constant(value: gast.expr) -> bool:
    if isinstance(value, gast.UnaryOp):
        value = value.operand
    return isinstance(value, gast.Constant)
