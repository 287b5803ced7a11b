"""Python's built-in functions and the methods of its containers."""

from __future__ import annotations

import builtins
import functools
import itertools
import math
import operator
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gast

from srcgrad.analyse.kinds import symbols
from srcgrad.analyse.kinds.elementwise import OPERATIONS, elementwise, length_of
from srcgrad.analyse.kinds.joins import as_element, forget_values, join, join_all, without_none
from srcgrad.analyse.kinds.library import integer
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Iterator,
    Kind,
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


def transfer_of(*functions: Any) -> Callable[[Transfer], Transfer]:
    """Register the transfer of some functions."""

    def register(transfer: Transfer) -> Transfer:
        for function in functions:
            BUILTINS[function] = transfer
        return transfer

    return register


def always(kind: Kind) -> Transfer:
    """The transfer of a function whose result has always the same kind."""
    return lambda frame, node, arguments, options: kind


_INTEGER, _FLOAT, BOOLEAN = Scalar("int64", True), Scalar("float64", True), Scalar("bool", True)

BUILTINS.update({
    range: always(Range()),
    print: always(Constant(None)),
    open: always(Opaque()),
    id: always(_INTEGER),
    hash: always(_INTEGER),
    callable: always(BOOLEAN),
    issubclass: always(BOOLEAN),
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


@transfer_of(len, operator.length_hint)
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


@transfer_of(iter, builtins.reversed, filter)
def _iterated(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Iterator(as_element(frame.iterate(node, arguments[-1])))


@transfer_of(next)
def _next(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return join_all([frame.iterate(node, arguments[0]), *arguments[1:]])


@transfer_of(zip)
def _zip(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Iterator(TupleOf(tuple(as_element(frame.iterate(node, argument)) for argument in arguments)))


@transfer_of(itertools.product)
def _product(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    if "repeat" in options:
        times = length_of(options["repeat"])
        item = as_element(frame.iterate(node, arguments[0]))
        return Iterator(TupleOf((item,) * times) if isinstance(times, int) else SequenceOf(item, tuple))
    return _zip(frame, node, arguments, options)


@transfer_of(itertools.combinations, itertools.permutations, itertools.combinations_with_replacement)
def _chosen(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    item = as_element(frame.iterate(node, arguments[0]))
    times = length_of(arguments[1]) if len(arguments) > 1 else None
    return Iterator(TupleOf((item,) * times) if isinstance(times, int) else SequenceOf(item, tuple))


@transfer_of(itertools.chain)
def _chain(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Iterator(as_element(join_all([frame.iterate(node, argument) for argument in arguments])))


@transfer_of(itertools.pairwise)
def _pairwise(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    item = as_element(frame.iterate(node, arguments[0]))
    return Iterator(TupleOf((item, item)))


@transfer_of(itertools.islice, itertools.cycle)
def _part(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Iterator(as_element(frame.iterate(node, arguments[0])))


@transfer_of(itertools.repeat)
def _repeat(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Iterator(as_element(forget_values(arguments[0])))


@transfer_of(itertools.accumulate)
def _accumulate(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    if len(arguments) > 1:
        return Iterator(as_element(_reduce(frame, node, [arguments[1], arguments[0]], {})))
    item = forget_values(frame.iterate(node, arguments[0]))
    return Iterator(as_element(frame.operate(node, gast.Add, item, item)))


@transfer_of(itertools.starmap)
def _starmap(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    item = frame.iterate(node, arguments[1])
    if not isinstance(item, TupleOf):
        return Iterator(Opaque())
    return Iterator(as_element(frame.call(node, arguments[0], list(item.elements), {})[0]))


@transfer_of(math.prod)
def _prod(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    start = options.get("start", Scalar("int64", True, 1))
    item = frame.iterate(node, arguments[0])
    if isinstance(item, Unreachable):
        return forget_values(start)
    return forget_values(frame.operate(node, gast.Mult, forget_values(start), item))


@transfer_of(itertools.count)
def _count(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Iterator(join_all(arguments) if arguments else _INTEGER)


@transfer_of(enumerate)
def _enumerate(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Iterator(TupleOf((_INTEGER, as_element(frame.iterate(node, arguments[0])))))


@transfer_of(map)
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


@transfer_of(list)
def _list(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return _listed(frame, node, arguments, True)


@transfer_of(sorted)
def _sorted(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return _listed(frame, node, arguments, False)


@transfer_of(set, frozenset)
def _set(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return _listed(frame, node, arguments, False, set)


@transfer_of(tuple)
def _tuple(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    if not arguments:
        return TupleOf(())
    elements = frame.elements_of(arguments[0])
    if elements is not None:
        return TupleOf(elements)
    item = frame.iterate(node, arguments[0])
    return item if isinstance(item, Unreachable) else SequenceOf(as_element(item), tuple)


@transfer_of(dict)
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
        found = frame.asked_of_object(node, f"__{cls.__name__}__", kind)
        if found is not None:
            return found
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


@transfer_of(bool)
def _bool(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    from srcgrad.analyse.kinds.conditions import truth

    return Scalar("bool", True, truth(arguments[0]) if arguments else False)


@transfer_of(abs)
def _abs(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    found = frame.asked_of_object(node, "__abs__", arguments[0])
    if found is not None:
        return found
    return elementwise(abs, arguments, frame.naming(node))


def _extreme(function: Callable[..., Any]) -> Transfer:
    """The transfer of max or min."""

    def transfer(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
        is_sequence = len(arguments) == 1
        kinds = [frame.iterate(node, arguments[0])] if is_sequence else [without_none(kind) for kind in arguments]
        if "default" in options:
            kinds.append(options["default"])
        result = forget_values(join_all(kinds))
        lengths = [length for length in map(length_of, kinds) if length is not None]
        if is_sequence or len(lengths) < len(kinds) or not isinstance(result, Scalar):
            return frame.take_out(node, result)
        constants = [length for length in lengths if isinstance(length, int)]
        if len(constants) == len(lengths):
            return Scalar(result.dtype, result.python, function(constants))
        symbol = symbols.function(function.__name__, *sorted(map(str, lengths)))
        return Scalar(result.dtype, result.python, None, symbol)

    return transfer


BUILTINS.update({max: _extreme(max), min: _extreme(min)})


@transfer_of(sum)
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


@transfer_of(round)
def _round(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    kind = without_none(arguments[0])
    if len(arguments) > 1 or options:
        return forget_values(kind)
    return _INTEGER if isinstance(kind, Scalar) else forget_values(kind)


@transfer_of(divmod)
def _divmod(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    quotient = frame.operate(node, gast.FloorDiv, arguments[0], arguments[1])
    return TupleOf((quotient, frame.operate(node, gast.Mod, arguments[0], arguments[1])))


@transfer_of(pow)
def _pow(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return frame.operate(node, gast.Pow, arguments[0], arguments[1])


@transfer_of(any, all)
def _any(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    frame.iterate(node, arguments[0])
    return BOOLEAN


def _operator(operation: type[gast.AST]) -> Transfer:
    def transfer(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
        if len(arguments) == 2:
            return frame.operate(node, operation, arguments[0], arguments[1])
        return elementwise(OPERATIONS[operation], arguments, frame.naming(node))

    return transfer


for _operation in (gast.Add, gast.Sub, gast.Mult, gast.Div, gast.FloorDiv, gast.Mod, gast.Pow, gast.MatMult, gast.USub):
    BUILTINS[OPERATIONS[_operation]] = _operator(_operation)


@transfer_of(functools.reduce)
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
