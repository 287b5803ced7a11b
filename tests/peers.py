"""Gradients by HIPS autograd and by JAX, for the programs that they can run as they stand."""

from __future__ import annotations

import builtins
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.programs.program import Program
from tests.references import Call, Gradient, Location, call_of, variant


class MathOver:
    """``math`` spelled with another library's functions, so that its traced numbers pass through."""

    renamed = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2", "asinh": "arcsinh",
               "acosh": "arccosh", "atanh": "arctanh", "fabs": "abs", "pow": "power"}  # fmt: skip

    def __init__(self, library: Any) -> None:
        self.library = library

    def __getattr__(self, name: str) -> Any:
        return getattr(self.library, self.renamed.get(name, name))


def traced_gradient(program: Program, seed: int, name: str, library: Any, gradient_of: Any) -> Gradient:
    """The gradient as a tracing library sees the program, leaf by leaf."""
    builtin = {**vars(builtins), "float": lambda value: value, "print": lambda *args, **options: None}
    substitutes = SimpleNamespace(numpy=library, math=MathOver(library), builtins=builtin)
    call = call_of(program, seed)
    function = variant(program, name, substitutes).function
    places: list[Location] = [location for location, _ in call.locations()]
    here = Call(function, call.positional, call.named, call.argnums, call.files)

    def of_leaves(values: list[Any]) -> Any:
        given = dict(zip(places, values))
        result = here.run(lambda location, leaf: given[location])
        return library.sum(library.array(result)) if np.ndim(result) else result

    found = gradient_of(of_leaves)([leaf for _, leaf in call.locations()])
    return {place: np.asarray(value) for place, value in zip(places, found)}


def autograd_gradient(program: Program, seed: int = 0) -> Gradient:
    """The gradient by HIPS autograd."""
    import autograd
    import autograd.numpy

    return traced_gradient(program, seed, "autograd", autograd.numpy, autograd.grad)


def jax_gradient(program: Program, seed: int = 0) -> Gradient:
    """The gradient by JAX, traced without jit, so that Python's branches work."""
    import jax

    jax.config.update("jax_enable_x64", True)
    return traced_gradient(program, seed, "jax", jax.numpy, jax.grad)
