"""The oracles themselves: they agree with one another on the whole corpus, or the corpus has a defect."""

from __future__ import annotations

import pytest

from tests.peers import autograd_gradient, jax_gradient
from tests.programs import PROGRAMS, Program
from tests.references import NoReference, distance, reference

# The share of the corpus that may go without a reference.
ALLOWED_WITHOUT = 0.02


def test_almost_every_program_has_a_reference():
    found = {str(program): reference(program) for program in PROGRAMS}
    without = {name: answer.reason for name, answer in found.items() if isinstance(answer, NoReference)}
    assert len(without) <= ALLOWED_WITHOUT * len(PROGRAMS), without


@pytest.mark.parametrize("program", [entry for entry in PROGRAMS if entry.complex_step], ids=str)
def test_complex_step_is_available_where_declared(program: Program):
    found = reference(program)
    assert isinstance(found, NoReference) or found.method == "complex step", found.method


@pytest.mark.parametrize("program", [entry for entry in PROGRAMS if entry.autograd], ids=str)
def test_autograd_agrees(program: Program):
    found = reference(program)
    if isinstance(found, NoReference):
        pytest.skip(found.reason)
    gradient = autograd_gradient(program)
    assert distance(gradient, found.gradient) < max(found.tolerance, 1e-8)


@pytest.mark.parametrize("program", [entry for entry in PROGRAMS if entry.jax], ids=str)
def test_jax_agrees(program: Program):
    pytest.importorskip("jax")
    found = reference(program)
    if isinstance(found, NoReference):
        pytest.skip(found.reason)
    assert distance(jax_gradient(program), found.gradient) < max(found.tolerance, 1e-8)
