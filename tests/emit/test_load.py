"""Generated modules run, and their lines are there for tracebacks, debuggers and inspect."""

from __future__ import annotations

import gc
import inspect
import linecache
import traceback

import pytest

from srcgrad.emit import load_module

TEXT = "# f_grad: adjoint of f.\n\n\ndef f_grad(x):\n    return FACTOR / x\n"


def test_the_functions_run_in_the_namespace_given() -> None:
    namespace = {"FACTOR": 6.0}
    module = load_module(TEXT, namespace, "f_grad")
    assert module["f_grad"](2.0) == 3.0
    assert namespace == {"FACTOR": 6.0}
    module["FACTOR"] = 8.0
    assert module["f_grad"](2.0) == 4.0


def test_the_lines_are_known() -> None:
    f_grad = load_module(TEXT, {"FACTOR": 1.0}, "f_grad")["f_grad"]
    linecache.checkcache()
    assert inspect.getsource(f_grad) == "def f_grad(x):\n    return FACTOR / x\n"
    with pytest.raises(ZeroDivisionError) as caught:
        f_grad(0.0)
    assert "return FACTOR / x" in "".join(traceback.format_exception(caught.value))
    assert f_grad.__code__.co_filename.startswith("<srcgrad f_grad")


def test_two_modules_of_one_name_keep_their_own_lines() -> None:
    first = load_module(TEXT, {}, "f_grad")["f_grad"]
    second = load_module(TEXT.replace("FACTOR / x", "x"), {}, "f_grad")["f_grad"]
    assert "return FACTOR / x" in inspect.getsource(first)
    assert "return x" in inspect.getsource(second)


def test_lines_go_with_the_last_function() -> None:
    f_grad = load_module(TEXT, {}, "f_grad")["f_grad"]
    filename = f_grad.__code__.co_filename
    gc.collect()
    assert filename in linecache.cache
    del f_grad
    gc.collect()
    assert filename not in linecache.cache


def test_errors_in_the_text_are_pythons_own() -> None:
    with pytest.raises(SyntaxError):
        load_module("def f(:", {}, "broken")
