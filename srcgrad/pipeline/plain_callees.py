"""Functions that a compiled module calls as they are: their source is written into the module, and compiled too."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import TYPE_CHECKING, Any

import gast

from srcgrad.analyse.kinds import EnvironmentRead
from srcgrad.analyse.kinds.facts import symbol_of
from srcgrad.analyse.kinds.values import environment_kind
from srcgrad.compiled.data import is_library
from srcgrad.compiled.unit import Unit
from srcgrad.errors import SrcgradError
from srcgrad.read.callables import resolve
from srcgrad.rules.registry import has_rule
from srcgrad.syntax.build import constant, name, substitute
from srcgrad.syntax.tree import copy_tree

if TYPE_CHECKING:
    from srcgrad.pipeline.module import Module


class PlainCallees:
    """Brings the sources of such functions into one module."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._written: dict[int, str] = {}
        self.units: list[Unit] = []

    def name_of(self, wanted: str, value: Any) -> str:
        """The name of an object in the module."""
        for known, held in {**self.module.objects, **self.module.helpers.objects}.items():
            if held is value:
                return known
        return self.module.helpers.name_of(wanted, value)

    def with_callees(self, units: list[Unit]) -> list[Unit]:
        """The functions, those that they call as they are in front of them."""
        changed = [Unit(self._with_sources(unit.tree, unit.free_names()), unit.parameters, unit.variables)
                   for unit in units]
        return [*self.units, *changed]

    def _with_sources(self, tree: gast.FunctionDef, free: set[str]) -> gast.FunctionDef:
        """A function whose calls of plain functions are calls of those in the module."""
        renamed: dict[str, gast.expr] = {}
        for identifier in sorted(free):
            value = self.module.objects.get(identifier, self.module.helpers.objects.get(identifier))
            function = _source_function(value)
            if function is None:
                continue
            written = self._write(function, identifier)
            if written != identifier:
                renamed[identifier] = name(written)
        return substitute(tree, renamed) if renamed else tree

    def _write(self, function: FunctionType, wanted: str) -> str:
        """The name under which the module has a function, whose source is written the first time."""
        known = self._written.get(id(function))
        if known is not None:
            return known
        source = self.module.program.source(function)
        written = wanted
        if wanted.startswith("<") or not wanted.isidentifier():
            written = self.module.module_names.fresh(source.name)
        self._written[id(function)] = written
        self.module.sources.append(source)
        tree = copy_tree(source.tree)
        tree.name = written
        tree.returns, tree.decorator_list = None, []
        for parameter in gast.walk(tree.args):
            if isinstance(parameter, gast.Name):
                parameter.annotation = None
        self._fix_defaults(tree, function)
        renamed: dict[str, gast.expr] = {}
        for identifier in sorted(Unit(tree).free_names()):
            binding = self.module.program.lookup(function, identifier)
            if binding.kind == "builtin" or not binding.is_set:
                continue
            if binding.value is function:
                renamed[identifier] = name(written)
                continue
            chosen = self.module.name_for(identifier, binding)
            kind = environment_kind(binding.value, symbol_of(binding.owner, binding.name))
            read = EnvironmentRead(binding.owner, binding.name, kind)
            self.module.reads.setdefault((id(binding.owner), binding.name), (read, chosen))
            if chosen != identifier:
                renamed[identifier] = name(chosen)
        tree = substitute(tree, renamed) if renamed else tree
        tree = self._with_sources(tree, Unit(tree).free_names())
        self.units.append(Unit(tree))
        return written

    def _fix_defaults(self, tree: gast.FunctionDef, function: FunctionType) -> None:
        """Defaults are what they were when the function was defined."""
        values = function.__defaults__ or ()
        tree.args.defaults = [
            constant(value)
            if value is None or isinstance(value, bool | int | float | str)
            else name(self.module.helpers.name_of("default", value))
            for value in values
        ]


def _source_function(value: Any) -> FunctionType | None:
    """The Python function behind a callable that is compiled from its source; None for what numba knows itself."""
    if value is None or isinstance(value, type) or not callable(value) or inspect.isbuiltin(value):
        return None
    if not isinstance(value, FunctionType) and not type(value).__module__.startswith("numba."):
        return None
    try:
        resolved = resolve(value)
    except SrcgradError:
        return None
    function = resolved.function
    if not isinstance(function, FunctionType) or resolved.leading or resolved.keywords:
        return None
    if is_library(function.__module__) and not has_rule(function):
        return None
    return None if is_library(function.__module__) else function
