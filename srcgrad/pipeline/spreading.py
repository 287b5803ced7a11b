"""Spreading: ``*args`` and ``**kwargs`` of a callee that is written out, one parameter for each argument of the call.

For a call with two positional arguments and ``gain=2.0``::

    def wrapper(*args, **kwargs):                   def wrapper(args_0, args_1, gain):
        return f(*args, **kwargs)       becomes         return f(args_0, args_1, gain=gain)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gast

from srcgrad.normalise.scopes import own_nodes
from srcgrad.syntax.build import copy_tree, local_names, name, names_assigned, names_read, parameter_names
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import with_replaced

Replaced = dict[gast.AST, gast.AST | list[gast.stmt]]


def spread(callee: gast.FunctionDef, bound: Mapping[str, Any]) -> tuple[gast.FunctionDef, dict[str, Any]]:
    """The callee and its arguments with those behind stars one by one, where the callee only passes them on."""
    arguments = dict(bound)
    names = Names(local_names(callee) | names_read(callee.body) | set(parameter_names(callee.args)))
    for starred, is_positional in ((callee.args.vararg, True), (callee.args.kwarg, False)):
        given = bound.get(starred.id) if starred is not None else None
        if starred is None or not isinstance(given, gast.Tuple if is_positional else gast.Dict):
            continue
        values = _values(given)
        uses = None if values is None else _uses(callee, starred.id, values)
        if values is None or uses is None:
            continue
        # A keyword keeps its name: it may be passed on under it.
        chosen = {key: names.fresh(f"{starred.id}_{key}" if is_positional else str(key)) for key in values}
        callee = _spread_one(callee, starred.id, chosen, uses)
        del arguments[starred.id]
        arguments.update({chosen[key]: value for key, value in values.items()})
    return callee, {parameter: arguments[parameter] for parameter in parameter_names(callee.args)}


def _values(given: gast.Tuple | gast.Dict) -> dict[Any, gast.expr] | None:
    """The arguments behind a star by position or by name."""
    if isinstance(given, gast.Tuple):
        return dict(enumerate(given.elts))
    if not all(isinstance(key, gast.Constant) for key in given.keys):
        return None
    return {key.value: value for key, value in zip(given.keys, given.values, strict=True)}


def _uses(callee: gast.FunctionDef, starred: str, values: Mapping[Any, gast.expr]) -> list[gast.AST] | None:
    """Where the callee passes its starred parameter on or reads an element; None where it does anything else."""
    if starred in names_assigned(callee.body):
        return None
    uses: list[gast.AST] = []
    count = 0
    for node in own_nodes(callee.body):
        match node:
            case gast.Call(args=arguments, keywords=keywords):
                uses.extend(item for item in arguments if _is_starred(item, starred))
                uses.extend(item for item in keywords if item.arg is None and _is_name(item.value, starred))
            case gast.Subscript(value=value, slice=gast.Constant(value=key)) if _is_name(value, starred):
                if key not in values or not isinstance(node.ctx, gast.Load):
                    return None
                uses.append(node)
    for part in callee.body:
        count += sum(isinstance(node, gast.Name) and node.id == starred for node in gast.walk(part))
    return uses if count == len(uses) else None


def _is_name(node: gast.AST, identifier: str) -> bool:
    return isinstance(node, gast.Name) and node.id == identifier


def _is_starred(node: gast.AST, identifier: str) -> bool:
    return isinstance(node, gast.Starred) and _is_name(node.value, identifier)


def _spread_one(
    callee: gast.FunctionDef, starred: str, chosen: Mapping[Any, str], uses: list[gast.AST]
) -> gast.FunctionDef:
    replaced: Replaced = {}
    for node in uses:
        if isinstance(node, gast.Subscript):
            replaced[node] = gast.copy_location(name(chosen[node.slice.value]), node)
    for node in own_nodes(callee.body):
        if isinstance(node, gast.Call) and any(item in uses for item in (*node.args, *node.keywords)):
            replaced[node] = _with_each(node, chosen, uses, replaced)
    found = with_replaced(callee, replaced)
    assert isinstance(found, gast.FunctionDef)
    made = copy_tree(found)
    if made.args.vararg is not None and made.args.vararg.id == starred:
        made.args.vararg = None
        made.args.args = [*made.args.args, *(_parameter(key) for key in chosen.values())]
        made.args.defaults = []
    else:
        made.args.kwarg = None
        made.args.kwonlyargs = [*made.args.kwonlyargs, *(_parameter(key) for key in chosen.values())]
        made.args.kw_defaults = [*made.args.kw_defaults, *([None] * len(chosen))]
    return made


def _with_each(node: gast.Call, chosen: Mapping[Any, str], uses: list[gast.AST], replaced: Replaced) -> gast.Call:
    """A call with its starred arguments one by one; what is passed by name as well is not passed twice."""
    arguments: list[gast.expr] = []
    for argument in node.args:
        if argument in uses:
            arguments.extend(name(key) for key in chosen.values())
        else:
            arguments.append(with_replaced(argument, replaced))
    keywords: list[gast.keyword] = []
    for keyword in node.keywords:
        if keyword in uses:
            keywords.extend(gast.keyword(str(key), name(value)) for key, value in chosen.items())
        else:
            keywords.append(with_replaced(keyword, replaced))
    made = gast.Call(with_replaced(node.func, replaced), arguments, keywords)
    return gast.fix_missing_locations(gast.copy_location(made, node))


def _parameter(identifier: str) -> gast.Name:
    return gast.Name(identifier, gast.Param(), None, None)


