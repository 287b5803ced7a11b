"""Random whole programs: their gradients are right, or they are refused; never a wrong number or a raw error."""

from __future__ import annotations

import os
import subprocess
import sys
from random import Random

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from tests.generator import RandomProgram, random_program
from tests.references import NoReference, quickly
from tests.verdicts import Verdict, judge

# Programs are drawn from a random source, which hypothesis cannot make smaller: tests.random_run cuts them down.
AS_THEY_COME = settings(max_examples=40, phases=[Phase.explicit, Phase.reuse, Phase.generate])


def verdict_on(program: RandomProgram, seed: int = 0) -> Verdict | None:
    """The verdict on a random program; None where it has no reference."""
    call, continued = program.calls(seed)
    found = quickly(call, continued)
    return None if isinstance(found, NoReference) else judge(call, found)


def complaint(program: RandomProgram, verdict: Verdict) -> str:
    """What to show of a failure."""
    return f"{verdict.outcome}: {verdict.detail}\n\n{program.text}\n\n{verdict.source}"


@given(st.randoms(use_true_random=False))
@AS_THEY_COME
def test_programs_without_writes(random: Random):
    program = random_program(random)
    note(program.text)
    verdict = verdict_on(program)
    assert verdict is None or verdict.outcome in ("right", "refused"), complaint(program, verdict)


@given(st.randoms(use_true_random=False))
@AS_THEY_COME
def test_programs_with_writes(random: Random):
    program = random_program(random, writes=True)
    note(program.text)
    verdict = verdict_on(program)
    assert verdict is None or verdict.outcome in ("right", "refused"), complaint(program, verdict)


@pytest.mark.parametrize("writes", [False, True])
def test_random_programs_have_references(writes: bool):
    without = 0
    for seed in range(60):
        call, continued = random_program(Random(seed), writes).calls(seed)
        without += isinstance(quickly(call, continued), NoReference)
    assert without <= 2


def test_the_same_seed_writes_the_same_program():
    assert random_program(Random(7), writes=True) == random_program(Random(7), writes=True)


def test_the_order_of_sets_does_not_matter():
    script = (
        "from random import Random\n"
        "from tests.generator import random_program\n"
        "from tests.test_random_programs import verdict_on\n"
        "for seed in range(6):\n"
        "    print(verdict_on(random_program(Random(seed), writes=True), seed))\n"
    )
    texts = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-W", "ignore", "-c", script]
        texts.append(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert texts[0].count("Verdict") == 6 and texts[0] == texts[1]
