"""Functions without Python source, such as ``np.tanh``, as functions of one line that can be read."""

from __future__ import annotations

import functools
import inspect
import linecache
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from srcgrad.calling.parameters import Parameters
from srcgrad.calling.signature_of import signature_for
from srcgrad.custom import CustomFunction
from srcgrad.errors import SourceError
from srcgrad.pipeline import resolve
from srcgrad.rules import has_rule
from srcgrad.rules.registry import has_definition


def named_function(function: Callable[..., Any]) -> FunctionType:
    """The function itself; for one that has a rule and no source, a function that does nothing but call it."""
    if isinstance(function, FunctionType) and not (has_rule(function) or has_definition(function)):
        return function
    if hasattr(type(function), "__srcgrad_for__"):
        return _call_of_derivative(function)
    if not (has_rule(function) or has_definition(function) or isinstance(function, CustomFunction)):
        raise SourceError(
            f"{_name(function)} has neither Python source nor a rule",
            advice="register one with srcgrad.rules.partials, adjoint or tangent",
        )
    return _call_of(function)


def _name(function: Callable[..., Any]) -> str:
    name: str = getattr(function, "__name__", type(function).__name__)
    return name


@functools.lru_cache(maxsize=128)
def _call_of(function: Callable[..., Any]) -> FunctionType:
    """A function that calls this one and is named after it."""
    name = _name(function).strip("<>")
    plain = resolve(function.function).function if isinstance(function, CustomFunction) else function
    parameters, arguments = _parameters(plain)
    called, module = _written(function, name)
    text = f"def {name}({', '.join(parameters)}):\n    return {called}({', '.join(arguments)})\n"
    filename = f"<srcgrad: {name}({', '.join(parameters)})>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), module)
    made: FunctionType = module[name]
    if called == name:
        module[name] = function
    if isinstance(plain, FunctionType):
        made.__defaults__, made.__kwdefaults__ = plain.__defaults__, plain.__kwdefaults__
    return made


def _written(function: Callable[..., Any], name: str) -> tuple[str, dict[str, Any]]:
    """The function as people write it (``np.tanh``), and the module that gives it this name."""
    for module in (getattr(function, "__module__", None), "numpy", "scipy.special"):
        root, _, rest = str(module).partition(".")
        if root in ("numpy", "scipy", "math") and getattr(sys.modules.get(str(module)), name, None) is function:
            alias = "np" if root == "numpy" else root
            return ".".join([alias, *filter(None, [rest]), name]), {alias: sys.modules[root]}
    return name, {}


def _parameters(function: Callable[..., Any]) -> tuple[list[str], list[str]]:
    """The parameters of the call's function, and the arguments of the call.

    Of a user's function, all; of one without source, those that must be given.
    """
    if isinstance(function, np.ufunc):
        names = ["x", "y", "z", "w"][: function.nin]
        return names, names
    try:
        signature = inspect.signature(function).parameters.values()
    except ValueError:  # built-in functions that do not tell
        return ["x"], ["x"]
    if isinstance(function, FunctionType):
        written = Parameters(function, 0, ())
        star = [f"*{written.variadic}"] if written.variadic else []
        two_stars = [f"**{written.variadic_keywords}"] if written.variadic_keywords else []
        keywords = [f"{item.name}={item.name}" for item in signature if item.kind is item.KEYWORD_ONLY]
        return list(written.header), [*written.positional, *star, *keywords, *two_stars]
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    required = [item.name for item in signature if item.kind in by_position and item.default is item.empty]
    return required or ["x"], required or ["x"]


def _call_of_derivative(derivative: Any) -> FunctionType:
    """A function that calls a derivative, with the parameters of the derivative's own function."""
    signature_for(derivative)
    known: FunctionType | None = derivative.__dict__.get("_call")
    if known is None:
        primal = named_function(derivative._function)
        written = Parameters(primal, 0, ())
        name = derivative.__name__.replace("<lambda>", "anonymous").strip("<>")
        star = [f"*{written.variadic}"] if written.variadic else []
        two_stars = [f"**{written.variadic_keywords}"] if written.variadic_keywords else []
        keywords = [f"{key}={key}" for key in primal.__code__.co_varnames[primal.__code__.co_argcount :]
                    [: primal.__code__.co_kwonlyargcount]]
        arguments = ", ".join([*written.positional, *star, *keywords, *two_stars])
        lines = [f"return derivative({arguments})"]
        if getattr(derivative, "_has_aux", False):
            # Whoever differentiates it further has to see the pair.
            lines = [f"result, auxiliary = derivative({arguments})", "return result, auxiliary"]
        text = "\n    ".join([f"def {name}({', '.join(written.header)}):", *lines]) + "\n"
        filename = f"<srcgrad: {name} {id(derivative)}>"
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        module: dict[str, Any] = {"derivative": derivative, "__name__": "srcgrad_generated.nested"}
        exec(compile(text, filename, "exec"), module)
        known = module[name]
        assert isinstance(known, FunctionType)
        known.__defaults__, known.__kwdefaults__ = primal.__defaults__, primal.__kwdefaults__
        derivative.__dict__["_call"] = known
    return known
