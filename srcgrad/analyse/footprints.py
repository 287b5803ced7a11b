"""What one statement reads and binds by itself, without the blocks inside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import gast

from srcgrad.syntax.build import names_assigned, names_read
from srcgrad.syntax.walking import walk

DEFINITIONS = (gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef)

# Expressions whose inside runs later, with the variables as they then are.
_DEFERRED = (gast.Lambda, gast.GeneratorExp)
_SCOPES = frozenset({gast.Lambda, gast.GeneratorExp, gast.ListComp, gast.SetComp, gast.DictComp})
_SHAPE_ATTRIBUTES = frozenset({"shape", "ndim", "size", "dtype"})
_SHAPE_FUNCTIONS = frozenset("empty_like full_like len ndim ones_like shape size zeros_like".split())
_HANDLERS, _CASES = ("body", "handlers", "orelse", "finalbody"), ("cases",)
_BLOCKS: dict[type[gast.AST], tuple[str, ...]] = {
    gast.If: ("body", "orelse"),
    gast.For: ("body", "orelse"),
    gast.AsyncFor: ("body", "orelse"),
    gast.While: ("body", "orelse"),
    gast.With: ("body",),
    gast.AsyncWith: ("body",),
    gast.Match: _CASES,
    **{kind: _HANDLERS for kind in (gast.Try, getattr(gast, "TryStar", None)) if kind is not None},
}
_TRY = tuple(kind for kind in (gast.Try, getattr(gast, "TryStar", None)) if kind is not None)


@dataclass(frozen=True)
class Footprint:
    """The names that a statement's own part (a loop's header, a branch's test) deals with.

    ``reads``: read, or written into (``a[i] = v`` reads a and i).  ``binds``: surely bound or deleted once the
    statement is done (for a loop: in each trip).  ``may_bind``: bound on the way by a walrus, perhaps.
    ``captured``: read by a nested function, lambda or generator, at any later time.  ``contents``: those of
    ``reads`` of which more is read than shape, size and dtype.
    """

    reads: frozenset[str]
    contents: frozenset[str]
    binds: frozenset[str]
    may_bind: frozenset[str]
    captured: frozenset[str]


class Footprints:
    """Footprints by statement, each made once; good as long as the statements are not changed in place.

    Of the variables in ``arrays``, ``np.zeros_like`` and its kin read the shape only.
    """

    def __init__(self, arrays: Collection[str] = ()) -> None:
        self._arrays = frozenset(arrays)
        self._known: dict[gast.stmt, Footprint] = {}

    def __call__(self, statement: gast.stmt) -> Footprint:
        """The footprint of one statement."""
        found = self._known.get(statement)
        if found is None:
            found = self._known[statement] = _footprint(statement, self._arrays)
        return found


def blocks(statement: gast.stmt) -> tuple[list[gast.stmt], ...]:
    """The blocks inside a compound statement, in the order of the text; nested functions are closed."""
    fields = _BLOCKS.get(type(statement))
    if fields is None:
        return ()
    if fields is _HANDLERS:
        handled = tuple(handler.body for handler in statement.handlers)
        return (statement.body, *handled, statement.orelse, statement.finalbody)
    if fields is _CASES:
        return tuple(case.body for case in statement.cases)
    return tuple(getattr(statement, field) for field in fields)


def statements_in(block: Iterable[gast.stmt]) -> Iterator[gast.stmt]:
    """All statements of a block and of the blocks inside it, in the order of the text."""
    pending = [iter(block)]
    while pending:
        statement = next(pending[-1], None)
        if statement is None:
            pending.pop()
            continue
        yield statement
        if type(statement) in _BLOCKS:
            pending.extend(iter(inner) for inner in reversed(blocks(statement)))


def _footprint(statement: gast.stmt, arrays: frozenset[str]) -> Footprint:
    """The footprint of a statement."""
    collector = _Collector(arrays)
    binds: set[str] = set()
    if isinstance(statement, DEFINITIONS):
        collector.reads |= names_read(statement)
        collector.captured |= collector.reads
        collector.contents |= collector.reads
        binds.add(statement.name)
    elif isinstance(statement, (gast.Import, gast.ImportFrom)):
        binds |= names_assigned(statement)
    else:
        evaluated, targets = _header(statement)
        for target in targets:
            collector.collect(target)
        binds |= collector.stored
        collector.stored = set()
        for part in evaluated:
            collector.collect(part)
        if isinstance(statement, _TRY):
            collector.stored |= {handler.name.id for handler in statement.handlers if handler.name}
        if isinstance(statement, gast.AugAssign):
            collector.reads |= binds
            collector.contents |= binds
    return Footprint(
        frozenset(collector.reads),
        frozenset(collector.contents),
        frozenset(binds),
        frozenset(collector.stored),
        frozenset(collector.captured),
    )


def _header(statement: gast.stmt) -> tuple[list[gast.AST | None], list[gast.AST | None]]:
    """What a statement evaluates itself, and the targets it binds itself."""
    if isinstance(statement, gast.Assign):
        return [statement.value], statement.targets
    if isinstance(statement, gast.AnnAssign):
        return [statement.value], [statement.target] if statement.value is not None else []
    if isinstance(statement, gast.AugAssign):
        return [statement.value], [statement.target]
    if isinstance(statement, (gast.For, gast.AsyncFor)):
        return [statement.iter], [statement.target]
    if isinstance(statement, (gast.If, gast.While)):
        return [statement.test], []
    if isinstance(statement, (gast.With, gast.AsyncWith)):
        return [item.context_expr for item in statement.items], [item.optional_vars for item in statement.items]
    if isinstance(statement, _TRY):
        return [handler.type for handler in statement.handlers], []
    if isinstance(statement, gast.Delete):
        return [], statement.targets
    if isinstance(statement, gast.Match):
        return [statement.subject, *(case.guard for case in statement.cases)], []
    return [statement], []


class _Collector:
    """Names read, stored and captured in expressions; a single walk, for this runs on every statement."""

    def __init__(self, arrays: frozenset[str]) -> None:
        self._arrays = arrays
        self.reads: set[str] = set()
        self.contents: set[str] = set()
        self.stored: set[str] = set()
        self.captured: set[str] = set()

    def collect(self, expression: gast.AST | None) -> None:
        """Add the names of one expression or target."""
        if expression is None:
            return
        pending = [expression]
        while pending:
            node = pending.pop()
            kind = type(node)
            if kind is gast.Name:
                self._name(node)
            elif kind in _SCOPES:
                self._scope(node)
            elif kind is gast.Attribute and self._is_shape(node):
                self.reads.add(node.value.id)
            else:
                if kind is gast.Call and node.args and self._reads_shape_only(node):
                    self.reads.add(node.args[0].id)
                    pending.extend([*node.args[1:], *node.keywords])
                    continue
                for value in node.__dict__.values():
                    if isinstance(value, list):
                        pending.extend(item for item in value if isinstance(item, gast.AST))
                    elif isinstance(value, gast.AST) and value._fields:
                        pending.append(value)

    def _is_shape(self, node: gast.Attribute) -> bool:
        """Whether an attribute asks an array for its shape; other objects may have a ``size`` of their own."""
        is_name = isinstance(node.value, gast.Name)
        return is_name and node.attr in _SHAPE_ATTRIBUTES and node.value.id in self._arrays

    def _name(self, node: gast.Name) -> None:
        if isinstance(node.ctx, gast.Load):
            self.reads.add(node.id)
            self.contents.add(node.id)
        else:
            self.stored.add(node.id)
            if isinstance(node.ctx, gast.Del):
                self.reads.add(node.id)

    def _reads_shape_only(self, call: gast.Call) -> bool:
        """Whether a call reads no more than the shape of its first argument, an array."""
        function, first = call.func, call.args[0]
        name = function.attr if isinstance(function, gast.Attribute) else getattr(function, "id", None)
        return name in _SHAPE_FUNCTIONS and isinstance(first, gast.Name) and first.id in self._arrays

    def _scope(self, node: gast.expr) -> None:
        read = names_read(node)
        self.reads |= read
        self.contents |= read
        self.stored |= names_assigned(node)
        if any(isinstance(inner, _DEFERRED) for inner in walk(node)):
            self.captured |= read
