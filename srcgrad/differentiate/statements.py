"""The reversal of simple statements: assignments, augmented assignments, results, and calls for their effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.activity import assigned_names
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.mutation import mutated_by
from srcgrad.differentiate.adjoints import Adjoints, zero_of
from srcgrad.differentiate.calls import Calls
from srcgrad.differentiate.checkpoints import checkpointed_step, is_checkpointed_loop
from srcgrad.differentiate.cotangent import Cotangent, where_not_zero
from srcgrad.differentiate.expressions import Expressions
from srcgrad.differentiate.handing_on import HandingOn
from srcgrad.differentiate.keeping import whole_copy
from srcgrad.differentiate.lists import Lists
from srcgrad.differentiate.renewing import NEW_VALUE, with_element, with_operation
from srcgrad.differentiate.steps import Overwrite, Simple
from srcgrad.differentiate.terms import gathered
from srcgrad.differentiate.writes import Writes, is_scatter
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Constant, DictOf, Instance, Kind, Number, Scalar, SequenceOf, is_differentiable
from srcgrad.syntax.build import (
    add,
    assign,
    base_name,
    binary,
    call,
    copy_tree,
    name,
    names_assigned,
    names_read,
    store,
    subscript,
    substitute,
    tuple_of,
)
from srcgrad.syntax.printer import print_tree

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds


# Stands for the value that a variable has after the statement, where the statement reads its earlier value, too.

_VALUED = (gast.Expr, gast.Assign)


class Statements:
    """Builds the step of one simple statement, with the adjoints in the state they have after it."""

    def __init__(self, kinds: Kinds, adjoints: Adjoints, expressions: Expressions, calls: Calls) -> None:
        self.kinds = kinds
        self.adjoints = adjoints
        self.expressions = expressions
        self.calls = calls
        self.lists = Lists(kinds, adjoints, expressions)
        self.writes = Writes(kinds, adjoints, expressions)
        self.handing_on = HandingOn(kinds, adjoints, expressions)
        self._renewed: str | None = None

    def step(self, statement: gast.stmt, varied: frozenset[str]) -> Simple:
        """The step of a statement before which these variables are varied."""
        self.expressions.begin(varied)
        step = self._step(statement)
        self.expressions.flush()
        step.origin = statement
        step.adjoint = self.adjoints.fetched(self.expressions.statements)
        step.early = self.adjoints.fetched(step.early)
        renewed, self._renewed = self._renewed, None
        if renewed is not None:
            step.early, step.adjoint = self._split(step.adjoint, renewed)
        named = self.writes.take_named_value()
        if named is not None:
            element, value = named
            step.renewed = with_element(step.adjoint, element)
            step.adjoint = with_operation(step.adjoint, value)
        if (step.adjoint or step.early) and step.comment is None:
            step.comment = print_tree(copy_tree(statement), wrap=False).strip()
        return step

    def _step(self, statement: gast.stmt) -> Simple:
        match statement:
            case gast.Assign(targets=[gast.Name() as target], value=value):
                return self._assign(statement, target, value)
            case gast.Assign(targets=[gast.Tuple() as target], value=value):
                return self._unpack(statement, target, value)
            case gast.Assign(targets=[gast.Subscript() | gast.Attribute() as target], value=value):
                return self.writes.assign(statement, target, value)
            case gast.AugAssign(target=gast.Name() as target):
                return self._augment(statement, target)
            case gast.AugAssign(target=target):
                return self.writes.augment(statement, target)
            case gast.Expr(value=gast.Call() as value) if is_scatter(value):
                return self.writes.scatter(statement, value)
            case gast.Expr(value=gast.Call() as value) if value in self.adjoints.shadows.memory.calls:
                return self._call(statement, value, gast.Constant(None, None), [])
            case gast.Expr(value=value) if self._mutated(value) is not None:
                return self.lists.change(statement, value)
            case gast.Delete(targets=targets):
                return self._delete(statement, targets)
            case gast.Break() | gast.Pass():
                return Simple([statement])
            case _:
                return self._passive(statement)

    def _mutated(self, value: gast.AST | None) -> str | None:
        """The variable whose object a call changes; methods of the user's classes and functions of modules do not."""
        changed = mutated_by(value) if value is not None else None
        receiver = getattr(getattr(value, "func", None), "value", None)
        if changed is not None and isinstance(receiver, gast.expr) and base_name(receiver) == changed:
            if isinstance(self.kinds.of.get(receiver), Instance | Constant):
                return None
        return changed

    def _passive(self, statement: gast.stmt) -> Simple:
        """A statement through which no adjoint passes."""
        assigned = names_assigned(statement)
        overwrites = [Overwrite(variable, name(variable)) for variable in sorted(assigned)]
        mutated = self._mutated(getattr(statement, "value", None)) if isinstance(statement, _VALUED) else None
        if mutated is not None and mutated not in assigned:
            overwrites.append(Overwrite(mutated, whole_copy(mutated, self.kinds.variables.get(mutated)), whole=False))
        return Simple([statement], [], frozenset(assigned), overwrites, frozenset(assigned & names_read(statement)))

    def _delete(self, statement: gast.stmt, targets: list[gast.expr]) -> Simple:
        for target in targets:
            if base_name(target) in self.adjoints.state.live:
                raise UnsupportedError(
                    "deleting a differentiated value is not supported", node=statement, advice="leave the 'del' out"
                )
        return self._passive(statement)

    # ---- assignment to a variable ----

    def _assign(self, statement: gast.stmt, target: gast.Name, value: gast.expr) -> Simple:
        variable = target.id
        if isinstance(value, gast.Call) and self._mutated(value) is not None:
            return self.lists.take(statement, target, value)
        shadows = self.adjoints.shadows
        if value in shadows.memory.calls or (variable in shadows and self.calls.is_call(value)):
            assert isinstance(value, gast.Call)
            return self._call(statement, value, self._bar_of(target), [variable])
        if variable in shadows:
            return self.handing_on.step(statement, target, value)
        if variable not in self.adjoints.state.live:
            return self._passive(statement)
        itself = variable in names_read(value)
        kind = self.kinds.of.get(target, self.adjoints.kind_of(variable))
        if not self.expressions.depends(value):
            self.adjoints.state.drop([variable])
            return self._step_of([statement], [variable], names_read(value))
        if self.calls.is_call(value):
            assert isinstance(value, gast.Call)
            bar = name(self.adjoints.of(variable))
            return self._call(statement, value, bar, [variable])
        cotangent = self._taken(variable, value, kind)
        if itself:
            self._renewed = variable
            self.adjoints.known[NEW_VALUE] = kind
        self.expressions.value = (value, name(NEW_VALUE if itself else variable))
        self.expressions.push(value, cotangent)
        self._give_back(variable)
        return self._step_of([statement], [variable], names_read(value))

    def _split(self, adjoint: list[gast.stmt], variable: str) -> tuple[list[gast.stmt], list[gast.stmt]]:
        """The adjoint statements that read a variable's new value, which come before its earlier one is restored."""
        readers = [place for place, statement in enumerate(adjoint) if NEW_VALUE in names_read(statement)]
        end = readers[-1] + 1 if readers else 0
        early, rest = adjoint[:end], adjoint[end:]
        if variable in names_read(early):
            kept = name(self.expressions.names.fresh(f"{variable}_new"))
            return [assign(kept, name(variable))], [substitute(statement, {NEW_VALUE: kept}) for statement in adjoint]
        return [substitute(statement, {NEW_VALUE: name(variable)}) for statement in early], rest

    def _taken(self, variable: str, value: gast.expr, kind: Kind) -> Cotangent:
        """The adjoint of an assigned variable, taken out of it: the variable's earlier value has its own."""
        state, bar = self.adjoints.state, self.adjoints.of(variable)
        guarded = variable in state.guarded
        owned = variable in state.owned
        state.drop([variable])
        expression: gast.expr = name(bar)
        if variable in dependencies(value, self.kinds):
            if _whole_reads_only(value, variable):
                self.expressions.collected, self.expressions.collects = [], gast.dump(name(variable))
            else:
                expression = self.expressions.bind(binary(bar, "+", 0.0), kind)
                taken = self.expressions.statements[-1]
                assert isinstance(taken, gast.Assign)
                taken.value = name(bar)
        elif owned and isinstance(value, gast.Name) and isinstance(kind, Array):
            self.adjoints.passes_on = value.id
        if guarded and isinstance(kind, Scalar | Array):
            return where_not_zero(expression, kind)
        is_full = isinstance(self.adjoints.kind_of(variable), Array) and isinstance(kind, Array) and kind.dims != ()
        return Cotangent(expression, kind, is_full=is_full)

    def _give_back(self, variable: str) -> None:
        """The contributions of a variable's new value to its own earlier value, once the old adjoint is read."""
        self.expressions.flush()
        collected = self.expressions.collected
        self.expressions.collected = None
        if not collected:
            return
        terms = gathered(collected)
        total: gast.expr = terms[0][0]
        for expression, _ in terms[1:]:
            total = add(total, expression)
        kind = terms[0][1] if len(terms) == 1 else self.expressions.evaluate(total)
        if isinstance(total, gast.Name) and total.id == self.adjoints.of(variable):
            self.adjoints.state.live.add(variable)
            return
        self.expressions.statements.extend(self.adjoints.add(name(variable), total, kind))

    def _step_of(self, statements: list[gast.stmt], variables: list[str], read: set[str]) -> Simple:
        overwrites = [Overwrite(variable, name(variable)) for variable in variables]
        return Simple(statements, [], frozenset(variables), overwrites, frozenset(variables) & read)

    def _unpack(self, statement: gast.Assign, target: gast.Tuple, value: gast.expr) -> Simple:
        variables = assigned_names(target)
        if isinstance(value, gast.Call) and self._mutated(value) is not None:
            return self.lists.take(statement, target, value)
        shadows = self.adjoints.shadows
        if not set(variables) & self.adjoints.state.live and value not in shadows.memory.calls:
            return self._passive(statement)
        if not self.expressions.depends(value):
            self.adjoints.state.drop(variables)
            return self._step_of([statement], variables, names_read(value))
        if is_checkpointed_loop(value, self.kinds):
            return checkpointed_step(statement, self.kinds, self.adjoints, self.expressions, self.calls)
        bars: list[gast.expr] = []
        for element in target.elts:
            assert isinstance(element, gast.Name)
            bars.append(self._bar_of(element))
        self.adjoints.state.drop(variables)
        cotangent: gast.expr = tuple_of(*bars)
        if self.calls.is_call(value):
            assert isinstance(value, gast.Call)
            return self._call(statement, value, cotangent, variables)
        if set(variables) & shadows.variables:
            if shadows.is_reference(value):
                self._hand_out(target, value, bars)
                return self._step_of([statement], variables, names_read(value))
            raise UnsupportedError(
                "arrays that may share memory which is written into are unpacked here: not supported",
                node=statement,
                advice="assign them one by one",
            )
        if set(variables) & dependencies(value, self.kinds):
            raise UnsupportedError(
                "unpacking a differentiated value into a variable that it is computed from is not supported",
                node=statement,
                advice="unpack into variables of other names",
            )
        if isinstance(self.kinds.of[value], Instance | DictOf):
            raise UnsupportedError(
                "unpacking an object or a dict of differentiated values is not supported",
                node=statement,
                advice="assign its parts one by one",
            )
        if isinstance(self.kinds.of[value], Array | Number):
            cotangent = call("np.array", gast.List(bars, gast.Load()))
        self.expressions.push(value, Cotangent(cotangent, self.kinds.of[value]))
        return self._step_of([statement], variables, names_read(value))

    def _hand_out(self, target: gast.Tuple, value: gast.expr, bars: list[gast.expr]) -> None:
        """Give the adjoints of what is unpacked from memory back to it: of what is no memory itself."""
        for position, (element, bar) in enumerate(zip(target.elts, bars, strict=True)):
            if element.id not in self.adjoints.shadows and not isinstance(bar, gast.Constant):
                part = gast.copy_location(subscript(value, position), value)
                kind = self.kinds.of.get(element, self.adjoints.kind_of(element.id))
                self.kinds.of[part] = kind  # type: ignore[index]
                self.expressions.push(part, Cotangent(bar, kind))

    def _bar_of(self, target: gast.Name) -> gast.expr:
        """The adjoint of a variable that a call binds, for the callee; None where that needs none, or finds it."""
        kind = self.kinds.of.get(target, self.adjoints.kind_of(target.id))
        if target.id in self.adjoints.shadows or not is_differentiable(kind):
            return gast.Constant(None, None)
        if target.id in self.adjoints.state.live:
            return name(self.adjoints.of(target.id))
        return zero_of(kind, name(target.id))

    def _call(
        self, statement: gast.stmt, value: gast.Call, bar: gast.expr, variables: list[str]
    ) -> Simple:
        shadows = self.adjoints.shadows
        bound = statement.targets[0] if isinstance(statement, gast.Assign) else None
        pair = self.calls.pair(value, self.expressions, bound, bool(set(variables) & shadows.variables))
        forward, kept = statement, list(variables)
        if pair.records is not None:
            target = tuple_of(copy_tree(bound) if bound is not None else name("_"), name(pair.records))
            forward = gast.copy_location(gast.Assign([store(target)], pair.forward, None), statement)
            kept.append(pair.records)
        self.adjoints.state.drop(variables)
        self.calls.push(pair, bar, self.expressions, self.adjoints, set(variables))
        step = self._step_of([forward], kept, names_read(value))
        # What the callee has recorded may be an argument itself, or the result: later writes are undone first.
        step.held = frozenset(names_read(pair.forward) | set(variables)) & self.adjoints.written
        step.held |= shadows.tokens_read([pair.forward, *map(name, variables)])
        step.comment = print_tree(copy_tree(statement), wrap=False).strip()
        return step

    # ---- augmented assignment to a variable ----

    def _augment(self, statement: gast.AugAssign, target: gast.Name) -> Simple:
        kind = self.kinds.of.get(target, self.adjoints.kind_of(target.id))
        if isinstance(kind, Array):
            return self.writes.augment(statement, target)
        if isinstance(kind, SequenceOf):
            return self.lists.extend(statement, target)
        variable = target.id
        step = self._step_of([statement], [variable], {variable})
        if not isinstance(kind, Scalar):
            # It may be an array, which changes in place.
            step.overwrites = [Overwrite(variable, whole_copy(variable, kind), whole=False)]
        if variable not in self.adjoints.state.live:
            return step
        bar = name(self.adjoints.of(variable))
        if isinstance(statement.op, gast.Add | gast.Sub) and isinstance(kind, Scalar):
            if not self.expressions.depends(statement.value):
                return step
            if variable not in dependencies(statement.value, self.kinds):
                sign = gast.UnaryOp(gast.USub(), bar) if isinstance(statement.op, gast.Sub) else bar
                self.expressions.push(statement.value, Cotangent(sign, kind))
                return step
        value = self.writes.expanded(statement, target, kind)
        cotangent = self._taken(variable, value, kind)
        self.expressions.push(value, cotangent)
        self._give_back(variable)
        return step


def _whole_reads_only(value: gast.expr, variable: str) -> bool:
    """Whether a value reads a variable only as a whole, and not in one side of a conditional expression."""
    for node in gast.walk(value):
        if isinstance(node, gast.IfExp):
            return False
        if isinstance(node, gast.Subscript | gast.Attribute) and base_name(node) == variable:
            return False
    return True


__all__ = ["Statements", "assign"]
