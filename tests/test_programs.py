"""srcgrad over the whole corpus: values, gradients, structure, purity, pullbacks, and the text that it writes.

A program that writes into arrays may be refused for the time being; its gradient may never be wrong.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from typing import Any

import numpy as np
import pytest

from tests.programs import PROGRAMS, Program
from tests.references import NoReference, Reference, reference
from tests.source_checks import objections
from tests.trees import same
from tests.verdicts import compare, fresh_arguments, gradient_by_leaf, judge_program, own_call, wrapper_of

# Refused today, though they write into no array.
REFUSED: frozenset[str] = frozenset()

every_program = pytest.mark.parametrize("program", PROGRAMS, ids=str)


@cache
def known(program_index: int) -> Reference | NoReference:
    """The reference of a program, found once."""
    return reference(PROGRAMS[program_index])


@cache
def differentiated(program_index: int) -> Callable[..., Any]:
    """``value_and_grad`` of a program, made once."""
    return wrapper_of(own_call(PROGRAMS[program_index]))


def run(program: Program) -> tuple[Any, Any, tuple[Any, dict[str, Any]], str]:
    """Value, gradients, the arguments after the call, and what was printed; skips what may be refused."""
    from srcgrad import SrcgradError

    arguments = fresh_arguments(own_call(program))
    printed = StringIO()
    try:
        with redirect_stdout(printed):
            value, gradients = differentiated(PROGRAMS.index(program))(*arguments[0], **arguments[1])
    except SrcgradError as refusal:
        if program.writes or program.name in REFUSED:
            pytest.skip(f"refused: {refusal}")
        raise
    assert program.name not in REFUSED, "no longer refused: take it off the list"
    return value, gradients, arguments, printed.getvalue()


@every_program
def test_value_and_gradient(program: Program):
    value, gradients, _, _ = run(program)
    wrong = compare(own_call(program), value, gradients, known(PROGRAMS.index(program)))
    assert wrong is None, wrong


@every_program
def test_other_arguments_of_the_same_kinds(program: Program):
    run(program)
    verdict = judge_program(program, seed=1)
    allowed = ("right", "no reference", "refused") if program.writes else ("right", "no reference")
    assert verdict.outcome in allowed, f"{verdict.outcome}: {verdict.detail}\n{verdict.source}"


@every_program
def test_arguments_stay_as_they_were(program: Program):
    _, _, after, _ = run(program)
    call = own_call(program)
    assert same(after, (call.positional, call.named))


@every_program
def test_a_second_call_gives_the_same(program: Program):
    value, gradients, _, _ = run(program)
    again, gradients_again, _, _ = run(program)
    assert same(np.asarray(value), np.asarray(again)) and same(gradients, gradients_again)


@every_program
def test_pullback_gives_the_gradient_each_time(program: Program):
    from srcgrad import vjp

    value, gradients, _, _ = run(program)
    positional, named = fresh_arguments(own_call(program))
    with redirect_stdout(StringIO()):
        out, pullback = vjp(program.function, *positional, argnums=program.argnums, **named)
    assert same(np.asarray(out), np.asarray(value))
    expected = gradient_by_leaf(gradients, program.argnums)
    for factor in (1.0, 1.0, -2.5):
        found = gradient_by_leaf(pullback(np.full_like(out, factor)[()]), program.argnums)
        assert found.keys() == expected.keys()
        for key, leaf in expected.items():
            rtol = 1e-6 if program.single_precision else 1e-10
            np.testing.assert_allclose(found[key], factor * leaf, rtol=rtol, atol=1e-13)


@every_program
def test_source_reads_well(program: Program):
    run(program)
    text = differentiated(PROGRAMS.index(program)).source
    found = objections(text, inspect.getsource(sys.modules[program.module]))
    assert not found, "\n".join(found) + "\n" + text


@pytest.mark.parametrize("program", [entry for entry in PROGRAMS if entry.prints], ids=str)
def test_output_is_printed_once(program: Program):
    expected = StringIO()
    positional, named = fresh_arguments(own_call(program))
    with redirect_stdout(expected):
        program.function(*positional, **named)
    assert run(program)[3] == expected.getvalue()
