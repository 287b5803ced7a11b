"""Kept generated modules: they read as they are to read, and they give the gradients."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.golden.generated import PROGRAMS, TEXTS, called, generated_text, gives_value, kept
from tests.programs import Program
from tests.references import Reference, distance, reference
from tests.trees import same
from tests.verdicts import gradient_by_leaf

every_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)


def kept_function(program: Program) -> Callable[..., Any]:
    """The function of a kept module, imported as a user would."""
    module = importlib.import_module(f"tests.golden.texts.{program.name}")
    return getattr(module, called(program))  # type: ignore[no-any-return]


def gradients_of(program: Program, result: Any) -> tuple[Any, ...]:
    """The gradients in what a kept function returns, one for each of ``argnums``."""
    gradients = result[1] if gives_value(program) else result
    return gradients if len(program.argnums) > 1 else (gradients,)


@every_program
def test_the_text_is_as_kept(program: Program):
    advice = f"look at it, then run python -m tests.golden.regenerate {program.name}"
    assert generated_text(program) == kept(program).read_text(), advice


@every_program
def test_the_kept_module_gives_the_gradient(program: Program):
    for seed in (0, 1):
        found = reference(program, seed)
        assert isinstance(found, Reference), found
        positional, named = program.arguments(np.random.default_rng(seed))
        untouched = program.arguments(np.random.default_rng(seed))
        result = kept_function(program)(*positional, **named)
        gradient = gradient_by_leaf(gradients_of(program, result), program.argnums)
        assert distance(gradient, found.gradient) < found.tolerance
        if gives_value(program):
            assert result[0] == program.function(*positional, **named)
        assert same((positional, named), untouched)


@every_program
def test_the_kept_module_imports_what_it_needs_and_nothing_else(program: Program):
    tree = ast.parse(kept(program).read_text())
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    allowed = {"numpy", "srcgrad.runtime"}
    for node in imports:
        modules = {node.module} if isinstance(node, ast.ImportFrom) else {alias.name for alias in node.names}
        assert modules <= allowed
    bound = {alias.asname or alias.name for node in imports for alias in node.names} - {"np"}
    assert bound <= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_nothing_else_is_kept():
    files = {path.name for path in TEXTS.glob("*.py")} - {"__init__.py"}
    assert files == {kept(program).name for program in PROGRAMS}


@pytest.mark.parametrize(
    "program", [program for program in PROGRAMS if "numba" in program.tags], ids=lambda program: program.name
)
def test_the_kept_module_compiles_as_it_stands(program: Program):
    numba = pytest.importorskip("numba")
    positional, named = program.arguments(np.random.default_rng(0))
    interpreted = kept_function(program)(*positional, **named)
    compiled = numba.njit(kept_function(program))(*positional, **named)
    for mine, theirs in zip(gradients_of(program, compiled), gradients_of(program, interpreted)):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)
