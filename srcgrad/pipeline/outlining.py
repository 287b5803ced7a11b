"""Outlining: the trips of a checkpointed loop become calls of a function of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import gast

from srcgrad.analyse.activity import Activity, assigned_names
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.effects import calls_that_write, other_names, written_variables
from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.liveness import liveness
from srcgrad.analyse.mutation import changed_names
from srcgrad.analyse.operations import is_path, may_carry, single_target
from srcgrad.custom import checkpointed
from srcgrad.differentiate.needed import statements_of
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Array, Function, Number, SequenceOf, TupleOf
from srcgrad.pipeline.program import SourceProgram
from srcgrad.read.written import function_of
from srcgrad.runtime import checkpointed_loop
from srcgrad.syntax.build import (
    assign,
    call,
    constant,
    copy_tree,
    local_names,
    name,
    names_read,
    parameter_names,
    return_statement,
    subscript,
    tuple_of,
)
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import located_at, with_replaced

_Loop: TypeAlias = gast.For | gast.While


def outlined_loops(
    tree: gast.FunctionDef, function: Any, kinds: Kinds, active: Activity, names: Names, program: SourceProgram
) -> gast.FunctionDef:
    """The function with each checkpointed loop through which a derivative passes as a call.

    ``for i in checkpointed(range(n), snapshots=9): u = u * w`` becomes ``(u,) = checkpointed_loop(step, range(n), 9,
    (u,), (w,))``, with ``def step(i, u, w): u = u * w; return u, w``.
    """
    for loop, called in _checkpointed_loops(tree.body, kinds):
        varied = active.varied_after.get(loop, frozenset())
        if not changed_names(loop) & {variable for variable in varied if may_carry(kinds.variables.get(variable))}:
            continue
        outline = _Outline(tree, loop, called, function, kinds, varied, names, program)
        return with_replaced(tree, {loop: [outline.statement()]})
    return tree


def without_checkpointed(tree: gast.FunctionDef, kinds: Kinds) -> gast.FunctionDef:
    """The function with ``range(n)`` for ``checkpointed(range(n), snapshots=9)``: in forward mode nothing is kept."""
    heads = {called: _over(called) for _, called in _checkpointed_loops(tree.body, kinds)}
    return with_replaced(tree, heads) if heads else tree


def _over(called: gast.Call) -> gast.expr:
    """What a checkpointed loop runs over, or its test."""
    options = {keyword.arg: keyword.value for keyword in called.keywords}
    return called.args[0] if called.args else options["items"]


def _checkpointed_loops(body: list[gast.stmt], kinds: Kinds) -> Iterator[tuple[_Loop, gast.Call]]:
    for statement in statements_of(body):
        if isinstance(statement, _Loop):
            head = statement.iter if isinstance(statement, gast.For) else statement.test
            target = single_target(head, kinds) if isinstance(head, gast.Call) else None
            if target is not None and target.function is checkpointed:
                yield statement, head


@dataclass(frozen=True)
class _Items:
    """What a loop runs over, from outside, and the statements that bind its targets at the head of a trip."""

    items: gast.expr
    item: str
    binding: list[gast.stmt]


class _Outline:
    """One loop, as a call."""

    def __init__(
        self,
        tree: gast.FunctionDef,
        loop: _Loop,
        called: gast.Call,
        function: Any,
        kinds: Kinds,
        varied: frozenset[str],
        names: Names,
        program: SourceProgram,
    ) -> None:
        self.tree, self.loop, self.function = tree, loop, function
        self.kinds, self.varied, self.names, self.program = kinds, varied, names, program
        options = {keyword.arg: keyword.value for keyword in called.keywords}
        self.over = _over(called)
        self.limit = options.get("snapshots") or (called.args[1] if len(called.args) > 1 else constant(20))
        alive = liveness(tree)
        self.after = alive.after[loop]
        self.is_ended = isinstance(loop, gast.While) or _has_break(loop.body)
        self.going = names.fresh("goes_on")
        self.items = self._items()
        read = alive.before[loop.body[0]] | names_read(self.over)
        variables = local_names(tree) | set(parameter_names(tree.args))
        targets = set(assigned_names(loop.target)) if isinstance(loop, gast.For) else set()
        writing = {written for call_, written in calls_that_write(loop, kinds, program.body)}
        changed = (changed_names(*loop.body) | writing) & variables
        self.state = sorted(changed & read - targets)
        self.others = sorted((changed | targets) & self.after - set(self.state))
        inside = (names_read(loop.body) | names_read(self.items.binding)) & variables
        if isinstance(loop, gast.While):
            inside |= names_read(self.over) & variables
        self.inner = self._inner_functions(inside)
        read = read | names_read(self.inner)
        inside |= names_read(self.inner) & variables
        inside -= {definition_name(statement) for statement in self.inner}
        fixed = inside & (read | names_read(self.items.binding)) - changed - targets - {self.items.item}
        self.shared = sorted(variable for variable in fixed if variable in varied and self._is_numeric(variable))
        self.constants = sorted(fixed - set(self.shared))
        self.written = self._written(writing)
        # What nothing sets before the loop, and the trips hand on all the same.
        self.unset = set(self.state) & alive.before[tree.body[0]] - set(parameter_names(tree.args))

    def _is_numeric(self, variable: str) -> bool:
        return may_carry(self.kinds.variables.get(variable))

    # ---- the pieces of the loop ----

    def _items(self) -> _Items:
        if isinstance(self.loop, gast.While):
            return _Items(constant(None), self.names.fresh("trip"), [])
        target = self.loop.target
        if not dependencies(self.over, self.kinds) & self.varied:
            if isinstance(target, gast.Name):
                return _Items(self.over, target.id, [])
            item = self.names.fresh("item")
            return _Items(self.over, item, [gast.Assign([copy_tree(target)], name(item), None)])
        index = self.names.fresh("trip")
        match self.over:
            case gast.Call(func=gast.Name(id="enumerate"), args=[source]) if isinstance(target, gast.Tuple):
                pairs = [(target.elts[0], name(index)), (target.elts[1], subscript(source, name(index)))]
                sources = [source]
            case gast.Call(func=gast.Name(id="zip"), args=sources) if isinstance(target, gast.Tuple):
                pairs = [(part, subscript(source, name(index))) for part, source in zip(target.elts, sources)]
            case source:
                pairs, sources = [(target, subscript(source, name(index)))], [source]
        if not all(self._is_sequence(source) for source in sources) or len(pairs) < len(sources):
            raise UnsupportedError(
                "this checkpointed loop runs over differentiated values in a way that cannot be reversed",
                node=self.over,
                advice="run over range(len(...)), and take the items inside the loop",
            )
        lengths = [call("len", source) for source in sources]
        length = lengths[0] if len(lengths) == 1 else call("min", *lengths)
        binding: list[gast.stmt] = [gast.Assign([copy_tree(part)], item, None) for part, item in pairs]
        return _Items(call("range", length), index, [located_at(statement, self.loop) for statement in binding])

    def _is_sequence(self, source: gast.expr) -> bool:
        kind = self.kinds.of.get(source)
        return is_path(source, self.kinds) and isinstance(kind, Array | SequenceOf | TupleOf | Number)

    def _written(self, writing: set[str]) -> list[int]:
        """Which parts of the state the trips write into; refuses what is known under other names, too."""
        inside = gast.FunctionDef("loop", self.tree.args, self.loop.body, [], None, None, [])
        written = (written_variables(inside, self.kinds) | writing) & set(self.state)
        others = other_names(self.tree, self.kinds)
        known = {*self.state, *self.shared, *self.constants}
        for variable in sorted(written):
            outside = (others(variable) & self.after) - known
            is_array = isinstance(self.kinds.variables.get(variable), Array | Number)
            inner = set() if is_array else others(variable) & known
            if outside or inner:
                raise UnsupportedError(
                    f"this checkpointed loop writes into {variable!r}, which may share its memory with "
                    f"{', '.join(sorted(outside | inner))}",
                    node=self.loop,
                    advice=f"let the loop write into a copy: {variable} = {variable}.copy()",
                )
        return [place for place, variable in enumerate(self.state) if variable in written]

    def _written_later(self) -> list[int]:
        """What of the results, and of what the trips share, is written into outside of the loop."""
        outside: Any = with_replaced(self.tree, {self.loop: []})
        written = written_variables(outside, self.kinds)
        handed_on = (*self.state, *self.others, *self.shared, *self.constants)
        return [place for place, variable in enumerate(handed_on) if variable in written]

    def _inner_functions(self, read: set[str]) -> list[gast.stmt]:
        """The definitions of the functions inside the differentiated one that the trips call, directly or not."""
        found: list[gast.stmt] = []
        waiting, seen = sorted(read), set(read)
        while waiting:
            variable = waiting.pop()
            kind = self.kinds.variables.get(variable)
            if not isinstance(kind, Function) or not any(isinstance(target, gast.AST) for target in kind.targets):
                continue
            definitions = [part for part in self.tree.body if definition_name(part) == variable]
            if len(definitions) != 1 or len(kind.targets) > 1:
                raise UnsupportedError(
                    f"this checkpointed loop uses {variable!r}, one of several functions defined around it",
                    node=self.loop,
                    advice="define one function at the top level, with what it reads from around it as arguments",
                )
            found.insert(0, definitions[0])
            further = names_read(definitions) - seen
            seen |= further
            waiting += sorted(further)
        return found

    # ---- what becomes of it ----

    def _step(self) -> gast.FunctionDef:
        """One trip as a function."""
        body: list[gast.stmt] = [*copy_tree(self.inner), *self.items.binding]
        trip = [_Broken(self.going).visit(statement) for statement in copy_tree(self.loop.body)]
        if isinstance(self.loop, gast.While):
            body += [assign(self.going, self.over), gast.If(name(self.going), trip, [])]
        elif self.is_ended:
            body += [assign(self.going, constant(True)), *trip]
        else:
            body += trip
        ending = [self.going] if self.is_ended else []
        results = [name(variable) for variable in (*self.state, *self.others, *self.shared, *ending)]
        body.append(return_statement(tuple_of(*results)))
        called = self.names.fresh(f"{self.tree.name.strip('_')}_step")
        parameters = [self.items.item, *self.state, *self.shared, *self.constants]
        named = [gast.Name(parameter, gast.Param(), None, None) for parameter in parameters]
        arguments = gast.arguments(named, [], None, [], [], None, [])
        tree = gast.FunctionDef(called, arguments, body, [], None, None, [])
        return located_at(tree, self.loop)

    def statement(self) -> gast.stmt:
        """The call that stands for the loop."""
        step = self._step()
        made = function_of(step, self.program.source(self.function))
        self.program.adopt(self.function, step.name, made)
        helper = self.program.name_of(self.function, checkpointed_loop, "checkpointed_loop", self.names)
        options: dict[str, gast.expr] = {}
        if self.written:
            options["written"] = tuple_of(*map(constant, self.written))
        later = self._written_later()
        if later:
            options["written_later"] = tuple_of(*map(constant, later))
        if self.is_ended:
            options["is_ended"] = constant(True)
        state = [constant(None) if variable in self.unset else name(variable) for variable in self.state]
        parts = [tuple_of(*state), tuple_of(*map(name, self.shared)), tuple_of(*map(name, self.constants))]
        value = call(helper, name(step.name), self.items.items, self.limit, *parts, **options)
        target = gast.Tuple([gast.Name(v, gast.Store(), None, None) for v in (*self.state, *self.others)], gast.Store())
        return located_at(gast.Assign([target], value, None), self.loop)


def definition_name(statement: gast.stmt) -> str | None:
    """The name of the function that a statement defines, by ``def`` or as a lambda."""
    match statement:
        case gast.FunctionDef(name=called):
            return str(called)
        case gast.Assign(targets=[gast.Name(id=called)], value=gast.Lambda()):
            return str(called)
        case _:
            return None


def _has_break(body: list[gast.stmt]) -> bool:
    """Whether a loop with this body may be left by ``break``."""
    for statement in body:
        if isinstance(statement, gast.Break):
            return True
        if isinstance(statement, gast.For | gast.While):
            continue
        for field in ("body", "orelse", "finalbody"):
            if _has_break(getattr(statement, field, [])):
                return True
    return False


class _Broken(gast.NodeTransformer):
    """Notes in a variable that the loop ends, in the place of ``break``, behind which nothing follows in a trip."""

    def __init__(self, going: str) -> None:
        self.going = going

    def visit_Break(self, node: gast.Break) -> gast.stmt:
        return located_at(assign(self.going, constant(False)), node)

    def visit_For(self, node: gast.For) -> gast.For:
        return node

    def visit_While(self, node: gast.While) -> gast.While:
        return node
