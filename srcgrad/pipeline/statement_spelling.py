"""Spelling out, for whole functions: statements that fold, transpose, extend or update become simpler ones."""

from __future__ import annotations

import functools
import itertools

import gast

from srcgrad.analyse.activity import Activity
from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.operations import is_path
from srcgrad.analyse.purity import is_pure_library_call
from srcgrad.differentiate.needed import statements_of
from srcgrad.kind import Array, DictOf, SequenceOf, TupleOf
from srcgrad.normalise.hoisting import hoist
from srcgrad.normalise.scopes import replaced
from srcgrad.pipeline.iteration_spelling import accumulated, loop_by_position, run_through, view_display
from srcgrad.pipeline.object_spelling import constructed_class, filled_by_init
from srcgrad.pipeline.spelling import Speller, generator, stored
from srcgrad.syntax.build import call, compare, constant, copy_tree, located_at, method, name, subscript
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import with_replaced
from srcgrad.syntax.walking import walk


def spelled_out(tree: gast.FunctionDef, kinds: Kinds, active: Activity, names: Names) -> gast.FunctionDef | None:
    """The function with what varies spelled out one step further, None where there is nothing to do."""
    speller = StatementSpeller(kinds, names, tree)
    for statement in statements_of(tree.body):
        speller.varied = active.varied_before.get(statement, frozenset())
        speller.statement(statement)
    if not speller.replaced and speller.hoisted:
        return hoist(tree, speller.hoisted.__contains__, names, is_pure=is_pure_library_call)
    if not speller.replaced:
        return None
    found = with_replaced(tree, speller.replaced)
    assert isinstance(found, gast.FunctionDef)
    return found

class StatementSpeller(Speller):
    """Finds what to replace in statements and in their expressions."""

    def __init__(self, kinds: Kinds, names: Names, tree: gast.FunctionDef) -> None:
        super().__init__(kinds, names)
        self.tree = tree

    def is_read_once(self, identifier: str) -> bool:
        """Whether a variable is bound at one place and read at one place, which no loop repeats."""
        found = [node for node in walk(self.tree) if isinstance(node, gast.Name) and node.id == identifier]
        loops = [node for node in walk(self.tree) if isinstance(node, gast.For | gast.While)]
        return len(found) == 2 and not any(
            node in found
            for loop in loops
            for part in (loop.body, [getattr(loop, "test", None)])
            for statement in part
            if statement is not None
            for node in walk(statement)
        )

    def statement(self, statement: gast.stmt) -> None:
        """Look at one statement and its expressions."""
        parts = self._spelled_statement(statement)
        if parts is not None:
            self.replaced[statement] = [located_at(copy_tree(part), statement) for part in parts]
            return
        match statement:
            case gast.Assign(value=value) | gast.AugAssign(value=value) | gast.For(iter=value):
                self.whole = value if isinstance(statement, gast.Assign) else None
                self.expression(value)
                self.whole = None
            case gast.Return(value=gast.AST() as value):
                self.expression(value)
            case gast.Expr(value=gast.Call(func=gast.Attribute()) as value):
                self.expression(value)
            case _:
                pass

    def _spelled_statement(self, statement: gast.stmt) -> list[gast.stmt] | None:
        match statement:
            case gast.Assign(targets=[gast.Tuple(elts=targets) as target], value=value) if self.depends(value):
                source = run_through(self, value)
                if source is None and self.target_of(value) in (dict.values, dict.items):
                    source = view_display(self, value)
                if source is not None:
                    return [gast.Assign([target], source, None)]
                return self._transposed(targets, value) if isinstance(value, gast.Call) else None
            case gast.Assign(targets=[gast.Name() as target], value=gast.Call() as value):
                if self.is_call_of(value, functools.reduce) and self.depends(value):
                    return self._folded(target, value)
                cls = constructed_class(value, self.kinds)
                if cls is not None and self.depends(value):
                    return filled_by_init(target, value, cls, self.names.fresh(target.id))
                if self.is_call_of(value, dict.setdefault):
                    return self._set_if_missing(target, value)
                if self.is_call_of(value, iter) and self.depends(value) and self.is_read_once(target.id):
                    source = run_through(self, value)
                    return [gast.Assign([target], source, None)] if source is not None else None
                if self.is_call_of(value, itertools.accumulate) and self.depends(value):
                    return accumulated(self, target, value)
                if self.is_call_of(value, dict.pop) and len(value.args) == 2:
                    return self._popped_if_there(target, value)
            case gast.Expr(value=gast.Call(func=gast.Attribute(value=receiver, attr=attr)) as value):
                return self._changes(receiver, attr, value)
            case gast.AugAssign(target=gast.Name() as target, op=gast.Add(), value=value):
                if isinstance(self.kinds.of.get(target), SequenceOf):
                    if target.id in self.varied or self.depends(value):
                        return self._appended(name(target.id), value)
            case gast.AugAssign(target=gast.Name() as target, op=gast.BitOr(), value=value):
                varies = target.id in self.varied or self.depends(value)
                if varies and isinstance(self.kinds.evaluate(name(target.id)), DictOf):
                    return [gast.Expr(method(name(target.id), "update", value))]
            case gast.For(iter=iterable) if self.depends(iterable):
                source = run_through(self, iterable)
                if source is not None:
                    return [replaced(statement, iter=source)]
                return loop_by_position(self, statement)
            case _:
                pass
        return None

    def _transposed(self, targets: list[gast.expr], value: gast.Call) -> list[gast.stmt] | None:
        """``firsts, seconds = zip(*pairs)``: one comprehension for each."""
        match value:
            case gast.Call(args=[gast.Starred(value=source)], keywords=[]) if self.is_call_of(value, zip):
                pass
            case _:
                return None
        if not is_path(source, self.kinds):
            return None
        statements: list[gast.stmt] = []
        for position, target in enumerate(targets):
            item = self.names.fresh("item")
            items = gast.ListComp(subscript(name(item), position), [generator(item, source)])
            statements.append(gast.Assign([target], call("tuple", items), None))
        return statements

    def _folded(self, target: gast.Name, node: gast.Call) -> list[gast.stmt] | None:
        """``y = functools.reduce(f, xs)`` as a loop."""
        if len(node.args) not in (2, 3) or node.keywords:
            return None
        function, source, *start = node.args
        before: list[gast.stmt] = []
        if not is_path(source, self.kinds) and not start:
            if not isinstance(self.kinds.of.get(source), SequenceOf | TupleOf | Array):
                return None
            items = self.names.fresh("items")
            before, source = [gast.Assign([stored(items)], source, None)], name(items)
        item, total = self.names.fresh("item"), self.names.fresh("total")
        applied = self.applied(function, [name(total), name(item)])
        if applied is None:
            return None
        first = start[0] if start else subscript(source, 0)
        rest = source if start else gast.Subscript(source, gast.Slice(constant(1), None, None), gast.Load())
        step = gast.Assign([stored(total)], applied, None)
        return [
            *before,
            gast.Assign([stored(total)], first, None),
            gast.For(stored(item), rest, [step], [], None),
            gast.Assign([target], name(total), None),
        ]

    def _set_if_missing(self, target: gast.Name, node: gast.Call) -> list[gast.stmt] | None:
        """``y = table.setdefault(key, v)`` as a test, an assignment where the key is missing, and a look-up."""
        assert isinstance(node.func, gast.Attribute)
        table = node.func.value
        if len(node.args) != 2 or not is_path(table, self.kinds) or not self.is_plain(node.args[0]):
            return None
        key, value = node.args
        found = gast.Assign([target], subscript(table, key), None)
        known = self.keys_of(table)
        if known is not None and isinstance(key, gast.Constant) and key.value in known:
            return [found]
        put = gast.Assign([gast.Subscript(table, key, gast.Store())], value, None)
        return [gast.If(compare(key, "not in", table), [put], []), found]

    def _popped_if_there(self, target: gast.Name, node: gast.Call) -> list[gast.stmt] | None:
        """``y = table.pop(key, v)`` under a test for the key."""
        assert isinstance(node.func, gast.Attribute)
        table, (key, default) = node.func.value, node.args
        if not is_path(table, self.kinds) or not self.is_plain(key):
            return None
        taken = gast.Assign([target], gast.Call(node.func, [key], []), None)
        return [gast.If(compare(key, "in", table), [taken], [gast.Assign([target], default, None)])]

    def _changes(self, receiver: gast.expr, attr: str, value: gast.Call) -> list[gast.stmt] | None:
        """``xs.extend(ys)`` as appends, ``table.update(a=x)`` as assignments."""
        kind = self.kinds.of.get(receiver)
        given = (receiver, *value.args, *(keyword.value for keyword in value.keywords))
        if not any(self.depends(part) for part in given):
            return None
        if attr == "extend" and isinstance(kind, SequenceOf) and len(value.args) == 1:
            return self._appended(receiver, value.args[0])
        if attr == "update" and isinstance(kind, DictOf) and len(value.args) <= 1:
            return self._updated(receiver, value)
        return None

    def _appended(self, receiver: gast.expr, value: gast.expr) -> list[gast.stmt]:
        if isinstance(value, gast.List | gast.Tuple) and not any(isinstance(item, gast.Starred) for item in value.elts):
            return [gast.Expr(call(gast.Attribute(receiver, "append", gast.Load()), item)) for item in value.elts]
        item = self.names.fresh("item")
        append = gast.Expr(call(gast.Attribute(receiver, "append", gast.Load()), name(item)))
        # A list that is extended by itself must not grow while it is run through.
        source = value if not isinstance(value, gast.Name) else call("list", value)
        return [gast.For(stored(item), source, [append], [], None)]

    def _updated(self, receiver: gast.expr, value: gast.Call) -> list[gast.stmt] | None:
        entries: list[tuple[gast.expr, gast.expr]] = []
        for source in value.args:
            if isinstance(source, gast.Dict) and None not in source.keys:
                entries += zip(source.keys, source.values, strict=True)
                continue
            known = self.keys_of(source)
            if known is None:
                return None
            entries += [(constant(key), subscript(source, constant(key))) for key in known]
        for keyword in value.keywords:
            if keyword.arg is None:
                return None
            entries.append((constant(keyword.arg), keyword.value))
        return [gast.Assign([gast.Subscript(receiver, key, gast.Store())], item, None) for key, item in entries]
