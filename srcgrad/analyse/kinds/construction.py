"""Calls of classes: numbers, tuples with names, dataclasses, objects of the user's own classes."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import types
from collections.abc import Sequence

import gast
import numpy as np

from srcgrad.analyse.kinds.builtin import BUILTINS, Arguments, Options, transfer_of
from srcgrad.analyse.kinds.calls import Calls
from srcgrad.analyse.kinds.facts import Target
from srcgrad.analyse.kinds.joins import as_element, join_all
from srcgrad.analyse.kinds.library import library_call
from srcgrad.analyse.kinds.origins import is_foreign
from srcgrad.analyse.kinds.samples import may_be_sampled
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Function,
    Instance,
    Iterator,
    Kind,
    Opaque,
    Scalar,
    SequenceOf,
    Text,
    TupleOf,
    Unreachable,
)


class Construction(Calls):
    """The part of the interpreter that makes objects."""

    def construct(
        self, node: gast.AST, cls: type, positional: list[Kind], keywords: dict[str, Kind]
    ) -> tuple[Kind, tuple[Target, ...]]:
        """Call a class."""
        if cls in BUILTINS:
            result = BUILTINS[cls](self, node, positional, keywords)
            return result, (Target(cls, result=result),)
        result = self._constructed(node, cls, positional, keywords)
        return result, (Target(cls, result=result),)

    def _constructed(self, node: gast.AST, cls: type, positional: list[Kind], keywords: dict[str, Kind]) -> Kind:
        if any(isinstance(kind, Unreachable) for kind in (*positional, *keywords.values())):
            return Unreachable()
        if issubclass(cls, np.generic):
            found = (
                library_call(np.asarray, positional[:1], {"dtype": Constant(cls)}, self.naming(node))
                if positional
                else None
            )
            if isinstance(found, Array) and found.dims == ():
                return Scalar(found.dtype, False)
            return found or Scalar(np.dtype(cls).name, False)
        if cls is types.SimpleNamespace and not positional:
            return Instance(cls, tuple(keywords.items()), None, frozenset({self.site(node)}))
        if issubclass(cls, BaseException):
            return Opaque()
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            bound = self.bind(node, inspect.signature(cls), positional, keywords, cls.__name__)
            return TupleOf(tuple(bound[field] for field in cls._fields), cls)
        if cls is functools.partial and positional and isinstance(positional[0], Function):
            function = positional[0]
            options = tuple((dict(function.keywords) | keywords).items())
            return Function(function.targets, False, (*function.leading, *positional[1:]), options)
        if may_be_sampled(cls):
            return library_call(cls, positional, keywords, self.naming(node)) or Opaque()
        site = frozenset({self.site(node)})
        if (
            dataclasses.is_dataclass(cls)
            and "__init__" in vars(cls)
            and getattr(cls.__init__, "__qualname__", "").endswith("__init__")
        ):
            if _has_generated_init(cls):
                bound = self.bind(node, inspect.signature(cls), positional, keywords, cls.__name__)
                held = {name: self._default_made(node, cls, name, kind) for name, kind in bound.items()}
                made = Instance(cls, tuple(held.items()), None, site)
                after = inspect.getattr_static(cls, "__post_init__", None)
                if isinstance(after, types.FunctionType):
                    self.invoke(node, after, [made], {})
                return self.session.current(made)
        init = inspect.getattr_static(cls, "__init__", None)
        if isinstance(init, types.FunctionType) and not is_foreign(init):
            made = Instance(cls, (), None, site)
            self.invoke(node, init, [made, *positional], keywords)
            return self.session.current(made)
        if cls.__init__ is object.__init__ and not positional and not keywords:
            return Instance(cls, (), None, site)
        return Opaque()

    def _default_made(self, node: gast.AST, cls: type, name: str, kind: Kind) -> Kind:
        """The kind of a field, whose default a factory may make."""
        cls_of_default = kind.cls if isinstance(kind, Instance) else type(getattr(kind, "value", None))
        if cls_of_default.__name__ != "_HAS_DEFAULT_FACTORY_CLASS":
            return kind
        factory = next((field.default_factory for field in dataclasses.fields(cls) if field.name == name), None)
        site = frozenset({self.fresh(node, ("factory", name))})
        if factory is list:
            return SequenceOf(Unreachable(), list, (), site)
        if factory is dict:
            return DictOf(Unreachable(), (), Opaque(), site)
        return Opaque()

    def site(self, node: gast.AST) -> str:
        """The name of a place where containers are made."""
        return self.fresh(node, "site")


@transfer_of(object.__new__)
def _new(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """An object without attributes yet."""
    cls = arguments[0] if arguments else None
    if not isinstance(cls, Constant) or not isinstance(cls.value, type):
        return Opaque()
    return frame.session.current(Instance(cls.value, (), None, frozenset({frame.fresh(node, "site")})))


def _has_generated_init(cls: type) -> bool:
    """Whether a dataclass' constructor is the one that ``dataclasses`` wrote."""
    parameters = getattr(cls, "__dataclass_params__", None)
    return bool(parameters is not None and parameters.init)


@transfer_of(dataclasses.replace)
def _changed(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """A dataclass object like another, with some fields changed."""
    made = arguments[0] if arguments else None
    if not isinstance(made, Instance) or not dataclasses.is_dataclass(made.cls):
        return Opaque()
    known = dict(made.attributes)
    fields = {field.name: known.get(field.name, Opaque()) for field in dataclasses.fields(made.cls) if field.init}
    result: Kind = frame.construct(node, made.cls, [], {**fields, **options})[0]
    return result


@transfer_of(dataclasses.asdict)
def _as_dict(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """The fields of a dataclass object as a dict, where none of them holds fields of its own."""
    fields = plain_fields(arguments[0] if arguments else None)
    if fields is None or len(arguments) > 1 or options:
        return Opaque()
    site = frozenset({frame.fresh(node, "site")})
    element = as_element(join_all(list(fields.values())))
    return DictOf(element, tuple(fields.items()), Text(), site)


@transfer_of(dataclasses.astuple)
def _as_tuple(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    fields = plain_fields(arguments[0] if arguments else None)
    return TupleOf(tuple(fields.values())) if fields is not None and len(arguments) == 1 else Opaque()


def plain_fields(kind: Kind | None) -> dict[str, Kind] | None:
    """The fields of a dataclass object that holds numbers, arrays and texts only."""
    if not isinstance(kind, Instance) or not dataclasses.is_dataclass(kind.cls):
        return None
    known = dict(kind.attributes)
    fields = {field.name: known.get(field.name, Opaque()) for field in dataclasses.fields(kind.cls)}
    is_plain = all(isinstance(held, Scalar | Array | Text | Constant) for held in fields.values())
    return fields if is_plain else None


@transfer_of(np.ndindex)
def _indices(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """Tuples of integers, one for each length; the lengths may be given as one tuple."""
    lengths: Sequence[Kind] | None = arguments
    if len(arguments) == 1 and isinstance(arguments[0], SequenceOf | TupleOf):
        lengths = frame.elements_of(arguments[0])
    return Iterator(_index_of(len(lengths) if lengths is not None else None))


@transfer_of(np.ndenumerate)
def _enumerated(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """The index of each element, and the element."""
    array = arguments[0] if arguments else None
    if not isinstance(array, Array):
        return Opaque()
    return Iterator(TupleOf((_index_of(array.ndim), Scalar(array.dtype, False))))


def _index_of(count: int | None) -> Kind:
    index = Scalar("int64", True)
    return TupleOf((index,) * count) if count is not None else SequenceOf(index, tuple)
