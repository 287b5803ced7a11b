"""Which names may stand for the same memory: by where the arrays of a function come from.

``y = np.zeros(n)`` is memory of its own, ``v = u[1:-1]`` that of u; parameters and what comes out of a container may
be anything that went in.
"""

from __future__ import annotations

from collections.abc import Mapping

import gast

from srcgrad.kind import Array, Kind, Scalar
from srcgrad.loops.operands import Facts
from srcgrad.syntax.build import base_name, names_assigned, names_read, parameter_names

_OUTSIDE = "outside"
# These give views of their argument, or the argument itself; every other function of NumPy gives new arrays.
_VIEWS = frozenset(
    "asarray asanyarray ascontiguousarray reshape ravel transpose squeeze swapaxes moveaxis broadcast_to expand_dims "
    "diagonal real imag atleast_1d atleast_2d array_split split flip rollaxis view".split()
)


class Origins:
    """The memory that each name of a function may stand for."""

    def __init__(self, function: gast.FunctionDef, facts: Facts) -> None:
        self.facts = facts
        self.of: dict[str, set[str]] = {}
        assigned = names_assigned(function.body)
        for parameter in parameter_names(function.args):
            for holder in _holders(function, parameter):
                self.of[holder] = {_OUTSIDE}
        self.assigned = assigned
        self.outside = names_read(function.body) - assigned
        while self._grow(function):
            pass

    def may_share(self, left: str, right: str) -> bool:
        """Whether two names may stand for the same memory."""
        return left == right or not self._of(left).isdisjoint(self._of(right))

    def _of(self, name: str) -> set[str]:
        return self.of.get(name, {_OUTSIDE} if name in self.outside else {f"new {name}"})

    def note(self, statement: gast.stmt) -> None:
        """Take a new statement into account that gives a name its value."""
        if isinstance(statement, gast.Assign):
            for target in statement.targets:
                self._assigned(target, statement.value)

    def _add(self, name: str, origins: set[str]) -> bool:
        known = self.of.setdefault(name, set())
        before = len(known)
        known |= origins
        return len(known) > before

    def _grow(self, function: gast.FunctionDef) -> bool:
        grew = False
        for node in gast.walk(function):
            match node:
                case gast.Assign(targets=targets, value=value):
                    for target in targets:
                        grew = self._assigned(target, value) or grew
                case gast.For(target=target, iter=value):
                    for name in names_assigned(target):
                        grew = self._add(name, self._within(value)) or grew
                case gast.NamedExpr(target=target, value=value):
                    grew = self._assigned(target, value) or grew
                case gast.Call(func=gast.Attribute(value=receiver), args=[*_, argument]):
                    # What is appended to a list comes out of it again.
                    base = base_name(receiver)
                    if base in self.assigned and not isinstance(self.facts.of.get(receiver), Array | Scalar):
                        grew = self._add(base, self._within(argument)) or grew
        return grew

    def _assigned(self, target: gast.AST, value: gast.expr) -> bool:
        if isinstance(target, gast.Name):
            origins = self.origins(value)
            return self._add(target.id, origins if origins is not None else {f"new {target.id}"})
        if isinstance(target, gast.Tuple | gast.List):
            if isinstance(value, gast.Tuple | gast.List) and len(value.elts) == len(target.elts):
                return sum(self._assigned(*pair) for pair in zip(target.elts, value.elts, strict=True)) > 0
            return sum(self._add(name, self._within(value)) for name in names_assigned(target)) > 0
        base = base_name(target)
        if base is not None and not isinstance(self.facts.of.get(getattr(target, "value", None)), Array):
            return self._add(base, self._within(value))
        return False

    def origins(self, value: gast.expr) -> set[str] | None:
        """The memory of a value; None where it is new memory or no memory at all."""
        kind = self.facts.of.get(value)
        if isinstance(kind, Scalar):
            return set()
        match value:
            case gast.Name(id=identifier):
                return self._of(identifier)
            case gast.Attribute() | gast.Subscript():
                return self._within(value)
            case gast.BinOp() | gast.UnaryOp() | gast.Compare() if isinstance(kind, Array):
                return None
            case gast.Call():
                function, _ = self.facts.callee(value)
                called = getattr(function, "__name__", "")
                home = (getattr(function, "__module__", None) or type(function).__module__).partition(".")[0]
                if home == "numpy" and called not in _VIEWS and isinstance(kind, Array):
                    return None
                return self._within(value) | ({_OUTSIDE} if home not in ("numpy", "srcgrad") else set())
        return self._within(value)

    def _within(self, value: gast.AST) -> set[str]:
        """The memory of all names in an expression that hold arrays or containers."""
        found: set[str] = set()
        for node in gast.walk(value):
            if isinstance(node, gast.Name) and not _is_number(self.facts.of, node):
                found |= self._of(node.id)
        return found


def _holders(function: gast.FunctionDef, parameter: str) -> set[str]:
    """The names of an argument itself: where ``u = u.copy()`` stands before all else, those it got before."""
    holders = {parameter}
    for statement in function.body:
        match statement:
            case gast.Assign(
                targets=[gast.Name(id=assigned)],
                value=gast.Call(func=gast.Attribute(value=gast.Name(id=copied), attr="copy"), args=[]),
            ) if assigned == copied == parameter:
                return holders - {parameter}
            case gast.Assign():
                if parameter in names_read(statement.value):
                    holders |= names_assigned(statement)
            case gast.Expr():
                pass
            case _:
                break
    return {parameter}


def _is_number(of: Mapping[gast.AST, Kind], node: gast.AST) -> bool:
    return isinstance(of.get(node), Scalar)

