"""Effects: which arrays the program writes into, and whether other names may share their buffers.

Arrays that nobody writes into are values, however many names they have.  An array that is written into has one
name here; where it may have two, and a derivative passes through it, the program is refused.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import gast
import numpy as np

from srcgrad.analyse.activity import Activity, assigned_names
from srcgrad.analyse.liveness import liveness
from srcgrad.analyse.mutation import mutated_by
from srcgrad.analyse.operations import is_basic_index, single_target
from srcgrad.analyse.reachability import runs_later
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, DictOf, Instance, Kind, Number, Opaque, SequenceOf, TupleOf
from srcgrad.kind import Iterator as IteratorKind
from srcgrad.rules.registry import has_rule, is_nondifferentiable
from srcgrad.syntax.build import base_name, local_names, parameter_names

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds, Target

# NumPy functions and methods whose result may be a view of their first argument.
_VIEWS = frozenset(
    "reshape ravel transpose swapaxes moveaxis rollaxis squeeze expand_dims atleast_1d atleast_2d atleast_3d "
    "view diagonal diag "
    "broadcast_to broadcast_arrays asarray asanyarray ascontiguousarray asfortranarray "
    "array_split split hsplit vsplit dsplit flip flipud fliplr rot90 "
    "real imag matrix_transpose permute_dims real_if_close require unstack nan_to_num astype array".split()
)
_CONTAINERS = (SequenceOf, TupleOf, DictOf, Instance, IteratorKind)


# A variable, and 0 for the object that it holds or 1 for what lies inside of that.
Place: TypeAlias = tuple[str, int]
# The variable, the kind of the object that changes, the node, and where the object lies.
Write: TypeAlias = tuple[str, Kind, gast.AST, int]


class Body(Protocol):
    """Gives the normal form of a callee."""

    def __call__(self, function: Any, /) -> gast.FunctionDef: ...


def written_variables(tree: gast.FunctionDef, kinds: Kinds) -> frozenset[str]:
    """The variables whose array (or container) some statement changes in place."""
    return frozenset(name for name, _, _, _ in _writes(tree, kinds))


def check_effects(tree: gast.FunctionDef, kinds: Kinds, activity: Activity, wrt: tuple[str, ...], body: Body) -> None:
    """Refuse a program that writes into an array which may have a second name, where a derivative depends on it."""
    for call, written in calls_that_write(tree, kinds, body):
        raise UnsupportedError(
            f"the function called here writes into {written!r}: not supported yet",
            node=call,
            advice="let it return a new value instead",
        )
    writes = list(_writes(tree, kinds))
    if not writes:
        return
    active = set(wrt).union(*activity.varied_before.values(), *activity.varied_after.values())
    sharing = shared_objects(tree, kinds, {(name, depth) for name, _, _, depth in writes}, writes)
    parameters = {parameter.id for parameter in gast.walk(tree.args) if isinstance(parameter, gast.Name)}
    stored = (node for node in gast.walk(tree) if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store))
    bound = parameters | {node.id for node in stored}
    for name, kind, node, depth in writes:
        family = sharing.family((name, depth))
        if name not in bound and not isinstance(kind, Opaque):
            raise UnsupportedError(
                f"this writes into {name!r}, which does not belong to the function",
                node=node,
                advice="write into a copy of it",
            )
        is_call = isinstance(node, gast.Call) and isinstance(kind, Array | Number | Opaque)
        if is_call and (family & active or mutated_by(node) is None) and not _is_sum_at(node, kinds):
            raise UnsupportedError(
                f"this writes into {name!r} by a call: not supported yet",
                node=node,
                advice=f"write it as an assignment: {name}[...] = ...",
            )
        if len(family) > 1 and family & active:
            others = ", ".join(sorted(family - {name}))
            raise UnsupportedError(
                f"this writes into {name!r}, which may share its memory with {others}: not supported yet",
                node=node,
                advice=f"write into a copy: {name} = {name}.copy()",
            )


def entangled(tree: gast.FunctionDef, kinds: Kinds, activity: Activity, wrt: tuple[str, ...]) -> frozenset[str]:
    """The variables that may share what is written under another name, where a derivative passes through it."""
    writes = list(_writes(tree, kinds))
    active = set(wrt).union(*activity.varied_before.values(), *activity.varied_after.values())
    sharing = shared_objects(tree, kinds, {(name, depth) for name, _, _, depth in writes}, writes)
    families = [sharing.family((name, depth)) for name, _, _, depth in writes]
    return frozenset().union(*(family for family in families if len(family) > 1 and family & active))


def other_names(tree: gast.FunctionDef, kinds: Kinds) -> Callable[[str], set[str]]:
    """The variables that may hold, or contain, what a variable holds or contains, if some statement writes into it."""
    writes = list(_writes(tree, kinds))
    written = {(name, depth) for name, _, _, depth in writes}
    sharing = shared_objects(tree, kinds, written, writes)
    families: dict[str, set[str]] = {}
    for name, depth in written:
        families.setdefault(name, set()).update(sharing.family((name, depth)))
    return lambda name: families.get(name, set()) - {name}


def _is_sum_at(node: gast.Call, kinds: Kinds) -> bool:
    """Whether a call is ``np.add.at(a, index, v)`` or ``np.subtract.at(a, index, v)``, which are reversed as they are."""
    target = single_target(node, kinds)
    known = target is not None and target.function in (np.add.at, np.subtract.at)
    return known and len(node.args) == 3 and isinstance(kinds.of.get(node.args[0]), Array)


def _writes(tree: gast.AST, kinds: Kinds) -> Iterator[Write]:
    """Each write in place: the variable, the kind of the object that changes, where, and how deep inside it lies."""
    for node in gast.walk(tree):
        match node:
            case gast.Assign(targets=targets):
                for target in targets:
                    yield from _stored(target, kinds)
            case gast.AugAssign(target=gast.Name(id=name) as target):
                kind = kinds.of.get(target)
                if isinstance(kind, Array | Number | SequenceOf):
                    yield name, kind, node, 0
            case gast.AugAssign(target=target):
                yield from _stored(target, kinds)
            case gast.Call():
                yield from _written_by_method(node, kinds)


def _written_by_method(node: gast.Call, kinds: Kinds) -> Iterator[Write]:
    """``xs.append(v)``, ``np.copyto(a, b)``, and whatever takes ``out=``."""
    name = mutated_by(node)
    if name is not None:
        receiver: gast.AST | None = node.func.value if isinstance(node.func, gast.Attribute) else None
        if receiver is None or base_name(receiver) != name:
            receiver = node.args[0]
        kind = kinds.of.get(receiver)
        if isinstance(kind, Array | Number | SequenceOf | DictOf):
            yield name, kind, node, _depth(receiver, kinds)
    given = [keyword.value for keyword in node.keywords if keyword.arg == "out"]
    target = single_target(node, kinds)
    if target is not None and isinstance(target.function, np.ufunc):
        given += node.args[target.function.nin :]
    for value in given:
        for part in value.elts if isinstance(value, gast.Tuple) else [value]:
            written = _owner(part, kinds)
            if written is not None:
                yield written, kinds.of.get(part, Opaque()), node, _depth(part, kinds)


def _depth(node: gast.AST, kinds: Kinds) -> int:
    """0 where an expression is the object of its variable (or a view of its array), 1 where it lies inside."""
    while isinstance(node, gast.Subscript | gast.Attribute):
        node = node.value
        if not isinstance(kinds.of.get(node), Array):
            return 1
    return 0


def calls_that_write(tree: gast.AST, kinds: Kinds, body: Body) -> Iterator[tuple[gast.Call, str]]:
    """Calls of functions with source that write into an array or container of this function, and its name."""
    for node in gast.walk(tree):
        if not isinstance(node, gast.Call):
            continue
        fact = kinds.calls.get(node)
        for target in fact.targets if fact is not None else ():
            for written in sorted(_written_by(target, body, frozenset())):
                argument = _argument_of(node, target, written, kinds)
                if argument is not None:
                    yield node, argument


def _written_by(target: Target, body: Body, seen: frozenset[Any]) -> set[str]:
    """The parameters, and the captured variables, whose objects a callee changes."""
    if target.inside is None or target.function in seen:
        return set()
    tree = target.function if isinstance(target.function, gast.FunctionDef | gast.Lambda) else body(target.function)
    inside = target.inside()
    seen = seen | {target.function}
    places = {(name, depth) for name, _, _, depth in _writes(tree, inside)}
    written = {name for name, _ in places}
    for node in gast.walk(tree):
        fact = inside.calls.get(node) if isinstance(node, gast.Call) else None
        for inner in fact.targets if fact is not None and isinstance(node, gast.Call) else ():
            for name in _written_by(inner, body, seen):
                argument = _argument_of(node, inner, name, inside)
                if argument is not None:
                    written.add(argument)
    sharing = shared_objects(tree, inside, places)
    everything = written.union(*(sharing.family((name, level)) for name in written for level in (0, 1)))
    own = local_names(tree) - set(parameter_names(tree.args))
    return everything - own


def _argument_of(call: gast.Call, target: Target, name: str, kinds: Kinds) -> str | None:
    """The caller's variable behind a parameter that a callee changes; a captured variable is its own."""
    tree = target.function
    if isinstance(tree, gast.FunctionDef | gast.Lambda):
        parameters = parameter_names(tree.args)
        if name not in parameters:
            return name
        position = parameters.index(name)
    else:
        names = list(inspect.signature(tree).parameters)
        if name not in names:
            return name
        position = names.index(name)
    given: list[gast.expr] = list(call.args)
    if target.bound and isinstance(call.func, gast.Attribute):
        given.insert(0, call.func.value)
    position -= len(target.leading)
    for keyword in call.keywords:
        if keyword.arg == name:
            return _owner(keyword.value, kinds) or name
    if 0 <= position < len(given):
        return _owner(given[position], kinds) if not isinstance(given[position], gast.Starred) else name
    return name if given and any(isinstance(item, gast.Starred) for item in given) else None


def _owner(value: gast.AST, kinds: Kinds) -> str | None:
    """A variable that holds what an expression gives, or that this may be a view of: ``x`` for ``x.ravel()``."""
    base = base_name(value) if isinstance(value, gast.expr) else None
    return base or next((name for name, _ in held_places(value, kinds)), None)


def _stored(target: gast.AST, kinds: Kinds) -> Iterator[Write]:
    if isinstance(target, gast.Subscript | gast.Attribute):
        name = _owner(target.value, kinds)
        if name is not None:
            yield name, kinds.of.get(target.value, Opaque()), target, _depth(target.value, kinds)
    elif isinstance(target, gast.Tuple | gast.List):
        for element in target.elts:
            yield from _stored(element, kinds)


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
    tree: gast.FunctionDef | gast.Lambda, kinds: Kinds, written: set[Place], writes: Sequence[Write] = ()
) -> Sharing:
    """Which objects may be the same, over the whole function.

    An object that moves (``values = fresh`` where ``fresh`` is not read again) is not shared, unless it is written
    under its new name from then on; ``writes`` tell where ``written`` places are, if that is known.
    """
    sharing = Sharing()
    after = liveness(tree).after if isinstance(tree, gast.FunctionDef) else {}

    def later(name: str, statement: gast.AST) -> bool:
        """Whether a variable's object may be written into after a statement."""
        nodes = [node for written_name, _, node, _ in writes if written_name == name]
        if not nodes or not isinstance(tree, gast.FunctionDef):
            return True
        return any(runs_later(tree, statement, node) for node in nodes)

    def connect(name: str, inside: int, value: gast.AST, statement: gast.AST) -> None:
        if not _may_share(kinds.variables.get(name)):
            return
        if _is_new_container(value, kinds):
            inside = 1  # The container itself is nobody else's.
        moves = isinstance(value, gast.Name) and value.id not in after.get(statement, {value.id})
        if moves and (name, 1) not in written and ((name, 0) not in written or inside or not later(name, statement)):
            return
        for source, level in held_places(value, kinds):
            if isinstance(kinds.variables.get(source), Array) and isinstance(kinds.variables.get(name), Array):
                level = 0
            sharing.join((name, inside), (source, level))
            sharing.join((name, 1), (source, 1))

    for statement in gast.walk(tree):
        match statement:
            case gast.Assign(targets=targets, value=value):
                for target in targets:
                    base = base_name(target) if isinstance(target, gast.Subscript | gast.Attribute) else None
                    if base is not None and not isinstance(kinds.of.get(target.value), Array):
                        connect(base, 1, value, statement)
                    for name in assigned_names(target):
                        connect(name, 0, value, statement)
            case gast.For(target=target, iter=iterable):
                for name in assigned_names(target):
                    connect(name, 0, gast.Starred(iterable, gast.Load()), iterable)
            case gast.AugAssign(target=target, value=value):
                base = base_name(target)
                if base is not None and isinstance(kinds.of.get(target), SequenceOf):
                    connect(base, 1, value, statement)
            case gast.Expr(value=gast.Call(func=gast.Attribute(value=receiver), args=arguments)):
                base = base_name(receiver)
                if base is not None and isinstance(kinds.of.get(receiver), SequenceOf | DictOf):
                    for argument in arguments:
                        connect(base, 1, argument, statement)
            case _:
                pass
    return sharing


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


def _may_share(kind: Kind | None) -> bool:
    if isinstance(kind, TupleOf):
        return any(_may_share(element) for element in kind.elements)
    if isinstance(kind, IteratorKind):
        return _may_share(kind.element)
    return kind is None or isinstance(kind, (Array, Number, Opaque, *_CONTAINERS))


def held_places(value: gast.AST, kinds: Kinds, level: int = 0) -> Iterator[Place]:
    """The places whose object an expression's value may be, be a view of, or contain."""
    if not _may_share(kinds.of.get(value)):
        return
    match value:
        case gast.Name(id=name):
            yield name, level
        case gast.Subscript(value=base, slice=index):
            if not isinstance(kinds.of.get(base), Array):
                yield from held_places(base, kinds, 1)
            elif is_basic_index(index, kinds):
                yield from held_places(base, kinds, level)
        case gast.Attribute(value=base):
            yield from held_places(base, kinds, level if isinstance(kinds.of.get(base), Array) else 1)
        case gast.Starred(value=base):
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


def _held_by_call(value: gast.Call, kinds: Kinds) -> Iterator[Place]:
    target = single_target(value, kinds)
    function = target.function if target is not None else None
    label = getattr(function, "__name__", "")
    known = function is not None and (has_rule(function) or is_nondifferentiable(function))
    if known and label not in _VIEWS and not isinstance(kinds.of.get(value), _CONTAINERS):
        return
    receivers: list[gast.AST] = []
    if isinstance(value.func, gast.Attribute) and base_name(value.func) not in ("np", "numpy"):
        if value.func.attr == "copy" and isinstance(kinds.of.get(value.func.value), Array):
            return
        receivers.append(value.func.value)
    # A list made of another's items shares these, not the list itself.
    levels = (1,) if label in ("list", "sorted", "tuple", "dict", "copy") else (0, 1)
    for argument in (*receivers, *value.args, *(keyword.value for keyword in value.keywords)):
        for name, _ in held_places(argument, kinds):
            for level in levels:
                yield name, level
