"""Spelling out what objects do behind operators, calls and attributes: the methods of their classes."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from types import FunctionType
from typing import Any

import gast

from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.kinds.construction import plain_fields
from srcgrad.analyse.kinds.objects import SuperOf
from srcgrad.analyse.operations import is_path, single_target
from srcgrad.differentiate.construction import is_made_plainly, kept_arguments
from srcgrad.errors import SrcgradError
from srcgrad.kind import Array, Constant, DictOf, Function, Instance, Kind, Scalar, SequenceOf, TupleOf
from srcgrad.syntax.binding import Default, bind
from srcgrad.syntax.build import assign, attribute, call, constant, method, name, names_read, tuple_of

_OPERATORS: dict[type[gast.AST], str] = {
    gast.Add: "add",
    gast.Sub: "sub",
    gast.Mult: "mul",
    gast.Div: "truediv",
    gast.FloorDiv: "floordiv",
    gast.Mod: "mod",
    gast.Pow: "pow",
    gast.MatMult: "matmul",
    gast.USub: "neg",
    gast.UAdd: "pos",
}


def spelled_object(node: gast.expr, kinds: Kinds) -> gast.expr | None:
    """``p + q`` as ``p.__add__(q)``, ``layer(x)`` as ``layer.__call__(x)``, a property as a call; None for all else."""
    match node:
        case gast.BinOp(left=left, op=op, right=right):
            return _operator(left, _OPERATORS.get(type(op)), right, kinds)
        case gast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            special = f"__{_OPERATORS[type(op)]}__"
            return method(operand, special) if has_method(kinds.of.get(operand), special) else None
        case gast.Call(args=[value]) if _is_call_of_replace(node, kinds) and is_path(value, kinds):
            return _with_attributes(value, node.keywords, kinds.of.get(value))
        case gast.Subscript(value=value, slice=index) if has_method(kinds.of.get(value), "__getitem__"):
            return None if isinstance(index, gast.Slice) else method(value, "__getitem__", index)
        case gast.Subscript(value=value, slice=gast.Tuple(elts=[])) if isinstance(kinds.of.get(value), Scalar):
            return value
        case gast.Subscript(value=value, slice=gast.Constant(value=index)) if index is Ellipsis:
            return call("np.asarray", value) if isinstance(kinds.of.get(value), Scalar) else None
        case gast.Call(func=gast.Name(id="abs" | "float" | "round" | "complex" as asked), args=[value]):
            special = f"__{asked}__"
            return method(value, special) if has_method(kinds.of.get(value), special) else None
        case gast.Call(func=function) if has_method(kinds.of.get(function), "__call__"):
            return gast.Call(attribute(function, "__call__"), node.args, node.keywords)
        case gast.Call(args=[value, key, *_]) if _calls(node, getattr, kinds):
            return _got(value, key, node.args[2:], kinds)
        case gast.Call(args=[value], keywords=[]) if is_path(value, kinds) and _calls(node, dataclasses.asdict, kinds):
            return _by_name(_copies_of_fields(value, kinds.of.get(value)))
        case gast.Call(args=[value], keywords=[]) if is_path(value, kinds) and _calls(node, dataclasses.astuple, kinds):
            fields = _copies_of_fields(value, kinds.of.get(value))
            return None if fields is None else tuple_of(*fields.values())
        case gast.Call(func=gast.Attribute(value=value, attr="_asdict"), args=[]) if is_path(value, kinds):
            named = kinds.of.get(value)
            called = getattr(named.cls, "_fields", ()) if isinstance(named, TupleOf) else ()
            return _by_name({key: attribute(value, key) for key in called} or None)
        case gast.Call(func=gast.Attribute(value=value, attr="_replace"), args=[]) if is_path(value, kinds):
            return _with_fields(value, node.keywords, kinds.of.get(value))
        case gast.Call(args=[value]) if is_path(value, kinds) and _calls(node, dataclasses.replace, kinds):
            return _with_changes(value, node.keywords, kinds.of.get(value))
        case gast.Call(args=[value], keywords=[]) if _calls(node, copy.copy, kinds):
            is_plain = isinstance(kinds.of.get(value), SequenceOf | DictOf | Array)
            return method(value, "copy") if is_plain else None
        case gast.Attribute(value=gast.Call(func=gast.Name(id="super"), args=[cls, receiver]) as value, attr=attr):
            kind = kinds.of.get(value)
            if not isinstance(kind, SuperOf) or isinstance(kinds.of.get(node), Function):
                return None
            # Asked of the class, it gives the property itself.
            found = attribute(call("super", cls, call("type", receiver)), attr, "fget")
            return call(found, receiver) if is_path(receiver, kinds) else None
        case gast.Attribute(value=value, attr=attr) if _is_property(kinds.of.get(value), attr):
            return call(attribute(call("type", value), attr, "fget"), value) if is_path(value, kinds) else None
        case _:
            return None


def _is_call_of_replace(node: gast.Call, kinds: Kinds) -> bool:
    target = single_target(node, kinds)
    return target is not None and target.function is dataclasses.replace


def _with_attributes(value: gast.expr, changes: list[gast.keyword], kind: Kind | None) -> gast.expr | None:
    """``dataclasses.replace(p, rate=r)`` as ``type(p)(rate=r, steps=p.steps)``."""
    if not isinstance(kind, Instance) or not dataclasses.is_dataclass(kind.cls):
        return None
    if any(not field.init for field in dataclasses.fields(kind.cls)) or any(item.arg is None for item in changes):
        return None
    changed = {str(item.arg): item.value for item in changes}
    names = [field.name for field in dataclasses.fields(kind.cls)]
    if not changed.keys() <= set(names):
        return None
    given = {key: changed[key] if key in changed else attribute(value, key) for key in names}
    return gast.Call(call("type", value), [], [gast.keyword(key, item) for key, item in given.items()])


def _with_fields(value: gast.expr, changes: list[gast.keyword], kind: Kind | None) -> gast.expr | None:
    """``point._replace(y=2.0)`` as ``type(point)(point.x, 2.0)``."""
    fields = getattr(kind.cls, "_fields", ()) if isinstance(kind, TupleOf) else ()
    changed = {str(keyword.arg): keyword.value for keyword in changes}
    if not fields or not changed.keys() <= set(fields):
        return None
    return call(call("type", value), *(changed.get(field) or attribute(value, field) for field in fields))


def _with_changes(value: gast.expr, changes: list[gast.keyword], kind: Kind | None) -> gast.expr | None:
    """``dataclasses.replace(state, t=1.0)`` as ``type(state)(x=state.x, t=1.0)``."""
    if not isinstance(kind, Instance) or not dataclasses.is_dataclass(kind.cls):
        return None
    fields = [field.name for field in dataclasses.fields(kind.cls) if field.init]
    changed = {str(keyword.arg): keyword.value for keyword in changes}
    if not changed.keys() <= set(fields):
        return None
    return call(call("type", value), **{field: changed.get(field) or attribute(value, field) for field in fields})


def _copies_of_fields(value: gast.expr, kind: Kind | None) -> dict[str, gast.expr] | None:
    """The fields of a dataclass object one by one, arrays as copies of their own, as ``asdict`` gives them."""
    fields = plain_fields(kind)
    if fields is None:
        return None
    parts = {key: attribute(value, key) for key in fields}
    return {key: method(part, "copy") if isinstance(fields[key], Array) else part for key, part in parts.items()}


def _by_name(parts: dict[str, gast.expr] | None) -> gast.expr | None:
    return None if parts is None else gast.Dict([constant(key) for key in parts], list(parts.values()))


def _got(value: gast.expr, key: gast.expr, default: list[gast.expr], kinds: Kinds) -> gast.expr | None:
    """``getattr(state, "x")`` as ``state.x``; the default where the object surely has no such attribute."""
    called, kind = kinds.of.get(key), kinds.of.get(value)
    if not isinstance(called, Constant) or not isinstance(called.value, str) or not called.value.isidentifier():
        return None
    if not default:
        return attribute(value, called.value)
    if not isinstance(kind, Instance) or not is_path(value, kinds):
        return None
    if any(known == called.value for known, _ in kind.attributes):
        # An attribute that is set on some paths only is asked for at run time.
        return attribute(value, called.value) if is_always_there(kind, called.value) else None
    return None if hasattr(kind.cls, called.value) or hasattr(kind.cls, "__getattr__") else default[0]


def is_always_there(kind: Instance, attr: str) -> bool:
    """Whether every object of a class has a field of this name."""
    if not dataclasses.is_dataclass(kind.cls):
        return False
    return any(field.name == attr for field in dataclasses.fields(kind.cls))


def _calls(node: gast.Call, function: Any, kinds: Kinds) -> bool:
    target = single_target(node, kinds)
    return target is not None and target.function is function


def _operator(left: gast.expr, operation: str | None, right: gast.expr, kinds: Kinds) -> gast.expr | None:
    """An operator as the method that Python asks first."""
    first, second = kinds.of.get(left), kinds.of.get(right)
    if operation is None:
        return None
    if has_method(first, f"__{operation}__"):
        if isinstance(first, Instance) and isinstance(second, Instance) and first.cls is not second.cls:
            if issubclass(second.cls, first.cls):
                return None  # Then Python may ask the right one first.
        return method(left, f"__{operation}__", right)
    if not isinstance(first, Instance) and has_method(second, f"__r{operation}__"):
        return method(right, f"__r{operation}__", left) if is_path(left, kinds) or is_path(right, kinds) else None
    return None


def has_method(kind: Kind | None, called: str) -> bool:
    """Whether an object's class has a method of this name that is written in Python."""
    return isinstance(kind, Instance) and isinstance(inspect.getattr_static(kind.cls, called, None), FunctionType)


def _is_property(kind: Kind | None, attr: str) -> bool:
    if not isinstance(kind, Instance):
        return False
    found = inspect.getattr_static(kind.cls, attr, None)
    return isinstance(found, property) and found.fget is not None


def constructed_class(node: gast.AST, kinds: Kinds) -> type | None:
    """The class of a new object that its ``__init__``, written in Python, fills."""
    if not isinstance(node, gast.Call) or not isinstance(kinds.of.get(node), Instance):
        return None
    target = single_target(node, kinds)
    cls: Any = target.function if target is not None else None
    if not isinstance(cls, type) or kept_arguments(cls) is not None or type(cls) is not type:
        return None
    init = inspect.getattr_static(cls, "__init__", None)
    is_generated = dataclasses.is_dataclass(cls) and "__init__" in vars(cls)
    if not isinstance(init, FunctionType) or not is_made_plainly(cls):
        return None
    if is_generated:
        return cls if _fields_given(cls, node) is not None else None
    return cls


def _fields_given(cls: type, node: gast.Call) -> dict[str, gast.expr] | None:
    """What a dataclass with a ``__post_init__`` gets in its fields, None for others and where that is not plain."""
    parameters: Any = getattr(cls, "__dataclass_params__", None)
    if not isinstance(inspect.getattr_static(cls, "__post_init__", None), FunctionType) or parameters.frozen:
        return None
    fields = dataclasses.fields(cls)
    try:
        bound = bind(node, inspect.signature(cls))
    except SrcgradError:
        return None
    if list(bound) != [field.name for field in fields]:
        return None
    given: dict[str, gast.expr] = {}
    for field in fields:
        value = bound[field.name]
        if isinstance(value, Default):
            if not (field.default is None or isinstance(field.default, bool | int | float | str)):
                return None
            value = constant(field.default)
        given[field.name] = value
    return given


def filled_by_init(target: gast.Name, node: gast.Call, cls: type, made: str) -> list[gast.stmt]:
    """``layer = Layer(w, b)`` as a new object and a call of its ``__init__``, or of its ``__post_init__``."""
    taken = made if target.id in names_read(node) else target.id
    given = _fields_given(cls, node)
    statements: list[gast.stmt] = [gast.Assign([_stored(taken)], method("object", "__new__", node.func), None)]
    if given is None:
        statements.append(gast.Expr(gast.Call(attribute(name(taken), "__init__"), node.args, node.keywords)))
    else:
        statements += [assign(attribute(name(taken), key), value) for key, value in given.items()]
        statements.append(gast.Expr(method(name(taken), "__post_init__")))
    if taken != target.id:
        statements.append(gast.Assign([_stored(target.id)], name(taken), None))
    return statements


def _stored(identifier: str) -> gast.Name:
    return gast.Name(identifier, gast.Store(), None, None)
