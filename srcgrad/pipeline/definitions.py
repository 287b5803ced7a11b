"""Calls of functions that are defined in terms of others: the definition is called instead.

``np.corrcoef(x)`` becomes ``corrcoef(x)``, where ``corrcoef`` is the function registered by ``rules.definition``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any

import gast

from srcgrad.analyse.activity import Activity
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.kinds import Kinds, Target
from srcgrad.analyse.operations import operation_of, single_target
from srcgrad.differentiate.application import check_value
from srcgrad.differentiate.needed import statements_of
from srcgrad.errors import SrcgradError, UnsupportedError
from srcgrad.kind import Function, Instance, ndim_of
from srcgrad.normalise.scopes import own_nodes
from srcgrad.pipeline.program import SourceProgram
from srcgrad.rules.registry import Rule, definition_of, find, has_definition, has_rule
from srcgrad.syntax.binding import bind
from srcgrad.syntax.build import copy_tree, located_at, name
from srcgrad.syntax.names import Names
from srcgrad.syntax.printer import print_tree
from srcgrad.syntax.tree import with_replaced


def with_definitions(
    tree: gast.FunctionDef, function: Any, kinds: Kinds, active: Activity, names: Names, program: SourceProgram
) -> gast.FunctionDef | None:
    """The function with calls of definitions, None where there is nothing to do."""
    replaced: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
    for statement in statements_of(tree.body):
        varied = active.varied_before.get(statement, frozenset())
        for node in own_nodes([statement]):
            if not isinstance(node, gast.Call) or not dependencies(node, kinds) & varied:
                continue
            found = _defined(node, kinds, varied)
            if found is not None:
                defined, call = found
                called = program.name_of(function, defined, defined.__name__, names)
                arguments = [copy_tree(argument) for argument in call.args]
                options = [copy_tree(keyword) for keyword in call.keywords]
                replaced[node] = located_at(gast.Call(name(called), arguments, options), node)
    if not replaced:
        return None
    wider = with_replaced(tree, replaced)
    assert isinstance(wider, gast.FunctionDef)
    return wider


def _defined(
    node: gast.Call, kinds: Kinds, varied: frozenset[str]
) -> tuple[Callable[..., Any], gast.Call] | None:
    """The definition to call, and the call with the arguments for it; None where the call stays as it is."""
    target = single_target(node, kinds)
    if target is None:
        return None
    function = _called(node, target, kinds)
    if not has_definition(function):
        return None
    arguments = tuple(node.args)
    keywords = tuple((keyword.arg or "**", keyword.value) for keyword in node.keywords)
    if has_rule(target.function):
        operation = operation_of(node, kinds)
        if operation is None:
            return None
        arguments, keywords = operation.arguments, operation.keywords
    if any(key == "out" for key, _ in keywords):
        # Written as an assignment by another step.
        return None
    ndims = tuple(ndim_of(kinds.of[argument]) if argument in kinds.of else None for argument in arguments)
    rule = find(target.function, "partials", ndims) or find(target.function, "adjoint", ndims)
    active = [bool(dependencies(argument, kinds) & varied) for argument in arguments]
    options = {key: bool(dependencies(value, kinds) & varied) for key, value in keywords}
    if rule is not None and _takes(rule, active, options):
        return None
    defined = definition_of(function, ndims)
    if defined is None:
        return None
    call = gast.Call(node.func, list(arguments), [gast.keyword(_keyword(key), value) for key, value in keywords])
    _check(call, node, defined, kinds)
    return defined, call


def _keyword(key: str) -> str | None:
    return None if key == "**" else key


def _called(node: gast.Call, target: Target, kinds: Kinds) -> Any:
    """The function of a call as it is registered: with its receiver, for a method of an object of a library."""
    called = kinds.of.get(node.func)
    receiver = called.leading[0] if isinstance(called, Function) and called.bound and called.leading else None
    if isinstance(receiver, Instance) and receiver.value is not None and isinstance(target.function, FunctionType):
        return target.function.__get__(receiver.value)
    return target.function


def _takes(rule: Rule, active: list[bool], options: dict[str, bool]) -> bool:
    """Whether a rule takes a call's arguments and options, and gives an adjoint for those that are active."""
    if not options.keys() <= set(rule.parameters):
        return False
    differentiated = set(rule.arguments or rule.parameters)
    if rule.most_arguments is None:
        return not any(is_active and key not in differentiated for key, is_active in options.items())
    given = {**dict(zip(rule.parameters, active)), **options}
    return not any(is_active and key not in differentiated for key, is_active in given.items())


def _check(call: gast.Call, node: gast.Call, defined: Callable[..., Any], kinds: Kinds) -> None:
    """Refuse options, and values of options, that the definition does not take."""
    parameters = inspect.signature(defined).parameters
    called = print_tree(node.func).strip()
    for keyword in call.keywords:
        if keyword.arg is not None and keyword.arg not in parameters:
            raise UnsupportedError(
                f"{called} is not differentiated with the option {keyword.arg!r}",
                node=node,
                advice=f"leave {keyword.arg!r} out, or write the step it stands for as a statement of its own",
            )
    try:
        bound = bind(call, inspect.signature(defined), 0)
    except SrcgradError:
        raise UnsupportedError(
            f"{called} is not differentiated with these arguments",
            node=node,
            advice=f"its parameters are {', '.join(parameters)}",
        ) from None
    for parameter, argument in bound.items():
        if isinstance(argument, gast.AST):
            check_value(defined, parameter, argument, called, node, kinds)
