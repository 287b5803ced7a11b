"""The program around a function: the normal forms of all functions it reaches, and where their names come from."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import gast
import numpy as np

from srcgrad.analyse.kinds import DerivativeCall
from srcgrad.custom import CustomFunction
from srcgrad.errors import located
from srcgrad.normalise import normalise
from srcgrad.pipeline.lifting import ORIGINS
from srcgrad.pipeline.made_inside import MadeInside
from srcgrad.read.callables import Resolved, resolve
from srcgrad.read.environment import Binding, lookup
from srcgrad.read.function import FunctionSource, read_function
from srcgrad.syntax.build import local_names, names_read, parameter_names
from srcgrad.syntax.names import Names
from srcgrad.syntax.printer import print_tree

# The normal form of a function never depends on the signature, so it is made once.
_bodies: weakref.WeakKeyDictionary[Any, tuple[gast.FunctionDef, gast.FunctionDef]] = weakref.WeakKeyDictionary()

# What is written in terms of NumPy may be needed where the function calls NumPy otherwise, or not at all.
_NUMPY = {"np": np}


def names_in(tree: gast.AST) -> set[str]:
    """All names that occur in a tree."""
    return {node.id for node in gast.walk(tree) if isinstance(node, gast.Name)}


class SourceProgram:
    """Reads functions on demand.

    Trees of a function may use names of their own for what other functions see under another name, or for objects
    that have no name at all: `name_for` and `name_of` make them, and `lookup` knows them.
    """

    def __init__(self) -> None:
        self._bindings: dict[tuple[Any, str], Binding] = {}
        self._chosen: dict[tuple[Any, int, str], str] = {}
        self._versions: dict[tuple[Any, str], Any] = {}
        self._made: dict[Any, FunctionSource] = {}
        # Functions cut out of others, of which a module needs the text.
        self.adopted: set[Any] = set()
        self._inside = MadeInside(self, self.name_of, lambda function: set(self.given_names(function)))

    def written_derivative(self, wanted: DerivativeCall) -> gast.expr | None:
        """What stands in the place of a call that makes a derivative, None where it cannot be told."""
        return self._inside.written(wanted)

    def source(self, function: Any) -> FunctionSource:
        """The source of a function."""
        return self._made.get(function) or read_function(function)

    def body(self, function: Any) -> gast.FunctionDef:
        """A function in normal form; the tree is shared and not to be changed."""
        if isinstance(function, CustomFunction):
            function = resolve(function.function).function
        if function in self._made:
            return self._made[function].tree
        source = read_function(function)
        known = _bodies.get(function)
        if known is not None and known[0] is source.tree:
            return known[1]
        with located(source.filename, source.lines):
            tree = normalise(source.tree, allow_nonlocal=True)
        _bodies[function] = (source.tree, tree)
        return tree

    def lookup(self, function: Any, name: str) -> Binding:
        """Where a free name of a function, or of a tree made from it, comes from.

        ``np``, where the function does not use that name, is NumPy.
        """
        known = self._bindings.get((function, name))
        if known is not None:
            return known
        made = self._made.get(function)
        # A version of a function sees what the function sees.
        if made is not None:
            return self.lookup(made.function, name)
        source = read_function(function)
        found = lookup(source, name)
        origins = found.owner.get(ORIGINS) if isinstance(found.owner, Mapping) else None
        if origins is not None and name in origins:
            # Generated code: what its module has is a copy of what the user's variable held.
            read = origins[name]
            return Binding(read.name, "global", read.owner, read.value(), True)
        if name == "np" and not found.is_set and name not in names_in(source.tree):
            return Binding(name, "global", _NUMPY, np, True)
        return found

    def name_for(self, function: Any, binding: Binding, names: Names) -> str:
        """A name under which trees of a function read what a binding of another function holds."""
        key = (function, id(binding.owner), binding.name)
        chosen = self._chosen.get(key)
        if chosen is None:
            chosen = self._chosen[key] = names.fresh(binding.name)
            self.bind(function, chosen, binding)
        return chosen

    def name_of(self, function: Any, value: Any, wanted: str, names: Names) -> str:
        """A name under which trees of a function find an object."""
        key = (function, id(value), "")
        chosen = self._chosen.get(key)
        if chosen is None:
            chosen = self._chosen[key] = names.fresh(wanted)
            self.bind(function, chosen, Binding(chosen, "global", {chosen: value}, value, True))
        return chosen

    def given_names(self, function: Any) -> dict[str, Any]:
        """What the names stand for that trees of a function use beside the function's own."""
        return {name: bound.value for (owner, name), bound in self._bindings.items() if owner is function}

    def version_of(self, function: FunctionType, tree: gast.FunctionDef, foreign: Mapping[str, Binding]) -> Any:
        """A function made from another one: it runs ``tree``, and sees what ``function`` sees and some names more."""
        key = (function, gast.dump(tree, include_attributes=False))
        known = self._versions.get(key)
        if known is not None:
            return known
        free = names_read(tree.body) - local_names(tree) - set(parameter_names(tree.args))
        seen = {name: foreign.get(name) or self.lookup(function, name) for name in free}
        namespace = {name: binding.value for name, binding in seen.items() if binding.is_set}
        exec(compile(print_tree(tree), f"<{tree.name}>", "exec"), namespace)
        made = self._versions[key] = namespace[tree.name]
        source = self.source(function)
        self._made[made] = FunctionSource(
            tree.name, tree, source.filename, source.lines, source.function, inspect.signature(made)
        )
        for name, binding in foreign.items():
            self.bind(made, name, binding)
        return made

    def adopt(self, function: Any, called: str, made: FunctionType) -> None:
        """Let trees of a function find one that was cut out of them, which sees what they see."""
        self.bind(function, called, Binding(called, "global", {called: made}, made, True))
        self.adopted.add(made)
        for (owner, name), binding in list(self._bindings.items()):
            if owner is function or owner is self.source(function).function:
                self._bindings.setdefault((made, name), binding)

    def bind(self, function: Any, name: str, binding: Binding) -> None:
        """Let a name mean something in trees of a function."""
        self._bindings[(function, name)] = binding

    def resolve(self, function: Any) -> Resolved:
        """The plain function behind a callable."""
        return resolve(function)
