"""The state of the interpretation of one function for one set of kinds, and what all functions share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gast

from srcgrad.analyse.kinds import symbols
from srcgrad.analyse.kinds.facts import CallFact, EnvironmentRead, Kinds, Program, Target
from srcgrad.analyse.kinds.joins import Path, as_element, change_lengths, from_element, join
from srcgrad.kind import DictOf, Instance, Kind, Maybe, SequenceOf, TupleOf, Unreachable
from srcgrad.syntax.scopes import local_names

Variables = dict[str, Kind]
# The field of a site for all elements of a list, or all values of a dict.
ANY_FIELD = "*"
# The field of a site for the keys that were added to a dict.
KEY_FIELD = "* key"


@dataclass
class Session:
    """What the interpretation of a function and of all its callees share.

    ``heap`` holds what is stored into lists, dicts and objects after they were made, by the place where they were
    made.  When it grows, everything is interpreted again: ``version`` counts that.
    """

    program: Program
    make_frame: Callable[..., Frame]
    unknowns: dict[Any, str] = field(default_factory=dict)
    heap: dict[tuple[str, Any], Kind] = field(default_factory=dict)
    changed_sites: set[str] = field(default_factory=set)
    version: int = 0
    grew: bool = False
    frames: dict[Any, list[Frame]] = field(default_factory=dict)
    stack: list[Frame] = field(default_factory=list)
    reads: dict[tuple[int, str], EnvironmentRead] = field(default_factory=dict)
    owners: dict[gast.AST, list[Frame]] = field(default_factory=dict)
    resized: set[str] = field(default_factory=set)
    # The sites at each place of the program, one for each way to get there.
    sites: dict[Any, list[str]] = field(default_factory=dict)
    # What stands in the place of calls that make derivatives.
    written: dict[Any, gast.expr] = field(default_factory=dict)

    def store(self, sites: frozenset[str], name: Any, kind: Kind) -> None:
        """Note that a value is stored into containers made at these sites; without a name, that they may change."""
        for site in sites:
            if site not in self.changed_sites:
                self.changed_sites.add(site)
                self.grew = True
            key = (site, name)
            old = self.heap.get(key, Unreachable())
            new = join(old, as_element(kind))
            if new != old:
                self.heap[key] = new
                self.grew = True

    def resize(self, sites: frozenset[str]) -> None:
        """Note that the keys of dicts made at these sites change."""
        if not sites <= self.resized:
            self.resized |= sites
            self.changed_sites |= sites
            self.grew = True

    def current(self, kind: Kind, above: frozenset[str] = frozenset()) -> Kind:
        """A container's kind with all that was ever stored into it."""
        match kind:
            case SequenceOf(element=element, cls=cls, elements=elements, sites=sites) if not sites & above:
                below = above | sites
                if sites & self.changed_sites:
                    for site in sites:
                        element = join(element, self.heap.get((site, ANY_FIELD), Unreachable()))
                    return SequenceOf(as_element(self.current(element, below)), cls, None, sites)
                inner = None if elements is None else tuple(self.current(item, below) for item in elements)
                return SequenceOf(self.current(element, below), cls, inner, sites)
            case DictOf(element=element, entries=entries, key=key, sites=sites, exact=exact) if not sites & above:
                below = above | sites
                merged = None if entries is None else dict(entries)
                for (site, name), stored in self.heap.items():
                    if site in sites and name == KEY_FIELD:
                        key = join(key, stored)
                    elif site in sites:
                        element = join(element, stored)
                        if name == ANY_FIELD:
                            merged = None
                        elif merged is not None:
                            merged[name] = join(merged.get(name, Unreachable()), stored)
                known = None if merged is None else tuple((n, self.current(k, below)) for n, k in merged.items())
                return DictOf(
                    as_element(self.current(element, below)), known, key, sites, exact and not sites & self.resized
                )
            case Instance(cls=cls, attributes=attributes, value=value, sites=sites) if not sites & above:
                below = above | sites
                held = dict(attributes)
                for (site, name), stored in self.heap.items():
                    if site in sites:
                        held[name] = join(held.get(name, Unreachable()), stored)
                return Instance(cls, tuple((n, self.current(k, below)) for n, k in held.items()), value, sites)
            case TupleOf(elements=elements, cls=cls):
                return TupleOf(tuple(self.current(element, above) for element in elements), cls)
            case Maybe(kind=inner):
                return Maybe(self.current(inner, above))
        return kind


@dataclass
class Loop:
    """What is known of one loop: its stable variables at the head and afterwards."""

    head: Variables | None = None
    item: Kind = Unreachable()
    exit: Variables | None = None
    version: int = -1
    generated: set[str] = field(default_factory=set)


@dataclass
class Jumps:
    """Where the innermost loop is left by ``break``, or its trip ended by ``continue``."""

    breaks: list[Variables] = field(default_factory=list)
    continues: list[Variables] = field(default_factory=list)


def sites_in(kind: Kind) -> set[str]:
    """Where the containers and objects of a value were made, those inside it included."""
    match kind:
        case SequenceOf(element=element, sites=sites):
            return {*sites, *sites_in(element)}
        case DictOf(element=element, sites=sites):
            return {*sites, *sites_in(element)}
        case Instance(attributes=attributes, sites=sites):
            return set(sites).union(*(sites_in(held) for _, held in attributes))
        case TupleOf(elements=elements):
            return set().union(*map(sites_in, elements))
        case Maybe(kind=inner):
            return sites_in(inner)
    return set()


class Frame:
    """The interpretation of one function for one set of kinds."""

    def __init__(
        self,
        session: Session,
        tree: gast.FunctionDef | gast.Lambda,
        function: Any,
        parameters: Mapping[str, Kind],
        parent: Frame | None = None,
        captured: Mapping[str, Kind] | None = None,
    ) -> None:
        self.session = session
        self.tree = tree
        self.function = function
        self.parameters = dict(parameters)
        self.parent = parent
        self.captured = dict(captured or {})
        self.locals = local_names(tree) if tree is not None else set()
        self.variables: Variables | None = dict(parameters)
        self.joined: Variables = dict(parameters)
        self.written_inside: set[str] = set()
        self.of: dict[gast.AST, Kind] = {}
        self.calls: dict[gast.Call, CallFact] = {}
        self.decided: dict[gast.AST, bool] = {}
        self.loops: dict[gast.AST, Loop] = {}
        self.active: list[Loop] = []
        self.jumps: list[Jumps] = []
        self.returns: dict[gast.AST, Kind] = {}
        self.exits: list[Variables] = []
        self.yields: dict[gast.AST, Kind] = {}
        self.free: dict[str, Kind] = {}
        self.result: Kind = Unreachable()
        self.version = -1
        self.is_running = False
        self.was_asked = False
        self.silent = 0

    # ---- what the parts of the interpreter ask of one another ----

    def evaluate(self, node: gast.AST) -> Kind:
        """The kind of an expression, which is also noted."""
        raise NotImplementedError

    def run(self) -> None:
        """Interpret the whole function."""
        raise NotImplementedError

    def call(
        self, node: gast.AST, function: Kind, positional: list[Kind], keywords: dict[str, Kind]
    ) -> tuple[Kind, tuple[Target, ...]]:
        """The kind of a call's result and what may be called."""
        raise NotImplementedError

    def attribute(self, node: gast.AST, value: Kind, name: str) -> Kind:
        """The kind of an attribute of a value."""
        raise NotImplementedError

    def subscript(self, node: gast.AST, value: Kind, index: Kind) -> Kind:
        """The kind of an element or a part of a value."""
        raise NotImplementedError

    def iterate(self, node: gast.AST, kind: Kind) -> Kind:
        """The kind of the items that iterating over a value gives."""
        raise NotImplementedError

    def assign(self, target: gast.AST, kind: Kind) -> None:
        """Assign a value to a target."""
        raise NotImplementedError

    # ---- unknown lengths ----

    def fresh(self, node: Any, key: Any) -> str:
        """The name of a length that only the run can tell, made at one node; the same at each visit."""
        full = (self, node, key)
        name = self.session.unknowns.get(full)
        if name is None:
            name = self._known_site(node) if key == "site" else None
            name = name or f"~{len(self.session.unknowns) + 1}"
            self.session.unknowns[full] = name
            if key == "site":
                self.session.sites.setdefault(node, []).append(name)
        for loop in self.active:
            loop.generated.add(name)
        return name

    def _known_site(self, node: Any) -> str | None:
        """The site of an object made from one that the same place made before: ``p = p.moved()`` in a loop."""
        made = self.session.sites.get(node)
        if not made:
            return None
        held = set().union(*map(sites_in, self.parameters.values()))
        return next((site for site in made if site in held), None)

    def naming(self, node: Any, key: Any = "") -> Callable[[object], str]:
        """``fresh`` for one node, as the functions that compute kinds want it."""
        return lambda detail: self.fresh(node, (key, detail))

    def take_out(self, node: gast.AST, kind: Kind) -> Kind:
        """A kind as it is read from a container."""
        return from_element(kind, self.naming(node, "taken"))

    def import_result(self, node: gast.AST, kind: Kind, known: frozenset[str]) -> Kind:
        """A callee's result: lengths that only the callee could name get names of the caller."""
        renamed = self.naming(node, "returned")

        def change(dim: Any, path: Path) -> Any:
            return renamed(dim) if symbols.unknowns(dim) - known else dim

        return change_lengths(kind, change)

    # ---- variables ----

    def read_variable(self, name: str) -> Kind | None:
        """A variable of this function or of one around it; None for a free name of the whole program."""
        if self.variables is not None and name in self.variables:
            return self.variables[name]
        if name in self.locals:
            return self.joined.get(name, Unreachable()) if self.variables is None else Unreachable()
        if self.parent is None:
            return None
        if name in self.captured:
            return self.captured[name]
        return self.parent.read_variable(name) if name not in self.parent.locals else self.parent.last(name)

    def last(self, name: str) -> Kind:
        """What a variable of this function was when it was last interpreted."""
        if self.variables is not None and name in self.variables:
            return self.variables[name]
        return self.joined.get(name, Unreachable())

    def write_variable(self, name: str, kind: Kind) -> None:
        """Assign to a variable of this function, or to one that it declares nonlocal."""
        if name not in self.locals and self.parent is not None and self.owner_of(name) is not None:
            owner = self.owner_of(name)
            assert owner is not None
            naming = owner.naming(name, "nonlocal")
            # Which of its values a variable has that calls bind anew is not followed.
            joined = as_element(join(owner.last(name), kind))
            joined = as_element(join(owner.joined.get(name, Unreachable()), joined))
            owner.written_inside.add(name)
            if joined != as_element(owner.joined.get(name, Unreachable())):
                self.session.grew = True
            joined = from_element(joined, naming)
            owner.joined[name] = joined
            if owner.variables is not None:
                owner.variables[name] = joined
            return
        if self.variables is not None:
            self.variables[name] = kind
        self.joined[name] = join(self.joined.get(name, Unreachable()), kind, self.naming(name, "joined"))

    def define(self, node: gast.AST) -> None:
        """Note that a function is defined here: its free variables are read from this frame."""
        frames = self.session.owners.setdefault(node, [])
        if self not in frames:
            frames.append(self)

    def owner_of(self, name: str) -> Frame | None:
        """The enclosing function that a nonlocal name belongs to."""
        frame = self.parent
        while frame is not None and name not in frame.locals:
            frame = frame.parent
        return frame

    def kinds(self) -> Kinds:
        """What was found, for those who use it."""
        at_exit: Variables = {}
        for variables in self.exits:
            for name, kind in variables.items():
                at_exit[name] = join(at_exit.get(name, Unreachable()), kind, self.naming(name, "exit"))
        return Kinds(
            self.of,
            self.calls,
            self.result,
            tuple(self.session.reads.values()),
            self.decided,
            self.overall(),
            at_exit,
            self.evaluate_new,
        )

    def overall(self) -> Variables:
        """The kind of each variable over all its assignments."""
        result = dict(self.parameters)
        for node, kind in self.of.items():
            if isinstance(node, gast.Name) and not isinstance(node.ctx, gast.Load) and node.id in self.locals:
                result[node.id] = join(result.get(node.id, Unreachable()), kind, self.naming(node.id, "overall"))
        for name, kind in self.joined.items():
            if name not in result or name in self.written_inside:
                result[name] = join(result.get(name, Unreachable()), kind, self.naming(name, "overall"))
        return {name: self.session.current(kind) for name, kind in result.items()}

    def evaluate_new(self, expression: gast.AST, extra: Mapping[str, Kind]) -> Kind:
        """The kind of an expression that is not part of the function."""
        raise NotImplementedError
