"""The derivative of one function: the passes in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gast

from srcgrad.analyse.activity import activity
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.effects import check_effects, check_texts, other_names, written_variables
from srcgrad.analyse.exposure import surely_bound
from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.memory import check_memory, memory_of
from srcgrad.analyse.unfollowed import check_followed
from srcgrad.differentiate.adjoints import Adjoints
from srcgrad.differentiate.calls import Calls
from srcgrad.differentiate.expressions import Expressions
from srcgrad.differentiate.fetching import fetched_once
from srcgrad.differentiate.fetching_parts import parts_fetched_once
from srcgrad.differentiate.holding import NOTHING_HELD, Held
from srcgrad.differentiate.layout import Sweeps, sweeps
from srcgrad.differentiate.naming import Helpers
from srcgrad.differentiate.overwritten import drop_idle_overwrites
from srcgrad.differentiate.pairs import Requests
from srcgrad.differentiate.recording import recording
from srcgrad.differentiate.results import Seed, seeded
from srcgrad.differentiate.reverse import Reverse
from srcgrad.differentiate.shadows import Shadows
from srcgrad.differentiate.shared import note_shared
from srcgrad.differentiate.statements import Statements
from srcgrad.differentiate.tapes import tapes
from srcgrad.kind import Kind, Opaque
from srcgrad.syntax.build import local_names, names_assigned, names_read
from srcgrad.syntax.names import Names


@dataclass(frozen=True)
class Derivation:
    """Both sweeps of a function, and what the functions made of them need to know.

    ``value`` is the expression of the primal result after the forward sweep; ``gradients`` the adjoints of the
    differentiated parameters, in their order; ``known``, ``temporaries`` and ``unnamed`` are for the optimiser.
    ``given`` are the kinds of the arguments, ``kept`` the names under which the arguments themselves stay in reach.
    """

    sweeps: Sweeps
    value: gast.expr
    aux: gast.expr | None
    gradients: dict[str, str]
    kinds: Kinds
    adjoints: Adjoints
    result_bar: str
    known: dict[str, Kind]
    temporaries: frozenset[str]
    unnamed: frozenset[str]
    copied: tuple[str, ...]
    parameters: tuple[str, ...]
    names: Names
    given: Mapping[str, Kind]
    kept: dict[str, str] = field(default_factory=dict)
    held: Held = NOTHING_HELD

    @property
    def table(self) -> str | None:
        """The name of the table of shadows, None where nothing is memory."""
        return self.adjoints.shadows.table if self.adjoints.shadows.memory.families else None


def derive(
    tree: gast.FunctionDef,
    kinds: Kinds,
    wrt: tuple[str, ...],
    seed: Seed,
    has_aux: bool,
    names: Names,
    helpers: Helpers,
    request: Requests,
    body_of: Callable[[Any], gast.FunctionDef],
    given: Mapping[str, Kind],
    held: Held = NOTHING_HELD,
) -> Derivation:
    """The two sweeps of a function in normal form whose kinds are known."""
    body, returned = tree.body[:-1], tree.body[-1]
    assert isinstance(returned, gast.Return)
    value = returned.value if returned.value is not None else gast.Constant(None, None)
    parameters = [parameter.id for parameter in parameter_nodes(tree)]
    written = written_variables(tree, kinds)
    result = seeded(value, seed, has_aux, kinds, returned)
    memory = memory_of(tree, kinds, wrt, body_of, held.parameters, held.result)
    check_memory(tree, kinds, memory)
    activities = activity(tree, kinds, wrt, dependencies(result.differentiated, kinds), memory=memory.variables)
    check_texts(tree, kinds, activities)
    check_followed(tree, kinds, activities.ever_varied(wrt))
    check_effects(tree, kinds, activities, wrt, body_of, memory.variables)
    adjoints = Adjoints(kinds, names, written, Shadows(memory, kinds, names))
    for parameter in wrt:
        adjoints.of(parameter)
    expressions = Expressions(kinds, adjoints, names, helpers)
    calls = Calls(kinds, names, helpers, request, adjoints.shadows)
    statements = Statements(kinds, adjoints, expressions, calls)
    reverse = Reverse(kinds, activities, adjoints, statements, names)
    varied = frozenset[str]() if held.unused else activities.varied_before.get(returned, frozenset())
    last = result.step(returned, expressions, varied, names)
    steps = [*reverse.block(body), last]
    steps = [*reverse.at_entry(wrt), *steps]
    note_shared(steps, other_names(tree, kinds), kind_lookup(kinds), memory)
    drop_idle_overwrites(steps, parameters, kinds, memory)
    variables = local_names(tree) | set(parameters) | reverse.made | calls.made
    plan = recording(steps, variables, adjoints.names_in_use(), parameters, kind_lookup(kinds), adjoints.shadows)
    kept = tapes(steps, plan, kind_lookup(kinds), names, nonnegative_lengths(tree, kinds))
    both = sweeps(steps, plan, kept)
    bound = {*parameters, *surely_bound(both.forward)}
    both.reverse = fetched_once(both.reverse, adjoints.shadow_variables, bound)
    both.reverse, fetched = parts_fetched_once(both.reverse, both.forward, bound, names.fresh)
    adjoints.known.update((bar, kinds.evaluate(part)) for bar, part in fetched.items())
    return Derivation(
        both,
        result.value,
        result.aux,
        {parameter: adjoints.of(parameter) for parameter in wrt if parameter not in memory.given},
        kinds,
        adjoints,
        result.bar,
        known_kinds(kinds, adjoints),
        frozenset(expressions.temporaries | adjoints.names_in_use() | {result.bar}),
        frozenset(expressions.temporaries),
        tuple(p for p in parameters if (p in written or p in memory.variables) and p not in memory.given),
        tuple(parameters),
        names,
        given,
        held=held,
    )


def known_kinds(kinds: Kinds, adjoints: Adjoints) -> dict[str, Kind]:
    """The kinds of primal variables and of adjoints, of those that have one kind throughout."""
    known = {name: kind for name, kind in adjoints.known.items() if name not in adjoints.mixed}
    for variable, kind in kinds.variables.items():
        known[variable] = kind
    return known


def parameter_nodes(tree: gast.FunctionDef) -> list[gast.Name]:
    """The parameters of a function in the order of its signature."""
    arguments = tree.args
    found = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg is not None:
        found.append(arguments.vararg)
    found += arguments.kwonlyargs
    if arguments.kwarg is not None:
        found.append(arguments.kwarg)
    return found


def kind_lookup(kinds: Kinds) -> Callable[[str], Kind]:
    """The kind of a variable by its name."""
    table: Mapping[str, Kind] = kinds.variables
    return lambda variable: table.get(variable, Opaque())


def nonnegative_lengths(tree: gast.FunctionDef, kinds: Kinds) -> Callable[[gast.expr], bool]:
    """Whether an expression is surely not negative: a length, or a number that already served as one."""
    lengths: set[str] = set()
    for statement in tree.body:
        match statement:
            case gast.Assign(
                value=gast.Call(
                    func=gast.Attribute(attr="zeros" | "ones" | "empty"), args=[gast.Name(id=identifier), *_]
                )
            ):
                lengths.add(identifier)
    lengths -= names_assigned(tree.body)

    def is_nonnegative(expression: gast.expr) -> bool:
        match expression:
            case gast.Name(id=identifier):
                return identifier in lengths
            case gast.Constant(value=int() as number):
                return number >= 0
            case gast.Call(func=gast.Name(id="len")):
                return True
            case gast.Attribute(attr="size"):
                return True
            case gast.Subscript(value=gast.Attribute(attr="shape")):
                return True
            case _:
                return False

    return is_nonnegative


def free_names(tree: gast.FunctionDef) -> set[str]:
    """The names a function reads from its surroundings."""
    return names_read(tree.body) - local_names(tree) - {parameter.id for parameter in parameter_nodes(tree)}

