"""Tapes: where recorded values are kept between the sweeps, and the statements that record and restore them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import gast

from srcgrad.differentiate.lists import SAVED
from srcgrad.differentiate.recording import Place, Plan
from srcgrad.differentiate.steps import Branch, Loop, Overwrite, Scope, Simple, Steps
from srcgrad.kind import Kind, Scalar
from srcgrad.syntax.build import (
    assign,
    call,
    copy_tree,
    expression_statement,
    list_of,
    method,
    name,
    names_assigned,
    names_read,
    subscript,
    tuple_of,
)
from srcgrad.syntax.names import Names


@dataclass(eq=False)
class Site:
    """One place of the forward sweep where values are recorded, all together in one entry of a tape.

    Outside loops the "tape" is a plain variable for each value.  ``index`` is the loop's own counter where the tape is
    an array.
    """

    overwrites: list[Overwrite]
    tape: str
    in_loop: bool
    index: str | None = None
    length: gast.expr | None = None
    dtype: str | None = None

    def record(self) -> list[gast.stmt]:
        """Statements of the forward sweep."""
        values = [overwrite.saved for overwrite in self.overwrites if overwrite.saved is not None]
        if not values:
            return []
        entry = values[0] if len(values) == 1 else tuple_of(*values)
        if not self.in_loop:
            return [assign(self.tape, entry)]
        if self.index is not None:
            return [assign(subscript(self.tape, name(self.index)), entry)]
        return [expression_statement(method(self.tape, "append", entry))]

    def restore(self) -> list[gast.stmt]:
        """Statements of the reverse sweep."""
        saved = [overwrite for overwrite in self.overwrites if overwrite.saved is not None]
        statements: list[gast.stmt] = []
        if saved:
            entry: gast.expr = name(self.tape)
            if self.index is not None:
                entry = subscript(entry, name(self.index))
            elif self.in_loop:
                entry = method(entry, "pop")
            targets = [_target(overwrite) for overwrite in saved]
            if all(target is not None for target in targets):
                whole = targets[0] if len(targets) == 1 else tuple_of(*targets)
                statements.append(assign(whole, entry))
            else:
                value = name(self.tape + "_entry")
                statements.append(assign(value, entry))
                for position, overwrite in enumerate(saved):
                    part = value if len(saved) == 1 else subscript(value, position)
                    statements.extend(_put_back(overwrite, part))
        for overwrite in reversed(self.overwrites):
            if overwrite.saved is None:
                statements.extend(copy_tree(overwrite.restore))
        return statements

    def initialise(self) -> gast.stmt | None:
        """The empty tape, None where there is none to make."""
        if not self.in_loop or not self.tape:
            return None
        if self.index is None:
            return assign(self.tape, list_of())
        arguments = [] if self.dtype in (None, "float64") else [gast.keyword("dtype", name(f"np.{self.dtype}"))]
        made = call("np.empty", self.length)
        made.keywords = [gast.keyword("dtype", call_path(self.dtype))] if arguments else []
        return assign(self.tape, made)


def call_path(dtype: str | None) -> gast.expr:
    """``np.int64`` for a dtype's name; bool is ``np.bool_``."""
    attribute = "bool_" if dtype == "bool" else dtype or "float64"
    return gast.Attribute(name("np"), attribute, gast.Load())


def _target(overwrite: Overwrite) -> gast.expr | None:
    """What a recorded value is assigned to, where one assignment restores it."""
    if not overwrite.restore:
        return name(overwrite.variable)
    match overwrite.restore:
        case [gast.Assign(targets=[target], value=gast.Name(id=identifier))] if identifier == SAVED:
            return target
        case _:
            return None


def _put_back(overwrite: Overwrite, value: gast.expr) -> list[gast.stmt]:
    if not overwrite.restore:
        return [assign(overwrite.variable, value)]
    return [_with_value(statement, value) for statement in copy_tree(overwrite.restore)]


def _with_value(statement: gast.stmt, value: gast.expr) -> gast.stmt:
    """A restoring statement with the recorded value in its place."""

    class Fill(gast.NodeTransformer):
        def visit_Name(self, node: gast.Name) -> gast.expr:
            return copy_tree(value) if node.id == SAVED else node

    return Fill().visit(statement)


@dataclass
class Tapes:
    """All recording sites of a function, by step, by loop end and around loops."""

    before: dict[Simple, Site] = field(default_factory=dict)
    ends: dict[Place, list[Site]] = field(default_factory=dict)
    around: dict[Loop, Site] = field(default_factory=dict)
    drained: dict[Loop, str] = field(default_factory=dict)

    def sites(self) -> list[Site]:
        """Every site once."""
        return [*self.before.values(), *(site for sites in self.ends.values() for site in sites), *self.around.values()]


def tapes(
    steps: Steps, plan: Plan, kind_of: Callable[[str], Kind], names: Names, nonnegative: Callable[[gast.expr], bool]
) -> Tapes:
    """Where each value of the plan is kept."""
    planner = _Planner(plan, kind_of, names, nonnegative)
    planner.walk(steps, 0)
    planner.find_drained(steps)
    return planner.tapes


class _Planner:
    def __init__(
        self, plan: Plan, kind_of: Callable[[str], Kind], names: Names, nonnegative: Callable[[gast.expr], bool]
    ) -> None:
        self.plan = plan
        self.kind_of = kind_of
        self.names = names
        self.nonnegative = nonnegative
        self.tapes = Tapes()
        self._stacks: dict[str, str] = {}
        # The tapes of a branch are made before it, where its own variables have no value.
        self._inside_branches = 0

    def walk(self, steps: Steps, depth: int) -> None:
        for step in steps:
            match step:
                case Simple():
                    saves = self.plan.saves.get(step)
                    if saves:
                        self.tapes.before[step] = self._site(saves, depth)
                case Branch(body=body, orelse=orelse):
                    self._inside_branches += 1
                    self.walk(body, depth)
                    self.walk(orelse, depth)
                    self._inside_branches -= 1
                    for side in (True, False):
                        overwrites = self.plan.ends.get((step, side), [])
                        if overwrites:
                            self.tapes.ends[step, side] = [self._site(overwrites, depth)]
                case Scope(body=body):
                    self.walk(body, depth)
                case Loop():
                    around = self.plan.around.get(step)
                    if around:
                        self.tapes.around[step] = self._site(around, depth)
                    self.walk(step.body, depth + 1)
                    self.tapes.ends[step] = self._ends(step, depth)

    def _ends(self, loop: Loop, depth: int) -> list[Site]:
        overwrites = self.plan.ends.get(loop, [])
        indexed = [overwrite for overwrite in overwrites if self._is_indexed(loop, overwrite.variable, depth)]
        stacked = [overwrite for overwrite in overwrites if overwrite not in indexed]
        sites = []
        for overwrite in indexed:
            variable = overwrite.variable
            kind = self.kind_of(variable)
            assert isinstance(kind, Scalar)
            assert isinstance(loop.origin, gast.For) and isinstance(loop.origin.iter, gast.Call)
            index = loop.origin.target.id
            site = Site([overwrite], self.names.fresh(f"{variable}_tape"), True)
            site.index, site.length, site.dtype = index, loop.origin.iter.args[0], kind.dtype
            sites.append(site)
        if stacked:
            sites.append(self._site(stacked, depth + 1, loop))
        return sites

    def _is_indexed(self, loop: Loop, variable: str, depth: int) -> bool:
        """Whether a tape is an array with one element a trip: NumPy's numbers, in an outermost loop over range(n)."""
        kind = self.kind_of(variable)
        if depth or self._inside_branches or loop.trips is not None:
            return False
        if not isinstance(kind, Scalar) or kind.python is True:
            return False
        match loop.origin:
            case gast.For(
                target=gast.Name(id=index), iter=gast.Call(func=gast.Name(id="range"), args=[length], keywords=[])
            ):
                return index in loop.rebind and loop.rebind[index] is None and self.nonnegative(length)
            case _:
                return False

    def _site(self, overwrites: Sequence[Overwrite], depth: int, loop: Loop | None = None) -> Site:
        saved = [overwrite for overwrite in overwrites if overwrite.saved is not None]
        if depth == 0:
            wanted = f"{saved[0].called}_before" if len(saved) == 1 else "before"
            return Site(list(overwrites), self.names.fresh(wanted) if saved else "", False)
        if len(saved) == 1:
            wanted = f"{saved[0].called}_tape"
        else:
            wanted = "while_tape" if loop is not None and isinstance(loop.origin, gast.While) else "tape"
        if not saved:
            return Site(list(overwrites), "", True)
        if len(saved) > 1:
            # Tuples of different sites do not share a tape: a record may stand before an inner site's.
            return Site(list(overwrites), self.names.numbered(wanted), True)
        stack = self._stacks.get(wanted)
        if stack is None:
            stack = self._stacks[wanted] = self.names.fresh(wanted)
        return Site(list(overwrites), stack, True)

    # ---- loops whose trips are counted by a tape ----

    def find_drained(self, steps: Steps) -> None:
        """Find outermost loops that fill one tape of their own with one entry a trip, and whose index is not read."""
        uses: dict[str, int] = {}
        for site in self.tapes.sites():
            uses[site.tape] = uses.get(site.tape, 0) + 1
        for loop in _outermost(steps):
            if not loop.has_adjoint or not self._is_free(loop):
                continue
            sites = [*self.tapes.ends[loop]]
            simple = [step for step in loop.body if isinstance(step, Simple)]
            sites += [self.tapes.before[step] for step in simple if step in self.tapes.before]
            for site in sites:
                if site.in_loop and site.index is None and site.tape and uses[site.tape] == 1:
                    if loop.header is None or not _reads_index(loop):
                        self.tapes.drained[loop] = site.tape
                        break

    def _is_free(self, loop: Loop) -> bool:
        """Whether nothing that a reversed trip binds at its head depends on which trip it is."""
        index = names_assigned(loop.header) if loop.header is not None else set()
        bound = [loop.rebind[variable] for variable in self.plan.rebinds.get(loop, ())]
        return all(statement is not None and not names_read(statement) & index for statement in bound)


def _reads_index(loop: Loop, steps: Steps | None = None) -> bool:
    """Whether the reversed trips read the reversed loop's own index."""
    assert loop.header is not None
    index = loop.header.target.id
    for step in loop.body if steps is None else steps:
        match step:
            case Simple(adjoint=adjoint, early=early):
                if index in names_read([*early, *adjoint]):
                    return True
            case Branch(origin=origin, body=body, orelse=orelse):
                if index in names_read(origin.test) or _reads_index(loop, body) or _reads_index(loop, orelse):
                    return True
            case Loop(body=body, header=header):
                if (header is not None and index in names_read(header)) or _reads_index(loop, body):
                    return True
            case Scope(body=body):
                if _reads_index(loop, body):
                    return True
    return False


def _outermost(steps: Steps) -> list[Loop]:
    found: list[Loop] = []
    for step in steps:
        match step:
            case Loop():
                found.append(step)
            case Branch(body=body, orelse=orelse):
                found += _outermost(body)
                found += _outermost(orelse)
            case Scope(body=body):
                found += _outermost(body)
            case Simple():
                pass
    return found
