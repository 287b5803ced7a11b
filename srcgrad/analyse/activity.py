"""Activity: which variables vary with the differentiated parameters and matter for the result, at each point.

A variable is *varied* where its value depends differentiably on a parameter of interest, *useful* where the
result depends differentiably on it, and *active* where it is both.  Only active variables have adjoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gast

from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.mutation import mutated_name
from srcgrad.analyse.operations import may_carry
from srcgrad.syntax.build import base_name, names_read

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds

Variables = frozenset[str]
_NOTHING: Variables = frozenset()


@dataclass(frozen=True)
class Activity:
    """The varied and the useful variables before and after each statement, joined over all trips."""

    varied_before: dict[gast.AST, Variables]
    varied_after: dict[gast.AST, Variables]
    useful_before: dict[gast.AST, Variables]
    useful_after: dict[gast.AST, Variables]
    varied_head: dict[gast.AST, Variables]
    useful_head: dict[gast.AST, Variables]

    def before(self, statement: gast.AST) -> Variables:
        """The active variables where a statement begins."""
        return self.varied_before.get(statement, _NOTHING) & self.useful_before.get(statement, _NOTHING)

    def after(self, statement: gast.AST) -> Variables:
        """The active variables where a statement has ended."""
        return self.varied_after.get(statement, _NOTHING) & self.useful_after.get(statement, _NOTHING)

    def head(self, loop: gast.AST) -> Variables:
        """The active variables between two trips of a loop."""
        return self.varied_head.get(loop, _NOTHING) & self.useful_head.get(loop, _NOTHING)

    def ever_varied(self, parameters: Iterable[str]) -> Variables:
        """All variables that are varied anywhere, and the differentiated parameters."""
        return frozenset(parameters).union(*self.varied_before.values(), *self.varied_after.values())


def activity(
    function: gast.FunctionDef,
    kinds: Kinds,
    parameters: Iterable[str],
    seeds: Iterable[str],
    always: tuple[Variables, Variables] = (_NOTHING, _NOTHING),
    memory: Variables = _NOTHING,
) -> Activity:
    """The activity of a function in normal form.

    ``parameters`` are the differentiated ones, ``seeds`` the variables with which the result varies.  ``always`` are
    variables that count as varied from their first binding on, and such that count as useful up to their last; what
    is in ``memory`` counts as active throughout, for what it holds may change under another name.
    """
    varied = _Varied(kinds, always[0], memory)
    varied.block(function.body, frozenset(parameters))
    useful = _Useful(kinds, always[1], memory)
    useful.block(function.body, frozenset(seeds) | always[1])
    return Activity(varied.before, varied.after, useful.before, useful.after, varied.head, useful.head)


def assigned_names(target: gast.AST) -> list[str]:
    """The variables a target of an assignment binds."""
    match target:
        case gast.Name(id=identifier):
            return [identifier]
        case gast.Tuple(elts=elements) | gast.List(elts=elements):
            return [name for element in elements for name in assigned_names(element)]
        case gast.Starred(value=value):
            return assigned_names(value)
        case _:
            return []


class _Sweep:
    """What both sweeps collect, and what they ask of expressions."""

    def __init__(self, kinds: Kinds, always: Variables = _NOTHING, memory: Variables = _NOTHING) -> None:
        self.kinds = kinds
        self.always = always
        self.memory = memory
        self.before: dict[gast.AST, Variables] = {}
        self.after: dict[gast.AST, Variables] = {}
        self.head: dict[gast.AST, Variables] = {}

    def reads(self, node: gast.AST) -> frozenset[str]:
        """The variables with which an expression varies."""
        return dependencies(node, self.kinds)

    def reads_of_call(self, value: gast.AST) -> set[str]:
        """What the arguments of a call vary with, whatever the call itself gives."""
        if not isinstance(value, gast.Call):
            return set()
        arguments = [*value.args, *(keyword.value for keyword in value.keywords)]
        return set().union(*(self.reads(argument) for argument in arguments))


class _Varied(_Sweep):
    """Forward sweep: the varied variables, by fixed point at loops."""

    def block(self, statements: Sequence[gast.stmt], varied: Variables) -> Variables:
        varied |= self.memory
        for statement in statements:
            self.before[statement] = self.before.get(statement, _NOTHING) | varied
            varied = self.statement(statement, varied) | self.memory
            self.after[statement] = self.after.get(statement, _NOTHING) | varied
        return varied

    def statement(self, statement: gast.stmt, varied: Variables) -> Variables:
        match statement:
            case gast.Assign(targets=[target], value=value):
                return self._bind(target, bool(self.reads(value) & varied), varied)
            case gast.AugAssign(target=target, value=value):
                depends = bool(self.reads(value) & varied)
                base = base_name(target)
                if isinstance(target, gast.Name) and (depends or target.id in varied or target.id in self.always):
                    carries = target.id in self.always or may_carry(self.kinds.of.get(target))
                    return varied | {target.id} if carries else varied - {target.id}
                return varied | {base} if depends and base is not None else varied
            case gast.Expr(value=value):
                base = mutated_name(statement)
                return varied | {base} if base is not None and self.reads_of_call(value) & varied else varied
            case gast.If(body=body, orelse=orelse):
                return self.block(body, varied) | self.block(orelse, varied)
            case gast.For(target=target, iter=iterable, body=body):
                while True:
                    head = self.head[statement] = self.head.get(statement, _NOTHING) | varied
                    inside = self._bind(target, bool(self.reads(iterable) & head), head)
                    varied = head | self.block(body, inside)
                    if varied == head:
                        return varied
            case gast.While(body=body):
                while True:
                    head = self.head[statement] = self.head.get(statement, _NOTHING) | varied
                    varied = head | self.block(body, head)
                    if varied == head:
                        return varied
            case gast.With(body=body):
                return self.block(body, varied)
            case gast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                inside = self.block(orelse, self.block(body, varied))
                caught = [self.block(handler.body, varied | inside) for handler in handlers]
                return self.block(final, inside.union(*caught))
            case _:
                return varied

    def _bind(self, target: gast.AST, depends: bool, varied: Variables) -> Variables:
        if isinstance(target, gast.Subscript | gast.Attribute):
            base = base_name(target)
            return varied | {base} if depends and base is not None else varied
        for element in target.elts if isinstance(target, gast.Tuple) else [target]:
            for name in assigned_names(element):
                carries = name in self.always or (depends and may_carry(self.kinds.of.get(element)))
                varied = varied | {name} if carries else varied - {name}
        return varied


class _Useful(_Sweep):
    """Backward sweep: the useful variables, by fixed point at loops."""

    def block(self, statements: Sequence[gast.stmt], useful: Variables) -> Variables:
        useful |= self.memory
        for statement in reversed(statements):
            self.after[statement] = self.after.get(statement, _NOTHING) | useful
            useful = self.statement(statement, useful) | self.memory
            self.before[statement] = self.before.get(statement, _NOTHING) | useful
        return useful

    def statement(self, statement: gast.stmt, useful: Variables) -> Variables:
        match statement:
            case gast.Return(value=value):
                return useful
            case gast.Assign(targets=[target], value=value):
                if isinstance(target, gast.Subscript | gast.Attribute):
                    return useful | self.reads(value) if base_name(target) in useful else useful
                names = set(assigned_names(target))
                kept = useful - names | names & self.always
                return kept | self.reads(value) if names & useful else kept
            case gast.AugAssign(target=target, value=value):
                return useful | self.reads(value) if base_name(target) in useful else useful
            case gast.Expr(value=value):
                # A function with source may write what it is given into the memory that it is given.
                writes = mutated_name(statement) in useful or bool(self.memory & names_read(value))
                return useful | self.reads_of_call(value) if writes else useful
            case gast.If(body=body, orelse=orelse):
                return self.block(body, useful) | self.block(orelse, useful)
            case gast.For(target=target, iter=iterable, body=body):
                names = set(assigned_names(target))
                while True:
                    head = self.head[statement] = self.head.get(statement, _NOTHING) | useful
                    inside = self.block(body, head)
                    useful = head | (inside - names) | names & self.always
                    if names & inside:
                        useful |= self.reads(iterable)
                    if useful == head:
                        return useful
            case gast.While(body=body):
                while True:
                    head = self.head[statement] = self.head.get(statement, _NOTHING) | useful
                    useful = head | self.block(body, head)
                    if useful == head:
                        return useful
            case gast.With(body=body):
                return self.block(body, useful)
            case gast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                after = self.block(final, useful)
                inside = self.block(body, self.block(orelse, after))
                return inside.union(*(self.block(handler.body, after) for handler in handlers))
            case _:
                return useful
