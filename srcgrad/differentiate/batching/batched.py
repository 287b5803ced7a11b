"""A tangent function for several tangents at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.activity import assigned_names
from srcgrad.differentiate.batching.memory import Memory
from srcgrad.differentiate.batching.refusal import NotBatchedError
from srcgrad.differentiate.batching.scope import Form, Scope
from srcgrad.differentiate.batching.statements import Statements
from srcgrad.differentiate.naming import Helpers
from srcgrad.kind import Array, Kind, Scalar
from srcgrad.runtime import count_columns
from srcgrad.syntax.build import (
    assign,
    call,
    name,
    names_assigned,
    names_read,
    parameter_names,
    return_statement,
    tuple_of,
)
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import copy_tree

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


def batched(
    function: gast.FunctionDef,
    kinds: Kinds,
    known: Mapping[str, Kind],
    dots: frozenset[str],
    place: int,
    tangents: Mapping[str, Form],
    helpers: Helpers,
) -> gast.FunctionDef:
    """The form of a tangent function that takes several tangents; raises `NotBatchedError` where it has none.

    ``dots`` are its variables that are tangents; ``place`` is where the tangent stands in what it returns; ``tangents``
    are the forms of the tangent functions of the module, its own among them.
    """
    own = tangents[function.name]
    count = own.count
    parameters = parameter_names(function.args)
    names = Names({*parameters, *names_assigned(function.body), *names_read(function.body), *helpers.objects})
    scope = Scope(kinds, known, dots | frozenset(parameters[len(parameters) - count :]), names, helpers, tangents)
    *body, last = function.body
    if not isinstance(last, gast.Return) or last.value is None:
        raise NotBatchedError
    if any(isinstance(node, gast.Return | gast.FunctionDef) for line in body for node in gast.walk(line)):
        raise NotBatchedError
    statements = Statements(scope)
    _spread_to_temporaries(body, statements)
    memory = Memory(body, scope)
    scope.writes = bool(memory.written)
    memory.check_views(body)
    scope.start()
    lines = statements.block(body)
    memory.check_columns(lines, statements.expressions)
    result = _result(last.value, place, statements)
    own.gives_tuple = isinstance(result, gast.Tuple) and isinstance(result.elts[place], gast.Tuple)
    lines.append(return_statement(result))
    if scope.columns in names_read(lines):
        lines.insert(0, assign(scope.columns, _counted(parameters[len(parameters) - count :], scope)))
    made = copy_tree(function)
    made.name = own.name
    made.body = [copy_tree(line) for line in lines]
    return made


def _result(value: gast.expr, place: int, statements: Statements) -> gast.expr:
    """What the function returns: the tangent with one entry for each direction."""
    parts = list(value.elts) if isinstance(value, gast.Tuple) else [value]
    if place >= len(parts) or (len(parts) == 1 and place > 0):
        raise NotBatchedError
    parts = [
        statements.expressions.full(part) if at == place else statements.expressions.primal(part)
        for at, part in enumerate(parts)
    ]
    return parts[0] if len(parts) == 1 else tuple_of(*parts)


def _spread_to_temporaries(body: Sequence[gast.stmt], statements: Statements) -> None:
    """Find the variables that are made from tangents: they are tangents, too."""
    scope = statements.scope
    assignments = [node for line in body for node in gast.walk(line) if isinstance(node, gast.Assign)]
    changed = True
    while changed:
        changed = False
        for statement in assignments:
            (target,) = statement.targets
            if isinstance(target, gast.Subscript | gast.Attribute) or not scope.is_batched(statement.value):
                continue
            match target:
                case gast.Tuple(elts=[given, dots]) if statements.is_pair(given, dots, statement.value):
                    bound = set(assigned_names(dots))
                case gast.Tuple(elts=elements) if isinstance(statement.value, gast.Tuple):
                    pairs = zip(elements, statement.value.elts, strict=False)
                    bound = {each for part, item in pairs if scope.is_batched(item) for each in assigned_names(part)}
                case _:
                    bound = set(assigned_names(target))
            if not bound <= scope.batched:
                scope.batched |= bound
                changed = True


def _counted(dots: list[str], scope: Scope) -> gast.expr:
    """The number of directions, from the first tangent that is an array."""
    for dot in dots:
        if isinstance(scope.kind(name(dot)), Array | Scalar):
            return call("len", name(dot))
    return call(scope.helper(count_columns), *map(name, dots))


__all__ = ["NotBatchedError", "batched"]
