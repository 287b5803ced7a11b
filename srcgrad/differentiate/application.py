"""The application of a rule to an operation: which rule, which operand is which parameter, its body written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, Literal

import gast
import numpy as np

from srcgrad.analyse.operations import Operation
from srcgrad.differentiate.naming import Helpers
from srcgrad.errors import MissingRuleError, UnsupportedError
from srcgrad.kind import Constant, Kind, Scalar, ndim_of
from srcgrad.rules.annotations import accepted_values
from srcgrad.rules.registry import Rule, find, is_constant
from srcgrad.runtime import first_adjoint
from srcgrad.syntax.build import call, expression_statement, name, names_read, subscript, substitute, tuple_of
from srcgrad.syntax.folding import NOT_KNOWN, Fold
from srcgrad.syntax.inline import inline_rule
from srcgrad.syntax.names import Names
from srcgrad.syntax.rule_source import rule_source

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


@dataclass(frozen=True)
class Inlining:
    """A rule's body at one place: statements, and for each operand that matters its partial or its adjoint."""

    statements: list[gast.stmt]
    factors: list[tuple[gast.expr, gast.expr]]

    def uses(self, identifier: str) -> int:
        """How often a name is read."""
        pieces = [*self.statements, *(factor for _, factor in self.factors)]
        return sum(
            isinstance(node, gast.Name) and node.id == identifier for piece in pieces for node in gast.walk(piece)
        )

    def substituted(self, identifier: str, expression: gast.expr) -> Inlining:
        """The same with an expression in place of a name."""
        replacements = {identifier: expression}
        return Inlining(
            [substitute(statement, replacements) for statement in self.statements],
            [(operand, substitute(factor, replacements)) for operand, factor in self.factors],
        )

    def by_shape(self, shaped: Callable[[gast.expr], gast.expr]) -> Inlining:
        """The same with another expression asked wherever only the shape of one matters."""
        asked = _Asked(shaped)
        return Inlining(
            [asked.visit(statement) for statement in self.statements],
            [(operand, asked.visit(factor)) for operand, factor in self.factors],
        )


class _Asked(gast.NodeTransformer):
    """Changes what questions for a shape, a size, a number of dimensions are put to."""

    def __init__(self, shaped: Callable[[gast.expr], gast.expr]) -> None:
        self.shaped = shaped

    def visit_Attribute(self, node: gast.Attribute) -> gast.expr:
        if node.attr in ("shape", "size", "ndim"):
            return gast.copy_location(gast.Attribute(self.shaped(node.value), node.attr, node.ctx), node)
        self.generic_visit(node)
        return node


@dataclass(frozen=True)
class Application:
    """One rule applied to the operands of one operation; ``active`` are the parameters with an adjoint."""

    rule: Rule
    operands: dict[str, gast.expr]
    active: tuple[str, ...]

    @property
    def is_choice(self) -> bool:
        """Whether the result is chosen element by element from several arrays."""
        return self.rule.function in (np.where, np.select, np.choose)

    @property
    def may_be_smaller(self) -> bool:
        """Whether an adjoint may have to be broadcast along an axis that was reduced."""
        return not {"axis", "axes", "keepdims"}.isdisjoint(self.rule.parameters)

    @property
    def result_names(self) -> tuple[str, ...]:
        """The parameters for which the rule returns something, in its order."""
        return self.rule.arguments or self.rule.parameters

    def parameter_kinds(self, node: gast.expr, kinds: Kinds, z_bar: Kind | None) -> dict[str, Kind]:
        """The kinds of what the rule's parameters stand for, of those left to their defaults too."""
        found: dict[str, Kind] = {}
        for called, described in self.rule.signature.parameters.items():
            default = described.default
            if isinstance(default, bool | int | float | complex):
                found[called] = Scalar(np.result_type(type(default)).name, True, value=default)
            elif default is not Parameter.empty:
                found[called] = Constant(default)
        for parameter, operand in self.operands.items():
            found[parameter] = kinds.of.get(operand) or kinds.evaluate(operand, {})
        found["z"] = kinds.of[node]
        if z_bar is not None:
            found["z_bar"] = z_bar
        return found

    def inline(
        self,
        value: gast.expr,
        z_bar: gast.expr | None,
        fold: Callable[[gast.expr], Any],
        names: Names,
        helpers: Helpers,
    ) -> Inlining:
        """The rule's body with the operands in place of its parameters; a call of the rule where that cannot be."""
        bindings = {**self.operands, "z": value}
        if z_bar is not None:
            bindings["z_bar"] = z_bar
        positions = {parameter: position for position, parameter in enumerate(self.result_names)}
        wanted = {positions[parameter] for parameter in self.active}
        inlined = inline_rule(self.rule.derivative, bindings, fold, names, wanted, helpers.name_of)
        if inlined is None:
            return self._call(bindings, names, helpers)
        results = inlined.results
        if not inlined.is_tuple:
            returned = self._returned()
            if returned == "several" or (wanted and max(wanted) > 0):
                return self._call(bindings, names, helpers)
            if returned == "unknown" and isinstance(results[0], gast.Call):
                results = [call(helpers.name_of("first_adjoint", first_adjoint), results[0])]
        factors = []
        needed: set[str] = set()
        for parameter in self.active:
            if positions[parameter] >= len(results):
                raise not_differentiated(self.rule, parameter, self.operands[parameter])
            result = results[positions[parameter]]
            if isinstance(result, gast.Constant) and result.value is None:
                continue
            factors.append((self.operands[parameter], result))
            needed |= names_read(result)
        return Inlining(_needed_statements(inlined.statements, needed), factors)

    def _call(self, bindings: dict[str, gast.expr], names: Names, helpers: Helpers) -> Inlining:
        derivative = self.rule.derivative
        called = helpers.name_of(f"{derivative.__name__}_{self.rule.form}", derivative)
        arguments: list[gast.expr] = []
        keywords: dict[str, gast.expr] = {}
        skipped = False
        for parameter in signature(derivative).parameters.values():
            if parameter.name not in bindings:
                skipped = True
            elif parameter.kind is Parameter.VAR_POSITIONAL:
                operand = bindings[parameter.name]
                arguments.extend(operand.elts if isinstance(operand, gast.Tuple) else [operand])
            elif parameter.kind is Parameter.KEYWORD_ONLY or skipped:
                keywords[parameter.name] = bindings[parameter.name]
            else:
                arguments.append(bindings[parameter.name])
        expression = call(called, *arguments, **keywords)
        returned = self._returned()
        if returned != "several" and self.active == self.result_names[:1]:
            if returned == "unknown":
                expression = call(helpers.name_of("first_adjoint", first_adjoint), expression)
            return Inlining([], [(self.operands[self.active[0]], expression)])
        pieces = names.fresh("pieces")
        statement = gast.Assign([gast.Name(pieces, gast.Store(), None, None)], expression, None)
        positions = {parameter: position for position, parameter in enumerate(self.result_names)}
        return Inlining(
            [statement],
            [(self.operands[parameter], subscript(name(pieces), positions[parameter])) for parameter in self.active],
        )

    def _returned(self) -> Literal["one", "several", "unknown"]:
        """What the rule returns: one result, a tuple of several, or one expression that may be either at run time."""
        if self.rule.arguments is not None:
            return "one" if len(self.rule.arguments) == 1 else "several"
        leading = [
            parameter
            for parameter in self.rule.signature.parameters.values()
            if parameter.name in self.rule.parameters and parameter.default is Parameter.empty
        ]
        if len(leading) == 1:
            return "one"
        source = rule_source(self.rule.derivative)
        body = source.body if source is not None else []
        returned = [node.value for part in body for node in gast.walk(part) if isinstance(node, gast.Return)]
        return "several" if returned and all(isinstance(value, gast.Tuple) for value in returned) else "unknown"


def apply_rule(
    operation: Operation, node: gast.expr, kinds: Kinds, depends: Callable[[gast.AST], bool]
) -> Application:
    """The rule for an operation, with each operand under its parameter's name; raises where there is none."""
    ndims = tuple(ndim_of(kinds.of[argument]) if argument in kinds.of else None for argument in operation.arguments)
    rule = find(operation.function, "partials", ndims) or find(operation.function, "adjoint", ndims)
    if rule is None:
        called = name_of(operation)
        raise MissingRuleError(
            f"{called} has no reverse rule for arguments with these numbers of dimensions",
            node=node,
            advice=f"register one with srcgrad.rules.adjoint({called}), or say what the arguments are before the call",
        )
    return application_of(rule, operation, node, kinds, depends)


def name_of(operation: Operation) -> str:
    """The name of the function that an operation applies."""
    return getattr(operation.function, "__name__", str(operation.function))


def application_of(
    rule: Rule, operation: Operation, node: gast.expr, kinds: Kinds, depends: Callable[[gast.AST], bool]
) -> Application:
    """A rule applied to an operation; raises where the rule does not take its arguments or options."""
    called = name_of(operation)
    operands = _bound(rule, operation, node, called, kinds)
    for parameter, operand in operands.items():
        check_value(rule.derivative, parameter, operand, called, node, kinds)
    active = tuple(parameter for parameter, operand in operands.items() if depends(operand))
    differentiable = set(rule.arguments or rule.parameters)
    for parameter in active:
        if parameter not in differentiable:
            raise not_differentiated(rule, parameter, node)
    return Application(rule, operands, active)


def check_value(
    rule: Callable[..., Any], parameter: str, operand: gast.expr, called: str, node: gast.AST, kinds: Kinds
) -> None:
    """Refuse a value of an option that a rule, or a definition, says not to take."""
    accepted = accepted_values(rule, parameter)
    if accepted is None:
        return
    kind = kinds.of.get(operand) or kinds.evaluate(operand, {})
    value = getattr(kind, "value", None)
    if value is not None and value not in accepted:
        raise UnsupportedError(
            f"{called} is not differentiated with {parameter}={value!r}",
            node=node,
            advice=f"the rule takes {', '.join(map(repr, accepted))}",
        )


def not_differentiated(rule: Rule, parameter: str, node: gast.AST) -> UnsupportedError:
    """The error for an argument that varies but to which the rule gives no adjoint."""
    called = getattr(rule.function, "__name__", str(rule.function))
    return UnsupportedError(
        f"{called} is not differentiated with respect to {parameter!r}",
        node=node,
        advice="pass it through srcgrad.stop_gradient, or compute it from what is not differentiated",
    )


def _bound(rule: Rule, operation: Operation, node: gast.expr, called: str, kinds: Kinds) -> dict[str, gast.expr]:
    operands: dict[str, gast.expr] = {}
    parameters = [rule.signature.parameters[name] for name in rule.parameters]
    positional = [parameter for parameter in parameters if parameter.kind is not Parameter.KEYWORD_ONLY]
    for position, argument in enumerate(operation.arguments):
        if isinstance(argument, gast.Starred):
            raise UnsupportedError(
                f"{called}(*...) with differentiated values is not supported",
                node=node,
                advice="pass the arguments one by one",
            )
        if position < len(positional) and positional[position].kind is not Parameter.VAR_POSITIONAL:
            operands[positional[position].name] = argument
        elif positional and positional[-1].kind is Parameter.VAR_POSITIONAL:
            operands[positional[-1].name] = tuple_of(*operation.arguments[len(positional) - 1 :])
            break
        else:
            raise UnsupportedError(
                f"{called} is not differentiated with so many positional arguments",
                node=node,
                advice="pass the options by keyword",
            )
    accepted = {parameter.name for parameter in parameters if parameter.kind is not Parameter.VAR_POSITIONAL}
    for keyword, value in operation.keywords:
        if keyword in accepted:
            operands[keyword] = value
        elif not (isinstance(value, gast.Constant) and value.value is None):
            raise UnsupportedError(
                f"{called} is not differentiated with the option {keyword!r}",
                node=node,
                advice=f"leave {keyword!r} out, or write the step it stands for as a statement of its own",
            )
    return operands


def folding(evaluate: Callable[[gast.expr, Mapping[str, Kind]], Kind], parameters: Mapping[str, Kind]) -> Fold:
    """How a rule's static questions are answered: from the kinds of what its parameters stand for."""

    def fold(expression: gast.expr) -> Any:
        if isinstance(expression, gast.Call) and isinstance(expression.func, gast.Name):
            if expression.func.id == is_constant.__name__:
                return fold(expression.args[0]) is not NOT_KNOWN
        match expression:
            case gast.Call(func=gast.Attribute(attr="iscomplexobj"), args=[operand]):
                dtype = getattr(evaluate(operand, parameters), "dtype", None)
                return NOT_KNOWN if dtype is None else dtype.startswith("complex")
        kind = evaluate(expression, parameters)
        if isinstance(kind, Scalar) and kind.value is not None:
            return kind.value
        if isinstance(kind, Constant):
            return kind.value
        return NOT_KNOWN

    return fold


def _needed_statements(statements: list[gast.stmt], needed: set[str]) -> list[gast.stmt]:
    """The assignments of a rule's body on which the results in use depend."""
    kept: list[gast.stmt] = []
    for statement in reversed(statements):
        if isinstance(statement, gast.Assign) and all(
            isinstance(target, gast.Name) and target.id not in needed for target in statement.targets
        ):
            continue
        kept.insert(0, statement)
        needed = needed | names_read(statement)
    return kept


__all__ = ["Application", "Inlining", "apply_rule", "expression_statement", "folding"]


def missing_rule(called: str, node: gast.AST) -> MissingRuleError:
    """The error for a function with neither rule nor source."""
    return MissingRuleError(
        f"{called} has no derivative rule and no Python source that could be differentiated",
        node=node,
        advice=f"register a rule with srcgrad.rules.partials({called}) or srcgrad.rules.adjoint({called}), "
        f"or srcgrad.rules.nondifferentiable({called}) if its result is to be a constant",
    )
