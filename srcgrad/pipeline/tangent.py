"""The tangent of one function: the passes in their order, forward mode."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.effects import calls_that_write, check_texts, check_writes
from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.operations import is_path
from srcgrad.analyse.tangency import tangency, written_families
from srcgrad.analyse.unfollowed import check_followed
from srcgrad.analyse.views import depends_on_layout
from srcgrad.differentiate.forward.calls import Calls, RequestTangent
from srcgrad.differentiate.forward.expressions import VALUE, Expressions, with_value
from srcgrad.differentiate.forward.forward import Forward
from srcgrad.differentiate.forward.statements import Statements
from srcgrad.differentiate.forward.tangents import Tangents
from srcgrad.differentiate.naming import Helpers
from srcgrad.differentiate.results import seeded
from srcgrad.kind import Array, Kind, Number
from srcgrad.pipeline.assembly import copies_at_entry, function_of, is_plain, use_runtime
from srcgrad.pipeline.derivation import parameter_nodes
from srcgrad.syntax.build import (
    assign,
    call,
    copy_tree,
    method,
    name,
    names_read,
    return_statement,
    tuple_of,
)
from srcgrad.syntax.names import Names


@dataclass(frozen=True)
class TangentFunction:
    """A function that gives a tangent, and what the optimiser has to know of it."""

    function: gast.FunctionDef
    given: dict[str, Kind]
    known: dict[str, Kind]
    temporaries: frozenset[str]
    unnamed: frozenset[str]
    tangents: frozenset[str]


@dataclass(frozen=True)
class Wanted:
    """What a tangent function is to return: the value as well or not, something on the side, in which structure."""

    with_value: bool = True
    has_aux: bool = False
    is_callee: bool = False


def tangent_function(
    called: str,
    tree: gast.FunctionDef,
    kinds: Kinds,
    wrt: tuple[str, ...],
    wanted: Wanted,
    names: Names,
    helpers: Helpers,
    request: RequestTangent,
    body_of: Callable[[Any], gast.FunctionDef],
    given: Mapping[str, Kind],
) -> TangentFunction:
    """The tangent of a function in normal form whose kinds are known.

    It takes the function's own parameters, then a tangent for each of ``wrt``.
    """
    body, returned = tree.body[:-1], tree.body[-1]
    assert isinstance(returned, gast.Return)
    value = returned.value if returned.value is not None else gast.Constant(None, None)
    parameters = [parameter.id for parameter in parameter_nodes(tree)]
    result = seeded(value, "any", wanted.has_aux, kinds, returned)
    writing = calls_that_write(tree, kinds, body_of)
    reached = frozenset(variable for _, variable in writing)
    passed = frozenset(names_read([writer for writer, _ in writing]))
    active = tangency(tree, kinds, wrt, dependencies(result.differentiated, kinds), reached, passed)
    ever = active.ever_varied(wrt)
    check_texts(tree, kinds, active)
    check_followed(tree, kinds, ever)
    check_writes(tree, kinds, lambda variable, depth: variable in ever, body_of, reached & set(kinds.variables))
    # What is written under another name is written, too.
    written = frozenset().union(*written_families(tree, kinds, reached))
    tangents = Tangents(kinds, names)
    dots = [tangents.of(parameter) for parameter in wrt]
    expressions = Expressions(kinds, tangents, names, helpers, bool(written & ever))
    calls = Calls(kinds, names, helpers, request, frozenset(call for call, _ in writing))
    forward = Forward(kinds, active, Statements(kinds, tangents, expressions, calls, written))
    at_start = active.before(tree.body[0])
    # A callee writes into what it is given: the caller has copies.
    copied = [parameter for parameter in parameters if parameter in written and not wanted.is_callee]
    laid_out = set(copied) if depends_on_layout(tree, kinds) else set[str]()
    start = copies_at_entry(copied, parameters, given, memory=laid_out)
    start += _tangents_at_entry(parameters, wrt, copied, at_start, tangents, given, laid_out)
    ending = _ending(result.differentiated, result.aux, returned, wanted, active, expressions)
    function = function_of(called, [*parameters, *dots], [*start, *forward.block(body), *ending])
    use_runtime(function, helpers)
    return TangentFunction(
        function,
        {**given, **{dot: given[parameter] for dot, parameter in zip(dots, wrt, strict=True)}},
        {**tangents.known, **kinds.variables},
        frozenset(tangents.names_in_use() | expressions.temporaries),
        frozenset(expressions.temporaries),
        frozenset(tangents.names_in_use()),
    )


def _tangents_at_entry(
    parameters: list[str],
    wrt: tuple[str, ...],
    copied: list[str],
    at_start: frozenset[str],
    tangents: Tangents,
    given: Mapping[str, Kind],
    laid_out: set[str],
) -> list[gast.stmt]:
    """Zeros for parameters that get tangents on the way, and copies of tangents that are written into.

    The tangents of those ``laid_out`` get the layout of the value, which decides what is a view of it.
    """
    lines: list[gast.stmt] = []
    for parameter in parameters:
        dot = tangents.of(parameter) if parameter in wrt or parameter in at_start else None
        if dot is None:
            continue
        if parameter not in wrt:
            lines.append(assign(dot, tangents.zero(name(parameter), name(parameter))))
        elif parameter in copied:
            kind = given.get(parameter)
            # Of an array without dimensions, the tangent may be a number.
            flat = isinstance(kind, Array) and kind.dims != () and parameter not in laid_out
            lines.append(assign(dot, method(dot, "copy") if flat else call("own_tangent", name(parameter), name(dot))))
    return lines


def _ending(
    value: gast.expr,
    aux: gast.expr | None,
    returned: gast.Return,
    wanted: Wanted,
    active: Any,
    expressions: Expressions,
) -> list[gast.stmt]:
    """The end of a tangent function: what it returns."""
    kind = expressions.kind_of(value)
    expressions.begin(active.before(returned), value)
    tangent = expressions.kept(value)
    lines = list(expressions.statements)
    if not (wanted.is_callee or is_plain(kind) or _is_display_of_plain(value, expressions)):
        tangent = call("like", name(VALUE), tangent)
    if wanted.is_callee and isinstance(kind, Array | Number) and not is_path(value, expressions.kinds):
        if isinstance(tangent, gast.Name | gast.Subscript | gast.Attribute):
            tangent = method(tangent, "copy")
    shown: gast.expr = value
    if VALUE in names_read([*lines, tangent]) and not isinstance(value, gast.Name):
        held = expressions.names.fresh("result")
        expressions.tangents.known[held] = kind
        expressions.temporaries.add(held)
        lines = [assign(held, value), *lines]
        shown = name(held)
    lines = [copy_tree(with_value(line, shown)) for line in lines]
    tangent = with_value(tangent, shown)
    parts = [shown, tangent] if wanted.with_value else [tangent]
    if aux is not None:
        parts.append(aux)
    return [*lines, return_statement(parts[0] if len(parts) == 1 else tuple_of(*parts))]


def _is_display_of_plain(value: gast.expr, expressions: Expressions) -> bool:
    """Whether a result is a tuple or list written out, of numbers and arrays of full precision."""
    if not isinstance(value, gast.Tuple | gast.List):
        return False
    return all(is_plain(expressions.kind_of(element)) for element in value.elts)

