"""Which elements of arrays the steps of a function write, and which their reversals read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gast

from srcgrad.differentiate.bounds import Bounds, Context, Extent, called
from srcgrad.differentiate.steps import Branch, Loop, Overwrite, Scope, Simple, Steps
from srcgrad.syntax.walking import children

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

_SHAPE_ATTRIBUTES = frozenset({"shape", "ndim", "size", "dtype"})
_SHAPE_FUNCTIONS = frozenset("empty_like full_like len ndim ones_like shape size zeros_like".split())


@dataclass(frozen=True, eq=False)
class Touch:
    """Elements of the array in ``variable``, at ``position`` of the text; ``extents`` is None for all elements.

    ``text`` is the dump of the part that is touched.  ``overwrite`` is what a write destroys, None for a read;
    ``early`` is true for a read that sees what the step itself has written, ``renewed`` for one of a simple step's
    other adjoint.  ``step`` is the simple step that it belongs to.
    """

    variable: str
    context: Context
    position: int
    extents: tuple[Extent, ...] | None
    text: str
    overwrite: Overwrite | None = None
    early: bool = False
    renewed: bool = False
    step: Simple | None = None


def touches(steps: Steps, variables: Collection[str], parameters: Iterable[str], kinds: Kinds) -> list[Touch]:
    """All writes into the arrays in ``variables`` and all that the reverse sweep reads of them, in the text's order."""
    walk = _Walk(frozenset(variables), Bounds(steps, parameters, kinds))
    walk.block(steps, Context())
    return walk.found


class _Walk:
    def __init__(self, variables: frozenset[str], bounds: Bounds) -> None:
        self.variables = variables
        self.bounds = bounds
        self.found: list[Touch] = []
        self.position = 0
        self._step: Simple | None = None
        self._early = self._renewed = False

    def block(self, steps: Steps, context: Context) -> None:
        for step in steps:
            self.position += 1
            match step:
                case Simple():
                    self._simple(step, context)
                    for statement in step.statements:
                        context = self.bounds.after(statement, context)
                case Branch(origin=origin, body=body, orelse=orelse):
                    self._reads(origin.test, context)
                    self.block(body, context)
                    self.block(orelse, context)
                case Scope(body=body):
                    self.block(body, context)
                case Loop(body=body):
                    inside = self.bounds.inside(step, context)
                    for node in (step.header, *step.rebind.values(), *step.before, *step.count):
                        if node is not None:
                            self._reads(node, inside)
                    self.block(body, inside)

    # ---- touches ----

    def _simple(self, step: Simple, context: Context) -> None:
        self._step = step
        for statements, self._early, self._renewed in (
            (step.adjoint, False, False), (step.early, True, False), (step.renewed, True, True)
        ):  # fmt: skip
            for statement in statements:
                self._reads(statement, context)
        self._early = self._renewed = False
        self._step = None
        for variable in sorted(self.variables & step.held):
            self._note(variable, None, "", context)
        for overwrite in step.overwrites:
            for variable in sorted(self.variables & overwrite.reads):
                self._note(variable, None, "", context)
            if overwrite.variable in self.variables:
                part = restored_part(overwrite)
                extents = self.bounds.extents(part, context) if part is not None else None
                text = gast.dump(part) if part is not None else ""
                self._step = step
                self._note(overwrite.variable, extents, text, context, overwrite)
                self._step = None

    def _note(
        self,
        variable: str,
        extents: tuple[Extent, ...] | None,
        text: str,
        context: Context,
        overwrite: Overwrite | None = None,
    ) -> None:
        place = (variable, context, self.position, extents, text, overwrite)
        self.found.append(Touch(*place, self._early, self._renewed, self._step))

    def _reads(self, node: gast.AST, context: Context) -> None:
        """The reads of an adjoint statement; shapes do not count."""
        match node:
            case gast.Attribute(attr=attr, value=value) if attr in _SHAPE_ATTRIBUTES and self._is_part(value):
                self._indices(value, context)
                return
            case gast.Call(args=[first, *rest]) if called(node) in _SHAPE_FUNCTIONS and self._is_part(first):
                self._indices(first, context)
                for other in (*rest, *node.keywords):
                    self._reads(other, context)
                return
            case gast.Subscript(value=gast.Name(id=variable), slice=index) if variable in self.variables:
                self._note(variable, self.bounds.extents(node, context), gast.dump(_loaded(node)), context)
                self._reads(index, context)
                return
            case gast.Name(id=variable) if variable in self.variables:
                self._note(variable, None, gast.dump(everything(node)), context)
                return
        for child in children(node):
            self._reads(child, context)

    def _is_part(self, node: gast.expr) -> bool:
        """Whether an expression is an array or a part of it, told by basic indices."""
        while isinstance(node, gast.Subscript):
            node = node.value
        return isinstance(node, gast.Name)

    def _indices(self, node: gast.expr, context: Context) -> None:
        while isinstance(node, gast.Subscript):
            self._reads(node.slice, context)
            node = node.value

def restored_part(overwrite: Overwrite) -> gast.expr | None:
    """The part of an array that is put back by one assignment; None where an object is restored in another way."""
    match overwrite.restore:
        case [gast.Assign(targets=[gast.Subscript() as target])]:
            return _loaded(target)
        case _:
            return None


def everything(part: gast.expr) -> gast.expr:
    """``a[...]`` for an array as a whole, a part as it is."""
    if isinstance(part, gast.Name):
        return gast.Subscript(part, gast.Constant(Ellipsis, None), gast.Load())
    return part


def _loaded(part: gast.Subscript) -> gast.Subscript:
    return gast.Subscript(part.value, part.slice, gast.Load())
