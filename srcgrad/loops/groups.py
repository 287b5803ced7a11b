"""Groups of consecutive operations over one space, and the loops that they become.

    v_bar = k * u_bar[1:-1]            for i in range(1, u_bar.shape[0] - 1):
    w_bar[1:-1] += v_bar                   v_bar = k * u_bar[i]
    u_bar[1:-1] = 0.0                      w_bar[i] += v_bar
                                           u_bar[i] = 0.0

An array that is used up inside the group is a number there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import gast

from srcgrad.loops.dependence import MayShare, families, may_share_a_loop
from srcgrad.loops.gathers import gather
from srcgrad.loops.nests import Scope, allocation, nest, whole
from srcgrad.loops.operations import Operation
from srcgrad.loops.space import Extent, Pointwise
from srcgrad.syntax.build import base_name
from srcgrad.syntax.names import Names

# What an array costs to compute again rather than to keep: operations and reads.
_CHEAP = 4


@dataclass
class Group:
    """Operations that may run point by point, statements that must run before, and comments in front of operations."""

    operations: list[Operation] = field(default_factory=list)
    before: list[gast.stmt] = field(default_factory=list)
    comments: dict[int, list[gast.stmt]] = field(default_factory=dict)

    def takes(self, operation: Operation, may_share: MayShare) -> bool:
        """Whether an operation may join."""
        if not self.operations:
            return True
        same = self.operations[0].space.dims == operation.space.dims
        return same and all(may_share_a_loop(known, operation, may_share) for known in self.operations)

    def add(self, operation: Operation, comments: Sequence[gast.stmt]) -> None:
        """Let an operation join."""
        if comments:
            self.comments[len(self.operations)] = list(comments)
        self.operations.append(operation)

    def names(self) -> set[str]:
        """All names that the operations use."""
        found: set[str] = set()
        for operation in self.operations:
            found |= {operation.written(), *operation.value.arrays(), *operation.numbers}
            found |= {extent.array for extent in operation.space.extents if extent is not None}
        return found

    def written(self) -> set[str]:
        """The names that the operations write."""
        return {operation.written() for operation in self.operations}

    # ---- the loops ----

    def loops(
        self, live: frozenset[str], names: Names, variables: Sequence[str], may_share: MayShare
    ) -> list[gast.stmt]:
        """The statements of the group; ``live`` are the names that are read afterwards."""
        used_up = self._used_up(live)
        parts = self._parts(may_share)
        kept, inlined = self._kept(used_up, parts, may_share)
        numbers = {array: names.fresh(f"{array}_here") for array in used_up if array not in {*kept, *inlined}}
        scope = Scope(variables, numbers, inlined)
        comments = dict(self.comments)
        statements: list[gast.stmt] = [*comments.pop(0, []), *self.before]
        for operation in self.operations:
            if operation.form != "store" and operation.name not in numbers and operation.name not in inlined:
                statements.append(allocation(self._with_real_model(operation, {*numbers, *inlined})))
        gone = {*numbers, *inlined}
        for part in parts:
            operations = [one for one in part if not (one.form == "new" and one.name in inlined)]
            in_front = {
                place: comments.get(self.operations.index(one), []) for place, one in enumerate(operations)
            }
            if families(operations):
                statements += [line for lines in in_front.values() for line in lines]
                statements += gather(operations, scope)
            elif operations:
                statements += in_front.pop(0)
                statements += nest(operations, self._extents(operations, gone), scope, in_front)
        return statements

    def _extents(self, operations: Sequence[Operation], gone: set[str]) -> Sequence[Extent | None]:
        """The extents of an operation, of one that writes if need be, whose arrays are there."""
        ordered = sorted(operations, key=lambda one: one.target is None)
        for one in [*ordered, *self.operations]:
            if not any(extent is not None and extent.array in gone for extent in one.space.extents):
                return one.space.extents
        raise AssertionError

    def _used_up(self, live: frozenset[str]) -> list[str]:
        """The arrays that are made here, and of which only the element of the point itself is ever read."""
        made = [operation.name for operation in self.operations if operation.form == "new"]
        found = []
        live |= frozenset().union(*(one.numbers for one in self.operations))
        for operation in self.operations:
            if operation.form != "new" or operation.name in live or made.count(operation.name) > 1:
                continue
            own = whole(operation.name, operation.space)
            touched = [
                access
                for other in self.operations
                for access in ([other.target] if other.target is not None else []) + list(other.value.accesses.values())
                if access.array == operation.name
            ]
            written = any(other.target is not None and other.written() == operation.name for other in self.operations)
            if not written and all(access == own for access in touched):
                found.append(operation.name)
        return found

    def _parts(self, may_share: MayShare) -> list[list[Operation]]:
        """The operations by the loop nests that they go to: those that add to one array at several places together."""
        found = families(self.operations)
        for array, members in list(found.items()):
            first, last = self.operations.index(members[0]), self.operations.index(members[-1])
            between = [one for one in self.operations[first : last + 1] if one not in members]
            written = {one.written() for one in between}
            read = set().union(*(one.value.arrays() for one in between)) | written
            wanted = set().union(*(member.value.arrays() for member in members))
            stored = written & self._stored()
            if any(may_share(array, other) for other in read | wanted) or any(
                may_share(one, other) for one in stored for other in wanted
            ):
                del found[array]
        parts: list[list[Operation]] = [[]]
        for operation in self.operations:
            members = found.get(operation.written(), []) if operation.target is not None else []
            if not members:
                broken = families([*parts[-1], operation])
                if broken or (parts[-1] and families(parts[-1])):
                    parts.append([])
                parts[-1].append(operation)
            elif operation is members[-1]:
                parts += [list(members), []]
        return [part for part in parts if part]

    def _stored(self) -> set[str]:
        return {operation.written() for operation in self.operations if operation.form == "store"}

    def _kept(
        self, used_up: Sequence[str], parts: Sequence[Sequence[Operation]], may_share: MayShare
    ) -> tuple[set[str], dict[str, Pointwise]]:
        """Of the arrays that are used up, those that must be kept for later nests, and those computed there again."""
        kept: set[str] = set()
        inlined: dict[str, Pointwise] = {}
        needed = self._needed(used_up, parts)
        for position, part in enumerate(parts):
            for operation in part:
                if operation.name not in used_up or operation.form != "new" or needed[operation.name] <= {position}:
                    continue
                read = _read_below(operation.value, inlined)
                passed = parts[position : max(needed[operation.name]) + 1]
                changed = {one.written() for others in passed for one in others}
                is_same = not any(may_share(array, other) for array in read for other in changed & self._stored())
                if is_same and _cost(operation.value, inlined) <= _CHEAP and not read & set(used_up) - kept:
                    inlined[operation.name] = operation.value
                else:
                    kept.add(operation.name)
        return kept, inlined

    def _needed(self, used_up: Sequence[str], parts: Sequence[Sequence[Operation]]) -> dict[str, set[int]]:
        """The nests in which each array is needed, by itself or to compute others there again."""
        needed: dict[str, set[int]] = {array: set() for array in used_up}
        for position, part in reversed(list(enumerate(parts))):
            for operation in reversed(part):
                own = needed.get(operation.name, set()) if operation.form == "new" else set()
                for array in operation.value.arrays() & set(used_up):
                    needed[array] |= own | {position}
        return needed

    def _with_real_model(self, operation: Operation, gone: set[str]) -> Operation:
        """An operation whose array is made like one that is there."""
        model = operation.model
        while model is not None and base_name(model) in gone:
            maker = next(one for one in self.operations if one.form == "new" and one.name == base_name(model))
            model = maker.model
            operation = replace(operation, model=model, model_dtype=maker.model_dtype, space=maker.space)
        return operation


def _read_below(value: Pointwise, inlined: dict[str, Pointwise]) -> set[str]:
    """The arrays that are read where a value is computed again."""
    found: set[str] = set()
    for array in value.arrays():
        found |= _read_below(inlined[array], inlined) if array in inlined else {array}
    return found


def _cost(value: Pointwise, inlined: dict[str, Pointwise]) -> int:
    """How many operations a value takes; more than is cheap where there are functions in it."""
    cost = 0
    for node in gast.walk(value.tree):
        cost += _CHEAP + 1 if isinstance(node, gast.Call | gast.IfExp) else isinstance(node, gast.BinOp)
    return cost + sum(_cost(inlined[array], inlined) for array in value.arrays() if array in inlined)
