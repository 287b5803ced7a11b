"""Forward rules in reverse: the rule of a `custom_jvp`, a linear function of the tangents, is transposed."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from types import FunctionType

import gast

from srcgrad.custom import CustomJvp
from srcgrad.errors import MissingRuleError, UnsupportedError
from srcgrad.kind import Kind
from srcgrad.pipeline.program import SourceProgram
from srcgrad.read.written import function_of
from srcgrad.syntax.build import (
    assign,
    copy_tree,
    local_names,
    name,
    names_assigned,
    names_read,
    parameter_names,
    return_statement,
    subscript,
    substitute,
    tuple_of,
)
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import blank, located_at


@dataclass(frozen=True)
class TangentRule:
    """A rule as a function of arguments and tangents alone, which returns the tangent of the result.

    ``parameters`` are the names that it has for those of the function, ``tangents`` for their tangents.
    """

    label: str
    function: FunctionType
    kinds: dict[str, Kind]
    parameters: dict[str, str]
    tangents: dict[str, str]
    place: gast.AST


def tangent_rule(function: CustomJvp, kinds: Mapping[str, Kind], program: SourceProgram) -> TangentRule:
    """The rule of a function for these kinds of its arguments.

    ``def f_jvp(primals, tangents): ...; return z, z_dot`` becomes ``def f_tangent(x, x_dot): primals = (x,);
    tangents = (x_dot,); ...; return z_dot``.
    """
    resolved = program.resolve(function.rule)
    rule = resolved.function
    if resolved.leading or resolved.keywords or not isinstance(rule, FunctionType):
        raise MissingRuleError(
            f"the rule of {function.label} is no plain Python function", advice="define it with def"
        )
    source, body = program.source(rule), program.body(rule)
    for parameter in inspect.signature(function.function).parameters.values():
        if parameter.kind not in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            raise UnsupportedError(
                f"{function.label} has the parameter {str(parameter)!r}, which its rule does not get",
                node=source.tree,
                advice="make it one that can be given by position, and name it in nondiff_argnums if it is an option",
            )
    own = parameter_names(body.args)
    fixed = [parameter for parameter in kinds if parameter in function.undifferentiated]
    varying = [parameter for parameter in kinds if parameter not in fixed]
    if len(own) != len(fixed) + 2:
        raise UnsupportedError(
            f"the rule of {function.label} takes {len(own)} arguments, not {len(fixed) + 2}",
            node=source.tree,
            advice=f"its parameters are ({', '.join([*fixed, 'primals', 'tangents'])})",
        )
    statements = list(body.body)
    primals = _names_of_items(statements, own[-2], varying)
    dots = _names_of_items(statements, own[-1], varying)
    names = Names({*own, *local_names(body), *(names_read(statements) - local_names(body))})
    parameters = {parameter: primals.get(parameter) or names.fresh(parameter) for parameter in kinds}
    tangents = {parameter: dots.get(parameter) or names.fresh(f"{parameter}_dot") for parameter in varying}
    given = [*(name(parameters[parameter]) for parameter in fixed)]
    given.append(tuple_of(*(name(parameters[parameter]) for parameter in varying)))
    given.append(tuple_of(*(name(tangents[parameter]) for parameter in varying)))
    rebound = names_assigned(statements)
    start = [assign(p, value) for p, value in zip(own, given, strict=True) if p in rebound]
    written = {p: value for p, value in zip(own, given, strict=True) if p not in rebound}
    returned = statements[-1]
    assert isinstance(returned, gast.Return)
    tree: gast.FunctionDef = blank(body)
    tree.__dict__.update(body.__dict__)
    tree.name = f"{function.label}_tangent"
    tree.args = _arguments([*parameters.values(), *tangents.values()])
    inner = [_Items().visit(substitute(statement, written)) for statement in statements[:-1]]
    result = return_statement(_Items().visit(substitute(_second(returned, function.label), written)))
    tree.body = [located_at(statement, returned) for statement in [*start, *inner, result]]
    return TangentRule(
        function.label,
        function_of(tree, source),
        {parameters[parameter]: kinds[parameter] for parameter in kinds}
        | {tangents[parameter]: kinds[parameter] for parameter in varying},
        parameters,
        tangents,
        source.tree,
    )


def without_tangents(function: gast.FunctionDef, rule: TangentRule) -> tuple[gast.FunctionDef, tuple[str, ...]]:
    """The transposed rule, its parameters being only what it reads, and these by the function's own names.

    Of a tangent it may read the shape, which is that of the argument; where it reads more, the rule is not linear.
    """
    primal_of = {rule.tangents[parameter]: rule.parameters[parameter] for parameter in rule.tangents}
    shaped = _ShapesOf(primal_of)
    body = [shaped.visit(statement) for statement in copy_tree(function.body)]
    for dot in sorted(names_read(body) & set(primal_of)):
        raise UnsupportedError(
            f"the rule of {rule.label} is not linear in the tangent {dot!r}",
            node=rule.place,
            advice="let it be a sum of products with tangents, none of them a product of two tangents",
        )
    read = names_read(body)
    taken = tuple(parameter for parameter, called in rule.parameters.items() if called in read)
    tree: gast.FunctionDef = blank(function)
    tree.__dict__.update(function.__dict__)
    cotangent = parameter_names(function.args)[0]
    tree.args = _arguments([cotangent, *(rule.parameters[parameter] for parameter in taken)])
    tree.body = body
    return tree, taken


def _names_of_items(statements: list[gast.stmt], whole: str, parameters: list[str]) -> dict[str, str]:
    """The names that the rule gives to the items of ``primals`` or ``tangents``; what gives them is taken out.

    ``x, y = primals``, or ``x = primals[0]``, where these are the only assignments of these names.
    """
    found: dict[str, str] = {}
    for statement in list(statements):
        match statement:
            case gast.Assign(targets=[gast.Tuple(elts=targets)], value=gast.Name(id=read)) if read == whole:
                called = dict(zip(parameters, targets, strict=False)) if len(targets) == len(parameters) else {}
            case gast.Assign(
                targets=[target],
                value=gast.Subscript(value=gast.Name(id=read), slice=gast.Constant(value=int() as index)),
            ) if read == whole and -len(parameters) <= index < len(parameters):
                called = {parameters[index]: target}
            case _:
                continue
        new = {parameter: target.id for parameter, target in called.items() if isinstance(target, gast.Name)}
        once = all(_times_assigned(identifier, statements) == 1 for identifier in new.values())
        if new and len(new) == len(called) and once and not new.keys() & found.keys():
            found.update(new)
            statements.remove(statement)
    return found


def _times_assigned(identifier: str, statements: list[gast.stmt]) -> int:
    nodes = (node for statement in statements for node in gast.walk(statement))
    return sum(isinstance(node, gast.Name) and node.id == identifier and _is_store(node) for node in nodes)


def _is_store(node: gast.Name) -> bool:
    return isinstance(node.ctx, gast.Store)


class _Items(gast.NodeTransformer):
    """Takes items out of tuples that are written out: ``x`` for ``(x, y)[0]``."""

    def visit_Subscript(self, node: gast.Subscript) -> gast.expr:
        self.generic_visit(node)
        match node:
            case gast.Subscript(value=gast.Tuple(elts=elements), slice=gast.Constant(value=int() as index)):
                if -len(elements) <= index < len(elements):
                    return elements[index]
        return node


class _ShapesOf(gast.NodeTransformer):
    """Asks an argument for its shape instead of its tangent."""

    def __init__(self, primal_of: Mapping[str, str]) -> None:
        self.replacements = {dot: name(primal) for dot, primal in primal_of.items()}

    def visit_Attribute(self, node: gast.Attribute) -> gast.expr:
        self.generic_visit(node)
        if node.attr in ("shape", "size", "ndim", "dtype"):
            return substitute(node, self.replacements)
        return node

    def visit_Call(self, node: gast.Call) -> gast.expr:
        self.generic_visit(node)
        match node.func:
            case gast.Attribute(value=gast.Name(id="np"), attr="shape" | "zeros_like" | "ndim" | "size"):
                return substitute(node, self.replacements)
            case gast.Name(id="zeros_like"):
                return substitute(node, self.replacements)
            case gast.Name(id="like" | "as_mirror"):
                node.args[0] = substitute(node.args[0], self.replacements)
        return node


def _second(returned: gast.Return, label: str) -> gast.expr:
    """``z_dot`` of ``return z, z_dot``."""
    value = copy_tree(returned.value)
    if isinstance(value, gast.Tuple):
        if len(value.elts) != 2:
            raise UnsupportedError(
                f"the rule of {label} does not return a pair",
                node=returned,
                advice="let it return (result, result_dot)",
            )
        return value.elts[1]
    if value is None:
        raise UnsupportedError(
            f"the rule of {label} returns nothing", node=returned, advice="let it return (result, result_dot)"
        )
    return subscript(value, 1)


def _arguments(parameters: list[str]) -> gast.arguments:
    named = [gast.Name(parameter, gast.Param(), None, None) for parameter in parameters]
    return gast.arguments(named, [], None, [], [], None, [])
