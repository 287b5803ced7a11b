"""The adjoint variables of one function: their names, their zeros, and how contributions are added to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.operations import is_basic_index
from srcgrad.differentiate.cotangent import fitted
from srcgrad.differentiate.shadows import Shadows
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, DictOf, Function, Instance, Kind, Maybe, Number, Opaque, Scalar, SequenceOf, TupleOf
from srcgrad.runtime import sum_to
from srcgrad.syntax.build import (
    add,
    assign,
    attribute,
    augment,
    base_name,
    binary,
    call,
    expression_statement,
    is_number,
    method,
    name,
    names_read,
    parse_expression,
    subscript,
    tuple_of,
)
from srcgrad.syntax.names import Names
from srcgrad.syntax.products import split_sign

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

# NumPy functions whose result never shares its buffer with an argument.
_FRESH = frozenset(
    "zeros_like ones_like full_like zeros ones empty full outer where exp log sin cos tan tanh sqrt sign dot matmul "
    "sum add_reduce cumsum copy array einsum tensordot concatenate stack repeat tile kron".split()
)


@dataclass
class State:
    """Which adjoints hold something at this point of the reverse sweep.

    ``live``: assigned; the others are zero.  ``owned``: live arrays of full shape that no other name shares.
    ``guarded``: adjoints that are exactly zero where a ``np.where`` did not take its side.
    ``lasting``: those of memory, which are live throughout.
    """

    live: set[str] = field(default_factory=set)
    owned: set[str] = field(default_factory=set)
    guarded: set[str] = field(default_factory=set)
    lasting: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.live |= self.lasting
        self.owned |= self.lasting

    def copy(self) -> State:
        """A state that changes on its own."""
        return State(set(self.live), set(self.owned), set(self.guarded), self.lasting)

    def drop(self, variables: Iterable[str]) -> None:
        """Forget adjoints: they are zero from here on."""
        for variable in set(variables) - self.lasting:
            self.live.discard(variable)
            self.owned.discard(variable)
            self.guarded.discard(variable)


class Adjoints:
    """Names, kinds and the present state of the adjoints of a function's variables."""

    def __init__(self, kinds: Kinds, names: Names, written: frozenset[str], shadows: Shadows) -> None:
        self.kinds = kinds
        self.names = names
        self.shadows = shadows
        self.written = written | shadows.variables
        self.state = State(lasting=shadows.variables)
        self.known: dict[str, Kind] = {"sum_to": Function((sum_to,))}
        self.mixed: set[str] = set()
        self.passes_on: str | None = None
        # Temporaries that may be views of the adjoint of an array that the program writes into.
        self.borrowed: set[str] = set()
        self._names: dict[str, str] = {}

    def of(self, variable: str) -> str:
        """The name of a variable's adjoint: ``x_bar`` for ``x``."""
        found = self._names.get(variable)
        if found is None:
            found = self._names[variable] = self.names.fresh(f"{variable}_bar")
            self.known[found] = self.kind_of(variable)
        return found

    def kind_of(self, variable: str) -> Kind:
        """The kind of a variable over the whole function; of what is None at first, that of its later numbers."""
        kind = self.kinds.variables.get(variable, Opaque())
        return kind.kind if isinstance(kind, Maybe) and isinstance(kind.kind, Scalar) else kind

    def is_adjoint(self, identifier: str) -> bool:
        """Whether a name is one of the adjoints."""
        return identifier in self._names.values()

    def names_in_use(self) -> set[str]:
        """The names of all adjoints so far."""
        return set(self._names.values())

    def zero(self, variable: str) -> gast.expr:
        """A zero adjoint of full shape for a variable, from the value it has at that point."""
        return zero_of(self.kind_of(variable), name(variable))

    def materialise(self, variables: Iterable[str]) -> list[gast.stmt]:
        """Statements that give adjoints their zeros."""
        statements: list[gast.stmt] = []
        for variable in sorted(variables):
            statements.append(assign(self.of(variable), self.zero(variable)))
            self.state.live.add(variable)
            if not isinstance(self.kind_of(variable), Number | Opaque):
                self.state.owned.add(variable)
        return statements

    def fetched(self, statements: list[gast.stmt]) -> list[gast.stmt]:
        """Statements with the adjoints of memory that they use fetched first."""
        bars = self.shadow_variables
        return self.shadows.fetched(statements, bars) if bars else statements

    @property
    def shadow_variables(self) -> dict[str, str]:
        """The adjoints of memory, and the variable of each."""
        return {bar: variable for variable, bar in self._names.items() if variable in self.shadows}

    def own(self, variable: str) -> list[gast.stmt]:
        """Statements after which an adjoint is a live array (or mirror) that may be written into."""
        bar = self.of(variable)
        if variable in self.shadows:
            return []
        if variable not in self.state.live:
            if isinstance(self.kind_of(variable), Number | Opaque):
                self.state.live.add(variable)
                self.state.owned.add(variable)
                return [assign(bar, call("np.zeros_like", name(variable)))]
            return self.materialise([variable])
        if variable in self.state.owned or not isinstance(self.kind_of(variable), Array | Number):
            return []
        self.state.owned.add(variable)
        if isinstance(self.kind_of(variable), Number):
            return [assign(bar, binary(call("np.zeros_like", name(variable)), "+", name(bar)))]
        return [assign(bar, method(bar, "copy"))]

    def add(self, leaf: gast.expr, expression: gast.expr, kind: Kind) -> list[gast.stmt]:
        """Statements that add a contribution to the adjoint of a variable or of a part of one."""
        variable = base_name(leaf)
        assert variable is not None
        if variable in self.shadows:
            return [self._add_to_memory(leaf, expression)]
        if isinstance(leaf, gast.Name):
            return self._add_whole(variable, expression, kind, leaf)
        return self._add_part(variable, leaf, expression, kind)

    def _add_whole(self, variable: str, expression: gast.expr, kind: Kind, leaf: gast.expr) -> list[gast.stmt]:
        bar, state = self.of(variable), self.state
        target = self.kinds.of.get(leaf) or self.kind_of(variable)
        if isinstance(target, SequenceOf | TupleOf | DictOf | Instance | Opaque):
            return self._add_container(variable, expression, target)
        if variable in state.live:
            if isinstance(target, Scalar) or (variable in state.owned and isinstance(target, Array)):
                return [augment(bar, "+", expression)]
            total = add(bar, expression)
            if isinstance(target, Array):
                state.owned.add(variable)
                total = self._without_dimensions(total, leaf) if target.dims == () else total
            return [assign(bar, total)]
        state.live.add(variable)
        if isinstance(target, Array):
            full = self._full(expression, kind, target, leaf)
            if isinstance(kind, Scalar | Array) and kind.dtype != target.dtype and full is expression:
                full = method(full, "astype", attribute(leaf, "dtype"))
            if full is not expression or is_fresh(expression) or self.passes_on == variable:
                state.owned.add(variable)
            elif self.reads_written(full):
                full = method(full, "copy")
                state.owned.add(variable)
            else:
                self._share(full)
            expression = full
        elif isinstance(target, Scalar) and isinstance(held := self._held(expression), Array | Number):
            # The adjoint of a number is a number: an array without dimensions may be written into.
            is_array = isinstance(held, Array)
            expression = subscript(expression, tuple_of()) if is_array else call("np.sum", expression)
        elif isinstance(target, Scalar) and self._may_be_integer(expression):
            expression = call("float", expression)
        elif isinstance(target, Scalar) and isinstance(expression, gast.Name):
            held = self.kind_of(expression.id)
            if isinstance(held, Array) and held.dims == ():
                # The number in it, not a second name for the array.
                expression = subscript(expression, tuple_of())
        self.passes_on = None
        return [assign(bar, expression)]

    def _add_to_memory(self, leaf: gast.expr, expression: gast.expr) -> gast.stmt:
        kind = self.kinds.of.get(leaf) or self.kinds.evaluate(leaf)
        if isinstance(kind, SequenceOf | TupleOf | DictOf | Instance):
            return self.shadows.added(leaf, expression)
        index = self._advanced_index(leaf)
        if index is not None and isinstance(leaf, gast.Subscript):
            return expression_statement(call("np.add.at", self.part(leaf.value), index, expression))
        part = self.part(leaf)
        return augment(subscript(part, "...") if isinstance(part, gast.Name | gast.Call) else part, "+", expression)

    def _held(self, expression: gast.expr) -> Kind | None:
        """The kind of what an expression that is a variable holds."""
        if not isinstance(expression, gast.Name):
            return None
        return self.kinds.variables.get(expression.id) or self.known.get(expression.id)

    def _may_be_integer(self, expression: gast.expr) -> bool:
        """Whether an adjoint of a number might be an integer of the program: ``n`` for ``n * x``."""
        if isinstance(expression, gast.Name) and self.is_adjoint(expression.id):
            return False
        if any(isinstance(node, gast.Constant) and isinstance(node.value, float) for node in gast.walk(expression)):
            return False
        kind = self.kinds.evaluate(expression, self.known)
        return isinstance(kind, Scalar | Array | Number) and kind.dtype.startswith(("int", "uint", "bool"))

    def reads_written(self, expression: gast.expr) -> bool:
        """Whether an expression may be (a view of) an array that the program writes into, or of its adjoint."""
        read = names_read(expression)
        if read & self.borrowed or (self.shadows.variables and self.shadows.table in read):
            return True
        return any(variable in read or self._names.get(variable) in read for variable in self.written)

    def _share(self, expression: gast.expr) -> None:
        """Note that another name now holds what an expression gives."""
        read = names_read(expression)
        for variable, bar in self._names.items():
            if bar in read:
                self.state.owned.discard(variable)

    def _full(self, expression: gast.expr, kind: Kind, target: Array, value: gast.expr) -> gast.expr:
        """A contribution of the full shape of an array."""
        if target.dims == ():
            return self._without_dimensions(expression, value)
        if isinstance(kind, Array) and kind.dims is not None and kind.dims == target.dims:
            return expression
        if isinstance(kind, Scalar):
            if is_number(expression, 1.0):
                return call("np.ones_like", value)
            return call("np.full_like", value, expression)
        match split_sign(expression)[1]:
            case gast.Call(func=gast.Name(id="sum_to")):
                return expression
            case _:
                return add(call("np.zeros_like", value), expression)

    def _without_dimensions(self, expression: gast.expr, value: gast.expr) -> gast.expr:
        """An array without dimensions, to be written into: arithmetic on such arrays gives numbers."""
        return call("np.full_like", value, expression)

    def _add_container(self, variable: str, expression: gast.expr, target: Kind) -> list[gast.stmt]:
        bar, state = self.of(variable), self.state
        if variable in state.live:
            state.owned.discard(variable)
            return [assign(bar, call("add_mirrors", bar, expression))]
        state.live.add(variable)
        return [assign(bar, call("as_mirror", name(variable), expression))]

    def _add_part(self, variable: str, leaf: gast.expr, expression: gast.expr, kind: Kind) -> list[gast.stmt]:
        statements = self.own(variable)
        bar = self.part(leaf)
        if isinstance(self.kinds.of.get(leaf), SequenceOf | TupleOf | DictOf | Instance):
            return [*statements, assign(bar, call("add_mirrors", bar, expression))]
        index = self._advanced_index(leaf)
        if index is not None:
            base = self.part(leaf.value) if isinstance(leaf, gast.Subscript) else bar
            return [*statements, expression_statement(call("np.add.at", base, index, expression))]
        if variable in self.state.owned or isinstance(self.kinds.of.get(leaf), Scalar):
            return [*statements, augment(bar, "+", expression)]
        return [*statements, assign(bar, add(bar, expression))]

    def part(self, leaf: gast.expr) -> gast.expr:
        """The part of an adjoint that belongs to a part of a variable: ``x_bar[i]`` for ``x[i]``."""
        if not isinstance(leaf, gast.Name) and base_name(leaf) in self.shadows:
            of = self.kinds.of
            item, around = (of.get(node) or self.kinds.evaluate(node) for node in (leaf, leaf.value))
            if not isinstance(around, Array) and not isinstance(item, Scalar):
                return self.shadows.of(leaf)
        match leaf:
            case gast.Name(id=identifier):
                return name(self.of(identifier))
            case gast.Subscript(value=gast.Name() as value) if self._is_one_element(value):
                # What NumPy computes of an array without dimensions is a number, which has no parts.
                return self.part(value)
            case gast.Subscript(value=value, slice=index):
                return subscript(self.part(value), index)
            case gast.Attribute(value=value, attr=attr):
                kind = self.kinds.of.get(value)
                if isinstance(kind, TupleOf):
                    return subscript(self.part(value), kind.cls._fields.index(attr))  # type: ignore[attr-defined]
                return attribute(self.part(value), attr)
            case _:
                raise UnsupportedError(
                    "the derivative of this part of a value is not supported",
                    node=leaf,
                    advice="give it a variable of its own, in a statement before",
                )

    def _is_one_element(self, value: gast.Name) -> bool:
        kind = self.kinds.of.get(value)
        return isinstance(kind, Array) and kind.dims == () and value.id not in self.shadows

    def shape_source(self, leaf: gast.expr) -> gast.expr:
        """What to ask for the shape of a variable or a part of one: its adjoint, where that is there in full."""
        base = base_name(leaf)
        if base is None or base in self.shadows or base not in self.state.owned:
            return leaf
        return self.part(leaf) if isinstance(self.kind_of(base), Array) else leaf

    def _advanced_index(self, leaf: gast.expr) -> gast.expr | None:
        """The index, where it may name an element twice: an integer array."""
        if not isinstance(leaf, gast.Subscript) or not isinstance(self.kinds.of.get(leaf.value), Array | Number):
            return None
        if is_basic_index(leaf.slice, self.kinds) or is_mask(leaf.slice, self.kinds):
            return None
        index = leaf.slice
        if isinstance(index, gast.Tuple) and any(isinstance(part, gast.Slice) for part in index.elts):
            return subscript("np.s_", index)
        return index


def is_mask(index: gast.AST, kinds: Kinds) -> bool:
    """Whether an index is one boolean mask, which names no element twice."""
    kind = kinds.of.get(index)
    return isinstance(kind, Array | Scalar) and kind.dtype == "bool"


def is_fresh(expression: gast.expr) -> bool:
    """Whether an expression surely makes an array of its own."""
    match expression:
        case gast.BinOp() | gast.UnaryOp():
            return True
        case gast.Call(func=gast.Attribute(value=gast.Name(id="np"), attr=attr)):
            return attr in _FRESH
        case gast.Call(func=gast.Attribute(attr="copy")):
            return True
        case _:
            return False


def zero_of(kind: Kind, value: gast.expr) -> gast.expr:
    """A zero adjoint for a value of some kind: 0.0, zeros of its shape, or a mirror of a container."""
    match kind:
        case Scalar(dtype=dtype):
            return gast.Constant(0j if dtype.startswith("complex") else 0.0, None)
        case Number():
            return gast.Constant(0.0, None)
        case Array():
            return call("np.zeros_like", value)
        case SequenceOf(element=Scalar()):
            return binary("[0.0]", "*", call("len", value))
        case SequenceOf(element=Array()):
            comprehension = parse_expression("[np.zeros_like(item) for item in items]")
            assert isinstance(comprehension, gast.ListComp)
            comprehension.generators[0].iter = value
            return comprehension
        case _:
            return call("zeros_like", value)


__all__ = ["Adjoints", "State", "fitted", "is_fresh", "zero_of"]
