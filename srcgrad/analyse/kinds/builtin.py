"""Python's built-in functions and the methods of its containers."""

from __future__ import annotations

import builtins
import copy
import functools
import itertools
import operator
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcgrad.analyse.kinds import symbols
from srcgrad.analyse.kinds.elementwise import OPERATIONS, elementwise, length_of
from srcgrad.analyse.kinds.joins import as_element, forget_values, join, join_all, without_none
from srcgrad.analyse.kinds.library import integer
from srcgrad.analyse.kinds.objects import SuperOf, shows_all_attributes
from srcgrad.errors import UnsupportedError
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Function,
    Instance,
    Iterator,
    Kind,
    Maybe,
    Number,
    Opaque,
    Range,
    Scalar,
    SequenceOf,
    TupleOf,
    Unreachable,
)

_MOST_STEPS = 6

if TYPE_CHECKING:
    from srcgrad.analyse.kinds.calls import Calls

Arguments = list[Kind]
Options = dict[str, Kind]
Transfer = Callable[["Calls", gast.AST, Arguments, Options], Kind]

BUILTINS: dict[Any, Transfer] = {}


def _transfer(*functions: Any) -> Callable[[Transfer], Transfer]:
    def register(transfer: Transfer) -> Transfer:
        for function in functions:
            BUILTINS[function] = transfer
        return transfer

    return register


def always(kind: Kind) -> Transfer:
    """The transfer of a function whose result has always the same kind."""
    return lambda frame, node, arguments, options: kind


_INTEGER, _FLOAT, _BOOLEAN = Scalar("int64", True), Scalar("float64", True), Scalar("bool", True)

BUILTINS.update({
    range: always(Range()),
    print: always(Constant(None)),
    id: always(_INTEGER),
    hash: always(_INTEGER),
    callable: always(_BOOLEAN),
    issubclass: always(_BOOLEAN),
    random.random: always(_FLOAT),
    random.gauss: always(_FLOAT),
    random.uniform: always(_FLOAT),
    random.normalvariate: always(_FLOAT),
    random.expovariate: always(_FLOAT),
    random.randint: always(_INTEGER),
    random.randrange: always(_INTEGER),
    time.time: always(_FLOAT),
    time.perf_counter: always(_FLOAT),
})  # fmt: skip


# ---- sizes and iteration ----


@_transfer(len, operator.length_hint)
def _len(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    kind = without_none(arguments[0]) if arguments else Opaque()
    if isinstance(kind, Unreachable):
        return kind
    if isinstance(kind, Array) and kind.dims:
        return integer(kind.dims[0])
    if isinstance(kind, Constant) and isinstance(kind.value, (str, bytes)):
        return integer(len(kind.value))
    elements = None if isinstance(kind, Array) else frame.elements_of(kind)
    return _INTEGER if elements is None else integer(len(elements))


@_transfer(iter, builtins.reversed, filter)
def _iterated(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Iterator(as_element(frame.iterate(node, arguments[-1])))


@_transfer(next)
def _next(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return join_all([frame.iterate(node, arguments[0]), *arguments[1:]])


@_transfer(zip)
def _zip(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Iterator(TupleOf(tuple(as_element(frame.iterate(node, argument)) for argument in arguments)))


@_transfer(itertools.product)
def _product(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    if "repeat" in options:
        times = length_of(options["repeat"])
        item = as_element(frame.iterate(node, arguments[0]))
        return Iterator(TupleOf((item,) * times) if isinstance(times, int) else SequenceOf(item, tuple))
    return _zip(frame, node, arguments, options)


@_transfer(itertools.combinations, itertools.permutations, itertools.combinations_with_replacement)
def _chosen(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    item = as_element(frame.iterate(node, arguments[0]))
    times = length_of(arguments[1]) if len(arguments) > 1 else None
    return Iterator(TupleOf((item,) * times) if isinstance(times, int) else SequenceOf(item, tuple))


@_transfer(itertools.chain)
def _chain(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Iterator(as_element(join_all([frame.iterate(node, argument) for argument in arguments])))


@_transfer(itertools.count)
def _count(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Iterator(join_all(arguments) if arguments else _INTEGER)


@_transfer(enumerate)
def _enumerate(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Iterator(TupleOf((_INTEGER, as_element(frame.iterate(node, arguments[0])))))


@_transfer(map)
def _map(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    items = [frame.iterate(node, argument) for argument in arguments[1:]]
    return Iterator(as_element(frame.call(node, arguments[0], items, {})[0]))


def _listed(frame: Calls, node: gast.AST, arguments: Arguments, keep: bool, cls: type = list) -> Kind:
    """A new list of what an iterable gives."""
    site = frozenset({frame.site(node)})
    if not arguments:
        return SequenceOf(Unreachable(), cls, (), site)
    kind = without_none(arguments[0])
    if isinstance(kind, Unreachable):
        return kind
    elements = frame.elements_of(kind) if keep else None
    return SequenceOf(as_element(frame.iterate(node, kind)), cls, elements, site)


@_transfer(list)
def _list(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return _listed(frame, node, arguments, True)


@_transfer(sorted)
def _sorted(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return _listed(frame, node, arguments, False)


@_transfer(set, frozenset)
def _set(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return _listed(frame, node, arguments, False, set)


@_transfer(tuple)
def _tuple(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    if not arguments:
        return TupleOf(())
    elements = frame.elements_of(arguments[0])
    if elements is not None:
        return TupleOf(elements)
    item = frame.iterate(node, arguments[0])
    return item if isinstance(item, Unreachable) else SequenceOf(as_element(item), tuple)


@_transfer(dict)
def _dict(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    site = frozenset({frame.site(node)})
    entries: dict[Any, Kind] = {}
    if arguments:
        kind = without_none(arguments[0])
        if not isinstance(kind, DictOf):
            item = frame.iterate(node, kind)
            value = item.elements[1] if isinstance(item, TupleOf) and len(item.elements) == 2 else Opaque()
            key = item.elements[0] if isinstance(item, TupleOf) and len(item.elements) == 2 else Opaque()
            return DictOf(as_element(value), None, as_element(key), site)
        if kind.entries is None:
            return DictOf(as_element(join_all([kind.element, *options.values()])), None, kind.key, site)
        entries.update(kind.entries)
    entries.update(options)
    return DictOf(as_element(join_all(list(entries.values()))), tuple(entries.items()), Opaque(), site)


# ---- numbers ----


def _number(cls: type, dtype: str) -> Transfer:
    """The transfer of float, int, bool or complex."""

    def transfer(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
        if not arguments:
            return Scalar(dtype, True, cls())
        kind = without_none(arguments[0])
        if isinstance(kind, Unreachable):
            return kind
        if isinstance(kind, Scalar):
            if kind.value is not None:
                return Scalar(dtype, True, cls(kind.value))
            if cls is int and kind.symbol is not None:
                return Scalar(dtype, True, None, kind.symbol)
        return Scalar(dtype, True)

    return transfer


BUILTINS.update({float: _number(float, "float64"), int: _number(int, "int64"), complex: _number(complex, "complex128")})


@_transfer(bool)
def _bool(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    from srcgrad.analyse.kinds.conditions import truth

    return Scalar("bool", True, truth(arguments[0]) if arguments else False)


@_transfer(abs)
def _abs(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return elementwise(abs, arguments, frame.naming(node))


@_transfer(max, min)
def _extreme(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    kinds = [frame.iterate(node, arguments[0])] if len(arguments) == 1 else [without_none(kind) for kind in arguments]
    if "default" in options:
        kinds.append(options["default"])
    lengths = [length_of(kind) for kind in kinds]
    result = forget_values(join_all(kinds))
    if len(kinds) > 1 and None not in lengths and isinstance(result, Scalar):
        name = "max" if isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id == "max" else "min"
        if all(isinstance(length, int) for length in lengths):
            return Scalar(result.dtype, result.python, (max if name == "max" else min)(lengths))
        return Scalar(result.dtype, result.python, None, symbols.function(name, *sorted(map(str, lengths))))
    return frame.take_out(node, result)


@_transfer(sum)
def _sum(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    start = arguments[1] if len(arguments) > 1 else options.get("start", Scalar("int64", True, 0))
    elements = frame.elements_of(arguments[0])
    if elements is not None:
        for element in elements:
            start = frame.operate(node, gast.Add, start, element)
        return start
    item = frame.iterate(node, arguments[0])
    if isinstance(item, Unreachable):
        return forget_values(start)
    total = frame.operate(node, gast.Add, forget_values(start), item)
    # An empty sequence gives the start; its derivative is zero, so a number stands for both.
    return total if isinstance(total, (Array, Scalar)) else join(total, forget_values(start))


@_transfer(round)
def _round(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    kind = without_none(arguments[0])
    if len(arguments) > 1 or options:
        return forget_values(kind)
    return _INTEGER if isinstance(kind, Scalar) else forget_values(kind)


@_transfer(divmod)
def _divmod(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    quotient = frame.operate(node, gast.FloorDiv, arguments[0], arguments[1])
    return TupleOf((quotient, frame.operate(node, gast.Mod, arguments[0], arguments[1])))


@_transfer(pow)
def _pow(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return frame.operate(node, gast.Pow, arguments[0], arguments[1])


@_transfer(any, all)
def _any(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    frame.iterate(node, arguments[0])
    return _BOOLEAN


def _operator(operation: type[gast.AST]) -> Transfer:
    def transfer(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
        if len(arguments) == 2:
            return frame.operate(node, operation, arguments[0], arguments[1])
        return elementwise(OPERATIONS[operation], arguments, frame.naming(node))

    return transfer


for _operation in (gast.Add, gast.Sub, gast.Mult, gast.Div, gast.FloorDiv, gast.Mod, gast.Pow, gast.MatMult, gast.USub):
    BUILTINS[OPERATIONS[_operation]] = _operator(_operation)


# ---- types and attributes ----

_PYTHON_TYPES: dict[str, type] = {"bool": bool, "int64": int, "float64": float, "complex128": complex}


def class_of(kind: Kind) -> type | None:
    """The class of a value, where it is known."""
    match kind:
        case Scalar(dtype=dtype, python=True):
            return _PYTHON_TYPES.get(dtype)
        case Scalar(dtype=dtype, python=False):
            return np.dtype(dtype).type
        case Array():
            return np.ndarray
        case TupleOf(cls=cls) | SequenceOf(cls=cls) | Instance(cls=cls) if cls is not object:
            return cls
        case DictOf():
            return dict
        case Range():
            return range
        case Constant(value=value):
            return type(value)
        case Function(targets=(target, *_), bound=False) if not isinstance(target, gast.AST):
            return type(target)
    return None


@_transfer(type)
def _type(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    cls = class_of(arguments[0]) if len(arguments) == 1 else None
    return Opaque() if cls is None else Constant(cls)


@_transfer(isinstance)
def _isinstance(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    kind, wanted = arguments
    items = wanted.elements if isinstance(wanted, TupleOf) else (wanted,)
    classes = tuple(item.value for item in items if isinstance(item, Constant))
    if len(classes) != len(items):
        return _BOOLEAN
    outcomes = {_is_instance(possible, classes) for possible in _possibilities(kind)}
    return Scalar("bool", True, outcomes.pop() if len(outcomes) == 1 else None)


def _possibilities(kind: Kind) -> list[type | None]:
    """The classes that a value may have; None for one that is not known."""
    if isinstance(kind, Maybe):
        return [type(None), *_possibilities(kind.kind)]
    if isinstance(kind, Scalar) and kind.python is None:
        return [np.dtype(kind.dtype).type, _PYTHON_TYPES.get(kind.dtype, np.dtype(kind.dtype).type), int]
    if isinstance(kind, Number):
        return [np.ndarray, np.dtype(kind.dtype).type, _PYTHON_TYPES.get(kind.dtype)]
    return [class_of(kind)]


def _is_instance(cls: type | None, classes: tuple[Any, ...]) -> bool | None:
    try:
        return None if cls is None else issubclass(cls, classes)
    except TypeError:
        return None


@_transfer(super)
def _super(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    if len(arguments) == 2 and isinstance(arguments[0], Constant):
        return SuperOf(arguments[0].value, arguments[1])
    return Opaque()


@_transfer(functools.reduce)
def _reduce(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    function, iterable = arguments[:2]
    elements = frame.elements_of(iterable)
    if elements is not None:
        items = [*arguments[2:], *elements]
        result: Kind = items[0] if items else Unreachable()
        for item in items[1:]:
            result = frame.call(node, function, [result, item], {})[0]
        return result
    item = frame.iterate(node, iterable)
    result = forget_values(join_all([*arguments[2:], item]))
    for _ in range(_MOST_STEPS):
        after = as_element(join(result, frame.call(node, function, [frame.take_out(node, result), item], {})[0]))
        if after == result:
            return frame.take_out(node, result)
        result = after
    return Opaque()


@_transfer(setattr)
def _setattr(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    if isinstance(arguments[1], Constant):
        frame.store_attribute(arguments[0], arguments[1].value, arguments[2])
        return Constant(None)
    raise UnsupportedError("which attribute this sets is known only at run time", node=node)


@_transfer(getattr)
def _getattr(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    if len(arguments) < 2 or not isinstance(arguments[1], Constant):
        return Opaque()
    found = frame.attribute(node, arguments[0], arguments[1].value)
    if len(arguments) == 3:
        known = _has(frame, node, arguments)
        return found if known is True else arguments[2] if known is False else join(found, arguments[2])
    return found


@_transfer(hasattr)
def _hasattr(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Scalar("bool", True, _has(frame, node, arguments))


def _has(frame: Calls, node: gast.AST, arguments: Arguments) -> bool | None:
    """Whether a value has an attribute, where that is fixed."""
    kind, name = arguments[0], arguments[1]
    if not isinstance(name, Constant):
        return None
    if isinstance(kind, Constant):
        return hasattr(kind.value, name.value)
    if isinstance(kind, Instance):
        held = any(key == name.value for key, _ in kind.attributes) or hasattr(kind.cls, name.value)
        return held if held or shows_all_attributes(kind.cls) else None
    cls = class_of(kind)
    return None if cls is None else hasattr(cls, name.value)


@_transfer(str, repr, format, input, open)
def _text(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return arguments[0] if arguments and isinstance(arguments[0], Constant) and isinstance(arguments[0].value, str) else Opaque()


@_transfer(copy.copy, copy.deepcopy)
def _copied(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    from dataclasses import replace

    kind = arguments[0]
    if isinstance(kind, (SequenceOf, DictOf, Instance)):
        return replace(kind, sites=frozenset({frame.site(node)}))
    return kind


@_transfer(slice)
def _slice(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    from srcgrad.analyse.kinds.indexing import ABSENT, SliceOf

    bounds = [ABSENT, *arguments, ABSENT] if len(arguments) == 1 else [*arguments, ABSENT, ABSENT]
    return SliceOf(*bounds[:3])


