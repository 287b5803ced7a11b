"""Memory: programs that write into arrays become programs that write by assignment, through one name for each array."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import gast

from srcgrad.analyse.activity import Activity
from srcgrad.analyse.aliasing import held_places
from srcgrad.analyse.effects import entangled, written_variables
from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.liveness import liveness_of
from srcgrad.analyse.mutation import changed_names, mutated_name
from srcgrad.analyse.operations import is_basic_index, single_target
from srcgrad.analyse.purity import is_pure_library_call
from srcgrad.kind import Array, Constant, DictOf, Instance, Kind, Range, Scalar, SequenceOf, TupleOf
from srcgrad.normalise.aliases import one_name_each
from srcgrad.normalise.apart import Key, taken_apart
from srcgrad.normalise.counts import counts_before_loops
from srcgrad.normalise.hoisting import hoist
from srcgrad.normalise.parts_of_arrays import plain_parts
from srcgrad.normalise.places import PlacesOf
from srcgrad.normalise.writing_calls import calls_as_assignments, calls_with_output
from srcgrad.syntax.build import base_name, names_read
from srcgrad.syntax.names import Names
from srcgrad.syntax.walking import walk

_CONTAINERS = (SequenceOf, TupleOf, DictOf, Instance)


def writes_as_assignments(tree: gast.FunctionDef, kinds: Kinds, names: Names) -> gast.FunctionDef | None:
    """One more step towards writes by assignment, None where nothing is left to do."""
    plain = plain_parts(tree, kinds.of, _targets(kinds))
    if plain is tree:
        inside = calls_with_output(tree, kinds.of)
        plain = hoist(tree, inside.__contains__, names, is_pure=is_pure_library_call) if inside else tree
    if plain is tree:
        plain = calls_as_assignments(tree, kinds.of, _targets(kinds), names)
    if plain is tree:
        plain = counts_before_loops(tree, changed_names, names)
    return plain if plain is not tree else None


def one_name_for_each_array(
    tree: gast.FunctionDef, kinds: Kinds, active: Activity, wrt: tuple[str, ...], names: Names
) -> gast.FunctionDef | None:
    """One more step towards one name for each array that is written into, None where nothing is left to do."""
    family = entangled(tree, kinds, active, wrt)
    if not family:
        return None
    containers = {variable for variable in family if isinstance(kinds.variables.get(variable), _CONTAINERS)}
    plain = taken_apart(tree, containers, lambda made: _attributes(made, _targets(kinds)), names)
    if plain is not tree:
        return plain
    plain = one_name_each(tree, _places_of(tree, kinds, family), names)
    return plain if plain is not tree else None


def _targets(kinds: Kinds) -> Callable[[gast.Call], Any]:
    """The function that a call runs, None where it is not known."""

    def function_of(called: gast.Call) -> Any:
        target = single_target(called, kinds)
        return target.function if target is not None else None

    return function_of


def _places_of(tree: gast.FunctionDef, kinds: Kinds, family: frozenset[str]) -> PlacesOf:
    of = dict(kinds.of)

    def is_view(node: gast.AST) -> bool:
        return isinstance(of.get(node), Array) and _lies_in_a_variable(node, of, kinds)

    def may_share(node: gast.AST) -> bool:
        return any(True for _ in held_places(node, kinds))

    def is_array(node: gast.AST) -> bool:
        return isinstance(of.get(node), Array)

    def is_transposed(node: gast.AST) -> bool:
        return isinstance(node, gast.Attribute) and node.attr == "T"

    def is_sequence(node: gast.AST) -> bool:
        kind = of.get(node)
        return isinstance(kind, Array | SequenceOf | TupleOf) and _lies_in_a_variable(node, of, kinds)

    numbers: set[str] = set()

    def is_number(variable: str) -> bool:
        return variable in numbers or isinstance(kinds.variables.get(variable), Scalar | Constant | Range)

    def note_row(item: gast.expr, source: gast.expr, target: gast.AST) -> None:
        of[item] = of[target]
        numbers.update(names_read(item.slice))
        of[item.value] = of[source]
        of[item.slice] = Scalar("int64", True)
        _note_below(item.value, source, of)

    alive = liveness_of(tree, kinds)
    return PlacesOf(
        variables=_with_views(tree, family, is_view, of),
        written=written_variables(tree, kinds),
        live_before=alive.before,
        live_after=alive.after,
        is_view=is_view,
        may_share=may_share,
        is_array=is_array,
        is_transposed=is_transposed,
        is_sequence=is_sequence,
        is_number=is_number,
        emptied=lambda statement: _emptied(statement, of),
        note_row=note_row,
    )


def _attributes(made: gast.Call, function_of: Any) -> dict[Key, gast.expr] | None:
    """The attributes that ``SimpleNamespace(u=x, scale=s)`` gives a new object."""
    if function_of(made) is not SimpleNamespace or made.args:
        return None
    found: dict[Key, gast.expr] = {item.arg: item.value for item in made.keywords if item.arg is not None}
    return found if len(found) == len(made.keywords) else None


def _note_below(copy: gast.AST, original: gast.AST, of: dict[gast.AST, Kind]) -> None:
    """Enter the kinds of an expression for a copy of it."""
    for new, old in zip(walk(copy), walk(original), strict=True):
        if old in of:
            of[new] = of[old]


def _lies_in_a_variable(node: gast.AST, of: dict[gast.AST, Kind], kinds: Kinds) -> bool:
    """Whether what an expression gives is a variable's object, a view of it, or an item of a container."""
    match node:
        case gast.Name():
            return True
        case gast.Subscript(value=value, slice=index):
            kind = of.get(value)
            if isinstance(kind, Array):
                return is_basic_index(index, _With(kinds, of)) and _lies_in_a_variable(value, of, kinds)  # type: ignore[arg-type]
            is_item = isinstance(of.get(index), Scalar | Constant) and not isinstance(index, gast.Slice)
            return isinstance(kind, _CONTAINERS) and is_item and _lies_in_a_variable(value, of, kinds)
        case gast.Attribute(value=value, attr=attr):
            kind = of.get(value)
            if isinstance(kind, Array):
                return attr == "T" and _lies_in_a_variable(value, of, kinds)
            return isinstance(kind, Instance) and _lies_in_a_variable(value, of, kinds)
        case _:
            return False


class _With:
    """Kinds with those of new nodes."""

    def __init__(self, kinds: Kinds, of: dict[gast.AST, Kind]) -> None:
        self.of = of
        self.variables = kinds.variables


def _with_views(
    tree: gast.FunctionDef, family: frozenset[str], is_view: Any, of: dict[gast.AST, Kind]
) -> frozenset[str]:
    """The variables of a family that hold arrays, and those that hold views of them or are viewed by them."""
    found = set(family)
    while True:
        before = len(found)
        for node in walk(tree):
            match node:
                case gast.Assign(targets=[gast.Name(id=variable)], value=value) if is_view(value):
                    base = base_name(value)
                    if base is not None and (variable in found or base in found):
                        found |= {variable, base}
        if len(found) == before:
            break
    containers = {
        node.id for node in walk(tree) if isinstance(node, gast.Name) and isinstance(of.get(node), _CONTAINERS)
    }
    return frozenset(found - containers)


def _emptied(statement: gast.stmt, of: dict[gast.AST, Kind]) -> set[str]:
    """The containers in which a statement puts other objects."""
    found: set[str] = set()
    changed = mutated_name(statement)
    if changed is not None:
        found.add(changed)
    if isinstance(statement, gast.Assign):
        for target in statement.targets:
            if isinstance(target, gast.Subscript | gast.Attribute) and not isinstance(of.get(target.value), Array):
                base = base_name(target)
                if base is not None:
                    found.add(base)
    return found
