"""Equations whose functions are defined inside the program: what these read from around them becomes arguments.

``x = root(lambda x: x * x - a, 1.0)`` becomes ``x = root(residual, 1.0, a)``, with ``def residual(x, a): return
x * x - a``.
"""

from __future__ import annotations

from typing import Any

import gast

from srcgrad.analyse.kinds import Kinds, Surroundings
from srcgrad.analyse.operations import single_target
from srcgrad.custom import root
from srcgrad.differentiate.implicit import is_implicit
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Function
from srcgrad.pipeline.lifting import lifted_function, lifted_tree
from srcgrad.pipeline.program import SourceProgram
from srcgrad.syntax.build import assign, local_names, name, names_read, parameter_names
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import located_at, with_replaced
from srcgrad.syntax.walking import walk

_INNER = (gast.FunctionDef, gast.Lambda)


def with_lifted_equations(
    tree: gast.FunctionDef, function: Any, kinds: Kinds, names: Names, program: SourceProgram
) -> gast.FunctionDef | None:
    """The function with one such equation lifted out, None where there is none."""
    apart = _solutions_apart(tree, kinds, names)
    if apart:
        return with_replaced(tree, apart)
    for node in walk(tree):
        if not isinstance(node, gast.Call) or not is_implicit(node, kinds) or not node.args:
            continue
        kind = kinds.of.get(node.args[0])
        if isinstance(kind, Function) and len(kind.targets) == 1 and isinstance(kind.targets[0], _INNER):
            target = single_target(node, kinds)
            wanted = "residual" if target is not None and target.function is root else "step"
            inner = kind.targets[0]
            _check_parameters(inner)
            around = _surroundings(inner, tree, kinds)
            called = inner.name if isinstance(inner, gast.FunctionDef) else wanted
            lifted, _ = lifted_tree(inner, around, names.fresh(called if called not in local_names(tree) else wanted))
            captured = around.values
            made = lifted_function(lifted, function, program, captured)
            program.adopt(function, lifted.name, made)
            start = [keyword.value for keyword in node.keywords if keyword.arg == "x0"]
            options = [keyword for keyword in node.keywords if keyword.arg != "x0"]
            given = [name(lifted.name), *start, *node.args[1:], *map(name, captured)]
            changed = gast.Call(node.func, [located_at(item, node) for item in given], options)
            return with_replaced(tree, {node: gast.copy_location(changed, node)})
    return None


def _check_parameters(inner: gast.FunctionDef | gast.Lambda) -> None:
    plain = inner.args
    if plain.vararg or plain.kwarg or plain.kwonlyargs or plain.defaults:
        raise UnsupportedError(
            "the function of this equation has parameters beside the unknown and its arguments",
            node=inner,
            advice="give a lambda of the unknown alone: lambda x: f(x, a)",
        )


def _solutions_apart(
    tree: gast.FunctionDef, kinds: Kinds, names: Names
) -> dict[gast.AST, gast.AST | list[gast.stmt]]:
    """``x = root(f, x, a)`` as two statements: the reverse sweep reads the solution beside what it was found from."""
    found: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
    for statement in walk(tree):
        match statement:
            case gast.Assign(targets=[target], value=value) if is_implicit(value, kinds):
                if not isinstance(target, gast.Name) or target.id in names_read(value):
                    solution = names.fresh("solution")
                    first = located_at(assign(solution, value), statement)
                    second = gast.Assign([target], name(solution), None)
                    found[statement] = [first, located_at(second, statement)]
    return found


def _surroundings(
    inner: gast.FunctionDef | gast.Lambda, tree: gast.FunctionDef, kinds: Kinds
) -> Surroundings:
    """What a function defined inside, and those that it calls, read from around them."""
    around = local_names(tree) | set(parameter_names(tree.args))
    values: set[str] = set()
    functions: dict[str, gast.FunctionDef | gast.Lambda] = {}
    pending = [inner]
    while pending:
        for variable in sorted(names_read(pending.pop()) & around):
            kind = kinds.variables.get(variable)
            if not isinstance(kind, Function) or not any(isinstance(item, _INNER) for item in kind.targets):
                values.add(variable)
            elif len(kind.targets) > 1 or kind.leading or kind.keywords:
                raise UnsupportedError(
                    f"the function of this equation calls {variable!r}, which may be one of several functions",
                    node=inner,
                    advice=f"define {variable} at the top level, with what it reads from around it as arguments",
                )
            elif variable not in functions:
                functions[variable] = kind.targets[0]
                pending.append(kind.targets[0])
    return Surroundings(tuple(sorted(values)), tuple(sorted(functions.items())))
