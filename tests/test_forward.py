"""Forward mode over the whole corpus: directional derivatives, against the references and against reverse mode."""

from __future__ import annotations

import inspect
import sys

import pytest

from tests.forward_verdicts import judge_forward, judge_hessian
from tests.programs import PROGRAMS, Program
from tests.references import reference
from tests.source_checks import objections
from tests.verdicts import own_call

# Known defects of forward mode: views rebound by a conditional expression, containers that share arrays.
DEFECTS = frozenset({"swap_in_tuple_assign_elements"})

every_program = pytest.mark.parametrize("program", PROGRAMS, ids=str)


@every_program
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_slope_in_a_direction(program: Program, request: pytest.FixtureRequest) -> None:
    if program.name in DEFECTS:
        request.applymarker(pytest.mark.xfail(strict=True, reason="a known defect"))
    verdict = judge_forward(own_call(program), reference(program))
    assert verdict.outcome in ("right", "no reference"), f"{verdict.detail}\n{verdict.source}"
    if verdict.source:
        found = objections(verdict.source, inspect.getsource(sys.modules[program.module]))
        assert not found, "\n".join(found) + "\n" + verdict.source


# Draws random numbers, so that no two runs are the same.
RANDOM = frozenset({"monte_carlo"})
# Not asked: a boolean argument has no direction; second derivatives of these recursions take minutes or hang.
NOT_ASKED = RANDOM | {"every_elementary_function", "zero_d", "merge_sort", "merge_sort_param", "fft_recursive"}
# The adjoint's lists of tuples have no tangent where their entries are None.
SECOND_DEFECTS = frozenset({"history", "slice_objects"})


@pytest.mark.parametrize("program", [entry for entry in PROGRAMS if entry.name not in NOT_ASKED], ids=str)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_hessian_product(program: Program, request: pytest.FixtureRequest) -> None:
    if program.name in SECOND_DEFECTS:
        request.applymarker(pytest.mark.xfail(reason="a known defect"))
    verdict = judge_hessian(own_call(program))
    if verdict.outcome == "crashed":
        pytest.xfail(f"a crash that is to be mended: {verdict.detail}")
    # What the gradient's own text needs that forward mode does not take is refused, never wrong.
    assert verdict.outcome in ("right", "no reference", "refused"), f"{verdict.detail}\n{verdict.source}"
