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


@tangent(runtime.real_like, arguments=("a_bar",))
def real_like(a_bar_dot: Any, z: Any, a_bar: Any, a: Any) -> Any:
    return runtime.real_like(a_bar_dot, a)


@tangent(runtime.own_copy)
def own_copy(value_dot: Any, z: Any, value: Any) -> Any:
    return runtime.own_copy(value_dot)


@tangent(runtime.scatter, arguments=("z_bar",))
def scatter(z_bar_dot: Any, z: Any, z_bar: Any, index: Any, shape: Any) -> Any:
    return runtime.scatter(z_bar_dot, index, shape)
