"""Calls of functions with source: a forward sweep that returns its records, a reverse sweep that reads them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any

import gast

from srcgrad.analyse.operations import fact_of, is_path, single_target
from srcgrad.custom import Checkpoint, CustomFunction, CustomJvp, CustomVjp
from srcgrad.differentiate.adjoints import Adjoints
from srcgrad.differentiate.cotangent import Cotangent
from srcgrad.differentiate.custom_calls import custom_pair, solution_pair
from srcgrad.differentiate.expressions import Expressions
from srcgrad.differentiate.holding import check_may_hold, held_by
from srcgrad.differentiate.implicit import is_implicit
from srcgrad.differentiate.naming import Helpers
from srcgrad.differentiate.pairs import Pair, Requests
from srcgrad.differentiate.shadows import Shadows
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Function, Kind, Opaque, SequenceOf, TupleOf
from srcgrad.rules.registry import has_rule, is_nondifferentiable
from srcgrad.syntax.binding import Default, bind
from srcgrad.syntax.build import (
    assign,
    attribute,
    call,
    constant,
    expression_statement,
    name,
    subscript,
    tuple_of,
)
from srcgrad.syntax.names import Names

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds, Target


class Calls:
    """Writes the calls of one function as calls of forward and reverse sweeps."""

    def __init__(
        self, kinds: Kinds, names: Names, helpers: Helpers, request: Requests | None, shadows: Shadows
    ) -> None:
        self.kinds = kinds
        self.shadows = shadows
        self.names = names
        self.helpers = helpers
        self._request = request
        self.made: set[str] = set()

    @property
    def request(self) -> Requests:
        """Whom to ask for sweeps; forward mode has none."""
        assert self._request is not None
        return self._request

    def is_call(self, value: gast.AST) -> bool:
        """Whether an expression calls a function whose source is differentiated."""
        if not isinstance(value, gast.Call):
            return False
        target = single_target(value, self.kinds)
        if is_implicit(value, self.kinds):
            return True
        return is_picked(value, self.kinds) or (target is not None and is_differentiated(target))

    def pair(
        self, value: gast.Call, expressions: Expressions, result: gast.expr | None, is_memory: bool = False
    ) -> Pair:
        """A call as a pair of sweeps; ``result`` is what its value is assigned to, memory or not."""
        is_unknown = is_picked(value, self.kinds) or is_implicit(value, self.kinds)
        check_may_hold(value, not is_unknown, is_memory, self.shadows)
        if is_picked(value, self.kinds):
            return self._picked(value, expressions)
        if is_implicit(value, self.kinds):
            return solution_pair(self, value, expressions, result)
        target = check_call(value, self.kinds, expressions.depends)
        assert target.parameters is not None
        arguments = self.arguments(value, target)
        active = {parameter: item for parameter, item in arguments.items() if expressions.depends(item)}
        is_plain = not isinstance(target.function, CustomVjp | Checkpoint | CustomJvp)
        check_may_hold(value, is_plain, is_memory, self.shadows)
        if not is_plain:
            return custom_pair(self, value, target, arguments, active, expressions, result)
        held = held_by(value, arguments, self.shadows, is_memory, result is None)
        forward, reverse = self.request.request_pair(target.function, target.parameters, tuple(active), held=held)
        called = call(forward, *arguments.values())
        gast.copy_location(called, value)
        records = self.names.fresh(f"{target.function.__name__.strip('_<>')}_records")
        self.made.add(records)
        table = [name(self.shadows.table)] if held else []
        results = tuple(item for parameter, item in active.items() if parameter not in held.parameters)

        def backward(bar: gast.expr) -> gast.expr:
            return call(reverse, bar, name(records), *table)

        return Pair(called, backward, records, results, len(results) > 1)

    def _picked(self, value: gast.Call, expressions: Expressions) -> Pair:
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
        called = gast.copy_location(call("call_with_pullback", value.func, *value.args), value)
        records = self.names.fresh("pullback")
        self.made.add(records)
        results = tuple(argument if expressions.depends(argument) else None for argument in value.args)
        return Pair(called, lambda bar: call(records, bar), records, results, True, unpacks=False)

    def push(
        self, pair: Pair, bar: gast.expr, expressions: Expressions, adjoints: Adjoints, assigned: set[str]
    ) -> None:
        """Write the call of the reverse sweep, and give what it returns to the arguments."""
        result = pair.reverse(bar)
        asked = [argument for argument in pair.results if argument is not None]
        if not pair.results:
            expressions.statements.append(expression_statement(result))
            return
        if not pair.is_tuple:
            for argument in asked:
                self._give(expressions, argument, result)
            return
        plain = [argument.id for argument in asked if isinstance(argument, gast.Name)]
        taken = adjoints.state.live | assigned
        if pair.unpacks and len(set(plain)) == len(asked) and not set(plain) & taken:
            self._unpack(pair, result, expressions, adjoints, set(plain))
        elif pair.is_users:
            direct = {variable for variable in plain if plain.count(variable) == 1 and variable not in taken}
            self._unpack(pair, result, expressions, adjoints, direct)
        else:
            pieces = expressions.bind(result, SequenceOf(TupleOf(())))
            for index, argument in enumerate(pair.results):
                if argument is not None:
                    self._give(expressions, argument, subscript(pieces, index))

    def _unpack(
        self, pair: Pair, result: gast.expr, expressions: Expressions, adjoints: Adjoints, direct: set[str]
    ) -> None:
        """``x_bar, y_bar = ...``: what has no adjoint yet gets it at once, the other parts under names of their own."""
        bars: list[gast.expr] = []
        given: list[tuple[gast.expr, gast.expr]] = []
        for argument in pair.results:
            if argument is None:
                bars.append(name(self.names.fresh("_")))
            elif isinstance(argument, gast.Name) and argument.id in direct:
                bars.append(name(adjoints.of(argument.id)))
            else:
                bars.append(expressions.temporary(self._kind(argument)))
                given.append((argument, bars[-1]))
        expressions.statements.append(assign(tuple_of(*bars), result))
        adjoints.state.live.update(direct)
        for argument, part in given:
            self._give(expressions, argument, part)

    def _give(self, expressions: Expressions, argument: gast.expr, part: gast.expr) -> None:
        expressions.push(argument, Cotangent(part, self._kind(argument)))

    def _kind(self, argument: gast.expr) -> Kind:
        return self.kinds.of[argument] if argument in self.kinds.of else self.kinds.evaluate(argument, {})

    def arguments(self, value: gast.Call, target: Target) -> dict[str, gast.expr]:
        """The argument of each parameter, in the order of the parameters."""
        signature = inspect.signature(target.function, follow_wrapped=False)
        names = list(signature.parameters)
        arguments: dict[str, gast.expr] = {}
        receiver = value.func.value if target.bound and isinstance(value.func, gast.Attribute) else None
        if target.receiver is not None:
            receiver = target.receiver
        elif isinstance(self.kinds.of.get(receiver), Opaque):
            raise UnsupportedError(
                "what this method belongs to is not known", node=value, advice="write super().method()"
            )
        first = [receiver] if receiver is not None else []
        leading = [subscript(attribute(value.func, "args"), index) for index in range(len(target.leading))]
        if target.leading and not target.keywords and receiver is None and not _is_partial(target, self.kinds, value):
            leading = [self._object(item, names[index]) for index, item in enumerate(target.leading)]
        given = [*first, *leading]
        bound = bind(value, signature, len(given), self._length)
        for position, parameter in enumerate(names):
            if position < len(given):
                arguments[parameter] = given[position]
                continue
            argument = bound[parameter]
            if isinstance(argument, Default):
                if parameter in target.keywords:
                    argument = subscript(attribute(value.func, "keywords"), constant(parameter))
                else:
                    argument = self._default(argument.value, parameter, value)
            elif isinstance(argument, gast.Tuple | gast.Dict) and argument not in self.kinds.of:
                kind = (target.parameters or {}).get(parameter)
                if kind is not None:
                    self.kinds.of[argument] = kind  # type: ignore[index]
            arguments[parameter] = argument
        return arguments

    def _default(self, default: Any, parameter: str, origin: gast.Call) -> gast.expr:
        if default is None or isinstance(default, bool | int | float | str):
            return gast.copy_location(constant(default), origin)
        return self._object(default, parameter)

    def _object(self, value: Any, wanted: str) -> gast.expr:
        return name(self.helpers.name_of(f"{wanted}_given", value))

    def _length(self, node: gast.AST) -> int | None:
        kind = self.kinds.of.get(node)
        if isinstance(kind, TupleOf):
            return len(kind.elements)
        if isinstance(kind, SequenceOf) and kind.elements is not None:
            return len(kind.elements)
        if isinstance(kind, Array) and kind.dims and isinstance(kind.dims[0], int):
            return kind.dims[0]
        return None


def check_call(value: gast.Call, kinds: Kinds, depends: Callable[[gast.AST], bool]) -> Target:
    """The function that a call runs; raises where its arguments cannot all be told."""
    target = single_target(value, kinds)
    assert target is not None and target.parameters is not None
    if any(_is_inner(kind) for kind in target.parameters.values()):
        raise UnsupportedError(
            "a function defined inside the differentiated one is passed to a function that cannot be written out",
            node=value,
            advice="define it at the top level, with what it reads from around it as arguments",
        )
    function = kinds.of.get(value.func)
    if isinstance(function, Function) and (function.keywords or (function.leading and not function.bound)):
        raise UnsupportedError(
            "a partial made inside the function is not differentiated",
            node=value,
            advice="call the function itself with all its arguments",
        )
    if target.receiver is None and isinstance(value.func, gast.Name) and depends(value.func):
        raise UnsupportedError(
            "a method that is kept in a variable is not differentiated",
            node=value,
            advice="call it as a method of its object",
        )
    return target


def _is_partial(target: Target, kinds: Kinds, value: gast.Call) -> bool:
    """Whether the callee is read from a variable as a partial, whose arguments can be read off it."""
    return is_path(value.func, kinds) and not isinstance(value.func, gast.Attribute)


def _is_inner(kind: Kind) -> bool:
    """Whether a value is a function of the program's own."""
    return isinstance(kind, Function) and any(isinstance(t, gast.FunctionDef | gast.Lambda) for t in kind.targets)


def is_picked(value: gast.AST, kinds: Kinds) -> bool:
    """Whether a call reaches one of several functions, which of them being known only at run time."""
    fact = fact_of(value, kinds) if isinstance(value, gast.Call) else None
    if fact is None or len(fact.targets) < 2:
        return False
    return not all(is_nondifferentiable(target.function) for target in fact.targets)


def reads_arguments_again(value: gast.Call, kinds: Kinds) -> bool:
    """Whether the reverse sweep of a call takes the arguments of the call itself, rather than records."""
    target = single_target(value, kinds)
    if is_implicit(value, kinds):
        return True
    return target is not None and isinstance(target.function, CustomJvp | Checkpoint)


def is_differentiated(target: Target) -> bool:
    """Whether a callee becomes a pair of sweeps: a Python function without a rule, or one with a rule of its own."""
    if has_rule(target.function) or is_nondifferentiable(target.function):
        return False
    return isinstance(target.function, FunctionType | CustomFunction) and target.parameters is not None
