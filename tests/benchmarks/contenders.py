"""The same gradient by all who can compute it: how each contender is made from a program."""

from __future__ import annotations

import functools
import inspect
import textwrap
import types
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from srcgrad import grad
from tests.benchmarks.vectorised import Vectorised, vectorised
from tests.kernels import KERNELS, Kernel, jax_versions, torch_versions
from tests.trees import same

Action = Callable[[], Any]

# Kernels that are statements on arrays inside loops; the others are loops over numbers.
ARRAYS_IN_LOOPS = frozenset(
    "pivoted_elimination jacobi_2d heat_3d fdtd_2d stiff_oscillator kalman_filter lstm".split()
)


@dataclass(frozen=True)
class Entry:
    """A program with its arguments, the group that it is counted in, and versions rewritten for other libraries."""

    name: str
    group: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    argnums: tuple[int, ...]
    jax: Callable[[], Action | None]
    torch: Callable[[], Action | None]

    @cached_property
    def written(self) -> frozenset[int]:
        """The places of the arguments that the function writes into."""
        given = deepcopy(self.arguments)
        self.function(*given)
        return frozenset(place for place, value in enumerate(given) if not same(value, self.arguments[place]))

    def fresh_arguments(self) -> tuple[Any, ...]:
        """The arguments, those that the function writes into copied."""
        return tuple(deepcopy(one) if place in self.written else one for place, one in enumerate(self.arguments))


def entries(size: str) -> list[Entry]:
    """All programs; ``size`` is that of the kernels: "small", "interpreted" or "compiled"."""
    return [*(_of_kernel(kernel, size) for kernel in KERNELS), *map(_of_arrays, vectorised())]


def _of_kernel(kernel: Kernel, size: str) -> Entry:
    arguments = kernel.arguments_of(getattr(kernel, size))
    return Entry(
        name=kernel.name,
        group="arrays in loops" if kernel.name in ARRAYS_IN_LOOPS else "loops over numbers",
        function=kernel.function,
        arguments=arguments,
        argnums=kernel.argnums,
        jax=functools.partial(jax_versions.gradient, kernel.name, kernel.argnums, arguments),
        torch=functools.partial(torch_versions.gradient, kernel.name, kernel.argnums, arguments),
    )


def _of_arrays(program: Vectorised) -> Entry:
    def jax_gradient() -> Action:
        import jax.numpy

        jax_versions.VERSIONS[program.name] = on_library(program.function, jax.numpy)
        made = jax_versions.gradient(program.name, program.argnums, program.arguments)
        assert made is not None
        return made

    def torch_gradient() -> Action | None:
        torch_versions.VERSIONS[program.name] = program.torch
        return torch_versions.gradient(program.name, program.argnums, program.arguments)

    return Entry(
        program.name, "whole arrays", program.function, program.arguments, program.argnums, jax_gradient,
        torch_gradient,
    )  # fmt: skip


def on_library(function: Callable[..., Any], library: Any) -> Callable[..., Any]:
    """A function with its helpers, with another library in the place of NumPy."""
    return _remade(function, library, lambda made: made)


def _remade(
    function: Callable[..., Any], library: Any, wrap: Callable[[Callable[..., Any]], Any]
) -> Callable[..., Any]:
    assert isinstance(function, types.FunctionType)
    namespace = {**function.__globals__, "np": library}

    def remade(one: types.FunctionType) -> Any:
        made = types.FunctionType(one.__code__, namespace, one.__name__, one.__defaults__)
        return wrap(made)

    called = set(function.__code__.co_names)
    for helper, value in list(namespace.items()):
        if helper in called and isinstance(value, types.FunctionType) and value.__module__ == function.__module__:
            namespace[helper] = remade(value)
    return remade(function)  # type: ignore[no-any-return]


def compiled_primal(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself and its helpers, compiled by numba as the gradients are."""
    import numba

    return _remade(function, np, numba.njit(error_model="numpy"))


def own_source(function: Callable[..., Any]) -> str:
    """The text of a function without its decorators, which tangent-ad does not take."""
    text = textwrap.dedent(inspect.getsource(function))
    return text[text.index("def ") :]


def makers(entry: Entry) -> dict[str, Callable[[], Action | None]]:
    """How to make each contender's action: a call of the gradient, or of the primal on fresh arguments."""
    arguments = entry.arguments

    def primal_numba() -> Action:
        compiled = compiled_primal(entry.function)
        return lambda: compiled(*entry.fresh_arguments())

    def srcgrad_by(backend: Any) -> Action:
        return functools.partial(grad(entry.function, argnums=entry.argnums, backend=backend), *arguments)

    def autograd() -> Action:
        import autograd as hips
        import autograd.numpy

        return functools.partial(hips.grad(on_library(entry.function, autograd.numpy), entry.argnums), *arguments)

    def tangent() -> Action:
        import tangent as transformed

        gradient = transformed.grad(entry.function, wrt=entry.argnums, source=own_source(entry.function))
        return lambda: gradient(*entry.fresh_arguments())

    return {
        "primal numpy": lambda: lambda: entry.function(*entry.fresh_arguments()),
        "primal numba": primal_numba,
        "srcgrad numpy": lambda: srcgrad_by("numpy"),
        "srcgrad numba": lambda: srcgrad_by("numba"),
        "JAX": entry.jax,
        "PyTorch": entry.torch,
        "autograd": autograd,
        "tangent": tangent,
    }
