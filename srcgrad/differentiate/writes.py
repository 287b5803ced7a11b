"""The reversal of writes into arrays and containers: ``a[i] = v``, ``a[1:-1] += v``, ``a *= v``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad import runtime
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.operations import is_basic_index
from srcgrad.differentiate.adjoints import Adjoints, is_mask, zero_of
from srcgrad.differentiate.construction import may_be_assigned
from srcgrad.differentiate.cotangent import Cotangent
from srcgrad.differentiate.expressions import Expressions
from srcgrad.differentiate.fitting import push_wider
from srcgrad.differentiate.list_slices import is_list_slice, slice_afterwards
from srcgrad.differentiate.overwriting import Overwriting, everything, loaded
from srcgrad.differentiate.renewing import NEW_VALUE, new_value
from srcgrad.differentiate.steps import Simple
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Instance, Kind, Number, Opaque, Scalar
from srcgrad.syntax.build import (
    add,
    assign,
    augment,
    base_name,
    binary,
    call,
    copy_tree,
    divide,
    multiply,
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
        self.overwriting = Overwriting(kinds, adjoints.shadows)
        self._named_value: tuple[gast.expr, gast.expr] | None = None

    def take_named_value(self) -> tuple[gast.expr, gast.expr] | None:
        """The element that a statement wrote, and the value it wrote, where rules have read that under a name."""
        named, self._named_value = self._named_value, None
        return named

    def assign(self, statement: gast.stmt, target: gast.expr, value: gast.expr) -> Simple:
        """``a[i] = v``: the element's adjoint goes to v, and is zero before."""
        base = base_name(target)
        step = Simple([statement], overwrites=[self.overwriting.part(target)])
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
        if base in self.adjoints.shadows and is_list_slice(target, self.kinds):
            raise UnsupportedError(
                "assigning a slice of a list that has other names, or is held elsewhere, is not supported",
                node=statement,
                advice="assign one element at a time, or make a new list",
            )
        if self._is_item_of_memory(target, base):
            # The item changes its object; the objects keep their shadows.
            self._check_item(value, statement)
            return step
        self._own(base)
        if is_list_slice(target, self.kinds):
            self._slice_given(target, value, kind)
            return step
        part = self.adjoints.part(loaded(target))
        itself = self._reads_itself(base, value)
        clear = assign(part, self._zero(target, kind))
        if not depends:
            self.expressions.statements.append(clear)
            return step
        self._name_value(target, value)
        if self._may_repeat(target):
            taken = self.expressions.bind(self._won(target, part), kind)
            self.expressions.statements.append(clear)
            self._push(value, taken, kind)
            return step
        if itself and self._reads_itself(base, value) == {base} and _reads_only(value, target, base):
            self.expressions.collected, self.expressions.collects = [], gast.dump(loaded(target))
            self._push(value, part, kind)
            self._put(part, clear)
        elif itself:
            self.expressions.volatile = self._bars(base)
            taken = self.expressions.bind(part, kind)
            self.expressions.volatile = frozenset()
            self.expressions.statements.append(clear)
            self._push(value, taken, kind)
        else:
            self._push(value, part, kind)
            self._own(base)
            self.expressions.statements.append(clear)
        return step

    def _slice_given(self, target: gast.expr, value: gast.expr, kind: Kind) -> None:
        """``xs[a:b] = values``: the list's adjoint gets the length that the list had before."""
        before = loaded(target)
        assert isinstance(before, gast.Subscript)
        part = slice_afterwards(before, self.adjoints.part(before.value))
        taken = self.expressions.bind(part, kind)
        self.expressions.statements.append(assign(store(copy_tree(part)), zero_of(kind, before)))
        if self.expressions.depends(value):
            self._push(value, taken, kind)

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
        step = Simple([statement], overwrites=[self.overwriting.in_place(target)])
        assert base is not None
        if base not in self.adjoints.state.live:
            return step
        self._check(target, statement)
        kind = self.kinds.of.get(target, Opaque())
        value = statement.value
        part = self.adjoints.part(loaded(target))
        itself = bool(self._reads_itself(base, value))
        if self._may_repeat(target):
            if not isinstance(statement.op, gast.Add | gast.Sub):
                return self._rewritten(step, statement, target, kind, base)
            part = self._won(target, part)
            itself = itself and base in self.adjoints.shadows
        match statement.op:
            case gast.Add() | gast.Sub():
                if self.expressions.depends(value):
                    self._own(base)
                    if itself:
                        self.expressions.volatile = self._bars(base)
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
        before = loaded(target)
        if self.expressions.depends(value):
            whole = self.expanded(statement, target, kind)
            assert isinstance(whole, gast.BinOp)
            if isinstance(statement.op, gast.Mult):
                factor = before
            elif self._name_value(target, whole):
                factor = divide(multiply(-1.0, new_value()), value)
            else:
                factor = divide(multiply(-1.0, before), multiply(value, value))
            product = multiply(part, factor)
            self._push(value, product, kind)
        self._own(base)
        operator = "*" if isinstance(statement.op, gast.Mult) else "/"
        target = everything(part) if base in self.adjoints.shadows else part
        self.expressions.statements.append(augment(target, operator, value))

    def _rewritten(
        self, step: Simple, statement: gast.AugAssign, target: gast.expr, kind: Kind, base: str
    ) -> Simple:
        """``a[i] **= v`` as ``a[i] = a[i] ** v``."""
        value = self.expanded(statement, target, kind)
        self._own(base)
        part = self.adjoints.part(loaded(target))
        if self._may_repeat(target):
            taken = self.expressions.bind(self._won(target, part), kind)
        else:
            self.expressions.volatile = self._bars(base)
            taken = self.expressions.bind(part, kind)
            self.expressions.volatile = frozenset()
        zero = gast.Constant(0.0, None) if isinstance(kind, Array) else self._zero(target, kind)
        cleared = everything(part)
        if isinstance(kind, Array) and not isinstance(target, gast.Name) and not self._is_element(target):
            # The array itself is cleared: parts of it may be added to.
            cleared = subscript(part, "...")
        self.expressions.statements.append(assign(cleared, zero))
        self._name_value(target, value)
        self._push(value, taken, kind)
        return step

    def _name_value(self, target: gast.expr, value: gast.expr) -> bool:
        """Let rules read a value under a name, where it is a number that an element of an array takes as it is."""
        if not isinstance(target, gast.Subscript) or not isinstance(self.kinds.of.get(target.value), Array):
            return False
        element, written = self.kinds.of.get(target), self.kinds.of.get(value)
        if not isinstance(element, Scalar) or not isinstance(written, Scalar) or element.dtype != written.dtype:
            return False
        self._named_value = (loaded(target), value)
        self.expressions.value = (value, new_value())
        self.adjoints.known[NEW_VALUE] = written
        return True

    def expanded(self, statement: gast.AugAssign, target: gast.expr, kind: Kind) -> gast.expr:
        """The value that an augmented assignment gives its target: ``a[i] * v`` for ``a[i] *= v``."""
        operand = loaded(target)
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
            push_wider(self.expressions, value, expression, kind)
        else:
            self.expressions.push(value, Cotangent(expression, kind))
        self.expressions.flush()

    def _reads_itself(self, base: str, value: gast.expr) -> frozenset[str]:
        """The variables with which a value varies that may be what is written into."""
        return dependencies(value, self.kinds) & ({base} | self.adjoints.shadows.memory.family(base))

    def _bars(self, base: str) -> frozenset[str]:
        """The adjoints that change where that of a variable does."""
        family = self.adjoints.shadows.memory.family(base)
        table = {self.adjoints.shadows.table} if family else set()
        return frozenset({self.adjoints.of(variable) for variable in {base, *family}} | table)

    def _is_item_of_memory(self, target: gast.expr, base: str) -> bool:
        """Whether a target is a place in a container that holds an array or a container."""
        if base not in self.adjoints.shadows or not isinstance(target, gast.Subscript | gast.Attribute):
            return False
        around = self.kinds.of.get(target.value)
        return not isinstance(around, Array) and not isinstance(self.kinds.of.get(target), Scalar)

    def _check_item(self, value: gast.expr, statement: gast.stmt) -> None:
        if self.expressions.depends(value) and not self.adjoints.shadows.is_reference(value):
            raise UnsupportedError(
                "a new array is put into a container whose arrays are written into: not supported",
                node=statement,
                advice="give the array a name in a statement before",
            )

    def _own(self, base: str) -> None:
        self.expressions.statements.extend(self.adjoints.own(base))

    def _is_element(self, target: gast.expr) -> bool:
        return isinstance(target, gast.Subscript) and isinstance(self.kinds.of.get(target.value), Array | Number)

    def _zero(self, target: gast.expr, kind: Kind) -> gast.expr:
        if isinstance(target, gast.Subscript) and isinstance(self.kinds.of.get(target.value), Array | Number):
            return gast.Constant(0.0, None)
        return zero_of(kind, self.adjoints.part(loaded(target)))

    def _is_matrix(self, value: gast.expr) -> bool:
        """Whether a factor might be broadcast in a way that a factor of the adjoint may not."""
        return not isinstance(self.kinds.of.get(value), Scalar | Array)

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
        return call("np.where", call(last_written, loaded(target.value), index), part, 0.0)

    def scatter(self, statement: gast.stmt, value: gast.Call) -> Simple:
        """``np.add.at(a, index, v)``: the elements keep their adjoint, v gets it too."""
        assert isinstance(value.func, gast.Attribute)
        target = gast.copy_location(gast.Subscript(value.args[0], value.args[1], gast.Load()), value)
        base = base_name(target)
        assert base is not None
        self.kinds.of[target] = self.kinds.evaluate(target, {})  # type: ignore[index]
        step = Simple([statement], overwrites=[self.overwriting.part(target)])
        if base not in self.adjoints.state.live or not self.expressions.depends(value.args[2]):
            return step
        kind = self.kinds.of[target]
        self._own(base)
        part = self.adjoints.part(target)
        if self._reads_itself(base, value.args[2]):
            self.expressions.volatile = self._bars(base)
            part = self.expressions.bind(part, kind)
        is_difference = getattr(value.func.value, "attr", "") == "subtract"
        self._push(value.args[2], gast.UnaryOp(gast.USub(), part) if is_difference else part, kind)
        return step

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


def _reads_only(value: gast.expr, target: gast.expr, base: str) -> bool:
    """Whether a value reads an array only at the very element that is assigned, outside of conditional expressions."""
    wanted = gast.dump(loaded(target))
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


__all__ = ["Writes", "binary", "store"]
