"""A sample of the corpus on both backends; ``python -m tests.both_backends`` runs all of it."""

from __future__ import annotations

import pytest

from tests.both_backends import isolated
from tests.programs import PROGRAMS, Program

pytest.importorskip("numba")


@pytest.mark.parametrize("program", PROGRAMS[::120], ids=str)
def test_the_backends_agree(program: Program):
    verdict = isolated(program)
    assert verdict.outcome in ("right", "refused", "no reference"), f"{verdict.detail}\n{verdict.source}"
