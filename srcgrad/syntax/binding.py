"""Binding of a call's arguments to parameters, exactly as Python binds them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import gast

from srcgrad.errors import ArgumentTypeError

Argument = TypeVar("Argument")

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class Default:
    """A parameter that the call leaves to its default."""

    value: Any


def bind_arguments(
    signature: inspect.Signature, positional: Sequence[Argument], keywords: Mapping[str, Argument]
) -> dict[str, Argument | Default | tuple[Argument, ...] | dict[str, Argument]]:
    """The argument of each parameter: one argument, its default, a tuple for ``*args``, a dict for ``**kwargs``.

    >>> def function(x, *rest, scale=1.0): ...
    >>> bind_arguments(inspect.signature(function), ["a", "b"], {})
    {'x': 'a', 'rest': ('b',), 'scale': Default(value=1.0)}
    """
    bound: dict[str, Argument | Default | tuple[Argument, ...] | dict[str, Argument]] = {}
    remaining = list(positional)
    named = dict(keywords)
    for name, parameter in signature.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            bound[name] = tuple(remaining)
            remaining = []
        elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
            bound[name] = named
            named = {}
        elif parameter.kind in _POSITIONAL and remaining:
            if name in named and parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
                raise ArgumentTypeError(f"there are two values for the argument {name!r}")
            bound[name] = remaining.pop(0)
        elif name in named and parameter.kind is not inspect.Parameter.POSITIONAL_ONLY:
            bound[name] = named.pop(name)
        elif parameter.default is not inspect.Parameter.empty:
            bound[name] = Default(parameter.default)
        else:
            raise ArgumentTypeError(f"the argument {name!r} is missing")
    if remaining:
        most = sum(parameter.kind in _POSITIONAL for parameter in signature.parameters.values())
        raise ArgumentTypeError(f"{len(positional)} positional arguments are given where at most {most} are taken")
    if named:
        raise ArgumentTypeError(f"there is no parameter {next(iter(named))!r}")
    return bound


def bind(
    call: gast.Call,
    signature: inspect.Signature,
    leading_count: int = 0,
    length: Callable[[gast.AST], int | None] = lambda _: None,
) -> dict[str, Any]:
    """The expression of each parameter of a call, or its ``Default``.

    ``*args`` becomes a tuple display, ``**kwargs`` a dict display.  The first ``leading_count`` parameters are bound
    already (a receiver, a partial's arguments) and left out.  ``length`` gives the number of elements of a starred
    argument, where it is known.
    """
    leading = [None] * leading_count
    positional = [item for argument in call.args for item in _expanded(argument, length)]
    named: dict[str, Any] = {}
    for keyword in call.keywords:
        if keyword.arg is not None:
            named[keyword.arg] = keyword.value
        elif isinstance(keyword.value, gast.Dict) and all(_is_text(key) for key in keyword.value.keys):
            for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                named[key.value] = value
        else:
            raise ArgumentTypeError(
                "the keywords of this call are not known before it runs",
                node=keyword.value,
                advice="pass them one by one",
            )
    try:
        bound = bind_arguments(signature, [*leading, *positional], named)
    except ArgumentTypeError as error:
        raise ArgumentTypeError(error.message, node=call, advice=error.advice) from None
    result: dict[str, Any] = {}
    for position, (name, argument) in enumerate(bound.items()):
        if isinstance(argument, tuple):
            given = [item for item in argument if item is not None]
            result[name] = gast.copy_location(gast.Tuple(elts=given, ctx=gast.Load()), call)
        elif isinstance(argument, dict):
            keys = [gast.copy_location(gast.Constant(key, None), call) for key in argument]
            result[name] = gast.copy_location(gast.Dict(keys=keys, values=list(argument.values())), call)
        elif position >= leading_count or argument is not None:
            result[name] = argument
    return result


def _is_text(key: gast.AST | None) -> bool:
    return isinstance(key, gast.Constant) and isinstance(key.value, str)


def _expanded(argument: gast.AST, length: Callable[[gast.AST], int | None]) -> list[gast.AST]:
    """One argument, or the elements of a starred one."""
    if not isinstance(argument, gast.Starred):
        return [argument]
    if isinstance(argument.value, (gast.Tuple, gast.List)):
        return [item for element in argument.value.elts for item in _expanded(element, length)]
    count = length(argument.value)
    if count is None:
        raise ArgumentTypeError(
            "how many arguments this is, is not known before it runs", node=argument, advice="pass them one by one"
        )
    elements = []
    for index in range(count):
        element = gast.Subscript(value=argument.value, slice=gast.Constant(index, None), ctx=gast.Load())
        elements.append(gast.fix_missing_locations(gast.copy_location(element, argument)))
    return elements


def signature_of(arguments: gast.arguments) -> inspect.Signature:
    """The signature of a function in the program; the defaults are their expressions."""
    parameters: list[inspect.Parameter] = []
    plain = [*arguments.posonlyargs, *arguments.args]
    without = len(plain) - len(arguments.defaults)
    for position, parameter in enumerate(plain):
        first = position < len(arguments.posonlyargs)
        kind = inspect.Parameter.POSITIONAL_ONLY if first else inspect.Parameter.POSITIONAL_OR_KEYWORD
        default = arguments.defaults[position - without] if position >= without else inspect.Parameter.empty
        parameters.append(inspect.Parameter(parameter.id, kind, default=default))
    if arguments.vararg is not None:
        parameters.append(inspect.Parameter(arguments.vararg.id, inspect.Parameter.VAR_POSITIONAL))
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        given = inspect.Parameter.empty if default is None else default
        parameters.append(inspect.Parameter(parameter.id, inspect.Parameter.KEYWORD_ONLY, default=given))
    if arguments.kwarg is not None:
        parameters.append(inspect.Parameter(arguments.kwarg.id, inspect.Parameter.VAR_KEYWORD))
    return inspect.Signature(parameters)
