"""The kinds of what srcgrad's own runtime functions return, so that generated code can be interpreted, too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import gast

from srcgrad import runtime
from srcgrad.analyse.kinds.builtin import Arguments, Options, Transfer, transfer_of
from srcgrad.analyse.kinds.elementwise import operand_of
from srcgrad.analyse.kinds.frame import ANY_FIELD
from srcgrad.analyse.kinds.joins import join_all, without_none
from srcgrad.analyse.kinds.library import dims_of_shape
from srcgrad.analyse.operations import may_carry
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Instance,
    Kind,
    Number,
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
    if operand is None:
        return Opaque()
    if dims is None:
        return Number(operand[0], None)
    return Array(operand[0], dims) if dims else Scalar(operand[0], False)


@transfer_of(runtime.like)
def _as_argument(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """``like(x, x_bar)`` has the kind of x."""
    return arguments[0]


# Adjoints that have the shape of an argument, at this position.
_SHAPED_LIKE = {
    runtime.cumprod_adjoint: 1,
    runtime.diff_adjoint: 1,
    runtime.gradient_adjoint: 1,
    runtime.hfft_adjoint: 1,
    runtime.irfft_adjoint: 1,
    runtime.norm_adjoint: 2,
    runtime.quantile_adjoint: 1,
    runtime.reduceat_adjoint: 1,
    runtime.rfft_adjoint: 1,
    runtime.unpad: 1,
    runtime.unsort: 1,
}


def _shaped_like(position: int) -> Transfer:
    def transfer(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
        kind = arguments[position]
        return kind if isinstance(kind, Array) and is_differentiable(kind) else Opaque()

    return transfer


for _adjoint, _position in _SHAPED_LIKE.items():
    transfer_of(_adjoint)(_shaped_like(_position))


@transfer_of(runtime.scatter)
def _scattered(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """``scatter(z_bar, taken, shape)`` is an array of that shape."""
    operand = operand_of(without_none(arguments[0]))
    dims = dims_of_shape(arguments[2], frame.naming(node))
    return Opaque() if operand is None or dims is None else Array(operand[0], dims)


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
    if not may_carry(kind) and not isinstance(kind, Scalar):
        return Constant(None)
    match kind:
        case Scalar(dtype=dtype):
            return Constant(None) if dtype == "bool" else Scalar(dtype if is_differentiable(kind) else "float64")
        case TupleOf(elements=elements) | SequenceOf(elements=tuple(elements)):
            inside = tuple(mirror_of(element, f"{site}[{place}]") for place, element in enumerate(elements))
            return SequenceOf(join_all(list(inside)), list, inside, _at(site))
        case SequenceOf(element=element):
            return SequenceOf(mirror_of(element, f"{site}[]"), list, None, _at(site))
        case DictOf(element=element, entries=entries, key=key):
            known = [(name, mirror_of(item, f"{site}[{name!r}]")) for name, item in entries or ()]
            return DictOf(mirror_of(element, f"{site}[]"), None if entries is None else tuple(known), key, _at(site))
        case Instance(attributes=attributes):
            held = tuple((name, mirror_of(item, f"{site}.{name}")) for name, item in attributes)
            return Instance(SimpleNamespace, held, None, _at(site))
        case _:
            return kind


def _at(site: str) -> frozenset[str]:
    return frozenset({site})


@transfer_of(runtime.shadow_of)
def _shadow(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """The shadow of an array is an array like it; that of a container holds the adjoints of its numbers."""
    if len(arguments) != 2:
        return Opaque()
    found = _own_mirror(without_none(arguments[1]), frame.site(node))
    if isinstance(arguments[0], DictOf):
        frame.session.store(arguments[0].sites, ANY_FIELD, found)
    return found


def _own_mirror(kind: Kind, site: str) -> Kind:
    """The kind of a container's mirror where what is inside has shadows of its own: None but for numbers."""

    def own(item: Kind) -> Kind:
        return mirror_of(item, site) if isinstance(item, Scalar) else Constant(None)

    match kind:
        case TupleOf(elements=elements):
            return SequenceOf(join_all([own(element) for element in elements]), list, None, _at(site))
        case SequenceOf(element=element):
            return SequenceOf(own(element), list, None, _at(site))
        case DictOf(element=element, entries=entries, key=key):
            inside = None if entries is None else tuple((name, own(item)) for name, item in entries)
            return DictOf(own(element), inside, key, _at(site))
        case Instance(attributes=attributes):
            return Instance(SimpleNamespace, tuple((name, own(item)) for name, item in attributes), None, _at(site))
        case _:
            return mirror_of(kind, site)


@transfer_of(runtime.shadows_in)
def _shadows(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """A mirror of a value with the shadows of its parts."""
    return mirror_of(arguments[1], frame.site(node)) if len(arguments) == 2 else Opaque()


@transfer_of(runtime.real_like)
def _real(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """``real_like(a_bar, a)``: real where ``a`` is."""
    bar, model = arguments
    if isinstance(bar, Array) and operand_of(model) is not None and not bar.dtype.startswith("complex"):
        return bar
    return Opaque()


@transfer_of(runtime.split_like, runtime.block_adjoint, runtime.meshgrid_adjoint, runtime.choose_adjoint)
def _parts(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """What belongs to arrays that were joined: the parts have their shapes."""
    sequences = [argument for argument in arguments[1:] if isinstance(argument, TupleOf | SequenceOf)]
    return _adjoints_of(sequences[0], frame.site(node)) if sequences else Opaque()


def _adjoints_of(kind: Kind, site: str) -> Kind:
    match kind:
        case TupleOf(elements=elements) | SequenceOf(elements=tuple(elements)):
            parts = tuple(_adjoints_of(element, site) for element in elements)
            return SequenceOf(join_all(list(parts)), list, parts, _at(site))
        case SequenceOf(element=element):
            return SequenceOf(_adjoints_of(element, site), list, None, _at(site))
        case Scalar(dtype=dtype):
            return Scalar(dtype if is_differentiable(kind) else "float64", False)
        case Array(dtype=dtype, dims=dims):
            return kind if is_differentiable(kind) else Array("float64", dims)
        case _:
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


@transfer_of(runtime.refuse_shared, runtime.add_to_shadows)
def _nothing(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Constant(None)
