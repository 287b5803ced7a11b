"""The kinds of what srcgrad's own runtime functions return, so that generated code can be interpreted, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad import runtime
from srcgrad.analyse.kinds.builtin import Arguments, Options, transfer_of
from srcgrad.analyse.kinds.elementwise import operand_of
from srcgrad.analyse.kinds.joins import without_none
from srcgrad.analyse.kinds.library import dims_of_shape
from srcgrad.kind import Array, Constant, Kind, Opaque, Scalar

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


@transfer_of(runtime.zeros_like, runtime.own_copy)
def _as_model(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """Zeros in the structure of a value, and a copy of a value, have its kind."""
    return arguments[0]


@transfer_of(runtime.real_like)
def _real(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    """``real_like(a_bar, a)``: real where ``a`` is."""
    bar, model = arguments
    if isinstance(bar, Array) and operand_of(model) is not None and not bar.dtype.startswith("complex"):
        return bar
    return Opaque()


@transfer_of(runtime.refuse_shared)
def _nothing(frame: Calls, node: gast.AST, arguments: Arguments, options: Options) -> Kind:
    return Constant(None)
