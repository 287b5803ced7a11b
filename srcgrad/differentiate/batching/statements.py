"""Statements on tangents, for several tangents at once.

Before::

    for i in range(n):
        s_dot += h_dot[i] * x[0]
        y_dot[i] = s_dot

After::

    for i in range(n):
        s_dot = s_dot + h_dot[:, i] * x[0]
        y_dot[:, i] = s_dot

The control flow depends on values alone, which are the same for all directions.  A number's tangent is an array here:
it is never changed in place, since another number may have the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import gast

from srcgrad.analyse.activity import assigned_names
from srcgrad.differentiate.batching.calls import iterated
from srcgrad.differentiate.batching.expressions import Expressions, subscript_of
from srcgrad.differentiate.batching.indexing import indexed
from srcgrad.differentiate.batching.refusal import NotBatchedError
from srcgrad.differentiate.batching.scope import Scope
from srcgrad.kind import Array, DictOf, Iterator, Kind, Opaque, Scalar, SequenceOf, TupleOf
from srcgrad.runtime import value_and_columns
from srcgrad.syntax.build import assign, base_name, call, copy_tree, method, name, names_assigned, store, subscript
from srcgrad.syntax.comments import is_comment
from srcgrad.syntax.tree import blank, with_replaced

_CHANGES = ("append", "insert", "extend", "update", "setdefault", "pop", "reverse", "clear", "popitem")


class Statements:
    """Writes the blocks of one function for several tangents."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.expressions = Expressions(scope)

    def block(self, body: Sequence[gast.stmt]) -> list[gast.stmt]:
        """A block for several tangents."""
        lines = []
        for statement in body:
            changed = names_assigned([statement])
            if isinstance(statement, gast.For | gast.While):
                self.scope.forget(changed)
            lines += self.statement(statement)
            if isinstance(statement, gast.Assign):
                self.scope.assigned(statement.targets[0], statement.value)
            else:
                self.scope.forget(changed)
        return lines

    def statement(self, statement: gast.stmt) -> list[gast.stmt]:
        """A statement for several tangents."""
        if is_comment(statement) or not self.scope.reads_tangent(statement):
            return [statement]
        match statement:
            case gast.Assign(targets=[target], value=value):
                return self._assigned(statement, target, value)
            case gast.AugAssign(target=target, op=op, value=value):
                return self._augmented(target, op, value)
            case gast.Expr(value=gast.Call() as value):
                return self._called(value)
            case gast.If(test=test):
                return [self._with(statement, test=self.expressions.primal(test))]
            case gast.While(test=test):
                return [self._with(statement, test=self.expressions.primal(test))]
            case gast.With() | gast.Try():
                return [self._with(statement)]
            case gast.For():
                return [self._loop(statement)]
            case gast.Delete(targets=targets):
                return [gast.Delete([self._deleted(target) for target in targets])]
            case _:
                raise NotBatchedError

    def _with(self, statement: gast.stmt, **fields: object) -> gast.stmt:
        made: gast.stmt = blank(statement)
        made.__dict__.update(statement.__dict__)
        for part in ("body", "orelse", "finalbody"):
            if part in made.__dict__:
                before = dict(self.scope.known)
                made.__dict__[part] = self.block(made.__dict__[part])
                self.scope.known = before
        if isinstance(statement, gast.Try):
            made.handlers = [self._with(handler) for handler in statement.handlers]
        made.__dict__.update(fields)
        return made

    # ---- assignments ----

    def _assigned(self, statement: gast.stmt, target: gast.expr, value: gast.expr) -> list[gast.stmt]:
        batched = self.scope.is_batched(value)
        match target:
            case gast.Name(id=identifier):
                if identifier in self.scope.batched:
                    return [assign(target, self.expressions.full(value))]
                if batched:
                    raise NotBatchedError
                return [assign(target, self.expressions.primal(value))]
            case gast.Tuple(elts=[given, dots]) if self.is_pair(given, dots, value):
                return [gast.Assign([store(target)], self._pair(value, isinstance(dots, gast.Tuple)), None)]
            case gast.Tuple(elts=elements):
                return [self._unpacked(target, elements, value)]
            case gast.Subscript() | gast.Attribute():
                if base_name(target) not in self.scope.batched:
                    if batched:
                        raise NotBatchedError
                    return [assign(target, self.expressions.primal(value))]
                return self._stored(statement, target, value)
            case _:
                raise NotBatchedError

    def is_pair(self, given: gast.expr, dots: gast.expr, value: gast.expr) -> bool:
        """Whether a call gives a value and its tangent: ``y, y_dot = g_tangent(x, x_dot)``."""
        if not isinstance(value, gast.Call):
            return False
        first, second = set(assigned_names(given)), set(assigned_names(dots))
        if isinstance(value.func, gast.Name) and value.func.id in self.scope.tangents:
            return True
        return bool(first) and not first & self.scope.batched and bool(second) and second <= self.scope.batched

    def _pair(self, value: gast.expr, taken_apart: bool) -> gast.expr:
        """The call; ``taken_apart`` says that the tangent is unpacked, which that of an array must not be."""
        assert isinstance(value, gast.Call)
        form = self.scope.tangents.get(value.func.id) if isinstance(value.func, gast.Name) else None
        if form is None:
            if taken_apart or not self.scope.is_batched(value):
                raise NotBatchedError
            return self.expressions.applied(value, value_and_columns)
        if taken_apart and not form.gives_tuple:
            raise NotBatchedError
        count = form.count
        if value.keywords or any(isinstance(argument, gast.Starred) for argument in value.args):
            raise NotBatchedError
        place = len(value.args) - count
        given = [self.expressions.primal(argument) for argument in value.args[:place]]
        if any(self.scope.is_batched(argument) for argument in value.args[:place]):
            raise NotBatchedError
        return call(form.name, *given, *(self.expressions.full(argument) for argument in value.args[place:]))

    def _unpacked(self, target: gast.Tuple, elements: list[gast.expr], value: gast.expr) -> gast.stmt:
        """``a_dot, b_dot = tape_dot.pop()``, and the same from a tuple that is written out."""
        bound = set(assigned_names(target))
        if not bound or any(not isinstance(part, gast.Name | gast.Tuple) for part in elements):
            raise NotBatchedError
        if isinstance(value, gast.Tuple | gast.List) and len(value.elts) == len(elements):
            parts = []
            for part, element in zip(elements, value.elts, strict=True):
                is_tangent = bool(set(assigned_names(part)) & self.scope.batched)
                if not is_tangent and self.scope.is_batched(element):
                    raise NotBatchedError
                parts.append(self.expressions.full(element) if is_tangent else self.expressions.primal(element))
            return gast.Assign([store(target)], gast.Tuple(parts, gast.Load()), None)
        if not bound <= self.scope.batched | {"_"}:
            raise NotBatchedError
        if isinstance(self.scope.kind(value), Array):
            return gast.Assign([store(target)], iterated(self.expressions, value, depth_of(target)), None)
        check_taken_apart(target, self.scope.kind(value))
        return gast.Assign([store(target)], self.expressions.full(value), None)

    def _place(self, target: gast.Subscript | gast.Attribute) -> gast.expr | None:
        """A target in a tangent; None where its index has no form for all directions."""
        if isinstance(target, gast.Attribute):
            return gast.Attribute(self.expressions.batched(target.value), target.attr, gast.Load())
        kind = self.scope.kind(target.value)
        if isinstance(kind, Array):
            index = indexed(self.scope, target.value, self.expressions.primal(target.slice))
            return None if index is None else subscript_of(self.expressions.batched(target.value), index)
        if isinstance(kind, SequenceOf | DictOf):
            index = self.expressions.primal(target.slice)
            return subscript_of(self.expressions.batched(target.value), index)
        raise NotBatchedError

    def _is_element(self, target: gast.expr) -> bool:
        """Whether a target is a part of an array."""
        return isinstance(target, gast.Subscript) and isinstance(self.scope.kind(target.value), Array)

    def _stored(
        self, statement: gast.stmt, target: gast.Subscript | gast.Attribute, value: gast.expr
    ) -> list[gast.stmt]:
        place = self._place(target)
        if not self._is_element(target):
            return [assign(place, self.expressions.full(value))]
        if place is None:
            return self._by_column(statement)
        if not self.scope.is_batched(value):
            return [assign(place, self.expressions.primal(value))]
        fitted = self._fitted(target, value)
        return self._by_column(statement) if fitted is None else [assign(place, fitted)]

    def _fitted(self, target: gast.expr, value: gast.expr) -> gast.expr | None:
        """A value with axes as many as the part of an array that it is put into."""
        wanted, rank = self.scope.rank(_read(target)), self.scope.rank(value)
        if wanted is None or rank is None or rank > wanted:
            return None
        return self.scope.aligned(self.expressions.batched(value), rank, wanted)

    def _augmented(self, target: gast.expr, op: gast.operator, value: gast.expr) -> list[gast.stmt]:
        statement = gast.AugAssign(target, op, value)
        if base_name(target) not in self.scope.batched:
            if self.scope.is_batched(value):
                raise NotBatchedError
            return [gast.AugAssign(target, op, self.expressions.primal(value))]
        place = target if isinstance(target, gast.Name) else self._place(target)
        if place is None:
            return self._by_column(statement)
        whole = _read(target)
        kind = self.scope.kind(whole)
        if isinstance(kind, SequenceOf):
            return [gast.AugAssign(store(place), op, self.expressions.full(value))]
        if not self._is_element(target) and isinstance(kind, Scalar):
            combined = gast.BinOp(whole, op, value)
            return [assign(place, self.expressions.batched(combined))]
        if not isinstance(kind, Array | Scalar):
            raise NotBatchedError
        if not self.scope.is_batched(value):
            return [gast.AugAssign(store(place), op, self.expressions.primal(value))]
        fitted = self._fitted(target, value)
        return self._by_column(statement) if fitted is None else [gast.AugAssign(store(place), op, fitted)]

    def _deleted(self, target: gast.expr) -> gast.expr:
        if isinstance(target, gast.Subscript) and isinstance(self.scope.kind(target.value), SequenceOf | DictOf):
            made = subscript(self.expressions.batched(target.value), self.expressions.primal(target.slice))
            made.ctx = gast.Del()
            return made
        raise NotBatchedError

    # ---- calls and loops ----

    def _called(self, value: gast.Call) -> list[gast.stmt]:
        """``xs_dot.append(v_dot)``; what writes into an array does so in one direction after the other."""
        function = value.func
        if not isinstance(function, gast.Attribute) or value.keywords:
            raise NotBatchedError
        kind = self.scope.kind(function.value)
        if isinstance(kind, SequenceOf | DictOf) and function.attr in _CHANGES:
            given = [self._put(function.attr, at, argument) for at, argument in enumerate(value.args)]
            return [gast.Expr(method(self.expressions.batched(function.value), function.attr, *given))]
        return self._by_column(gast.Expr(value))

    def _put(self, changed: str, at: int, argument: gast.expr) -> gast.expr:
        if changed in ("insert", "setdefault", "pop") and at == 0:
            return self.expressions.primal(argument)
        if changed == "extend" and self.scope.is_batched(argument):
            return iterated(self.expressions, argument)
        return self.expressions.full(argument)

    def _by_column(self, statement: gast.stmt) -> list[gast.stmt]:
        """A statement that writes into an array, repeated for one direction after the other."""
        each = self.scope.names.fresh("column")
        replaced: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
        for part in gast.walk(statement):
            if isinstance(part, gast.Name) and part.id in self.scope.batched:
                if not isinstance(self.scope.kind(name(part.id)), Array | Scalar):
                    raise NotBatchedError
                replaced[part] = subscript(name(part.id), name(each))
        body: list[gast.stmt] = [copy_tree(with_replaced(statement, replaced))]
        loop = gast.For(store(name(each)), call("range", name(self.scope.columns)), body, [], None)
        return [loop]

    def _loop(self, statement: gast.For) -> gast.stmt:
        if not self.scope.is_batched(statement.iter):
            return self._with(statement, iter=self.expressions.primal(statement.iter))
        made = self._with(statement, iter=self._iterable(statement.iter, statement.target))
        if self.scope.writes:
            numbers = [each for each in assigned_names(statement.target) if each in self.scope.batched]
            numbers = [each for each in numbers if isinstance(self.scope.kind(name(each)), Scalar)]
            made.body = [*(assign(each, method(each, "copy")) for each in numbers), *made.body]
        return made

    def _iterable(self, node: gast.expr, target: gast.expr) -> gast.expr:
        """What a loop runs over; ``target`` is what it binds to the items."""
        if not self.scope.is_batched(node):
            return self.expressions.primal(node)
        parts = target.elts if isinstance(target, gast.Tuple) else []
        match node:
            case gast.Call(func=gast.Name(id="zip") as function, args=arguments) if len(parts) == len(arguments):
                pairs = zip(arguments, parts, strict=True)
                return gast.Call(function, [self._iterable(*pair) for pair in pairs], node.keywords)
            case gast.Call(func=gast.Name(id="zip") as function, args=arguments) if not parts:
                return gast.Call(function, [self._iterable(each, target) for each in arguments], node.keywords)
            case gast.Call(func=gast.Name(id="enumerate") as function, args=[inner, *start]) if len(parts) == 2:
                return gast.Call(function, [self._iterable(inner, parts[1]), *start], node.keywords)
            case gast.Call(func=gast.Name(id="reversed") as function, args=[inner]):
                return gast.Call(function, [self._iterable(inner, target)], [])
        kind = self.scope.kind(node)
        if isinstance(kind, Array):
            return iterated(self.expressions, node, 1 + depth_of(target))
        element = kind.element if isinstance(kind, SequenceOf | Iterator | DictOf) else Opaque()
        if isinstance(kind, TupleOf) and not isinstance(target, gast.Tuple):
            return self.expressions.batched(node)
        check_taken_apart(target, element)
        return self.expressions.batched(node)


def depth_of(target: gast.expr) -> int:
    """How many axes a target takes apart: 1 for ``a, b``, 2 for ``(a, b), (c, d)``, 0 for a variable."""
    if not isinstance(target, gast.Tuple):
        return 0
    depths = {depth_of(part) for part in target.elts}
    if len(depths) != 1 or any(isinstance(part, gast.Starred) for part in target.elts):
        raise NotBatchedError
    return 1 + depths.pop()


def check_taken_apart(target: gast.expr, kind: Kind) -> None:
    """See that a container is taken apart into its items, not an array inside it into its directions."""
    if not isinstance(target, gast.Tuple):
        return
    if not isinstance(kind, TupleOf | SequenceOf):
        raise NotBatchedError
    for at, part in enumerate(target.elts):
        if not isinstance(part, gast.Tuple):
            continue
        inside: Kind = Opaque()
        if isinstance(kind, TupleOf) and len(kind.elements) == len(target.elts):
            inside = kind.elements[at]
        elif isinstance(kind, SequenceOf):
            inside = kind.element
        check_taken_apart(part, inside)


def _read(target: gast.expr) -> gast.expr:
    """A target as an expression that reads it."""
    made: gast.expr = blank(target)
    made.__dict__.update(target.__dict__)
    made.__dict__["ctx"] = gast.Load()
    return made
