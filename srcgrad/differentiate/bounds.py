"""What is known of integers and of the elements of arrays at one place of a function: linear bounds.

Inside of ``for i in range(k + 1, n)`` it is known that ``i >= k + 1`` and ``i <= n - 1``; the elements of ``A[i, k:]``
lie in row ``i`` and in columns from ``k`` to the last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.inequalities import Linear, contradictory
from srcgrad.analyse.kinds.symbols import terms
from srcgrad.differentiate.steps import Branch, Loop, Scope, Simple, Steps
from srcgrad.kind import ANY_LENGTH, Array, Dimension, Scalar
from srcgrad.syntax.build import names_assigned, names_read, number_value

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

# The first and the last element of one dimension; None where nothing is known.
Extent = tuple[Linear | None, Linear | None]

_NONNEGATIVE_CALLS = frozenset({"argmax", "argmin", "len", "abs", "size", "count_nonzero"})


@dataclass(frozen=True)
class Context:
    """What holds at one place of the forward sweep.

    ``loops`` are the loops around it, ``facts`` expressions that are not negative, ``values`` what integer variables
    hold.  A symbol has one value in each trip of the outermost ``depths[symbol]`` loops.
    """

    loops: tuple[Loop, ...] = ()
    facts: tuple[Linear, ...] = ()
    values: Mapping[str, Linear] = field(default_factory=dict)
    depths: Mapping[str, int] = field(default_factory=dict)


def increment_of(loop: Loop) -> int:
    """What the index of a loop over a range grows by in each trip; 0 where that is not known, or no such loop."""
    match loop.origin:
        case gast.For(target=gast.Name(), iter=gast.Call(func=gast.Name(id="range"), args=[_] | [_, _])):
            return 1
        case gast.For(target=gast.Name(), iter=gast.Call(func=gast.Name(id="range"), args=[_, _, step])):
            value = number_value(step)
            return value if isinstance(value, int) else 0
        case _:
            return 0


def index_symbol(loop: Loop) -> str:
    """The symbol for the index of a loop."""
    return f"{loop.origin.target.id} in {id(loop)}"


class Bounds:
    """Finds the values of integers and the extents of parts of arrays in a function of known kinds."""

    def __init__(self, steps: Steps, parameters: Iterable[str], kinds: Kinds) -> None:
        self.kinds = kinds
        given = frozenset(parameters)
        self.once = _once_assigned(steps, given)
        self.lasting = self.once & given

    def extents(self, part: gast.expr, context: Context) -> tuple[Extent, ...] | None:
        """The elements of ``A[...]``, dimension by dimension."""
        if not isinstance(part, gast.Subscript) or not isinstance(part.value, gast.Name):
            return None
        kind = self.kinds.variables.get(part.value.id)
        if not isinstance(kind, Array) or kind.dims is None:
            return None
        indices = part.slice.elts if isinstance(part.slice, gast.Tuple) else [part.slice]
        if len(indices) > len(kind.dims):
            return None
        found = []
        for index, length in zip(indices, kind.dims):
            extent = self._extent(index, length, context)
            if extent is None:
                return None
            found.append(extent)
        return tuple(found)

    def _extent(self, index: gast.expr, length: Dimension, context: Context) -> Extent | None:
        """The elements along one dimension; None where an index is neither an integer nor a slice."""
        size = Linear({}, length) if isinstance(length, int) else _linear_of(length)
        if isinstance(index, gast.Slice):
            step = 1 if index.step is None else number_value(index.step)
            last = None if size is None else size.shifted(-1)
            if not isinstance(step, int) or step < 1:
                return Linear(), last
            lower = self._place(index.lower, size, context) if index.lower is not None else Linear()
            upper = self._place(index.upper, size, context) if index.upper is not None else size
            return lower or Linear(), upper.shifted(-1) if upper is not None else last
        kind = self.kinds.evaluate(index, {})
        if not isinstance(kind, Scalar) or not kind.dtype.startswith(("int", "uint")):
            return None
        place = self._place(index, size, context)
        return place, place

    def _place(self, index: gast.expr, size: Linear | None, context: Context) -> Linear | None:
        """An index counted from the front."""
        value = self.linear(index, context)
        if value is None:
            return None
        if contradictory([*context.facts, value.times(-1).shifted(-1)]):
            return value
        if size is not None and contradictory([*context.facts, value]):
            return value.plus(size)
        return None

    # ---- integers ----

    def linear(self, node: gast.expr, context: Context) -> Linear | None:
        """The value of an integer expression."""
        number = number_value(node)
        if isinstance(number, int):
            return Linear({}, number)
        match node:
            case gast.Name(id=variable):
                if variable in context.values:
                    return context.values[variable]
                return Linear({variable: 1}) if variable in self.lasting and self._is_integer(variable) else None
            case gast.UnaryOp(op=gast.USub(), operand=operand):
                value = self.linear(operand, context)
                return value.times(-1) if value is not None else None
            case gast.BinOp(left=left, op=gast.Add() | gast.Sub() as op, right=right):
                first, second = self.linear(left, context), self.linear(right, context)
                if first is None or second is None:
                    return None
                return first.plus(second) if isinstance(op, gast.Add) else first.minus(second)
            case gast.BinOp(left=left, op=gast.Mult(), right=right):
                first, second = self.linear(left, context), self.linear(right, context)
                if first is None or second is None:
                    return None
                if not first.coefficients:
                    return second.times(first.constant)
                return first.times(second.constant) if not second.coefficients else None
        kind = self.kinds.evaluate(node, {})
        if isinstance(kind, Scalar) and kind.symbol is not None and "~" not in str(kind.symbol):
            return _linear_of(kind.symbol) if not self._is_changed(node) else None
        return None

    def _is_integer(self, variable: str) -> bool:
        """Whether a variable holds an integer whose sums do not overflow."""
        kind = self.kinds.variables.get(variable)
        return isinstance(kind, Scalar) and kind.dtype == "int64"

    def _is_changed(self, node: gast.expr) -> bool:
        """Whether an expression reads numbers that are not what the function was called with."""
        return any(
            variable not in self.lasting and isinstance(self.kinds.variables.get(variable), Scalar)
            for variable in names_read(node)
        )

    def after(self, statement: gast.stmt, context: Context) -> Context:
        """The context behind a statement."""
        match statement:
            case gast.Assign(targets=[gast.Name(id=variable)], value=value) if variable in self.once:
                if not self._is_integer(variable):
                    return context
                known = self.linear(value, context)
                if known is not None:
                    return replace(context, values={**context.values, variable: known})
                return self._new(variable, variable, value, context)
            case gast.Assign(targets=[gast.Tuple(elts=elements)]):
                for element in elements:
                    if isinstance(element, gast.Name) and element.id in self.once:
                        kind = self.kinds.variables.get(element.id)
                        if isinstance(kind, Scalar) and kind.symbol is not None and "~" not in kind.symbol:
                            value = _linear_of(kind.symbol)
                            if value is not None:
                                context = replace(context, values={**context.values, element.id: value})
                return context
            case _:
                return context

    def _new(self, variable: str, symbol: str, value: gast.expr, context: Context) -> Context:
        """The context with a symbol for a variable whose value is known by its bounds at most."""
        itself = Linear({symbol: 1})
        facts = [itself.minus(bound) for bound in self._least(value, context)]
        facts += [bound.minus(itself) for bound in self._most(value, context)]
        return replace(
            context,
            facts=(*context.facts, *facts),
            values={**context.values, variable: itself},
            depths={**context.depths, symbol: len(context.loops)},
        )

    def _least(self, node: gast.expr, context: Context) -> list[Linear]:
        """Lower bounds of an integer expression."""
        value = self.linear(node, context)
        if value is not None:
            return [value]
        match node:
            case gast.BinOp(left=left, op=gast.Add(), right=right):
                sums = [(one, other) for one in self._least(left, context) for other in self._least(right, context)]
                return [one.plus(other) for one, other in sums]
            case gast.Call(func=gast.Name(id="max"), args=[_, _, *_] as arguments, keywords=[]):
                return [bound for argument in arguments for bound in self._least(argument, context)]
            case gast.Call() if called(node) in _NONNEGATIVE_CALLS:
                return [Linear()]
        return []

    def _most(self, node: gast.expr, context: Context) -> list[Linear]:
        """Upper bounds of an integer expression."""
        value = self.linear(node, context)
        if value is not None:
            return [value]
        match node:
            case gast.BinOp(left=left, op=gast.Add(), right=right):
                sums = [(one, other) for one in self._most(left, context) for other in self._most(right, context)]
                return [one.plus(other) for one, other in sums]
            case gast.Call(func=gast.Name(id="min"), args=[_, _, *_] as arguments, keywords=[]):
                return [bound for argument in arguments for bound in self._most(argument, context)]
        return []

    def inside(self, loop: Loop, context: Context) -> Context:
        """The context of a loop's body."""
        values = {key: value for key, value in context.values.items() if key not in loop.targets}
        inside = replace(context, loops=(*context.loops, loop), values=values)
        increment = increment_of(loop)
        if not increment or loop.origin.target.id not in self.once:
            return inside
        arguments = loop.origin.iter.args
        start = Linear() if len(arguments) == 1 else self.linear(arguments[0], context)
        stop = self.linear(arguments[0] if len(arguments) == 1 else arguments[1], context)
        symbol = index_symbol(loop)
        index = Linear({symbol: 1})
        facts = []
        if start is not None:
            facts.append(index.minus(start) if increment > 0 else start.minus(index))
        if stop is not None:
            facts.append((stop.minus(index) if increment > 0 else index.minus(stop)).shifted(-1))
        return replace(
            inside,
            facts=(*context.facts, *facts),
            values={**values, loop.origin.target.id: index},
            depths={**context.depths, symbol: len(inside.loops)},
        )


def _linear_of(symbol: Dimension) -> Linear | None:
    """A length as a sum of multiples of its terms."""
    if symbol == ANY_LENGTH:
        return None
    found = terms(symbol)
    constant = found.pop((), 0)
    return Linear({" * ".join(atoms): factor for atoms, factor in found.items()}, constant)


def called(node: gast.Call) -> str | None:
    """The last name of what is called."""
    return node.func.attr if isinstance(node.func, gast.Attribute) else getattr(node.func, "id", None)


def _once_assigned(steps: Steps, parameters: Iterable[str]) -> frozenset[str]:
    """Variables with one assignment, indices of loops that nothing else assigns, and parameters that nothing does."""
    counts: Counter[str] = Counter(parameters)
    indices: set[str] = set()
    nested: set[str] = set()
    for names, is_index, enclosing in _assignments(steps, frozenset()):
        if is_index:
            nested |= names & enclosing
            indices |= names
        else:
            counts.update(names)
    once = {variable for variable, count in counts.items() if count == 1 and variable not in indices}
    return frozenset(once | {index for index in indices if not counts[index]} - nested)


def _assignments(steps: Steps, enclosing: frozenset[str]) -> Iterator[tuple[set[str], bool, frozenset[str]]]:
    """Names that are assigned together, whether a loop does it, and the targets of the loops around it."""
    for step in steps:
        match step:
            case Simple(statements=statements, assigned=assigned):
                for variable in {*assigned, *names_assigned(statements)}:
                    yield {variable}, False, enclosing
            case Branch(body=body, orelse=orelse):
                yield from _assignments([*body, *orelse], enclosing)
            case Scope(body=body):
                yield from _assignments(body, enclosing)
            case Loop(body=body, targets=targets):
                yield set(targets), True, enclosing
                yield set(names_assigned([*step.before, *step.count])), False, enclosing
                yield from _assignments(body, enclosing | targets)
