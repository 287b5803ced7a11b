"""Programs that write into memory: calls become assignments, aliases become paths, containers are taken apart."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gast
import numpy as np
import pytest

from srcgrad.analyse.activity import activity
from srcgrad.analyse.kinds import infer, kind_of
from srcgrad.normalise.normalise import names_of
from srcgrad.pipeline.memory import one_name_for_each_array, writes_as_assignments
from srcgrad.pipeline.program import SourceProgram
from tests.normalise.running import function_tree, text_of

ARGUMENTS: dict[str, Any] = {"x": np.arange(1.0, 5.0), "y": np.ones(4), "A": np.eye(4), "s": 0.5, "k": 1}


def plain(function: Any) -> gast.FunctionDef:
    """The function with nothing left to do for the passes over memory."""
    source = SourceProgram()
    tree = source.body(function)
    parameters = function.__code__.co_varnames[: function.__code__.co_argcount]
    kinds = {parameter: kind_of(ARGUMENTS[parameter], parameter) for parameter in parameters}
    names = names_of(tree)
    while True:
        found = infer(tree, function, kinds, source)
        active = activity(tree, found, parameters, ())
        wider = writes_as_assignments(tree, found, names)
        if wider is None:
            wider = one_name_for_each_array(tree, found, active, parameters, names)
        if wider is None:
            return tree
        tree = wider


def output(x, y):
    np.multiply(x, y, out=y)
    z = np.sin(x, x)
    np.copyto(y, x * x)
    x[1:].fill(2.0)
    y.sort()
    return z


OUTPUT = """
def output(x, y):
    y[...] = np.multiply(x, y)
    x[...] = np.sin(x)
    y[...] = x * x
    x[1:] = 2.0
    y[...] = np.sort(y)
    return x
"""


def on_the_diagonal(A, s):
    np.fill_diagonal(A, s)
    return A


DIAGONAL = """
def on_the_diagonal(A, s):
    given = s
    count = min(A.shape)
    for diagonal in range(count):
        A[diagonal, diagonal] = given
    return A
"""


def views(A, x, k):
    b = x[1:]
    b[0] = b[1] * x[0]
    row = A[k]
    k = 2
    row[k] += b[0]
    B = A.T
    B *= 2.0
    return b


VIEWS = """
def views(A, x, k):
    x[1:][0] = x[1:][1] * x[0]
    row_k = k
    k = 2
    A[row_k][k] += x[1:][0]
    A.T[...] *= 2.0
    return x[1:]
"""


def rows(A):
    for row in A:
        row[1] += row[0]


ROWS = """
def rows(A):
    count = len(A)
    for row_index in range(count):
        A[row_index][1] += A[row_index][0]
    return None
"""


def rebound(x, s):
    b = x
    x = x * s
    b[0] = x[1]
    return x


REBOUND = """
def rebound(x, s):
    x_ = x * s
    x[0] = x_[1]
    return x_
"""


def swapped(x, y, k):
    for _ in range(k):
        y[1:] = 0.5 * x[:-1]
        x, y = y, x
    return x


SWAPPED = """
def swapped(x, y, k):
    x_at = 1
    y_at = 0
    for _ in range(k):
        if x_at == 1:
            y[1:] = 0.5 * x[:-1]
        else:
            x[1:] = 0.5 * y[:-1]
        x_new_at = y_at
        y_at = x_at
        x_at = x_new_at
    if x_at == 1:
        result = x
    else:
        result = y
    return result
"""


def namespace(x, y, s):
    state = SimpleNamespace(u=x, scale=s)
    state.u[0] = state.scale * y[1]
    return state.u


NAMESPACE = """
def namespace(x, y, s):
    state_scale = s
    x[0] = state_scale * y[1]
    return x
"""


def untouched(x, s):
    first = x[0]
    y = x * s
    y[0] = first
    view = x[1:]
    return y[1] + view[0]


UNTOUCHED = """
def untouched(x, s):
    first = x[0]
    y = x * s
    y[0] = first
    view = x[1:]
    return y[1] + view[0]
"""

CASES = [
    (output, OUTPUT),
    (on_the_diagonal, DIAGONAL),
    (views, VIEWS),
    (rows, ROWS),
    (rebound, REBOUND),
    (swapped, SWAPPED),
    (namespace, NAMESPACE),
    (untouched, UNTOUCHED),
]


@pytest.mark.parametrize(("function", "expected"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_text(function: Any, expected: str) -> None:
    assert text_of(plain(function)) == text_of(function_tree(expected))
