"""Tangents of the adjoints of products, sums, joins and transforms: what second derivatives are made of."""

from __future__ import annotations

from typing import Any

from srcgrad.rules.registry import tangent
from srcgrad.runtime import (
    block_adjoint,
    choose_adjoint,
    cofactors,
    cofactors_tangent,
    convolve_adjoint,
    correlate_adjoint,
    cumprod_adjoint,
    cumprod_adjoint_tangent,
    dot_adjoint,
    einsum_adjoint,
    gradient_adjoint,
    hfft_adjoint,
    irfft_adjoint,
    kron_adjoint,
    matmul_adjoint,
    meshgrid_adjoint,
    norm_adjoint,
    norm_adjoint_tangent,
    products_of_others,
    products_of_others_tangent,
    reduceat_adjoint,
    resize_axes,
    rfft_adjoint,
    select_adjoint,
    tensordot_adjoint,
    trapezoid_adjoint,
)

# Adjoints of products: linear in the cotangent, and in the operands that they do not belong to.


@tangent(matmul_adjoint, arguments=("z_bar", "a", "b"))
def matmul_adjoint_tangent(
    z_bar_dot: Any, a_dot: Any, b_dot: Any, z: Any, which: int, z_bar: Any, a: Any, b: Any
) -> Any:
    others_dot = matmul_adjoint(which, z_bar, a_dot, b_dot)
    return matmul_adjoint(which, z_bar_dot, a, b) + others_dot


@tangent(dot_adjoint, arguments=("z_bar", "a", "b"))
def dot_adjoint_tangent(z_bar_dot: Any, a_dot: Any, b_dot: Any, z: Any, which: int, z_bar: Any, a: Any, b: Any) -> Any:
    return dot_adjoint(which, z_bar_dot, a, b) + dot_adjoint(which, z_bar, a_dot, b_dot)


@tangent(kron_adjoint, arguments=("z_bar", "a", "b"))
def kron_adjoint_tangent(z_bar_dot: Any, a_dot: Any, b_dot: Any, z: Any, which: int, z_bar: Any, a: Any, b: Any) -> Any:
    return kron_adjoint(which, z_bar_dot, a, b) + kron_adjoint(which, z_bar, a_dot, b_dot)


@tangent(tensordot_adjoint, arguments=("z_bar", "a", "b"))
def tensordot_adjoint_tangent(
    z_bar_dot: Any, a_dot: Any, b_dot: Any, z: Any, which: int, z_bar: Any, a: Any, b: Any, axes: Any
) -> Any:
    others_dot = tensordot_adjoint(which, z_bar, a_dot, b_dot, axes)
    return tensordot_adjoint(which, z_bar_dot, a, b, axes) + others_dot


@tangent(convolve_adjoint, arguments=("z_bar", "a", "v"))
def convolve_adjoint_tangent(
    z_bar_dot: Any, a_dot: Any, v_dot: Any, z: Any, which: int, z_bar: Any, a: Any, v: Any, mode: str
) -> Any:
    others_dot = convolve_adjoint(which, z_bar, a_dot, v_dot, mode)
    return convolve_adjoint(which, z_bar_dot, a, v, mode) + others_dot


@tangent(correlate_adjoint, arguments=("z_bar", "a", "v"))
def correlate_adjoint_tangent(
    z_bar_dot: Any, a_dot: Any, v_dot: Any, z: Any, which: int, z_bar: Any, a: Any, v: Any, mode: str
) -> Any:
    others_dot = correlate_adjoint(which, z_bar, a_dot, v_dot, mode)
    return correlate_adjoint(which, z_bar_dot, a, v, mode) + others_dot


@tangent(einsum_adjoint, kinds="nd, nd, nd, nd", arguments=("z_bar", "a"))
def einsum_adjoint_of_one_tangent(
    z_bar_dot: Any, a_dot: Any, z: Any, which: int, subscripts: str, z_bar: Any, a: Any
) -> Any:
    return einsum_adjoint(which, subscripts, z_bar_dot, a)


@tangent(einsum_adjoint, kinds="nd, nd, nd, nd, nd", arguments=("z_bar", "a", "b"))
def einsum_adjoint_of_two_tangent(
    z_bar_dot: Any, a_dot: Any, b_dot: Any, z: Any, which: int, subscripts: str, z_bar: Any, a: Any, b: Any
) -> Any:
    others_dot = einsum_adjoint(which, subscripts, z_bar, a_dot, b_dot)
    return einsum_adjoint(which, subscripts, z_bar_dot, a, b) + others_dot


@tangent(einsum_adjoint, kinds="nd, nd, nd, nd, nd, nd", arguments=("z_bar", "a", "b", "c"))
def einsum_adjoint_of_three_tangent(
    z_bar_dot: Any,
    a_dot: Any,
    b_dot: Any,
    c_dot: Any,
    z: Any,
    which: int,
    subscripts: str,
    z_bar: Any,
    a: Any,
    b: Any,
    c: Any,
) -> Any:
    own_dot = einsum_adjoint(which, subscripts, z_bar_dot, a, b, c)
    if which == 0:
        return (
            own_dot
            + einsum_adjoint(which, subscripts, z_bar, a, b_dot, c)
            + einsum_adjoint(which, subscripts, z_bar, a, b, c_dot)
        )
    if which == 1:
        return (
            own_dot
            + einsum_adjoint(which, subscripts, z_bar, a_dot, b, c)
            + einsum_adjoint(which, subscripts, z_bar, a, b, c_dot)
        )
    return (
        own_dot
        + einsum_adjoint(which, subscripts, z_bar, a_dot, b, c)
        + einsum_adjoint(which, subscripts, z_bar, a, b_dot, c)
    )


# Adjoints of sums, differences and joins.


@tangent(gradient_adjoint, arguments=("z_bar", "f"))
def gradient_adjoint_tangent(
    z_bar_dot: Any, f_dot: Any, z: Any, z_bar: Any, f: Any, spacings: Any, axis: Any, edge_order: Any
) -> Any:
    return gradient_adjoint(z_bar_dot, f, spacings, axis, edge_order)


@tangent(trapezoid_adjoint, arguments=("z_bar", "y", "x", "dx"))
def trapezoid_adjoint_tangent(
    z_bar_dot: Any,
    y_dot: Any,
    x_dot: Any,
    dx_dot: Any,
    z: Any,
    which: str,
    z_bar: Any,
    y: Any,
    x: Any,
    dx: Any,
    axis: int,
) -> Any:
    own_dot = trapezoid_adjoint(which, z_bar_dot, y, x, dx, axis)
    if x is None:
        return own_dot + trapezoid_adjoint(which, z_bar, y_dot, x, dx_dot, axis)
    return own_dot + trapezoid_adjoint(which, z_bar, y_dot, x_dot, dx, axis)


@tangent(reduceat_adjoint, arguments=("z_bar", "array"))
def reduceat_adjoint_tangent(
    z_bar_dot: Any, array_dot: Any, z: Any, z_bar: Any, array: Any, indices: Any, axis: int
) -> Any:
    return reduceat_adjoint(z_bar_dot, array, indices, axis)


@tangent(products_of_others, arguments=("a",))
def tangent_of_products(a_dot: Any, z: Any, a: Any, axis: Any = None) -> Any:
    return products_of_others_tangent(a_dot, a, axis)


@tangent(block_adjoint, arguments=("z_bar", "arrays"))
def block_adjoint_tangent(z_bar_dot: Any, arrays_dot: Any, z: Any, z_bar: Any, arrays: Any) -> Any:
    return block_adjoint(z_bar_dot, arrays)


@tangent(meshgrid_adjoint, arguments=("z_bar", "arrays"))
def meshgrid_adjoint_tangent(z_bar_dot: Any, arrays_dot: Any, z: Any, z_bar: Any, arrays: Any, indexing: str) -> Any:
    return meshgrid_adjoint(z_bar_dot, arrays, indexing)


@tangent(select_adjoint, arguments=("z_bar", "choices", "default"))
def select_adjoint_tangent(
    z_bar_dot: Any,
    choices_dot: Any,
    default_dot: Any,
    z: Any,
    z_bar: Any,
    conditions: Any,
    choices: Any,
    default: Any,
) -> Any:
    return select_adjoint(z_bar_dot, conditions, choices, default)


@tangent(choose_adjoint, arguments=("z_bar", "choices"))
def choose_adjoint_tangent(z_bar_dot: Any, choices_dot: Any, z: Any, z_bar: Any, a: Any, choices: Any) -> Any:
    return choose_adjoint(z_bar_dot, a, choices)


@tangent(resize_axes, arguments=("a_bar",))
def resize_axes_tangent(a_bar_dot: Any, z: Any, a_bar: Any, shape: Any) -> Any:
    return resize_axes(a_bar_dot, shape)


@tangent(rfft_adjoint, arguments=("z_bar", "a"))
def rfft_adjoint_tangent(z_bar_dot: Any, a_dot: Any, z: Any, z_bar: Any, a: Any, n: Any, axis: int, norm: Any) -> Any:
    return rfft_adjoint(z_bar_dot, a, n, axis, norm)


@tangent(irfft_adjoint, arguments=("z_bar", "a"))
def irfft_adjoint_tangent(z_bar_dot: Any, a_dot: Any, z: Any, z_bar: Any, a: Any, axis: int, norm: Any) -> Any:
    return irfft_adjoint(z_bar_dot, a, axis, norm)


@tangent(hfft_adjoint, arguments=("z_bar", "a"))
def hfft_adjoint_tangent(z_bar_dot: Any, a_dot: Any, z: Any, z_bar: Any, a: Any, axis: int, norm: Any) -> Any:
    return hfft_adjoint(z_bar_dot, a, axis, norm)


# Adjoints of norms, determinants and running products.


@tangent(cofactors)
def tangent_of_cofactors(a_dot: Any, z: Any, a: Any) -> Any:
    return cofactors_tangent(a_dot, a)


@tangent(cumprod_adjoint, arguments=("z_bar", "a"))
def tangent_of_running_products(z_bar_dot: Any, a_dot: Any, z: Any, z_bar: Any, a: Any, axis: Any) -> Any:
    return cumprod_adjoint_tangent(z_bar_dot, a_dot, z_bar, a, axis)


@tangent(norm_adjoint, arguments=("z_bar", "size", "x"))
def tangent_of_norm(
    z_bar_dot: Any,
    size_dot: Any,
    x_dot: Any,
    z: Any,
    z_bar: Any,
    size: Any,
    x: Any,
    order: Any,
    axis: Any,
    keepdims: Any,
) -> Any:
    return norm_adjoint_tangent(z_bar_dot, size_dot, x_dot, z_bar, size, x, order, axis, keepdims)
