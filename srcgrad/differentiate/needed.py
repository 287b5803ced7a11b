"""Parts of expressions that should have a name: the reverse sweep reads them, or cannot take them as they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import gast

from srcgrad.analyse.activity import Activity
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.mutation import MUTATING_METHODS, WRITING_FUNCTIONS
from srcgrad.analyse.operations import Operation, is_base, is_path, operation_of, single_target
from srcgrad.analyse.purity import is_pure
from srcgrad.differentiate.application import Application, apply_rule, folding
from srcgrad.differentiate.calls import is_differentiated, is_picked, reads_arguments_again
from srcgrad.differentiate.implicit import is_implicit
from srcgrad.differentiate.writes import is_scatter
from srcgrad.kind import Array, DictOf, Number, Range, Scalar, SequenceOf, TupleOf
from srcgrad.syntax.build import base_name, name, names_read
from srcgrad.syntax.inline import inline_rule
from srcgrad.syntax.names import Names
from srcgrad.syntax.walking import children, walk

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

_CHEAP = frozenset({"len", "range", "int", "float", "abs", "min", "max", "isinstance", "enumerate", "zip", "reversed"})
_SCOPES = (gast.Lambda, gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


# The parts of an operation whose values its derivative reads, and the operands through which derivatives pass.
NeedsOf = Callable[[Operation, gast.expr, "Kinds", Callable[[gast.AST], bool]], tuple[list[gast.expr], list[gast.expr]]]


def parts_to_name(
    tree: gast.FunctionDef, kinds: Kinds, activity: Activity, needs_of: NeedsOf | None = None
) -> set[gast.AST]:
    """The expression nodes that get a statement of their own before the function is differentiated.

    These are calls of functions with source, what is subscripted but is no variable, calls that may not be repeated,
    and costly values that a rule reads.
    """
    finder = _Finder(kinds, needs_of or reverse_needs)
    for statement in statements_of(tree.body):
        varied = activity.varied_before.get(statement, frozenset())
        finder.statement(statement, varied)
    return finder.found


def statements_of(body: list[gast.stmt]) -> Iterator[gast.stmt]:
    """All statements of a block, those inside others included."""
    for statement in body:
        yield statement
        for field in ("body", "orelse", "finalbody"):
            inner = getattr(statement, field, None)
            if isinstance(inner, list) and not isinstance(statement, gast.FunctionDef):
                yield from statements_of(inner)
        for handler in getattr(statement, "handlers", ()):
            yield from statements_of(handler.body)


class _Finder:
    def __init__(self, kinds: Kinds, needs_of: NeedsOf) -> None:
        self.kinds = kinds
        self.needs_of = needs_of
        self.found: set[gast.AST] = set()
        self.varied: frozenset[str] = frozenset()

    def depends(self, node: gast.AST) -> bool:
        return bool(dependencies(node, self.kinds) & self.varied)

    def statement(self, statement: gast.stmt, varied: frozenset[str]) -> None:
        self.varied = varied
        self.found.update(_written_without_name(statement))
        match statement:
            case gast.Assign(targets=[target], value=value):
                whole = isinstance(target, gast.Name | gast.Tuple)
                named = {node.id for node in walk(target) if isinstance(node, gast.Name)}
                overwritten = names_read(target) | named
                is_kept = isinstance(target, gast.Name) or not overwritten & names_read(value)
                self.value(value, has_name=whole and is_kept)
                if self.depends(value) or self._is_varied(target):
                    self._index(target)
                if whole:
                    self.found.discard(value)
            case gast.AugAssign(target=target, value=value):
                self.value(value, has_name=False)
                self._index(target)
            case gast.Return(value=gast.AST() as value):
                self.value(value, has_name=False)
            case gast.Expr(value=gast.Call(args=arguments) as value):
                for argument in arguments:
                    self.value(argument, has_name=False)
                if is_scatter(value) and base_name(arguments[0]) in names_read(arguments[1]):
                    self.found.add(arguments[1])
                if isinstance(value.func, gast.Attribute):
                    self._inside(value.func.value)
                self.found.discard(value)
            case gast.For(iter=iterable):
                self._iterable(iterable)
            case _:
                pass

    def _is_varied(self, target: gast.AST) -> bool:
        return any(isinstance(node, gast.Name) and node.id in self.varied for node in walk(target))

    def _index(self, target: gast.AST) -> None:
        """Calls in an index, which the reverse sweep asks again."""
        if isinstance(target, gast.Subscript):
            # The write changes what the index is computed from: ``x[x > 1.0] = 0.0``.
            self.found.update(part for part in _parts_of(target.slice) if base_name(target) in names_read(part))
            self._name_costly(target.slice)
            self._index(target.value)

    def _iterable(self, iterable: gast.expr) -> None:
        """A differentiable iterable is held in a variable, so that its elements can be found again."""
        if not self.depends(iterable):
            return
        match iterable:
            case gast.Call(func=gast.Name(id="zip" | "enumerate" | "reversed"), args=arguments):
                for argument in arguments:
                    self._iterable(argument.value if isinstance(argument, gast.Starred) else argument)
            case gast.Call(func=gast.Attribute(value=owner, attr="items" | "keys" | "values"), args=[]):
                if isinstance(self.kinds.of.get(owner), DictOf):
                    self._iterable(owner)
            case gast.Name():
                pass
            case _:
                if not is_base(iterable, self.kinds):
                    self.found.add(iterable)
                self._inside(iterable)

    def value(self, node: gast.expr, has_name: bool) -> None:
        """What to name in a value; ``has_name``: the value itself is held by a variable."""
        if not self.depends(node):
            return
        for part in self._needed(node):
            if part is node and has_name:
                continue
            if part is node and self._is_costly(node):
                self.found.add(node)
                continue
            self._name_costly(part)
        self._inside(node)

    def _inside(self, node: gast.AST) -> None:
        """Calls of functions with source, calls that may not be repeated, and subscripted values without a variable."""
        waiting: list[gast.AST] = [node]
        while waiting:
            part = waiting.pop()
            if self._is_call_with_source(part) and self.depends(part):
                self.found.add(part)
            elif isinstance(part, gast.Call) and not self._may_be_repeated(part):
                self.found.add(part)
            elif isinstance(part, gast.Subscript) and self.depends(part) and not is_path(part, self.kinds):
                if not is_path(part.value, self.kinds) or not is_path(part, self.kinds):
                    self.found.add(part.value)
            if not isinstance(part, _SCOPES):
                waiting.extend(child for child in children(part) if isinstance(child, gast.expr | gast.keyword))

    def _is_statement_like(self, node: gast.Call) -> bool:
        """Whether a call without effect that can be seen is repeated at no harm: a class, a method of a container."""
        if isinstance(node.func, gast.Name) and node.func.id == "super":
            return True
        return isinstance(node.func, gast.Attribute) and isinstance(
            self.kinds.of.get(node.func.value), SequenceOf | DictOf | TupleOf
        ) and node.func.attr in ("copy", "index", "count", "get", "keys", "values", "items")

    def _may_be_repeated(self, node: gast.Call) -> bool:
        """Whether a second call has no effect that can be seen."""
        return is_pure(node, self._is_known_pure) or self._is_statement_like(node)

    def _is_known_pure(self, node: gast.Call) -> bool:
        """Whether a call is one that the rules know."""
        return operation_of(node, self.kinds) is not None

    def _is_call_with_source(self, node: gast.AST) -> bool:
        if not isinstance(node, gast.Call):
            return False
        target = single_target(node, self.kinds)
        if is_implicit(node, self.kinds):
            return True
        if target is None:
            return is_picked(node, self.kinds)
        return is_differentiated(target) or isinstance(target.function, gast.FunctionDef | gast.Lambda)

    def _name_costly(self, node: gast.AST) -> None:
        """Name the calls and matrix products in a value that the reverse sweep would compute again."""
        if self._is_costly(node):
            self.found.add(node)
            return
        if isinstance(node, _SCOPES):
            return
        for child in children(node):
            if isinstance(child, gast.expr | gast.keyword):
                self._name_costly(child)

    def _is_costly(self, node: gast.AST) -> bool:
        if isinstance(node, gast.BinOp) and isinstance(node.op, gast.MatMult):
            return True
        if not isinstance(node, gast.Call):
            return False
        if isinstance(node.func, gast.Name) and node.func.id in _CHEAP:
            return False
        kind = self.kinds.of.get(node)
        return isinstance(kind, Scalar | Array | Number | SequenceOf | TupleOf) and not isinstance(kind, Range)

    def _needed(self, node: gast.AST) -> Iterator[gast.expr]:
        """The parts of an active expression whose values its adjoint reads."""
        if not isinstance(node, gast.expr) or not self.depends(node) or is_path(node, self.kinds):
            if isinstance(node, gast.Subscript):
                yield node.slice
            return
        operation = operation_of(node, self.kinds)
        if operation is not None:
            if not operation.is_differentiable:
                return
            read, operands = self.needs_of(operation, node, self.kinds, self.depends)
            yield from read
            for operand in operands:
                yield from self._needed(operand)
            return
        if isinstance(node, gast.IfExp):
            yield node.test
        if isinstance(node, gast.Call) and reads_arguments_again(node, self.kinds):
            yield from (*node.args, *(keyword.value for keyword in node.keywords))
        if isinstance(node, _SCOPES):
            return
        for child in children(node):
            yield from self._needed(child.value if isinstance(child, gast.keyword) else child)


def reverse_needs(
    operation: Operation, node: gast.expr, kinds: Kinds, depends: Callable[[gast.AST], bool]
) -> tuple[list[gast.expr], list[gast.expr]]:
    """The values that the adjoint of an operation reads, and its operands."""
    application = apply_rule(operation, node, kinds, depends)
    operands = list(application.operands.values())
    extra = {"z_bar": name("z_bar")} if application.rule.form == "adjoint" else {}
    return read_by_rule(application, node, kinds, extra), operands


def read_by_rule(
    application: Application, node: gast.expr, kinds: Kinds, extra: dict[str, gast.expr]
) -> list[gast.expr]:
    """The operands, and the result itself, whose values a rule reads; ``extra`` are its other parameters."""
    if application.rule.form == "tangent":
        wanted = {0}
    else:
        positions = {parameter: position for position, parameter in enumerate(application.result_names)}
        wanted = {positions[parameter] for parameter in application.active}
    parameters = application.parameter_kinds(node, kinds, kinds.of[node])
    bindings: dict[str, Any] = {**application.operands, "z": node, **extra}
    inlined = inline_rule(application.rule.derivative, bindings, folding(kinds.evaluate, parameters), Names(), wanted)
    if inlined is None:
        return [node, *application.operands.values()]
    read: list[gast.expr] = []
    for position in wanted:
        if position >= len(inlined.results):
            continue
        for parameter in inlined.needs(position) - inlined.needs_shape_only(position):
            if parameter == "z":
                read.append(node)
            elif parameter in application.operands:
                read.append(application.operands[parameter])
    return read


def _written_without_name(statement: gast.stmt) -> Iterator[gast.expr]:
    """What a statement writes into that no variable holds: ``x.ravel()`` in ``x.ravel()[0] = v``."""
    match statement:
        case gast.Assign(targets=[gast.Subscript(value=written) | gast.Attribute(value=written)]):
            pass
        case gast.AugAssign(target=gast.Subscript(value=written) | gast.Attribute(value=written)):
            pass
        case gast.Expr(value=gast.Call(func=gast.Attribute(attr=attr), args=[first, *_])) if attr in WRITING_FUNCTIONS:
            written = first
        case gast.Expr(value=gast.Call(func=gast.Attribute(value=written, attr=attr))) if attr in MUTATING_METHODS:
            pass
        case _:
            return
    while isinstance(written, gast.Subscript | gast.Attribute):
        written = written.value
    if not isinstance(written, gast.Name):
        yield written


def _parts_of(index: gast.expr) -> list[gast.expr]:
    """The values in an index: what stands between commas, and the bounds of slices."""
    match index:
        case gast.Tuple(elts=elements):
            return [part for element in elements for part in _parts_of(element)]
        case gast.Slice(lower=lower, upper=upper, step=step):
            return [part for part in (lower, upper, step) if part is not None]
        case _:
            return [index]


Wanted = Callable[[gast.AST], bool]


def label_of(node: gast.AST) -> str:
    """A name for a hoisted value: ``exp_value`` for ``np.exp(...)``."""
    match node:
        case gast.Call(func=gast.Attribute(attr=called)) | gast.Call(func=gast.Name(id=called)):
            return f"{called.strip('_').lower()}_value"
        case gast.BinOp(op=gast.MatMult()):
            return "product"
        case _:
            return "value"
