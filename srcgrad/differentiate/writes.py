"""The reversal of writes into arrays and containers: ``a[i] = v``, ``a[1:-1] += v``, ``a *= v``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad import runtime
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.operations import is_basic_index
from srcgrad.differentiate.adjoints import Adjoints, is_mask, zero_of
from srcgrad.differentiate.construction import may_be_assigned
from srcgrad.differentiate.cotangent import Cotangent, fitted
from srcgrad.differentiate.expressions import Expressions
from srcgrad.differentiate.lists import SAVED
from srcgrad.differentiate.steps import Overwrite, Simple
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Constant, DictOf, Instance, Kind, Number, Opaque, Scalar, SequenceOf
from srcgrad.syntax.build import (
    add,
    assign,
    augment,
    base_name,
    binary,
    call,
    constant,
    copy_tree,
    divide,
    expression_statement,
    method,
    multiply,
    name,
    names_read,
    store,
    subscript,
)

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


class Writes:
    """Steps of statements that write into a part of an array, list or dict."""

    def __init__(self, kinds: Kinds, adjoints: Adjoints, expressions: Expressions) -> None:
        self.kinds = kinds
        self.adjoints = adjoints
        self.expressions = expressions

    def assign(self, statement: gast.stmt, target: gast.expr, value: gast.expr) -> Simple:
        """``a[i] = v``: the element's adjoint goes to v, and is zero before."""
        base = base_name(target)
        step = Simple([statement], overwrites=[self._overwrite(target)])
        depends = self.expressions.depends(value)
        if base is None:
            if depends:
                raise UnsupportedError(
                    "writing a differentiated value into a part of what is no variable is not supported",
                    node=statement,
                    advice="give the object a name first",
                )
            step.overwrites = []
            return step
        if base not in self.adjoints.state.live:
            return step
        self._check(target, statement)
        kind = self.kinds.of.get(target, Opaque())
        self._own(base)
        part = self.adjoints.part(_load(target))
        itself = base in dependencies(value, self.kinds)
        clear = assign(part, self._zero(target, kind))
        if not depends:
            self.expressions.statements.append(clear)
            return step
        if self._may_repeat(target):
            taken = self.expressions.bind(self._won(target, part), kind)
            self.expressions.statements.append(clear)
            self._push(value, taken, kind)
            return step
        if itself and _reads_only(value, target, base):
            self.expressions.collected, self.expressions.collects = [], gast.dump(_load(target))
            self._push(value, part, kind)
            self._put(part, clear)
        elif itself:
            self.expressions.volatile = frozenset([self.adjoints.of(base)])
            taken = self.expressions.bind(part, kind)
            self.expressions.volatile = frozenset()
            self.expressions.statements.append(clear)
            self._push(value, taken, kind)
        else:
            self._push(value, part, kind)
            self._own(base)
            self.expressions.statements.append(clear)
        return step

    def _put(self, part: gast.expr, clear: gast.stmt) -> None:
        """Leave in an element's adjoint what its own earlier value contributes."""
        collected, self.expressions.collected = self.expressions.collected, None
        if not collected:
            self.expressions.statements.append(clear)
            return
        total = collected[0][0]
        for expression, _ in collected[1:]:
            total = add(total, expression)
        self.expressions.statements.append(assign(part, total))

    def augment(self, statement: gast.AugAssign, target: gast.expr) -> Simple:
        """``a[i] += v`` and ``a += v`` for an array: the element keeps its adjoint, v gets it too."""
        base = base_name(target)
        step = Simple([statement], overwrites=[self._changed_in_place(target)])
        assert base is not None
        if base not in self.adjoints.state.live:
            return step
        self._check(target, statement)
        kind = self.kinds.of.get(target, Opaque())
        value = statement.value
        part = self.adjoints.part(_load(target))
        itself = base in dependencies(value, self.kinds)
        if self._may_repeat(target):
            if not isinstance(statement.op, gast.Add | gast.Sub):
                return self._rewritten(step, statement, target, kind, base)
            part, itself = self._won(target, part), False
        match statement.op:
            case gast.Add() | gast.Sub():
                if self.expressions.depends(value):
                    self._own(base)
                    if itself:
                        self.expressions.volatile = frozenset([self.adjoints.of(base)])
                    sign = gast.UnaryOp(gast.USub(), part) if isinstance(statement.op, gast.Sub) else part
                    self._push(value, sign, kind)
                return step
            case gast.Mult() | gast.Div() if not itself and not self._is_matrix(value):
                self._scale(statement, target, part, kind, base)
                return step
            case _:
                return self._rewritten(step, statement, target, kind, base)

    def _scale(self, statement: gast.AugAssign, target: gast.expr, part: gast.expr, kind: Kind, base: str) -> None:
        value = statement.value
        before = _load(target)
        if self.expressions.depends(value):
            whole = self.expanded(statement, target, kind)
            assert isinstance(whole, gast.BinOp)
            if isinstance(statement.op, gast.Mult):
                factor = before
            else:
                factor = divide(multiply(-1.0, before), multiply(value, value))
            product = multiply(part, factor)
            self._push(value, product, kind)
        self._own(base)
        operator = "*" if isinstance(statement.op, gast.Mult) else "/"
        self.expressions.statements.append(augment(part, operator, value))

    def _rewritten(
        self, step: Simple, statement: gast.AugAssign, target: gast.expr, kind: Kind, base: str
    ) -> Simple:
        """``a[i] **= v`` as ``a[i] = a[i] ** v``."""
        value = self.expanded(statement, target, kind)
        self._own(base)
        part = self.adjoints.part(_load(target))
        if self._may_repeat(target):
            taken = self.expressions.bind(self._won(target, part), kind)
        else:
            self.expressions.volatile = frozenset([self.adjoints.of(base)])
            taken = self.expressions.bind(part, kind)
            self.expressions.volatile = frozenset()
        self.expressions.statements.append(assign(_everything(part), self._zero(target, kind)))
        self._push(value, taken, kind)
        return step

    def expanded(self, statement: gast.AugAssign, target: gast.expr, kind: Kind) -> gast.expr:
        """The value that an augmented assignment gives its target: ``a[i] * v`` for ``a[i] *= v``."""
        operand = _load(target)
        value = gast.copy_location(gast.BinOp(operand, statement.op, statement.value), statement)
        for node in gast.walk(operand):
            if isinstance(node, gast.expr) and node not in self.kinds.of:
                self.kinds.of[node] = self.kinds.evaluate(node, {})  # type: ignore[index]
        self.kinds.of[operand] = kind  # type: ignore[index]
        self.kinds.of[value] = kind  # type: ignore[index]
        return value

    def _push(self, value: gast.expr, expression: gast.expr, kind: Kind) -> None:
        """Push what belongs to the written part; a value that was broadcast into it gets the sum."""
        given = self.kinds.of.get(value)
        if isinstance(kind, Array | Number) and isinstance(given, Scalar | Array | Number):
            expression, found = fitted(expression, kind, given, value)
            self.expressions.push(value, Cotangent(expression, found))
        else:
            self.expressions.push(value, Cotangent(expression, kind))
        self.expressions.flush()

    def _own(self, base: str) -> None:
        self.expressions.statements.extend(self.adjoints.own(base))

    def _zero(self, target: gast.expr, kind: Kind) -> gast.expr:
        if isinstance(target, gast.Subscript) and isinstance(self.kinds.of.get(target.value), Array | Number):
            return gast.Constant(0.0, None)
        return zero_of(kind, self.adjoints.part(_load(target)))

    def _is_matrix(self, value: gast.expr) -> bool:
        """Whether a factor might be broadcast in a way that a factor of the adjoint may not."""
        return not isinstance(self.kinds.of.get(value), Scalar | Array)

    def _overwrite(self, target: gast.expr) -> Overwrite:
        base = base_name(target) or ""
        part = _load(target)
        kind = self.kinds.of.get(target)
        saved = part if isinstance(kind, Scalar) else method(part, "copy")
        if isinstance(target, gast.Subscript) and not isinstance(self.kinds.of.get(target.value), Array | Number):
            if not self._is_present(target):
                return self._whole_container(base, part, self.kinds.of.get(target.value))
            saved = part
        elif isinstance(target, gast.Attribute):
            # It may be the first assignment to this attribute.
            saved = call("getattr", part.value, constant(target.attr), constant(None))
        back = assign(_everything(part), name(SAVED))
        indices = frozenset(names_read(part)) - {base}
        return Overwrite(base, saved, [back], whole=False, reads=indices)

    def _changed_in_place(self, target: gast.expr) -> Overwrite:
        """What ``a[i] += v`` destroys: the array itself changes where the element or attribute is one."""
        base = base_name(target) or ""
        if isinstance(target, gast.Name) or not isinstance(self.kinds.of.get(target), Array | Number):
            return self._overwrite(target)
        if isinstance(target, gast.Subscript) and isinstance(self.kinds.of.get(target.value), Array | Number):
            return self._overwrite(target)
        part = _load(target)
        if not isinstance(self.kinds.of.get(target), Array):
            raise UnsupportedError(
                "what is changed here may be a number or an array",
                node=target,
                advice="write the assignment out: a[i] = a[i] + ...",
            )
        everything = gast.Subscript(part, gast.Constant(Ellipsis, None), gast.Store())
        indices = frozenset(names_read(part)) - {base}
        return Overwrite(base, method(part, "copy"), [assign(everything, name(SAVED))], whole=False, reads=indices)

    # ---- integer arrays as indices ----

    def _may_repeat(self, target: gast.expr) -> bool:
        """Whether an index of the target is an array of integers, which may name an element twice."""
        if not isinstance(target, gast.Subscript) or not isinstance(self.kinds.of.get(target.value), Array | Number):
            return False
        return not is_basic_index(target.slice, self.kinds) and not is_mask(target.slice, self.kinds)

    def _won(self, target: gast.expr, part: gast.expr) -> gast.expr:
        """The adjoint of the written elements; where an index names one twice, only the last value written counts."""
        assert isinstance(target, gast.Subscript)
        if _names_each_once(target.slice):
            return part
        last_written = self.expressions.helpers.name_of("last_written", runtime.last_written)
        index = target.slice
        if any(isinstance(node, gast.Slice) for node in gast.walk(index)):
            index = subscript("np.s_", index)
        return call("np.where", call(last_written, _load(target.value), index), part, 0.0)

    def scatter(self, statement: gast.stmt, value: gast.Call) -> Simple:
        """``np.add.at(a, index, v)``: the elements keep their adjoint, v gets it too."""
        assert isinstance(value.func, gast.Attribute)
        target = gast.copy_location(gast.Subscript(value.args[0], value.args[1], gast.Load()), value)
        base = base_name(target)
        assert base is not None
        self.kinds.of[target] = self.kinds.evaluate(target, {})  # type: ignore[index]
        step = Simple([statement], overwrites=[self._overwrite(target)])
        if base not in self.adjoints.state.live or not self.expressions.depends(value.args[2]):
            return step
        kind = self.kinds.of[target]
        self._own(base)
        part = self.adjoints.part(target)
        if base in dependencies(value.args[2], self.kinds):
            self.expressions.volatile = frozenset([self.adjoints.of(base)])
            part = self.expressions.bind(part, kind)
        is_difference = getattr(value.func.value, "attr", "") == "subtract"
        self._push(value.args[2], gast.UnaryOp(gast.USub(), part) if is_difference else part, kind)
        return step

    def _is_present(self, target: gast.Subscript) -> bool:
        """Whether a container surely has an element in this place, so that it can be saved and put back."""
        kind, index = self.kinds.of.get(target.value), self.kinds.of.get(target.slice)
        if isinstance(kind, DictOf):
            return kind.exact and isinstance(index, Constant) and index.value in dict(kind.entries or ())
        return isinstance(kind, SequenceOf) and isinstance(index, Scalar)

    def _whole_container(self, base: str, part: gast.expr, kind: Kind | None) -> Overwrite:
        """All elements of a container, put back into the very same container: it may be reached in other ways."""
        assert isinstance(part, gast.Subscript)
        whole = part.value
        indices = frozenset(names_read(part)) - {base}
        if isinstance(kind, DictOf):
            back: list[gast.stmt] = [expression_statement(method(whole, "clear"))]
            back.append(expression_statement(method(whole, "update", name(SAVED))))
        else:
            everything = gast.Subscript(whole, gast.Slice(None, None, None), gast.Store())
            back = [assign(everything, name(SAVED))]
        return Overwrite(base, method(whole, "copy"), back, whole=False, reads=indices)

    def _check(self, target: gast.expr, statement: gast.stmt) -> None:
        """Refuse what has no single owner for each element's adjoint."""
        if not isinstance(target, gast.Attribute):
            return
        kind = self.kinds.of.get(target.value)
        if not isinstance(kind, Instance) or not may_be_assigned(kind.cls, target.attr):
            raise UnsupportedError(
                f"what an assignment to the attribute {target.attr!r} does is decided by the class: not supported",
                node=statement,
                advice="keep the value in a plain attribute or in a variable",
            )


def _load(target: gast.expr) -> gast.expr:
    """A target as an expression that is read."""
    part = copy_tree(target)
    node: gast.AST = part
    while isinstance(node, gast.Subscript | gast.Attribute | gast.Name):
        node.ctx = gast.Load()
        if isinstance(node, gast.Name):
            break
        node = node.value
    return part


def _reads_only(value: gast.expr, target: gast.expr, base: str) -> bool:
    """Whether a value reads an array only at the very element that is assigned, outside of conditional expressions."""
    wanted = gast.dump(_load(target))
    inside: set[gast.AST] = set()
    deeper = {node.value for node in gast.walk(value) if isinstance(node, gast.Subscript | gast.Attribute)}
    for node in gast.walk(value):
        if isinstance(node, gast.IfExp | gast.Lambda | gast.ListComp | gast.GeneratorExp):
            return False
        if isinstance(node, gast.Subscript) and gast.dump(node) == wanted and node not in deeper:
            inside.update(gast.walk(node))
        if isinstance(node, gast.Name) and node.id == base and node not in inside:
            return False
    return base not in names_read(target.slice) if isinstance(target, gast.Subscript) else False


def _names_each_once(index: gast.expr) -> bool:
    """Whether an index is a display of different constants of one sign."""
    if not isinstance(index, gast.List):
        return False
    numbers = [item.value for item in index.elts if isinstance(item, gast.Constant)]
    return len(set(numbers)) == len(index.elts) and all(type(number) is int for number in numbers)


def is_scatter(value: gast.AST) -> bool:
    """Whether an expression is ``np.add.at(a, index, v)`` or ``np.subtract.at(a, index, v)``."""
    match value:
        case gast.Call(func=gast.Attribute(value=gast.Attribute(attr="add" | "subtract"), attr="at"), args=[_, _, _]):
            return not value.keywords
        case _:
            return False


def _everything(part: gast.expr) -> gast.expr:
    """``a[...]`` for an array as a whole, a part as it is."""
    if isinstance(part, gast.Name):
        return gast.Subscript(part, gast.Constant(Ellipsis, None), gast.Load())
    return part


__all__ = ["Writes", "binary", "store"]
