"""The text of rules, as trees."""

from __future__ import annotations

import builtins
import inspect
import textwrap
import types
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad.syntax.scopes import parameter_names, parameters


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
        _sources[function] = _read(function)
    return _sources[function]


def _read(function: types.FunctionType) -> RuleSource | None:
    """Find the definition that belongs to the function's code."""
    try:
        text = textwrap.dedent(inspect.getsource(function))
        tree = gast.parse(text)
    except (OSError, TypeError, SyntaxError):
        return None
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    wanted = set(code.co_varnames[:count])
    found = [
        node
        for node in gast.walk(tree)
        if isinstance(node, (gast.FunctionDef, gast.Lambda))
        and set(parameter_names(node.args)) == wanted
        and getattr(node, "name", "<lambda>") == code.co_name
    ]
    if len(found) != 1:
        return None
    definition = found[0]
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
    assert defaults.keys() <= {parameter.id for parameter in parameters(arguments)}
    return defaults


def global_value(function: Callable[..., Any], name: str) -> Any:
    """The value of a free variable of a rule: from its closure, its module or the builtins; NameError if unset."""
    if isinstance(function, types.FunctionType):
        if name in function.__code__.co_freevars:
            return (function.__closure__ or ())[function.__code__.co_freevars.index(name)].cell_contents
        if name in function.__globals__:
            return function.__globals__[name]
    if hasattr(builtins, name):
        return getattr(builtins, name)
    raise NameError(f"the rule {function.__qualname__} uses {name}, which is not defined")
