"""Loop nests for operations over one space, written so that compilers vectorise the innermost loop.

numba's loops are vectorised where no index can be negative for all it knows: ``a[i - 1]`` for i from 1, but not for i
from 2.  So a range starts at the first element that is touched, or one behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import gast

from srcgrad.loops.operations import Operation
from srcgrad.loops.space import Access, Along, Extent, Pointwise, Position, Space, element
from srcgrad.syntax.build import (
    assign,
    attribute,
    augment,
    call,
    constant,
    for_statement,
    name,
    subscript,
    tuple_of,
)
from srcgrad.syntax.tree import copy_tree, with_replaced


@dataclass
class Scope:
    """What the statements of a nest may refer to: loop variables, numbers that stand for arrays, inlined arrays."""

    variables: Sequence[str]
    locals: dict[str, str] = field(default_factory=dict)
    inlined: dict[str, Pointwise] = field(default_factory=dict)

    def value(self, pointwise: Pointwise, point: tuple[Position, ...]) -> gast.expr:
        """What is computed at a point."""
        replaced: dict[gast.AST, gast.AST | list[gast.stmt]] = {
            stand_in: self._read(access, point) for stand_in, access in pointwise.accesses.items()
        }
        return copy_tree(with_replaced(pointwise.tree, replaced))

    def _read(self, access: Access, point: tuple[Position, ...]) -> gast.expr:
        if access.array in self.locals:
            return name(self.locals[access.array])
        if access.array in self.inlined:
            return self.value(self.inlined[access.array], point)
        return element(access, point)

    def touched(self, operation: Operation) -> Iterator[Access]:
        """The elements that the statement of an operation writes and reads."""
        if operation.target is not None:
            yield operation.target
        elif operation.form == "new" and operation.name not in self.locals:
            yield whole(operation.name, operation.space)
        yield from self._read_by(operation.value)

    def _read_by(self, value: Pointwise) -> Iterator[Access]:
        for access in value.accesses.values():
            if access.array in self.inlined:
                yield from self._read_by(self.inlined[access.array])
            elif access.array not in self.locals:
                yield access

    def statement(self, operation: Operation, point: tuple[Position, ...]) -> gast.stmt:
        """The statement of an operation at a point."""
        value = self.value(operation.value, point)
        if operation.form == "total":
            return augment(operation.name, "+", value)
        if operation.target is None:
            if operation.name in self.locals:
                return assign(self.locals[operation.name], value)
            return assign(element(whole(operation.name, operation.space), point), value)
        target = element(operation.target, point)
        if operation.operator is None:
            return assign(target, value)
        symbol = {gast.Add: "+", gast.Sub: "-", gast.Mult: "*", gast.Div: "/"}[type(operation.operator)]
        return augment(target, symbol, value)


def whole(array: str, space: Space) -> Access:
    """Each element of an array that has one for each point."""
    return Access(array, tuple(map(Along, range(len(space.dims)))))


def allocation(operation: Operation) -> gast.stmt:
    """The statement that makes the array of a "new" operation, or starts a total."""
    if operation.form == "total":
        zeros = {"float64": 0.0, "complex128": 0j, "int64": 0}
        return assign(operation.name, constant(zeros[operation.dtype]))
    named = "np.bool_" if operation.dtype == "bool" else f"np.{operation.dtype}"
    if operation.model is not None:
        options = {} if operation.model_dtype == operation.dtype else {"dtype": named}
        return assign(operation.name, call("np.empty_like", operation.model, **options))
    options = {} if operation.dtype == "float64" else {"dtype": named}
    lengths = [
        constant(1) if extent is None else subscript(attribute(extent.array, "shape"), extent.axis)
        for extent in operation.space.extents
    ]
    return assign(operation.name, call("np.empty", lengths[0] if len(lengths) == 1 else tuple_of(*lengths), **options))


def nest(
    operations: Sequence[Operation],
    extents: Sequence[Extent | None],
    scope: Scope,
    comments: Mapping[int, list[gast.stmt]],
) -> list[gast.stmt]:
    """One loop nest for all operations, in their order at each point; ``comments`` stand before some of them."""
    rank = len(extents)
    bases = [base_of(operations, axis, scope) for axis in range(rank)]
    variables = scope.variables[:rank]
    point = tuple(
        Position(None) if extent is None else Position(name(variable), -base)
        for variable, base, extent in zip(variables, bases, extents, strict=True)
    )
    body: list[gast.stmt] = []
    for position, operation in enumerate(operations):
        body += comments.get(position, [])
        body.append(scope.statement(operation, point))
    for variable, base, extent in reversed(list(zip(variables, bases, extents, strict=True))):
        if extent is not None:
            body = [loop(variable, base, extent.stop(base), body)]
    return body


def loop(variable: str, start: int | gast.expr, stop: gast.expr, body: list[gast.stmt]) -> gast.stmt:
    """``for variable in range(start, stop)``."""
    begins = isinstance(start, int) and start == 0
    return for_statement(variable, call("range", stop) if begins else call("range", start, stop), body)


def base_of(operations: Iterable[Operation], axis: int, scope: Scope) -> int:
    """Where the range of one axis begins."""
    places = [
        place
        for operation in operations
        for access in scope.touched(operation)
        for place in access.axes
        if isinstance(place, Along) and place.axis == axis
    ]
    return best_base([place.start for place in places]) if all(place.step == 1 for place in places) else 0


def best_base(starts: Sequence[int]) -> int:
    """The start of a range over elements that begin at these places: so that no index can be negative.

    The first place is the one that should look plain: ``a[i]``.
    """
    if not starts:
        return 0
    first = min(starts)
    if first == 0 and starts[0] in (0, 1):
        return starts[0]
    return 1 if first == 0 and max(starts) == 2 else first

