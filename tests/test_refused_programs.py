"""What is refused: with the file, the line, the caret, what is wrong and what to do, and before anything runs."""

from __future__ import annotations

import inspect
from copy import deepcopy

import numpy as np
import pytest

from tests import refused_programs
from tests.differentiate.deriving import check
from tests.refused_programs import REFUSED, Refused

MARK = "# <-"


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: refused.function.__name__)
def test_messages(refused: Refused):
    from srcgrad import SrcgradError, grad

    lines, first = inspect.getsourcelines(refused.function)
    (marked,) = [position for position, line in enumerate(lines) if MARK in line]
    try:
        grad(refused.function)(*deepcopy(refused.arguments))
    except SrcgradError as refusal:
        error, message = refusal, str(refusal).splitlines()
    else:
        check(refused.function, *refused.arguments, argnums=(0,))
        pytest.skip("differentiated rightly by now")
    assert isinstance(error, NotImplementedError | TypeError)
    assert message[0].startswith(refused.message)
    assert message[1] == f'  File "{refused_programs.__file__}", line {first + marked}'
    text, caret = message[2], message[3]
    assert text.strip() == lines[marked].strip()
    under = "".join(letter for letter, mark in zip(text, caret.ljust(len(text))) if mark == "^")
    assert under.removesuffix(MARK).rstrip() == refused.under_caret
    assert set(caret) <= {" ", "^"}
    assert message[4].startswith("  Advice: ") and len(message[4]) > len("  Advice: ") + 5


def test_nothing_has_run():
    assert refused_programs.TABLE == {"weight": 2.0}
    assert np.array_equal(refused_programs.ROWS, np.ones(3))
    assert not hasattr(np, "factor") and not hasattr(refused_programs, "STATE")


def test_an_else_after_try_is_differentiated_in_its_order():
    def otherwise(x):
        try:
            y = np.sin(x)
        except ValueError:
            raise
        else:
            y = y * y
            y = y * x
        return y

    check(otherwise, 0.7)
