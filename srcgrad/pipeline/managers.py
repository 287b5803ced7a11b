"""Context managers of the user's own classes: what they do on entry and exit stands in the program.

Only where that may matter: they change what they hold, or give a value that carries a derivative::

    with scaled as factor:                      factor = scaled.__enter__()
        y = x * factor              becomes     try:
                                                    y = x * factor
                                                finally:
                                                    scaled.__exit__(None, None, None)
"""

from __future__ import annotations

import inspect
from types import FunctionType

import gast

from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.operations import may_carry
from srcgrad.differentiate.needed import statements_of
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Instance, Kind
from srcgrad.normalise.scopes import own_nodes
from srcgrad.pipeline.program import SourceProgram
from srcgrad.syntax.build import assign, constant, copy_tree, located_at, method, name, names_read, parameter_names
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import with_replaced


def with_managers_written_out(
    tree: gast.FunctionDef, kinds: Kinds, names: Names, program: SourceProgram
) -> gast.FunctionDef | None:
    """The function with one such ``with`` written out, None where there is none."""
    for statement in statements_of(tree.body):
        if not isinstance(statement, gast.With):
            continue
        for position, item in enumerate(statement.items):
            methods = _methods(kinds.of.get(item.context_expr))
            if methods is not None and _matters(item, methods, kinds, program):
                _check_exit(statement, program.body(methods[1]))
                written = _written_out(statement, position, names)
                found = with_replaced(tree, {statement: [located_at(part, statement) for part in written]})
                assert isinstance(found, gast.FunctionDef)
                return found
    return None


def _methods(kind: Kind | None) -> tuple[FunctionType, FunctionType] | None:
    """``__enter__`` and ``__exit__`` of an object, where they are written in Python."""
    if not isinstance(kind, Instance):
        return None
    enter, leave = (inspect.getattr_static(kind.cls, key, None) for key in ("__enter__", "__exit__"))
    return (enter, leave) if isinstance(enter, FunctionType) and isinstance(leave, FunctionType) else None


def _matters(
    item: gast.withitem, methods: tuple[FunctionType, FunctionType], kinds: Kinds, program: SourceProgram
) -> bool:
    """Whether a manager changes anything, or gives a value that carries a derivative."""
    given = kinds.of.get(item.optional_vars) if item.optional_vars is not None else None
    if given is not None and may_carry(given) and not isinstance(given, Instance):
        return True
    return any(_changes_something(program.body(function)) for function in methods)


def _changes_something(body: gast.FunctionDef) -> bool:
    """Whether a method stores into what it is given, or calls a method of something."""
    for node in own_nodes(body.body):
        if isinstance(node, gast.Attribute | gast.Subscript) and not isinstance(node.ctx, gast.Load):
            return True
        if isinstance(node, gast.Expr) and isinstance(node.value, gast.Call):
            if isinstance(node.value.func, gast.Attribute):
                return True
    return False


def _check_exit(statement: gast.With, leave: gast.FunctionDef) -> None:
    """Refuse a manager whose exit depends on the exception that it sees, or may end it."""
    seen = set(parameter_names(leave.args)[1:])
    returns = [node.value for node in own_nodes(leave.body) if isinstance(node, gast.Return)]
    ends = any(not isinstance(value, gast.Constant | None) or bool(getattr(value, "value", None)) for value in returns)
    if ends or seen & names_read(leave.body):
        raise UnsupportedError(
            "a context manager that changes values, and looks at exceptions or ends them, is not differentiated",
            node=statement,
            advice="change the values in statements of their own, before and after the 'with'",
        )


def _written_out(statement: gast.With, position: int, names: Names) -> list[gast.stmt]:
    """The statement with the manager at a position written out; those before and behind it keep their order."""
    before, item, behind = statement.items[:position], statement.items[position], statement.items[position + 1 :]
    body = copy_tree(statement.body)
    if behind:
        body = [gast.With(copy_tree(behind), body, None)]
    done: list[gast.stmt] = []
    manager = item.context_expr
    if not isinstance(manager, gast.Name):
        manager = name(names.fresh("manager"))
        done.append(assign(copy_tree(manager), copy_tree(item.context_expr)))
    entered = method(copy_tree(manager), "__enter__")
    target = item.optional_vars
    done.append(gast.Expr(entered) if target is None else gast.Assign([copy_tree(target)], entered, None))
    nothing = [constant(None) for _ in range(3)]
    done.append(gast.Try(body, [], [], [gast.Expr(method(copy_tree(manager), "__exit__", *nothing))]))
    return [gast.With(copy_tree(before), done, None)] if before else done
