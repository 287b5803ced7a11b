"""What is generated for the functions of this folder, and where it is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.golden import functions
from tests.programs.program import REGISTRY, Program

PROGRAMS: list[Program] = list(REGISTRY[functions.__name__].values())
TEXTS = Path(__file__).parent / "texts"


def generated_text(program: Program) -> str:
    """The module that srcgrad writes for the gradient of a function."""
    from srcgrad import grad, value_and_grad

    positional, named = program.arguments(np.random.default_rng(0))
    derivative = value_and_grad if gives_value(program) else grad
    argnums = program.argnums[0] if len(program.argnums) == 1 else program.argnums
    return derivative(program.function, argnums=argnums).source_for(*positional, **named).rstrip() + "\n"


def gives_value(program: Program) -> bool:
    """Whether the kept function returns the value too."""
    return "value_and_grad" in program.tags


def called(program: Program) -> str:
    """The name of the kept function."""
    return f"{program.name}_{'value_and_grad' if gives_value(program) else 'grad'}"


def kept(program: Program) -> Path:
    """The file of a function's generated module."""
    return TEXTS / f"{program.name}.py"
