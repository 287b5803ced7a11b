"""Memory: variables whose arrays or containers are written into and can be reached under other names as well.

Each has its adjoint in a shadow that is found at run time from the object that the variable holds, whatever its name
(``runtime/shadows.py``).  The variables that may share an object make a family.  Of a family, the recording analysis
follows two things beside the variables: the contents of its arrays, and the items of its containers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.activity import activity
from srcgrad.analyse.aliasing import bindings, held_places, shared_objects
from srcgrad.analyse.effects import Body, calls_that_write, writes_in_place
from srcgrad.analyse.mutation import changed_names
from srcgrad.analyse.operations import is_path, single_target
from srcgrad.analyse.views import brief_views
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Number, Opaque, SequenceOf
from srcgrad.stopping import stop_gradient
from srcgrad.syntax.build import base_name
from srcgrad.syntax.printer import print_tree
from srcgrad.syntax.walking import walk

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

Variables = frozenset[str]


@dataclass(frozen=True)
class Memory:
    """The families; ``given`` are the parameters whose shadows the caller keeps, ``result``: the result's, too.

    ``viewers`` are, for each family, the variables that hold brief views of it: no memory, but what they show is.
    ``calls`` are the calls of functions with source that write into memory, with the variables of theirs.
    """

    families: tuple[Variables, ...] = ()
    given: Variables = frozenset()
    result: bool = False
    viewers: tuple[Variables, ...] = ()
    calls: Mapping[gast.AST, Variables] = field(default_factory=dict, compare=False)

    @property
    def variables(self) -> Variables:
        """The variables of all families."""
        return frozenset().union(*self.families)

    @property
    def tokens(self) -> Variables:
        """What stands for contents and items of all families."""
        return frozenset(token for family in self.families for token in tokens_of(family))

    @property
    def lasting(self) -> Variables:
        """The tokens of what the caller holds, which must be as it was once the reverse sweep is done."""
        return frozenset(token for family in self.families if family & self.given for token in tokens_of(family))

    def family(self, variable: str | None) -> Variables:
        """The variables that may share an object with one; none if it is no memory."""
        return next((family for family in self.families if variable in family), frozenset())

    def shown(self, variable: str) -> Variables:
        """The family of a variable, or the one that it holds brief views of."""
        viewed = zip(self.families, self.viewers, strict=True)
        return self.family(variable) or next((family for family, names in viewed if variable in names), frozenset())

    def changed(self, *statements: gast.AST) -> set[str]:
        """The variables that statements bind, or whose objects they change, whatever the name."""
        changed = changed_names(*statements)
        if self.families:
            for statement in statements:
                for node in walk(statement):
                    changed |= self.calls.get(node, frozenset())
            changed = changed.union(*map(self.family, changed))
        return changed

    def contents(self, variable: str) -> str:
        """What stands for the contents of the arrays of a variable's family."""
        return tokens_of(self.family(variable))[0]

    def items(self, variable: str) -> str:
        """What stands for the items of the containers of a variable's family."""
        return tokens_of(self.family(variable))[1]


def tokens_of(family: Variables) -> tuple[str, str]:
    """What stands for the contents and for the items of a family in the recording analysis."""
    return f"contents of {min(family)}", f"items of {min(family)}"


def memory_of(
    tree: gast.FunctionDef,
    kinds: Kinds,
    wrt: Iterable[str],
    body: Body,
    given: Variables = frozenset(),
    result: bool = False,
) -> Memory:
    """The memory of a function in normal form whose differentiated parameters are ``wrt``.

    Families that no derivative passes through are left out, unless other functions write into them.
    """
    return kinds.once(_memory, tree, tuple(wrt), body, given, result)


def _memory(
    tree: gast.FunctionDef, kinds: Kinds, wrt: Sequence[str], body: Body, given: Variables, result: bool
) -> Memory:
    writes = list(writes_in_place(tree, kinds))
    calls = calls_that_write(tree, kinds, body)
    for call, name in calls:
        writes.extend((name, kinds.variables.get(name, Opaque()), call, depth) for depth in (0, 1))
    returned = tree.body[-1].value if result and isinstance(tree.body[-1], gast.Return) else None
    handed_out = {name for name, _ in held_places(returned, kinds)} if returned is not None else set()
    outside = given | handed_out
    if not writes and not outside:
        return Memory(given=given, result=result)
    places = {(name, depth) for name, _, _, depth in writes} | {(name, depth) for name in outside for depth in (0, 1)}
    apart = brief_views(tree, kinds, writes) - outside
    sharing = shared_objects(tree, kinds, places, writes, apart)
    families = [set(sharing.family(place)) for place in places] + ([set(outside)] if outside else [])
    called = {name for _, name in calls}
    tangled = called | outside | _holding_twice(tree, kinds)
    candidates = [family for family in _merged(families) if len(family) > 1 or family & tangled]
    chosen = _active(tree, kinds, wrt, candidates, outside | called)
    # Where an object moves into or out of memory, its adjoint would have to: it is memory under all of its names.
    lasting = shared_objects(tree, kinds, places, (), apart, may_move=False)
    wider = [
        set(family).union(*(lasting.family(place) for place in places if place[0] in family)) for family in chosen
    ]
    chosen = tuple(sorted(_merged(wider), key=min))
    writing: dict[gast.AST, Variables] = {}
    for call, name in calls:
        writing[call] = writing.get(call, frozenset()) | {name}
    everything = shared_objects(tree, kinds, places, may_move=False)
    viewers = []
    for family in chosen:
        shared = set().union(*(everything.family(place) for place in places if place[0] in family))
        viewers.append(frozenset(shared - family))
    return Memory(chosen, given, result, tuple(viewers), writing)


def _active(
    tree: gast.FunctionDef,
    kinds: Kinds,
    wrt: Iterable[str],
    candidates: list[Variables],
    reached: Variables | set[str],
) -> tuple[Variables, ...]:
    """The families that a derivative passes through, or that are ``reached`` from other functions.

    What is written into one variable of a family makes all of it vary.
    """
    chosen = {family for family in candidates if family & reached}
    while True:
        memory = frozenset().union(*chosen)
        varied = activity(tree, kinds, wrt, (), memory=memory)
        active = set(wrt).union(*varied.varied_before.values(), *varied.varied_after.values())
        wider = chosen | {family for family in candidates if family & active}
        if wider == chosen:
            return tuple(sorted(chosen, key=min))
        chosen = wider


def _holding_twice(tree: gast.FunctionDef, kinds: Kinds) -> set[str]:
    """The variables whose containers may hold one and the same object in two places: ``rows[1] = rows[0]``."""
    found: set[str] = set()
    for name, inside, value, _ in bindings(tree, kinds):
        is_repeated = isinstance(value, gast.BinOp) and isinstance(value.op, gast.Mult)
        if isinstance(kinds.of.get(value), SequenceOf) and is_repeated:
            found.add(name)
        if inside and any(source == name for source, _ in held_places(value, kinds)):
            found.add(name)
    return found


def _merged(families: Iterable[set[str]]) -> list[Variables]:
    """Families of which no two have a variable in common."""
    merged: list[set[str]] = []
    for family in families:
        apart = []
        for known in merged:
            if known & family:
                family = family | known
            else:
                apart.append(known)
        merged = [*apart, family]
    return [frozenset(family) for family in merged]


def check_memory(tree: gast.FunctionDef, kinds: Kinds, memory: Memory) -> None:
    """Refuse memory of which it is not known before the run what it holds."""
    _check_types(tree, kinds, memory)
    for node in walk(tree):
        if not isinstance(node, gast.Name | gast.Attribute | gast.Subscript):
            continue
        if base_name(node) not in memory.variables or not isinstance(node.ctx, gast.Load):
            continue
        kind = kinds.variables.get(node.id) if isinstance(node, gast.Name) else kinds.of.get(node)
        if isinstance(kind, Number) and is_path(node, kinds):
            raise UnsupportedError(
                f"{print_tree(node)!r} may be a number or an array, and what it shares is written into: not supported",
                node=node,
                advice="let it be an array from the start, or write into a copy",
            )
    for family in memory.families:
        dtypes = {kind.dtype for v in family for kind in [kinds.variables.get(v)] if isinstance(kind, Array)}
        if any(dtype.startswith("complex") for dtype in dtypes) and any(dtype.startswith("float") for dtype in dtypes):
            raise UnsupportedError(
                f"{', '.join(sorted(family))} may share memory as real and as complex numbers: not supported",
                node=tree,
                advice="write into a copy: z = x.astype(complex)",
            )


def _check_types(tree: gast.FunctionDef, kinds: Kinds, memory: Memory) -> None:
    """Refuse views of memory as numbers of another type, or as constants."""
    for node in walk(tree):
        match node:
            case gast.Assign(targets=[gast.Name(id=variable)], value=gast.Call() as value) if variable in (
                memory.variables
            ):
                target = single_target(value, kinds)
                if target is not None and target.function is stop_gradient:
                    raise UnsupportedError(
                        f"{variable!r} is a constant that changes where what it shares is written into: not supported",
                        node=value,
                        advice="stop the gradient of a copy: stop_gradient(y.copy())",
                    )
                continue
            case gast.Call(func=gast.Attribute(value=array, attr="view")):
                shown, own = kinds.of.get(node), kinds.of.get(array)
            case _:
                continue
        is_retyped = isinstance(shown, Array) and isinstance(own, Array) and shown.dtype != own.dtype
        if is_retyped and base_name(array) in memory.variables:
            raise UnsupportedError(
                "this shows memory that is written into as numbers of another type: not supported",
                node=node,
                advice="write into the array itself; z.real and z.imag can be written into",
            )
