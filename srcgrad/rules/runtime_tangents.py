"""Tangents of the runtime functions that generated code calls, so that it can be differentiated, too."""

from __future__ import annotations

from typing import Any

from srcgrad.rules.registry import nondifferentiable, tangent
from srcgrad.runtime import (
    add_mirrors,
    as_mirror,
    diagonal_adjoint,
    diff_adjoint,
    like,
    one_number,
    own_copy,
    positions,
    quantile_adjoint,
    real_like,
    refuse_shared,
    reshape_back,
    scatter,
    shadow_of,
    shadows_in,
    share_equal,
    split_like,
    sum_to,
    unpad,
    unsort,
    unsort_items,
    zeros_like,
)

nondifferentiable(one_number, refuse_shared, positions, zeros_like)


@tangent(sum_to, arguments=("a",))
def sum_to_tangent(a_dot: Any, z: Any, a: Any, shape: Any) -> Any:
    return sum_to(a_dot, shape)


@tangent(like, arguments=("value", "mirror"))
def like_tangent(value_dot: Any, mirror_dot: Any, z: Any, value: Any, mirror: Any) -> Any:
    return like(value, mirror_dot)


@tangent(real_like)
def real_like_tangent(a_bar_dot: Any, a_dot: Any, z: Any, a_bar: Any, a: Any) -> Any:
    return real_like(a_bar_dot, a)


@tangent(as_mirror)
def as_mirror_tangent(value_dot: Any, pieces_dot: Any, z: Any, value: Any, pieces: Any) -> Any:
    return as_mirror(value, pieces_dot)


@tangent(add_mirrors)
def add_mirrors_tangent(a_dot: Any, b_dot: Any, z: Any, a: Any, b: Any) -> Any:
    return add_mirrors(a_dot, b_dot)


# A table of shadows has another table as its tangent.


@tangent(shadow_of, arguments=("shadows", "value"))
def shadow_of_tangent(shadows_dot: Any, value_dot: Any, z: Any, shadows: Any, value: Any) -> Any:
    return shadow_of(shadows_dot, value)


@tangent(shadows_in, arguments=("shadows", "value"))
def shadows_in_tangent(shadows_dot: Any, value_dot: Any, z: Any, shadows: Any, value: Any) -> Any:
    return shadows_in(shadows_dot, value)


# Adjoints of what sorts, looks up and chooses: linear in the cotangent, steps in the values.


@tangent(unsort)
def unsort_tangent(z_bar_dot: Any, a_dot: Any, z: Any, z_bar: Any, a: Any, axis: Any = -1) -> Any:
    return unsort(z_bar_dot, a, axis)


@tangent(unsort_items)
def unsort_items_tangent(z_bar_dot: Any, items_dot: Any, z: Any, z_bar: Any, items: Any) -> Any:
    return unsort_items(z_bar_dot, items)


@tangent(quantile_adjoint, arguments=("z_bar", "a"))
def quantile_adjoint_tangent(
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
    return quantile_adjoint(z_bar_dot, a, q, axis, keepdims, method, skip_nan)


@tangent(share_equal)
def share_equal_tangent(
    z_bar_dot: Any, z_dot: Any, values_dot: Any, z: Any, z_bar: Any, extreme: Any, values: Any
) -> Any:
    return share_equal(z_bar_dot, extreme, values)


@tangent(diff_adjoint, arguments=("z_bar", "a"))
def diff_adjoint_tangent(z_bar_dot: Any, a_dot: Any, z: Any, z_bar: Any, a: Any, n: Any, axis: Any) -> Any:
    return diff_adjoint(z_bar_dot, a, n, axis)


@tangent(reshape_back, arguments=("z_bar",))
def reshape_back_tangent(z_bar_dot: Any, z: Any, z_bar: Any, shape: Any, order: Any) -> Any:
    return reshape_back(z_bar_dot, shape, order)


@tangent(unpad, arguments=("z_bar", "array"))
def unpad_tangent(
    z_bar_dot: Any, array_dot: Any, z: Any, z_bar: Any, array: Any, pad_width: Any, mode: str = "constant"
) -> Any:
    return unpad(z_bar_dot, array, pad_width, mode)


@tangent(diagonal_adjoint, arguments=("z_bar",))
def diagonal_adjoint_tangent(
    z_bar_dot: Any, z: Any, z_bar: Any, shape: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1
) -> Any:
    return diagonal_adjoint(z_bar_dot, shape, offset, axis1, axis2)


@tangent(split_like, arguments=("z_bar", "arrays"))
def split_like_tangent(z_bar_dot: Any, arrays_dot: Any, z: Any, z_bar: Any, arrays: Any, axis: Any) -> Any:
    return split_like(z_bar_dot, arrays, axis)


@tangent(own_copy)
def own_copy_tangent(value_dot: Any, z: Any, value: Any) -> Any:
    return own_copy(value_dot)


@tangent(scatter, arguments=("z_bar",))
def scatter_tangent(z_bar_dot: Any, z: Any, z_bar: Any, index: Any, shape: Any) -> Any:
    return scatter(z_bar_dot, index, shape)
