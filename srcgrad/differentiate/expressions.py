"""The adjoint of an expression: its cotangent is carried down to the variables that it reads."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

import gast
import numpy as np

from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.operations import Operation, is_path, operation_of
from srcgrad.differentiate.adjoints import Adjoints, is_fresh
from srcgrad.differentiate.application import Application, apply_rule, folding
from srcgrad.differentiate.containers import push_container
from srcgrad.differentiate.cotangent import Cotangent, fitted, real_for, where_not_zero
from srcgrad.differentiate.explaining import unsupported
from srcgrad.differentiate.fitting import arrays_of, full, push_operand, shaped, shaped_like, spreads
from srcgrad.differentiate.naming import Helpers
from srcgrad.differentiate.terms import gathered, is_simple, over_one_divisor, two_sided
from srcgrad.kind import Array, Kind, Number, Scalar
from srcgrad.syntax.build import (
    add,
    assign,
    base_name,
    call,
    copy_tree,
    divide,
    is_number,
    method,
    multiply,
    name,
    names_read,
)
from srcgrad.syntax.folding import Fold
from srcgrad.syntax.names import Names

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

_TEMPORARIES = ("v_bar", "u_bar", "q_bar", "p_bar", "r_bar", "e_bar")


class Expressions:
    """Carries cotangents down the expressions of one statement and writes the adjoint statements."""

    def __init__(self, kinds: Kinds, adjoints: Adjoints, names: Names, helpers: Helpers) -> None:
        self.kinds = kinds
        self.adjoints = adjoints
        self.names = names
        self.helpers = helpers
        self.temporaries: set[str] = set()
        self._placeholder = "z_bar (given)"
        self._reserved: list[str] = []
        self._in_use = 0
        self.statements: list[gast.stmt] = []
        self.pending: dict[str, tuple[gast.expr, list[tuple[gast.expr, Kind]]]] = {}
        self.varied: frozenset[str] = frozenset()
        self.collected: list[tuple[gast.expr, Kind]] | None = None
        self.collects: str | None = None
        self.value: tuple[gast.AST, gast.expr] | None = None
        self.volatile: frozenset[str] = frozenset()
        # Whether what is pushed goes to numbers only: arrays and containers that are memory have their shadows.
        self.spares_memory = False

    # ---- the state of one statement ----

    def begin(self, varied: frozenset[str]) -> None:
        """Start a statement before which these variables are varied."""
        self.statements = []
        self.pending = {}
        self.varied = varied
        self.collected = self.collects = self.value = None
        self._in_use = 0
        self.volatile = frozenset()
        self.spares_memory = False
        self.adjoints.borrowed.clear()

    def depends(self, node: gast.AST) -> bool:
        """Whether an expression varies with the differentiated parameters."""
        return bool(dependencies(node, self.kinds) & self.varied)

    def evaluate(self, expression: gast.expr) -> Kind:
        """The kind of an adjoint expression."""
        return self.kinds.evaluate(expression, self.adjoints.known)

    def temporary(self, kind: Kind) -> gast.Name:
        """A name of its own for a value of this kind."""
        temporary = self._temporary()
        if self.adjoints.known.setdefault(temporary, kind) != kind:
            self.adjoints.mixed.add(temporary)
        self.adjoints.known[temporary] = kind
        return name(temporary)

    def bind(self, expression: gast.expr, kind: Kind) -> gast.expr:
        """A name for the value of an expression, or the expression itself where it is as simple as a name."""
        if self.is_simple(expression):
            return expression
        temporary = self.temporary(kind).id
        if self.is_volatile(expression) and isinstance(kind, Array | Number) and not is_fresh(expression):
            expression = method(expression, "copy")
        elif isinstance(kind, Array | Number) and not is_fresh(expression) and self.adjoints.reads_written(expression):
            self.adjoints.borrowed.add(temporary)
        self.statements.append(assign(temporary, expression))
        return name(temporary)

    def is_volatile(self, expression: gast.expr) -> bool:
        """Whether an expression reads an adjoint that the statement's own reversal changes on the way."""
        return bool(self.volatile) and bool(names_read(expression) & self.volatile)

    def is_simple(self, expression: gast.expr) -> bool:
        """Whether an expression may be written several times in this statement's reversal."""
        return is_simple(expression) and not self.is_volatile(expression)

    def reserve(self, kind: Kind) -> gast.expr:
        """A name for a value that is assigned elsewhere."""
        temporary = self._temporary()
        if self.adjoints.known.setdefault(temporary, kind) != kind:
            self.adjoints.mixed.add(temporary)
        self.adjoints.known[temporary] = kind
        self.adjoints.borrowed.add(temporary)
        return name(temporary)

    def _temporary(self) -> str:
        if self._in_use == len(self._reserved):
            wanted = _TEMPORARIES[min(self._in_use, len(_TEMPORARIES) - 1)]
            self._reserved.append(self.names.fresh(wanted))
            self.temporaries.add(self._reserved[-1])
        self._in_use += 1
        return self._reserved[self._in_use - 1]

    # ---- expressions ----

    def push(self, node: gast.expr, cotangent: Cotangent) -> None:
        """Write the statements that carry a cotangent from an expression to the variables it reads."""
        if not self.depends(node):
            return
        cotangent = real_for(self.kinds.of.get(node), cotangent)
        if is_path(node, self.kinds):
            self._leaf(node, cotangent)
            return
        operation = operation_of(node, self.kinds)
        if operation is not None:
            if operation.is_differentiable:
                self._operation(node, operation, cotangent)
            return
        if push_container(self, node, cotangent):
            return
        match node:
            case gast.IfExp(test=test, body=body, orelse=orelse):
                self._conditional(test, body, orelse, cotangent)
            case _:
                raise unsupported(node, self.kinds)

    def _leaf(self, node: gast.expr, cotangent: Cotangent) -> None:
        kind = self.kinds.of.get(node) or cotangent.kind
        expression = cotangent.masked()
        known = cotangent.kind if expression is cotangent.expression else self.evaluate(expression)
        base = base_name(node)
        assert base is not None
        if cotangent.is_full and expression is cotangent.expression and isinstance(kind, Array):
            known = shaped_like(known, kind)
        elif isinstance(kind, Scalar | Array | Number):
            expression, known = fitted(expression, known, kind, self.adjoints.shape_source(node))
        if base in self.adjoints.shadows and self.spares_memory and not isinstance(kind, Scalar):
            return
        if cotangent.condition is not None and base not in self.adjoints.shadows:
            self.adjoints.state.guarded.add(base)
        if self.collected is not None and self.collects is not None and gast.dump(node) == self.collects:
            self.collected.append((expression, known))
            return
        if isinstance(node, gast.Name) and isinstance(kind, Scalar | Array):
            self.pending.setdefault(base, (node, []))[1].append((expression, known))
            return
        self.statements.extend(self.adjoints.add(node, expression, known))

    def flush(self) -> None:
        """Write the contributions that were kept back: equal ones as one, those to a number in one statement."""
        pending, self.pending = self.pending, {}
        for node, contributions in pending.values():
            terms = gathered(contributions)
            if isinstance(self.kinds.of.get(node), Scalar):
                total = terms[0][0]
                for expression, _ in terms[1:]:
                    total = add(total, expression)
                terms = [(total, terms[0][1])]
            for expression, kind in terms:
                self.statements.extend(self.adjoints.add(node, expression, kind))

    def _conditional(self, test: gast.expr, body: gast.expr, orelse: gast.expr, cotangent: Cotangent) -> None:
        ct = replace(cotangent, expression=self.bind(cotangent.expression, cotangent.kind))
        self.flush()
        outer = self.statements
        before = self.adjoints.state.copy()
        branches: list[list[gast.stmt]] = []
        states = []
        for side in (body, orelse):
            self.statements = []
            self.adjoints.state = before.copy()
            self.push(side, ct)
            self.flush()
            branches.append(self.statements)
            states.append(self.adjoints.state)
        live = states[0].live | states[1].live
        for state, branch in zip(states, branches, strict=True):
            self.adjoints.state = state
            branch.extend(self.adjoints.materialise(live - state.live))
        self.adjoints.state.owned = states[0].owned & states[1].owned
        self.adjoints.state.guarded = states[0].guarded | states[1].guarded
        self.statements = outer
        self.statements.extend(two_sided(copy_tree(test), branches[0], branches[1]))

    # ---- operations with a rule ----

    def _operation(self, node: gast.expr, operation: Operation, cotangent: Cotangent) -> None:
        application = apply_rule(operation, node, self.kinds, self.depends)
        if application.rule.function is np.where and isinstance(self.kinds.of.get(node), Array | Number):
            self._choice(node, application, cotangent)
        elif application.rule.form == "partials":
            self._partials(node, application, cotangent)
        else:
            self._adjoint(node, application, cotangent)

    def value_of(self, node: gast.expr) -> gast.expr:
        if self.value is not None and self.value[0] is node:
            return self.value[1]
        return node

    def _choice(self, node: gast.expr, application: Application, cotangent: Cotangent) -> None:
        """``np.where``: each side gets the cotangent under the condition, carried along until it must be applied."""
        condition = self.bind(application.operands["condition"], self.kinds.of[application.operands["condition"]])
        expression = self.bind(cotangent.masked(), cotangent.kind)
        for side, test in (("x", condition), ("y", call("np.logical_not", condition))):
            operand = application.operands[side]
            if self.depends(operand):
                above = cotangent.condition
                both = test if above is None else call("np.logical_and", copy_tree(above), test)
                push_operand(self, node, operand, Cotangent(expression, cotangent.kind, both, mask=test))

    def _partials(self, node: gast.expr, application: Application, cotangent: Cotangent) -> None:
        fold = self._fold(node, application)
        inlined = application.inline(self.value_of(node), None, fold, self.names, self.helpers)
        active = [(operand, factor) for operand, factor in inlined.factors if not is_number(factor, 0)]
        expression = cotangent.expression
        shares = [factor for _, factor in active]
        divided = over_one_divisor(shares)
        if divided is None and len(active) > 1 and not self.is_simple(expression):
            expression = self.bind(expression, cotangent.kind)
        self._write(inlined.statements)
        arrays = arrays_of(self, node, application)
        scalar = isinstance(self.kinds.of.get(node), Scalar)
        if divided is not None:
            divisor, shares = divided
            quotient = divide(expression, divisor)
            expression = self.bind(quotient, cotangent.kind if scalar else self.evaluate(quotient))
        for (operand, factor), share in zip(active, shares, strict=True):
            product = multiply(share, expression) if is_number(share) else multiply(expression, share)
            kind = cotangent.kind if scalar and not _may_be_complex(self.kinds.of.get(node)) else self.evaluate(product)
            if cotangent.is_full or cotangent.is_wider:
                kind = shaped_like(kind, cotangent.kind if cotangent.is_wider else self.kinds.of.get(node))
            given = cotangent.times(factor, product, kind)
            if not cotangent.is_wider and spreads(arrays, share):
                given = replace(given, kind=shaped_like(kind, self.kinds.of.get(node)), is_full=True)
            push_operand(self, node, operand, given, is_alone=len(arrays) == 1)

    def _adjoint(self, node: gast.expr, application: Application, cotangent: Cotangent) -> None:
        expression = cotangent.masked()
        kind = cotangent.kind if expression is cotangent.expression else self.evaluate(expression)
        if cotangent.is_full and expression is cotangent.expression:
            kind = shaped_like(kind, self.kinds.of.get(node))
        else:
            expression, kind = full(self, node, expression, kind)
        placeholder = self._placeholder
        fold = self._fold(node, application, kind)
        inlined = application.inline(self.value_of(node), name(placeholder), fold, self.names, self.helpers)
        if not self.is_simple(expression) and inlined.uses(placeholder) > 1:
            expression = self.bind(expression, kind)
        inlined = inlined.substituted(placeholder, expression).by_shape(functools.partial(shaped, self))
        self._write(inlined.statements)
        for operand, result in inlined.factors:
            if is_number(result, 0):
                continue
            found = self.evaluate(result)
            ct = self.part(result, found, cotangent, application.is_choice)
            if application.rule.broadcasts:
                push_operand(self, node, operand, ct)
                continue
            target = self.kinds.of.get(operand)
            if isinstance(target, Array) and isinstance(found, Array) and not application.may_be_smaller:
                if found.ndim == target.ndim:
                    ct = replace(ct, kind=Array(found.dtype, target.dims))
            self.push(operand, ct)

    def part(self, expression: gast.expr, kind: Kind, above: Cotangent, is_choice: bool = False) -> Cotangent:
        """The cotangent of a part: what is zero because a ``np.where`` did not take it stays so, whatever follows."""
        if above.condition is None and not above.in_parts and not is_choice:
            return Cotangent(expression, kind)
        if not isinstance(kind, Scalar | Array | Number):
            return Cotangent(expression, kind, in_parts=True)
        return where_not_zero(self.bind(expression, kind), kind)

    def _write(self, statements: list[gast.stmt]) -> None:
        """Write the statements of a rule, whose variables are adjoints' kind of names: known from here on."""
        for statement in statements:
            match statement:
                case gast.Assign(targets=[gast.Name(id=identifier)], value=value):
                    self.adjoints.known.setdefault(identifier, self.evaluate(value))
        self.statements.extend(statements)

    def _fold(self, node: gast.expr, application: Application, z_bar: Kind | None = None) -> Fold:
        parameters = application.parameter_kinds(node, self.kinds, z_bar)
        return folding(self.kinds.evaluate, parameters)


def _may_be_complex(kind: Kind | None) -> bool:
    return isinstance(kind, Scalar) and kind.dtype.startswith("complex")
