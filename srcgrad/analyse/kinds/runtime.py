"""The kinds of what srcgrad's own runtime functions return, so that generated code can be interpreted, too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import gast

from srcgrad import runtime
from srcgrad.analyse.kinds.builtin import Arguments, Options, transfer_of
from srcgrad.analyse.kinds.elementwise import operand_of
from srcgrad.analyse.kinds.joins import join_all, without_none
from srcgrad.analyse.kinds.library import dims_of_shape
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Instance,
    Kind,
    Opaque,
    Scalar,
    SequenceOf,
    TupleOf,
    is_differentiable,
)

if TYPE_CHECKING:
    from srcgrad.analyse.kinds.calls import Calls


@transfer_of(runtime.sum_to)
def _summed(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """``sum_to(a, shape)`` is an array of that shape, or a number."""
    operand = operand_of(without_none(arguments[0]))
    dims = dims_of_shape(arguments[1], frame.naming(node)) if len(arguments) > 1 else None
    if operand is None or dims is None:
        return Opaque()
    return Array(operand[0], dims) if dims else Scalar(operand[0], False)


@transfer_of(runtime.like)
def _as_argument(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """``like(x, x_bar)`` has the kind of x."""
    return arguments[0]


@transfer_of(runtime.own_copy)
def _copy(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """A copy of a value has its kind."""
    return arguments[0]


@transfer_of(runtime.zeros_like, runtime.as_mirror)
def _mirror(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """The adjoint of a container is a mirror of it."""
    return mirror_of(arguments[0], frame.site(node))


@transfer_of(runtime.add_mirrors)
def _sum(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """The sum of two mirrors has the kind of the first."""
    return mirror_of(arguments[0], frame.site(node))


def mirror_of(kind: Kind, site: str) -> Kind:
    """The kind of the mirror of a value: lists for tuples, namespaces for objects, None for what is no number."""
    if not is_differentiable(kind) and not isinstance(kind, Scalar | Opaque):
        return Constant(None)
    match kind:
        case Scalar(dtype=dtype):
            return Constant(None) if dtype == "bool" else Scalar(dtype if is_differentiable(kind) else "float64")
        case TupleOf(elements=elements):
            return SequenceOf(join_all([mirror_of(element, site) for element in elements]), list, None, _at(site))
        case SequenceOf(element=element):
            return SequenceOf(mirror_of(element, site), list, None, _at(site))
        case DictOf(element=element, entries=entries, key=key):
            inside = None if entries is None else tuple((name, mirror_of(item, site)) for name, item in entries)
            return DictOf(mirror_of(element, site), inside, key, _at(site))
        case Instance(attributes=attributes):
            inside = tuple((name, mirror_of(item, site)) for name, item in attributes)
            return Instance(SimpleNamespace, inside, None, _at(site))
        case _:
            return kind


def _at(site: str) -> frozenset[str]:
    return frozenset({site})


@transfer_of(runtime.real_like)
def _real(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """``real_like(a_bar, a)``: real where ``a`` is."""
    bar, model = arguments
    if isinstance(bar, Array) and operand_of(model) is not None and not bar.dtype.startswith("complex"):
        return bar
    return Opaque()


@transfer_of(runtime.products_of_others, runtime.cofactors, runtime.sort_tangent)
def _same_shape(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """One number for each of the first argument's."""
    first = arguments[0]
    return Array(first.dtype, first.dims) if isinstance(first, Array) else Opaque()


@transfer_of(runtime.count_along)
def _count(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """How many numbers lie along some axes."""
    return Scalar("int64", True)


@transfer_of(runtime.refuse_shared)
def _nothing(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Constant(None)
