"""Forward mode by rule: which rule gives the tangent of an operation, and its body written out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, Literal

import gast

from srcgrad.analyse.operations import Operation
from srcgrad.differentiate.application import Application, application_of, name_of
from srcgrad.differentiate.naming import Helpers
from srcgrad.errors import MissingRuleError
from srcgrad.kind import ndim_of
from srcgrad.rules.registry import Rule, find, linearity
from srcgrad.syntax.build import call, name, substitute, tuple_of
from srcgrad.syntax.inline import inline_rule
from srcgrad.syntax.names import Names
from srcgrad.syntax.rule_source import rule_source
from srcgrad.syntax.scopes import names_assigned
from srcgrad.syntax.zeros import ZeroTerms

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


@dataclass(frozen=True)
class ForwardRule:
    """How the tangent of one operation is found: from partials, from a rule for it, or by applying it to tangents."""

    form: Literal["partials", "tangent", "linear", "multilinear"]
    application: Application


def forward_rule(
    operation: Operation, node: gast.expr, kinds: Kinds, depends: Callable[[gast.AST], bool]
) -> ForwardRule:
    """The rule for an operation, applied to its operands; raises where there is none."""
    ndims = tuple(ndim_of(kinds.of[argument]) if argument in kinds.of else None for argument in operation.arguments)
    function = operation.function
    rule = find(function, "partials", ndims)
    if rule is not None:
        return ForwardRule("partials", application_of(rule, operation, node, kinds, depends))
    rule = find(function, "tangent", ndims)
    if rule is not None:
        return ForwardRule("tangent", application_of(rule, operation, node, kinds, depends))
    applied = linearity(function)
    rule = find(function, "adjoint", ndims)
    if applied is not None and rule is not None:
        return ForwardRule(applied, application_of(rule, operation, node, kinds, depends))
    called = name_of(operation)
    raise MissingRuleError(
        f"{called} has no forward rule for arguments with these numbers of dimensions",
        node=node,
        advice=f"register one with srcgrad.rules.tangent({called}) or srcgrad.rules.partials({called})",
    )


def dotted_parameters(rule: Rule) -> dict[str, str]:
    """The parameters of a tangent rule that take tangents, by the argument they are tangents of."""
    names = list(rule.signature.parameters)
    dots = names[: names.index("z")]
    return dict(zip(rule.arguments or rule.parameters[: len(dots)], dots, strict=True))


@functools.cache
def count_of_results(rule: Rule) -> int:
    """For how many of its parameters an adjoint rule returns something."""
    source = rule_source(rule.derivative)
    if source is None:
        return sum(parameter.default is Parameter.empty for parameter in rule.signature.parameters.values())
    nodes = (node for statement in source.body for node in gast.walk(statement))
    returned = [node.value for node in nodes if isinstance(node, gast.Return)]
    return max(len(value.elts) if isinstance(value, gast.Tuple) else 1 for value in returned)


def written_tangent(
    application: Application,
    value: gast.expr,
    dots: Mapping[str, gast.expr],
    zero_of: Callable[[str], gast.expr],
    fold: Callable[[gast.expr], Any],
    names: Names,
    helpers: Helpers,
) -> tuple[list[gast.stmt], gast.expr | None]:
    """The body of a tangent rule with tangents and operands in place of its parameters; else a call of the rule.

    None where the result is zero.

    ``dots`` are the tangents of the operands that have one; terms with another one are left out.
    """
    rule = application.rule
    wanted = dotted_parameters(rule)
    zeros = {f"{dot} (zero)": parameter for parameter, dot in wanted.items() if parameter not in dots}
    # While zeros are dropped the other tangents have names of their own, to be told apart from all else.
    live = {f"{dot} (live)": dots[parameter] for parameter, dot in wanted.items() if parameter in dots and zeros}
    bindings = {**application.operands, "z": value}
    for parameter, dot in wanted.items():
        if parameter not in dots:
            bindings[dot] = name(f"{dot} (zero)")
        else:
            bindings[dot] = name(f"{dot} (live)") if zeros else dots[parameter]
    inlined = inline_rule(rule.derivative, bindings, fold, names, None, helpers.name_of)
    if inlined is None:
        for parameter, dot in wanted.items():
            bindings[dot] = dots[parameter] if parameter in dots else zero_of(parameter)
        return [], _called(rule, bindings, helpers)
    result = tuple_of(*inlined.results) if inlined.is_tuple else inlined.results[0]
    if not zeros:
        return inlined.statements, result
    dropping = ZeroTerms(set(zeros), set(live))
    statements: list[gast.stmt] = []
    for statement in inlined.statements:
        assert isinstance(statement, gast.Assign)
        plain = dropping.visit(statement.value)
        target = statement.targets[0]
        if isinstance(target, gast.Name) and dropping.is_zero(plain):
            dropping.zeros.add(target.id)
            zeros[target.id] = zeros[plain.id]
            continue
        if dropping.is_live(plain):
            dropping.live |= names_assigned(target)
        statements.append(gast.Assign(statement.targets, plain, None))
    result = dropping.visit(result)
    if dropping.is_zero(result):
        return [], None
    replacements = {zero: zero_of(parameter) for zero, parameter in zeros.items()} | live
    signs = ZeroTerms(set(), set())  # which gathers the signs that the tangents bring along
    written = [signs.visit(substitute(statement, replacements)) for statement in statements]
    return written, signs.visit(substitute(result, replacements))


def _called(rule: Rule, bindings: Mapping[str, gast.expr], helpers: Helpers) -> gast.expr:
    """A call of a tangent rule."""
    derivative = rule.derivative
    called = helpers.name_of(f"{derivative.__name__.removesuffix('_tangent')}_tangent", derivative)
    arguments: list[gast.expr] = []
    keywords: dict[str, gast.expr] = {}
    skipped = False
    for parameter in signature(derivative).parameters.values():
        if parameter.name not in bindings:
            skipped = True
        elif parameter.kind is Parameter.VAR_POSITIONAL:
            operand = bindings[parameter.name]
            arguments.extend(operand.elts if isinstance(operand, gast.Tuple) else [gast.Starred(operand, gast.Load())])
        elif parameter.kind is Parameter.KEYWORD_ONLY or skipped:
            keywords[parameter.name] = bindings[parameter.name]
        else:
            arguments.append(bindings[parameter.name])
    return call(called, *arguments, **keywords)
