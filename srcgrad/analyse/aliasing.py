"""Aliasing: which variables may hold, or contain, the same object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import gast

from srcgrad import runtime
from srcgrad.analyse.activity import assigned_names
from srcgrad.analyse.liveness import liveness_of
from srcgrad.analyse.operations import is_basic_index, single_target
from srcgrad.analyse.reachability import runs_later
from srcgrad.kind import Array, DictOf, Instance, Kind, Number, Opaque, Scalar, SequenceOf, TupleOf
from srcgrad.kind import Iterator as IteratorKind
from srcgrad.rules.registry import has_rule, is_hashable, is_nondifferentiable
from srcgrad.syntax.build import base_name
from srcgrad.syntax.walking import walk

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

# NumPy functions and methods whose result may be a view of their first argument.
_VIEWS = frozenset(
    "reshape ravel transpose swapaxes moveaxis rollaxis squeeze expand_dims atleast_1d atleast_2d atleast_3d "
    "view diagonal diag "
    "broadcast_to broadcast_arrays asarray asanyarray ascontiguousarray asfortranarray "
    "array_split split hsplit vsplit dsplit flip flipud fliplr rot90 "
    "conjugate einsum real imag matrix_transpose permute_dims real_if_close require unstack nan_to_num astype "
    "array stop_gradient".split()
)
# Those of them that copy unless they are told not to.
_COPIES = frozenset({"array", "astype", "nan_to_num"})
_CONTAINERS = (SequenceOf, TupleOf, DictOf, Instance, IteratorKind)


# A variable, and 0 for the object that it holds or 1 for what lies inside of that.
Place: TypeAlias = tuple[str, int]
# The variable, the kind of the object that changes, the node, and where the object lies.
Write: TypeAlias = tuple[str, Kind, gast.AST, int]
# The variable, 0 or 1 as in a place, the object as an expression, and where it is given.
Bound: TypeAlias = tuple[str, int, gast.AST, gast.AST]


class Sharing:
    """Sets of objects that may be the same: of a variable (level 0), or inside a variable's (level 1)."""

    def __init__(self) -> None:
        self.parent: dict[Place, Place] = {}

    def find(self, place: Place) -> Place:
        """The representative of a place's set."""
        while place in self.parent:
            place = self.parent[place]
        return place

    def join(self, one: Place, other: Place) -> None:
        """Note that two places may hold the same object."""
        first, second = self.find(one), self.find(other)
        if first != second:
            self.parent[first] = second

    def family(self, place: Place) -> set[str]:
        """The variables that may hold, or contain, the same object."""
        root = self.find(place)
        members = {*self.parent, *self.parent.values(), place}
        return {name for name, level in members if self.find((name, level)) == root}


def shared_objects(
    tree: gast.FunctionDef | gast.Lambda,
    kinds: Kinds,
    written: set[Place],
    writes: Sequence[Write] = (),
    apart: frozenset[str] = frozenset(),
    may_move: bool = True,
) -> Sharing:
    """Which objects may be the same, over the whole function; the variables in ``apart`` are left out.

    An object that moves (``values = fresh`` where ``fresh`` is not read again) is not shared, unless it is written
    under its new name from then on; ``writes`` tell where ``written`` places are, if that is known.  Without
    ``may_move`` all names are counted that an object has one after the other.
    """
    sharing = Sharing()
    after = liveness_of(tree, kinds).after if isinstance(tree, gast.FunctionDef) else {}

    def later(name: str, statement: gast.AST) -> bool:
        """Whether a variable's object may be written into after a statement."""
        nodes = [node for written_name, _, node, _ in writes if written_name == name]
        if not nodes or not isinstance(tree, gast.FunctionDef):
            return True
        return any(runs_later(tree, statement, node) for node in nodes)

    copied = _copied_at_once(tree)

    def connect(name: str, inside: int, value: gast.AST, statement: gast.AST) -> None:
        if name in apart or not may_share(kinds.variables.get(name)):
            return
        if (statement, name) in copied and isinstance(kinds.variables.get(name), SequenceOf):
            for source, _ in held_places(value, kinds):
                sharing.join((name, 1), (source, 1))
            return
        if _is_new_container(value, kinds):
            inside = 1  # The container itself is nobody else's.
        moves = may_move and isinstance(value, gast.Name) and value.id not in after.get(statement, {value.id})
        if moves and (name, 1) not in written and ((name, 0) not in written or inside or not later(name, statement)):
            # What lies inside of it may have other names all the same.
            sharing.join((name, 1), (value.id, 1))
            return
        for source, level in held_places(value, kinds):
            if isinstance(kinds.variables.get(source), Array) and isinstance(kinds.variables.get(name), Array):
                level = 0
            sharing.join((name, inside), (source, level))
            sharing.join((name, 1), (source, 1))

    for name, inside, value, statement in bindings(tree, kinds):
        connect(name, inside, value, statement)
    return sharing


def _copied_at_once(tree: gast.FunctionDef | gast.Lambda) -> set[tuple[gast.AST, str]]:
    """Assignments and those variables of theirs that are copied next, before anything else is done with them.

    ``x, tape = records`` with ``tape = tape.copy()`` behind it: only what is in the tape is shared.
    """
    found: set[tuple[gast.AST, str]] = set()
    unpacked: gast.Assign | None = None
    for statement in tree.body if isinstance(tree, gast.FunctionDef) else ():
        match statement:
            case gast.Assign(
                targets=[gast.Name(id=name)],
                value=gast.Call(func=gast.Attribute(value=gast.Name(id=read), attr="copy")),
            ) if read == name:
                if unpacked is not None and name in assigned_names(unpacked.targets[0]):
                    found.add((unpacked, name))
            case gast.Assign(targets=[gast.Tuple()], value=gast.Name()):
                unpacked = statement
            case _:
                unpacked = None
    return found


def bindings(tree: gast.FunctionDef | gast.Lambda, kinds: Kinds) -> tuple[Bound, ...]:
    """Each object given to a variable (0), or put into what a variable holds (1), as an expression; and where."""
    return kinds.once(_bindings, tree)


def _bindings(tree: gast.FunctionDef | gast.Lambda, kinds: Kinds) -> tuple[Bound, ...]:
    return tuple(_bound(tree, kinds))


def _bound(tree: gast.FunctionDef | gast.Lambda, kinds: Kinds) -> Iterator[Bound]:
    for statement in walk(tree):
        match statement:
            case gast.Assign(value=value) if value not in kinds.of:
                pass  # It is never reached.
            case gast.Assign(targets=targets, value=value):
                for target in targets:
                    base = base_name(target) if isinstance(target, gast.Subscript | gast.Attribute) else None
                    if base is not None and not isinstance(kinds.of.get(target.value), Array):
                        yield base, 1, value, statement
                    for name in assigned_names(target):
                        yield name, 0, value, statement
            case gast.For(target=target, iter=iterable):
                for name in assigned_names(target):
                    yield name, 0, gast.Starred(iterable, gast.Load()), iterable
            case gast.AugAssign(target=target, value=value):
                base = base_name(target)
                if base is not None and isinstance(kinds.of.get(target), SequenceOf):
                    yield base, 1, value, statement
            case gast.Expr(value=gast.Call(func=gast.Attribute(value=receiver), args=arguments)):
                base = base_name(receiver)
                if base is not None and isinstance(kinds.of.get(receiver), SequenceOf | DictOf):
                    for argument in arguments:
                        yield base, 1, argument, statement
            case _:
                pass


def _is_new_container(value: gast.AST, kinds: Kinds) -> bool:
    """Whether an expression surely makes a container, which holds what others may hold as well."""
    if not isinstance(kinds.of.get(value), SequenceOf | TupleOf | DictOf):
        return False
    match value:
        case gast.List() | gast.Tuple() | gast.Dict() | gast.ListComp() | gast.DictComp() | gast.BinOp():
            return True
        case gast.Subscript(slice=gast.Slice()):
            return True
        case gast.Call():
            target = single_target(value, kinds)
            return target is not None and target.function in (list, sorted, dict, list.copy, dict.copy)
        case _:
            return False


def may_share(kind: Kind | None) -> bool:
    if isinstance(kind, TupleOf):
        return any(may_share(element) for element in kind.elements)
    if isinstance(kind, IteratorKind):
        return may_share(kind.element)
    return kind is None or isinstance(kind, (Array, Number, Opaque, *_CONTAINERS))


def held_places(value: gast.AST, kinds: Kinds, level: int = 0) -> Iterator[Place]:
    """The places whose object an expression's value may be, be a view of, or contain."""
    if not may_share(kinds.of.get(value)):
        return
    match value:
        case gast.Name(id=name):
            yield name, level
        case gast.Subscript(value=base, slice=index):
            if not isinstance(kinds.of.get(base), Array):
                if not (isinstance(index, gast.Slice) and _holds_only_numbers(kinds.of.get(value))):
                    yield from held_places(base, kinds, 1)
            elif is_basic_index(index, kinds):
                yield from held_places(base, kinds, level)
        case gast.Attribute(value=base):
            yield from held_places(base, kinds, level if isinstance(kinds.of.get(base), Array) else 1)
        case gast.Starred(value=base):
            if not isinstance(kinds.of.get(base), DictOf):  # whose keys cannot change
                yield from held_places(base, kinds, 1)
        case gast.NamedExpr(value=base):
            yield from held_places(base, kinds, level)
        case gast.IfExp(body=body, orelse=orelse):
            yield from held_places(body, kinds, level)
            yield from held_places(orelse, kinds, level)
        case gast.BoolOp(values=parts) | gast.Tuple(elts=parts) | gast.List(elts=parts) | gast.Dict(values=parts):
            for part in parts:
                yield from held_places(part, kinds, level)
        case gast.ListComp(elt=element, generators=generators) | gast.GeneratorExp(elt=element, generators=generators):
            yield from held_places(element, kinds, level)
            for generator in generators:
                yield from held_places(generator.iter, kinds, 1)
        case gast.BinOp(left=left, right=right) if isinstance(kinds.of.get(value), SequenceOf | TupleOf):
            yield from held_places(left, kinds, 1)
            yield from held_places(right, kinds, 1)
        case gast.Call():
            yield from _held_by_call(value, kinds)


def _holds_only_numbers(kind: Kind | None) -> bool:
    """Whether no object in a list or tuple can be changed."""
    match kind:
        case SequenceOf(element=element):
            return isinstance(element, Scalar)
        case TupleOf(elements=elements):
            return all(isinstance(element, Scalar) for element in elements)
        case _:
            return False


# Which of its arguments what generated code calls may return, or parts of them.
_HELD: dict[Any, tuple[int, ...]] = {
    runtime.zeros_like: (),
    runtime.own_copy: (),
    runtime.as_mirror: (1,),
    runtime.like: (1,),
    runtime.add_mirrors: (0, 1),
    runtime.shadow_of: (0,),
    runtime.shadows_in: (0,),
}


def _held_by_call(value: gast.Call, kinds: Kinds) -> Iterator[Place]:
    target = single_target(value, kinds)
    function = target.function if target is not None and is_hashable(target.function) else None
    label = getattr(function, "__name__", "")
    known = function is not None and (has_rule(function) or is_nondifferentiable(function))
    if isinstance(value.func, gast.Attribute) and value.func.attr == "pop" and len(value.args) < 2:
        if isinstance(kinds.of.get(value.func.value), SequenceOf | DictOf):
            # What lay inside, never the container itself.
            yield from held_places(value.func.value, kinds, 1)
            return
    if function in _HELD:
        for position in _HELD[function]:
            if position < len(value.args):
                for name, _ in held_places(value.args[position], kinds):
                    yield from ((name, level) for level in (0, 1))
        return
    if function in (list, tuple, sorted) and _holds_only_numbers(kinds.of.get(value)):
        return  # whose container is new
    makes_array = known and not isinstance(kinds.of.get(value), _CONTAINERS)
    if makes_array and (label not in _VIEWS or (label in _COPIES and _has_no_option(value, "copy"))):
        return
    if label in ("astype", "array") and not any(keyword.arg == "copy" for keyword in value.keywords):
        return  # which copy unless they are told not to
    receivers: list[gast.AST] = []
    if isinstance(value.func, gast.Attribute) and base_name(value.func) not in ("np", "numpy"):
        if value.func.attr == "copy" and isinstance(kinds.of.get(value.func.value), Array):
            return
        receivers.append(value.func.value)
    # A list made of another's items shares these, not the list itself.
    levels = (1,) if label in ("list", "sorted", "tuple", "dict", "copy") else (0, 1)
    for argument in (*receivers, *value.args, *(keyword.value for keyword in value.keywords)):
        if makes_array and isinstance(kinds.of.get(argument), SequenceOf | TupleOf):
            continue  # The numbers of a list are copied.
        for name, _ in held_places(argument, kinds):
            for level in levels:
                yield name, level


def _has_no_option(node: gast.Call, option: str) -> bool:
    return all(keyword.arg not in (option, None) for keyword in node.keywords)
