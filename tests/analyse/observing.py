"""Run a function and watch every value: a check of inferred kinds against what really happens."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any

import gast
import numpy as np

from srcgrad.analyse.kinds import Kinds, infer, kind_of, symbols
from srcgrad.kind import (
    ANY_LENGTH,
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
    SliceOf,
    Text,
    TupleOf,
)
from srcgrad.normalise import normalise
from srcgrad.read.callables import resolve
from srcgrad.read.environment import lookup
from srcgrad.read.function import read_function
from srcgrad.syntax.binding import Default, bind_arguments

_PYTHON_NUMBERS = (bool, int, float, complex)


class Programs:
    """The program around a function, as the pipeline gives it."""

    def __init__(self) -> None:
        self.bodies: dict[Any, gast.FunctionDef] = {}

    def body(self, function: Any) -> gast.FunctionDef:
        if function not in self.bodies:
            self.bodies[function] = normalise(read_function(function).tree)
        return self.bodies[function]

    def lookup(self, function: Any, name: str) -> Any:
        return lookup(read_function(function), name)

    def resolve(self, function: Any) -> Any:
        return resolve(function)


def bound_arguments(function: Any, positional: tuple[Any, ...], keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The value of every parameter."""
    bound = bind_arguments(inspect.signature(function, follow_wrapped=False), positional, keywords)
    return {name: value.value if isinstance(value, Default) else value for name, value in bound.items()}


def inferred(function: Any, arguments: Mapping[str, Any]) -> tuple[Kinds, gast.FunctionDef]:
    """The kinds of a function for some arguments, and its tree."""
    programs = Programs()
    tree = programs.body(function)
    kinds = infer(tree, function, {name: kind_of(value, name) for name, value in arguments.items()}, programs)
    return kinds, tree


class Disagreement(AssertionError):
    """A value that its kind does not cover."""


def check_dtype(name: str, value: np.dtype[Any]) -> bool:
    """Whether a number type is covered by another."""
    return name == "object" or value.kind == "O" or np.promote_types(name, value).name == np.dtype(name).name


def covers(kind: Kind, value: Any, lengths: dict[str, int]) -> bool:
    """Whether a value is of a kind; ``lengths`` holds the symbols whose values are known, and takes new ones."""
    match kind:
        case Opaque():
            return True
        case Scalar(dtype=dtype, python=python, value=constant, symbol=symbol):
            if not isinstance(value, (*_PYTHON_NUMBERS, np.generic)):
                return False
            # np.float64 is also a Python float, but no kind of Python's number.
            if python is not None and python != (not isinstance(value, np.generic)):
                return False
            # A NaN is the NaN that was inferred.
            if constant is not None and constant != value and (constant == constant or value == value):
                return False
            if symbol is not None and not matches(symbol, int(value), lengths):
                return False
            return check_dtype(dtype, np.asarray(value).dtype)
        case Array(dtype=dtype, dims=dims):
            if not isinstance(value, np.ndarray) or not check_dtype(dtype, value.dtype):
                return False
            if dims is None:
                return True
            return len(dims) == value.ndim and all(
                matches(dim, size, lengths) for dim, size in zip(dims, value.shape, strict=True)
            )
        case Number(dtype=dtype, dims=dims):
            if isinstance(value, np.ndarray) and not covers(Array(dtype, dims), value, lengths):
                return False
            return isinstance(value, (*_PYTHON_NUMBERS, np.generic, np.ndarray)) and check_dtype(
                dtype, np.asarray(value).dtype
            )
        case TupleOf(elements=elements, cls=cls):
            return (
                type(value) is cls
                and len(value) == len(elements)
                and all(covers(one, item, lengths) for one, item in zip(elements, value, strict=True))
            )
        case SequenceOf(element=element, cls=cls, elements=elements):
            if cls is not object and not isinstance(value, cls):
                return False
            if elements is not None and (
                len(elements) != len(value)
                or not all(covers(one, item, lengths) for one, item in zip(elements, value, strict=True))
            ):
                return False
            return all(covers(element, item, lengths) for item in value)
        case DictOf(element=element, entries=entries):
            if not isinstance(value, dict):
                return False
            if entries is None:
                return all(covers(element, item, lengths) for item in value.values())
            held = dict(entries)
            return all(key in held and covers(held[key], item, lengths) for key, item in value.items())
        case Instance(cls=cls, attributes=attributes):
            return type(value) is cls and all(
                covers(one, getattr(value, name), lengths) for name, one in attributes if hasattr(value, name)
            )
        case Text():
            return isinstance(value, str)
        case Constant(value=constant):
            return value is constant or bool(value == constant)
        case Function():
            return callable(value)
        case SliceOf(start=start, stop=stop, step=step):
            bounds = zip((start, stop, step), (value.start, value.stop, value.step), strict=True)
            return all(covers(one, bound, lengths) for one, bound in bounds)
        case Range():
            return isinstance(value, range)
        case Iterator():
            return hasattr(value, "__iter__")
        case Maybe(kind=inner):
            return value is None or covers(inner, value, lengths)
    return False


def matches(dim: int | str, size: int, lengths: dict[str, int]) -> bool:
    """Whether a length is what its text says; a text met for the first time is remembered."""
    if dim == ANY_LENGTH:
        return True
    if isinstance(dim, int):
        return max(dim, 0) == size or dim == size
    expected = evaluated(dim, lengths)
    if expected is None:
        expected = lengths.setdefault(dim, size)
    return expected == size or (expected < 0 and size == 0)


def evaluated(dim: str, lengths: Mapping[str, int]) -> int | None:
    """The value of a length whose atoms are known."""
    total = 0
    for atoms, factor in symbols._parse(dim):
        product = factor
        for atom in atoms:
            if atom not in lengths:
                return None
            product *= lengths[atom]
        total += product
    return total


class _Instrument(gast.NodeTransformer):
    """Wraps every expression whose value has a kind in a call that looks at it."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.nodes: list[gast.AST] = []

    def visit(self, node: gast.AST) -> gast.AST:
        if isinstance(node, (gast.FunctionDef, gast.Lambda)) and self.nodes:
            return node
        if isinstance(node, gast.arguments):
            return node
        number = len(self.nodes)
        is_value = isinstance(node, gast.expr) and not isinstance(
            node, (gast.Starred, gast.Slice, gast.JoinedStr, gast.FormattedValue, gast.Lambda, gast.NamedExpr)
        )
        is_value = is_value and not isinstance(getattr(node, "ctx", None), (gast.Store, gast.Del, gast.Param))
        self.nodes.append(node)
        if isinstance(node, gast.JoinedStr):
            return node
        children = {field: self._copied(value) for field, value in gast.iter_fields(node)}
        copy = gast.copy_location(type(node)(**children), node)
        has_slice = isinstance(node, gast.Tuple) and any(isinstance(item, gast.Slice) for item in node.elts)
        if not is_value or has_slice or isinstance(node, gast.Constant):
            return copy
        watch = gast.Name(id="__watch__", ctx=gast.Load(), annotation=None, type_comment=None)
        call = gast.Call(func=watch, args=[gast.Constant(number, None), copy], keywords=[])
        return gast.fix_missing_locations(gast.copy_location(call, node))

    def _copied(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._copied(item) for item in value]
        if isinstance(value, gast.AST):
            return self.visit(value)
        return value


def watched_run(function: Any, arguments: dict[str, Any]) -> tuple[Any, list[str]]:
    """Run a function in its normal form; the result, and what its kinds say wrongly."""
    kinds, tree = inferred(function, arguments)
    instrument = _Instrument(kinds)
    instrumented = instrument.visit(tree)
    instrumented.decorator_list = []
    faults: list[str] = []
    parameters: dict[str, int] = {}
    for name, kind in kinds.variables.items():
        if name in arguments:
            _learn(kind_of(arguments[name], name), arguments[name], parameters)

    def watch(number: int, value: Any) -> Any:
        node = instrument.nodes[number]
        kind = kinds.of.get(node)
        is_covered = kind is not None and covers(kind, value, dict(parameters))
        if not is_covered and len(faults) < 20:
            text = ast.unparse(gast.gast_to_ast(node))
            faults.append(f"line {node.lineno}: {text} is {describe(value)}, not {kind}")
        return value

    module = gast.gast_to_ast(gast.Module(body=[instrumented], type_ignores=[]))
    ast.fix_missing_locations(module)
    free = function.__code__.co_freevars
    namespace = dict(function.__globals__)
    namespace["__watch__"] = watch
    for name, cell in zip(free, function.__closure__ or (), strict=True):
        namespace[name] = cell.cell_contents
    exec(compile(module, "<watched>", "exec"), namespace)
    runner: Callable[..., Any] = namespace[instrumented.name]
    if instrumented.name in function.__globals__:
        # Only the outermost call is watched: the kinds are for its arguments.
        namespace[instrumented.name] = function.__globals__[instrumented.name]
    positional, keywords = _spread(function, arguments)
    result = runner(*positional, **keywords)
    if not covers(kinds.result, result, dict(parameters)):
        faults.append(f"the result is {describe(result)}, not {kinds.result}")
    return result, faults


def _spread(function: types.FunctionType, arguments: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments as a call takes them."""
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for name, parameter in inspect.signature(function, follow_wrapped=False).parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            positional.extend(arguments[name])
        elif parameter.kind is parameter.VAR_KEYWORD:
            keywords.update(arguments[name])
        elif parameter.kind is parameter.KEYWORD_ONLY:
            keywords[name] = arguments[name]
        else:
            positional.append(arguments[name])
    return positional, keywords


def _learn(kind: Kind, value: Any, lengths: dict[str, int]) -> None:
    """The lengths of the arguments."""
    covers(kind, value, lengths)


def describe(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, np.ndarray):
        return f"array {value.dtype} {value.shape}"
    return f"{type(value).__name__} {str(value)[:40]}"
