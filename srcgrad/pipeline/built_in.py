"""Functions passed to functions that call themselves: the callee gets a version of its own with them built in.

What such a function reads from around it becomes arguments, so that the derivative reaches it::

    f = lambda t: math.exp(-k * t)
    y = adaptive(f, 0.0, b, 6)
                                        becomes     y = adaptive_f(k, 0.0, b, 6)

where ``adaptive_f(k, ...)`` is ``adaptive`` behind ``f = lambda t: math.exp(-k * t)``.
"""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import Any, TypeAlias

import gast

from srcgrad.analyse.activity import Activity
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.kinds import Kinds, Target
from srcgrad.analyse.operations import single_target
from srcgrad.differentiate.calls import is_differentiated
from srcgrad.differentiate.needed import statements_of
from srcgrad.errors import SrcgradError
from srcgrad.kind import Function
from srcgrad.normalise.scopes import own_nodes
from srcgrad.pipeline.program import SourceProgram
from srcgrad.pipeline.writing_out import calls_itself
from srcgrad.read.environment import Binding
from srcgrad.syntax.binding import Default, bind
from srcgrad.syntax.build import (
    assign,
    constant,
    copy_tree,
    local_names,
    located_at,
    name,
    names_read,
    parameter_names,
    substitute,
)
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import with_replaced

_INNER = (gast.FunctionDef, gast.Lambda)
Inner: TypeAlias = gast.FunctionDef | gast.Lambda


def with_functions_built_in(
    tree: gast.FunctionDef, function: Any, kinds: Kinds, active: Activity, names: Names, program: SourceProgram
) -> gast.FunctionDef | None:
    """The function with calls of such versions, None where there is nothing to do."""
    replaced: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
    for statement in statements_of(tree.body):
        varied = active.varied_before.get(statement, frozenset())
        for node in own_nodes([statement]):
            if not isinstance(node, gast.Call) or node in replaced or not dependencies(node, kinds) & varied:
                continue
            target = single_target(node, kinds)
            if target is None or not is_differentiated(target) or target.leading or target.keywords or target.bound:
                continue
            given = [_inner(kinds.of.get(argument)) for argument in _arguments(node)]
            if any(given) and calls_itself(target.function, program):
                made = _Version(tree, function, kinds, names, program).of(node, target)
                if made is not None:
                    replaced[node] = located_at(made, node)
    if not replaced:
        return None
    wider = with_replaced(tree, replaced)
    assert isinstance(wider, gast.FunctionDef)
    return wider


def _arguments(node: gast.Call) -> list[gast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)]


def _inner(kind: Any) -> Inner | None:
    """The one function of the program's own that a value is."""
    if isinstance(kind, Function) and len(kind.targets) == 1 and not (kind.leading or kind.keywords):
        target = kind.targets[0]
        return target if isinstance(target, _INNER) else None
    return None


class _Version:
    """The version of a callee for one call."""

    def __init__(
        self, tree: gast.FunctionDef, function: Any, kinds: Kinds, names: Names, program: SourceProgram
    ) -> None:
        self.function = function
        self.kinds = kinds
        self.names = names
        self.program = program
        self.own = local_names(tree) | set(parameter_names(tree.args))
        self.definitions: list[gast.stmt] = []
        self.captured: dict[str, str] = {}
        self.renamed: dict[str, str] = {}
        self.foreign: dict[str, Binding] = {}

    def of(self, node: gast.Call, target: Target) -> gast.Call | None:
        """The call of the version, None where the arguments cannot be told apart."""
        called: FunctionType = target.function
        callee = self.program.body(called)
        if callee.args.vararg is not None or callee.args.kwarg is not None:
            return None
        try:
            bound = bind(node, inspect.signature(called, follow_wrapped=False))
        except SrcgradError:
            return None
        theirs = Names(local_names(callee) | set(parameter_names(callee.args)) | names_read(callee.body))
        parameters: list[str] = []
        arguments: list[gast.expr] = []
        label = called.__name__.strip("_<>")
        for parameter, argument in bound.items():
            argument = _default(argument.value) if isinstance(argument, Default) else argument
            if argument is None:
                return None
            definition = _inner(self.kinds.of.get(argument))
            if definition is None:
                parameters.append(parameter)
                arguments.append(copy_tree(argument))
                continue
            label = f"{label}_{parameter}"
            before = set(self.captured)
            self._define(parameter, definition, theirs, called)
            fresh = [outer for outer in self.captured if outer not in before]
            parameters += [self.captured[outer] for outer in fresh]
            arguments += [name(outer) for outer in fresh]
        version = self._version(called, callee, label, parameters)
        wanted = self.program.name_of(self.function, version, label, self.names)
        return gast.Call(name(wanted), arguments, [])

    def _define(self, called_as: str, definition: Inner, theirs: Names, callee: FunctionType) -> None:
        """Put a function, and those that it calls, in front of the callee."""
        replacements: dict[str, gast.expr] = {}
        for free in sorted(names_read(definition)):
            if free not in self.own:
                replacements.update(self._free_name(free, theirs, callee))
                continue
            inner = _inner(self.kinds.variables.get(free))
            if free not in self.captured and free not in self.renamed:
                chosen = theirs.fresh(free)
                if inner is not None and inner is not definition:
                    self.renamed[free] = chosen
                    self._define(chosen, inner, theirs, callee)
                elif inner is definition:
                    self.renamed[free] = called_as
                else:
                    self.captured[free] = chosen
            replacements[free] = name(self.captured.get(free) or self.renamed[free])
        made = substitute(definition, replacements)
        if isinstance(made, gast.FunctionDef):
            made.name = called_as
            self.definitions.append(made)
        else:
            self.definitions.append(located_at(assign(called_as, made), definition))

    def _free_name(self, free: str, theirs: Names, callee: FunctionType) -> dict[str, gast.expr]:
        """A name in the version for what means something else in the callee."""
        binding = self.program.lookup(self.function, free)
        if binding.owner is self.program.lookup(callee, free).owner and free not in theirs:
            return {}
        if binding.kind == "builtin":
            return {}
        chosen = self.renamed.setdefault(free, theirs.fresh(free))
        self.foreign[chosen] = binding
        return {free: name(chosen)} if chosen != free else {}

    def _version(self, called: FunctionType, callee: gast.FunctionDef, label: str, parameters: list[str]) -> Any:
        made = copy_tree(callee)
        made.name = label
        nodes = [gast.Name(parameter, gast.Param(), None, None) for parameter in parameters]
        made.args = gast.arguments(nodes, [], None, [], [], None, [])
        made.body = [*self.definitions, *made.body]
        return self.program.version_of(called, gast.fix_missing_locations(made), self.foreign)


def _default(value: Any) -> gast.expr | None:
    return constant(value) if value is None or isinstance(value, bool | int | float | str) else None
