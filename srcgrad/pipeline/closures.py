"""Functions that are made again and again, each with values of its own: a tuple of the values stands for each.

What calls one of them calls the one function that they all are, with the values taken from the tuple::

    terms = []                                      term = lambda t, k=None: a * t**k
    for k in range(3):                              terms = []
        terms.append(lambda t, k=k: a * t**k)       for k in range(3):
    y = terms[1](x)                     becomes         terms.append((k,))
                                                    y = term(x, k=terms[1][0])
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import gast

from srcgrad.analyse.activity import Activity
from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.mutation import MUTATING_METHODS
from srcgrad.analyse.operations import is_path, single_target
from srcgrad.differentiate.needed import statements_of
from srcgrad.errors import SrcgradError
from srcgrad.kind import DictOf, Function, Instance, Kind, SequenceOf, TupleOf
from srcgrad.kind import Iterator as Items
from srcgrad.normalise.scopes import LOOPS, own_nodes, replaced
from srcgrad.pipeline.bound_values import unsettled_defaults
from srcgrad.rules.registry import is_hashable
from srcgrad.syntax.binding import Default, bind, signature_of
from srcgrad.syntax.build import (
    assign,
    constant,
    copy_tree,
    local_names,
    located_at,
    name,
    names_read,
    parameter_names,
    subscript,
    tuple_of,
)
from srcgrad.syntax.names import Names
from srcgrad.syntax.scopes import COMPREHENSIONS
from srcgrad.syntax.tree import with_replaced
from srcgrad.syntax.walking import walk

Inner: TypeAlias = gast.FunctionDef | gast.Lambda
_INNER = (gast.FunctionDef, gast.Lambda)
# What may be given such functions, for it leaves them as they are.
_CARRIERS = (enumerate, zip, reversed, list, tuple, len, iter)


def with_tuples_for_closures(
    tree: gast.FunctionDef, kinds: Kinds, active: Activity, names: Names
) -> gast.FunctionDef | None:
    """The function with one such function as tuples, None where there is none."""
    seen: set[gast.AST] = set()
    for statement in statements_of(tree.body):
        varied = active.varied_before.get(statement, frozenset())
        for call in own_nodes([statement]):
            target = single_target(call, kinds) if isinstance(call, gast.Call) else None
            made = target.function if target is not None else None
            if not isinstance(made, _INNER) or made in seen or not dependencies(call, kinds) & varied:
                continue
            seen.add(made)
            found = _Conversion(tree, made, kinds, names).changes()
            if found is not None:
                return found
    return None


class _Conversion:
    """The replacement of one function that is made again and again."""

    def __init__(self, tree: gast.FunctionDef, made: Any, kinds: Kinds, names: Names) -> None:
        self.tree = tree
        self.made = made
        self.kinds = kinds
        self.names = names
        self.held = unsettled_defaults(made)
        self.label = ""

    def changes(self) -> gast.FunctionDef | None:
        """The function with the replacement, None where it is not needed or not possible."""
        if not self.held or not self._is_repeated() or not self._is_plain():
            return None
        self.label = self.names.fresh(getattr(self.made, "name", "function"))
        changes: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
        values = tuple_of(*(copy_tree(value) for value in self.held.values()))
        if isinstance(self.made, gast.FunctionDef):
            changes[self.made] = located_at(assign(self.made.name, values), self.made)
        else:
            changes[self.made] = located_at(values, self.made)
        for node in own_nodes(self.tree.body):
            if isinstance(node, gast.Call):
                target = single_target(node, self.kinds)
                if target is not None and target.function is self.made:
                    called = self._called(node)
                    if called is None:
                        return None
                    changes[node] = called
                elif self._is_handed_over(node):
                    return None
        changed = with_replaced(self.tree, changes)
        assert isinstance(changed, gast.FunctionDef)
        return replaced(changed, body=[self._definition(), *changed.body])

    def _is_repeated(self) -> bool:
        """Whether it is made in a loop or a comprehension of the program."""
        repeated = (*LOOPS, *COMPREHENSIONS)
        around = [node for node in own_nodes(self.tree.body) if isinstance(node, repeated)]
        return any(node is self.made for outer in around for node in walk(outer))

    def _is_plain(self) -> bool:
        """Whether nothing else is where it is, and what it reads later is there outside of its place, too."""
        free = names_read(_body(self.made)) - set(parameter_names(self.made.args))
        if isinstance(self.made, gast.FunctionDef) and self.made.name in free:
            return False
        for node in own_nodes(self.tree.body):
            if isinstance(node, gast.comprehension) and any(
                isinstance(part, gast.Name) and part.id in free for part in walk(node.target)
            ):
                return False
        kinds = [self.kinds.of.get(node) for node in own_nodes(self.tree.body)]
        return all(kind.targets == (self.made,) for kind in kinds if isinstance(kind, Function) and self._holds(kind))

    def _holds(self, kind: Kind | None) -> bool:
        """Whether a value is, or contains, such a function."""
        match kind:
            case Function(targets=targets):
                return self.made in targets
            case SequenceOf(element=element) | Items(element=element):
                return self._holds(element)
            case TupleOf(elements=elements):
                return any(self._holds(element) for element in elements)
            case DictOf(element=element, entries=entries):
                return any(self._holds(item) for item in (element, *(value for _, value in entries or ())))
            case Instance(attributes=attributes):
                return any(self._holds(value) for _, value in attributes)
        return False

    def _is_handed_over(self, node: gast.Call) -> bool:
        """Whether a call gives such functions to somebody who may call them."""
        target = single_target(node, self.kinds)
        if target is not None and is_hashable(target.function) and target.function in _CARRIERS:
            return False
        if isinstance(node.func, gast.Attribute) and node.func.attr in MUTATING_METHODS:
            return False
        return any(self._holds(self.kinds.of.get(item)) for item in (*node.args, *(k.value for k in node.keywords)))

    def _called(self, node: gast.Call) -> gast.Call | None:
        """A call of the one function, with the values taken from the tuple."""
        if not is_path(node.func, self.kinds) or any(item.id in self.held for item in self.made.args.posonlyargs):
            return None
        try:
            bound = bind(node, signature_of(self.made.args))
        except SrcgradError:
            return None
        keywords = copy_tree(node.keywords)
        for place, parameter in enumerate(self.held):
            if isinstance(bound.get(parameter), Default):
                keywords.append(gast.keyword(parameter, subscript(copy_tree(node.func), constant(place))))
        return located_at(gast.Call(name(self.label), copy_tree(node.args), keywords), node)

    def _definition(self) -> gast.stmt:
        """The one function, whose values every call gives."""
        values = list(self.held.values())
        arguments = copy_tree(self.made.args)
        original = self.made.args
        for ours, theirs in ((arguments.defaults, original.defaults), (arguments.kw_defaults, original.kw_defaults)):
            for place, value in enumerate(theirs):
                if any(value is one for one in values):
                    ours[place] = located_at(constant(None), value)
        if isinstance(self.made, gast.FunctionDef):
            return replaced(self.made, name=self.label, args=arguments)
        made = replaced(self.made, args=arguments)
        return located_at(gast.Assign([gast.Name(self.label, gast.Store(), None, None)], made, None), self.made)


# ---- functions made by functions ----


def with_captures_as_defaults(callee: gast.FunctionDef) -> gast.FunctionDef:
    """A function whose inner functions hold what they read of its variables in defaults.

    Only of variables that have their one value by then: ``return lambda v: v**k`` is ``return lambda v, *, k=k: v**k``.
    """
    changes: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
    for made, reads in list(_captures(callee)):
        arguments = copy_tree(made.args)
        arguments.kwonlyargs += [gast.Name(identifier, gast.Param(), None, None) for identifier in reads]
        arguments.kw_defaults += [name(identifier) for identifier in reads]
        changes[made] = located_at(replaced(made, args=arguments), made)
    changed = with_replaced(callee, changes) if changes else callee
    assert isinstance(changed, gast.FunctionDef)
    return changed


def _captures(callee: gast.FunctionDef) -> Iterator[tuple[Any, list[str]]]:
    """The inner functions, each with those of its captured variables that have one value."""
    parameters = set(parameter_names(callee.args))
    stored: dict[str, list[int]] = {}
    looping = {node for loop in own_nodes(callee.body) if isinstance(loop, LOOPS) for node in walk(loop)}
    order = list(statements_of(callee.body))
    for place, statement in enumerate(order):
        for node in own_nodes([statement]):
            if isinstance(node, gast.Name) and not isinstance(node.ctx, gast.Load) and statement in callee.body:
                stored.setdefault(node.id, []).append(10**6 if node in looping else place)
    for place, statement in enumerate(order):
        for made in own_nodes([statement]):
            if not isinstance(made, _INNER) or any(isinstance(node, gast.Nonlocal) for node in walk(made)):
                continue
            reads = []
            for identifier in sorted(names_read(_body(made)) - set(parameter_names(made.args))):
                places = stored.get(identifier, [])
                if (identifier in parameters and not places) or (
                    identifier in local_names(callee) and len(places) == 1 and places[0] < place
                ):
                    reads.append(identifier)
            if reads and statement in callee.body:
                yield made, reads


def _body(made: Any) -> list[gast.AST]:
    return made.body if isinstance(made.body, list) else [made.body]
