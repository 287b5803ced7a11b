"""What numba compiles in place of srcgrad's run-time functions: a form for the types of each call."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types
from numba.cpython.unsafe.tuple import tuple_setitem

from srcgrad import runtime
from srcgrad.compiled.array_forms import written
from srcgrad.compiled.overloads import form_of
from srcgrad.errors import ArgumentTypeError

_SHAPE_MESSAGE = "the function returned an array that has not one element; its gradient needs one real number"


def is_float(kind: Any) -> bool:
    """Whether a type is a real or complex number of the machine."""
    return isinstance(kind, types.Float | types.Complex)


def is_number(kind: Any) -> bool:
    """Whether a type is a number or a truth value."""
    return isinstance(kind, types.Number | types.Boolean)


@form_of(runtime.one_number)
def one_number(value: Any) -> Any:
    """``one_number`` of a number or an array; complex numbers are refused when compiling."""
    if is_number(value):
        if isinstance(value, types.Complex):
            def refuse_complex(value: Any) -> Any:
                raise ArgumentTypeError("the function returned a complex number; its gradient needs one real number")
            return refuse_complex
        return lambda value: value
    if isinstance(value, types.Array):
        def form(value: Any) -> Any:
            if value.size != 1:
                raise ArgumentTypeError(_SHAPE_MESSAGE)
            return value
        return form
    return None


@form_of(runtime.whole_power)
def whole_power(base: Any, exponent: Any) -> Any:
    """``whole_power`` of the machine's whole numbers."""
    def form(base: Any, exponent: Any) -> Any:
        if exponent < 0:
            raise ArgumentTypeError("a whole number has a negative exponent in compiled code: write float(n) ** k")
        return base**exponent

    return form


@form_of(runtime.sum_to)
def sum_to(a: Any, shape: Any) -> Any:
    """``sum_to`` for numbers of dimensions that numba knows."""
    wanted = len(shape)
    if is_number(a):
        if wanted == 0:
            return lambda a, shape: a
        return lambda a, shape: np.full(shape, a)
    if not isinstance(a, types.Array):
        return None
    have = a.ndim
    if wanted == 0:
        return lambda a, shape: np.sum(a)
    off = have - wanted

    def add_up(a: Any, shape: Any) -> Any:
        small = shape
        for axis in range(wanted):
            if axis + off < 0 or a.shape[axis + off] == 1:
                small = tuple_setitem(small, axis, 1)  # type: ignore[call-arg]
        total = np.zeros(small, a.dtype)
        for index in np.ndindex(a.shape):
            place = small
            for axis in range(wanted):
                inside = axis + off >= 0 and small[axis] != 1
                there = index[axis + off] if inside else 0
                place = tuple_setitem(place, axis, there)  # type: ignore[call-arg]
            total[place] += a[index]
        if small == shape:
            return total
        wide = np.empty(shape, a.dtype)
        wide[...] = total
        return wide

    if have != wanted:
        return add_up

    from numba import njit

    add_up_ = njit(add_up)
    # A broadcast array is read-only and has holes: its copy is an array like any other.
    contiguous = a.layout == "C" and a.mutable

    def form(a: Any, shape: Any) -> Any:
        if a.shape == shape:
            return np.asarray(a) if contiguous else a.copy()
        return add_up_(a, shape)

    return form


@form_of(runtime.zeros_like)
def zeros_like(value: Any) -> Any:
    """``zeros_like`` of numbers, arrays, and lists and tuples of one type."""
    if isinstance(value, types.Complex):
        return lambda value: 0j
    if isinstance(value, types.Number):
        return lambda value: 0.0
    if isinstance(value, types.Array):
        if is_float(value.dtype):
            return lambda value: np.zeros_like(value)
        return lambda value: np.zeros(value.shape)
    if isinstance(value, types.List | types.UniTuple | types.ListType):
        return lambda value: [runtime.zeros_like(item) for item in value]
    return None


@form_of(runtime.like)
def like(value: Any, mirror: Any) -> Any:
    """``like`` of numbers, arrays, lists and tuples."""
    if isinstance(value, types.Array) and isinstance(mirror, types.Array) and is_float(value.dtype):
        if value.dtype == mirror.dtype and value.ndim == mirror.ndim:
            return lambda value, mirror: mirror
        real = isinstance(mirror.dtype, types.Complex) and not isinstance(value.dtype, types.Complex)

        def fitted(value: Any, mirror: Any) -> Any:
            made = np.empty_like(value)
            made[...] = mirror.real if real else mirror
            return made

        return fitted
    if isinstance(value, types.Array) and is_float(value.dtype) and is_number(mirror):
        return lambda value, mirror: np.full_like(value, mirror)
    if isinstance(value, types.Array):
        return lambda value, mirror: value
    if isinstance(value, types.Float) and isinstance(mirror, types.Complex):
        return lambda value, mirror: mirror.real
    if isinstance(value, types.Float) and is_number(mirror):
        return lambda value, mirror: float(mirror)
    if isinstance(value, types.Float) and isinstance(mirror, types.Array) and mirror.ndim == 0:
        return lambda value, mirror: mirror[()]
    if isinstance(value, types.Complex) and is_number(mirror):
        return lambda value, mirror: complex(mirror)
    if is_number(value):
        return lambda value, mirror: value
    if isinstance(value, types.List):
        return lambda value, mirror: [runtime.like(one, entry) for one, entry in zip(value, mirror)]
    if isinstance(value, types.BaseTuple):
        parts = "".join(f"like(value[{at}], mirror[{at}]), " for at in range(len(value)))
        names = {"like": runtime.like}
        if isinstance(value, types.BaseNamedTuple):
            cls: Any = value.instance_class  # type: ignore[attr-defined]
            return written(f"def form(value, mirror):\n    return Named({parts})", Named=cls, **names)
        return written(f"def form(value, mirror):\n    return ({parts})", **names)
    return None


@form_of(runtime.own_copy)
def own_copy(value: Any) -> Any:
    """``own_copy`` of numbers, arrays, lists and tuples."""
    if isinstance(value, types.Array):
        return lambda value: value.copy()
    if is_number(value) or isinstance(value, types.NoneType | types.UnicodeType):
        return lambda value: value
    if isinstance(value, types.List):
        return lambda value: [runtime.own_copy(item) for item in value]
    if isinstance(value, types.BaseTuple) and not isinstance(value, types.BaseNamedTuple):
        parts = "".join(f"own_copy(value[{at}]), " for at in range(len(value)))
        return written(f"def form(value):\n    return ({parts})", own_copy=runtime.own_copy)
    return None


@form_of(runtime.add_mirrors)
def add_mirrors(a: Any, b: Any) -> Any:
    """``add_mirrors`` of numbers, arrays, and lists of them."""
    if isinstance(a, types.List) or isinstance(b, types.List):
        return lambda a, b: [runtime.add_mirrors(one, other) for one, other in zip(a, b)]
    if isinstance(a, types.BaseTuple):
        return lambda a, b: [runtime.add_mirrors(one, other) for one, other in zip(a, b)]
    return lambda a, b: a + b


@form_of(runtime.as_mirror)
def as_mirror(value: Any, pieces: Any) -> Any:
    """``as_mirror`` of numbers, arrays, and lists of them."""
    if is_number(value) and is_number(pieces):
        return lambda value, pieces: pieces
    if isinstance(value, types.Array) and isinstance(pieces, types.Array) and value.ndim == pieces.ndim:
        return lambda value, pieces: pieces.copy()
    if isinstance(value, types.Array) and is_number(pieces):
        return lambda value, pieces: np.full(value.shape, float(pieces))
    if isinstance(value, types.List | types.UniTuple) and isinstance(pieces, types.List | types.UniTuple):
        return lambda value, pieces: [runtime.as_mirror(item, piece) for item, piece in zip(value, pieces)]
    return None


@form_of(runtime.real_like)
def real_like(a_bar: Any, a: Any) -> Any:
    """``real_like`` by the types alone."""
    def is_complex(kind: Any) -> bool:
        return isinstance(getattr(kind, "dtype", kind), types.Complex)

    if is_complex(a_bar) and not is_complex(a):
        return lambda a_bar, a: np.real(a_bar)
    return lambda a_bar, a: a_bar
