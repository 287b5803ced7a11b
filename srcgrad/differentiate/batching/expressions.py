"""Expressions of tangents, for several tangents at once.

Before::

    (1.0 - h * h) * (A_dot @ x + A @ x_dot)

After::

    (1.0 - h * h) * (A_dot @ x + x_dot @ A.T)

Each value has its axis for the directions in front.  What is computed element by element broadcasts by itself, once
values of lower rank have axes for those that they lack; what works along an axis counts it one further.
"""

from __future__ import annotations

import gast

from srcgrad.differentiate.batching.calls import called
from srcgrad.differentiate.batching.indexing import indexed
from srcgrad.differentiate.batching.products import product
from srcgrad.differentiate.batching.refusal import NotBatchedError
from srcgrad.differentiate.batching.scope import Scope
from srcgrad.kind import Array, DictOf, Instance, Kind, Number, Scalar, SequenceOf, TupleOf
from srcgrad.rules.axes import has_axis, is_elementwise
from srcgrad.rules.methods import ATTRIBUTES
from srcgrad.runtime import by_columns, spread, value_and_columns, zero_tangent, zero_tangents
from srcgrad.syntax.build import attribute, call, constant, copy_tree, is_number, method, name, subscript
from srcgrad.syntax.tree import with_replaced

_CONTAINERS = (SequenceOf, TupleOf, DictOf, Instance)


class Expressions:
    """Writes expressions for several tangents."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._written: dict[gast.expr, gast.expr] = {}

    # ---- what statements ask for ----

    def full(self, node: gast.expr) -> gast.expr:
        """An expression with one entry for each direction, also where it is the same in all."""
        return self.held(node) if self.scope.is_batched(node) else self._spread(self.primal(node))

    def held(self, node: gast.expr) -> gast.expr:
        """A batched expression that is given a name or a place: a number taken from an array is taken as a copy."""
        found = self.batched(node)
        if self.scope.writes and self.scope.rank(node) == 0 and not self._is_fresh(node) and not _is_name(node):
            return method(found, "copy")
        return found

    def primal(self, node: gast.expr) -> gast.expr:
        """An expression that is no tangent: its questions for shapes of tangents mean those of one tangent."""
        if not self.scope.reads_tangent(node):
            return node
        match node:
            case gast.Attribute(value=value, attr="shape") if self.scope.is_batched(value):
                return subscript(attribute(self.batched(value), "shape"), gast.Slice(constant(1), None, None))
            case gast.Attribute(value=value, attr="dtype"):
                return attribute(self.batched(value), "dtype")
            case gast.Call(func=function, args=[value]) if self.scope.is_batched(value):
                if self.scope.resolved(function) is len and self.scope.rank(value):
                    return subscript(attribute(self.batched(value), "shape"), constant(1))
                return node
        if isinstance(node, gast.Attribute):
            raise NotBatchedError
        parts = {part: self.primal(part) for part in gast.iter_child_nodes(node) if isinstance(part, gast.expr)}
        return with_replaced(node, parts)

    def _spread(self, node: gast.expr) -> gast.expr:
        """What is the same in all directions, usually zero, with one entry for each."""
        columns = self.scope.columns
        match node:
            case gast.Constant(value=None):
                return node
            case gast.Constant() if is_number(node, 0):
                return call("np.zeros", name(columns))
            case gast.Constant(value=int() | float() | complex()):
                return call("np.full", name(columns), node)
            case gast.Tuple(elts=elements) | gast.List(elts=elements):
                return type(node)([self.element(element) for element in elements], gast.Load())
            case gast.Dict(keys=keys, values=values):
                return gast.Dict(list(keys), [self.full(value) for value in values])
            case gast.Call(func=function, args=[value, *rest], keywords=[]):
                wanted = self.scope.resolved(function)
                kind = self.scope.kind(node)
                is_float = isinstance(kind, Array) and kind.dtype == "float64"
                if _named(function) == "np.zeros_like" and is_float and not rest:
                    return call("np.zeros", self.scope.shape(attribute(value, "shape")))
                if _named(function) == "np.zeros" and is_float and not rest:
                    return call("np.zeros", self.scope.shape(value))
                if wanted is zero_tangent:
                    return self.scope.spread(value, zero_tangents)
        if isinstance(node, gast.Call) and self._makes_container(node):
            return self._constructed(node)
        return self.scope.spread(node, spread)

    def element(self, node: gast.expr) -> gast.expr:
        """An element of a display of tangents."""
        if isinstance(node, gast.Starred):
            return gast.Starred(self.full(node.value), gast.Load())
        return self.full(node)

    # ---- expressions ----

    def batched(self, node: gast.expr) -> gast.expr:
        """An expression that reads tangents, with one entry for each direction."""
        found = self._written.get(node)
        if found is None:
            found = self._written[node] = self._batched(node)
        return found

    def _batched(self, node: gast.expr) -> gast.expr:
        match node:
            case gast.Name():
                return node
            case gast.Constant():
                return self._spread(node)
            case gast.Tuple(elts=elements) | gast.List(elts=elements):
                return type(node)([self.element(element) for element in elements], gast.Load())
            case gast.Dict(keys=keys, values=values):
                return gast.Dict(list(keys), [self.full(value) for value in values])
            case gast.UnaryOp(op=op, operand=operand):
                return gast.UnaryOp(op, self.batched(operand))
            case gast.BinOp(left=left, right=right):
                return self._operation(node, left, right)
            case gast.IfExp(test=test, body=body, orelse=orelse):
                return gast.IfExp(self.primal(test), self.full(body), self.full(orelse))
            case gast.Subscript(value=value, slice=index):
                return self._part(node, value, index)
            case gast.Attribute(value=value, attr=attr):
                return self._attribute(node, value, attr)
            case gast.Call():
                return self._call(node)
            case _:
                raise NotBatchedError

    def operand(self, node: gast.expr, wanted: int) -> gast.expr:
        """An operand of something elementwise whose result has ``wanted`` dimensions."""
        if not self.scope.is_batched(node):
            return self.primal(node)
        return self.scope.aligned(self.batched(node), self.scope.surely(node), wanted)

    def _operation(self, node: gast.BinOp, left: gast.expr, right: gast.expr) -> gast.expr:
        kinds = (self.scope.kind(left), self.scope.kind(right))
        if any(isinstance(kind, SequenceOf | TupleOf) for kind in kinds):
            both = [self.full(part) if _is_sequence(kind) else part for part, kind in zip((left, right), kinds)]
            return gast.BinOp(both[0], node.op, both[1])
        if isinstance(node.op, gast.MatMult):
            return product(self, node, left, right) or self.columnwise(node)
        wanted = self.scope.rank(node)
        if wanted is None or any(self.scope.rank(part) is None for part in (left, right)):
            return self.columnwise(node)
        if isinstance(node.op, gast.Pow) or (isinstance(node.op, gast.Div) and self.scope.is_batched(right)):
            raise NotBatchedError
        return gast.BinOp(self.operand(left, wanted), node.op, self.operand(right, wanted))

    def _part(self, node: gast.Subscript, value: gast.expr, index: gast.expr) -> gast.expr:
        kind = self.scope.kind(value)
        if not self.scope.is_batched(value):
            raise NotBatchedError
        if isinstance(kind, Array):
            found = indexed(self.scope, value, self.primal(index))
            return self.columnwise(node) if found is None else subscript_of(self.batched(value), found)
        if isinstance(kind, _CONTAINERS):
            return gast.Subscript(self.batched(value), self.primal(index), gast.Load())
        raise NotBatchedError

    def _attribute(self, node: gast.Attribute, value: gast.expr, attr: str) -> gast.expr:
        kind = self.scope.kind(value)
        if isinstance(kind, Array | Scalar) and attr in ATTRIBUTES:
            if attr == "T":
                rank = self.scope.surely(value)
                axes = [constant(0), *(constant(axis) for axis in range(rank, 0, -1))]
                return self.batched(value) if rank < 2 else method(self.batched(value), "transpose", *axes)
            return gast.Attribute(self.batched(value), attr, gast.Load())
        if isinstance(kind, Number | Array | Scalar):
            raise NotBatchedError
        return gast.Attribute(self.batched(value), attr, gast.Load())

    def _call(self, node: gast.Call) -> gast.expr:
        if self._makes_container(node):
            return self._constructed(node)
        if isinstance(node.func, gast.Attribute) and isinstance(self.scope.kind(node.func.value), _CONTAINERS):
            return self._method(node, node.func)
        return called(self, node) or self.columnwise(node)

    def _method(self, node: gast.Call, function: gast.Attribute) -> gast.expr:
        """A method of a list or dict of tangents."""
        if node.keywords or function.attr not in ("get", "copy", "values", "items", "keys", "pop"):
            raise NotBatchedError
        arguments = [argument if at == 0 else self.full(argument) for at, argument in enumerate(node.args)]
        return method(self.batched(function.value), function.attr, *arguments)

    def _makes_container(self, node: gast.Call) -> bool:
        """Whether a call makes a container of its arguments: a named tuple, a namespace of attributes."""
        made = self.scope.resolved(node.func)
        if getattr(made, "__name__", None) == "SimpleNamespace":
            return True
        kind = self.scope.kind(node)
        return isinstance(made, type) and isinstance(kind, TupleOf) and kind.cls is made and made is not tuple

    def _constructed(self, node: gast.Call) -> gast.expr:
        keywords = [gast.keyword(keyword.arg, self.full(keyword.value)) for keyword in node.keywords]
        return gast.Call(node.func, [self.element(argument) for argument in node.args], keywords)

    # ---- one direction after the other ----

    def columnwise(self, node: gast.expr) -> gast.expr:
        """``by_columns(lambda v_dot: np.kron(v_dot, b), v_dot)``: what has no other form."""
        return self.applied(node, by_columns)

    def applied(self, node: gast.expr, function: object) -> gast.expr:
        """A runtime function that applies an expression to one direction after the other."""
        parameters: dict[str, gast.expr] = {}
        replaced: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
        pending = self._operands(node)
        while pending:
            operand = pending.pop(0)
            found = self.batched(operand)
            if self.is_columnwise(found):
                # What it is made of will do, for the whole expression.
                pending = [*self._operands(operand), *pending]
                continue
            chosen = operand.id if isinstance(operand, gast.Name) else self.scope.names.numbered("v_dot")
            replaced[operand] = name(chosen)
            parameters[chosen] = found
        body = copy_tree(with_replaced(node, replaced))
        names = [gast.Name(each, gast.Param(), None, None) for each in parameters]
        taken = gast.arguments(names, [], None, [], [], None, [])
        return call(self.scope.helper(function), gast.Lambda(taken, body), *parameters.values())

    def is_columnwise(self, found: gast.expr) -> bool:
        """Whether a batched expression goes through one direction after the other."""
        match found:
            case gast.Call(func=gast.Name(id=identifier), args=[gast.Lambda(), *_]):
                return self.scope.helpers.objects.get(identifier) in (by_columns, value_and_columns)
            case _:
                return False

    def _operands(self, node: gast.AST) -> list[gast.expr]:
        """The largest parts of an expression that are tangents themselves."""
        found: list[gast.expr] = []
        for child in gast.iter_child_nodes(node):
            if not self.scope.is_batched(child):
                continue
            is_value = isinstance(child, gast.expr) and not isinstance(child, gast.Starred | gast.Slice)
            is_display = isinstance(child, gast.Tuple | gast.List)
            is_function = isinstance(node, gast.Call) and child is node.func
            if is_value and not is_display and not is_function:
                found.append(child)
            else:
                found += self._operands(child)
        return found

    def _is_fresh(self, node: gast.expr) -> bool:
        """Whether a number for each direction is surely an array of its own."""
        if isinstance(node, gast.BinOp):
            return True
        if isinstance(node, gast.UnaryOp):
            return isinstance(node.op, gast.USub)
        if isinstance(node, gast.IfExp):
            return True
        if not isinstance(node, gast.Call):
            return False
        function = self.scope.resolved(node.func)
        return has_axis(function) or (is_elementwise(function) and getattr(function, "nin", 0) > 0)


def subscript_of(value: gast.expr, index: gast.expr) -> gast.expr:
    """``value[index]``"""
    return gast.Subscript(value, index, gast.Load())


def _is_sequence(kind: Kind) -> bool:
    return isinstance(kind, SequenceOf | TupleOf)


def _is_name(node: gast.expr) -> bool:
    return isinstance(node, gast.Name)


def _named(function: gast.expr) -> str:
    """``np.zeros`` as text."""
    match function:
        case gast.Attribute(value=gast.Name(id=identifier), attr=attr):
            return f"{identifier}.{attr}"
        case _:
            return ""
