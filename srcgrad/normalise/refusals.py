"""What has no normal form: found and refused before anything is changed."""

from __future__ import annotations

import gast

from srcgrad.errors import UnsupportedError
from srcgrad.normalise.scopes import jumps_out_of, own_nodes
from srcgrad.syntax.build import names_read, parameter_names
from srcgrad.syntax.walking import walk

# Node type by name, for several exist only in newer versions of Python: what it is called, and what to do.
_REFUSED = {
    "Yield": ("generators are not differentiated", "return a list instead"),
    "YieldFrom": ("generators are not differentiated", "return a list instead"),
    "Await": ("await is not differentiated", "differentiate a plain function"),
    "AsyncFunctionDef": ("async functions are not differentiated", "write a plain function"),
    "AsyncFor": ("async for is not differentiated", "write a plain for"),
    "AsyncWith": ("async with is not differentiated", "write a plain with"),
    "ClassDef": ("a class defined inside a function is not differentiated", "define it outside of the function"),
    "TryStar": ("except* is not differentiated", "write a plain except"),
    "TypeAlias": ("a type alias inside a function is not differentiated", "define it outside of the function"),
}

_ADVICE_ON_DECLARED = "return the value and assign it where the function is called"


def refuse_unsupported(function: gast.FunctionDef, allow_nonlocal: bool = False) -> None:
    """Raise UnsupportedError at the first construct of the function that has no normal form."""
    if not isinstance(function, gast.FunctionDef):
        _refuse_by_type(function)
    for node in own_nodes(function.body):
        _refuse_by_type(node)
        if isinstance(node, gast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            raise UnsupportedError("a star import hides what it defines", node=node, advice="import by name")
        if isinstance(node, gast.comprehension) and node.is_async:
            raise UnsupportedError(
                "async comprehensions are not differentiated",
                node=node.target,
                advice="use a plain comprehension",
            )
        if isinstance(node, gast.ListComp | gast.SetComp | gast.GeneratorExp):
            _refuse_late_binding(node)
        if isinstance(node, (gast.Tuple, gast.List)) and isinstance(node.ctx, gast.Store) and not node.elts:
            raise UnsupportedError(
                "unpacking into nothing is not differentiated",
                node=node,
                advice="leave the assignment out",
            )
        if isinstance(node, gast.Delete):
            _refuse_deletions(node)
        if isinstance(node, gast.Try) and jumps_out_of(node.finalbody):
            raise UnsupportedError(
                "a finally that returns or leaves the loop swallows exceptions",
                node=node.finalbody[0],
                advice="leave after the try statement",
            )
    _refuse_declarations(function, allow_nonlocal)


def _refuse_late_binding(node: gast.ListComp | gast.SetComp | gast.GeneratorExp) -> None:
    """A function that a comprehension gives would find the last value of the comprehension's variables."""
    made = node.elt
    if not isinstance(made, gast.Lambda):
        return
    bound = {part.id for generator in node.generators for part in gast.walk(generator.target) if hasattr(part, "id")}
    read = sorted(bound & (names_read([made.body]) - set(parameter_names(made.args))))
    if read:
        raise UnsupportedError(
            f"a function that is made in a comprehension reads the comprehension's variable {read[0]!r}",
            node=made,
            advice=f"give it the value as a default: lambda ..., {read[0]}={read[0]}: ...",
        )


def _refuse_by_type(node: gast.AST) -> None:
    refused = _REFUSED.get(type(node).__name__)
    if refused is not None:
        message, advice = refused
        raise UnsupportedError(message, node=node, advice=advice)


def _refuse_deletions(node: gast.Delete) -> None:
    """Only names and elements can be deleted."""
    targets = list(node.targets)
    while targets:
        target = targets.pop()
        if isinstance(target, (gast.Tuple, gast.List)):
            targets.extend(target.elts)
        elif not isinstance(target, (gast.Name, gast.Subscript)):
            raise UnsupportedError(
                "deleting an attribute is not differentiated",
                node=target,
                advice="leave the 'del' out",
            )


def _refuse_declarations(function: gast.FunctionDef, allow_nonlocal: bool) -> None:
    """Variables of another scope that the function, or one inside it, assigns."""
    for definition in walk(function):
        if not isinstance(definition, gast.FunctionDef):
            continue
        for node in own_nodes(definition.body):
            if isinstance(node, gast.Global) or (isinstance(node, gast.Nonlocal) and not allow_nonlocal):
                word = "global" if isinstance(node, gast.Global) else "nonlocal"
                message = f"assigning {word} variables is not differentiated"
                raise UnsupportedError(message, node=node, advice=_ADVICE_ON_DECLARED)
