"""The two sweeps as statements: the user's own text with what it records, then the same in reverse."""

from __future__ import annotations

from dataclasses import dataclass, field

import gast

from srcgrad.differentiate.recording import Plan
from srcgrad.differentiate.steps import Branch, Loop, Scope, Simple, Step, Steps
from srcgrad.differentiate.tapes import Site, Tapes
from srcgrad.errors import UnsupportedError
from srcgrad.syntax.build import assign, constant, copy_tree, name, names_assigned, names_read
from srcgrad.syntax.comments import comment
from srcgrad.syntax.tree import blank


@dataclass
class Sweeps:
    """The statements of both sweeps, without headings."""

    forward: list[gast.stmt] = field(default_factory=list)
    reverse: list[gast.stmt] = field(default_factory=list)


def sweeps(steps: Steps, plan: Plan, tapes: Tapes) -> Sweeps:
    """Forward and reverse sweep of a function."""
    forward = [assign(variable, None) for variable in sorted(plan.undefined)]
    forward += _Forward(plan, tapes).top(steps)
    return Sweeps(forward, _Reverse(plan, tapes).block(steps))


class _Forward:
    """Writes the forward sweep."""

    def __init__(self, plan: Plan, tapes: Tapes) -> None:
        self.plan = plan
        self.tapes = tapes
        self.made: set[str] = set()

    def top(self, steps: Steps) -> list[gast.stmt]:
        """The steps outside of loops, each loop after the tapes that it fills."""
        statements: list[gast.stmt] = []
        for step in steps:
            match step:
                case Loop():
                    statements.extend(self.empty_tapes(step))
                    statements.extend(self.step(step))
                case Branch(body=body, orelse=orelse):
                    for inner in _loops_inside([*body, *orelse]):
                        statements.extend(self.empty_tapes(inner))
                    statements.extend(self.step(step))
                case Scope(body=body):
                    for inner in _loops_inside(body):
                        statements.extend(self.empty_tapes(inner))
                    statements.extend(self.step(step))
                case Simple():
                    statements.extend(self.step(step))
        return statements

    def empty_tapes(self, loop: Loop) -> list[gast.stmt]:
        """The tapes filled inside a loop, made once."""
        statements = []
        for site in self.sites(loop):
            made = site.initialise()
            if made is not None and site.tape not in self.made and site.tape:
                self.made.add(site.tape)
                statements.append(made)
        return statements

    def sites(self, step: Step) -> list[Site]:
        match step:
            case Simple():
                return [self.tapes.before[step]] if step in self.tapes.before else []
            case Branch(body=body, orelse=orelse):
                ends = [site for side in (True, False) for site in self.tapes.ends.get((step, side), ())]
                return [*(site for inner in (*body, *orelse) for site in self.sites(inner)), *ends]
            case Scope(body=body):
                return [site for inner in body for site in self.sites(inner)]
            case Loop(body=body):
                around = [self.tapes.around[step]] if step in self.tapes.around else []
                inside = [site for inner in body for site in self.sites(inner)]
                return [*around, *inside, *self.tapes.ends.get(step, ())]

    def block(self, steps: Steps) -> list[gast.stmt]:
        return [statement for step in steps for statement in self.step(step)]

    def step(self, step: Step) -> list[gast.stmt]:
        match step:
            case Simple(statements=statements):
                site = self.tapes.before.get(step)
                return [*(site.record() if site else []), *copy_tree(statements)]
            case Branch(origin=origin, body=body, orelse=orelse):
                sides = [
                    _before_break(self.block(steps), self.tapes.ends.get((step, side), []))
                    for side, steps in ((True, body), (False, orelse))
                ]
                return [_compound(origin, body=sides[0] or [gast.Pass()], orelse=sides[1])]
            case Scope(origin=gast.With() as origin, body=body):
                return [_compound(origin, body=self.block(body))]
            case Scope(origin=origin, body=body, orelse=orelse, final=final):
                parts = [self.block(part) for part in (body[:orelse], body[orelse:final], body[final:])]
                return [_compound(origin, body=parts[0] or [gast.Pass()], orelse=parts[1], finalbody=parts[2])]
            case Loop(origin=origin, body=body):
                around = self.tapes.around.get(step)
                counted = step.has_adjoint and step not in self.tapes.drained
                statements = [*(around.record() if around else []), *(copy_tree(step.before) if counted else [])]
                inside = [*(copy_tree(step.count) if counted else []), *self.block(body)]
                recorded = _before_break(inside, self.tapes.ends.get(step, []))
                statements.append(_compound(origin, body=recorded, orelse=[]))
                return statements


def _before_break(inside: list[gast.stmt], sites: list[Site]) -> list[gast.stmt]:
    """A block with records at its end, also where it ends with a ``break``; as late as need be."""
    recorded = [statement for site in sites for statement in site.record()]
    if not recorded or not _breaks(inside):
        return [*inside, *recorded]
    last = inside[-1]
    if isinstance(last, gast.Break) or not names_assigned(last) & names_read(recorded):
        return [*inside[:-1], *recorded, last]
    if isinstance(last, gast.If):
        body, orelse = _before_break(last.body, sites), _before_break(last.orelse, sites)
        return [*inside[:-1], _compound(last, body=body, orelse=orelse)]
    if isinstance(last, gast.With):
        return [*inside[:-1], _compound(last, body=_before_break(last.body, sites))]
    raise UnsupportedError(
        "a 'break' in this place is not supported",
        node=last,
        advice="leave the loop at the end of a branch of its body",
    )


def _breaks(body: list[gast.stmt]) -> bool:
    """Whether a trip may end with ``break`` in its last statement."""
    if not body:
        return False
    match body[-1]:
        case gast.Break():
            return True
        case gast.If(body=inner, orelse=orelse):
            return _breaks(inner) or _breaks(orelse)
        case gast.With(body=inner):
            return _breaks(inner)
        case gast.Try(body=inner, orelse=orelse):
            return _breaks(inner) or _breaks(orelse)
        case _:
            return False


class _Reverse:
    """Writes the reverse sweep."""

    def __init__(self, plan: Plan, tapes: Tapes) -> None:
        self.plan = plan
        self.tapes = tapes

    def block(self, steps: Steps) -> list[gast.stmt]:
        return [statement for step in reversed(steps) for statement in self.step(step)]

    def step(self, step: Step) -> list[gast.stmt]:
        match step:
            case Simple():
                return self._simple(step)
            case Branch(origin=origin):
                return _branch(origin, self._side(step, True), self._side(step, False))
            case Scope(origin=gast.With() as origin, body=body) if step.reenter:
                inside = self.block(body)
                return [_compound(origin, body=inside)] if inside else []
            case Scope(body=body):
                return self.block(body)
            case Loop():
                return self._loop(step)

    def _side(self, branch: Branch, first: bool) -> list[gast.stmt]:
        """One side of a reversed branch, after what the forward sweep recorded at its end."""
        sites = self.tapes.ends.get((branch, first), [])
        restored = [statement for site in reversed(sites) for statement in site.restore()]
        return [*restored, *self.block(branch.body if first else branch.orelse)]

    def _simple(self, step: Simple) -> list[gast.stmt]:
        site = self.tapes.before.get(step)
        restored = site.restore() if site else []
        adjoint = copy_tree(step.adjoint)
        heading: list[gast.stmt] = []
        if step.comment and (adjoint or restored or step.early):
            heading = [comment(line) for line in step.comment.splitlines()]
        heading += copy_tree(step.early)
        if site is None:
            return [*heading, *adjoint]
        after = names_read(list(step.adjoint)) & step.assigned - step.reads_itself
        saved = {overwrite.variable for overwrite in site.overwrites if overwrite.whole}
        if after & saved:
            if (names_read(list(step.adjoint)) & step.reads_itself) & saved:
                raise UnsupportedError(
                    "this statement overwrites values in a way that cannot be reversed",
                    node=step.origin,
                    advice="give the new value a name of its own first",
                )
            return [*heading, *adjoint, *restored]
        return [*heading, *restored, *adjoint]

    def _loop(self, loop: Loop) -> list[gast.stmt]:
        around = self.tapes.around.get(loop)
        restored = around.restore() if around else []
        if not loop.has_adjoint or loop.header is None:
            return restored
        inside: list[gast.stmt] = []
        for variable in self.plan.rebinds.get(loop, ()):
            statement = loop.rebind[variable]
            if statement is not None and not any(statement is known for known in inside):
                inside.append(statement)
        inside = copy_tree(inside)
        for site in reversed(self.tapes.ends.get(loop, [])):
            inside.extend(site.restore())
        inside.extend(self.block(loop.body))
        heading: list[gast.stmt] = [comment(loop.comment)] if loop.comment else []
        drained = self.tapes.drained.get(loop)
        if drained is not None:
            index = names_assigned(loop.header.target)
            over_tape = _over_tape(inside, drained) if not index & names_read(inside) else None
            if over_tape is not None:
                return [*heading, over_tape, *restored]
            if loop.trips is not None:
                return [*heading, gast.While(name(drained), inside, []), *restored]
        header = copy_tree(loop.header)
        header.body = inside
        return [*heading, header, *restored]


def _over_tape(inside: list[gast.stmt], tape: str) -> gast.For | None:
    """``for x in x_tape[::-1]``, where a trip's first word on x is ``x = x_tape.pop()`` and it pops nothing else."""
    if sum(_is_pop(node) for statement in inside for node in gast.walk(statement)) != 1:
        return None
    for place, statement in enumerate(inside):
        match statement:
            case gast.Assign(targets=[target], value=value) if _is_pop(value) and names_read(value) == {tape}:
                before = inside[:place]
                if not _binds_names(target) or names_assigned(target) & (names_read(before) | names_assigned(before)):
                    return None
                backward = gast.Slice(None, None, constant(-1))
                entries = gast.Subscript(name(tape), backward, gast.Load())
                return gast.For(target, entries, [*before, *inside[place + 1 :]], [], None)
    return None


def _binds_names(target: gast.expr) -> bool:
    """Whether a target is a name or names, rather than a part of something."""
    elements = target.elts if isinstance(target, gast.Tuple) else [target]
    return all(isinstance(element, gast.Name) for element in elements)


def _is_pop(node: gast.AST) -> bool:
    return isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and node.func.attr == "pop"


def _branch(origin: gast.If, body: list[gast.stmt], orelse: list[gast.stmt]) -> list[gast.stmt]:
    if body:
        return [_compound(origin, body=body, orelse=orelse)]
    if orelse:
        bare = _compound(origin, body=orelse, orelse=[])
        bare.test = gast.UnaryOp(gast.Not(), bare.test)
        return [bare]
    return []


def _compound(origin: gast.stmt, **blocks: list[gast.stmt]) -> gast.stmt:
    """A compound statement with other blocks."""
    bare: gast.stmt = blank(origin)
    for key, value in origin.__dict__.items():
        bare.__dict__[key] = blocks[key] if key in blocks else copy_tree(value)
    return bare


def _loops_inside(steps: Steps) -> list[Loop]:
    found: list[Loop] = []
    for step in steps:
        match step:
            case Loop():
                found.append(step)
            case Branch(body=body, orelse=orelse):
                found += _loops_inside([*body, *orelse])
            case Scope(body=body):
                found += _loops_inside(body)
            case Simple():
                pass
    return found
