"""Tangents of the runtime functions that generated code calls, so that it can be differentiated, too."""

from __future__ import annotations

from typing import Any

from srcgrad import runtime
from srcgrad.rules.registry import nondifferentiable, tangent

nondifferentiable(runtime.one_number, runtime.refuse_shared, runtime.positions, runtime.zeros_like)


@tangent(runtime.sum_to, arguments=("a",))
def sum_to(a_dot: Any, z: Any, a: Any, shape: Any) -> Any:
    return runtime.sum_to(a_dot, shape)


@tangent(runtime.like, arguments=("value", "mirror"))
def like(value_dot: Any, mirror_dot: Any, z: Any, value: Any, mirror: Any) -> Any:
    return runtime.like(value, mirror_dot)


@tangent(runtime.real_like)
def real_like(a_bar_dot: Any, a_dot: Any, z: Any, a_bar: Any, a: Any) -> Any:
    return runtime.real_like(a_bar_dot, a)


@tangent(runtime.as_mirror)
def as_mirror(value_dot: Any, pieces_dot: Any, z: Any, value: Any, pieces: Any) -> Any:
    return runtime.as_mirror(value, pieces_dot)


@tangent(runtime.add_mirrors)
def add_mirrors(a_dot: Any, b_dot: Any, z: Any, a: Any, b: Any) -> Any:
    return runtime.add_mirrors(a_dot, b_dot)


# Adjoints of what sorts, looks up and chooses: linear in the cotangent, steps in the values.


@tangent(runtime.unsort)
def unsort(z_bar_dot: Any, a_dot: Any, z: Any, z_bar: Any, a: Any, axis: Any = -1) -> Any:
    return runtime.unsort(z_bar_dot, a, axis)


@tangent(runtime.unsort_items)
def unsort_items(z_bar_dot: Any, items_dot: Any, z: Any, z_bar: Any, items: Any) -> Any:
    return runtime.unsort_items(z_bar_dot, items)


@tangent(runtime.quantile_adjoint, arguments=("z_bar", "a"))
def quantile_adjoint(
    z_bar_dot: Any,
    a_dot: Any,
    z: Any,
    z_bar: Any,
    a: Any,
    q: Any,
    axis: Any = None,
    keepdims: bool = False,
    method: str = "linear",
    skip_nan: bool = False,
) -> Any:
    return runtime.quantile_adjoint(z_bar_dot, a, q, axis, keepdims, method, skip_nan)


@tangent(runtime.share_equal)
def share_equal(z_bar_dot: Any, z_dot: Any, values_dot: Any, z: Any, z_bar: Any, extreme: Any, values: Any) -> Any:
    return runtime.share_equal(z_bar_dot, extreme, values)


@tangent(runtime.diff_adjoint, arguments=("z_bar", "a"))
def diff_adjoint(z_bar_dot: Any, a_dot: Any, z: Any, z_bar: Any, a: Any, n: Any, axis: Any) -> Any:
    return runtime.diff_adjoint(z_bar_dot, a, n, axis)


@tangent(runtime.reshape_back, arguments=("z_bar",))
def reshape_back(z_bar_dot: Any, z: Any, z_bar: Any, shape: Any, order: Any) -> Any:
    return runtime.reshape_back(z_bar_dot, shape, order)


@tangent(runtime.unpad, arguments=("z_bar", "array"))
def unpad(
    z_bar_dot: Any, array_dot: Any, z: Any, z_bar: Any, array: Any, pad_width: Any, mode: str = "constant"
) -> Any:
    return runtime.unpad(z_bar_dot, array, pad_width, mode)


@tangent(runtime.diagonal_adjoint, arguments=("z_bar",))
def diagonal_adjoint(
    z_bar_dot: Any, z: Any, z_bar: Any, shape: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1
) -> Any:
    return runtime.diagonal_adjoint(z_bar_dot, shape, offset, axis1, axis2)


@tangent(runtime.split_like, arguments=("z_bar", "arrays"))
def split_like(z_bar_dot: Any, arrays_dot: Any, z: Any, z_bar: Any, arrays: Any, axis: Any) -> Any:
    return runtime.split_like(z_bar_dot, arrays, axis)


@tangent(runtime.own_copy)
def own_copy(value_dot: Any, z: Any, value: Any) -> Any:
    return runtime.own_copy(value_dot)


@tangent(runtime.scatter, arguments=("z_bar",))
def scatter(z_bar_dot: Any, z: Any, z_bar: Any, index: Any, shape: Any) -> Any:
    return runtime.scatter(z_bar_dot, index, shape)
