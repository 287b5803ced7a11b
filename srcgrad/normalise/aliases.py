"""Aliases: every array is read and written through the one name that holds it.

Before::

    b = a[1:]
    b[0] = b[1] * a[0]
    for row in A:
        row[1] += 1.0
    if s > 0.1:
        target = x
    else:
        target = y
    target[0] = s

After::

    a[1:][0] = a[1:][1] * a[0]
    for row_index in range(len(A)):
        A[row_index][1] += 1.0
    if s > 0.1:
        target_at = 0
    else:
        target_at = 1
    if target_at == 0:
        x[0] = s
    else:
        y[0] = s

The walk carries, for each variable, the place of the array that it holds: an expression over variables that hold arrays
of their own, and over indices.  Where paths join, the places may differ: a statement that reads such a variable
is written once for each combination that can occur, under a test of numbers that say which.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gast

from srcgrad.normalise.places import NotOnePlace, Place, Places, PlacesOf, Restart, State, join, through
from srcgrad.normalise.rows import by_index
from srcgrad.normalise.scopes import DEFINITIONS, own_nodes, replaced
from srcgrad.normalise.selection import Selection
from srcgrad.syntax.build import assign, base_name, name, names_assigned, names_read, parameter_names
from srcgrad.syntax.names import Names
from srcgrad.syntax.substitution import substitute
from srcgrad.syntax.tree import copy_tree, located_at
from srcgrad.syntax.walking import children, walk

Block = list[gast.stmt]

_MOST_RESTARTS = 60
_MOST_TRIPS = 20


def one_name_each(tree: gast.FunctionDef, places: PlacesOf, names: Names) -> gast.FunctionDef:
    """The function (in normal form) with the variables in question resolved to the arrays they hold.

    The tree itself where that cannot be done: where a view is kept in a way that this pass does not follow.
    """
    selection = Selection(names)
    known = Places(places, names)
    for _ in range(_MOST_RESTARTS):
        try:
            return _Walk(tree, places, names, known, selection).tree()
        except Restart:
            continue
        except NotOnePlace:
            return tree
    return tree


class _Walk:
    """One walk over the function; found out on the way that a name must be kept, the walk starts again."""

    def __init__(
        self, tree: gast.FunctionDef, places: PlacesOf, names: Names, known: Places, selection: Selection
    ) -> None:
        self.function = tree
        self.facts = places
        self.names = names
        self.known = known
        self.selection = selection
        self.breaks: list[State] = []
        self.moved: set[gast.stmt] = set()
        self.live_after = known.live
        self.resolved = bool(known.split)
        self.captured = names_read([node for node in own_nodes(tree.body) if isinstance(node, DEFINITIONS)])
        if self.captured & set(known.split.values()) or self.captured & set(selection.chosen):
            raise NotOnePlace

    def tree(self) -> gast.FunctionDef:
        parameters = [name for name in parameter_names(self.function.args) if name in self.facts.variables]
        start: State = frozenset([tuple((parameter, Place(parameter)) for parameter in sorted(parameters))])
        body, _ = self.block(self.function.body, start)
        if not self.resolved:
            return self.function
        first = [statement for parameter in parameters for statement in self.selection.note(parameter, parameter)]
        located = [located_at(statement, self.function.body[0]) for statement in first]
        return gast.fix_missing_locations(replaced(self.function, body=[*located, *body]))

    def block(self, statements: Sequence[gast.stmt], state: State) -> tuple[Block, State]:
        result: Block = []
        for statement in statements:
            if not state:
                result.append(statement)
                continue
            block, state = self.statement(statement, state)
            result.extend(located_at(new, statement) for new in block)
            state = self.known.restricted(state, self.live_after.get(statement))
        return result, state

    def statement(self, statement: Any, state: State) -> tuple[Block, State]:
        match statement:
            case gast.If():
                return self._if(statement, state)
            case gast.For():
                return self._for(statement, state)
            case gast.While():
                return self._while(statement, state)
            case gast.With() | gast.Try():
                return self._scope(statement, state)
            case gast.Break():
                self.breaks.append(state)
                return [statement], frozenset()
            case gast.Raise():
                return self._written(statement, state), frozenset()
            case gast.Return(value=gast.AST() as value) if len(self._groups(statement, state)) > 1:
                result = self.known.fresh(statement, "result")
                given = self.known.once(statement, "given", lambda: located_at(assign(result, value), statement))
                return [*self._written(given, state), replaced(statement, value=name(result))], state
            case gast.Assign(targets=[gast.Name(id=variable)]) if variable in self.facts.variables:
                return self._define(statement, variable, state)
            case gast.AugAssign(target=gast.Name(id=variable)) if variable in self.facts.variables:
                return self._augment(statement, variable, state)
            case gast.Delete(targets=targets) if {base_name(target) for target in targets} & self.facts.variables:
                kept = [target for target in targets if base_name(target) not in self.facts.variables]
                return ([replaced(statement, targets=kept)] if kept else []), state
            case _:
                bound = names_assigned(statement)
                if bound & self.facts.variables and any(map(self.facts.may_share, children(statement))):
                    raise NotOnePlace
                block = self._written(statement, state)
                state = self.known.rebound(state, bound | self.facts.emptied(statement), None)
                for variable in sorted(bound & self.facts.variables):
                    state = self.known.own(state, variable, variable)
                    block.extend(self.selection.note(variable, variable))
                return block, state

    # ---- definitions ----

    def _define(self, statement: gast.Assign, variable: str, state: State) -> tuple[Block, State]:
        value = statement.value
        if isinstance(value, gast.IfExp) and (self.facts.is_view(value.body) or self.facts.is_view(value.orelse)):
            branches = self.known.once(statement, "branches", lambda: _branches(statement, value))
            for side in (*branches.body, *branches.orelse):
                self.live_after[side] = self.live_after[statement]
            return self.statement(branches, state)
        moves = (
            statement not in self.known.stay and self.facts.is_view(value) and self._moves(statement, variable, state)
        )
        if statement in self.moved and not moves:
            # What an earlier round of a loop took for a move is none: the walk begins again without it.
            self.known.stay.add(statement)
            raise Restart
        if self.facts.is_view(value) and not moves:
            return self._alias(statement, variable, value, state)
        if not self.facts.is_view(value) and self.facts.may_share(value):
            raise NotOnePlace
        if moves:
            self.moved.add(statement)
        holder = self.known.holder(statement, variable)
        block = self._written(replaced(statement, targets=[gast.Name(holder, gast.Store(), None, None)]), state)
        state = self.known.rebound(state, {holder}, statement)
        state = self.known.own(state, variable, holder)
        return [*block, *self.selection.note(variable, holder)], state

    def _moves(self, statement: gast.Assign, variable: str, state: State) -> bool:
        """Whether an array only changes its name: nothing else holds it, and it is not written under the new one."""
        value = statement.value
        if not isinstance(value, gast.Name) or variable in self.facts.written:
            return False
        if value.id in self.live_after.get(statement, {value.id}):
            return False
        for places in state:
            moved = dict(places).get(value.id)
            if moved is None or moved.text != value.id:
                return False
            if any(value.id in place.names for other, place in places if other != value.id):
                return False
        return value.id not in parameter_names(self.function.args)

    def _alias(self, statement: gast.Assign, variable: str, value: gast.expr, state: State) -> tuple[Block, State]:
        self.resolved = True
        if variable in self.captured:
            raise NotOnePlace
        groups = self._groups(statement, state)
        texts: dict[Any, str] = {}
        branches: list[tuple[Any, Block]] = []
        held: set[str] = set()
        for key, places in groups.items():
            before, place = self.known.place(value, places, statement, variable)
            held |= names_assigned(before)
            texts[key] = place.text
            branches.append((key, [*before, *self.selection.note(variable, place.text)]))
        if len(groups) > 1 and isinstance(value, gast.Name) and variable in self.selection.chosen:
            block: Block = [assign(self.selection.variable(variable), name(self.selection.variable(value.id)))]
        else:
            block = self.selection.chain(branches, self._used(statement))
        found = {places: self.known.place(value, dict(places), statement, variable)[1] for places in state}
        after: set[Any] = set()
        for combination in state:
            place = found[combination]
            remaining = self.known.rebound(frozenset([combination]), held, statement)
            after |= self.known.placed(remaining, variable, place)
        return block, frozenset(after)

    def _augment(self, statement: gast.AugAssign, variable: str, state: State) -> tuple[Block, State]:
        if self.facts.is_array(statement.target):
            return self._written(statement, state), state
        if any(place.text != variable for places in state for other, place in places if other == variable):
            raise NotOnePlace
        block = self._written(statement, state)
        state = self.known.rebound(state, {variable}, statement)
        return block, self.known.own(state, variable, variable)

    # ---- statements written through places ----

    def _used(self, statement: gast.AST) -> list[str]:
        """The variables in question that a statement reads or writes into."""
        found = {node.id for node in walk(statement) if isinstance(node, gast.Name)}
        if isinstance(statement, gast.Assign):
            plain = {target.id for target in statement.targets if isinstance(target, gast.Name)}
            found -= plain - names_read(statement.value)
        return sorted(found & self.facts.variables)

    def _key(self, statement: gast.AST, places: Any) -> tuple[str, ...]:
        held = dict(places)
        return tuple(held[variable].text if variable in held else "" for variable in self._used(statement))

    def _groups(self, statement: gast.AST, state: State) -> dict[Any, dict[str, Place]]:
        """The combinations of places that the variables of a statement may have."""
        groups: dict[Any, dict[str, Place]] = {}
        used = self._used(statement)
        for combination in sorted(state, key=lambda places: [(v, p.text) for v, p in places]):
            held = dict(combination)
            for variable in used:
                if variable in held:
                    self.known.require(held[variable], variable)
            groups.setdefault(self._key(statement, combination), held)
        bound = {key: held for key, held in groups.items() if all(key)}
        return bound or groups

    def _written(self, statement: gast.stmt, state: State) -> Block:
        """A statement with places for variables, once for each combination of places."""
        groups = self._groups(statement, state)
        branches = [(key, [self._through(statement, held)]) for key, held in groups.items()]
        return self.selection.chain(branches, self._used(statement))

    def _through(self, statement: Any, held: dict[str, Place]) -> gast.stmt:
        """A statement with the places for its variables."""
        places = {v: held[v].expression() for v in self._used(statement) if v in held and held[v].text != v}
        if not places:
            return copy_tree(statement)
        if isinstance(statement, gast.AugAssign):
            target = through(statement.target, places, self.facts, whole=True)
            return replaced(statement, target=target, value=substitute(statement.value, places))
        if isinstance(statement, gast.Assign):
            targets = [through(target, places, self.facts, whole=False) for target in statement.targets]
            return replaced(statement, targets=targets, value=substitute(statement.value, places))
        if names_assigned(statement) & places.keys():
            raise NotOnePlace
        return substitute(statement, places)

    # ---- control flow ----

    def _if(self, statement: gast.If, state: State) -> tuple[Block, State]:
        before, test = self._evaluated(statement.test, state, "test")
        body, after_body = self.block(statement.body, state)
        orelse, after_orelse = self.block(statement.orelse, state)
        changed = replaced(statement, test=test, body=body or [gast.Pass()], orelse=orelse)
        return [*before, changed], join(after_body, after_orelse)

    def _evaluated(self, value: gast.expr, state: State, wanted: str) -> tuple[Block, gast.expr]:
        """An expression through places; where there are several combinations, its value under a name."""
        probe = self.known.once(value, "probe", lambda: located_at(gast.Expr(value), value))
        if len(self._groups(probe, state)) == 1:
            [new] = self._written(probe, state)
            return [], new.value
        held = self.known.fresh(value, wanted)
        given = self.known.once(value, "given", lambda: located_at(assign(held, value), value))
        return self._written(given, state), located_at(name(held), value)

    def _loop(self, statement: Any, state: State, endless: bool) -> tuple[Block, State, State]:
        """The body of a loop, what may hold at its head, and after the loop."""
        targets = names_assigned(statement.target) if isinstance(statement, gast.For) else set[str]()
        outer = self.breaks
        for _ in range(_MOST_TRIPS):
            self.breaks = []
            body, after = self.block(statement.body, self.known.rebound(state, targets, None))
            wider = join(state, after)
            if wider == state:
                break
            state = wider
        else:
            raise NotOnePlace
        left = join(frozenset() if endless else state, *self.breaks)
        self.breaks = outer
        return body or [gast.Pass()], state, left

    def _while(self, statement: gast.While, state: State) -> tuple[Block, State]:
        endless = isinstance(statement.test, gast.Constant) and bool(statement.test.value)
        body, head, after = self._loop(statement, state, endless)
        before, test = self._evaluated(statement.test, head, "test")
        if not before:
            return [replaced(statement, test=test, body=body)], after
        leave = gast.If(test, body, [gast.Break()])
        endlessly = located_at(gast.Constant(True, None), statement.test)
        return [replaced(statement, test=endlessly, body=[*before, located_at(leave, statement)])], after

    def _for(self, statement: gast.For, state: State) -> tuple[Block, State]:
        read = names_read(statement.iter) & self.facts.variables
        probe = self.known.once(statement, "probe", lambda: located_at(gast.Expr(statement.iter), statement))
        chosen = bool(read) and len(self._groups(probe, state)) > 1
        if names_assigned(statement.target) & self.facts.variables or (chosen and not _is_range(statement.iter)):
            self.resolved = True
            return self._for(self.known.once(statement, "by index", lambda: self._by_index(statement)), state)
        if chosen:
            before, bounds = self._bounds(statement.iter, state)
            iterable: gast.expr = replaced(statement.iter, args=bounds)
        else:
            before, iterable = self._evaluated(statement.iter, state, "items")
        if read and not chosen:
            # What the loop runs over is read in every trip, as far as the places of variables go.
            for inner in own_nodes(statement.body):
                if isinstance(inner, gast.stmt) and inner in self.live_after:
                    self.live_after[inner] = self.live_after[inner] | read
        body, head, after = self._loop(statement, state, False)
        if not chosen:
            self._groups(probe, head)
        return [*before, replaced(statement, iter=iterable, body=body)], after

    def _by_index(self, statement: gast.For) -> gast.For:
        changed = by_index(statement, self.facts, self.known)
        self.live_after[changed] = self.live_after.get(statement, frozenset())
        return changed

    def _bounds(self, iterable: Any, state: State) -> tuple[Block, list[gast.expr]]:
        """The bounds of a range, evaluated before the loop where they depend on which array a variable holds."""
        before: Block = []
        bounds = []
        for argument in iterable.args:
            more, bound = self._evaluated(argument, state, "count")
            before.extend(more)
            bounds.append(bound)
        return before, bounds

    def _scope(self, statement: Any, state: State) -> tuple[Block, State]:
        """``with`` and ``try``: the places of variables stay what they are."""
        if names_assigned(statement) & self.facts.variables and isinstance(statement, gast.Try):
            raise NotOnePlace
        changed = replaced(statement)
        if isinstance(statement, gast.With):
            for item in statement.items:
                if set(self._used(item)):
                    raise NotOnePlace
            changed.body, state = self.block(statement.body, state)
            changed.body = changed.body or [gast.Pass()]
            return [changed], state
        kept = state
        for field in ("body", "orelse", "finalbody"):
            block, after = self.block(getattr(statement, field), state)
            setattr(changed, field, block or ([gast.Pass()] if field == "body" else []))
            kept = join(kept, after)
        changed.handlers = []
        for handler in statement.handlers:
            block, after = self.block(handler.body, state)
            changed.handlers.append(replaced(handler, body=block or [gast.Pass()]))
            kept = join(kept, after)
        if kept != state:
            raise NotOnePlace
        return [changed], state


def _branches(statement: gast.Assign, value: gast.IfExp) -> gast.If:
    """``b = u if c else v`` as an assignment in each branch."""
    sides = [
        [replaced(statement, targets=copy_tree(statement.targets), value=side)] for side in (value.body, value.orelse)
    ]
    return gast.copy_location(gast.If(value.test, *sides), statement)


def _is_range(iterable: gast.AST) -> bool:
    """Whether a loop runs over a ``range``."""
    return isinstance(iterable, gast.Call) and isinstance(iterable.func, gast.Name) and iterable.func.id == "range"
