"""Attributes, elements and items of values."""

from __future__ import annotations

import difflib
import inspect
import types
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from srcgrad.analyse.kinds.elementwise import length_of
from srcgrad.analyse.kinds.frame import ANY_FIELD, KEY_FIELD, Frame
from srcgrad.analyse.kinds.grids import indexed
from srcgrad.analyse.kinds.indexing import index_array
from srcgrad.analyse.kinds.joins import NONE, as_element, forget_values, join_all, keeps_kind, without_none
from srcgrad.analyse.kinds.library import library_call, ndim_kind, shape_kind, size_kind
from srcgrad.analyse.kinds.values import constant_kind, environment_kind, is_library
from srcgrad.errors import UnsupportedError
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Function,
    Instance,
    Iterator,
    Kind,
    Number,
    Opaque,
    Range,
    Scalar,
    SequenceOf,
    SliceOf,
    Text,
    TupleOf,
    Unreachable,
)
from srcgrad.rules.methods import ATTRIBUTES, METHODS

_PYTHON_TYPES: dict[str, type] = {"bool": bool, "int64": int, "float64": float, "complex128": complex}


@dataclass(frozen=True)
class SuperOf(Opaque):
    """What ``super(cls, receiver)`` gives; it never leaves this package."""

    cls: type
    receiver: Kind


def shows_all_attributes(cls: type) -> bool:
    """Whether an instance has no attributes but those that its kind and its class list."""
    if cls is types.SimpleNamespace:
        return True
    return not is_library(cls.__module__) and not hasattr(cls, "__getattr__")


class Objects(Frame):
    """The part of the interpreter that looks into values."""

    # ---- attributes ----

    def attribute(self, node: gast.AST, value: Kind, name: str) -> Kind:
        value = without_none(value)
        match value:
            case Unreachable():
                return value
            case Constant(value=types.ModuleType() as module):
                return self._module_attribute(node, module, name)
            case Constant(value=type() as cls):
                return self._static_attribute(cls, name)
            case Constant(value=constant):
                return self._constant_attribute(constant, name)
            case Array() | Scalar() | Number():
                return self._array_attribute(node, value, name)
            case TupleOf(elements=elements, cls=cls):
                fields = getattr(cls, "_fields", ())
                if name in fields:
                    return elements[fields.index(name)]
                return self._method_of(cls, name)
            case SequenceOf(cls=cls):
                return self._method_of(list if cls is object else cls, name)
            case DictOf():
                return self._method_of(dict, name)
            case Text():
                return self._method_of(str, name)
            case Instance():
                return self._instance_attribute(node, value, name)
            case SuperOf(cls=cls, receiver=receiver):
                return self._super_attribute(node, cls, receiver, name)
            case Function(targets=(target,)) if not isinstance(target, gast.AST) and hasattr(target, name):
                return constant_kind(getattr(target, name), name)
        return Opaque()

    def _super_attribute(self, node: gast.AST, cls: type, receiver: Kind, name: str) -> Kind:
        """A method or property of the classes behind ``cls`` in the receiver's order of classes."""
        order = cls.__mro__
        if isinstance(receiver, Instance):
            order = receiver.cls.__mro__
        elif isinstance(receiver, Constant) and isinstance(receiver.value, type):
            order = receiver.value.__mro__
        for base in order[order.index(cls) + 1 :] if cls in order else ():
            if name in vars(base):
                found = vars(base)[name]
                if isinstance(found, property) and isinstance(receiver, Instance) and found.fget is not None:
                    return self.call(node, Function((found.fget,)), [receiver], {})[0]
                if isinstance(found, property):
                    return Constant(found)
                if isinstance(found, (staticmethod, classmethod)):
                    return Function((getattr(base, name),))
                if isinstance(found, types.FunctionType):
                    return Function((found,), bound=True, leading=(receiver,))
                if found is object.__init__:
                    return Function((_nothing,), bound=True, leading=(receiver,))
                return Opaque()
        return Opaque()

    def _module_attribute(self, node: gast.AST, module: types.ModuleType, name: str) -> Kind:
        try:
            value = getattr(module, name)
        except AttributeError:
            if self.silent:
                return Opaque()
            close = difflib.get_close_matches(name, dir(module), 1)
            advice = f"did you mean {module.__name__}.{close[0]}?" if close else None
            raise UnsupportedError(f"the module {module.__name__} has no {name!r}", node=node, advice=advice) from None
        if is_library(module.__name__):
            kind = constant_kind(value, name)
            return environment_kind(value, name) if isinstance(kind, Instance) else kind
        kind = environment_kind(value, f"{module.__name__}:{name}")
        # What a module makes on demand is nowhere to be read again.
        if not isinstance(value, types.ModuleType) and name in vars(module):
            self.note_read(vars(module), name, kind)
        return kind

    def note_read(self, owner: Any, name: str, kind: Kind) -> None:
        """Note that a variable of the environment is read."""
        raise NotImplementedError

    def _static_attribute(self, cls: type, name: str) -> Kind:
        """An attribute of a class."""
        if isinstance(inspect.getattr_static(cls, name, None), property):
            return Constant(inspect.getattr_static(cls, name))
        try:
            return constant_kind(getattr(cls, name), f"{cls.__name__}.{name}")
        except AttributeError:
            return Opaque()

    def _constant_attribute(self, value: Any, name: str) -> Kind:
        try:
            return constant_kind(getattr(value, name), name)
        except AttributeError:
            return Opaque()

    def _method_of(self, cls: type, name: str) -> Kind:
        method = getattr(cls, name, None)
        return Function((method,), bound=True) if callable(method) else Opaque()

    def _array_attribute(self, node: gast.AST, value: Kind, name: str) -> Kind:
        match name:
            case "shape":
                return shape_kind(value)
            case "ndim":
                return ndim_kind(value)
            case "size":
                return size_kind(value)
            case "dtype":
                dtype = getattr(value, "dtype", "object")
                return Constant(np.dtype(dtype)) if dtype != "object" else Opaque()
            case "itemsize" | "nbytes":
                return Scalar("int64", True)
            case "flat" if isinstance(value, Array):
                return Iterator(Scalar(value.dtype, False))
        if isinstance(value, Scalar) and value.python and name in ("real", "imag"):
            return Scalar("float64" if value.dtype == "complex128" else value.dtype, True)
        if name in ATTRIBUTES:
            result = library_call(ATTRIBUTES[name], [value], {}, self.naming(node, name))
            if isinstance(result, Scalar) and isinstance(value, Scalar) and name == "T":
                return value
            return result or Opaque()
        if name in METHODS:
            return Function((METHODS[name],), bound=True)
        if isinstance(value, Scalar):
            cls = _PYTHON_TYPES.get(value.dtype, float) if value.python else np.dtype(value.dtype).type
            return self._method_of(cls, name)
        return self._method_of(np.ndarray, name)

    def _instance_attribute(self, node: gast.AST, value: Instance, name: str) -> Kind:
        for key, kind in value.attributes:
            if key == name:
                return kind
        found = self.class_attribute(value, name, node)
        if found is not None:
            return found
        if value.value is not None and hasattr(value.value, name):
            return environment_kind(getattr(value.value, name), f"{min(value.sites, default='object')}.{name}")
        return Opaque()

    def class_attribute(self, value: Instance, name: str, node: gast.AST | None = None) -> Kind | None:
        """What an object has from its class: methods (bound), properties (evaluated), constants."""
        missing = object()
        found = inspect.getattr_static(value.cls, name, missing)
        if found is missing:
            return None
        if isinstance(found, property):
            if node is None or found.fget is None:
                return Opaque()
            return self.call(node, Function((found.fget,)), [value], {})[0]
        if isinstance(found, (staticmethod, classmethod)):
            return Function((getattr(value.cls, name),))
        if isinstance(found, (types.FunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)):
            return Function((found,), bound=True)
        if isinstance(found, (types.MemberDescriptorType, types.GetSetDescriptorType)):
            return Opaque()
        if hasattr(type(found), "__get__"):
            return Function((found,), bound=True) if callable(found) else Opaque()
        return environment_kind(found, f"{value.cls.__name__}.{name}")

    def asked_of_object(self, node: gast.AST, name: str, value: Kind) -> Kind | None:
        """What a special method of the user's own class gives, such as ``__abs__``; None where there is none."""
        if not isinstance(value, Instance):
            return None
        found = inspect.getattr_static(value.cls, name, None)
        return self.call(node, Function((found,)), [value], {})[0] if isinstance(found, types.FunctionType) else None

    # ---- elements ----

    def elements_of(self, kind: Kind) -> tuple[Kind, ...] | None:
        """The kinds of the items one by one, where their number is fixed."""
        match without_none(kind):
            case TupleOf(elements=elements) | SequenceOf(elements=tuple(elements)):
                return elements
            case DictOf(entries=entries, exact=True) if entries is not None:
                return tuple(constant_kind(key, "key") for key, _ in entries)
            case Array(dtype=dtype, dims=dims) if dims and isinstance(dims[0], int) and dims[0] <= 16:
                item = Array(dtype, dims[1:]) if len(dims) > 1 else Scalar(dtype, False)
                return (item,) * dims[0]
            case Constant(value=str(text)) if len(text) <= 16:
                return tuple(Constant(letter) for letter in text)
        return None

    def iterate(self, node: gast.AST, kind: Kind) -> Kind:
        match without_none(kind):
            case Unreachable():
                return Unreachable()
            case Array(dims=None, dtype=dtype) | Number(dims=None, dtype=dtype):
                return Number(dtype)
            case Array(dtype=dtype, dims=dims) | Number(dtype=dtype, dims=dims):
                return Array(dtype, dims[1:]) if dims is not None and len(dims) > 1 else Scalar(dtype, False)
            case TupleOf(elements=elements):
                return self.take_out(node, join_all(elements))
            case SequenceOf(element=element) | Iterator(element=element):
                return self.take_out(node, element)
            case DictOf(key=key):
                return key
            case Range():
                return Scalar("int64", True)
            case Text() | Constant(value=str()):
                return Text()
            case Instance(cls=cls) as value:
                return self._iterate_instance(node, value, cls)
        return Opaque()

    def _iterate_instance(self, node: gast.AST, value: Instance, cls: type) -> Kind:
        method = inspect.getattr_static(cls, "__iter__", None)
        if isinstance(method, types.FunctionType):
            return self.iterate(node, self.call(node, Function((method,)), [value], {})[0])
        return Opaque()

    def subscript(self, node: gast.AST, value: Kind, index: Kind) -> Kind:
        value = without_none(value)
        match value:
            case Unreachable():
                return value
            case Array():
                return index_array(value, index, self.naming(node, "index"))
            case Number(dtype=dtype, dims=dims):
                # A number cannot be indexed, so this is an array.
                return index_array(Array(dtype, dims), index, self.naming(node, "index"))
            case Scalar(dtype=dtype):
                return index_array(Array(dtype, ()), index, self.naming(node, "index"))
            case TupleOf() | SequenceOf():
                return self._element(node, value, index)
            case DictOf(element=element, entries=entries):
                return self._entry(node, element, entries, index)
            case Text() | Constant(value=str()):
                return Text()
            case Range():
                return Range() if isinstance(index, SliceOf) else Scalar("int64", True)
            case Instance(cls=cls, value=owner):
                method = inspect.getattr_static(cls, "__getitem__", None)
                if isinstance(method, types.FunctionType) and not is_library(cls.__module__):
                    return self.call(node, Function((method,)), [value, index], {})[0]
                return indexed(owner, index, self.naming(node))
        return Opaque()

    def _element(self, node: gast.AST, value: TupleOf | SequenceOf, index: Kind) -> Kind:
        elements = value.elements
        is_tuple = isinstance(value, TupleOf) or (isinstance(value, SequenceOf) and issubclass(value.cls, tuple))
        if isinstance(index, SliceOf):
            given = (index.start, index.stop, index.step)
            bounds = [None if bound == NONE else length_of(bound) for bound in given]
            positions = [bound for bound in bounds if bound is None or isinstance(bound, int)]
            is_fixed = len(positions) == 3 and all(
                bound is not None or kind == NONE for bound, kind in zip(bounds, given, strict=True)
            )
            part = elements[slice(*positions)] if elements is not None and is_fixed else None
            if part is not None and is_tuple:
                return TupleOf(part)
            element = value.element if isinstance(value, SequenceOf) else as_element(join_all(value.elements))
            sites = frozenset() if is_tuple else frozenset({self.fresh(node, "site")})
            return SequenceOf(element, tuple if is_tuple else list, part, sites)
        position = length_of(index)
        if elements is not None and isinstance(position, int):
            return elements[position] if -len(elements) <= position < len(elements) else Unreachable()
        if elements is not None:
            return self.take_out(node, forget_values(join_all(elements)))
        assert isinstance(value, SequenceOf)
        return self.take_out(node, value.element)

    def _entry(self, node: gast.AST, element: Kind, entries: tuple[tuple[Any, Kind], ...] | None, index: Kind) -> Kind:
        fixed = isinstance(index, Constant) or (isinstance(index, Scalar) and index.value is not None)
        if entries is not None and fixed:
            for key, kind in entries:
                if type(key) is type(index.value) and key == index.value:  # type: ignore[attr-defined]
                    return self.take_out(node, kind)
            return Unreachable()
        return self.take_out(node, element)

    # ---- writing ----

    def store_element(self, container: Kind, index: Kind, kind: Kind) -> None:
        """Note an assignment to an element: ``container[index] = kind``."""
        container = without_none(container)
        if isinstance(container, SequenceOf):
            stored = kind.element if isinstance(index, SliceOf) and isinstance(kind, SequenceOf) else kind
            if isinstance(index, SliceOf) and isinstance(kind, TupleOf):
                stored = join_all(kind.elements)
            if not keeps_kind(container, index, kind):
                self.session.store(container.sites, ANY_FIELD, stored)
        elif isinstance(container, DictOf):
            fixed = isinstance(index, Constant) or (isinstance(index, Scalar) and index.value is not None)
            key = index.value if fixed else ANY_FIELD  # type: ignore[attr-defined]
            self.session.store(container.sites, key, kind)
            self.session.store(container.sites, KEY_FIELD, index)
            if container.entries is None or all(key != known for known, _ in container.entries):
                self.session.resize(container.sites)

    def store_attribute(self, node: gast.AST, container: Kind, name: str, kind: Kind) -> None:
        """Note an assignment to an attribute."""
        container = without_none(container)
        if isinstance(container, Instance):
            self.session.store(container.sites, name, kind)
        elif isinstance(container, (Array, Number)) and name in ("shape", "dtype", "strides"):
            raise UnsupportedError(
                f"assigning the {name} of an array is not differentiated",
                node=node,
                advice="make a new array: x.reshape(...)",
            )
        elif isinstance(container, Constant) and isinstance(container.value, (type, types.ModuleType)):
            raise UnsupportedError(
                "assigning attributes of modules and classes is not differentiated",
                node=node,
                advice="pass the value as an argument, or keep it in a local variable",
            )

    def unpacked(self, node: gast.AST, kind: Kind, count: int) -> list[Kind]:
        """The kinds of the items when a value is unpacked into ``count`` targets."""
        elements = self.elements_of(kind)
        if elements is not None and len(elements) == count:
            return list(elements)
        item = self.iterate(node, kind)
        if isinstance(item, Scalar) and item.symbol is not None:
            item = Scalar(item.dtype, item.python)
        return [self.take_out(node, item)] * count if count else []


def _nothing(*arguments: Any) -> None:
    """What object.__init__ does."""
