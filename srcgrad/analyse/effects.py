"""Effects: which arrays the program writes into, and whether other names may share their buffers.

Arrays that nobody writes into are values, however many names they have.  An array that is written into has one
name here; where it may have two, and a derivative passes through it, the program is refused.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

import gast
import numpy as np

from srcgrad.analyse.activity import Activity, assigned_names
from srcgrad.analyse.aliasing import Write, held_places, shared_objects
from srcgrad.analyse.mutation import mutated_by
from srcgrad.analyse.operations import is_numeric, single_target
from srcgrad.analyse.views import brief_views
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, DictOf, Number, Opaque, SequenceOf
from srcgrad.runtime import own_copy
from srcgrad.syntax.build import base_name, local_names, names_read, parameter_names
from srcgrad.syntax.walking import walk

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds, Target

Variables = frozenset[str]


class Body(Protocol):
    """Gives the normal form of a callee."""

    def __call__(self, function: Any, /) -> gast.FunctionDef: ...


def written_variables(tree: gast.FunctionDef, kinds: Kinds) -> frozenset[str]:
    """The variables whose array (or container) some statement changes in place."""
    return frozenset(name for name, _, _, _ in writes_in_place(tree, kinds))


def check_effects(
    tree: gast.FunctionDef, kinds: Kinds, activity: Activity, wrt: tuple[str, ...], body: Body, memory: Variables
) -> None:
    """Refuse a program that writes into an array which may have a second name, where a derivative depends on it.

    What is in ``memory`` may have any number of names.
    """
    active = set(wrt).union(*activity.varied_before.values(), *activity.varied_after.values())
    writes = writes_in_place(tree, kinds)
    apart = brief_views(tree, kinds, writes)
    sharing = shared_objects(tree, kinds, {(name, depth) for name, _, _, depth in writes}, writes, apart)
    check_writes(tree, kinds, lambda name, depth: bool(sharing.family((name, depth)) & active), body, memory)
    for name, _, node, depth in writes:
        family = sharing.family((name, depth))
        if len(family) > 1 and family & active and name not in memory:
            others = ", ".join(sorted(family - {name}))
            raise UnsupportedError(
                f"this writes into {name!r}, which may share its memory with {others}: not supported yet",
                node=node,
                advice=f"write into a copy: {name} = {name}.copy()",
            )


def check_writes(
    tree: gast.FunctionDef,
    kinds: Kinds,
    is_active: Callable[[str, int], bool],
    body: Body,
    memory: Variables = frozenset(),
) -> None:
    """Refuse writes into what does not belong to the function, and by calls through which derivatives might pass.

    Functions with source may write into ``memory``.
    """
    whole = {getattr(node, "value", None) for node in gast.walk(tree) if isinstance(node, gast.Assign | gast.Expr)}
    for call, written in calls_that_write(tree, kinds, body):
        if written in memory and call in whole:
            continue
        raise UnsupportedError(
            f"the function called here writes into {written!r}: not supported yet",
            node=call,
            advice="let it return a new value instead",
        )
    parameters = {parameter.id for parameter in walk(tree.args) if isinstance(parameter, gast.Name)}
    stored = (node for node in walk(tree) if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store))
    bound = parameters | {node.id for node in stored}
    for name, kind, node, depth in writes_in_place(tree, kinds):
        if name not in bound and not isinstance(kind, Opaque):
            raise UnsupportedError(
                f"this writes into {name!r}, which does not belong to the function",
                node=node,
                advice="write into a copy of it",
            )
        is_call = isinstance(node, gast.Call) and isinstance(kind, Array | Number | Opaque)
        if is_call and (is_active(name, depth) or mutated_by(node) is None) and not _is_sum_at(node, kinds):
            raise UnsupportedError(
                f"this writes into {name!r} by a call: not supported yet",
                node=node,
                advice=f"write it as an assignment: {name}[...] = ...",
            )


def entangled(tree: gast.FunctionDef, kinds: Kinds, activity: Activity, wrt: tuple[str, ...]) -> frozenset[str]:
    """The variables that may share what is written under another name, where a derivative passes through it."""
    writes = writes_in_place(tree, kinds)
    active = set(wrt).union(*activity.varied_before.values(), *activity.varied_after.values())
    apart = brief_views(tree, kinds, writes)
    sharing = shared_objects(tree, kinds, {(name, depth) for name, _, _, depth in writes}, writes, apart)
    families = [sharing.family((name, depth)) for name, _, _, depth in writes]
    return frozenset().union(*(family for family in families if len(family) > 1 and family & active))


def other_names(tree: gast.FunctionDef, kinds: Kinds) -> Callable[[str], set[str]]:
    """The variables that may hold, or contain, what a variable holds or contains, if some statement writes into it."""
    writes = writes_in_place(tree, kinds)
    written = {(name, depth) for name, _, _, depth in writes}
    sharing = shared_objects(tree, kinds, written, writes)
    families: dict[str, set[str]] = {}
    for name, depth in written:
        families.setdefault(name, set()).update(sharing.family((name, depth)))
    return lambda name: families.get(name, set()) - {name}


def _is_sum_at(node: gast.Call, kinds: Kinds) -> bool:
    """Whether a call is ``np.add.at(a, index, v)`` or its like for subtract: these are reversed as they are."""
    target = single_target(node, kinds)
    known = target is not None and target.function in (np.add.at, np.subtract.at)
    return known and len(node.args) == 3 and isinstance(kinds.of.get(node.args[0]), Array)


def writes_in_place(tree: gast.AST, kinds: Kinds) -> tuple[Write, ...]:
    """Each write in place: the variable, the kind of the object that changes, where, and how deep inside it lies."""
    return kinds.once(_writes_in_place, tree)


def _writes_in_place(tree: gast.AST, kinds: Kinds) -> tuple[Write, ...]:
    return tuple(_writes(tree, kinds))


def _writes(tree: gast.AST, kinds: Kinds) -> Iterator[Write]:
    for node in walk(tree):
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
                inner = kinds.of.get(target)
                if isinstance(inner, Array | Number | SequenceOf) and not isinstance(kinds.of.get(target.value), Array):
                    # ``rows[i] += v``: the item itself changes.
                    owner = _owner(target.value, kinds)
                    if owner is not None:
                        yield owner, inner, target, 1
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


def calls_that_write(tree: gast.AST, kinds: Kinds, body: Body) -> tuple[tuple[gast.Call, str], ...]:
    """Calls of functions with source that write into an array or container of this function, and its name."""
    return kinds.once(_calls_that_write, tree, body)


def _calls_that_write(tree: gast.AST, kinds: Kinds, body: Body) -> tuple[tuple[gast.Call, str], ...]:
    return tuple(_writing_calls(tree, kinds, body))


def _writing_calls(tree: gast.AST, kinds: Kinds, body: Body) -> Iterator[tuple[gast.Call, str]]:
    summaries = _Summaries(body)
    for node in walk(tree):
        if not isinstance(node, gast.Call):
            continue
        fact = kinds.calls.get(node)
        for target in fact.targets if fact is not None else ():
            for written in sorted(summaries.written_by(target)):
                argument = _argument_of(node, target, written, kinds)
                if argument is not None:
                    yield node, argument


class _Summaries:
    """The parameters, and the captured variables, whose objects callees change; of those that call one another, too."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.known: dict[Any, set[str]] = {}
        self._seen: set[Any] = set()
        self._is_circular = False

    def written_by(self, target: Target) -> set[str]:
        """What one callee changes."""
        while True:
            before = dict(self.known)
            self._seen.clear()
            self._is_circular = False
            found = self._visited(target)
            if not self._is_circular or self.known == before:
                return found

    def _visited(self, target: Target) -> set[str]:
        if target.inside is None:
            return set()
        key = target.function, tuple((target.parameters or {}).items())
        if key in self._seen:
            self._is_circular = True
            return self.known.get(key, set())
        self._seen.add(key)
        found = self.known[key] = self._found(target) | self.known.get(key, set())
        return found

    def _found(self, target: Target) -> set[str]:
        function = target.function
        tree = function if isinstance(function, gast.FunctionDef | gast.Lambda) else self.body(function)
        assert target.inside is not None
        inside = target.inside()
        places = {(name, depth) for name, _, _, depth in writes_in_place(tree, inside)}
        for node in walk(tree):
            fact = inside.calls.get(node) if isinstance(node, gast.Call) else None
            for inner in fact.targets if fact is not None and isinstance(node, gast.Call) else ():
                for name in self._visited(inner):
                    argument = _argument_of(node, inner, name, inside)
                    if argument is not None:
                        # How deep in it the callee writes is not known.
                        places |= {(argument, 0), (argument, 1)}
        sharing = shared_objects(tree, inside, places)
        everything = {name for name, _ in places}.union(*map(sharing.family, places))
        own = local_names(tree) - set(parameter_names(tree.args))
        return everything - own - _copied_at_entry(tree, inside)


def _copied_at_entry(tree: gast.FunctionDef | gast.Lambda, kinds: Kinds) -> set[str]:
    """The parameters that a function replaces by copies before it does anything else: ``x = x.copy()``."""
    copied: set[str] = set()
    for statement in tree.body if isinstance(tree, gast.FunctionDef) else ():
        match statement:
            case gast.Expr(value=gast.Constant() | gast.Call(func=gast.Name(id="refuse_shared"))):
                continue
            case gast.Assign(targets=[gast.Name(id=name)], value=gast.Call() as value) if _is_copy(value, name, kinds):
                copied.add(name)
            case _:
                break
    return copied


def _is_copy(value: gast.Call, name: str, kinds: Kinds) -> bool:
    """Whether an expression is a copy of a variable with all that is in it."""
    match value:
        case gast.Call(func=gast.Attribute(value=gast.Name(id=read), attr="copy")):
            return bool(read == name) and isinstance(kinds.variables.get(name), Array)
        case gast.Call(args=[gast.Name(id=read)]):
            target = single_target(value, kinds)
            return bool(read == name) and target is not None and target.function is own_copy
        case _:
            return False


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


def check_texts(tree: gast.FunctionDef, kinds: Kinds, activity: Activity) -> None:
    """Refuse numbers read from a text that a differentiated value was written into: their derivative is lost."""
    texts = _texts(tree, kinds, frozenset().union(*activity.varied_before.values()))
    for node in walk(tree):
        target = single_target(node, kinds) if isinstance(node, gast.Call) else None
        if target is None or target.function not in (float, complex) or not node.args:
            continue
        given = node.args[0]
        if not is_numeric(kinds.of.get(given)) and names_read(given) & texts:
            raise UnsupportedError(
                "a number is read from a text that a differentiated value was written into",
                node=node,
                advice="use the value itself",
            )


def _texts(tree: gast.FunctionDef, kinds: Kinds, varied: frozenset[str]) -> frozenset[str]:
    """The varied variables, and all that may hold a text made of one: ``s`` for ``s = f"{x}"``."""
    tainted = set(varied)
    while True:
        found = {
            name
            for node in walk(tree)
            if isinstance(node, gast.Assign | gast.AugAssign | gast.For)
            and names_read(node.iter if isinstance(node, gast.For) else node.value) & tainted
            for target in (node.targets if isinstance(node, gast.Assign) else [node.target])
            for name in [*assigned_names(target), base_name(target)]
            if name is not None and not is_numeric(kinds.variables.get(name))
        }
        if found <= tainted:
            return frozenset(tainted)
        tainted |= found
