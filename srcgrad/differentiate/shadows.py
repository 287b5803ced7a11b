"""Shadows: the adjoints of memory, and what the adjoint statements read of the primal memory.

Where a variable is memory (``analyse/memory.py``), its adjoint is fetched before it is used::

    # b[0] = x[1] * 2.0
    b_bar = shadow_of(shadows, b)
    x_bar[1] += 2.0 * b_bar[0]
    b_bar[0] = 0.0

An assignment that only hands an object on has no adjoint: the object's shadow is the same under both names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.aliasing import held_places
from srcgrad.analyse.library import NUMBER_ATTRIBUTES
from srcgrad.analyse.memory import Memory, tokens_of
from srcgrad.analyse.operations import is_basic_index, operation_of, single_target
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Constant, DictOf, Instance, Kind, Scalar, SequenceOf, TupleOf
from srcgrad.syntax.build import assign, base_name, call, expression_statement, name, names_assigned, names_read
from srcgrad.syntax.names import Names
from srcgrad.syntax.walking import children, walk

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

_CONTAINERS = SequenceOf | DictOf | Instance
_SHAPES = frozenset({"np.zeros_like", "np.ones_like", "np.full_like", "np.shape", "np.size", "np.may_share_memory"})

# Functions of NumPy whose result shows one element of an array at several places.
_OVERLAPPING = frozenset("broadcast_to broadcast_arrays sliding_window_view as_strided".split())

# Functions of NumPy whose result is a view of an array that they are given.
_ALWAYS_VIEWS = frozenset(
    "transpose swapaxes moveaxis rollaxis squeeze expand_dims diagonal flip fliplr flipud rot90 "
    "matrix_transpose permute_dims split hsplit vsplit dsplit array_split unstack".split()
)


class Shadows:
    """What is memory in one function, and under which name its generated code keeps the table of shadows."""

    def __init__(self, memory: Memory, kinds: Kinds, names: Names) -> None:
        self.memory = memory
        self.kinds = kinds
        self.variables = memory.variables
        self.table = names.fresh("shadows") if memory.families else "shadows"

    def __contains__(self, variable: str | None) -> bool:
        return variable in self.variables

    # ---- expressions of generated code ----

    def of(self, value: gast.expr) -> gast.expr:
        """The shadow of an object, or the mirror of a container: ``shadow_of(shadows, b)``."""
        return call("shadow_of", self.table, value)

    def whole(self, value: gast.expr) -> gast.expr:
        """The adjoint of a value with all that is inside, in the value's structure."""
        kind = self.kinds.of.get(value) or self.kinds.evaluate(value)
        return self.of(value) if isinstance(kind, Array) else call("shadows_in", self.table, value)

    def added(self, value: gast.expr, adjoint: gast.expr) -> gast.stmt:
        """The statement that adds an adjoint of a container to the shadows of its parts."""
        kind = self.kinds.of.get(value)
        is_part = isinstance(value, gast.Subscript) and isinstance(value.slice, gast.Slice)
        if is_part and self.holds_numbers(kind):
            raise UnsupportedError(
                "a slice of a list of numbers that has several names and is changed is not supported",
                node=value,
                advice="take the slice of a copy: list(values)[1:]",
            )
        return expression_statement(call("add_to_shadows", self.table, value, adjoint))

    def fetched(self, statements: Sequence[gast.stmt], bars: dict[str, str]) -> list[gast.stmt]:
        """Statements that use adjoints of memory, with the adjoints fetched first; ``bars`` gives each its variable."""
        used: set[str] = set()
        for statement in statements:
            is_complete = isinstance(statement, gast.If) and self._fetches(statement.body)
            if not is_complete:
                used |= names_read(statement) | names_assigned(statement)
        return [*(assign(bar, self.of(name(bars[bar]))) for bar in sorted(used & bars.keys())), *statements]

    def _fetches(self, statements: Sequence[gast.stmt]) -> bool:
        """Whether a block begins with fetching what it uses."""
        match statements[0]:
            case gast.Assign(value=gast.Call(func=gast.Name(id="shadow_of"))):
                return True
            case _:
                return False

    # ---- what an assignment does ----

    def is_reference(self, value: gast.expr) -> bool:
        """Whether an expression surely gives an object of a variable, or a view of it: there is nothing to reverse."""
        kind = self.kinds.of.get(value)
        match value:
            case gast.Name():
                return isinstance(kind, Array | TupleOf | _CONTAINERS)
            case gast.Subscript(value=inner, slice=index):
                if isinstance(self.kinds.of.get(inner), Array):
                    return isinstance(kind, Array) and is_basic_index(index, self.kinds) and self.is_reference(inner)
                if isinstance(index, gast.Slice):
                    return False
                return isinstance(kind, Array | TupleOf | _CONTAINERS) and self.is_reference(inner)
            case gast.Attribute(value=inner, attr=attr):
                if isinstance(self.kinds.of.get(inner), Array):
                    return attr in ("T", "mT") and self.is_reference(inner)
                return isinstance(kind, Array | TupleOf | _CONTAINERS) and self.is_reference(inner)
            case gast.IfExp(body=body, orelse=orelse):
                return self.is_reference(body) and self.is_reference(orelse)
            case gast.Call():
                operation = operation_of(value, self.kinds)
                if operation is None or getattr(operation.function, "__name__", "") not in _ALWAYS_VIEWS:
                    return False
                first = operation.arguments[0]
                return isinstance(self.kinds.of.get(first), Array) and self.is_reference(first)
            case _:
                return False

    def viewed(self, value: gast.expr) -> gast.expr | None:
        """The array that a value may be a view of, as ``a`` for ``a.reshape(-1)``, None where there is none."""
        if not any(variable in self for variable, _ in held_places(value, self.kinds)):
            return None
        for node in walk(value):
            target = single_target(node, self.kinds) if isinstance(node, gast.Call) else None
            if target is not None and getattr(target.function, "__name__", "") in _OVERLAPPING:
                raise UnsupportedError(
                    "this view shows one element at several places, and what it shows is written into: not supported",
                    node=node,
                    advice="make it after the last write, or take a copy of it",
                )
        while not self.is_reference(value):
            operation = operation_of(value, self.kinds)
            arrays = [a for a in operation.arguments if any(held_places(a, self.kinds))] if operation else []
            if len(arrays) != 1:
                return None
            value = arrays[0]
        return value

    def holds_numbers(self, kind: Kind | None) -> bool:
        """Whether a container has numbers of its own that vary: their adjoints are in its mirror."""
        match kind:
            case SequenceOf(element=element) | DictOf(element=element):
                return self._is_number(element)
            case Instance(attributes=attributes):
                return any(self._is_number(inner) for _, inner in attributes)
            case TupleOf(elements=elements):
                return any(self._is_number(inner) or self.holds_numbers(inner) for inner in elements)
            case _:
                return False

    def holds_only_numbers(self, kind: Kind | None) -> bool:
        """Whether all that a container holds are numbers: there is no object in it that others may hold as well."""
        match kind:
            case SequenceOf(element=element) | DictOf(element=element):
                return isinstance(element, Scalar)
            case TupleOf(elements=elements):
                return all(isinstance(inner, Scalar) for inner in elements)
            case _:
                return False

    def _is_number(self, kind: Kind) -> bool:
        if isinstance(kind, Scalar):
            return kind.dtype.startswith(("float", "complex"))
        return not isinstance(kind, Array | Constant | TupleOf | _CONTAINERS)

    # ---- what adjoint statements read ----

    def tokens_read(self, nodes: Sequence[gast.AST]) -> set[str]:
        """What stands for the contents, and for the items, of the memory that statements read."""
        found: set[str] = set()
        for node in nodes:
            for variable, is_path, is_content in self._reads(node, True):
                family = self.memory.shown(variable)
                if not family:
                    continue
                contents, items = tokens_of(family)
                if is_content:
                    found.add(contents)
                if is_path or not isinstance(self.kinds.variables.get(variable), Array):
                    found.add(items)
        return found

    def _reads(self, node: gast.AST, content: bool) -> Iterator[tuple[str, bool, bool]]:
        """Each variable below a node, whether an item or attribute of it is asked for, and whether contents are."""
        match node:
            case gast.Name(id=identifier):
                if isinstance(node.ctx, gast.Load):
                    yield identifier, False, content
            case gast.Call(func=gast.Name(id="shadow_of"), args=[_, value]):
                yield from self._path(value)
            case gast.Call(func=gast.Attribute(), args=[first, *others]) if _dotted(node.func) in _SHAPES:
                yield from self._reads(first, False)
                for other in others:
                    yield from self._reads(other, content and _dotted(node.func) != "np.may_share_memory")
            case gast.Attribute(value=value, attr=attr) if attr in NUMBER_ATTRIBUTES:
                yield from self._reads(value, False)
            case gast.Assign(targets=[gast.Name()], value=value) if base_name(value) in self and self.is_reference(
                value
            ):
                yield from self._path(value)
            case _:
                for child in children(node):
                    yield from self._reads(child, content)

    def _path(self, value: gast.AST) -> Iterator[tuple[str, bool, bool]]:
        """What finding an object reads, whatever it holds: items of containers, and all of the indices."""
        is_path = False
        while isinstance(value, gast.Subscript | gast.Attribute):
            is_path = True
            if isinstance(value, gast.Subscript):
                yield from self._reads(value.slice, True)
            value = value.value
        if isinstance(value, gast.Name):
            yield value.id, is_path, False
        else:
            yield from self._reads(value, True)


def _dotted(function: gast.AST) -> str:
    match function:
        case gast.Attribute(value=gast.Name(id=module), attr=attr):
            return f"{module}.{attr}"
        case _:
            return ""

