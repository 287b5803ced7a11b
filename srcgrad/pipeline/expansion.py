"""Expansion: calls are written out, comprehensions become loops, values get a name, until nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import gast

from srcgrad.analyse.activity import Activity, activity
from srcgrad.analyse.aliasing import shared_objects
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.kinds import Kinds, infer
from srcgrad.analyse.operations import may_carry
from srcgrad.analyse.purity import is_pure_library_call
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
from srcgrad.pipeline.memory import written_plainly
from srcgrad.pipeline.program import SourceProgram
from srcgrad.pipeline.statement_spelling import spelled_out
from srcgrad.pipeline.writing_out import calls_to_write_out, without_rebinding
from srcgrad.syntax.build import local_names, names_read, parameter_names
from srcgrad.syntax.names import Names

_MOST_ROUNDS = 40
_COMPREHENSIONS = (gast.ListComp, gast.GeneratorExp, gast.SetComp, gast.DictComp)


def expand(
    tree: gast.FunctionDef,
    function: Any,
    kinds: Mapping[str, Kind],
    wrt: tuple[str, ...],
    program: SourceProgram,
    observe: Callable[[gast.FunctionDef], None],
) -> tuple[gast.FunctionDef, Kinds]:
    """The tree with all that the differentiation cannot take as it stands written out, and its kinds.

    ``observe`` is shown the tree after each round.
    """
    names = Names(local_names(tree) | set(parameter_names(tree.args)) | names_read(tree.body))
    tree = without_rebinding(tree, names)
    found = infer(tree, function, kinds, program)
    for _ in range(_MOST_ROUNDS):
        pruned = prune(tree, found.decided)
        if pruned is not tree:
            tree = pruned
            observe(tree)
            found = infer(tree, function, kinds, program)
        active = activity(tree, found, wrt, ())
        wider = _written_out(tree, function, found, active, wrt, names, program)
        if wider is None:
            return tree, found
        tree = wider
        observe(tree)
        found = infer(tree, function, kinds, program)
    raise UnsupportedError(
        "this function calls itself in a way that cannot be written out",
        node=tree,
        advice="let the recursion be one function that calls itself by its name",
    )


def _written_out(
    tree: gast.FunctionDef,
    function: Any,
    kinds: Kinds,
    active: Activity,
    wrt: tuple[str, ...],
    names: Names,
    program: SourceProgram,
) -> gast.FunctionDef | None:
    """One more step of expansion, None where nothing is left to do."""
    bodies = calls_to_write_out(tree, function, kinds, active, program)
    if bodies:
        wider = inline_calls(tree, bodies, names, is_pure_library_call)
        if wider is not tree:
            return wider
    spelled = spelled_out(tree, kinds, active, names)
    if spelled is not None:
        return spelled
    loops = _active_comprehensions(tree, kinds, active)
    if loops:
        return expand_comprehensions(tree, loops.__contains__, names, is_pure_library_call)
    loops = _entangled_loops(tree, kinds, active)
    if loops:
        return separate(tree, loops, names)
    choices = _active_logic(tree, kinds, active)
    if choices:
        return expand_conditional(tree, choices.__contains__, names, is_pure_library_call)
    mixed = _mixed_updates(tree, kinds)
    if mixed:
        return bind_anew(tree, mixed)
    plain = written_plainly(tree, kinds, active, wrt, names)
    if plain is not None:
        return plain
    parts = parts_to_name(tree, kinds, active)
    if parts:
        return hoist(tree, parts.__contains__, names, is_pure=is_pure_library_call)
    return None


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
        for child in gast.iter_child_nodes(node):
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
