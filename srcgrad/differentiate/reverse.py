"""Reverse mode: each statement of a function in normal form beside the statements that reverse it.

The walk goes backward, so that at each statement it is known which adjoints hold something already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.activity import Activity, assigned_names
from srcgrad.analyse.mutation import objects_changed
from srcgrad.differentiate.adjoints import Adjoints, State, zero_of
from srcgrad.differentiate.cotangent import Cotangent
from srcgrad.differentiate.expressions import Expressions
from srcgrad.differentiate.iteration import iteration
from srcgrad.differentiate.keeping import whole_copy
from srcgrad.differentiate.recomputing import recomputed
from srcgrad.differentiate.statements import Statements
from srcgrad.differentiate.steps import Branch, Loop, Overwrite, Scope, Simple, Step
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Constant, Function, Number, Range, Scalar
from srcgrad.syntax.build import assign, call, copy_tree, name, names_assigned, names_read
from srcgrad.syntax.names import Names
from srcgrad.syntax.printer import print_tree
from srcgrad.syntax.walking import walk

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

_COMPOUND = (gast.If, gast.For, gast.While, gast.With, gast.Try)
_CHEAP = frozenset({"len", "abs", "isinstance", "min", "max", "float", "int"})


class Reverse:
    """Builds the steps of one function; ``adjoints.state`` is the state at the present point, from the end backward."""

    def __init__(
        self, kinds: Kinds, activity: Activity, adjoints: Adjoints, statements: Statements, names: Names
    ) -> None:
        self.kinds = kinds
        self.activity = activity
        self.adjoints = adjoints
        self.statements = statements
        self.expressions: Expressions = statements.expressions
        self.names = names
        self.changed = adjoints.shadows.memory.changed
        self.made: set[str] = set()

    def at_entry(self, parameters: Sequence[str]) -> list[Step]:
        """Zeros for the gradients of parameters that do not matter, at the very beginning of the function."""
        zeros = self.adjoints.materialise(set(parameters) - self.state.live)
        shadows = self.adjoints.shadows
        for parameter in sorted(set(parameters) & shadows.variables - shadows.memory.given):
            zeros.append(assign(self.adjoints.of(parameter), shadows.whole(name(parameter))))
        return [Simple([], zeros)] if zeros else []

    @property
    def state(self) -> State:
        """The adjoints that hold something at this point."""
        return self.adjoints.state

    def block(self, body: Sequence[gast.stmt]) -> list[Step]:
        """The steps of a block."""
        steps: list[Step] = []
        for statement in reversed(body):
            steps[:0] = self.statement(statement)
        return steps

    def statement(self, statement: gast.stmt) -> list[Step]:
        """The steps of one statement."""
        if isinstance(statement, _COMPOUND):
            if not self._carries(statement):
                return [passive(statement, self.kinds)]
            match statement:
                case gast.If():
                    return self._branch(statement)
                case gast.For() | gast.While():
                    return self._loop(statement)
                case gast.With():
                    return [self._with(statement)]
                case _:
                    return [self._try(statement)]
        return [self.statements.step(statement, self.activity.varied_before.get(statement, frozenset()))]

    def _carries(self, statement: gast.stmt) -> bool:
        """Whether an adjoint passes through a compound statement: it binds or changes what has one."""
        changed = self.changed(statement)
        alive = self.state.live | self.activity.head(statement)
        return bool(changed & alive)

    # ---- branches ----

    def _branch(self, statement: gast.If) -> list[Step]:
        after = self.state
        self.adjoints.state = after.copy()
        body = self.block(statement.body)
        first = self.state
        self.adjoints.state = after.copy()
        orelse = self.block(statement.orelse)
        second = self.state
        wanted = (first.live | second.live) & (self.activity.before(statement) | (first.live & second.live))
        body = self._completed(body, first, wanted)
        orelse = self._completed(orelse, second, wanted)
        owned, guarded = first.owned & second.owned & wanted, (first.guarded | second.guarded) & wanted
        state = State(set(wanted), owned, guarded, after.lasting)
        self.adjoints.state = state
        has_adjoint = any(has_reversal(step) for step in (*body, *orelse))
        if not has_adjoint or self._is_repeatable(statement):
            return [Branch(statement, body, orelse, has_adjoint)]
        flag = self.names.fresh("taken")
        self.made.add(flag)
        asked = assign(flag, statement.test)
        bare = copy_tree_head(statement, name(flag))
        first_step = Simple([asked], [], frozenset([flag]), [Overwrite(flag, name(flag))])
        return [first_step, Branch(bare, body, orelse, has_adjoint)]

    def _is_repeatable(self, statement: gast.If) -> bool:
        """Whether the reverse sweep can ask the test again: the branches leave what it reads, and it is cheap."""
        changed = self.changed(*statement.body, *statement.orelse)
        if names_read(statement.test) & changed:
            return False
        return not any(isinstance(node, gast.Call) and not _is_cheap(node) for node in walk(statement.test))

    def _completed(self, steps: list[Step], state: State, wanted: set[str] | frozenset[str]) -> list[Step]:
        """Zeros, at the head of a branch, for the adjoints that only the other branch needs."""
        self.adjoints.state = state
        zeros = self.adjoints.materialise(wanted - state.live)
        return [Simple([], zeros), *steps] if zeros else steps

    # ---- loops ----

    def _loop(self, statement: gast.For | gast.While) -> list[Step]:
        found = iteration(statement, self.kinds, self.names, self.changed)
        head = set(self.activity.head(statement))
        entry = self.adjoints.materialise(head - self.state.live)
        read = [*statement.body, statement.iter] if isinstance(statement, gast.For) else list(statement.body)
        rebound = self._rebound(statement)
        in_place = names_read(read) - rebound
        for variable in sorted((head | self.state.live) & in_place):
            if isinstance(self.adjoints.kind_of(variable), Array):
                entry.extend(self.adjoints.own(variable))
        at_head = self.state.copy()
        at_head.owned -= rebound
        while True:
            self.adjoints.state = at_head.copy()
            body = self.block(statement.body)
            body = [*self._elements(statement, found.elements), *body]
            lost = at_head.owned & self.state.live - self.state.owned
            guarded = self.state.guarded & at_head.live - at_head.guarded
            if not lost and not guarded:
                break
            # A trip leaves this adjoint under a second name, or masked: once more, without counting on it.
            at_head.owned -= lost
            at_head.guarded |= guarded
        zeros = self._cleared(statement, at_head.live - self.state.live)
        if zeros:
            body = [Simple([], zeros), *body]
        self.state.owned &= at_head.owned
        targets = frozenset(assigned_names(statement.target)) if isinstance(statement, gast.For) else frozenset[str]()
        if found.trips is not None:
            self.made.add(found.trips)
        loop = Loop(
            statement,
            body,
            any(has_reversal(step) for step in body),
            found.before,
            found.count,
            found.header,
            {**found.rebind, **recomputed(statement, found.rebind, self.kinds, self.adjoints.written)},
            targets,
            found.trips,
            heading_of(statement),
        )
        steps: list[Step] = [loop]
        if entry:
            steps.append(Simple([], entry))
        return steps

    def _rebound(self, statement: gast.stmt) -> set[str]:
        """The variables that a statement binds anew; ``a += v`` leaves an array where it is."""
        in_place = {
            node.target
            for node in walk(statement)
            if isinstance(node, gast.AugAssign)
            and isinstance(node.target, gast.Name)
            and isinstance(self.kinds.of.get(node.target), Array)
        }
        stored = {
            node.id
            for node in walk(statement)
            if isinstance(node, gast.Name) and node not in in_place and not isinstance(node.ctx, gast.Load)
        }
        augmented = {target.id for target in in_place}
        return names_assigned(statement) - (augmented - stored)

    def _cleared(self, loop: gast.For | gast.While, variables: set[str]) -> list[gast.stmt]:
        """Statements that clear adjoints which a trip has used up, for the trip before it or what precedes the loop."""
        statements: list[gast.stmt] = []
        varied = self.activity.varied_before.get(loop, frozenset())
        for variable in sorted(variables):
            bar, kind = self.adjoints.of(variable), self.adjoints.kind_of(variable)
            if variable in varied and isinstance(kind, Array | Number) and not self._keeps_shape(loop, variable, kind):
                zero: gast.expr = call("np.zeros_like", name(variable))
            else:
                zero = zero_of(kind, name(bar))
            statements.append(assign(bar, zero))
            self.state.live.add(variable)
        return statements

    def _keeps_shape(self, loop: gast.For | gast.While, variable: str, kind: Array | Number) -> bool:
        """Whether an array has the same shape before a loop and after each of its trips."""
        if isinstance(kind, Number) or kind.dims is None:
            return False
        for node in gast.walk(loop):
            if isinstance(node, gast.Name) and node.id == variable and isinstance(node.ctx, gast.Store):
                found = self.kinds.of.get(node)
                if not isinstance(found, Array) or found.dims != kind.dims:
                    return False
        return True

    def _elements(self, statement: gast.For | gast.While, elements: list[tuple[gast.Name, gast.expr]]) -> list[Step]:
        """The reversal of binding a loop's targets: their adjoints go to the elements of the sequences."""
        if not isinstance(statement, gast.For):
            return []
        varied = self.activity.varied_head.get(statement, frozenset())
        self.expressions.begin(varied)
        for target, part in elements:
            if target.id in self.state.live and target.id not in self.adjoints.shadows:
                bar = name(self.adjoints.of(target.id))
                self.state.drop([target.id])
                self.expressions.push(part, Cotangent(bar, self.kinds.of[target]))
        self.expressions.flush()
        left = set(assigned_names(statement.target)) & self.state.live - self.adjoints.shadows.variables
        if left and self.expressions.depends(statement.iter):
            raise UnsupportedError(
                "this loop runs over differentiated values in a way that cannot be reversed",
                node=statement.iter,
                advice="run over an array or a list held in a variable that the loop does not change",
            )
        self.state.drop(left)
        if not self.expressions.statements:
            return []
        return [Simple([], self.adjoints.fetched(self.expressions.statements))]

    # ---- with and try ----

    def _with(self, statement: gast.With) -> Scope:
        body = self.block(statement.body)
        reenter = "errstate" in print_tree(copy_tree([item.context_expr for item in statement.items][0]))
        return Scope(statement, body, reenter)

    def _try(self, statement: gast.Try) -> Scope:
        for handler in statement.handlers:
            if not handler.body or not isinstance(handler.body[-1], gast.Raise):
                raise UnsupportedError(
                    "a differentiated value is computed under a handler that goes on after an exception",
                    node=statement,
                    advice="compute it outside of the try statement, or let the handler raise",
                )
        # An exception passes through the whole function, so that what is reversed has run from the first to the last.
        final = self.block(statement.finalbody)
        orelse = self.block(statement.orelse)
        body = self.block(statement.body)
        return Scope(statement, [*body, *orelse, *final], False, len(body), len(body) + len(orelse))


def copy_tree_head(statement: gast.If, test: gast.expr) -> gast.If:
    """An ``if`` with another test and no branches: only its head is used."""
    return gast.copy_location(gast.If(test, [], []), statement)


def _is_cheap(called: gast.Call) -> bool:
    """Whether a call costs next to nothing and always gives the same."""
    return isinstance(called.func, gast.Name) and called.func.id in _CHEAP


def has_reversal(step: Step) -> bool:
    """Whether the reverse sweep does anything for a step."""
    match step:
        case Simple(adjoint=adjoint, early=early, overwrites=overwrites):
            return bool(adjoint or early) or any(overwrite.label for overwrite in overwrites)
        case Branch() | Loop():
            return step.has_adjoint
        case Scope(body=body):
            return any(has_reversal(inner) for inner in body)


def passive(statement: gast.stmt, kinds: Kinds) -> Simple:
    """The step of a compound statement through which no adjoint passes.

    Where anything changes in place inside, so may what its variables held before they are bound anew.
    """
    assigned = names_assigned(statement)
    numbers = {v for v, kind in kinds.variables.items() if isinstance(kind, Scalar | Constant | Function | Range)}
    changed = objects_changed(statement) - numbers
    overwrites = []
    for variable in sorted(assigned | changed):
        is_safe = not changed or variable in numbers
        saved = name(variable) if is_safe else whole_copy(variable, kinds.variables.get(variable))
        overwrites.append(Overwrite(variable, saved, whole=variable in assigned))
    itself = frozenset(assigned & names_read(statement))
    return Simple([statement], [], frozenset(assigned), overwrites, itself, None, statement)


def heading_of(statement: gast.stmt) -> str:
    """The first line of a compound statement: ``for i in range(n):``."""
    bare = copy_tree(statement)
    bare.body = [gast.Pass()]
    if hasattr(bare, "orelse"):
        bare.orelse = []
    return print_tree(bare).splitlines()[0]
