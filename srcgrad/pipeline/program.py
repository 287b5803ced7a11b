"""The program around a function: the normal forms of all functions it reaches, and where their names come from."""

from __future__ import annotations

import weakref
from typing import Any

import gast

from srcgrad.errors import located
from srcgrad.normalise import normalise
from srcgrad.read.callables import Resolved, resolve
from srcgrad.read.environment import Binding, lookup
from srcgrad.read.function import FunctionSource, read_function

# The normal form of a function never depends on the signature, so it is made once.
_bodies: weakref.WeakKeyDictionary[Any, tuple[gast.FunctionDef, gast.FunctionDef]] = weakref.WeakKeyDictionary()


class SourceProgram:
    """Reads functions on demand."""

    def source(self, function: Any) -> FunctionSource:
        """The source of a function."""
        return read_function(function)

    def body(self, function: Any) -> gast.FunctionDef:
        """A function in normal form; the tree is shared and not to be changed."""
        source = read_function(function)
        known = _bodies.get(function)
        if known is not None and known[0] is source.tree:
            return known[1]
        with located(source.filename, source.lines):
            tree = normalise(source.tree, allow_nonlocal=True)
        _bodies[function] = (source.tree, tree)
        return tree

    def lookup(self, function: Any, name: str) -> Binding:
        """Where a free name of a function comes from."""
        return lookup(read_function(function), name)

    def resolve(self, function: Any) -> Resolved:
        """The plain function behind a callable."""
        return resolve(function)
