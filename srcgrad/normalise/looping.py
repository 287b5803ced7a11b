"""Comprehensions, and the calls that consume a generator, written out as loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import gast

from srcgrad.errors import UnsupportedError
from srcgrad.normalise.branches import branch, negated
from srcgrad.normalise.operands import with_operands
from srcgrad.normalise.scopes import own_nodes, replaced
from srcgrad.normalise.temporaries import Temporaries
from srcgrad.normalise.unpacking import assignment, flat_target
from srcgrad.syntax.build import local_names, name, names_read, substitute
from srcgrad.syntax.tree import located_at

if TYPE_CHECKING:
    from srcgrad.normalise.lifting import Lifter

Block = list[gast.stmt]
Lifted: TypeAlias = tuple[Block, gast.expr]

_FOLDS = {"sum", "any", "all"}
_READS_ALL = {"list", "tuple", "set", "frozenset", "sorted", "max", "min", "dict", "join", "fromiter", "extend"}


def comprehension(lifter: Lifter, node: Any, target: str | None) -> Lifted:
    """``[e for x in xs if c]``: a loop that appends, where the comprehension is wanted or something in it moves."""
    if not _inside_touched(lifter, node) and not lifter.wanted.comprehensions(node):
        return _first_iterable_only(lifter, node)
    if isinstance(node, gast.GeneratorExp):
        return _anywhere(lifter, node)
    return _collected(lifter, node, lifter.usable(target, node))


def consumes_generator(lifter: Lifter, node: gast.Call) -> bool:
    """Whether a call goes at once through a generator that has to be written out."""
    if not node.args or not isinstance(node.args[0], gast.GeneratorExp):
        return False
    generator = node.args[0]
    if not (_inside_touched(lifter, generator) or lifter.wanted.comprehensions(generator)):
        return False
    return _callee(lifter, node) is not None


def consumer(lifter: Lifter, node: Any, target: str | None) -> Lifted:
    """``sum(e for ...)``, ``max(e for ...)``, ``list(e for ...)``."""
    callee = _callee(lifter, node)
    generator = node.args[0]
    usable = lifter.usable(target, node)
    if callee == "sum":
        return _sum(lifter, node, usable)
    if callee in ("any", "all") and len(node.args) == 1:
        return _search(lifter, generator, callee == "any", usable)
    others = [*node.args[1:], *(option.value for option in node.keywords)]
    if any(lifter.touches(other) or not lifter.order.is_pure(other) for other in others):
        raise UnsupportedError(
            "a generator is run through after other arguments that do something",
            node=generator,
            advice="write a list comprehension before the call",
        )
    alone = callee == "list" and not others
    block, items = _collected(lifter, generator, usable if alone else None)
    values = [node.func, items, *others]
    return block, items if alone else with_operands(node, values)


def _callee(lifter: Lifter, node: gast.Call) -> str | None:
    """The name of the function, where it reads all of its first argument at once."""
    if isinstance(node.func, gast.Name):
        return node.func.id if node.func.id in _FOLDS | _READS_ALL and node.func.id not in lifter.assigned else None
    if isinstance(node.func, gast.Attribute) and not lifter.touches(node.func) and lifter.order.is_pure(node.func):
        return node.func.attr if node.func.attr in _READS_ALL else None
    return None


def _inside_touched(lifter: Lifter, node: Any) -> bool:
    """Whether something has to move that is evaluated once per item."""
    first, *later = node.generators
    parts = [first.target, *first.ifs]
    for generator in later:
        parts.extend([generator.target, generator.iter, *generator.ifs])
    parts.extend([node.key, node.value] if isinstance(node, gast.DictComp) else [node.elt])
    return any(lifter.touches(part) for part in parts)


def _first_iterable_only(lifter: Lifter, node: Any) -> Lifted:
    first, *later = node.generators
    block, iterable = lifter.lift(first.iter)
    return block, replaced(node, generators=[replaced(first, iter=iterable), *later])


def _anywhere(lifter: Lifter, node: gast.GeneratorExp) -> Lifted:
    """A generator of which nobody knows when it is run through: now is as good if it has no effects."""
    if not lifter.order.is_pure(node) or any(isinstance(part, gast.NamedExpr) for part in own_nodes([node])):
        raise UnsupportedError(
            "it is not known when this generator is run through", node=node, advice="write a list comprehension"
        )
    return _collected(lifter, node, None)


def _collected(lifter: Lifter, node: Any, usable: str | None) -> Lifted:
    """A list, set or dictionary filled by a loop."""
    items = usable or lifter.names.fresh("items")
    empty: gast.expr
    if isinstance(node, gast.DictComp):
        empty = gast.Dict([], [])
        parts = [node.key, node.value]
    else:
        is_set = isinstance(node, gast.SetComp)
        empty = gast.Call(name("set"), [], []) if is_set else gast.List([], gast.Load())
        method = "add" if is_set else "append"
        parts = [node.elt]

    def collect() -> Block:
        lifted = [lifter.lift(part) for part in parts]
        block, values = lifter.order.settle([value for _, value in lifted], [moved for moved, _ in lifted])
        if isinstance(node, gast.DictComp):
            # An assignment evaluates its value before its key.
            taken, key = lifter.order.keep(values[0], [gast.Expr(values[1])])
            place = gast.Subscript(name(items), key, gast.Store())
            return [*block, *taken, gast.Assign([place], values[1], None)]
        return [*block, gast.Expr(gast.Call(gast.Attribute(name(items), method, gast.Load()), values, []))]

    before, loop = _loops(lifter, node, collect)
    start = located_at(assignment(items, empty, node), node)
    return [*before, start, *loop], located_at(name(items), node)


def _sum(lifter: Lifter, node: Any, usable: str | None) -> Lifted:
    """``total = start`` and a loop that adds to it."""
    generator = node.args[0]
    given = [*node.args[1:], *(option.value for option in node.keywords)]
    total = usable or lifter.names.fresh("total")

    def add() -> Block:
        block, value = lifter.lift(generator.elt)
        return [*block, assignment(total, gast.BinOp(name(total), gast.Add(), value), generator.elt)]

    before, loop = _loops(lifter, generator, add)
    moved: Block = []
    start: gast.expr = gast.Constant(0, None)
    if given:
        moved, start = lifter.lift(given[0])
    begin = assignment(total, start, node)
    taken, loop[0].iter = lifter.order.keep(loop[0].iter, [*moved, begin])
    return [*before, *taken, *moved, begin, *loop], located_at(name(total), node)


def _search(lifter: Lifter, node: gast.GeneratorExp, wanted: bool, usable: str | None) -> Lifted:
    """``any`` and ``all``: a loop that ends at the first item that decides."""
    found = usable or lifter.names.fresh("found" if wanted else "holds")

    def look() -> Block:
        block, test = lifter.lift(node.elt)
        decided = [assignment(found, gast.Constant(wanted, None), node.elt), gast.Break()]
        return [*block, *branch(test if wanted else negated(test), decided, [], node.elt)]

    def leave() -> Block:
        test = name(found) if wanted else negated(name(found))
        return [located_at(gast.If(test, [gast.Break()], []), node)]

    before, loop = _loops(lifter, node, look, leave)
    start = assignment(found, gast.Constant(not wanted, None), node)
    return [*before, start, *loop], located_at(name(found), node)


def _loops(
    lifter: Lifter, node: Any, inside: Callable[[], Block], after_inner: Callable[[], Block] = list
) -> tuple[Block, list[Any]]:
    """The loops of a comprehension around ``inside()``, and what has to run before them.

    ``after_inner()`` stands after every loop but the outermost.
    """
    bound = local_names(node)
    lambdas = [part for part in own_nodes([node]) if isinstance(part, gast.Lambda)]
    captured = names_read(lambdas)  # a lambda reads its variable late, so that no other loop may use it
    clashing = bound & (lifter.variables | lifter.enclosing | captured)
    before, first = lifter.lift(node.generators[0].iter)
    final = {old: lifter.names.fresh(old) if old in clashing else old for old in sorted(bound)}
    lifter.names.take(final.values())
    around = lifter.enclosing
    lifter.enclosing = around | bound | set(final.values())
    loop: list[Any] = []
    current: Block = loop
    for position, generator in enumerate(node.generators):
        iterable = first
        if position:
            moved, iterable = lifter.lift(generator.iter)
            current.extend(moved)
        target, unpacked = flat_target(generator.target, Temporaries(lifter.names))
        body: Block = [*unpacked]
        current.append(located_at(gast.For(target, iterable, body, [], None), node))
        if position:
            current.extend(after_inner())
        current = body
        for condition in generator.ifs:
            moved, test = lifter.lift(condition)
            body = []
            current.extend([*moved, located_at(gast.If(test, body, []), condition)])
            current = body
    current.extend(located_at(statement, node) for statement in inside())
    lifter.enclosing = around
    renamed = {old: name(new) for old, new in final.items() if new != old}
    if renamed:
        outer_iterable = loop[0].iter
        loop = substitute(loop, renamed)
        loop[0].iter = outer_iterable
    return before, loop
