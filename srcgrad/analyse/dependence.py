"""Through which parts of which variables a derivative flows into an expression."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.operations import fact_of, is_of_class, is_path, may_carry, operation_of
from srcgrad.custom import IMPLICIT
from srcgrad.kind import Function, Instance, Opaque
from srcgrad.rules.registry import is_hashable, is_nondifferentiable
from srcgrad.syntax.build import base_name, names_read
from srcgrad.syntax.walking import children

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

_COMPREHENSIONS = (gast.ListComp, gast.GeneratorExp, gast.SetComp, gast.DictComp)
_TRANSPARENT = (gast.Starred, gast.keyword, gast.Tuple, gast.List, gast.Dict, *_COMPREHENSIONS)
_FUNCTIONS = (gast.FunctionDef, gast.Lambda)


def dependencies(node: gast.AST, kinds: Kinds) -> frozenset[str]:
    """The variables with which an expression can vary differentiably: ``{"x", "w"}`` for ``np.sum(x * w[i]) + n``."""
    return kinds.once(_dependencies, node)


def _dependencies(node: gast.AST, kinds: Kinds) -> frozenset[str]:
    return frozenset(_leaves(node, kinds))


def _leaves(node: gast.AST, kinds: Kinds) -> Iterator[str]:
    kind = kinds.of.get(node)
    if kind is None and isinstance(node, gast.expr) and not isinstance(node, gast.Slice):
        # An expression that was made after the inference, such as an element of ``*args``.
        kind = kinds.evaluate(node)
    if isinstance(kind, Function):
        yield from _captured(kind, kinds)
        if may_carry(kind):
            yield from _brought_along(node, kinds)
        return
    if not isinstance(node, _TRANSPARENT) and not may_carry(kind):
        return
    if is_path(node, kinds):
        base = base_name(node) if isinstance(node, gast.expr) else None
        if base is not None:
            yield base
        return
    operation = operation_of(node, kinds)
    if operation is not None:
        if operation.is_differentiable:
            for operand in (*operation.arguments, *(value for _, value in operation.keywords)):
                yield from dependencies(operand, kinds)
        return
    match node:
        case gast.IfExp(body=body, orelse=orelse):
            yield from dependencies(body, kinds)
            yield from dependencies(orelse, kinds)
        case gast.ListComp() | gast.GeneratorExp() | gast.SetComp() | gast.DictComp():
            yield from names_read(node)
        case gast.Call():
            yield from _call_leaves(node, kinds)
        case gast.Lambda():
            return
        case gast.Attribute(value=value, attr=attr) if is_of_class(kinds.of.get(value), attr):
            return
        case gast.Subscript(value=value, slice=index):
            yield from dependencies(value, kinds)
            if isinstance(kinds.of.get(value), Instance | Opaque):
                # An object may make anything of its index: np.r_[x, y] holds x and y.
                yield from dependencies(index, kinds)
        case gast.Attribute(value=value) | gast.Starred(value=value):
            yield from dependencies(value, kinds)
        case _:
            for child in children(node):
                if isinstance(child, gast.expr | gast.keyword):
                    yield from dependencies(child, kinds)


def _brought_along(node: gast.AST, kinds: Kinds) -> Iterator[str]:
    """The variables behind the arguments that come with a function: those of a partial, the receiver of a method."""
    match node:
        case gast.Name(id=identifier):
            yield identifier
        case gast.Attribute(value=value):
            yield from dependencies(value, kinds)
        case _:
            for child in children(node):
                if isinstance(child, gast.expr | gast.keyword):
                    yield from dependencies(child, kinds)


def _call_leaves(node: gast.Call, kinds: Kinds) -> Iterator[str]:
    fact = fact_of(node, kinds)
    if fact is not None and fact.targets and all(is_nondifferentiable(target.function) for target in fact.targets):
        return
    if isinstance(node.func, gast.Attribute):
        yield from dependencies(node.func.value, kinds)
    yield from dependencies(node.func, kinds)
    for target in fact.targets if fact is not None else ():
        if target.receiver is not None:
            yield from dependencies(target.receiver, kinds)
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    if fact is not None and any(target.function in IMPLICIT for target in fact.targets if is_hashable(target.function)):
        given = [node.args[0], *node.args[2:]]  # A solution does not vary with where its search begins.
    for argument in given:
        yield from dependencies(argument, kinds)


def _captured(kind: Function, kinds: Kinds) -> Iterator[str]:
    """The variables of the enclosing function that a nested function reads, through other nested functions too."""
    seen: set[int] = set()
    waiting = [target for target in kind.targets if isinstance(target, _FUNCTIONS)]
    while waiting:
        target = waiting.pop()
        if id(target) in seen:
            continue
        seen.add(id(target))
        for free in names_read(target):
            yield free
            inner = kinds.variables.get(free)
            if isinstance(inner, Function):
                waiting.extend(item for item in inner.targets if isinstance(item, _FUNCTIONS))
