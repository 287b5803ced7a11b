"""The tangent of an expression, from the tangents of the variables that it reads."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.aliasing import held_places
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.operations import Operation, is_path, may_carry, operation_of
from srcgrad.differentiate.adjoints import is_fresh
from srcgrad.differentiate.application import Application, folding
from srcgrad.differentiate.explaining import unsupported
from srcgrad.differentiate.forward.containers import container_tangent
from srcgrad.differentiate.forward.products import product_tangent
from srcgrad.differentiate.forward.rules import ForwardRule, count_of_results, forward_rule, written_tangent
from srcgrad.differentiate.forward.tangents import Tangents
from srcgrad.differentiate.naming import Helpers
from srcgrad.differentiate.terms import over_one_divisor
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Kind, Number, Scalar, SequenceOf, TupleOf
from srcgrad.rules.registry import find, linearity
from srcgrad.syntax.build import add, attribute, call, copy_tree, divide, is_number, method, multiply, name, substitute
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import with_replaced

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

# Stands for the value of the expression itself, where the statement gives it a name.
VALUE = "the value"


class Expressions:
    """Writes the tangents of the expressions of one statement."""

    def __init__(self, kinds: Kinds, tangents: Tangents, names: Names, helpers: Helpers, written: bool) -> None:
        self.kinds = kinds
        self.tangents = tangents
        self.names = names
        self.helpers = helpers
        # Whether the program writes into arrays that have tangents: then no two values may share one.
        self.written = written
        self.active: frozenset[str] = frozenset()
        self.statements: list[gast.stmt] = []
        self.temporaries: set[str] = set()
        self.root: gast.AST | None = None

    def begin(self, active: frozenset[str], root: gast.AST | None = None) -> None:
        """Start a statement before which these variables have tangents; ``root`` is the value that it names."""
        self.active = active
        self.statements = []
        self.root = root
        if isinstance(root, gast.expr):
            self.tangents.known[VALUE] = self.kind_of(root)

    def depends(self, node: gast.AST) -> bool:
        """Whether an expression has a tangent that may be other than zero."""
        return bool(dependencies(node, self.kinds) & self.active)

    def evaluate(self, expression: gast.expr) -> Kind:
        """The kind of a tangent's expression."""
        return self.kinds.evaluate(expression, self.tangents.known)

    def kind_of(self, node: gast.expr) -> Kind:
        """The kind of an expression of the program, or of one made of its parts."""
        return self.kinds.of.get(node) or self.kinds.evaluate(node, self.tangents.known)

    def value_of(self, node: gast.expr) -> gast.expr:
        """What to write for an expression's value."""
        return name(VALUE) if node is self.root else node

    # ---- what statements ask for ----

    def kept(self, node: gast.expr) -> gast.expr:
        """The tangent of a value that is kept: of its full shape, zeros where it does not vary, shared by no other."""
        if not self.depends(node):
            if _is_bare_object(node):
                return call(self.helpers.name_of("SimpleNamespace", types.SimpleNamespace))
            return self.tangents.zero(node, self.value_of(node))
        found = self.full(node)
        if is_path(node, self.kinds) or not isinstance(self.kind_of(node), Array | Number):
            return found
        if not self.written or is_fresh(found) or any(True for _ in held_places(node, self.kinds)):
            return found
        return method(found, "copy") if _may_be_shared(found) else found

    def full(self, node: gast.expr) -> gast.expr:
        """The tangent of an expression in the full shape of its value."""
        found = self.tangent(node)
        if found is None:
            return self.tangents.zero(node, self.value_of(node))
        return self._fitted(found, node) if self._may_be_smaller(node) else found

    def _may_be_smaller(self, node: gast.expr) -> bool:
        """Whether a tangent may have to be broadcast: that of a view is the same view, that of a join a join."""
        if is_path(node, self.kinds):
            return False
        operation = operation_of(node, self.kinds)
        if operation is None:
            return False
        return linearity(operation.function) is None or find(operation.function, "partials") is not None

    def _fitted(self, found: gast.expr, node: gast.expr) -> gast.expr:
        """A tangent in the shape and number type of its value."""
        target = self.kind_of(node)
        if not isinstance(target, Array | Number) or is_path(node, self.kinds):
            return found
        kind = self.evaluate(found)
        if isinstance(target, Array) and isinstance(kind, Scalar) and target.dims != ():
            return call("np.full_like", self.value_of(node), found)
        if isinstance(target, Array) and isinstance(kind, Array) and kind.dims is not None:
            if kind.dims != target.dims:
                found = call("np.broadcast_to", found, attribute(self._witness(node, target), "shape"))
            if kind.dtype != target.dtype:
                found = method(found, "astype", attribute(self._witness(node, target), "dtype"))
            return found
        if isinstance(kind, Number) and kind.dims == target.dims and isinstance(target, Number):
            return found
        if _is_elementwise(node) or isinstance(kind, Scalar):
            return call("np.broadcast_to", found, call("np.shape", self.value_of(node)))
        return found

    def _witness(self, node: gast.expr, target: Array) -> gast.expr:
        """A variable with the shape of an expression's value, or the expression itself."""
        value = self.value_of(node)
        if value is not node:
            return value
        for part in gast.walk(node):
            if isinstance(part, gast.Name):
                kind = self.kinds.of.get(part)
                if isinstance(kind, Array) and kind.dims is not None and kind.dims == target.dims:
                    if kind.dtype == target.dtype:
                        return part
        return node

    # ---- expressions ----

    def tangent(self, node: gast.expr) -> gast.expr | None:
        """The tangent of an expression, which broadcasts to the shape of its value; None where it is zero."""
        if not self.depends(node):
            return None
        if is_path(node, self.kinds):
            return self.tangents.part(node)
        operation = operation_of(node, self.kinds)
        if operation is not None:
            return self._operation(node, operation) if operation.is_differentiable else None
        found = container_tangent(self, node)
        if found is not None:
            return found
        match node:
            case gast.IfExp(test=test, body=body, orelse=orelse):
                return gast.IfExp(test, self.kept(body), self.kept(orelse))
            case gast.Subscript(value=value, slice=index) if may_carry(self.kind_of(value)):
                return gast.Subscript(self.full(value), index, gast.Load())
            case gast.Attribute(value=value, attr=attr):
                return attribute(self.full(value), attr)
            case _:
                raise unsupported(node, self.kinds)

    # ---- operations with a rule ----

    def _operation(self, node: gast.expr, operation: Operation) -> gast.expr | None:
        if isinstance(node, gast.BinOp) and isinstance(node.op, gast.Mult):
            return product_tangent(node, self.kinds, self.tangent)
        rule = forward_rule(operation, node, self.kinds, self.depends)
        match rule.form:
            case "partials":
                return self._partials(node, rule.application)
            case "tangent":
                return self._rule(node, rule.application)
            case "linear":
                return self._applied(node, rule.application)
            case "multilinear":
                return self._multilinear(node, rule)

    def _partials(self, node: gast.expr, application: Application) -> gast.expr | None:
        """``dz/dx * x_dot + dz/dy * y_dot``."""
        fold = folding(self.kinds.evaluate, application.parameter_kinds(node, self.kinds, None))
        inlined = application.inline(self.value_of(node), None, fold, self.names, self.helpers)
        active = [(operand, factor) for operand, factor in inlined.factors if not is_number(factor, 0)]
        found = [(self.tangent(operand), factor) for operand, factor in active]
        terms = [(dot, factor) for dot, factor in found if dot is not None]
        if not terms:
            return None
        self._write(inlined.statements)
        shares = [factor for _, factor in terms]
        divided = over_one_divisor(shares)
        if divided is not None:
            shares = divided[1]
        total: gast.expr = gast.Constant(0.0, None)
        for (dot, _), share in zip(terms, shares, strict=True):
            total = add(total, multiply(share, dot))
        if divided is not None:
            total = divide(total, divided[0])
        return self._real(node, total, [operand for operand, _ in active])

    def _real(self, node: gast.expr, total: gast.expr, operands: list[gast.expr]) -> gast.expr:
        """The real part, where complex operands give a real value."""
        if _is_complex(self.kind_of(node)) or not any(_is_complex(self.kind_of(operand)) for operand in operands):
            return total
        return call("np.real", total)

    def _rule(self, node: gast.expr, application: Application) -> gast.expr | None:
        """A tangent rule written out."""
        dots: dict[str, gast.expr] = {}
        for parameter in application.active:
            dots[parameter] = self.full(application.operands[parameter])
        kinds = application.parameter_kinds(node, self.kinds, None)
        fold = folding(self.kinds.evaluate, kinds)

        def zero_of(parameter: str) -> gast.expr:
            operand = application.operands.get(parameter)
            if operand is None:
                return gast.Constant(None, None)
            return self.tangents.zero(operand, operand)

        statements, result = written_tangent(
            application, self.value_of(node), dots, zero_of, fold, self.names, self.helpers
        )
        self._write(statements)
        return result

    def _applied(self, node: gast.expr, application: Application) -> gast.expr:
        """The operation itself, with tangents in place of all operands in which it is linear."""
        rule = application.rule
        changing = rule.arguments or rule.parameters[: count_of_results(rule)]
        operands = [application.operands[parameter] for parameter in changing if parameter in application.operands]
        return self._replaced(node, [part for operand in operands for part in self._parts(operand)])

    def _parts(self, operand: gast.expr) -> list[gast.expr]:
        """The operands that a rule takes as one: those of ``*arrays``."""
        is_made = isinstance(operand, gast.Tuple) and operand not in self.kinds.of
        return operand.elts if is_made else [operand]

    def _replaced(self, node: gast.expr, parts: list[gast.expr]) -> gast.expr:
        """An operation with the tangents of some operands in place of these."""
        if not set(parts) <= set(gast.walk(node)):
            raise UnsupportedError(
                "this way to write the operation is not differentiated in forward mode",
                node=node,
                advice="call NumPy's function with its arguments in their order",
            )
        return copy_tree(with_replaced(node, {part: self.full(part) for part in parts}))

    def _multilinear(self, node: gast.expr, rule: ForwardRule) -> gast.expr:
        """A sum: each time one of the factors is replaced by its tangent."""
        total: gast.expr = gast.Constant(0.0, None)
        for part in factors_of(rule.application, self.kinds):
            if self.depends(part):
                total = add(total, self._replaced(node, [part]))
        return total

    def _write(self, statements: list[gast.stmt]) -> None:
        """Write the statements of a rule; the kinds of its variables are known from here on."""
        for statement in statements:
            match statement:
                case gast.Assign(targets=[gast.Name(id=identifier)], value=value):
                    self.tangents.known.setdefault(identifier, self.evaluate(value))
                    self.temporaries.add(identifier)
        self.statements.extend(statements)


def factors_of(application: Application, kinds: Kinds) -> list[gast.expr]:
    """The operands in each of which a multilinear function is linear."""
    found: list[gast.expr] = []
    for parameter in application.rule.arguments or application.rule.parameters:
        operand = application.operands.get(parameter)
        if operand is None:
            continue
        is_display = isinstance(operand, gast.Tuple | gast.List)
        held = kinds.of.get(operand)
        if not is_display and isinstance(held, SequenceOf | TupleOf) and may_carry(held):
            raise UnsupportedError(
                "a product of a list of arrays that is held in a variable is not differentiated in forward mode",
                node=operand,
                advice="write its factors in the call",
            )
        found += operand.elts if is_display else [operand]
    return found


def with_value(expression: gast.expr, value: gast.expr) -> gast.expr:
    """An expression with the name of its own value in it."""
    replaced = substitute(expression, {VALUE: value})
    return _Picked().visit(replaced) if isinstance(value, gast.Tuple) else replaced


class _Picked(gast.NodeTransformer):
    """``q`` for ``(q, r)[0]``."""

    def visit_Subscript(self, node: gast.Subscript) -> gast.expr:
        self.generic_visit(node)
        match node:
            case gast.Subscript(value=gast.Tuple(elts=elements), slice=gast.Constant(value=int() as position)):
                return elements[position]
            case _:
                return node


def _is_bare_object(node: gast.expr) -> bool:
    """Whether an expression is ``object.__new__(cls)``, an object that gets its attributes later."""
    match node:
        case gast.Call(func=gast.Attribute(value=gast.Name(id="object"), attr="__new__")):
            return True
        case _:
            return False


def _may_be_shared(expression: gast.expr) -> bool:
    """Whether a tangent may be an array that another value has as its tangent, or a view of one."""
    match expression:
        case gast.Name() | gast.Subscript() | gast.Attribute():
            return True
        case gast.Call(func=gast.Attribute(attr=attr)):
            return attr in ("broadcast_to", "real", "imag", "conj", "conjugate", "asarray", "where")
        case _:
            return False


def _is_elementwise(node: gast.expr) -> bool:
    return isinstance(node, gast.BinOp | gast.UnaryOp) and not isinstance(getattr(node, "op", None), gast.MatMult)


def _is_complex(kind: Kind) -> bool:
    return isinstance(kind, Scalar | Array | Number) and kind.dtype.startswith("complex")
