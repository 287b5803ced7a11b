"""Derivatives that the program makes itself, by calling ``grad(f)`` or ``jvp(f, ...)``: what stands in their place.

What a function defined inside the program reads of the variables around it becomes arguments of the derivative, which
are read where the derivative is called, as Python would::

    g = grad(lambda x: energy(w, x))        becomes     g = lambda x: anonymous_grad(x, w)

with ``anonymous_grad`` the gradient of ``def anonymous(x, w): return energy(w, x)``.
"""

from __future__ import annotations

from typing import Any

import gast

from srcgrad.analyse.kinds.expressions import Expressions
from srcgrad.analyse.kinds.facts import DerivativeCall, Inner, Surroundings, Target
from srcgrad.analyse.kinds.frame import Frame
from srcgrad.analyse.kinds.joins import join
from srcgrad.custom import Maker
from srcgrad.errors import UnsupportedError
from srcgrad.kind import Constant, Function, Kind, Opaque, Scalar, TupleOf
from srcgrad.syntax.build import call, name
from srcgrad.syntax.scopes import names_read, parameter_names
from srcgrad.syntax.tree import copy_tree, located_at

INNER = (gast.FunctionDef, gast.Lambda)
_OPEN = object()


class Derivatives(Expressions):
    """The part of the interpreter that makes derivatives."""

    def make_derivative(
        self, node: gast.AST, target: Any, maker: Maker, positional: list[Kind], keywords: dict[str, Kind]
    ) -> Target:
        """Call ``grad``, ``jvp`` or another function that makes derivatives."""
        if not positional and maker.takes == "function":
            # ``grad(argnums=1)``, a decorator.
            return Target(target, result=Function((target,), keywords=tuple(keywords.items())))
        written = self._written(node, target, maker, positional, keywords) if isinstance(node, gast.Call) else None
        if written is None:
            return Target(target, result=Opaque())
        return Target(target, result=self.evaluate(written), written=written)

    def _written(
        self, node: gast.Call, target: Any, maker: Maker, positional: list[Kind], keywords: dict[str, Kind]
    ) -> gast.expr | None:
        """The expression that stands in the place of a call; None where its function is not known."""
        if not node.args or any(isinstance(item, gast.Starred) for item in node.args):
            return None
        function = positional[0]
        if not isinstance(function, Function) or len(function.targets) != 1:
            return None
        for option in keywords:
            if option not in maker.options:
                raise UnsupportedError(
                    f"{target.__name__} is called with {option!r} inside a differentiated function",
                    node=node,
                    advice="leave it out, or make the derivative outside",
                )
        options = {key: _fixed(kind) for key, kind in keywords.items()}
        if maker.takes == "function":
            options.update(zip(maker.options, map(_fixed, positional[1:]), strict=False))
        if any(value is _OPEN for value in options.values()):
            return None
        key = (node, target, function.targets[0], *sorted((key, repr(value)) for key, value in options.items()))
        found = self.session.written.get(key)
        if found is None:
            found = self._made(node, function, maker, options, positional)
            if found is not None:
                self.session.written[key] = located_at(found, node)
        return found

    def _made(
        self, node: gast.Call, function: Function, maker: Maker, options: dict[str, Any], positional: list[Kind]
    ) -> gast.expr | None:
        target: Any = function.targets[0]
        if function.leading or function.keywords:
            target = self._as_lambda(node.args[0], function)
            if target is None:
                return None
            self.evaluate(target)
        around: Surroundings | None = None
        label = ""
        if isinstance(target, INNER):
            around, label = self._surroundings(target), self._label(target)
            if around is None:
                return None
        root: Frame = self
        while root.parent is not None:
            root = root.parent
        wanted = DerivativeCall(node, self.function, root.tree, target, label, around, maker, options, positional[1:])
        return self.session.program.written_derivative(wanted)

    # ---- functions defined inside ----

    def captured_by(self, definition: Inner) -> dict[str, Kind]:
        """What a function defined inside the program, and those that it calls, read of the variables around them."""
        captured: dict[str, Kind] = {}
        pending, seen = [definition], set()
        while pending:
            current = pending.pop()
            seen.add(id(current))
            for variable in sorted(names_read(current)):
                kind: Kind | None = None
                # The same text may have been run for several calls of the function around it.
                for owner in self.session.owners[current]:
                    read = owner.read_variable(variable)
                    if read is not None:
                        naming = owner.naming(current, ("captured", variable))
                        kind = read if kind is None else join(kind, read, naming)
                if kind is None:
                    continue
                captured[variable] = kind
                for inner in kind.targets if isinstance(kind, Function) else ():
                    if isinstance(inner, INNER) and id(inner) not in seen:
                        pending.append(inner)
        return captured

    def captured_by_value(self, kind: Function) -> dict[str, Kind]:
        """What functions defined inside the program, passed as arguments, read of the variables around them."""
        found: dict[str, Kind] = {}
        for target in kind.targets:
            if isinstance(target, INNER):
                found.update(self.captured_by(target))
        return found

    def _surroundings(self, definition: Inner) -> Surroundings | None:
        """What a function reads from around it; None where that has no name here."""
        values: list[str] = []
        functions: dict[str, Inner] = {}
        for variable, kind in self.captured_by(definition).items():
            if not isinstance(kind, Function) or not any(isinstance(item, INNER) for item in kind.targets):
                values.append(variable)
            elif len(kind.targets) != 1 or kind.leading or kind.keywords:
                return None
            else:
                functions[variable] = kind.targets[0]
        for inner in (definition, *functions.values()):
            home = self._home(inner)
            if home is None:
                return None
            captured = set(self.captured_by(inner))
            frame: Frame = self
            while frame is not home:
                # A variable of the same name in between would be read in its place.
                if frame.locals & captured or frame.parent is None:
                    return None
                frame = frame.parent
        return Surroundings(tuple(sorted(values)), tuple(sorted(functions.items())))

    def _home(self, definition: Inner) -> Frame | None:
        """The frame in which a function is defined: this one, or one around it."""
        trees = {id(owner.tree) for owner in self.session.owners.get(definition, ())}
        frame: Frame | None = self
        while frame is not None and id(frame.tree) not in trees:
            frame = frame.parent
        return frame

    def _label(self, definition: Inner) -> str:
        """What to call a function: a lambda, by the variable that it is assigned to."""
        if isinstance(definition, gast.FunctionDef):
            return str(definition.name)
        home = self._home(definition)
        for statement in gast.walk(home.tree) if home is not None else ():
            match statement:
                case gast.Assign(targets=[gast.Name(id=identifier)], value=value) if value is definition:
                    return str(identifier)
        return "anonymous"

    # ---- methods ----

    def _as_lambda(self, node: gast.expr, kind: Function) -> gast.Lambda | None:
        """``lambda x: model.loss(x)`` for ``model.loss``, where the model stays what it is."""
        if not isinstance(node, gast.Attribute) or not kind.bound or kind.keywords:
            return None
        if not all(self._is_settled(variable) for variable in names_read(node)):
            return None
        resolved = self.session.program.resolve(kind.targets[0])
        own = parameter_names(self.session.program.body(resolved.function).args)[len(kind.leading) :]
        arguments = gast.arguments(
            [gast.Name(parameter, gast.Param(), None, None) for parameter in own], [], None, [], [], None, []
        )
        return located_at(gast.Lambda(arguments, call(copy_tree(node), *map(name, own))), node)

    def _is_settled(self, variable: str) -> bool:
        """Whether a variable of this function is never bound anew."""
        nodes = (part for part in gast.walk(self.tree) if isinstance(part, gast.Name) and part.id == variable)
        stores = sum(isinstance(part.ctx, gast.Store) for part in nodes)
        return stores == 0 if variable in self.parameters else stores <= 1


def _fixed(kind: Kind) -> Any:
    """The value of an option that the text fixes; ``_OPEN`` for another."""
    match kind:
        case Constant(value=value):
            return value
        case Scalar(value=value) if value is not None:
            return value
        case TupleOf(elements=elements):
            items = tuple(_fixed(item) for item in elements)
            return _OPEN if any(item is _OPEN for item in items) else items
        case _:
            return _OPEN
