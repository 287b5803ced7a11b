"""Modules that stand alone: what generated functions use is imported, written out, or pasted in."""

from __future__ import annotations

import builtins
import inspect
import sys
import textwrap
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import gast
import numpy as np

from srcgrad.emit.module import module_text
from srcgrad.errors import UnsupportedError
from srcgrad.syntax.build import constant, names_assigned, names_read, substitute
from srcgrad.syntax.build import name as variable
from srcgrad.syntax.printer import print_tree

_PACKAGE = "srcgrad"

_ERROR = """\
class {name}({base}):
    \"\"\"{documentation}\"\"\"

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(f"{{message}}\\n{{advice}}" if advice else message)
"""


def exported_text(functions: Sequence[gast.FunctionDef], heading: str, values: Mapping[str, Any]) -> str:
    """The text of a module that has all that ``functions`` use.

    ``values`` has the value of every global name that the functions read.  Modules and what can be imported from
    them become imports, numbers, strings and tuples of them become assignments, and srcgrad's run-time functions
    and errors are pasted with whatever they use, so that the module does not need srcgrad.
    """
    own_names = names_assigned(functions)
    parts = _Parts(own_names)
    for name in sorted(names_read(functions) - own_names):
        if name in values:
            parts.provide(name, values[name])
        elif not hasattr(builtins, name):
            raise UnsupportedError(f"{name} has no value, so that no module can be written that provides it")
    constants = ["\n".join(parts.constants)] if parts.constants else []
    return module_text(functions, heading, parts.imports, [*constants, *parts.pasted.values()])


class _Parts:
    """What is collected for the head of a module."""

    def __init__(self, own_names: Iterable[str]) -> None:
        self.provided: dict[str, Any] = dict.fromkeys(own_names, self)
        self.imports: set[str] = set()
        self.constants: list[str] = []
        self.pasted: dict[str, str] = {}

    def provide(self, name: str, value: Any) -> None:
        """See to it that the module has ``value`` under ``name``."""
        if name in self.provided:
            if self.provided[name] is not value:
                raise UnsupportedError(f"two different things are called {name}")
            return
        self.provided[name] = value
        if isinstance(value, types.ModuleType):
            module = value.__name__
            self.imports.add(f"import {module}" if module == name else f"import {module} as {name}")
        elif isinstance(value, types.FunctionType) and _is_ours(value):
            self._paste(name, value)
        elif isinstance(value, TypeVar):
            self.provide("TypeVar", TypeVar)
            self.constants.append(f'{name} = TypeVar("{value.__name__}")')
        elif isinstance(value, type) and issubclass(value, Exception) and _is_ours(value):
            base = next(base for base in value.__mro__ if base.__module__ == "builtins")
            documentation = (value.__doc__ or "").partition("\n")[0]
            self.pasted[name] = _ERROR.format(name=name, base=base.__name__, documentation=documentation)
        elif _is_literal(value):
            self.constants.append(f"{name} = {print_tree(constant(value))}")
        elif _is_small_array(value):
            self.provide("np", np)
            numbers = f"np.{value.dtype.name}({value.item()!r})" if isinstance(value, np.generic) else None
            self.constants.append(f"{name} = {numbers or f'np.array({value.tolist()!r}, dtype=np.{value.dtype.name})'}")
        elif (line := _import_line(name, value)) is not None:
            self.imports.add(line)
        else:
            raise UnsupportedError(
                f"{name}, a {type(value).__name__}, cannot be written into a module",
                advice="make it an argument of the function, or define it in a module from which it can be imported",
            )

    def _paste(self, name: str, function: types.FunctionType) -> None:
        """Paste a run-time function or a rule and provide what it uses."""
        lines = textwrap.dedent(inspect.getsource(function)).splitlines(keepends=True)
        definition = gast.parse("".join(lines)).body[0]
        text = "".join(lines[definition.lineno - 1 :])
        if name != function.__name__:
            definition.decorator_list = []
            text = print_tree(substitute(definition, {function.__name__: variable(name)}))
        for used in sorted(names_read(gast.parse(text)) - {name}):
            if used in function.__globals__:
                self.provide(used, function.__globals__[used])
            elif not hasattr(builtins, used):
                raise UnsupportedError(f"{function.__name__} uses {used}, which has no value")
        self.pasted[name] = text


def _is_ours(value: Any) -> bool:
    """Whether a function or class belongs to srcgrad, so that exports must do without it."""
    return str(value.__module__).partition(".")[0] == _PACKAGE


def _is_literal(value: Any) -> bool:
    """Whether a value can be written as a literal."""
    if isinstance(value, tuple):
        return type(value) is tuple and all(_is_literal(item) for item in value)
    return value is None or value is Ellipsis or type(value) in (bool, int, float, complex, str, bytes)


def _is_small_array(value: Any) -> bool:
    """Whether a value is a NumPy number or array that can be written out."""
    plain = isinstance(value, np.generic) or type(value) is np.ndarray
    return plain and value.dtype.kind in "fiuc" and value.size <= 100 and bool(np.all(np.isfinite(value)))


def _import_line(name: str, value: Any) -> str | None:
    """The import that gives ``value`` under ``name``, None where there is none."""
    module, attribute = getattr(value, "__module__", None), getattr(value, "__name__", None)
    if not isinstance(module, str) or not isinstance(attribute, str) or module == "__main__" or _is_ours(value):
        return None
    module = _public(module, attribute, value)
    if module is None:
        return None
    return f"from {module} import {attribute}" + ("" if attribute == name else f" as {name}")


def _public(module: str, attribute: str, value: Any) -> str | None:
    """The module to import from: the outermost package that offers the value under its own name."""
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        path = ".".join(parts[:count])
        if getattr(sys.modules.get(path), attribute, None) is value:
            return path
    return None
