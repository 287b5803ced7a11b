"""Functions as trees, and runs of them that tell everything that can be seen from outside."""

from __future__ import annotations

import copy
import math
import re
import textwrap
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from srcgrad.syntax.printer import print_tree

PURE_CALLS = frozenset({"sum_to", "zeros_like", "pure"})
PURE_METHODS = frozenset({"copy", "sum", "reshape", "ravel", "transpose", "mean", "index", "count"})


def known_pure(call: gast.Call) -> bool:
    """What the pipeline would know of calls: a few functions, and the methods of arrays."""
    if isinstance(call.func, gast.Attribute):
        return call.func.attr in PURE_METHODS
    return isinstance(call.func, gast.Name) and call.func.id in PURE_CALLS


def parse(text: str) -> gast.FunctionDef:
    """The one function in ``text``, its comment lines as markers."""
    marked = re.sub(r"^(\s*)(#.*)$", r"\1'\2'", textwrap.dedent(text), flags=re.MULTILINE)
    function = gast.parse(marked).body[0]
    for node in gast.walk(function):
        if isinstance(node, gast.Constant) and isinstance(node.value, str) and node.value.startswith("#"):
            node.kind = "comment"
    return function


def text_of(function: gast.FunctionDef) -> str:
    """The function as text."""
    return print_tree(function).strip() + "\n"


def expected(text: str) -> str:
    """A text to compare with ``text_of``."""
    return textwrap.dedent(text).strip() + "\n"


def sum_to(a: Any, shape: tuple[int, ...]) -> Any:
    """A stand-in for the run-time function."""
    return a if np.shape(a) == shape else np.sum(a)


def pure(x: Any) -> Any:
    """A function without effect that gives back its argument."""
    return x


def run(function: gast.FunctionDef, *arguments: Any, steps: int = 2000) -> Any:
    """Result, arguments afterwards and trace of what was called, or the exception's type."""
    trace: list[Any] = []

    def effect(value: Any) -> Any:
        trace.append(copy.deepcopy(value))
        if len(trace) > steps:
            raise RuntimeError("too many steps")
        return value

    namespace: dict[str, Any] = {
        "np": np,
        "math": math,
        "effect": effect,
        "sum_to": sum_to,
        "zeros_like": np.zeros_like,
        "pure": pure,
    }
    module = gast.gast_to_ast(gast.Module([copy.deepcopy(function)], []))
    exec(compile(gast.fix_missing_locations(module), "<test>", "exec"), namespace)
    given = copy.deepcopy(arguments)
    callable_: Callable[..., Any] = namespace[function.name]
    with np.errstate(all="ignore"):
        result = callable_(*given)
    return plain([result, list(given), trace, namespace.get("total")])


def plain(value: Any) -> Any:
    """A value in a form that ``==`` compares exactly, NaN included."""
    if isinstance(value, np.ndarray):
        return ("array", value.shape, [plain(item) for item in value.ravel().tolist()])
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *(plain(item) for item in value)]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (float, np.floating)):
        return float(value).hex()
    return value


def close(first: Any, second: Any) -> bool:
    """Whether two results of ``run`` agree up to the rounding of sums and products taken in another order."""
    if type(first) is not type(second):
        return False
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(close(first[key], second[key]) for key in first)
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(close(a, b) for a, b in zip(first, second))
    try:
        numbers = float.fromhex(first), float.fromhex(second)
    except (TypeError, ValueError):
        return bool(first == second)
    return bool(np.isclose(*numbers, rtol=1e-9, atol=1e-9, equal_nan=True))
