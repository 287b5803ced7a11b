"""Purity: which expressions may be evaluated twice, later or not at all without anybody noticing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeAlias

import gast

KnownPure: TypeAlias = Callable[[gast.Call], bool]

_MODULES = frozenset({"np", "numpy", "math"})

# Parts of NumPy that draw, read, write, print, set state, or call functions of the user's.
_IMPURE_MODULES = frozenset({"random", "testing", "lib", "core", "ctypeslib", "f2py", "distutils", "memmap"})
_IMPURE = frozenset(
    # in place
    "at copyto fill_diagonal place put put_along_axis putmask "
    # files and other sources
    "DataSource fromfile fromiter genfromtxt load loadtxt open_memmap save savetxt savez savez_compressed "
    # state and messages
    "info seterr seterrcall setbufsize set_printoptions show_config show_runtime test "
    # they call back
    "apply_along_axis apply_over_axes frompyfunc fromfunction nditer piecewise vectorize".split()
)
_WRITING_OPTIONS = frozenset({"out", "overwrite_input"})

_BUILTINS = frozenset(
    "abs bool complex dict divmod enumerate float frozenset getattr hasattr hash id int isinstance issubclass len "
    "list max min pow range repr reversed round set slice sorted str sum tuple type zip".split()
)

# Methods of arrays and numbers that change nothing.
_ARRAY_METHODS = frozenset(
    "all any argmax argmin argsort astype choose clip compress conj conjugate copy cumprod cumsum diagonal dot flatten "
    "item max mean min nonzero prod ravel repeat reshape round searchsorted squeeze std sum swapaxes take tolist trace "
    "transpose var view".split()
)

_IMPURE_EXPRESSIONS = (gast.NamedExpr, gast.Yield, gast.YieldFrom, gast.Await)


def is_pure(expression: gast.AST | None, known: KnownPure) -> bool:
    """Whether nobody can notice how often ``expression`` is evaluated.

    ``known`` says it of calls that are not NumPy's, math's or Python's own, methods included.  The exceptions that
    an evaluation may raise do not count, nor does what user classes do in operators, properties and subscripts.
    """
    if expression is None:
        return True
    pending = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, _IMPURE_EXPRESSIONS):
            return False
        if isinstance(node, gast.Lambda):
            pending.extend(default for default in (*node.args.defaults, *node.args.kw_defaults) if default is not None)
            continue
        if isinstance(node, gast.Call) and not (is_pure_library_call(node) or known(node)):
            return False
        for value in node.__dict__.values():
            if isinstance(value, list):
                pending.extend(item for item in value if isinstance(item, gast.AST))
            elif isinstance(value, gast.AST) and value._fields:
                pending.append(value)
    return True


def is_pure_library_call(call: gast.Call) -> bool:
    """Whether a call by itself, arguments aside, is one of NumPy's, math's or Python's own without effects."""
    path = dotted_path(call.func)
    if path is None:
        return False
    if len(path) == 1:
        return path[0] in _BUILTINS and all(option.arg not in (None, "key") for option in call.keywords)
    if path[0] not in _MODULES or path[-1] in _IMPURE or not _IMPURE_MODULES.isdisjoint(path):
        return False
    return not any(_has_effect(option, path[-1]) for option in call.keywords)


def _has_effect(option: gast.keyword, function: str) -> bool:
    """Whether an option may make a NumPy function write into an argument (``**options`` may)."""
    if option.arg in _WRITING_OPTIONS:
        return not (isinstance(option.value, gast.Constant) and not option.value.value)
    if option.arg == "copy" and function == "nan_to_num":
        return not (isinstance(option.value, gast.Constant) and option.value.value is True)
    return option.arg is None


def dotted_path(function: gast.expr) -> tuple[str, ...] | None:
    """``("np", "linalg", "solve")`` for ``np.linalg.solve``; None for what is not made of names and dots."""
    path: list[str] = []
    while isinstance(function, gast.Attribute):
        path.append(function.attr)
        function = function.value
    if not isinstance(function, gast.Name):
        return None
    return (function.id, *reversed(path))


def library_calls(functions: Collection[str], arrays: Collection[str]) -> KnownPure:
    """The calls known to be pure: those of ``functions`` by their names, and of methods of ``arrays``.

    What an array's method or operator gives is an array again: ``(x * y).sum().astype(float)`` is known with x.
    """

    def is_array(expression: gast.expr) -> bool:
        if isinstance(expression, gast.Name):
            return expression.id in arrays
        if isinstance(expression, gast.BinOp):
            return is_array(expression.left) or is_array(expression.right)
        if isinstance(expression, gast.UnaryOp):
            return is_array(expression.operand)
        if isinstance(expression, gast.Subscript) or (
            isinstance(expression, gast.Attribute) and expression.attr in ("T", "mT", "real", "imag")
        ):
            return is_array(expression.value)
        if isinstance(expression, gast.Call):
            path = dotted_path(expression.func)
            return known(expression) or (path is not None and path[0] == "np" and is_pure_library_call(expression))
        return False

    def known(call: gast.Call) -> bool:
        if isinstance(call.func, gast.Name):
            return call.func.id in functions
        if not isinstance(call.func, gast.Attribute) or call.func.attr not in _ARRAY_METHODS:
            return False
        return is_array(call.func.value) and not any(_has_effect(option, call.func.attr) for option in call.keywords)

    return known
