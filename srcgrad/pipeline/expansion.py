"""Expansion: calls are written out, comprehensions become loops, values get a name, until nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad.analyse.activity import Activity, activity
from srcgrad.analyse.aliasing import shared_objects
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.kinds import Kinds, infer
from srcgrad.analyse.operations import may_carry
from srcgrad.analyse.purity import is_pure_library_call
from srcgrad.analyse.tangency import tangency
from srcgrad.analyse.unfollowed import check_records
from srcgrad.differentiate.forward.needed import forward_needs
from srcgrad.differentiate.holding import NOTHING_HELD, Held
from srcgrad.differentiate.needed import parts_to_name, statements_of
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Kind, Number
from srcgrad.normalise.comprehensions import expand_comprehensions
from srcgrad.normalise.hoisting import hoist
from srcgrad.normalise.inlining import inline_calls
from srcgrad.normalise.pruning import prune
from srcgrad.normalise.rebinding import bind_anew
from srcgrad.normalise.separation import needs_separation, separate
from srcgrad.normalise.ternaries import expand_conditional
from srcgrad.normalise.uncalled import without_uncalled
from srcgrad.pipeline.bound_values import with_bound_values
from srcgrad.pipeline.built_in import with_functions_built_in
from srcgrad.pipeline.closures import with_tuples_for_closures
from srcgrad.pipeline.definitions import with_definitions
from srcgrad.pipeline.derivatives_inside import check_derivatives, with_derivatives
from srcgrad.pipeline.effects_apart import effects_apart
from srcgrad.pipeline.equations import with_lifted_equations
from srcgrad.pipeline.handing_on import named_before_handed_on
from srcgrad.pipeline.managers import with_managers_written_out
from srcgrad.pipeline.memory import one_name_for_each_array, writes_as_assignments
from srcgrad.pipeline.outlining import outlined_loops, without_checkpointed
from srcgrad.pipeline.picked import with_branches_for_picked
from srcgrad.pipeline.program import SourceProgram
from srcgrad.pipeline.statement_spelling import spelled_out
from srcgrad.pipeline.unrolling import unrolled
from srcgrad.pipeline.writing_out import calls_to_write_out, check_rebinding, without_rebinding
from srcgrad.syntax.build import local_names, names_read, parameter_names
from srcgrad.syntax.names import Names
from srcgrad.syntax.walking import children

_MOST_ROUNDS = 80
_USUAL_ROUNDS = 40
# A program may grow so much by what is written out before it counts as a recursion without an end.
_MOST_STATEMENTS = 1000
_MOST_GROWTH = 20
_COMPREHENSIONS = (gast.ListComp, gast.GeneratorExp, gast.SetComp, gast.DictComp)


@dataclass(frozen=True)
class Program:
    """A function on its way to the form that can be differentiated, and what is known of it."""

    tree: gast.FunctionDef
    function: Any
    kinds: Kinds
    active: Activity
    wrt: tuple[str, ...]
    names: Names
    source: SourceProgram
    held: Held


# One step of expansion: the function with one thing written out, None where there is nothing to do.
Step = Callable[[Program], gast.FunctionDef | None]


@dataclass(frozen=True)
class Form:
    """The form in which a mode takes programs: the steps towards it, and how it finds what is active."""

    steps: tuple[Step, ...]
    activity: Callable[[gast.FunctionDef, Kinds, tuple[str, ...]], Activity]


def expand(
    tree: gast.FunctionDef,
    function: Any,
    kinds: Mapping[str, Kind],
    wrt: tuple[str, ...],
    program: SourceProgram,
    form: Form,
    observe: Callable[[gast.FunctionDef], None],
    held: Held = NOTHING_HELD,
) -> tuple[gast.FunctionDef, Kinds]:
    """The tree with all that the differentiation cannot take as it stands written out, and its kinds.

    ``observe`` is shown the tree after each round; ``held`` is what the caller's memory has to do with the function.
    """
    names = Names(local_names(tree) | set(parameter_names(tree.args)) | names_read(tree.body))
    tree = without_rebinding(tree, names)
    found = infer(tree, function, kinds, program)
    enough = _MOST_STATEMENTS + _MOST_GROWTH * _size(tree)
    for number in range(_MOST_ROUNDS):
        if _size(tree) > enough:
            break
        pruned = prune(tree, found.decided)
        if pruned is not tree:
            tree = pruned
            observe(tree)
            found = infer(tree, function, kinds, program)
        present = Program(tree, function, found, form.activity(tree, found, wrt), wrt, names, program, held)
        if number == 0:
            check_records(tree, found, present.active.ever_varied(wrt))
        wider = next((wider for step in form.steps if (wider := step(present)) is not None), None)
        if wider is None:
            check_rebinding(tree, found)
            check_derivatives(tree, found)
            return tree, found
        if number > _USUAL_ROUNDS and gast.dump(wider) == gast.dump(tree):
            break
        tree = wider
        observe(tree)
        found = infer(tree, function, kinds, program)
    raise UnsupportedError(
        "this function calls itself in a way that cannot be written out",
        node=tree,
        advice="define the function that calls itself outside of this one, and give it what it needs as arguments",
    )


def _size(tree: gast.FunctionDef) -> int:
    return sum(1 for _ in statements_of(tree.body))


def _effects(program: Program) -> gast.FunctionDef | None:
    return effects_apart(program.tree, program.kinds, program.source.body, program.names)


def _derivatives(program: Program) -> gast.FunctionDef | None:
    return with_derivatives(program.tree, program.kinds, program.names)


def _calls(program: Program) -> gast.FunctionDef | None:
    bodies = calls_to_write_out(
        program.tree, program.function, program.kinds, program.active, program.source, program.names
    )
    if not bodies:
        return None
    wider = inline_calls(program.tree, bodies, program.names, is_pure_library_call)
    return without_uncalled(wider) if wider is not program.tree else None


def _definitions(program: Program) -> gast.FunctionDef | None:
    return with_definitions(
        program.tree, program.function, program.kinds, program.active, program.names, program.source
    )


def _straight_loops(program: Program) -> gast.FunctionDef | None:
    return unrolled(program.tree, program.kinds, program.active, program.names)


def _versions(program: Program) -> gast.FunctionDef | None:
    return with_functions_built_in(
        program.tree, program.function, program.kinds, program.active, program.names, program.source
    )


def _managers(program: Program) -> gast.FunctionDef | None:
    return with_managers_written_out(program.tree, program.kinds, program.names, program.source)


def _bound_values(program: Program) -> gast.FunctionDef | None:
    return with_bound_values(program.tree, program.kinds, program.active, program.names)


def _closures(program: Program) -> gast.FunctionDef | None:
    return with_tuples_for_closures(program.tree, program.kinds, program.active, program.names)


def _picked_functions(program: Program) -> gast.FunctionDef | None:
    given = (program.tree, program.function, program.kinds, program.active, program.names, program.source)
    return with_branches_for_picked(*given)


def _equations(program: Program) -> gast.FunctionDef | None:
    return with_lifted_equations(program.tree, program.function, program.kinds, program.names, program.source)


def _checkpointed_loops(program: Program) -> gast.FunctionDef | None:
    given = (program.tree, program.function, program.kinds, program.active, program.names, program.source)
    outlined = outlined_loops(*given)
    return outlined if outlined is not program.tree else None


def _plain_loops(program: Program) -> gast.FunctionDef | None:
    plain = without_checkpointed(program.tree, program.kinds)
    return plain if plain is not program.tree else None


def _spelling(program: Program) -> gast.FunctionDef | None:
    return spelled_out(program.tree, program.kinds, program.active, program.names)


def _comprehensions(program: Program) -> gast.FunctionDef | None:
    loops = _active_comprehensions(program.tree, program.kinds, program.active)
    if not loops:
        return None
    return expand_comprehensions(program.tree, loops.__contains__, program.names, is_pure_library_call)


def _loops_apart(program: Program) -> gast.FunctionDef | None:
    loops = _entangled_loops(program.tree, program.kinds, program.active)
    return separate(program.tree, loops, program.names) if loops else None


def _logic(program: Program) -> gast.FunctionDef | None:
    choices = _active_logic(program.tree, program.kinds, program.active)
    if not choices:
        return None
    return expand_conditional(program.tree, choices.__contains__, program.names, is_pure_library_call)


def _rebinding(program: Program) -> gast.FunctionDef | None:
    mixed = _mixed_updates(program.tree, program.kinds)
    return bind_anew(program.tree, mixed) if mixed else None


def _plain_writes(program: Program) -> gast.FunctionDef | None:
    return writes_as_assignments(program.tree, program.kinds, program.names)


def _one_name_each(program: Program) -> gast.FunctionDef | None:
    return one_name_for_each_array(program.tree, program.kinds, program.active, program.wrt, program.names)


def _handing_on(program: Program) -> gast.FunctionDef | None:
    body = program.source.body
    return named_before_handed_on(program.tree, program.kinds, program.wrt, body, program.held, program.names)


def _names_for_parts(program: Program) -> gast.FunctionDef | None:
    parts = parts_to_name(program.tree, program.kinds, program.active)
    return hoist(program.tree, parts.__contains__, program.names, is_pure=is_pure_library_call) if parts else None


def _names_for_forward_parts(program: Program) -> gast.FunctionDef | None:
    parts = parts_to_name(program.tree, program.kinds, program.active, forward_needs)
    return hoist(program.tree, parts.__contains__, program.names, is_pure=is_pure_library_call) if parts else None


REVERSE = Form(
    (
        _definitions,
        _derivatives,
        _straight_loops,
        _managers,
        _equations,
        _effects,
        _calls,
        _versions,
        _bound_values,
        _closures,
        _picked_functions,
        _checkpointed_loops,
        _spelling,
        _comprehensions,
        _loops_apart,
        _logic,
        _rebinding,
        _plain_writes,
        _one_name_each,
        _handing_on,
        _names_for_parts,
    ),
    lambda tree, kinds, wrt: activity(tree, kinds, wrt, ()),
)
FORWARD = Form(
    (
        _definitions,
        _derivatives,
        _straight_loops,
        _managers,
        _equations,
        _effects,
        _calls,
        _versions,
        _bound_values,
        _closures,
        _picked_functions,
        _plain_loops,
        _spelling,
        _comprehensions,
        _logic,
        _rebinding,
        _plain_writes,
        _names_for_forward_parts,
    ),
    lambda tree, kinds, wrt: tangency(tree, kinds, wrt, ()),
)


def _active_comprehensions(tree: gast.FunctionDef, kinds: Kinds, active: Activity) -> set[gast.AST]:
    """The comprehensions and generators whose items vary with the differentiated parameters."""
    found: set[gast.AST] = set()
    for statement in statements_of(tree.body):
        varied = active.varied_before.get(statement, frozenset())
        for part in _own_expressions(statement):
            for node in _outside_functions(part):
                if isinstance(node, _COMPREHENSIONS) and dependencies(node, kinds) & varied:
                    found.add(node)
    return found


def _active_logic(tree: gast.FunctionDef, kinds: Kinds, active: Activity) -> set[gast.AST]:
    """The ``or`` and ``and`` of differentiated values."""
    found: set[gast.AST] = set()
    for statement in statements_of(tree.body):
        varied = active.varied_before.get(statement, frozenset())
        for part in _own_expressions(statement):
            for node in _outside_functions(part):
                if isinstance(node, gast.BoolOp) and may_carry(kinds.of.get(node)):
                    if dependencies(node, kinds) & varied:
                        found.add(node)
    return found


def _mixed_updates(tree: gast.FunctionDef, kinds: Kinds) -> set[gast.AST]:
    """Augmented assignments to variables that hold a number or an array, which no other name shares."""
    updates = {
        statement: statement.target.id
        for statement in statements_of(tree.body)
        if isinstance(statement, gast.AugAssign)
        and isinstance(statement.target, gast.Name)
        and isinstance(kinds.variables.get(statement.target.id), Number)
    }
    if not updates:
        return set()
    sharing = shared_objects(tree, kinds, {(name, 0) for name in updates.values()})
    parameters = set(parameter_names(tree.args))
    return {
        statement
        for statement, name in updates.items()
        if sharing.family((name, 0)) == {name} and name not in parameters
    }


def _outside_functions(node: gast.AST) -> Iterator[gast.AST]:
    """A node and all below it, without the bodies of functions."""
    yield node
    if not isinstance(node, gast.Lambda):
        for child in children(node):
            yield from _outside_functions(child)


def _entangled_loops(tree: gast.FunctionDef, kinds: Kinds, active: Activity) -> set[gast.AST]:
    """Loops over differentiated values whose bodies bind the loop's target or iterable."""
    found: set[gast.AST] = set()
    for statement in statements_of(tree.body):
        if isinstance(statement, gast.For) and needs_separation(statement):
            if dependencies(statement.iter, kinds) & active.varied_before.get(statement, frozenset()):
                found.add(statement)
    return found


def _own_expressions(statement: gast.stmt) -> list[gast.expr]:
    """The expressions of a statement, without those of the statements inside it and of tests."""
    match statement:
        case gast.Assign(value=value) | gast.AugAssign(value=value) | gast.Expr(value=value) | gast.For(iter=value):
            return [value]
        case gast.Return(value=gast.AST() as value):
            return [value]
        case _:
            return []
