"""Calls of functions with a reverse rule of their own: `custom_vjp`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import gast

from srcgrad.custom import CustomFunction, CustomJvp, CustomVjp
from srcgrad.differentiate.naming import Helpers
from srcgrad.errors import MissingRuleError, UnsupportedError
from srcgrad.kind import Array, Constant, Function, Kind, Scalar, SequenceOf, TupleOf
from srcgrad.syntax.build import call, name

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


class RuledCall:
    """One call of a `custom_vjp`, written as calls of the rule's two functions.

    ``z = f(x, n)`` is ``z, residuals = f_fwd(x, n)`` in the forward sweep, and ``(x_bar,) = f_bwd(n, residuals,
    z_bar)`` in the reverse sweep, with ``n`` among the undifferentiated parameters.
    """

    def __init__(
        self,
        node: gast.Call,
        function: CustomVjp,
        arguments: dict[str, gast.expr],
        active: set[str],
        kinds: Kinds,
        helpers: Helpers,
    ) -> None:
        self.node = node
        self.function = function
        self.kinds = kinds
        fwd, bwd = rule_of(function, node)
        self._fwd = helpers.name_of(label_of(fwd, f"{function.label}_fwd"), fwd)
        self._bwd = helpers.name_of(label_of(bwd, f"{function.label}_bwd"), bwd)
        self._given = arguments_of(function, arguments, node)
        check_undifferentiated(function, active, node)
        self.forward = self._called_forward()
        self.is_tuple = True
        extra: dict[str, Kind] = {self._fwd: Function((fwd,)), self._bwd: Function((bwd,))}
        self.results = self._results(active, extra)

    def _called_forward(self) -> gast.Call:
        positional = [item for _, item, is_keyword in self._given if not is_keyword]
        keywords = {parameter: item for parameter, item, is_keyword in self._given if is_keyword}
        return call(self._fwd, *positional, **keywords)

    def reverse(self, residuals: str, bar: gast.expr) -> gast.expr:
        """The call of the backward function."""
        fixed = [item for parameter, item, _ in self._given if parameter in self.function.undifferentiated]
        return call(self._bwd, *fixed, name(residuals), bar)

    def _results(self, active: set[str], extra: dict[str, Kind]) -> tuple[gast.expr | None, ...]:
        """The arguments of which the backward function returns adjoints; None for those that need none."""
        fixed = self.function.undifferentiated
        varying = [(p, item) for p, item, is_keyword in self._given if p not in fixed and not is_keyword]
        wanted = [item if parameter in active else None for parameter, item in varying]
        pair = self.kinds.evaluate(self.forward, extra)
        if isinstance(pair, TupleOf) and len(pair.elements) != 2 or isinstance(pair, Scalar | Array):
            raise self._refused(f"{self._fwd} does not return a pair", "let it return (result, residuals)")
        elements = pair.elements if isinstance(pair, TupleOf) else ()
        kinds = dict(zip(("z_bar", "residuals"), elements))
        found = self.kinds.evaluate(self.reverse("residuals", name("z_bar")), {**extra, **kinds})
        if isinstance(found, Scalar | Array) and len(varying) == 1:
            self.is_tuple = False
            found = TupleOf((found,))
        if isinstance(found, Scalar | Array):
            raise self._refused(f"{self._bwd} does not return a tuple", "let it return one adjoint for each argument")
        adjoints = found.elements if isinstance(found, TupleOf | SequenceOf) else None
        if adjoints is None:
            return tuple(wanted)
        if len(adjoints) != len(varying):
            raise self._refused(
                f"{self._bwd} returns {len(adjoints)} adjoints for {len(varying)} arguments",
                "let it return a tuple with one for each argument that is not in nondiff_argnums, None for zero",
            )
        for place, ((parameter, item), adjoint) in enumerate(zip(varying, adjoints, strict=True)):
            if adjoint == Constant(None):
                wanted[place] = None
            elif wanted[place] is not None:
                self._check(parameter, self.kinds.of.get(item), adjoint)
        return tuple(wanted)

    def _check(self, parameter: str, argument: Kind | None, adjoint: Kind) -> None:
        """Refuse an adjoint that surely has another number of dimensions than its argument."""
        ranks = [_rank(argument), _rank(adjoint)]
        if None not in ranks and ranks[0] != ranks[1]:
            raise self._refused(
                f"{self._bwd} returns an adjoint of {ranks[1]} dimensions for {parameter!r}, which has {ranks[0]}",
                "let the adjoint have the shape of the argument",
            )

    def _refused(self, message: str, advice: str) -> UnsupportedError:
        return UnsupportedError(message, node=self.node, advice=advice)


def rule_of(function: CustomVjp | CustomJvp, node: gast.AST) -> Any:
    """The rule of a function; where there is none, the error points at the call."""
    try:
        return function.rule
    except MissingRuleError as error:
        raise MissingRuleError(error.message, node=node, advice=error.advice) from None


def arguments_of(
    function: CustomFunction, arguments: dict[str, gast.expr], node: gast.Call
) -> list[tuple[str, gast.expr, bool]]:
    """The arguments one by one: the parameter, the expression, whether it is passed by keyword."""
    found: list[tuple[str, gast.expr, bool]] = []
    parameters = inspect.signature(function.function).parameters
    for parameter, item in arguments.items():
        match parameters[parameter].kind:
            case inspect.Parameter.VAR_POSITIONAL if isinstance(item, gast.Tuple):
                found += [(parameter, element, False) for element in item.elts]
            case inspect.Parameter.VAR_KEYWORD if isinstance(item, gast.Dict):
                found += [(str(key.value), element, True) for key, element in zip(item.keys, item.values)]
            case inspect.Parameter.KEYWORD_ONLY:
                found.append((parameter, item, True))
            case _:
                found.append((parameter, item, False))
    return found


def check_undifferentiated(function: CustomFunction, active: set[str], node: gast.AST) -> None:
    """Refuse a differentiated argument where the rule has no derivative for it."""
    parameters = inspect.signature(function.function).parameters
    named = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    for parameter in sorted(active):
        if parameter in function.undifferentiated or parameters[parameter].kind in named:
            raise UnsupportedError(
                f"{function.label} is not differentiated with respect to {parameter!r}, which varies here",
                node=node,
                advice="pass it through srcgrad.stop_gradient, or give the rule its derivative",
            )


def label_of(function: Any, otherwise: str) -> str:
    """The name of a user's function, where it has one."""
    called: str = getattr(function, "__name__", otherwise)
    return called if called.isidentifier() else otherwise


def _rank(kind: Kind | None) -> int | None:
    match kind:
        case Scalar():
            return 0
        case Array(dims=dims) if dims is not None:
            return len(dims)
    return None
