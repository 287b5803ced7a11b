"""Changing functions statement by statement; what does not change is shared with the tree before."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad.analyse.footprints import DEFINITIONS
from srcgrad.analyse.library import is_element, makes_new_value
from srcgrad.syntax import build

_BLOCKS = frozenset({"body", "orelse", "finalbody", "handlers", "cases"})
_SCOPES = (gast.Lambda, gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)
_BUILDERS: Mapping[type[gast.AST], Callable[..., gast.expr]] = {
    gast.Add: build.add,
    gast.Sub: build.subtract,
    gast.Mult: build.multiply,
    gast.Div: build.divide,
    gast.Pow: build.power,
    gast.MatMult: build.matmul,
}


def with_fields(node: Any, **fields: object) -> Any:
    """A copy of a node with other fields."""
    copied = copy.copy(node)
    for name, value in fields.items():
        setattr(copied, name, value)
    return copied


def same_items(first: Sequence[object], second: Sequence[object]) -> bool:
    """Whether two sequences have the very same items."""
    return len(first) == len(second) and all(a is b for a, b in zip(first, second))


def rewrite_blocks(
    function: gast.FunctionDef, rewrite: Callable[[list[gast.stmt]], list[gast.stmt]]
) -> gast.FunctionDef:
    """The function with ``rewrite`` applied to each block, inner blocks first; nested functions are left alone."""
    return _rewritten(function, rewrite)


def _rewritten(node: Any, rewrite: Callable[[list[gast.stmt]], list[gast.stmt]]) -> Any:
    changes: dict[str, object] = {}
    for field in _BLOCKS & node.__dict__.keys():
        old = getattr(node, field)
        new = [item if isinstance(item, DEFINITIONS) else _rewritten(item, rewrite) for item in old]
        if old and isinstance(old[0], gast.stmt):
            new = rewrite(new)
        if not same_items(old, new):
            changes[field] = new
    return with_fields(node, **changes) if changes else node


def rewrite_statements(
    function: gast.FunctionDef, rewrite: Callable[[gast.stmt], gast.stmt | None]
) -> gast.FunctionDef:
    """The function with ``rewrite`` applied to each statement's own part; None removes the statement."""
    return _statements_rewritten(function, rewrite)


def _statements_rewritten(node: Any, rewrite: Callable[[gast.stmt], gast.stmt | None]) -> Any:
    changes: dict[str, object] = {}
    for field in _BLOCKS & node.__dict__.keys():
        old = getattr(node, field)
        new: list[gast.AST] = []
        for item in old:
            inner = item if isinstance(item, DEFINITIONS) else _statements_rewritten(item, rewrite)
            # What to do is decided by the statement as it was.
            changed = rewrite(item) if isinstance(item, gast.stmt) else item
            if changed is item:
                new.append(inner)
            elif changed is not None:
                blocks = {name: value for name, value in inner.__dict__.items() if name in _BLOCKS}
                new.append(with_fields(changed, **blocks))
        if not same_items(old, new):
            changes[field] = new
    return with_fields(node, **changes) if changes else node


@dataclass(frozen=True)
class Memory:
    """What decides whether a variable may become another name of an object: the kinds of the variables, where
    they are known, and those that are ``touched``, whose objects somebody may write into.
    """

    scalars: Collection[str]
    arrays: Mapping[str, int | None]
    touched: Collection[str]


def put_into(statement: gast.stmt, values: Mapping[str, gast.expr], memory: Memory | None = None) -> gast.stmt:
    """The statement with expressions in the place of the variables that its own part reads.

    Given ``memory``, sums and products on the way are simplified, as far as no new array becomes another name of
    an old one that somebody may write into.
    """
    changes: dict[str, object] = {}
    copies = isinstance(statement, gast.AugAssign) or (
        isinstance(statement, gast.Assign) and all(isinstance(target, gast.Subscript) for target in statement.targets)
    )
    for field, old in statement.__dict__.items():
        if field in _BLOCKS or not isinstance(old, (gast.AST, list)):
            continue
        replacement = _Replacement(values, memory, _plain_target(statement))
        escapes = not copies or field != "value"
        new: object
        if isinstance(old, list):
            new = [replacement(item, escapes) if isinstance(item, gast.AST) else item for item in old]
            unchanged = same_items(new, old)
        else:
            new = replacement(old, escapes)
            unchanged = new is old
        if not unchanged:
            changes[field] = new
    if not changes:
        return statement
    changed: gast.stmt = with_fields(statement, **changes)
    if memory is None or not isinstance(changed, gast.AugAssign) or not isinstance(changed.op, (gast.Add, gast.Sub)):
        return changed
    # x += -e is x -= e.
    signed = build.augment(changed.target, "+" if isinstance(changed.op, gast.Add) else "-", changed.value)
    return build.located_at(signed, statement)


class _Replacement:
    """Puts expressions in the place of variables and simplifies the operators above them."""

    def __init__(self, values: Mapping[str, gast.expr], memory: Memory | None, target: str | None) -> None:
        self._values = values
        self._memory = memory
        self._target = target

    def __call__(self, node: Any, escapes: bool) -> Any:
        """The node with its variables replaced; ``escapes``: its value may get a name or a place in a container."""
        if isinstance(node, gast.Name):
            value = self._values.get(node.id) if isinstance(node.ctx, gast.Load) else None
            return node if value is None else build.located_at(build.copy_tree(value), node)
        if not node._fields:
            return node
        if isinstance(node, _SCOPES):
            return build.substitute(node, self._values) if build.names_read(node) & self._values.keys() else node
        inside = escapes and not makes_new_value(node)
        changes: dict[str, object] = {}
        for field in node._fields:
            old = getattr(node, field, None)
            if isinstance(old, list):
                new = [self(item, inside) if isinstance(item, gast.AST) else item for item in old]
                if not same_items(old, new):
                    changes[field] = new
            elif isinstance(old, gast.AST):
                replaced = self(old, inside)
                if replaced is not old:
                    changes[field] = replaced
        return self._simplified(with_fields(node, **changes), escapes) if changes else node

    def _simplified(self, node: Any, escapes: bool) -> Any:
        """An operator as a person would write it."""
        memory = self._memory
        simplified = node
        if memory is None:
            return node
        if isinstance(node, gast.BinOp) and type(node.op) in _BUILDERS:
            simplified = _BUILDERS[type(node.op)](node.left, node.right)
        elif isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
            simplified = build.negate(node.operand)
        if simplified is node:
            return node
        if escapes and not self._may_be_named(simplified, memory):
            if build.base_name(simplified) not in memory.arrays:
                return node
            simplified = build.method(simplified, "copy")
        return build.located_at(build.copy_tree(simplified), node)

    def _may_be_named(self, value: gast.expr, memory: Memory) -> bool:
        """Whether a value may get a name: it is new, a number, or nobody writes into it by either name."""
        if makes_new_value(value) or is_element(value, memory.scalars, memory.arrays):
            return True
        if isinstance(value, gast.Name) and value.id in memory.scalars:
            return True
        base = build.base_name(value)
        return base is not None and self._target is not None and not {base, self._target} & set(memory.touched)


def _plain_target(statement: gast.stmt) -> str | None:
    """``t`` for ``t = ...``."""
    if not isinstance(statement, gast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    return str(target.id) if isinstance(target, gast.Name) else None
