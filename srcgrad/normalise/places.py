"""Places: where the array that a variable holds lies, as an expression over variables that hold arrays of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import gast

from srcgrad.normalise.scopes import replaced
from srcgrad.syntax.build import assign, name, names_read
from srcgrad.syntax.names import Names
from srcgrad.syntax.substitution import substitute
from srcgrad.syntax.tree import copy_tree, located_at

_MOST_COMBINATIONS = 8


class NotOnePlace(Exception):
    """The arrays that variables hold cannot be told apart here: the program stays as it is."""


class Restart(Exception):
    """Something must be kept under a name of its own from the start: the walk begins again."""


@dataclass(frozen=True)
class Place:
    """Where an array lies: ``A[i]``; stale where a variable in the expression has been bound anew since.

    ``sites`` are the assignments that said so, ``stale`` the variable and the assignment that bound it.
    """

    text: str
    node: gast.expr | None = field(default=None, compare=False)
    sites: frozenset[Any] = field(default=frozenset(), compare=False)
    stale: tuple[str, Any] | None = field(default=None, compare=False)

    def expression(self) -> gast.expr:
        """The place as an expression of its own."""
        return name(self.text) if self.node is None else copy_tree(self.node)

    @property
    def names(self) -> set[str]:
        """The variables in the place."""
        return {self.text} if self.node is None else names_read(self.node)


# The places of variables that can occur together, in the order of their names; all combinations that can occur.
Combination: TypeAlias = tuple[tuple[str, Place], ...]
State: TypeAlias = frozenset[Combination]


@dataclass(frozen=True)
class PlacesOf:
    """What the pass must know of the program.

    ``variables`` are those in question, ``written`` those whose array some statement changes under their name.
    ``is_view``: an expression gives an array that lies in a variable.  ``may_share``: it may.  ``is_array``: it is
    surely an array.  ``is_sequence``: an array or list whose items an index gives.  ``is_number``: a variable only
    holds immutable values.  ``emptied``: the containers whose contents a statement changes.
    """

    variables: frozenset[str]
    written: frozenset[str]
    live_before: Mapping[gast.stmt, frozenset[str]]
    live_after: Mapping[gast.stmt, frozenset[str]]
    is_view: Callable[[gast.AST], bool]
    may_share: Callable[[gast.AST], bool]
    is_array: Callable[[gast.AST], bool]
    is_transposed: Callable[[gast.AST], bool]
    is_sequence: Callable[[gast.AST], bool]
    is_number: Callable[[str], bool]
    emptied: Callable[[gast.stmt], set[str]]
    note_row: Callable[[gast.expr, gast.expr, gast.AST], None]


def join(*states: State) -> State:
    """Everything that can occur where paths meet."""
    joined: State = frozenset().union(*states)
    if len(joined) > _MOST_COMBINATIONS:
        raise NotOnePlace
    return joined


class Places:
    """What must be kept under names of their own, found out walk by walk."""

    def __init__(self, facts: PlacesOf, names: Names) -> None:
        self.facts = facts
        self.names = names
        self.held: dict[tuple[Any, str], str] = {}
        self.split: dict[Any, str] = {}
        self.made: dict[tuple[Any, str], Any] = {}
        self.stay: set[gast.stmt] = set()
        self.live = dict(facts.live_after)

    def once(self, node: Any, what: str, make: Callable[[], Any]) -> Any:
        """Something made for a node: the same in every walk."""
        key = (node, what)
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]

    def fresh(self, node: Any, wanted: str) -> str:
        """A fresh name that belongs to a node."""
        return self.once(node, wanted, lambda: self.names.fresh(wanted))  # type: ignore[no-any-return]

    def holder(self, statement: gast.Assign, variable: str) -> str:
        """The variable that holds the new array which a statement assigns to a variable."""
        return self.split.get(statement, variable)

    def restricted(self, state: State, live: frozenset[str] | None) -> State:
        """The places of the variables that may still be read."""
        if live is None:
            return state
        return frozenset(tuple(item for item in places if item[0] in live) for places in state)

    def own(self, state: State, variable: str, holder: str) -> State:
        """The state in which a variable's array is one that a variable holds."""
        return self.placed(state, variable, Place(holder))

    def placed(self, state: State, variable: str, place: Place) -> State:
        """The state in which a variable has a new place."""
        return frozenset(
            tuple(sorted({**dict(places), variable: place}.items(), key=lambda item: item[0])) for places in state
        )

    def rebound(self, state: State, bound: set[str] | frozenset[str], site: Any) -> State:
        """The state after variables were bound anew: places over their earlier values are stale."""
        if not bound:
            return state
        return frozenset(tuple((v, self._after(place, bound, site)) for v, place in places) for places in state)

    def _after(self, place: Place, bound: set[str] | frozenset[str], site: Any) -> Place:
        lost = place.names & bound if place.stale is None else set()
        if not lost:
            return place
        return replace(place, text=f"{place.text} before {min(lost)}", node=place.expression(), stale=(min(lost), site))

    def require(self, place: Place, variable: str) -> None:
        """See to it that a place which is read is not stale: in the next walk."""
        if place.stale is None:
            return
        lost, site = place.stale
        if lost in self.facts.variables or lost in self.split.values():
            if not isinstance(site, gast.Assign) or site in self.split:
                raise NotOnePlace
            self.split[site] = self.names.fresh(lost)
            raise Restart
        if not self.facts.is_number(lost) and lost not in self.held.values():
            raise NotOnePlace
        missing = [definition for definition in place.sites if (definition, lost) not in self.held]
        if not missing:
            raise NotOnePlace
        for definition in missing:
            self.held[definition, lost] = self.names.fresh(f"{variable}_{lost}")
        raise Restart

    def place(
        self, value: gast.expr, places: Mapping[str, Place], site: Any, variable: str
    ) -> tuple[list[gast.stmt], Place]:
        """Where the array lies that an expression gives, and what must be kept for it."""
        before: list[gast.stmt] = []
        node = self._expression(value, places, site, variable, before)
        kept: dict[str, gast.expr] = {}
        for identifier in sorted(names_read(node)):
            if (site, identifier) in self.held:
                kept[identifier] = name(self.held[site, identifier])
                before.append(assign(self.held[site, identifier], name(identifier)))
        node = substitute(node, kept) if kept else node
        if isinstance(node, gast.Name):
            return before, Place(node.id, None, frozenset([site]))
        return before, Place(gast.dump(node), node, frozenset([site]))

    def _expression(
        self, value: gast.expr, places: Mapping[str, Place], site: Any, variable: str, before: list[gast.stmt]
    ) -> gast.expr:
        match value:
            case gast.Name(id=identifier):
                if identifier not in places:
                    return copy_tree(value)
                self.require(places[identifier], identifier)
                return places[identifier].expression()
            case gast.Subscript(value=inner, slice=index):
                base = self._expression(inner, places, site, variable, before)
                return gast.Subscript(base, self._index(index, places, site, variable, before), gast.Load())
            case gast.Attribute(value=inner, attr=attr):
                return gast.Attribute(self._expression(inner, places, site, variable, before), attr, gast.Load())
            case _:
                raise NotOnePlace

    def _index(self, index: Any, places: Mapping[str, Place], site: Any, variable: str, before: list[gast.stmt]) -> Any:
        """An index that can be evaluated again: whatever is no arithmetic on numbers gets a name."""
        match index:
            case gast.Slice(lower=lower, upper=upper, step=step):
                parts = [part and self._index(part, places, site, variable, before) for part in (lower, upper, step)]
                return gast.Slice(*parts)
            case gast.Tuple(elts=elements):
                parts = [self._index(element, places, site, variable, before) for element in elements]
                return gast.Tuple(parts, gast.Load())
            case _ if self._is_arithmetic(index):
                return copy_tree(index)
            case _:
                for read in names_read(index) & places.keys():
                    self.require(places[read], read)
                held = self.fresh((site, gast.dump(index)), f"{variable}_index")
                replacements = {v: places[v].expression() for v in names_read(index) & places.keys()}
                before.append(assign(held, substitute(index, replacements)))
                return name(held)

    def _is_arithmetic(self, index: gast.AST) -> bool:
        match index:
            case gast.Constant():
                return True
            case gast.Name(id=identifier):
                return self.facts.is_number(identifier)
            case gast.UnaryOp(operand=operand):
                return self._is_arithmetic(operand)
            case gast.BinOp(left=left, right=right):
                return self._is_arithmetic(left) and self._is_arithmetic(right)
            case _:
                return False


def through(target: Any, places: Mapping[str, gast.expr], facts: PlacesOf, whole: bool) -> gast.expr:
    """A target with places for variables; with ``whole`` also where a variable itself is the target: ``v += 1``."""
    match target:
        case gast.Name(id=identifier):
            if identifier not in places or not whole:
                return copy_tree(target)
            changed = copy_tree(places[identifier])
            if isinstance(changed, gast.Attribute) and facts.is_transposed(changed):
                changed = gast.Subscript(changed, gast.Constant(Ellipsis, None), gast.Store())
            changed.ctx = gast.Store()
            return located_at(changed, target)
        case gast.Subscript(value=value, slice=index):
            return replaced(target, value=substitute(value, places), slice=substitute(index, places))
        case gast.Attribute(value=value):
            return replaced(target, value=substitute(value, places))
        case _:
            if names_read(target) & places.keys():
                raise NotOnePlace
            return copy_tree(target)
