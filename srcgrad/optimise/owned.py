"""Gradients that are arrays of their own: the caller may change one without changing an argument, or another one.

``return y`` becomes ``return y.copy()`` where ``y`` is a parameter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import gast

from srcgrad.analyse.library import NEW_ARRAY_METHODS, makes_new_value
from srcgrad.syntax.build import method, return_statement, subscript, tuple_of
from srcgrad.syntax.walking import walk

# What an array may share memory with is told by names; this stands for what no name tells.
_UNKNOWN = "*"


def own_gradients(
    function: gast.FunctionDef,
    place: int | None,
    arrays: Collection[int],
    count: int,
    others: Iterable[gast.FunctionDef] = (),
) -> gast.FunctionDef:
    """The function with copies of those gradients that may share memory with what others hold.

    The gradients stand at ``place`` of the returned tuple, or are all that is returned where it is None; ``count`` is
    their number, ``arrays`` the positions of those that are plain arrays, ``others`` the functions that it may call.
    """
    last = function.body[-1]
    if not isinstance(last, gast.Return) or last.value is None:
        return function
    if place is not None and not isinstance(last.value, gast.Tuple):
        return function
    found = last.value if place is None else last.value.elts[place]
    gradients = [found] if count == 1 else list(found.elts) if isinstance(found, gast.Tuple) else []
    origins = _Origins(function, {other.name: other for other in others})
    taken: set[str] = set()
    owned = list(gradients)
    for position, gradient in enumerate(gradients):
        memory = origins.of(gradient)
        if position in arrays and (_UNKNOWN in memory or memory & (taken | origins.borrowed)):
            owned[position] = method(gradient, "copy")
        taken |= memory
    if all(new is old for new, old in zip(owned, gradients)):
        return function
    result = owned[0] if count == 1 else tuple_of(*owned)
    if place is not None:
        result = tuple_of(*(result if at == place else item for at, item in enumerate(last.value.elts)))
    body = [*function.body[:-1], return_statement(result)]
    return gast.FunctionDef(
        function.name, function.args, body, function.decorator_list, function.returns, function.type_comment,
        function.type_params,
    )


class _Origins:
    """Whose memory an expression of a function may share, by the names that made it."""

    def __init__(self, function: gast.FunctionDef, others: dict[str, gast.FunctionDef]) -> None:
        self.borrowed = {node.id for node in walk(function.args) if isinstance(node, gast.Name)}
        self._others = others
        self._renewed = {
            statement.targets[0].id
            for statement in function.body
            if isinstance(statement, gast.Assign) and isinstance(statement.targets[0], gast.Name)
            if _is_copy(statement.value) or makes_new_value(statement.value)
        }
        self._values: dict[str, list[gast.expr | None]] = {}
        for node in walk(function):
            match node:
                case gast.Assign(targets=targets, value=value):
                    for target in targets:
                        self._note(target, value)
                case gast.For(target=target) | gast.withitem(optional_vars=gast.AST() as target):
                    self._note(target, None)

    def _note(self, target: gast.expr, value: gast.expr | None) -> None:
        """Enter what a target is bound to, None where the parts are not told apart."""
        if isinstance(target, gast.Name):
            self._values.setdefault(target.id, []).append(value)
        elif isinstance(target, gast.Tuple | gast.List):
            parts = value.elts if isinstance(value, gast.Tuple) and len(value.elts) == len(target.elts) else None
            for at, item in enumerate(target.elts):
                part = subscript(value, at) if isinstance(value, gast.Call) else None
                self._note(item, parts[at] if parts is not None else part)

    def of(self, expression: gast.expr | None, seen: frozenset[str] = frozenset()) -> set[str]:
        """The names whose memory an expression may share; a name stands for the arrays made for it as well."""
        match expression:
            case None:
                return {_UNKNOWN}
            case gast.Name(id=identifier):
                if identifier in seen:
                    return set()
                values = self._values.get(identifier, [])
                if not values and identifier not in self.borrowed:
                    return {_UNKNOWN}
                # A parameter that is copied on entry is another array under the same name.
                found = {f"new {identifier}" if identifier in self._renewed else identifier}
                for value in values:
                    found |= self.of(value, seen | {identifier})
                return found
            case gast.Subscript(value=gast.Call(func=gast.Name(id=called)), slice=gast.Constant(value=int(at))):
                return self._of_call(called, at)
            case gast.Call(func=gast.Name(id=called)) if called in self._others:
                return self._of_call(called, None)
            case gast.Subscript(value=value) | gast.Attribute(value=value) | gast.Starred(value=value):
                return self.of(value, seen)
            case gast.IfExp(body=body, orelse=orelse):
                return self.of(body, seen) | self.of(orelse, seen)
            case gast.Call() if _is_copy(expression):
                return set()
            case gast.Call(func=gast.Name(id="zeros_like")):
                return set()
            case gast.Call(args=arguments, func=gast.Attribute(value=value)) if not makes_new_value(expression):
                found = set() if isinstance(value, gast.Name) and value.id == "np" else self.of(value, seen)
                for argument in arguments:
                    if not isinstance(argument, gast.Constant):
                        found |= self.of(argument, seen)
                return found
            case _ if makes_new_value(expression):
                return set()
            case gast.Tuple() | gast.Constant():
                return set()
            case _:
                return {_UNKNOWN}

    def _of_call(self, called: str, at: int | None) -> set[str]:
        """The memory of what another function of the module returns: all, or none where it makes it itself."""
        function = self._others.get(called)
        last = function.body[-1] if function is not None else None
        if function is None or not isinstance(last, gast.Return):
            return {_UNKNOWN}
        inside = _Origins(function, {name: other for name, other in self._others.items() if name != called})
        results = last.value.elts if isinstance(last.value, gast.Tuple) else [last.value]
        found = [inside.of(result) for result in results]
        if at is not None and not (len(found) > at and isinstance(last.value, gast.Tuple)):
            return {_UNKNOWN}
        memory = found[at] if at is not None else set().union(*found)
        shared = set().union(*(other for place, other in enumerate(found) if at is not None and place != at))
        return {_UNKNOWN} if _UNKNOWN in memory or memory & (inside.borrowed | shared) else set()


def _is_copy(expression: gast.expr) -> bool:
    """Whether an expression calls a method that makes a new array."""
    match expression:
        case gast.Call(func=gast.Attribute(attr=attr)):
            return attr == "copy" or attr in NEW_ARRAY_METHODS
        case _:
            return False
