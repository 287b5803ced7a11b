"""Generation is repeatable, leaves no trace, and may start in many threads at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import redirect_stdout
from io import StringIO
from typing import Any
from unittest.mock import patch

import gast
import numpy as np
import pytest

from tests.programs import PROGRAMS, Program
from tests.trees import same
from tests.verdicts import fresh_arguments, own_call, wrapper_of

every_program = pytest.mark.parametrize("program", PROGRAMS, ids=str)


def text_of(program: Program) -> str:
    """The text for a program, generated anew, or what it is refused with."""
    from srcgrad import SrcgradError

    derivative = wrapper_of(own_call(program))
    positional, named = fresh_arguments(own_call(program))
    try:
        return str(derivative._specialisations._specialise(derivative._bind(*positional, **named)).generated.text)
    except SrcgradError as refusal:
        return f"refused: {refusal}"


def call(derivative: Any, program: Program, seed: int) -> Any:
    """Value and gradients for the arguments of a seed."""
    positional, named = fresh_arguments(own_call(program, seed))
    with redirect_stdout(StringIO()):
        return derivative(*positional, **named)


@every_program
def test_the_same_request_gives_the_same_text(program: Program):
    assert text_of(program) == text_of(program)


@every_program
def test_generating_leaves_the_trees_as_they_were(program: Program):
    from srcgrad import SrcgradError
    from srcgrad.pipeline import resolve
    from srcgrad.pipeline.program import SourceProgram

    function = resolve(program.function).function
    try:
        trees = SourceProgram().source(function).tree, SourceProgram().body(function)
    except SrcgradError as refusal:
        pytest.skip(f"refused: {refusal}")
    before = [gast.dump(tree, include_attributes=True) for tree in trees]
    text_of(program)
    assert [gast.dump(tree, include_attributes=True) for tree in trees] == before


@every_program
def test_nothing_is_left_over_from_one_call_to_the_next(program: Program):
    from srcgrad import SrcgradError

    try:
        derivative = wrapper_of(own_call(program))
        expected = [call(wrapper_of(own_call(program)), program, seed) for seed in (0, 1)]
    except SrcgradError as refusal:
        pytest.skip(f"refused: {refusal}")
    for seed in (0, 1, 0, 1):
        value, gradients = call(derivative, program, seed)
        assert same(np.asarray(value), np.asarray(expected[seed][0])) and same(gradients, expected[seed][1])


def test_the_order_of_sets_does_not_matter():
    script = (
        "from tests.pipeline.test_generating import text_of\n"
        "from tests.programs import PROGRAMS\n"
        "for program in PROGRAMS[::3]:\n"
        "    print('#' * 40, program)\n"
        "    print(text_of(program))\n"
    )
    texts = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-W", "ignore", "-c", script]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        texts.append(ran.stdout.split("#" * 40))
    for one, other in zip(*texts, strict=True):
        assert one == other


def test_first_calls_in_many_threads_generate_once():
    from srcgrad import grad, pipeline

    def inner(x, k):
        total = 0.0
        for i in range(3):
            total += np.sum(np.sin(x * k)) * i
        return total

    generate, made = pipeline.generate, []

    def noted(request: Any) -> Any:
        made.append(request)
        return generate(request)

    count = 8
    barrier, results = threading.Barrier(count), [None] * count
    gradient = grad(inner)

    def run(position: int) -> None:
        barrier.wait()
        results[position] = gradient(np.arange(3.0), 0.5 + position % 2)

    with patch.object(pipeline, "generate", noted):
        threads = [threading.Thread(target=run, args=(position,)) for position in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(made) == 1
    for position, result in enumerate(results):
        k = 0.5 + position % 2
        np.testing.assert_allclose(result, 3.0 * k * np.cos(np.arange(3.0) * k))


def test_different_functions_in_different_threads():
    from srcgrad import grad

    wanted = [program for program in PROGRAMS if not program.writes and not program.prints][:12]
    alone: dict[str, Any] = {}
    for program in wanted:
        alone[str(program)] = text_of(program)
    together: dict[str, Any] = {}
    barrier = threading.Barrier(len(wanted))

    def run(program: Program) -> None:
        barrier.wait()
        together[str(program)] = text_of(program)

    threads = [threading.Thread(target=run, args=(program,)) for program in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone
    assert grad(lambda x: x * x)(3.0) == 6.0
