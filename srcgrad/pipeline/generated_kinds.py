"""The kinds in generated code: the inference of kinds, run over the functions of a generated module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import FunctionType
from typing import Any

import gast

from srcgrad.analyse.kinds import Kinds, infer, symbols
from srcgrad.analyse.kinds.joins import change_lengths
from srcgrad.errors import SrcgradError
from srcgrad.kind import ANY_LENGTH, Kind, Opaque, TupleOf
from srcgrad.pipeline.program import SourceProgram
from srcgrad.read.callables import Resolved
from srcgrad.read.environment import Binding
from srcgrad.syntax.build import parameter_names


class GeneratedProgram(SourceProgram):
    """A generated module as a program: its functions have trees here, what they call has source elsewhere.

    ``module`` is the namespace of the module as it was loaded, whose functions are the keys of the trees.
    """

    def __init__(self, functions: Sequence[gast.FunctionDef], module: Mapping[str, Any]) -> None:
        super().__init__()
        self.module = module
        self.trees = {module[function.name]: function for function in functions}

    def body(self, function: Any) -> gast.FunctionDef:
        """The tree of a function of the module, or a user's function in normal form."""
        tree = self.trees.get(function)
        return super().body(function) if tree is None else tree

    def lookup(self, function: Any, name: str) -> Any:
        """Where a free name comes from: for generated functions from the module, then from Python."""
        if function not in self.trees:
            return super().lookup(function, name)
        if name in self.module:
            return Binding(name, "global", self.module, self.module[name], True)
        builtins = function.__builtins__
        if name in builtins:
            return Binding(name, "builtin", builtins, builtins[name], True)
        return Binding(name, "global", self.module, None, False)

    def resolve(self, function: Any) -> Any:
        """The plain function behind a callable."""
        return Resolved(function) if function in self.trees else super().resolve(function)


def kinds_of_generated(
    functions: Sequence[gast.FunctionDef],
    parameters: Mapping[str, Mapping[str, Kind]],
    module: Mapping[str, Any],
) -> dict[str, Kinds]:
    """The kinds in each function of a generated module, by the function's name.

    ``parameters`` has the kinds of the parameters of each function, as far as they are known: the second function
    of a pair gets its records from the result of the first, which stands in front of it.  ``module`` is the namespace
    of the loaded module.  A function that the inference does not understand is left out.
    """
    program = GeneratedProgram(functions, module)
    found: dict[str, Kinds] = {}
    records: Kind = Opaque()
    for tree in functions:
        known = parameters.get(tree.name, {})
        own = parameter_names(tree.args)
        kinds = {name: _imported(known.get(name, records if name == own[-1] else Opaque()), name) for name in own}
        function = module[tree.name]
        assert isinstance(function, FunctionType)
        try:
            found[tree.name] = infer(tree, function, kinds, program)
        except SrcgradError:
            records = Opaque()
            continue
        result = found[tree.name].result
        records = result.elements[1] if isinstance(result, TupleOf) and len(result.elements) == 2 else Opaque()
    return found


def _imported(kind: Kind, name: str) -> Kind:
    """A kind whose unknown lengths have names of their own: each inference numbers its unknowns anew."""
    renamed: dict[Any, str] = {}

    def change(dim: Any, path: Any) -> Any:
        if dim == ANY_LENGTH or not symbols.unknowns(dim):
            return dim
        return renamed.setdefault(dim, symbols.function("given", name, len(renamed)))

    return change_lengths(kind, change)
