"""Generated functions: signatures, headings, results around the two sweeps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import gast

from srcgrad.analyse.exposure import exposed_names, surely_bound
from srcgrad.differentiate.keeping import is_flat, whole_copy
from srcgrad.differentiate.naming import RUNTIME, Helpers
from srcgrad.kind import Array, Constant, Function, Kind, Range, Scalar
from srcgrad.pipeline.derivation import Derivation, parameter_nodes
from srcgrad.pipeline.records import unpacked_records
from srcgrad.syntax.build import (
    assign,
    call,
    expression_statement,
    name,
    names_assigned,
    names_read,
    return_statement,
    tuple_of,
)
from srcgrad.syntax.comments import comment

FORWARD = "# ---- forward sweep ----"
REVERSE = "# ---- reverse sweep ----"


def gradient_function(
    called: str, tree: gast.FunctionDef, derivation: Derivation, with_value: bool, helpers: Helpers
) -> gast.FunctionDef:
    """One function with both sweeps, which returns the gradients, and the value where it is wanted."""
    forward = [*_entry(derivation), *derivation.sweeps.forward]
    gradients = [_final(parameter, bar, derivation) for parameter, bar in derivation.gradients.items()]
    result: gast.expr = gradients[0] if len(gradients) == 1 else tuple_of(*gradients)
    if with_value:
        forward, value = _valued(forward, derivation, "value")
        if derivation.aux is not None:
            value = tuple_of(value, derivation.aux)
        result = tuple_of(value, result)
    elif derivation.aux is not None:
        result = tuple_of(result, derivation.aux)
    reverse = [*_table(derivation), *_with_gradients_first(derivation)]
    body = _headed(forward, reverse)
    parameters = [parameter.id for parameter in parameter_nodes(tree)]
    function = function_of(called, parameters, [*body, return_statement(result)])
    use_runtime(function, helpers)
    return function


def transposed_function(
    called: str, parameters: list[str], derivation: Derivation, helpers: Helpers
) -> gast.FunctionDef:
    """One function with both sweeps, which takes the adjoint of the result and returns the gradients."""
    forward = [*_entry(derivation), *derivation.sweeps.forward]
    gradients = [_final(parameter, bar, derivation) for parameter, bar in derivation.gradients.items()]
    result: gast.expr = gradients[0] if len(gradients) == 1 else tuple_of(*gradients)
    body = _headed(forward, _with_gradients_first(derivation))
    function = function_of(called, [derivation.result_bar, *parameters], [*body, return_statement(result)])
    use_runtime(function, helpers)
    return function


def pair_functions(
    called: tuple[str, str],
    tree: gast.FunctionDef,
    derivation: Derivation,
    helpers: Helpers,
    read_once: bool = False,
) -> list[gast.FunctionDef]:
    """Two functions: the forward sweep returns the result and its records, the reverse sweep takes them.

    Where records are not ``read_once``, the reverse sweep changes copies of them.
    """
    reverse = _with_gradients_first(derivation)
    gradients = [_final(parameter, bar, derivation) for parameter, bar in derivation.gradients.items()]
    result: gast.expr = gradients[0] if len(gradients) == 1 else tuple_of(*gradients)
    ending = return_statement(result if gradients else None)
    forward = [*_entry(derivation), *derivation.sweeps.forward]
    assigned = set(names_assigned(forward)) | {parameter.id for parameter in parameter_nodes(tree)}
    records = sorted(exposed_names([*reverse, ending]) & assigned - {derivation.table})
    forward, value = _valued(forward, derivation, "result")
    if derivation.aux is not None:
        value = tuple_of(value, derivation.aux)
    parameters = [parameter.id for parameter in parameter_nodes(tree)]
    unset = sorted(set(records) - surely_bound(forward) - set(parameters))
    forward = [*(assign(record, None) for record in unset), *forward]
    held = derivation.names.fresh("records")
    forward_function = function_of(
        called[0], parameters, [*forward, return_statement(tuple_of(value, tuple_of(*map(name, records))))]
    )
    start = unpacked_records(derivation, records, held, [] if read_once else reverse)
    given = [derivation.result_bar, held]
    if derivation.held:
        given.append(derivation.adjoints.shadows.table)
    else:
        start += _table(derivation)
    reverse_function = function_of(called[1], given, [*start, *reverse, ending])
    use_runtime(forward_function, helpers)
    use_runtime(reverse_function, helpers)
    return [forward_function, reverse_function]


def use_runtime(function: gast.FunctionDef, helpers: Helpers) -> None:
    """Provide the runtime functions that a function calls."""
    for identifier in sorted(names_read(function.body) & set(RUNTIME)):
        helpers.objects.setdefault(identifier, RUNTIME[identifier])


def _entry(derivation: Derivation) -> list[gast.stmt]:
    """Copies of the parameters that the function writes into, and further names for arguments that are lost."""
    kept: list[gast.stmt] = [assign(kept, name(parameter)) for parameter, kept in _kept(derivation).items()]
    memory = derivation.adjoints.shadows.variables
    return copies_at_entry(list(derivation.copied), list(derivation.parameters), derivation.given, kept, memory)


def copies_at_entry(
    written: list[str],
    parameters: list[str],
    given: Mapping[str, Kind],
    kept: Sequence[gast.stmt] = (),
    memory: Collection[str] = (),
) -> list[gast.stmt]:
    """Copies of the parameters that the function writes into: the caller's arrays stay as they were.

    Copies of those in ``memory`` have the layout of the original, which decides what is a view of them.
    """
    others = [key for key in parameters if key not in written and _has_parts(given.get(key))]
    statements: list[gast.stmt] = []
    if written and (len(written) + len(others) > 1 or not is_flat(given.get(written[0]))):
        options = {"read": tuple_of(*map(name, others))} if others else {}
        statements.append(expression_statement(call("refuse_shared", *map(name, written), **options)))
    for key in written:
        copied = call("own_copy", name(key)) if key in memory else whole_copy(key, given.get(key))
        kept = [*kept, assign(key, copied)]
    return [*statements, *kept]


def _table(derivation: Derivation) -> list[gast.stmt]:
    """The empty table of shadows, where something is memory."""
    return [assign(derivation.table, gast.Dict([], []))] if derivation.table is not None else []


def _has_parts(kind: Kind | None) -> bool:
    """Whether a value may share memory with another one."""
    return not isinstance(kind, Scalar | Constant | Function | Range)


def _kept(derivation: Derivation) -> dict[str, str]:
    """Names under which arguments are kept whose variables get other values, for the structure of their gradients."""
    assigned = names_assigned([*derivation.sweeps.forward, *derivation.sweeps.reverse]) | set(derivation.copied)
    for parameter in derivation.gradients:
        if parameter in assigned and not is_plain(derivation.given.get(parameter)):
            if parameter not in derivation.kept:
                derivation.kept[parameter] = derivation.names.fresh(f"{parameter}_given")
    return derivation.kept


def _valued(
    forward: list[gast.stmt], derivation: Derivation, wanted: str
) -> tuple[list[gast.stmt], gast.expr]:
    """The primal result, kept under a name of its own where the reverse sweep changes what it is computed from."""
    value = derivation.value
    changed = names_assigned(derivation.sweeps.reverse)
    if isinstance(value, gast.Constant) or (isinstance(value, gast.Name) and value.id not in changed):
        return forward, value
    kept = derivation.names.fresh(wanted)
    return [*forward, assign(kept, value)], name(kept)


def _final(parameter: str, bar: str, derivation: Derivation) -> gast.expr:
    """A gradient in the structure and dtype of its argument."""
    if is_plain(derivation.given.get(parameter)):
        return name(bar)
    return call("like", name(_kept(derivation).get(parameter, parameter)), name(bar))


def plain_arrays(derivation: Derivation) -> set[int]:
    """The positions of the gradients that are returned as the arrays that they are."""
    kinds = [derivation.given.get(parameter) for parameter in derivation.gradients]
    return {at for at, kind in enumerate(kinds) if isinstance(kind, Array) and is_plain(kind)}


def is_plain(kind: Kind | None) -> bool:
    """Whether a value is a number or an array of full precision."""
    return isinstance(kind, Scalar | Array) and kind.dtype in ("float64", "complex128")


def _with_gradients_first(derivation: Derivation) -> list[gast.stmt]:
    """The reverse sweep, the zeros of the gradients in front."""
    reverse = list(derivation.sweeps.reverse)
    bars = {bar: parameter for parameter, bar in derivation.gradients.items()}
    changed = names_assigned(derivation.sweeps.forward) | names_assigned(reverse) - set(bars)
    front: list[gast.stmt] = []
    for statement in list(reverse):
        if not isinstance(statement, gast.Assign) or not isinstance(statement.targets[0], gast.Name):
            continue
        bar = statement.targets[0].id
        if bar in bars and _is_zero(statement.value, bars[bar]) and bars[bar] not in changed:
            earlier = reverse[: reverse.index(statement)]
            if bar not in names_assigned(earlier) | names_read(earlier):
                reverse.remove(statement)
                front.append(statement)
    order = {bar: position for position, bar in enumerate(bars)}
    front.sort(key=lambda statement: order[statement.targets[0].id])
    return [*front, *reverse]


def _is_zero(value: gast.expr, parameter: str) -> bool:
    return (isinstance(value, gast.Constant) and value.value == 0) or names_read(value) <= {"np", parameter}


def _headed(forward: list[gast.stmt], reverse: list[gast.stmt]) -> list[gast.stmt]:
    return [comment(FORWARD), *forward, comment(""), comment(REVERSE), *reverse]


def function_of(called: str, parameters: list[str], body: list[gast.stmt]) -> gast.FunctionDef:
    """A function with these parameters and this body."""
    arguments = gast.arguments(
        args=[gast.Name(parameter, gast.Param(), None, None) for parameter in parameters],
        posonlyargs=[],
        vararg=None,
        kwonlyargs=[],
        kw_defaults=[],
        kwarg=None,
        defaults=[],
    )
    return gast.FunctionDef(called, arguments, body, [], None, None, [])
