"""Calls of functions with source in forward mode: one function gives the value and its tangent."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import gast

from srcgrad.analyse.aliasing import held_places
from srcgrad.analyse.memory import Memory
from srcgrad.analyse.operations import is_path
from srcgrad.custom import Checkpoint, CustomJvp, CustomVjp
from srcgrad.differentiate.calls import Calls as ReverseCalls
from srcgrad.differentiate.calls import check_call, is_picked
from srcgrad.differentiate.forward.expressions import Expressions
from srcgrad.differentiate.implicit import Equation, is_implicit
from srcgrad.differentiate.ruled import check_undifferentiated, label_of, rule_of
from srcgrad.differentiate.shadows import Shadows
from srcgrad.errors import MissingRuleError, UnsupportedError
from srcgrad.kind import Kind
from srcgrad.runtime import reverse_checkpointed, run_checkpointed
from srcgrad.syntax.build import call, name, tuple_of
from srcgrad.syntax.names import Names

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds
    from srcgrad.differentiate.naming import Helpers

# The name of the tangent of a function, for kinds of its parameters and those that have tangents.
RequestTangent = Callable[[Any, Mapping[str, Kind], tuple[str, ...]], str]


class Calls:
    """Writes the calls of one function as calls of tangents."""

    def __init__(
        self,
        kinds: Kinds,
        names: Names,
        helpers: Helpers,
        request: RequestTangent,
        writing: frozenset[gast.AST] = frozenset(),
    ) -> None:
        self.kinds = kinds
        self.writing = writing
        self.request = request
        self.helpers = helpers
        self._reverse = ReverseCalls(kinds, names, helpers, None, Shadows(Memory(), kinds, names))

    def is_call(self, value: gast.AST) -> bool:
        """Whether an expression calls a function whose source is differentiated."""
        return self._reverse.is_call(value)

    def with_tangent(self, value: gast.Call, expressions: Expressions) -> gast.expr:
        """A call of the function's tangent, which gives a pair: the result and its tangent."""
        if value in self.writing:
            self._check_written(value)
        if is_picked(value, self.kinds):
            return self._picked(value, expressions)
        if is_implicit(value, self.kinds):
            return self._implicit(value, expressions)
        target = check_call(value, self.kinds, expressions.depends)
        if target.function in (run_checkpointed, reverse_checkpointed):
            raise UnsupportedError(
                "a derivative through a checkpointed loop is not differentiated again",
                node=value,
                advice="leave checkpointed(...) out of the loop where second derivatives are wanted",
            )
        arguments = self._reverse.arguments(value, target)
        if isinstance(target.function, CustomVjp | CustomJvp):
            return self._with_rule(value, target.function, arguments, expressions)
        if isinstance(target.function, Checkpoint):
            target = dataclasses.replace(target, function=target.function.function)
        active = tuple(parameter for parameter, argument in arguments.items() if expressions.depends(argument))
        called = self.request(target.function, target.parameters or {}, active)
        dots = [expressions.full(arguments[parameter]) for parameter in active]
        return gast.copy_location(call(called, *arguments.values(), *dots), value)

    def _check_written(self, value: gast.Call) -> None:
        """Refuse what may share memory with a variable, but is no part of it, where the callee may write into it."""
        for argument in (*value.args, *(keyword.value for keyword in value.keywords)):
            if not is_path(argument, self.kinds) and any(True for _ in held_places(argument, self.kinds)):
                raise UnsupportedError(
                    "this argument may share memory that the function called here writes into",
                    node=argument,
                    advice="give it a name in a statement before",
                )

    def _implicit(self, value: gast.Call, expressions: Expressions) -> gast.expr:
        """The solution of an equation and its tangent, from tangents of the equation's function."""
        equation = Equation(value, self.kinds)
        active = {key: item for key, item in equation.of_parameter.items() if expressions.depends(item)}
        by_x = self.request(equation.function, equation.kinds, (equation.unknown,))
        by_arguments = self.request(equation.function, equation.kinds, tuple(active))
        called = self.helpers.name_of(equation.tangent.__name__, equation.tangent)
        dots = [expressions.full(item) for item in active.values()]
        given = tuple_of(*equation.arguments), tuple_of(*dots)
        return gast.copy_location(call(called, value, name(by_x), name(by_arguments), *given), value)

    def _with_rule(
        self,
        value: gast.Call,
        function: CustomVjp | CustomJvp,
        arguments: dict[str, gast.expr],
        expressions: Expressions,
    ) -> gast.expr:
        """A call of a function with a forward rule of its own: the user's rule gives the pair."""
        if isinstance(function, CustomVjp):
            raise MissingRuleError(
                f"{function.label} is a custom_vjp, whose rule is for reverse mode alone",
                node=value,
                advice="define it with srcgrad.custom_jvp, whose rule serves both modes",
            )
        rule = rule_of(function, value)
        check_undifferentiated(function, {key for key, item in arguments.items() if expressions.depends(item)}, value)
        called = self.helpers.name_of(label_of(rule, f"{function.label}_jvp"), rule)
        fixed = [item for key, item in arguments.items() if key in function.undifferentiated]
        varying = [item for key, item in arguments.items() if key not in function.undifferentiated]
        dots = [expressions.full(item) for item in varying]
        return gast.copy_location(call(called, *fixed, tuple_of(*varying), tuple_of(*dots)), value)

    def _picked(self, value: gast.Call, expressions: Expressions) -> gast.expr:
        """A call whose function is known only at run time: it is differentiated there, on demand."""
        if value.keywords or any(isinstance(argument, gast.Starred) for argument in value.args):
            raise UnsupportedError(
                "a function that is picked at run time is called with keywords",
                node=value,
                advice="give all its arguments by position",
            )
        if expressions.depends(value.func):
            raise UnsupportedError(
                "a function that is picked at run time reads differentiated variables from around it",
                node=value,
                advice="pass them to it as arguments",
            )
        dots = [
            expressions.full(argument) if expressions.depends(argument) else gast.Constant(None, None)
            for argument in value.args
        ]
        return gast.copy_location(call("call_with_tangent", value.func, tuple_of(*value.args), tuple_of(*dots)), value)
