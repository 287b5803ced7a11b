"""The text of rules, as trees."""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import types
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad.syntax.scopes import parameter_names


@dataclass(frozen=True)
class RuleSource:
    """A rule's parameters with their defaults, and its body."""

    parameters: tuple[str, ...]
    defaults: dict[str, gast.expr]
    body: list[gast.stmt]


_sources: weakref.WeakKeyDictionary[Callable[..., Any], RuleSource | None] = weakref.WeakKeyDictionary()


def rule_source(function: Callable[..., Any]) -> RuleSource | None:
    """The source of a rule; None where it cannot be had, so that the rule can only be called."""
    if not isinstance(function, types.FunctionType) or hasattr(function, "__wrapped__"):
        return None
    if function not in _sources:
        definition = _definition(function)
        _sources[function] = None if definition is None else _source(gast.ast_to_gast(definition))
    return _sources[function]


def _source(definition: gast.AST) -> RuleSource:
    """The parts of a definition."""
    body = [gast.Return(definition.body)] if isinstance(definition, gast.Lambda) else definition.body
    return RuleSource(tuple(parameter_names(definition.args)), _defaults(definition.args), body)


def _defaults(arguments: gast.arguments) -> dict[str, gast.expr]:
    """The default of each parameter that has one; those that collect arguments default to nothing collected."""
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(reversed(positional), reversed(arguments.defaults)),
        *zip(arguments.kwonlyargs, arguments.kw_defaults),
    ]
    defaults = {parameter.id: default for parameter, default in pairs if default is not None}
    if arguments.vararg:
        defaults[arguments.vararg.id] = gast.Tuple([], gast.Load())
    if arguments.kwarg:
        defaults[arguments.kwarg.id] = gast.Dict([], [])
    return defaults


def _definition(function: types.FunctionType) -> ast.FunctionDef | ast.Lambda | None:
    """The one definition in the function's file that stands in its place and compiles to its code.

    The file may have changed since it was imported; then there is none.
    """
    code = function.__code__
    try:
        tree, codes = _compiled("".join(inspect.findsource(function)[0]))
    except (OSError, TypeError, SyntaxError):
        return None
    if not any(part.co_firstlineno == code.co_firstlineno and _bare(part) == _bare(code) for part in codes):
        return None
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.Lambda))
        and _first_line(node) == code.co_firstlineno
        and getattr(node, "name", "<lambda>") == code.co_name
    ]
    return found[0] if len(found) == 1 else None


@functools.lru_cache(maxsize=4)
def _compiled(text: str) -> tuple[ast.Module, tuple[types.CodeType, ...]]:
    """The tree of a file and all code objects it compiles to."""
    tree = ast.parse(text)
    return tree, tuple(_codes(compile(tree, "", "exec", dont_inherit=True)))


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """A code object and all inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _bare(code: types.CodeType) -> types.CodeType:
    """The code without its place: equal for equal programs."""
    constants = tuple(_bare(value) if isinstance(value, types.CodeType) else value for value in code.co_consts)
    return code.replace(co_consts=constants, co_filename="", co_firstlineno=1, co_linetable=b"", co_qualname="")


def _first_line(node: ast.FunctionDef | ast.Lambda) -> int:
    """The line on which a definition begins, decorators included."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def global_value(function: Callable[..., Any], name: str) -> Any:
    """The value of a free variable of a rule: from its closure, its module or the builtins; NameError if unset."""
    if isinstance(function, types.FunctionType):
        if name in function.__code__.co_freevars:
            return (function.__closure__ or ())[function.__code__.co_freevars.index(name)].cell_contents
        if name in function.__globals__:
            return function.__globals__[name]
    if hasattr(builtins, name):
        return getattr(builtins, name)
    raise NameError(f"the rule {getattr(function, '__qualname__', function)} uses {name}, which is not defined")
