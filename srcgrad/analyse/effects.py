"""Effects: which arrays the program writes into, and whether other names may share their buffers.

Arrays that nobody writes into are values, however many names they have.  An array that is written into has one
name here; where it may have two, and a derivative passes through it, the program is refused.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import gast

from srcgrad.analyse.activity import Activity, assigned_names
from srcgrad.analyse.mutation import mutated_by
from srcgrad.analyse.operations import is_basic_index, is_numeric, single_target
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, DictOf, Instance, Kind, Number, Opaque, SequenceOf, TupleOf, is_differentiable
from srcgrad.kind import Iterator as IteratorKind
from srcgrad.rules.registry import has_rule, is_nondifferentiable
from srcgrad.syntax.build import base_name, local_names, parameter_names

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds, Target

# NumPy functions and methods whose result may be a view of their first argument.
_VIEWS = frozenset(
    "reshape ravel transpose swapaxes moveaxis rollaxis squeeze expand_dims atleast_1d atleast_2d atleast_3d view diagonal diag "
    "broadcast_to broadcast_arrays asarray asanyarray ascontiguousarray asfortranarray array_split split hsplit vsplit dsplit flip flipud fliplr rot90 "
    "real imag matrix_transpose permute_dims real_if_close require unstack nan_to_num astype array".split()
)
_CONTAINERS = (SequenceOf, TupleOf, DictOf, Instance, IteratorKind)


class Body(Protocol):
    """Gives the normal form of a callee."""

    def __call__(self, function: Any) -> gast.FunctionDef: ...


def written_variables(tree: gast.FunctionDef, kinds: Kinds) -> frozenset[str]:
    """The variables whose array (or container) some statement changes in place."""
    return frozenset(name for name, _, _ in _writes(tree, kinds))


def check_effects(tree: gast.FunctionDef, kinds: Kinds, activity: Activity, wrt: tuple[str, ...], body: Body) -> None:
    """Refuse a program that writes into an array which may have a second name, where a derivative depends on it."""
    for call, written in calls_that_write(tree, kinds, body):
        raise UnsupportedError(
            f"the function called here writes into {written!r}: not supported yet",
            node=call,
            advice="let it return a new value instead",
        )
    _check_attributes(tree, kinds)
    writes = list(_writes(tree, kinds))
    if not writes:
        return
    active = set(wrt).union(*activity.varied_before.values(), *activity.varied_after.values())
    buffers, containers = _Classes(), _Classes()
    for one, other, is_container in _shares(tree, kinds):
        (containers if is_container else buffers).join(one, other)
    parameters = {parameter.id for parameter in gast.walk(tree.args) if isinstance(parameter, gast.Name)}
    bound = parameters | {node.id for node in gast.walk(tree) if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store)}
    for name, kind, node in writes:
        classes = containers if isinstance(kind, _CONTAINERS) else buffers
        family = classes.family(name)
        if name not in bound and not isinstance(kind, Opaque):
            raise UnsupportedError(
                f"this writes into {name!r}, which does not belong to the function", node=node, advice="write into a copy of it"
            )
        if isinstance(node, gast.Call) and isinstance(kind, Array | Number | Opaque) and family & active:
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


def _writes(tree: gast.AST, kinds: Kinds) -> Iterator[tuple[str, Kind, gast.AST]]:
    """Each write in place: the variable, the kind of the object that changes, and where."""
    for node in gast.walk(tree):
        match node:
            case gast.Assign(targets=targets):
                for target in targets:
                    yield from _stored(target, kinds)
            case gast.AugAssign(target=gast.Name(id=name) as target):
                kind = kinds.of.get(target)
                if isinstance(kind, Array | Number | SequenceOf):
                    yield name, kind, node
            case gast.AugAssign(target=target):
                yield from _stored(target, kinds)
            case gast.Call(func=function):
                name = mutated_by(node)
                if name is not None:
                    receiver = function.value if isinstance(function, gast.Attribute) else None
                    kind = kinds.of.get(receiver) if base_name(receiver) == name else kinds.of.get(node.args[0])
                    if isinstance(kind, Array | Number | SequenceOf | DictOf):
                        yield name, kind, node
                for keyword in node.keywords:
                    if keyword.arg == "out" and not _is_none(keyword.value):
                        written = base_name(keyword.value)
                        if written is not None:
                            yield written, kinds.of.get(keyword.value, Opaque()), node


def calls_that_write(tree: gast.AST, kinds: Kinds, body: Body) -> Iterator[tuple[gast.Call, str]]:
    """Calls of functions with source that write into an array or container of this function, and its name."""
    for node in gast.walk(tree):
        if not isinstance(node, gast.Call):
            continue
        fact = kinds.calls.get(node)
        for target in fact.targets if fact is not None else ():
            for written in sorted(_written_by(target, body, frozenset())):
                argument = _argument_of(node, target, written)
                if argument is not None:
                    yield node, argument


def _written_by(target: Target, body: Body, seen: frozenset[Any]) -> set[str]:
    """The parameters, and the captured variables, whose objects a callee changes."""
    if target.inside is None or target.function in seen:
        return set()
    tree = target.function if isinstance(target.function, gast.FunctionDef | gast.Lambda) else body(target.function)
    inside = target.inside()
    seen = seen | {target.function}
    written = {name for name, _, _ in _writes(tree, inside)}
    for node in gast.walk(tree):
        fact = inside.calls.get(node) if isinstance(node, gast.Call) else None
        for inner in fact.targets if fact is not None and isinstance(node, gast.Call) else ():
            for name in _written_by(inner, body, seen):
                argument = _argument_of(node, inner, name)
                if argument is not None:
                    written.add(argument)
    families = _Classes()
    for one, other, _ in _shares(tree, inside):
        families.join(one, other)
    everything = set().union(*(families.family(name) for name in written)) if written else set()
    own = local_names(tree) - set(parameter_names(tree.args))
    return everything - own


def _argument_of(call: gast.Call, target: Target, name: str) -> str | None:
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
            return base_name(keyword.value) or name
    if 0 <= position < len(given):
        return base_name(given[position]) if not isinstance(given[position], gast.Starred) else name
    return name if given and any(isinstance(item, gast.Starred) for item in given) else None


def _check_attributes(tree: gast.FunctionDef, kinds: Kinds) -> None:
    """Refuse writes into attributes which the function also reads: the reverse sweep would read the later value."""
    stored = [node for node in gast.walk(tree) if isinstance(node, gast.Attribute) and isinstance(node.ctx, gast.Store)]
    for target in stored:
        for node in gast.walk(tree):
            if isinstance(node, gast.Attribute) and node.attr == target.attr and isinstance(node.ctx, gast.Load):
                if is_numeric(kinds.of.get(node)) and is_differentiable(kinds.of.get(node, Opaque())):
                    raise UnsupportedError(
                        f"the attribute {target.attr!r} is written and read by the function: not supported yet",
                        node=target,
                        advice="keep it in a local variable",
                    )


def _is_none(node: gast.AST) -> bool:
    return isinstance(node, gast.Constant) and node.value is None


def _stored(target: gast.AST, kinds: Kinds) -> Iterator[tuple[str, Kind, gast.AST]]:
    if isinstance(target, gast.Subscript | gast.Attribute):
        name = base_name(target)
        if name is not None:
            yield name, kinds.of.get(target.value, Opaque()), target
    elif isinstance(target, gast.Tuple | gast.List):
        for element in target.elts:
            yield from _stored(element, kinds)


class _Classes:
    """Sets of variables that may share memory."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def find(self, name: str) -> str:
        while name in self.parent:
            name = self.parent[name]
        return name

    def join(self, one: str, other: str) -> None:
        first, second = self.find(one), self.find(other)
        if first != second:
            self.parent[first] = second

    def family(self, name: str) -> set[str]:
        root = self.find(name)
        return {name, *(other for other in [*self.parent, *self.parent.values()] if self.find(other) == root)}


def _shares(tree: gast.AST, kinds: Kinds) -> Iterator[tuple[str, str, bool]]:
    """Pairs of variables of which a statement lets one hold (a view of, or something inside) what the other holds."""
    for node in gast.walk(tree):
        match node:
            case gast.Assign(targets=targets, value=value):
                for target in targets:
                    for name in assigned_names(target) or [base_name(target)]:
                        if name is not None:
                            yield from _pairs(name, value, kinds)
            case gast.For(target=target, iter=iterable):
                for name in assigned_names(target):
                    yield from _pairs(name, iterable, kinds)
            case gast.AugAssign(target=target, value=value):
                name = base_name(target)
                if name is not None and isinstance(kinds.of.get(target), SequenceOf):
                    yield from _pairs(name, value, kinds)
            case gast.Call(func=gast.Attribute(value=receiver), args=arguments):
                name = base_name(receiver)
                if name is not None and isinstance(kinds.of.get(receiver), SequenceOf | DictOf):
                    for argument in arguments:
                        yield from _pairs(name, argument, kinds)


def _pairs(name: str, value: gast.AST, kinds: Kinds) -> Iterator[tuple[str, str, bool]]:
    for source in _held(value, kinds):
        kind = kinds.variables.get(source)
        yield name, source, False
        if isinstance(kind, _CONTAINERS) and isinstance(kinds.of.get(value), _CONTAINERS):
            yield name, source, True


def _held(value: gast.AST, kinds: Kinds) -> Iterator[str]:
    """The variables of which an expression's value may be, be a view of, or contain the object."""
    kind = kinds.of.get(value)
    if kind is not None and not isinstance(kind, (Array, Number, Opaque, *_CONTAINERS)):
        return
    match value:
        case gast.Name(id=name):
            yield name
        case gast.Subscript(value=base, slice=index):
            if not isinstance(kinds.of.get(base), Array) or is_basic_index(index, kinds):
                yield from _held(base, kinds)
        case gast.Attribute(value=base) | gast.Starred(value=base) | gast.NamedExpr(value=base):
            yield from _held(base, kinds)
        case gast.IfExp(body=body, orelse=orelse):
            yield from _held(body, kinds)
            yield from _held(orelse, kinds)
        case gast.BoolOp(values=parts) | gast.Tuple(elts=parts) | gast.List(elts=parts) | gast.Dict(values=parts):
            for part in parts:
                yield from _held(part, kinds)
        case gast.ListComp(elt=element, generators=generators) | gast.GeneratorExp(elt=element, generators=generators):
            yield from _held(element, kinds)
            for generator in generators:
                yield from _held(generator.iter, kinds)
        case gast.BinOp(left=left, right=right) if isinstance(kind, SequenceOf | TupleOf):
            yield from _held(left, kinds)
            yield from _held(right, kinds)
        case gast.Call():
            yield from _held_by_call(value, kinds)


def _held_by_call(value: gast.Call, kinds: Kinds) -> Iterator[str]:
    target = single_target(value, kinds)
    function = target.function if target is not None else None
    label = getattr(function, "__name__", "")
    known = function is not None and (has_rule(function) or is_nondifferentiable(function))
    if known and label not in _VIEWS and not isinstance(kinds.of.get(value), _CONTAINERS):
        return
    if isinstance(value.func, gast.Attribute) and base_name(value.func) not in ("np", "numpy"):
        if value.func.attr == "copy":
            return
        yield from _held(value.func.value, kinds)
    for argument in (*value.args, *(keyword.value for keyword in value.keywords)):
        yield from _held(argument, kinds)
