"""Functions defined inside the program as functions of their own: what they read from around them becomes arguments.

``lambda x: u(x) * a``, where ``u`` is defined beside it, becomes ``def anonymous(x, a)`` with ``u`` defined in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import FunctionType
from typing import Any, Protocol

import gast

from srcgrad.analyse.effects import writes_in_place
from srcgrad.analyse.kinds import EnvironmentRead, Kinds, Surroundings
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Opaque
from srcgrad.read.environment import Binding
from srcgrad.read.function import FunctionSource, remember
from srcgrad.syntax.build import assign, copy_tree, local_names, names_read, parameter_names, return_statement
from srcgrad.syntax.tree import located_at

# The attribute by which a lifted function says which of its parameters were captured.
CAPTURED = "__srcgrad_captured__"
# Where a module made by srcgrad keeps what its names were read from.
ORIGINS = "__srcgrad_origins__"


class Lookup(Protocol):
    """Tells where free names of a function come from, and its source."""

    def lookup(self, function: Any, name: str) -> Binding: ...
    def source(self, function: Any) -> FunctionSource: ...


def lifted_tree(
    inner: gast.FunctionDef | gast.Lambda, surroundings: Surroundings, called: str
) -> tuple[gast.FunctionDef, list[str]]:
    """A function defined inside as one of its own, and its own parameters, behind which the captured values stand."""
    plain = inner.args
    if plain.vararg or plain.kwarg:
        raise UnsupportedError(
            "a function with *args or **kwargs is differentiated inside a differentiated function",
            node=inner,
            advice="name its parameters",
        )
    for part in gast.walk(inner):
        if isinstance(part, gast.Nonlocal):
            raise UnsupportedError(
                "a function that assigns variables around it is differentiated inside a differentiated function",
                node=part,
                advice="return the new value instead",
            )
    own = [parameter.id for parameter in (*plain.posonlyargs, *plain.args, *plain.kwonlyargs)]
    parameters = [gast.Name(each, gast.Param(), None, None) for each in (*own, *surroundings.values)]
    body: list[gast.stmt] = []
    for variable, definition in surroundings.functions:
        made = copy_tree(definition)
        if isinstance(made, gast.FunctionDef):
            made.name = variable
            body.append(made)
        else:
            body.append(located_at(assign(variable, made), definition))
    body += copy_tree(inner.body) if isinstance(inner, gast.FunctionDef) else [return_statement(copy_tree(inner.body))]
    arguments = gast.arguments(parameters, [], None, [], [], None, [])
    return located_at(gast.FunctionDef(called, arguments, body, [], None, None, []), inner), own


def lifted_function(
    tree: gast.FunctionDef, function: Any, program: Lookup, captured: Iterable[str] = ()
) -> FunctionType:
    """The function whose definition is ``tree``, and which sees what ``function`` sees in the program.

    Its code has the lines of the user's file, so that tracebacks and errors point there.
    """
    source = program.source(function)
    origin = source.function
    module: dict[str, Any] = {key: origin.__globals__.get(key) for key in ("__name__", "__builtins__")}
    origins: dict[str, EnvironmentRead] = {}
    for free in sorted(names_read(tree.body) - local_names(tree) - set(parameter_names(tree.args))):
        binding = program.lookup(function, free)
        if binding.kind == "builtin" or not binding.is_set:
            continue
        module[free] = binding.value
        if isinstance(binding.owner, Mapping) or hasattr(binding.owner, "cell_contents"):
            origins[free] = EnvironmentRead(binding.owner, binding.name, Opaque())
    module[ORIGINS] = origins
    definition = gast.fix_missing_locations(gast.copy_location(copy_tree(tree), tree))
    exec(compile(gast.gast_to_ast(gast.Module([definition], [])), source.filename, "exec", dont_inherit=True), module)
    made = module.pop(tree.name)
    assert isinstance(made, FunctionType)
    remember(made, definition, source.lines)
    setattr(made, CAPTURED, frozenset(captured))
    return made


def check_captured(tree: gast.FunctionDef, function: Any, kinds: Kinds) -> None:
    """Refuse a lifted function that writes into what it captured: the arguments of a derivative stay as they are."""
    captured: frozenset[str] = getattr(function, CAPTURED, frozenset())
    for variable, _, node, _ in writes_in_place(tree, kinds) if captured else ():
        if variable in captured:
            raise UnsupportedError(
                f"this writes into {variable!r}, which does not belong to the function",
                node=node,
                advice="write into a copy of it",
            )
