"""The entry: what must be done in Python before the compiled code runs stands in a function around it.

Before:                                   After:
    def f_grad(x, y):                         @njit(error_model="numpy")
        refuse_shared(x, read=(y,))           def f_grad_compiled(x, y, SCALE):
        x = x.copy()                              x = x.copy()
        ... SCALE ...                             ... SCALE ...

                                              def f_grad(x, y):
                                                  refuse_shared(x, read=(y,))
                                                  return f_grad_compiled(x, y, SCALE)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gast

from srcgrad.backend import Numba
from srcgrad.compiled.unit import plain_arguments, with_body
from srcgrad.syntax.build import call, constant, name, parameter_names, return_statement
from srcgrad.syntax.comments import is_comment
from srcgrad.syntax.names import Names

_CHECKS = frozenset({"refuse_shared"})


@dataclass(frozen=True)
class Entry:
    """A compiled function, and the Python function around it where there is one."""

    compiled: gast.FunctionDef
    around: gast.FunctionDef | None

    @property
    def called(self) -> str:
        """The name of what is called from outside."""
        return str((self.around or self.compiled).name)


def entry(
    tree: gast.FunctionDef, parameters: Sequence[str], data: Sequence[str], names: Names, recursive: bool
) -> Entry:
    """Split a function: ``parameters`` are those of the call, ``data`` the variables of the module to hand over."""
    checks = [statement for statement in tree.body if _is_check(statement)]
    left = parameter_names(tree.args)[: len(parameter_names(tree.args)) - len(data)]
    if not checks and not data and left == list(parameters):
        return Entry(tree, None)
    called = tree.name if recursive else names.fresh(f"{tree.name}_compiled")
    body = [statement for statement in tree.body if not _is_check(statement)]
    compiled = with_body(tree, body)
    compiled.name = called
    outside = names.fresh(f"{tree.name}_entry") if recursive else tree.name
    handed = call(called, *map(name, left), *map(name, data))
    around = gast.FunctionDef(
        outside, plain_arguments(list(parameters)), [*checks, return_statement(handed)], [], None, None, []
    )
    return Entry(compiled, around)


def _is_check(statement: gast.stmt) -> bool:
    """Whether a statement asks something of the arguments that Python must answer."""
    match statement:
        case gast.Expr(value=gast.Call(func=gast.Name(id=identifier))):
            return identifier in _CHECKS and not is_comment(statement)
        case _:
            return False


def decorated(tree: gast.FunctionDef, backend: Numba) -> gast.FunctionDef:
    """The function under ``@njit`` with the options of the backend."""
    options = {"error_model": constant(backend.error_model)}
    for option in ("fastmath", "parallel"):
        if getattr(backend, option):
            options[option] = constant(True)
    if backend.boundscheck is not None:
        options["boundscheck"] = constant(backend.boundscheck)
    made = with_body(tree, tree.body)
    made.decorator_list = [call("njit", **options)]
    return made
