"""Result kinds of library functions in general: call the function on tiny samples and look.

Symbols of lengths get distinct small sizes, so that the lengths of the result can be told apart; a length that no
simple expression of the symbols explains gets a name of its own.
"""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.analyse.kinds import symbols
from srcgrad.analyse.kinds.joins import change_lengths, join, join_dtypes
from srcgrad.analyse.kinds.sampler import NoSample, Sampler
from srcgrad.analyse.kinds.values import kind_of
from srcgrad.kind import (
    ANY_LENGTH,
    Array,
    Constant,
    Dimension,
    Kind,
    Number,
    Opaque,
    Scalar,
    SequenceOf,
    TupleOf,
    Unreachable,
)
from srcgrad.rules.registry import has_rule

_DISTINCT = ((3, 5, 7, 4, 6, 8, 9), (5, 4, 3, 7, 8, 6, 10), (4, 7, 5, 6, 3, 9, 8))
_EQUAL = (2, 3, 1)


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@dataclass(frozen=True)
class _Run:
    """One successful call on samples."""

    sizes: dict[str, int]
    result: Any


def _without_side_effects(function: Any) -> Any:
    """The function itself, or for a draw from NumPy's global generator the same draw from another one."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.random.RandomState):
        return getattr(np.random.RandomState(0), function.__name__)
    if isinstance(owner, np.random.Generator):
        return getattr(np.random.default_rng(0), function.__name__)
    return function


def _run(
    function: Any,
    positional: Sequence[Kind],
    keywords: Mapping[str, Kind],
    choice: Sequence[int] | int,
    variant: int = 0,
    integer: int | None = None,
) -> _Run | None:
    sampler = Sampler({}, variant, choice, integer)
    arguments = [sampler.value(kind) for kind in positional]
    options = {name: sampler.value(kind) for name, kind in keywords.items()}
    try:
        with _quiet():
            result = _without_side_effects(function)(*arguments, **options)
    except Exception:
        # Whatever a library function raises on a sample only says that this sample is none for it.
        return None
    return _Run(sampler.sizes, result)


# Results by function and kinds; emptied when it has grown large.
_results: dict[Any, Kind] = {}
_MOST_RESULTS = 4096


def sampled_call(
    function: Any, positional: Sequence[Kind], keywords: Mapping[str, Kind], fresh: Callable[[object], str]
) -> Kind:
    """The kind of a call of a library function, by calling it on samples; Opaque where no sample will do."""
    key = (function, tuple(positional), tuple(sorted(keywords.items(), key=lambda item: item[0])))
    try:
        result = _results.get(key)
    except TypeError:
        # A constant among the arguments that cannot be a key, such as a slice.
        return _named(_judged(function, positional, keywords), fresh)
    if result is None:
        if len(_results) > _MOST_RESULTS:
            _results.clear()
        result = _results[key] = _judged(function, positional, keywords)
    return _named(result, fresh)


def _judged(function: Any, positional: Sequence[Kind], keywords: Mapping[str, Kind]) -> Kind:
    try:
        if any(_has_unknown_rank(kind) for kind in (*positional, *keywords.values())):
            return _sampled_by_rank(function, positional, keywords)
        return _sampled(function, positional, keywords)
    except NoSample:
        return Opaque()


def _named(kind: Kind, fresh: Callable[[object], str]) -> Kind:
    """Names for the lengths that the samples did not explain."""
    return change_lengths(kind, lambda dim, path: fresh(("sampled", path)) if dim == ANY_LENGTH else dim)


def _sampled(function: Any, positional: Sequence[Kind], keywords: Mapping[str, Kind]) -> Kind:
    distinct = [run for choice in _DISTINCT if (run := _run(function, positional, keywords, choice)) is not None]
    varied = [
        run for variant in (1, 2) if (run := _run(function, positional, keywords, _DISTINCT[0], variant)) is not None
    ]
    equal = [run for size in _EQUAL if (run := _run(function, positional, keywords, size)) is not None]
    runs = [*distinct, *varied, *equal]
    if not runs:
        # An integer that is an axis or a count, not a length.
        found = [_run(function, positional, keywords, size, 0, integer) for size in (2, 3) for integer in (0, 1, -1, 2)]
        runs = [run for run in found if run is not None]
    if not runs:
        return Opaque()
    return _merge([run.result for run in runs], runs, len(distinct) >= 2)


def _has_unknown_rank(kind: Kind) -> bool:
    """Whether a number of dimensions in a kind is known only at run time."""
    match kind:
        case Number() | Array(dims=None):
            return True
        case TupleOf(elements=elements):
            return any(_has_unknown_rank(element) for element in elements)
        case SequenceOf(element=element):
            return _has_unknown_rank(element)
    return False


def _with_rank(kind: Kind, rank: int) -> Kind:
    """The kind with ``rank`` dimensions wherever their number is not known."""
    match kind:
        case Number(dtype=dtype) if rank == 0:
            return Scalar(dtype, False)
        case Number(dtype=dtype) | Array(dtype=dtype, dims=None):
            return Array(dtype, ("rank",) * rank)
        case TupleOf(elements=elements, cls=cls):
            return TupleOf(tuple(_with_rank(element, rank) for element in elements), cls)
        case SequenceOf(element=element, cls=cls):
            return SequenceOf(_with_rank(element, rank), cls)
    return kind


def _sampled_by_rank(function: Any, positional: Sequence[Kind], keywords: Mapping[str, Kind]) -> Kind:
    """The kind of a call with arguments of an unknown number of dimensions: what covers the first few."""
    result: Kind = Unreachable()
    for rank in range(4):
        options = {name: _with_rank(kind, rank) for name, kind in keywords.items()}
        kind = _sampled(function, [_with_rank(kind, rank) for kind in positional], options)
        if not isinstance(kind, Opaque):
            result = join(result, kind)
    if isinstance(result, Unreachable):
        return Opaque()
    return change_lengths(result, lambda dim, _: ANY_LENGTH if isinstance(dim, str) and "rank" in dim else dim)


def _merge(values: list[Any], runs: list[_Run], explained: bool) -> Kind:
    """What covers the results of several runs."""
    first = values[0]
    if all(isinstance(value, np.ndarray) for value in values):
        return _merge_arrays(values, runs, explained)
    if all(type(value) is type(first) for value in values):
        if isinstance(first, tuple):
            if len({len(value) for value in values}) == 1:
                each = [_merge([value[k] for value in values], runs, explained) for k in range(len(first))]
                return TupleOf(tuple(each), type(first))
            element: Kind = _merge([item for value in values for item in value], [], False) if any(values) else Opaque()
            return SequenceOf(element, tuple)
        if isinstance(first, list):
            items = [item for value in values for item in value]
            lengths = {len(value) for value in values}
            element = _merge(items, [], False) if items else Opaque()
            if len(lengths) == 1 and items:
                each = [_merge([value[k] for value in values], runs, explained) for k in range(len(first))]
                return SequenceOf(element, list, tuple(each))
            return SequenceOf(element, list)
        if isinstance(first, (int, np.integer)) and not isinstance(first, bool):
            return _merge_integers(values, runs, explained)
    kinds = [_general_kind(value) for value in values]
    result = kinds[0]
    for kind in kinds[1:]:
        result = join(result, kind)
    return result


def _general_kind(value: Any) -> Kind:
    """The kind of one sampled value, without its lengths and its value."""
    kind = kind_of(value)
    match kind:
        case Scalar(dtype=dtype, python=python):
            return Scalar(dtype, python)
        case Array(dtype=dtype, dims=dims):
            return Array(dtype, None if dims is None else tuple(ANY_LENGTH for _ in dims))
        case Constant(value=str()):
            return Opaque()
    return kind


def _merge_integers(values: list[Any], runs: list[_Run], explained: bool) -> Kind:
    kind = kind_of(values[0])
    assert isinstance(kind, Scalar)
    symbol = _explain([int(value) for value in values], runs) if explained and runs else None
    # Only what varies with a symbol is named: a constant may be a matter of the samples' values.
    return Scalar(kind.dtype, kind.python, None, symbol if isinstance(symbol, str) and symbol != ANY_LENGTH else None)


def _merge_arrays(values: list[np.ndarray[Any, Any]], runs: list[_Run], explained: bool) -> Kind:
    dtype = values[0].dtype.name
    for value in values[1:]:
        dtype = join_dtypes(dtype, value.dtype.name)
    if len({value.ndim for value in values}) > 1:
        return Array(dtype, None)
    dims: list[Dimension] = []
    for axis in range(values[0].ndim):
        sizes = [value.shape[axis] for value in values]
        dims.append(_explain(sizes, runs) if explained and runs else ANY_LENGTH)
    return Array(dtype, tuple(dims))


def _explain(sizes: list[int], runs: list[_Run]) -> Dimension:
    """The simplest expression of the symbols that gives all these sizes."""
    for candidate, evaluate in _candidates(runs[0], sizes[0]):
        if all(evaluate(run.sizes) == size for run, size in zip(runs, sizes, strict=True)):
            return candidate
    return ANY_LENGTH


def _candidates(run: _Run, size: int) -> Iterator[tuple[Dimension, Callable[[dict[str, int]], int]]]:
    """Expressions that give ``size`` for the sizes of one run: c, n + c, n + m + c, c * n, n * m, k * n * m."""
    yield size, lambda sizes: size
    named = {name: length for name, length in run.sizes.items() if not name.startswith("any")}
    for name, length in named.items():
        rest = size - length
        yield symbols.add(name, rest), lambda sizes, name=name, rest=rest: max(sizes[name] + rest, 0)  # type: ignore[misc]
    for name, length in named.items():
        if length and size % length == 0:
            factor = size // length
            yield symbols.multiply(factor, name), lambda sizes, name=name, factor=factor: factor * sizes[name]  # type: ignore[misc]
    for one in named:
        for other in named:
            rest = size - named[one] + named[other]
            if one != other and size > 0:
                yield (
                    symbols.add(symbols.subtract(one, other), rest),
                    lambda sizes, one=one, other=other, rest=rest: max(sizes[one] - sizes[other] + rest, 0),  # type: ignore[misc]
                )
    pairs = [(one, other) for one in named for other in named if one <= other]
    for one, other in pairs:
        rest = size - named[one] - named[other]
        yield (
            symbols.add(symbols.add(one, other), rest),
            lambda sizes, one=one, other=other, rest=rest: max(sizes[one] + sizes[other] + rest, 0),  # type: ignore[misc]
        )
        both = named[one] * named[other]
        if both and size % both == 0:
            factor = size // both
            yield (
                symbols.multiply(factor, symbols.multiply(one, other)),
                lambda sizes, x=one, y=other, factor=factor: factor * sizes[x] * sizes[y],  # type: ignore[misc]
            )


# Functions that are never called on samples: they write, draw, read files or ask the system.
WRITING = frozenset(
    "copyto place put putmask put_along_axis fill_diagonal shuffle save savez savetxt savez_compressed load loadtxt "
    "genfromtxt fromfile memmap seed set_state setflags tofile seterr set_printoptions apply_along_axis "
    "apply_over_axes vectorize fromfunction frompyfunc piecewise resize fill itemset at".split()
)


def may_be_sampled(function: Any) -> bool:
    """Whether a function is NumPy's, SciPy's or the standard library's mathematics, and free of side effects."""
    name = getattr(function, "__name__", "")
    if name in WRITING and function is not np.resize:
        return False
    owner = getattr(function, "__self__", None)
    if isinstance(owner, (np.random.RandomState, np.random.Generator)):
        return name not in WRITING
    if isinstance(owner, np.ufunc):
        return name in ("reduce", "accumulate", "outer", "reduceat")
    module = getattr(function, "__module__", None) or ""
    if isinstance(function, (types.MethodDescriptorType, types.WrapperDescriptorType, types.GetSetDescriptorType)):
        module = function.__objclass__.__module__
    if isinstance(function, np.ufunc):
        return True
    if module.startswith(runtime.__name__):
        # Adjoints of array functions: of numbers and arrays alone, and without side effects.
        return has_rule(function)
    return module.partition(".")[0] in ("numpy", "scipy", "math", "cmath")
