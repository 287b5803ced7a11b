"""Statements: the flow of kinds through a function, loops by fixed points."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Sequence
from typing import Any

import gast

from srcgrad.analyse.kinds.builtin import BUILTINS
from srcgrad.analyse.kinds.conditions import narrowed, truth
from srcgrad.analyse.kinds.frame import ANY_FIELD, Variables
from srcgrad.analyse.kinds.joins import as_element, join, join_all, without_none
from srcgrad.analyse.kinds.loops import Loops
from srcgrad.kind import (
    Array,
    Constant,
    DictOf,
    Function,
    Instance,
    Iterator,
    Kind,
    Number,
    Opaque,
    Scalar,
    SequenceOf,
    Unreachable,
)
from srcgrad.syntax.walking import children, walk


class Statements(Loops):
    """The part of the interpreter that executes statements."""

    def run(self) -> None:
        """Interpret the function from its first statement; ``result`` is the kind of what it returns."""
        self.variables = dict(self.parameters)
        self.returns.clear()
        self.exits.clear()
        if isinstance(self.tree, gast.Lambda):
            self.result = self.evaluate(self.tree.body)
            return
        self.execute(self.tree.body)
        if self.variables is not None:
            self.returns[self.tree] = Constant(None)
            self.exits.append(self.variables)
        result: Kind = Unreachable()
        for node, kind in self.returns.items():
            result = join(result, kind, self.naming(node, "result"))
        if self.yields:
            result = Iterator(as_element(join_all(list(self.yields.values()))))
        self.result = result

    def execute(self, statements: Sequence[gast.AST]) -> None:
        """Execute statements until the flow ends."""
        for statement in statements:
            if self.variables is None:
                return
            executor = _EXECUTORS.get(type(statement))
            if executor is None:
                for child in children(statement):
                    if isinstance(child, gast.expr):
                        self.evaluate(child)
            else:
                executor(self, statement)

    # ---- assignments ----

    def assign(self, target: gast.AST, kind: Kind) -> None:
        if isinstance(target, gast.Name):
            if isinstance(kind, Scalar) and kind.symbol is None and kind.value is None and kind.dtype.startswith("int"):
                kind = Scalar(kind.dtype, kind.python, None, self.fresh(target, "value"))
            self.of[target] = kind
            self.write_variable(target.id, kind)
        elif isinstance(target, (gast.Tuple, gast.List)):
            self.of[target] = kind
            self._assign_each(target, kind)
        elif isinstance(target, gast.Subscript):
            container = self.evaluate(target.value)
            index = self.index(target.slice)
            self.of[target] = self.subscript(target, container, index)
            if isinstance(container, Instance):
                found = self.class_attribute(container, "__setitem__")
                if isinstance(found, Function):
                    self.call(target, Function(found.targets), [container, index, kind], {})
            self.store_element(container, index, kind)
        elif isinstance(target, gast.Attribute):
            container = self.evaluate(target.value)
            self.of[target] = kind
            self.store_attribute(target, container, target.attr, kind)
        elif isinstance(target, gast.Starred):
            self.of[target] = kind
            self.assign(target.value, kind)

    def _assign_each(self, target: Any, kind: Kind) -> None:
        """Unpack a value into targets, one of which may be starred."""
        targets = target.elts
        stars = [position for position, item in enumerate(targets) if isinstance(item, gast.Starred)]
        if not stars:
            for item, element in zip(targets, self.unpacked(target, kind, len(targets)), strict=True):
                self.assign(item, element)
            return
        before, after = stars[0], len(targets) - stars[0] - 1
        elements = self.elements_of(kind)
        site = frozenset({self.site(targets[before])})
        if elements is not None and len(elements) >= before + after:
            middle = elements[before : len(elements) - after]
            rest: Kind = SequenceOf(as_element(join_all(middle)), list, middle, site)
            kinds = [*elements[:before], rest, *elements[len(elements) - after :]]
        else:
            item = self.iterate(target, kind)
            kinds = [item] * len(targets)
            kinds[before] = SequenceOf(as_element(item), list, None, site)
        for item, element in zip(targets, kinds, strict=True):
            self.assign(item, element)

    def _assign(self, node: gast.Assign) -> None:
        kind = self.evaluate(node.value)
        for target in node.targets:
            self.assign(target, kind)

    def _assign_annotated(self, node: gast.AnnAssign) -> None:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value))

    def _augment(self, node: gast.AugAssign) -> None:
        value = self.evaluate(node.value)
        target = node.target
        if isinstance(target, gast.Name):
            old = self.read_variable(target.id) or Opaque()
            if self.session.changed_sites:
                old = self.session.current(old)
        elif isinstance(target, gast.Subscript):
            old = self.subscript(target, self.evaluate(target.value), self.index(target.slice))
        else:
            old = self.attribute(target, self.evaluate(target.value), target.attr)
        self.assign(target, self._augmented(node, without_none(old), value))

    def _augmented(self, node: gast.AugAssign, old: Kind, value: Kind) -> Kind:
        """The kind after ``old += value``: an array stays itself, a number becomes another."""
        if isinstance(old, Array):
            return old
        if isinstance(old, Number):
            result = self.operate(node, type(node.op), old, value)
            if isinstance(result, Array) and result.dims is not None:
                return result
            # Where it is an array, it stays the same array.
            return Number(getattr(result, "dtype", old.dtype), getattr(result, "dims", None))
        if isinstance(old, SequenceOf) and old.cls is list:
            # A list that is repeated has no new kinds of items, but another length.
            added = self.iterate(node, value) if isinstance(node.op, gast.Add) else Unreachable()
            self.session.store(old.sites, ANY_FIELD, added)
            return self.session.current(old)
        if isinstance(old, DictOf) and isinstance(node.op, gast.BitOr):
            BUILTINS[dict.update](self, node, [old, value], {})
            return self.session.current(old)
        if isinstance(old, Instance):
            for prefix in ("i", ""):
                name = {gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv"}.get(type(node.op))
                found = self.class_attribute(old, f"__{prefix}{name}__")
                if isinstance(found, Function):
                    return self.call(node, Function(found.targets), [old, value], {})[0]
        return self.operate(node, type(node.op), old, value)

    def _delete(self, node: gast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, gast.Name) and self.variables is not None:
                self.variables.pop(target.id, None)
            elif isinstance(target, gast.Subscript):
                container = self.evaluate(target.value)
                self.index(target.slice)
                if isinstance(container, SequenceOf):
                    self.session.store(container.sites, ANY_FIELD, Unreachable())

    # ---- branches ----

    def _if(self, node: gast.If) -> None:
        known = self.decide(node.test, truth(self.evaluate(node.test)))
        before = self.variables
        ends: list[Variables | None] = []
        for outcome, body in ((True, node.body), (False, node.orelse)):
            if known in (None, outcome) and before is not None:
                self.variables = narrowed(self, node.test, outcome, dict(before))
                self.execute(body)
                ends.append(self.variables)
        self.variables = self.merge(node, "if", ends)

    # ---- ends of the flow ----

    def _break(self, node: gast.Break) -> None:
        if self.variables is not None and self.jumps:
            self.jumps[-1].breaks.append(self.variables)
        self.variables = None

    def _continue(self, node: gast.Continue) -> None:
        if self.variables is not None and self.jumps:
            self.jumps[-1].continues.append(self.variables)
        self.variables = None

    def _return(self, node: gast.Return) -> None:
        self.returns[node] = Constant(None) if node.value is None else self.evaluate(node.value)
        if self.variables is not None:
            self.exits.append(self.variables)
        self.variables = None

    def _raise(self, node: gast.Raise) -> None:
        self.silent += 1
        for part in (node.exc, node.cause):
            if part is not None:
                self.evaluate(part)
        self.silent -= 1
        self.variables = None

    def _assert(self, node: gast.Assert) -> None:
        known = self.decide(node.test, truth(self.evaluate(node.test)))
        if known is False:
            self.variables = None
        elif self.variables is not None:
            self.variables = narrowed(self, node.test, True, self.variables)

    def _try(self, node: gast.Try) -> None:
        before = self.variables
        assert before is not None
        states: list[Variables | None] = [dict(before)]
        self.silent += 1
        for statement in node.body:
            self.execute([statement])
            states.append(None if self.variables is None else dict(self.variables))
        self.silent -= 1
        states.append(self._assigned_inside(node.body))
        if self.variables is not None:
            self.execute(node.orelse)
        ends = [self.variables]
        for handler in node.handlers:
            self.variables = self.merge(handler, "try", states)
            if handler.type is not None:
                self.evaluate(handler.type)
            if handler.name is not None:
                self.assign(handler.name, Opaque())
            self.execute(handler.body)
            ends.append(self.variables)
        self.variables = self.merge(node, "tried", ends)
        if node.finalbody:
            is_dead = self.variables is None
            if is_dead:
                self.variables = self.merge(node, "finally", states)
            self.execute(node.finalbody)
            if is_dead:
                self.variables = None

    def _assigned_inside(self, statements: Sequence[gast.AST]) -> Variables:
        """What was assigned anywhere inside some statements, which an exception may leave at any point."""
        assigned: Variables = {}
        for statement in statements:
            for inner in walk(statement):
                if isinstance(inner, gast.Name) and inner in self.of and not isinstance(inner.ctx, gast.Load):
                    if inner.id in self.locals:
                        old = assigned.get(inner.id, Unreachable())
                        assigned[inner.id] = join(old, self.of[inner], self.naming(statement, inner.id))
        return assigned

    def _with(self, node: gast.With) -> None:
        for item in node.items:
            kind = self.evaluate(item.context_expr)
            if item.optional_vars is not None:
                entered: Kind = Opaque()
                if isinstance(kind, Instance):
                    found = self.class_attribute(kind, "__enter__")
                    if isinstance(found, Function):
                        entered = self.call(item.context_expr, Function(found.targets), [kind], {})[0]
                self.assign(item.optional_vars, entered)
        before = self.variables
        self.execute(node.body)
        if any(self._may_suppress(item.context_expr) for item in node.items):
            self.variables = self.merge(node, "with", (before, self.variables, self._assigned_inside(node.body)))

    def _may_suppress(self, context: gast.AST) -> bool:
        """Whether a context manager may end an exception, so that the program goes on with half of the body done."""
        if isinstance(context, gast.Call) and self.of.get(context.func) == Constant(contextlib.suppress):
            return True
        return isinstance(self.of.get(context), Instance)

    # ---- definitions and others ----

    def _define(self, node: gast.FunctionDef) -> None:
        self.define(node)
        defaults = [*node.args.defaults, *[default for default in node.args.kw_defaults if default is not None]]
        for default in defaults:
            self.evaluate(default)
        kind: Kind = Function((node,))
        for decorator in reversed(node.decorator_list):
            kind = self.call(decorator, self.evaluate(decorator), [kind], {})[0]
        self.write_variable(node.name, kind)

    def _import(self, node: gast.Import) -> None:
        for alias in node.names:
            try:
                module = importlib.import_module(alias.name)
            except ImportError:
                self.write_variable(alias.asname or alias.name.partition(".")[0], Opaque())
                continue
            top = importlib.import_module(alias.name.partition(".")[0])
            self.write_variable(alias.asname or top.__name__, Constant(module if alias.asname else top))

    def _import_from(self, node: gast.ImportFrom) -> None:
        for alias in node.names:
            kind: Kind = Opaque()
            try:
                module = importlib.import_module(node.module or "") if not node.level else None
            except (ImportError, ValueError):
                module = None
            if module is not None and hasattr(module, alias.name):
                kind = self.attribute(node, Constant(module), alias.name)
            self.write_variable(alias.asname or alias.name, kind)

    def _expression(self, node: gast.Expr) -> None:
        value = node.value
        if isinstance(value, (gast.Yield, gast.YieldFrom)):
            kind = Constant(None) if value.value is None else self.evaluate(value.value)
            self.yields[node] = self.iterate(node, kind) if isinstance(value, gast.YieldFrom) else kind
        else:
            self.evaluate(value)


_EXECUTORS: dict[type[gast.AST], Callable[[Any, Any], None]] = {
    gast.Assign: Statements._assign,
    gast.AnnAssign: Statements._assign_annotated,
    gast.AugAssign: Statements._augment,
    gast.Delete: Statements._delete,
    gast.If: Statements._if,
    gast.For: Statements.loop_for,
    gast.While: Statements.loop_while,
    gast.Break: Statements._break,
    gast.Continue: Statements._continue,
    gast.Return: Statements._return,
    gast.Raise: Statements._raise,
    gast.Assert: Statements._assert,
    gast.Try: Statements._try,
    gast.With: Statements._with,
    gast.FunctionDef: Statements._define,
    gast.Import: Statements._import,
    gast.ImportFrom: Statements._import_from,
    gast.Expr: Statements._expression,
    gast.ClassDef: lambda frame, node: frame.write_variable(node.name, Opaque()),
}
