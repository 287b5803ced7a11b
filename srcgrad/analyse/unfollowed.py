"""What happens to arrays where nobody can follow it: refused, for a derivative might be lost on the way."""

from __future__ import annotations

import builtins
import operator
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.effects import writes_in_place
from srcgrad.analyse.mutation import IN_PLACE_METHODS, mutated_by
from srcgrad.analyse.operations import single_target
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, DictOf, Function, Instance, Kind, Number, SequenceOf, TupleOf
from srcgrad.rules.registry import has_rule, is_hashable, is_nondifferentiable
from srcgrad.stopping import stop_gradient
from srcgrad.syntax.build import base_name, local_names

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

_COMPILED = (
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.ClassMethodDescriptorType,
)
_IN_PLACE_OPERATORS = frozenset({operator.setitem, operator.delitem}).union(
    function for label, function in vars(operator).items() if f"__{label}__" in IN_PLACE_METHODS
)
_FUNCTIONS = (gast.FunctionDef, gast.Lambda)


def check_followed(tree: gast.FunctionDef, kinds: Kinds, varied: frozenset[str]) -> None:
    """Refuse calls that may write into arrays, and objects that may hold them, where what they do is not known."""
    check_records(tree, kinds, varied)
    written = {name for name, _, _, _ in writes_in_place(tree, kinds)}
    for node in gast.walk(tree):
        match node:
            case gast.With(items=items):
                for item in items:
                    if item.optional_vars is not None and dependencies(item.context_expr, kinds) & varied:
                        raise UnsupportedError(
                            "what this gives in a with statement may share a differentiated value: not supported",
                            node=item.context_expr,
                            advice="use the value itself",
                        )
            case gast.Assign(targets=[gast.Name(id=variable)], value=gast.Call() as called) if variable in written:
                target = single_target(called, kinds)
                if target is not None and target.function is stop_gradient:
                    raise UnsupportedError(
                        f"{variable!r} is a constant for the derivative, and is written into: not supported",
                        node=called,
                        advice="write into a copy: stop_gradient(y).copy()",
                    )
            case gast.Expr(value=gast.Call() as called) if mutated_by(called) is None and _is_unknown(
                _target(called, kinds)
            ):
                if any(_holds_arrays(kind) for kind in _given(called, kinds)):
                    raise _may_write(called)
            case gast.Call():
                if is_hashable(_target(node, kinds)) and _target(node, kinds) in _IN_PLACE_OPERATORS:
                    raise _may_write(node)
                if isinstance(node.func, gast.Attribute) and node.func.attr in IN_PLACE_METHODS:
                    if _holds_arrays(kinds.of.get(node.func.value)):
                        raise _may_write(node)
                _check_given_functions(node, kinds)
            case _:
                pass


def check_records(tree: gast.FunctionDef, kinds: Kinds, varied: frozenset[str]) -> None:
    """Refuse differentiated values in arrays of records or objects."""
    for node in gast.walk(tree):
        match node:
            case gast.Assign(targets=[target], value=value) | gast.AugAssign(target=target, value=value):
                _check_record(target, value, kinds, varied)
            case _:
                pass


def _check_record(target: gast.expr, value: gast.expr, kinds: Kinds, varied: frozenset[str]) -> None:
    is_made = isinstance(value, gast.Call) and _target(value, kinds) in (np.array, np.asarray, np.asanyarray)
    places: list[gast.expr] = [value] if is_made else []
    while isinstance(target, gast.Subscript | gast.Attribute):
        target = target.value
        places.append(target)
    if not any(_is_of_records(kinds.of.get(place)) for place in places):
        return
    given = [value]
    if isinstance(value, gast.Call):
        given += [*value.args, *(keyword.value for keyword in value.keywords)]
    if any(dependencies(part, kinds) & varied for part in given):
        raise UnsupportedError(
            "a differentiated value is put into an array of records or objects: not supported",
            node=value,
            advice="keep an array for each field, or a list",
        )


def _is_of_records(kind: Kind | None) -> bool:
    return isinstance(kind, Array) and kind.dtype == "object"


def _may_write(node: gast.Call) -> UnsupportedError:
    return UnsupportedError(
        "this call may write into an array that it is given: not supported",
        node=node,
        advice="write it as an assignment: x[...] = ...",
    )


def _target(called: gast.Call, kinds: Kinds) -> Any:
    target = single_target(called, kinds)
    return target.function if target is not None and target.inside is None else None


def _is_unknown(function: Any) -> bool:
    """Whether a function is compiled code of which srcgrad knows nothing."""
    is_compiled = isinstance(function, _COMPILED) or type(function).__name__ == "cython_function_or_method"
    if not is_compiled or has_rule(function) or is_nondifferentiable(function):
        return False
    owner = getattr(function, "__objclass__", None) or getattr(function, "__self__", None)
    if owner in (list, dict, set, tuple, str) or isinstance(owner, list | dict | set | tuple | str):
        return False
    return getattr(builtins, getattr(function, "__name__", ""), None) is not function


def _given(called: gast.Call, kinds: Kinds) -> Iterator[Kind | None]:
    for argument in (*called.args, *(keyword.value for keyword in called.keywords)):
        yield kinds.of.get(argument.value if isinstance(argument, gast.Starred) else argument)


def _holds_arrays(kind: Kind | None) -> bool:
    match kind:
        case Array() | Number():
            return True
        case TupleOf(elements=elements):
            return any(_holds_arrays(element) for element in elements)
        case SequenceOf(element=element) | DictOf(element=element):
            return _holds_arrays(element)
        case Instance(attributes=attributes):
            return any(_holds_arrays(inner) for _, inner in attributes)
        case _:
            return False


def _check_given_functions(called: gast.Call, kinds: Kinds) -> None:
    """Refuse a function that writes into arrays of this one where a library function calls it."""
    target = single_target(called, kinds)
    if target is None or target.inside is not None or isinstance(target.function, _FUNCTIONS):
        return
    for kind in _given(called, kinds):
        for function in kind.targets if isinstance(kind, Function) else ():
            if not isinstance(function, _FUNCTIONS):
                continue
            for name in sorted(_written(function) - local_names(function)):
                if _holds_arrays(kinds.variables.get(name)):
                    raise UnsupportedError(
                        f"a function that writes into {name!r} is called by a library function here: not supported",
                        node=called,
                        advice="call it in a loop of your own",
                    )


def _written(function: gast.AST) -> set[str]:
    """The variables whose objects a function changes."""
    found: set[str | None] = set()
    for node in gast.walk(function):
        if isinstance(node, gast.Subscript | gast.Attribute) and isinstance(node.ctx, gast.Store):
            found.add(base_name(node))
        elif isinstance(node, gast.Call):
            found.add(mutated_by(node))
    return {name for name in found if name is not None}
