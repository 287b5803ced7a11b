"""What must be recorded: values that the reverse sweep reads and that will have been overwritten by then.

The reverse sweep restores, step by step, the variables it needs to what they were.  Going forward through the steps,
the set of *needed* variables is carried along: those whose present value some earlier step's reversal reads.  A step
that overwrites a needed variable saves it first.  This is the to-be-recorded analysis of Hascoet, Naumann and
Pascual (2005), on the adjoint statements as they really are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import gast

from srcgrad.differentiate.alterations import alterations
from srcgrad.differentiate.keeping import whole_copy
from srcgrad.differentiate.shadows import Shadows
from srcgrad.differentiate.steps import Branch, Loop, Overwrite, Scope, Simple, Step, Steps
from srcgrad.kind import Kind
from srcgrad.syntax.build import call, name, names_assigned, names_read

Variables = frozenset[str]


# A loop's body, or the first (True) or second side of a branch.
Place: TypeAlias = "Loop | tuple[Branch, bool]"


@dataclass
class Plan:
    """What each step saves and restores.

    ``saves``: before a simple step.  ``ends``: variables recorded at the end of each trip of a loop, or of the branch
    of a trip that alone has to do with them.  ``around``: variables kept over a whole loop.  ``rebinds``: variables
    that a reversed trip binds again from the loop's own sequence.  ``undefined``: variables that may have no value yet
    where they are recorded.
    """

    saves: dict[Step, list[Overwrite]] = field(default_factory=dict)
    ends: dict[Place, list[Overwrite]] = field(default_factory=dict)
    around: dict[Loop, list[Overwrite]] = field(default_factory=dict)
    rebinds: dict[Loop, list[str]] = field(default_factory=dict)
    undefined: set[str] = field(default_factory=set)


def recording(
    steps: Steps,
    variables: Iterable[str],
    adjoints: Iterable[str],
    parameters: Iterable[str],
    kind_of: Callable[[str], Kind],
    shadows: Shadows,
) -> Plan:
    """The plan for the steps of a function; ``variables`` are primal ones, ``adjoints`` names of the reverse sweep."""
    walk = _Walk(steps, frozenset(variables) - frozenset(adjoints), kind_of, shadows)
    memory = shadows.memory
    walk.block(steps, _State(memory.lasting, frozenset(parameters) | memory.tokens))
    return walk.plan


@dataclass(frozen=True)
class _State:
    """At one point of the forward sweep: the needed variables, and those that surely have a value."""

    needed: Variables
    defined: Variables


class _Walk:
    def __init__(
        self, steps: Steps, variables: Variables, kind_of: Callable[[str], Kind], shadows: Shadows
    ) -> None:
        self.altered = alterations(steps)
        self.tokens = shadows.memory.tokens
        self.variables = variables | self.tokens
        self.kind_of = kind_of
        self.shadows = shadows
        self.plan = Plan()
        self._reads: dict[Simple, Variables] = {}

    def block(self, steps: Steps, state: _State) -> _State:
        for step in steps:
            match step:
                case Simple():
                    state = self._simple(step, state)
                case Branch():
                    state = self._branch(step, state)
                case Loop():
                    state = self._loop(step, state)
                case Scope(body=body):
                    state = self.block(body, state)
        return state

    def reads(self, step: Simple) -> Variables:
        """The primal variables that a step's adjoint statements read."""
        found = self._reads.get(step)
        if found is None:
            read = self.read_by(step.adjoint) | step.held
            found = self._reads[step] = read & self.variables
        return found

    def read_by(self, nodes: Sequence[gast.AST]) -> Variables:
        """The primal variables that adjoint statements read, and what they read of memory."""
        read = frozenset(names_read(list(nodes)))
        if self.tokens:
            read |= self.shadows.tokens_read(nodes)
        return read & self.variables

    def _clear_ends(self, loop: Loop) -> None:
        """Forget where the variables of a loop were recorded in an earlier walk."""
        self.plan.ends[loop] = []
        for branch in _branches(loop.body):
            for side in (True, False):
                self.plan.ends[branch, side] = []

    def _place(self, place: Place, steps: Steps, variable: str) -> Place:
        """The innermost block of a trip in which a variable is both bound and read by the reverse sweep."""
        involved = [step for step in steps if self._involves(step, variable)]
        if len(involved) != 1 or not isinstance(involved[0], Branch):
            return place
        branch = involved[0]
        sides = [any(self._involves(step, variable) for step in side) for side in (branch.body, branch.orelse)]
        if all(sides) or variable in names_read(branch.origin.test):
            return place
        return self._place((branch, sides[0]), branch.body if sides[0] else branch.orelse, variable)

    def _involves(self, step: Step, variable: str) -> bool:
        """Whether a step binds a variable, or the step's reversal reads it."""
        match step:
            case Simple():
                return variable in step.assigned or variable in self.reads(step)
            case Branch():
                inside = any(self._involves(inner, variable) for inner in (*step.body, *step.orelse))
                return inside or (step.has_adjoint and variable in names_read(step.origin.test))
            case Scope():
                return any(self._involves(inner, variable) for inner in step.body)
            case Loop():
                own = step.targets | names_assigned(step.before)
                if step.header is not None:
                    own = own | names_read(step.header)
                own = own.union(*(names_read(statement) for statement in step.rebind.values() if statement is not None))
                return variable in own or any(self._involves(inner, variable) for inner in step.body)

    def _simple(self, step: Simple, state: _State) -> _State:
        reads = self.reads(step)
        if not step.statements:
            # Zeros for an adjoint may be asked for where its variable has no value: they are shaped like None then.
            for variable in reads:
                self._note_undefined(variable, state)
        early = self.read_by(step.early)
        after_step = (reads & step.assigned) - step.reads_itself | early & step.assigned
        before = state.needed | (reads - (after_step - step.reads_itself)) | early - step.assigned
        needed = set(before)
        saves = []
        for overwrite in step.overwrites:
            if overwrite.variable in before:
                saves.append(_where_defined(overwrite, state.defined))
                self._note_undefined(overwrite.variable, state)
                if overwrite.whole:
                    needed.discard(overwrite.variable)
                needed |= overwrite.reads & self.variables
        self.plan.saves[step] = saves
        return _State(frozenset(needed) | after_step, state.defined | step.assigned)

    def _note_undefined(self, variable: str, state: _State) -> None:
        if variable not in state.defined:
            self.plan.undefined.add(variable)

    def _branch(self, step: Branch, state: _State) -> _State:
        body, orelse = self.block(step.body, state), self.block(step.orelse, state)
        asked = self.read_by([step.origin.test]) if step.has_adjoint else frozenset[str]()
        return _State(body.needed | orelse.needed | asked, body.defined & orelse.defined)

    def _loop(self, loop: Loop, state: _State) -> _State:
        bound, changed = _bound_and_changed(loop)
        inside = state.defined | loop.targets | frozenset(names_assigned(loop.before))
        undefined = set(self.plan.undefined)

        def trip(needed: Variables) -> tuple[Variables, Counter[str], Variables]:
            end = self.block(loop.body, _State(needed, inside))
            steps = _simple_steps(loop.body)
            counts = Counter(save.variable for step in steps for save in self.plan.saves.get(step, ()))
            counts.update(save.variable for inner in _loops(loop.body) for save in self.plan.around.get(inner, ()))
            return end.needed, counts, end.defined

        carried: Variables = frozenset()
        while True:
            needed_at_end, counts, _ = trip(carried)
            candidates = (needed_at_end | state.needed) & (bound | changed)
            _, with_candidates, _ = trip(carried | candidates)
            own = candidates - loop.targets - names_assigned(loop.before)
            covered = frozenset(variable for variable in own if with_candidates[variable] == counts[variable])
            # What only grows and shrinks at its end is cheaper to undo step by step than to keep whole.
            covered |= frozenset(v for v in candidates - bound if v in self.tokens or _is_undone(loop.body, v))
            parts = needed_at_end & changed - bound
            grown = carried | covered | parts
            if grown == carried:
                break
            carried = grown
        self.plan.undefined = undefined
        needed_at_end, counts, defined_at_end = trip(carried)
        provided = _with_operands(needed_at_end - carried, loop)
        ends = sorted((needed_at_end & bound) - carried - provided)
        self._clear_ends(loop)
        for variable in ends:
            place = self._place(loop, loop.body, variable)
            kept_here = _where_defined(self._kept(variable, self.altered.at(place)), defined_at_end)
            self.plan.ends.setdefault(place, []).append(kept_here)
            if variable not in defined_at_end and not _is_set_in(place, variable):
                self.plan.undefined.add(variable)
        self.plan.rebinds[loop] = [variable for variable in loop.rebind if variable in provided]
        kept = (state.needed & (bound | changed)) - covered - carried
        self.plan.around[loop] = [
            _where_defined(self._kept(variable, self.altered.before[loop]), state.defined) for variable in sorted(kept)
        ]
        for variable in kept:
            self._note_undefined(variable, state)
        needed = (state.needed - bound - kept) | (state.needed & carried) | (needed_at_end - frozenset(ends) - provided)
        if loop.has_adjoint and loop.header is not None:
            needed |= self.read_by([loop.header])
            for variable in provided:
                statement = loop.rebind[variable]
                if statement is not None:
                    needed |= self.read_by([statement]) - frozenset(names_assigned(loop.header)) - provided
        return _State(needed, state.defined | frozenset(names_assigned(loop.before)))

    def _kept(self, variable: str, altered: Variables) -> Overwrite:
        """The record of a variable as it is, a copy where its object may still change."""
        kept = whole_copy(variable, self.kind_of(variable)) if variable in altered else name(variable)
        return Overwrite(variable, kept)


def _where_defined(overwrite: Overwrite, defined: Variables) -> Overwrite:
    """An overwrite that saves None where its variable may have no value yet."""
    if overwrite.variable in defined or overwrite.restore or not isinstance(overwrite.saved, gast.Call):
        return overwrite
    return replace(overwrite, saved=call("own_copy", name(overwrite.variable)))


def _with_operands(needed: Variables, loop: Loop) -> Variables:
    """The needed variables that a loop's reversal binds again, and those that it binds them from."""
    provided: set[str] = set()
    for variable, statement in reversed(loop.rebind.items()):
        if variable in needed | provided:
            provided |= {variable} | (set() if statement is None else names_read(statement) & loop.rebind.keys())
    return frozenset(provided)


def _is_undone(steps: Steps, variable: str) -> bool:
    """Whether all changes of an object can be taken back with nothing, or one entry of it, recorded."""
    found = [
        overwrite
        for step in _simple_steps(steps)
        for overwrite in step.overwrites
        if overwrite.variable == variable
    ]
    if not any(overwrite.saved is None for overwrite in found):
        return False
    return all(not overwrite.whole and (overwrite.saved is None or bool(overwrite.restore)) for overwrite in found)


def _branches(steps: Steps) -> Iterable[Branch]:
    """The branches of a trip, those inside of inner loops left out."""
    for step in steps:
        match step:
            case Branch(body=body, orelse=orelse):
                yield step
                yield from _branches(body)
                yield from _branches(orelse)
            case Scope(body=body):
                yield from _branches(body)
            case _:
                pass


def _is_set_in(place: Place, variable: str) -> bool:
    """Whether a side of a branch surely gives a variable a value."""
    if isinstance(place, Loop):
        return False
    branch, first = place
    side = branch.body if first else branch.orelse
    return any(isinstance(step, Simple) and variable in step.assigned for step in side)


def _simple_steps(steps: Steps) -> Iterable[Simple]:
    for step in steps:
        match step:
            case Simple():
                yield step
            case Branch(body=body, orelse=orelse):
                yield from _simple_steps(body)
                yield from _simple_steps(orelse)
            case Loop(body=body) | Scope(body=body):
                yield from _simple_steps(body)


def _bound_and_changed(loop: Loop) -> tuple[Variables, Variables]:
    """The variables that a loop binds anew, and those whose objects it changes in place."""
    bound = loop.targets | names_assigned(loop.before)
    changed: set[str] = set()
    for step in _simple_steps(loop.body):
        bound |= step.assigned
        changed |= {overwrite.variable for overwrite in step.overwrites if not overwrite.whole}
    for inner in _loops(loop.body):
        bound |= inner.targets | names_assigned(inner.before)
    return frozenset(bound), frozenset(changed)


def _loops(steps: Steps) -> Iterable[Loop]:
    for step in steps:
        match step:
            case Loop(body=body):
                yield step
                yield from _loops(body)
            case Branch(body=body, orelse=orelse):
                yield from _loops(body)
                yield from _loops(orelse)
            case Scope(body=body):
                yield from _loops(body)
