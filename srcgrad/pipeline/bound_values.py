"""Functions that come with values: partials, methods kept in variables, and defaults that are no constants.

Partials and methods become lambdas that hold what they come with in their defaults; such defaults get variables
that nothing assigns again, so that a call can be written out::

    shift = functools.partial(scale, offset=x)          shift_offset = x
    y = shift(2.0)                                      shift = lambda value, offset=shift_offset: scale(...)
                                            becomes     y = shift(2.0)
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import gast

from srcgrad.analyse.activity import Activity
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.operations import single_target
from srcgrad.differentiate.needed import statements_of
from srcgrad.kind import Function
from srcgrad.normalise.scopes import LOOPS, blocks_of, own_nodes
from srcgrad.syntax.build import assign, copy_tree, local_names, located_at, name, parameter_names
from srcgrad.syntax.names import Names
from srcgrad.syntax.scopes import COMPREHENSIONS
from srcgrad.syntax.tree import with_replaced
from srcgrad.syntax.walking import children, walk

_INNER = (gast.FunctionDef, gast.Lambda)
Replaced = dict[gast.AST, gast.AST | list[gast.stmt]]


def with_bound_values(
    tree: gast.FunctionDef, kinds: Kinds, active: Activity, names: Names
) -> gast.FunctionDef | None:
    """The function one step further, None where there is nothing to do."""
    called = list(_called_with_values(tree, kinds, active))
    if not called:
        return None
    replaced: Replaced = {}
    for node in own_nodes(tree.body):
        kind = kinds.of.get(node)
        if isinstance(kind, Function) and kind.targets[0] in called:
            made = _as_lambda(node, kinds, names)
            if made is not None:
                replaced[node] = located_at(made, node)
    if not replaced:
        for statement in statements_of(tree.body):
            found = _with_settled_defaults(statement, tree, called, names)
            if found is not None:
                replaced.update(found)
    if not replaced:
        return None
    wider = with_replaced(tree, replaced)
    assert isinstance(wider, gast.FunctionDef)
    return wider


def _called_with_values(tree: gast.FunctionDef, kinds: Kinds, active: Activity) -> Iterator[Any]:
    """The functions with values that are called, or passed on, where differentiated values are at stake."""
    for statement in statements_of(tree.body):
        varied = active.varied_before.get(statement, frozenset())
        for node in _own_expressions(statement):
            if not isinstance(node, gast.Call) or not dependencies(node, kinds) & varied:
                continue
            for part in (node.func, *node.args, *(item.value for item in node.keywords)):
                kind = kinds.of.get(part)
                if isinstance(kind, Function) and len(kind.targets) == 1 and _brings_values(kind):
                    if not (kind.bound and isinstance(part, gast.Attribute) and part is node.func):
                        yield kind.targets[0]


def _own_expressions(statement: gast.stmt) -> Iterator[gast.AST]:
    """The nodes of a statement's own expressions."""
    inside = {id(inner) for block in blocks_of(statement) for inner in block}
    pending: list[gast.AST] = [statement]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _INNER):
            pending.extend(child for child in children(node) if id(child) not in inside)


def _brings_values(kind: Function) -> bool:
    """Whether a function comes with values of its own."""
    if kind.leading or kind.keywords:
        return True
    return isinstance(kind.targets[0], _INNER) and bool(unsettled_defaults(kind.targets[0]))


# ---- partials and methods ----


def _as_lambda(node: gast.AST, kinds: Kinds, names: Names) -> gast.expr | None:
    """``partial(f, a, k=b)`` as ``lambda *values, first=a, k=b, **options: f(first, *values, k=k, **options)``."""
    match node:
        case gast.Call(args=[function, *given], keywords=options) if _is_partial(node, kinds):
            if any(isinstance(item, gast.Starred) for item in given) or any(item.arg is None for item in options):
                return None
            return _holding(function, given, {str(item.arg): item.value for item in options}, names)
        case gast.Attribute(value=owner, attr=attr) if _is_kept_method(node, kinds):
            holder = names.fresh("owner")
            made = _holding(gast.Attribute(name(holder), attr, gast.Load()), [], {}, names)
            _add_default(made, holder, owner)
            return made
        case _:
            return None


def _is_partial(node: gast.Call, kinds: Kinds) -> bool:
    target = single_target(node, kinds)
    return target is not None and target.function is functools.partial


def _is_kept_method(node: gast.Attribute, kinds: Kinds) -> bool:
    """Whether an attribute is a method that is kept rather than called."""
    kind = kinds.of.get(node)
    is_called = any(isinstance(call, gast.Call) and call.func is node for call in kinds.calls)
    return isinstance(kind, Function) and kind.bound and bool(kind.leading) and not is_called


def _holding(
    function: gast.expr, given: list[gast.expr], options: dict[str, gast.expr], names: Names
) -> gast.Lambda:
    """A lambda that calls a function with values that it holds in its defaults."""
    values, rest = names.fresh("values"), names.fresh("options")
    held = {names.fresh("first"): value for value in given}
    passed = [*(name(key) for key in held), gast.Starred(name(values), gast.Load())]
    keywords = [*(gast.keyword(key, name(key)) for key in options), gast.keyword(None, name(rest))]
    parameters = gast.arguments([], [], _parameter(values), [], [], _parameter(rest), [])
    made = gast.Lambda(parameters, gast.Call(copy_tree(function), passed, keywords))
    for key, value in {**held, **options}.items():
        _add_default(made, key, value)
    return made


def _add_default(made: gast.Lambda, key: str, value: gast.expr) -> None:
    made.args.kwonlyargs.append(_parameter(key))
    made.args.kw_defaults.append(copy_tree(value))


def _parameter(identifier: str) -> gast.Name:
    return gast.Name(identifier, gast.Param(), None, None)


# ---- defaults ----


def unsettled_defaults(definition: gast.FunctionDef | gast.Lambda) -> dict[str, gast.expr]:
    """The parameters of a function whose defaults are no constants, with these."""
    return {parameter: value for parameter, value in _defaults(definition.args).items() if not _is_constant(value)}


def _defaults(arguments: gast.arguments) -> dict[str, gast.expr]:
    plain = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return {parameter.id: value for parameter, value in pairs if value is not None}


def _is_constant(value: gast.expr) -> bool:
    return isinstance(value.operand if isinstance(value, gast.UnaryOp) else value, gast.Constant)


def is_settled(value: gast.expr, tree: gast.FunctionDef) -> bool:
    """Whether a default is a variable that holds what it held when the function was made."""
    if not isinstance(value, gast.Name):
        return _is_constant(value)
    stores = _stores(tree, value.id)
    if value.id in parameter_names(tree.args):
        return not stores
    if value.id not in local_names(tree):
        return False
    return len(stores) == 1 and not _in_a_loop(stores[0], tree)


def _stores(tree: gast.FunctionDef, identifier: str) -> list[gast.AST]:
    return [
        node
        for node in walk(tree)
        if isinstance(node, gast.Name) and node.id == identifier and not isinstance(node.ctx, gast.Load | gast.Param)
    ]


def _in_a_loop(node: gast.AST, tree: gast.FunctionDef) -> bool:
    return any(
        isinstance(loop, LOOPS) and any(inner is node for inner in walk(loop)) for loop in walk(tree)
    )


def _with_settled_defaults(
    statement: gast.stmt, tree: gast.FunctionDef, called: list[Any], names: Names
) -> Replaced | None:
    """A statement that makes functions, behind one that gives their values variables; None where it makes none."""
    made = [node for node in _own_expressions(statement) if isinstance(node, _INNER) and node in called]
    repeated = [part for part in own_nodes([statement]) if isinstance(part, COMPREHENSIONS)]
    made = [node for node in made if not any(inner is node for part in repeated for inner in walk(part))]
    made = [node for node in made if not all(is_settled(value, tree) for value in _defaults(node.args).values())]
    if not made or _in_a_loop(statement, tree):
        return None
    before: list[gast.stmt] = []
    replaced: Replaced = {}
    for node in made:
        label = statement.targets[0].id if _is_named(statement, node) else getattr(node, "name", "held")
        for parameter, value in _defaults(node.args).items():
            if not is_settled(value, tree):
                variable = names.fresh(f"{label}_{parameter}")
                before.append(located_at(assign(variable, copy_tree(value)), statement))
                replaced[value] = located_at(name(variable), value)
    return {statement: [*before, with_replaced(statement, replaced)]}


def _is_named(statement: gast.stmt, node: gast.AST) -> bool:
    match statement:
        case gast.Assign(targets=[gast.Name()], value=value):
            return value is node
    return False
