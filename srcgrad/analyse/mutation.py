"""Which statements change an object in place, and the variable that holds it."""

from __future__ import annotations

import gast

from srcgrad.syntax.build import base_name, names_assigned
from srcgrad.syntax.walking import walk

# Methods of lists, dicts, sets and arrays that change their receiver.
MUTATING_METHODS = frozenset(
    "append extend insert pop popitem remove clear sort reverse update setdefault add discard fill put partition "
    "resize itemset setfield byteswap".split()
)

# Methods behind operators that change their receiver, called by their names.
IN_PLACE_METHODS = frozenset(
    "__setitem__ __delitem__ __iadd__ __isub__ __imul__ __itruediv__ __ifloordiv__ __imod__ __ipow__ __imatmul__ "
    "__iand__ __ior__ __ixor__ __ilshift__ __irshift__ __iconcat__".split()
)

# NumPy functions that write into their first argument.
WRITING_FUNCTIONS = frozenset(
    "copyto put place putmask put_along_axis fill_diagonal shuffle at".split()
)


def mutated_name(statement: gast.stmt) -> str | None:
    """The variable whose object an expression statement or a call may change: ``xs`` for ``xs.append(v)``."""
    value = statement.value if isinstance(statement, gast.Expr | gast.Assign) else None
    return mutated_by(value) if value is not None else None


def mutated_by(value: gast.AST) -> str | None:
    """The variable whose object a call may change."""
    match value:
        case gast.Call(func=gast.Attribute(value=receiver, attr=attr)) if attr in MUTATING_METHODS | IN_PLACE_METHODS:
            if base_name(receiver) not in ("np", "numpy"):
                return base_name(receiver)
            return base_name(value.args[0]) if attr in WRITING_FUNCTIONS and value.args else None
        case gast.Call(func=gast.Attribute(attr=attr), args=[first, *_]) if attr in WRITING_FUNCTIONS:
            return base_name(first)
        case gast.Call(func=gast.Name(id="setattr" | "delattr" | "add_to_shadows"), args=[first, *_]):
            return base_name(first)
        case _:
            return None


def changed_names(*statements: gast.AST) -> set[str]:
    """The variables that statements bind, or whose objects they change in place."""
    return names_assigned(statements) | objects_changed(*statements)


def objects_changed(*statements: gast.AST) -> set[str]:
    """The variables whose objects statements change in place; those of ``x += v``, too, for x may be an array."""
    changed: set[str] = set()
    for statement in statements:
        for node in walk(statement):
            if isinstance(node, gast.Subscript | gast.Attribute) and isinstance(node.ctx, gast.Store):
                base = base_name(node)
            elif isinstance(node, gast.AugAssign):
                base = base_name(node.target)
            elif isinstance(node, gast.Expr | gast.Assign):
                base = mutated_name(node)
            else:
                continue
            if base is not None:
                changed.add(base)
    return changed
