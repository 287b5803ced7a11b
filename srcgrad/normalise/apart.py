"""Taking apart: containers that never leave the function become one variable for each of their items.

Before::

    state = {"x": x, "v": v}
    state["x"] += 0.1 * state["v"]
    for buffer in [a, b]:
        buffer *= 2.0

After::

    state_x = x
    state_v = v
    state_x += 0.1 * state_v
    for buffer_at in range(2):
        if buffer_at == 0:
            buffer = a
        else:
            buffer = b
        buffer *= 2.0

Such a container is only ever made by a display (or a call that ``parts_of`` takes for one), read and written under
keys that stand in the program, run through, or asked for its length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import gast

from srcgrad.normalise.scopes import DEFINITIONS, blocks_of, own_nodes, replaced, with_blocks
from srcgrad.syntax.build import assign, call, compare, constant, name, names_read
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import copy_tree, located_at

Block = list[gast.stmt]
Key: TypeAlias = str | int

# The items of a call that makes an object with these attributes, None where it does not.
PartsOf = Callable[[gast.Call], dict[Key, gast.expr] | None]

_MOST_ITEMS = 6


def taken_apart(tree: gast.FunctionDef, candidates: Iterable[str], parts_of: PartsOf, names: Names) -> gast.FunctionDef:
    """The function (in normal form) without the containers among ``candidates`` that can be taken apart."""
    captured = names_read([node for node in own_nodes(tree.body) if isinstance(node, DEFINITIONS)])
    parts: dict[str, dict[Key, str]] = {}
    for container in sorted(set(candidates) - captured):
        keys = _keys(tree, container, parts_of)
        if keys is not None:
            parts[container] = {key: names.fresh(f"{container}_{key}") for key in keys}
    displays = any(isinstance(node, gast.For) and _is_display(node.iter) for node in own_nodes(tree.body))
    if not parts and not displays:
        return tree
    apart = _Apart(parts, parts_of, names)
    body = apart.block(tree.body)
    if not parts and not apart.unrolled:
        return tree
    return gast.fix_missing_locations(replaced(tree, body=body))


def _is_display(node: gast.AST) -> bool:
    """Whether a loop runs over variables that stand in a display."""
    if not isinstance(node, gast.List | gast.Tuple):
        return False
    return 0 < len(node.elts) <= _MOST_ITEMS and all(isinstance(item, gast.Name) for item in node.elts)


def _items(value: gast.AST, parts_of: PartsOf) -> dict[Key, gast.expr] | None:
    """The items of a display under their keys."""
    match value:
        case gast.List(elts=elements) | gast.Tuple(elts=elements):
            if any(isinstance(element, gast.Starred) for element in elements) or len(elements) > _MOST_ITEMS:
                return None
            return dict(enumerate(elements))
        case gast.Dict(keys=keys, values=values):
            if not all(isinstance(key, gast.Constant) and isinstance(key.value, str) for key in keys):
                return None
            found: dict[Key, gast.expr] = {key.value: item for key, item in zip(keys, values, strict=True)}
            return found if len(found) == len(keys) and all(str(key).isidentifier() for key in found) else None
        case gast.Call():
            return parts_of(value)
        case _:
            return None


def _keys(tree: gast.FunctionDef, container: str, parts_of: PartsOf) -> list[Key] | None:
    """The keys of a container that can be taken apart."""
    keys: list[Key] | None = None
    counted: set[gast.AST] = set()
    occurrences = 0
    is_object = False
    for node in own_nodes(tree.body):
        if isinstance(node, gast.Name) and node.id == container:
            occurrences += 1
        match node:
            case gast.Assign(targets=[gast.Name(id=identifier) as target], value=value) if identifier == container:
                items = _items(value, parts_of)
                if items is None or container in names_read(value) or (keys is not None and keys != list(items)):
                    return None
                keys, is_object = list(items), isinstance(value, gast.Call)
                counted.add(target)
    if keys is None:
        return None
    for node in own_nodes(tree.body):
        match node:
            case gast.Subscript(value=gast.Name(id=identifier) as base) if identifier == container and not is_object:
                if _key(node.slice, keys) is not None:
                    counted.add(base)
            case gast.Attribute(value=gast.Name(id=identifier) as base, attr=attr) if identifier == container:
                if is_object and attr in keys:
                    counted.add(base)
            case gast.For(iter=gast.Name(id=identifier) as iterable, target=gast.Name()) if identifier == container:
                if all(isinstance(key, int) for key in keys) and keys:
                    counted.add(iterable)
            case gast.Call(func=gast.Name(id="len"), args=[gast.Name(id=identifier) as item]) if (
                identifier == container
            ):
                if not is_object:
                    counted.add(item)
    return keys if len(counted) == occurrences else None


def _key(index: gast.AST, keys: list[Key]) -> Key | None:
    """The key that an index names."""
    match index:
        case gast.Constant(value=str() as key):
            return key if key in keys else None
        case gast.UnaryOp(op=gast.USub(), operand=gast.Constant(value=int() as number)):
            return _key(gast.Constant(len(keys) - number, None), keys) if number <= len(keys) else None
        case gast.Constant(value=int() as number) if type(number) is int:
            return number if number in keys else None
        case _:
            return None


class _Apart:
    def __init__(self, parts: dict[str, dict[Key, str]], parts_of: PartsOf, names: Names) -> None:
        self.parts = parts
        self.parts_of = parts_of
        self.names = names
        self.unrolled = False

    def block(self, statements: Iterable[gast.stmt]) -> Block:
        return [new for statement in statements for new in self._statement(statement)]

    def _statement(self, statement: Any) -> Block:
        match statement:
            case gast.Assign(targets=[gast.Name(id=container)], value=value) if container in self.parts:
                items = _items(value, self.parts_of)
                assert items is not None
                made = [assign(self.parts[container][key], self._expression(item)) for key, item in items.items()]
                return [located_at(new, statement) for new in made]
            case gast.For(iter=gast.Name(id=container), target=gast.Name()) if container in self.parts:
                return [self._loop(statement, list(self.parts[container].values()))]
            case gast.For(iter=gast.List(elts=elements) | gast.Tuple(elts=elements), target=gast.Name()) if _is_display(
                statement.iter
            ):
                self.unrolled = True
                return [self._loop(statement, [element.id for element in elements])]
            case _ if isinstance(statement, DEFINITIONS):
                return [statement]
            case _:
                changed = with_blocks(statement, self.block)
                inside = blocks_of(statement)
                fields = {
                    field: self._expression(value)
                    for field, value in gast.iter_fields(changed)
                    if not (inside and field in ("body", "orelse", "finalbody", "handlers"))
                }
                return [replaced(changed, **fields)]

    def _loop(self, statement: gast.For, items: list[str]) -> gast.stmt:
        """A loop over known variables as a loop over numbers that choose one of them."""
        target = statement.target.id
        number = self.names.fresh(f"{target}_at")
        choice: Block = [assign(target, name(items[-1]))]
        for position in range(len(items) - 2, -1, -1):
            test = compare(name(number), "==", constant(position))
            choice = [gast.If(test, [assign(target, name(items[position]))], choice)]
        chosen = [located_at(new, statement) for new in choice]
        return replaced(
            statement,
            target=located_at(gast.Name(number, gast.Store(), None, None), statement.target),
            iter=located_at(call("range", constant(len(items))), statement.iter),
            body=[*chosen, *self.block(statement.body)],
        )

    def _expression(self, value: Any) -> Any:
        """An expression (or list of them) with variables in the place of items."""
        if isinstance(value, list):
            return [self._expression(item) for item in value]
        if not isinstance(value, gast.AST) or not names_read(value) & self.parts.keys():
            return value
        return _Items(self.parts).visit(copy_tree(value))


class _Items(gast.NodeTransformer):
    """Variables in the place of items."""

    def __init__(self, parts: dict[str, dict[Key, str]]) -> None:
        self.parts = parts

    def visit_Subscript(self, node: gast.Subscript) -> gast.AST:
        if isinstance(node.value, gast.Name) and node.value.id in self.parts:
            parts = self.parts[node.value.id]
            key = _key(node.slice, list(parts))
            assert key is not None
            return gast.copy_location(gast.Name(parts[key], node.ctx, None, None), node)
        return self.generic_visit(node)

    def visit_Attribute(self, node: gast.Attribute) -> gast.AST:
        if isinstance(node.value, gast.Name) and node.value.id in self.parts:
            return gast.copy_location(gast.Name(self.parts[node.value.id][node.attr], node.ctx, None, None), node)
        return self.generic_visit(node)

    def visit_Call(self, node: gast.Call) -> gast.AST:
        match node:
            case gast.Call(func=gast.Name(id="len"), args=[gast.Name(id=container)]) if container in self.parts:
                return gast.copy_location(constant(len(self.parts[container])), node)
            case _:
                return self.generic_visit(node)
