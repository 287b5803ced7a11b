"""Writing calls: functions that write into an argument become assignments to its elements.

Before::

    np.multiply(x, y, out=y)
    np.copyto(z, x * x)
    z[1:].fill(2.0)
    x.sort()
    np.fill_diagonal(A, x[0])
    rng.shuffle(x)

After::

    y[...] = np.multiply(x, y)
    z[...] = x * x
    z[1:] = 2.0
    x[...] = np.sort(x)
    count = min(A.shape)
    for diagonal in range(count):
        A[diagonal, diagonal] = x[0]
    order = np.arange(len(x))
    rng.shuffle(order)
    x[...] = x[order]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gast
import numpy as np

from srcgrad.kind import Array, Kind, Scalar
from srcgrad.normalise.element_writes import ElementWrites
from srcgrad.normalise.named_operators import as_statement
from srcgrad.normalise.scopes import blocks_of, own_nodes, replaced, with_blocks
from srcgrad.normalise.targets import is_part_of_variable
from srcgrad.syntax.build import assign, base_name, call, name, names_read, subscript
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


def calls_with_output(tree: gast.FunctionDef, kinds: Mapping[gast.AST, Kind]) -> set[gast.AST]:
    """The calls with ``out=`` inside larger expressions: each is to have a statement of its own."""
    whole: set[gast.AST] = set()
    found: set[gast.AST] = set()
    for node in own_nodes(tree.body):
        match node:
            case gast.Assign(targets=[gast.Name()], value=value) | gast.Expr(value=value):
                whole.add(value)
            case gast.Call(keywords=keywords) if any(keyword.arg == "out" for keyword in keywords):
                if isinstance(kinds.get(node), Array):
                    found.add(node)
            case _:
                pass
    return found - whole


class _Rewriter:
    def __init__(self, kinds: Mapping[gast.AST, Kind], function_of: FunctionOf, names: Names) -> None:
        self.kinds = kinds
        self.function_of = function_of
        self.names = names
        self.elements = ElementWrites(kinds, names)
        self.changed = False

    def block(self, statements: Sequence[gast.stmt]) -> Block:
        return [new for statement in statements for new in self._statement(statement)]

    def _statement(self, statement: gast.stmt) -> Block:
        if blocks_of(statement):
            return [with_blocks(statement, self.block)]
        match statement:
            case gast.Expr(value=gast.Call() as called):
                named = as_statement(called, self.kinds, self.function_of)
                found = [named] if named is not None else self._written(called)
            case gast.Assign(targets=[gast.Name() as target], value=gast.Call() as called):
                fresh = self._fresh_output(called)
                if fresh is not None:
                    return self._into_fresh(statement, target, called, fresh)
                out = self._output(called)
                named = as_statement(called, self.kinds, self.function_of) if out is None else None
                if isinstance(named, gast.AugAssign):
                    found, out = [named], called.args[0]
                else:
                    found = self._written(called)
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
        if isinstance(called.func, gast.Attribute) and self._is_target(called.func.value):
            return self._method(called, called.func)
        if any(isinstance(argument, gast.Starred) for argument in arguments) or not arguments:
            return None
        if not self._is_target(arguments[0]):
            return None
        if function is np.copyto:
            return self._copyto(called)
        options = {keyword.arg: keyword.value for keyword in called.keywords}
        match function, arguments, options:
            case np.fill_diagonal, [target, value], {} if not options:
                return self.elements.fill_diagonal(target, value)
            case np.put, [target, indices, value], _:
                return self._put(target, indices, value, options)
            case np.putmask, [target, mask, value], {} if not options:
                return self.elements.put_mask(target, mask, value)
            case np.place, [target, mask, value], {} if not options:
                return self.elements.place(target, mask, value)
            case np.put_along_axis, [target, indices, value, *rest], _:
                axis = rest[0] if rest else options.get("axis")
                return self.elements.put_along_axis(target, indices, value, axis)
        return self._shuffled(called, function) or self._at(called, function)

    def _put(
        self, target: gast.expr, indices: gast.expr, value: gast.expr, options: dict[Any, gast.expr]
    ) -> Block | None:
        mode = options.get("mode", gast.Constant("raise", None))
        if options.keys() - {"mode"} or not isinstance(mode, gast.Constant):
            return None
        return self.elements.put(target, indices, value, mode.value)

    def _at(self, called: gast.Call, function: Any) -> Block | None:
        """``np.maximum.at(a, index, v)``; ``np.add.at`` stays as it is."""
        ufunc = getattr(function, "__self__", None)
        if not isinstance(ufunc, np.ufunc) or function != ufunc.at or ufunc in (np.add, np.subtract):
            return None
        if called.keywords or not isinstance(called.func, gast.Attribute) or len(called.args) != ufunc.nin + 1:
            return None
        target, indices, *value = called.args
        return self.elements.at(called.func.value, target, indices, value[0] if value else None)

    def _shuffled(self, called: gast.Call, function: Any) -> Block | None:
        """``rng.shuffle(x)``: what the same draws do to the positions, done to the array."""
        if getattr(function, "__name__", "") != "shuffle" or len(called.args) != 1 or called.keywords:
            return None
        target = called.args[0]
        if not str(getattr(function, "__module__", "")).startswith("numpy.random") or not base_name(target):
            return None
        order = self.names.fresh("order")
        shuffle = gast.Expr(gast.Call(called.func, [name(order)], []))
        moved = assign(self._everything(target), subscript(copy_tree(target), name(order)))
        return [assign(order, call("np.arange", call("len", copy_tree(target)))), shuffle, moved]

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
        return found if found is not None and self._is_target(found) and base_name(found) else None

    def _fresh_output(self, called: gast.Call) -> gast.keyword | None:
        """The option ``out=np.zeros_like(x)`` that makes the array to write into."""
        for keyword in called.keywords:
            if keyword.arg == "out" and self._is_floating(keyword.value) and isinstance(keyword.value, gast.Call):
                return keyword
        return None

    def _into_fresh(self, statement: gast.stmt, target: gast.Name, called: gast.Call, out: gast.keyword) -> Block:
        self.changed = True
        rest = [keyword for keyword in called.keywords if keyword is not out]
        made = target.id if target.id not in names_read(called) else self.names.fresh(target.id)
        written = gast.Call(called.func, called.args, [*rest, gast.keyword("out", name(made))])
        block = [assign(made, out.value), gast.Expr(written)]
        if made != target.id:
            block.append(assign(target.id, name(made)))
        return [located_at(new, statement) for new in block]

    def _through_output(self, called: gast.Call, function: Any, out: gast.expr) -> Block | None:
        options = [keyword for keyword in called.keywords if keyword.arg != "out"]
        if getattr(function, "__module__", "numpy") not in ("numpy", None) and not isinstance(function, np.ufunc):
            return None
        arguments = called.args
        if isinstance(function, np.ufunc):
            arguments = arguments[: function.nin]
            if function.nout == 1 and [option.arg for option in options] == ["where"]:
                return self.elements.where(called, arguments, out, options[0].value)
            if function.nout != 1 or options:
                return None
            if any(not self._fits(argument, out) for argument in arguments):
                return None
        result = gast.copy_location(gast.Call(called.func, arguments, options), called)
        return [assign(self._everything(out), result)]

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
                return [assign(self._everything(receiver), value)]
            case "sort", positional, options if len(positional) <= 1:
                result = call("np.sort", receiver, *positional)
                result.keywords = list(options)
                return [assign(self._everything(receiver), result)]
            case "partition", [_, *_], options:
                result = gast.Call(call("np.partition").func, [copy_tree(receiver), *called.args], list(options))
                return [assign(self._everything(receiver), result)]
            case "put", [indices, value], options:
                return self._put(receiver, indices, value, {option.arg: option.value for option in options})
            case _:
                return None

    def _copyto(self, called: gast.Call) -> Block | None:
        if len(called.args) != 2:
            return None
        target, value = called.args
        match called.keywords:
            case []:
                return [assign(self._everything(target), value)]
            case [gast.keyword(arg="where", value=mask)]:
                return [assign(self._everything(target), call("np.where", mask, value, target))]
            case _:
                return None

    def _is_floating(self, node: gast.expr) -> bool:
        kind = self.kinds.get(node)
        return isinstance(kind, Array) and kind.dtype.startswith(("float", "complex"))

    def _is_target(self, node: gast.expr) -> bool:
        """Whether an expression is an array of numbers, and writing into it writes into a variable's."""
        return self._is_floating(node) and is_part_of_variable(node, self.kinds)

    def _everything(self, target: gast.expr) -> gast.expr:
        """``a[...]`` for an array as a whole, also in a container; a part of an array as it is."""
        if isinstance(target, gast.Subscript) and isinstance(self.kinds.get(target.value), Array):
            return target
        return subscript(target, gast.Constant(Ellipsis, None))


__all__ = ["calls_as_assignments"]
