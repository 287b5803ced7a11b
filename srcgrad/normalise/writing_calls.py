"""Writing calls: functions that write into an argument become assignments to its elements.

Before::

    np.multiply(x, y, out=y)
    np.copyto(z, x * x)
    z[1:].fill(2.0)
    x.sort()
    np.fill_diagonal(A, x[0])

After::

    y[...] = np.multiply(x, y)
    z[...] = x * x
    z[1:] = 2.0
    x[...] = np.sort(x)
    count = min(A.shape)
    for diagonal in range(count):
        A[diagonal, diagonal] = x[0]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gast
import numpy as np

from srcgrad.kind import Array, Kind, Range, Scalar, SequenceOf, TupleOf
from srcgrad.normalise.scopes import blocks_of, replaced, with_blocks
from srcgrad.syntax.build import assign, base_name, binary, call, for_statement, name, subscript
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import copy_tree, located_at

Block = list[gast.stmt]

# What a call runs, None where that is not known.
FunctionOf = Callable[[gast.Call], Any]


def calls_as_assignments(
    tree: gast.FunctionDef, kinds: Mapping[gast.AST, Kind], function_of: FunctionOf, names: Names
) -> gast.FunctionDef:
    """The function (in normal form) with assignments in the place of calls that write into arrays of numbers.

    The numbers are real or complex.  Calls whose meaning an assignment would not keep (a mask for ``out``, a cast that
    assignments make and functions refuse) stay as they are.
    """
    rewriter = _Rewriter(kinds, function_of, names)
    body = rewriter.block(tree.body)
    return gast.fix_missing_locations(replaced(tree, body=body)) if rewriter.changed else tree


class _Rewriter:
    def __init__(self, kinds: Mapping[gast.AST, Kind], function_of: FunctionOf, names: Names) -> None:
        self.kinds = kinds
        self.function_of = function_of
        self.names = names
        self.changed = False

    def block(self, statements: Sequence[gast.stmt]) -> Block:
        return [new for statement in statements for new in self._statement(statement)]

    def _statement(self, statement: gast.stmt) -> Block:
        if blocks_of(statement):
            return [with_blocks(statement, self.block)]
        match statement:
            case gast.Expr(value=gast.Call() as called):
                found = self._written(called)
            case gast.Assign(targets=[gast.Name() as target], value=gast.Call() as called):
                found = self._written(called)
                out = self._output(called)
                if found is not None and out is not None:
                    found = [*found, assign(target.id, out)]
                else:
                    found = None
            case _:
                return [statement]
        if found is None:
            return [statement]
        self.changed = True
        return [located_at(new, statement) for new in found]

    def _written(self, called: gast.Call) -> Block | None:
        function = self.function_of(called)
        out = self._output(called)
        if out is not None:
            return self._through_output(called, function, out)
        arguments = called.args
        if isinstance(called.func, gast.Attribute) and self._is_floating(called.func.value):
            return self._method(called, called.func)
        if any(isinstance(argument, gast.Starred) for argument in arguments) or not arguments:
            return None
        if not self._is_floating(arguments[0]):
            return None
        if function is np.copyto:
            return self._copyto(called)
        if function is np.fill_diagonal and len(arguments) == 2 and not called.keywords:
            return self._fill_diagonal(arguments[0], arguments[1])
        if function is np.put and len(arguments) == 3 and not called.keywords:
            return self._put(arguments[0], arguments[1], arguments[2])
        ufunc = getattr(function, "__self__", None)
        if isinstance(ufunc, np.ufunc) and function == ufunc.at and ufunc not in (np.add, np.subtract):
            return self._at(called)
        return None

    # ---- out= ----

    def _output(self, called: gast.Call) -> gast.expr | None:
        """What a function of NumPy writes its result into."""
        function = self.function_of(called)
        found: gast.expr | None = None
        for keyword in called.keywords:
            if keyword.arg == "out":
                found = keyword.value
        if found is None and isinstance(function, np.ufunc) and len(called.args) == function.nin + 1:
            found = called.args[-1]
        if isinstance(found, gast.Tuple) and len(found.elts) == 1:
            found = found.elts[0]
        return found if found is not None and self._is_floating(found) and base_name(found) else None

    def _through_output(self, called: gast.Call, function: Any, out: gast.expr) -> Block | None:
        options = [keyword for keyword in called.keywords if keyword.arg != "out"]
        if getattr(function, "__module__", "numpy") not in ("numpy", None) and not isinstance(function, np.ufunc):
            return None
        arguments = called.args
        if isinstance(function, np.ufunc):
            if function.nout != 1 or options:
                return None
            arguments = arguments[: function.nin]
            if any(not self._fits(argument, out) for argument in arguments):
                return None
        result = gast.copy_location(gast.Call(called.func, arguments, options), called)
        return [assign(_everything(out), result)]

    def _fits(self, argument: gast.expr, out: gast.expr) -> bool:
        """Whether a ufunc takes an operand for this output: not complex for real, no more dimensions."""
        kind, target = self.kinds.get(argument), self.kinds.get(out)
        if not isinstance(kind, Array | Scalar) or not isinstance(target, Array) or target.dims is None:
            return False
        if kind.dtype.startswith("complex") and not target.dtype.startswith("complex"):
            return False
        return isinstance(kind, Scalar) or (kind.dims is not None and len(kind.dims) <= len(target.dims))

    # ---- methods and functions ----

    def _method(self, called: gast.Call, function: gast.Attribute) -> Block | None:
        receiver = function.value
        if not base_name(receiver):
            return None
        match function.attr, called.args, called.keywords:
            case "fill", [value], []:
                return [assign(_everything(receiver), value)]
            case "sort", positional, options if len(positional) <= 1:
                result = call("np.sort", receiver, *positional)
                result.keywords = list(options)
                return [assign(_everything(receiver), result)]
            case _:
                return None

    def _copyto(self, called: gast.Call) -> Block | None:
        if len(called.args) != 2:
            return None
        target, value = called.args
        match called.keywords:
            case []:
                return [assign(_everything(target), value)]
            case [gast.keyword(arg="where", value=mask)]:
                return [assign(_everything(target), call("np.where", mask, value, target))]
            case _:
                return None

    def _fill_diagonal(self, matrix: gast.expr, value: gast.expr) -> Block | None:
        kind, given = self.kinds.get(matrix), self.kinds.get(value)
        if not isinstance(matrix, gast.Name) or not isinstance(kind, Array) or kind.ndim != 2:
            return None
        item = self._item(given)
        if item is None:
            return None
        before, value = self._held(value)
        position = self.names.fresh("diagonal")
        written = assign(subscript(matrix, name(position), name(position)), item(value, name(position)))
        count = self.names.fresh("count")
        counted = assign(count, call("min", gast.Attribute(matrix, "shape", gast.Load())))
        return [*before, counted, for_statement(position, call("range", name(count)), [written])]

    def _put(self, target: gast.expr, indices: gast.expr, value: gast.expr) -> Block | None:
        kind = self.kinds.get(target)
        if not isinstance(kind, Array) or kind.ndim != 1:
            return None
        return self._one_by_one(target, indices, value, lambda old, new: new)

    def _at(self, called: gast.Call) -> Block | None:
        """``np.maximum.at(a, index, v)``: one element after the other, as NumPy has it."""
        assert isinstance(called.func, gast.Attribute)
        if len(called.args) != 3 or called.keywords or not isinstance(called.args[0], gast.Name):
            return None
        function = called.func.value
        target, indices, value = called.args
        return self._one_by_one(target, indices, value, lambda old, new: gast.Call(copy_tree(function), [old, new], []))

    def _one_by_one(
        self,
        target: gast.expr,
        indices: gast.expr,
        value: gast.expr,
        combine: Callable[[gast.expr, gast.expr], gast.expr],
    ) -> Block | None:
        kind = self.kinds.get(indices)
        flat = isinstance(kind, Array) and kind.ndim == 1 and kind.dtype.startswith(("int", "uint"))
        listed = isinstance(kind, SequenceOf | Range) and not isinstance(kind, TupleOf)
        if isinstance(kind, SequenceOf):
            listed = isinstance(kind.element, Scalar) and kind.element.dtype.startswith("int")
        item = self._item(self.kinds.get(value))
        if not (flat or listed) or item is None or not isinstance(target, gast.Name):
            return None
        before, indices = self._held(indices)
        more, value = self._held(value)
        position = name(self.names.fresh("position"))
        place = subscript(target, subscript(indices, position))
        written = assign(place, combine(copy_tree(place), item(value, position)))
        return [*before, *more, for_statement(position, call("range", call("len", indices)), [written])]

    def _item(self, kind: Kind | None) -> Callable[[gast.expr, gast.expr], gast.expr] | None:
        """How the value at one position is read: a number is the same everywhere, an array starts again at its end."""
        if isinstance(kind, Scalar):
            return lambda value, position: value
        if isinstance(kind, Array) and kind.ndim == 1:
            return lambda value, position: subscript(value, binary(position, "%", call("len", value)))
        return None

    def _held(self, value: gast.expr) -> tuple[Block, gast.expr]:
        """A name for a value that is read trip by trip, before any element changes."""
        if isinstance(value, gast.Constant):
            return [], value
        held = self.names.fresh("given")
        kind = self.kinds.get(value)
        if isinstance(kind, Array) and isinstance(value, gast.Name | gast.Subscript | gast.Attribute):
            value = call(gast.Attribute(value, "copy", gast.Load()))
        return [assign(held, value)], name(held)

    def _is_floating(self, node: gast.expr) -> bool:
        kind = self.kinds.get(node)
        return isinstance(kind, Array) and kind.dtype.startswith(("float", "complex"))


def _everything(target: gast.expr) -> gast.expr:
    """``a[...]`` for an array as a whole, a part of one as it is."""
    if isinstance(target, gast.Subscript):
        return target
    return subscript(target, gast.Constant(Ellipsis, None))


__all__ = ["calls_as_assignments"]
