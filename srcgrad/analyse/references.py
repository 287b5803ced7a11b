"""References: to which objects the value of an expression may belong, and what evaluating it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import gast

from srcgrad.analyse import library
from srcgrad.analyse.footprints import Footprints, statements_in
from srcgrad.analyse.purity import KnownPure, dotted_path, is_pure_library_call
from srcgrad.analyse.sharing import (
    Constraints,
    ObjectClass,
    foreign,
    inside,
    merge,
    new_array,
    new_container,
    part,
    release,
)
from srcgrad.syntax.build import local_names, parameter_names
from srcgrad.syntax.walking import children


@dataclass(eq=False)
class Record:
    """What has been found of one statement; its classes are resolved when all are known."""

    variables: Mapping[str, ObjectClass]
    visible: bool = False
    writes: list[ObjectClass] = field(default_factory=list)

    exposed: list[ObjectClass] = field(default_factory=list)

    def expose(self, item: ObjectClass | None) -> None:
        """Note that others may write into an object, and into what is inside it."""
        if item is not None:
            self.exposed.append(item)

    def write(self, item: ObjectClass | None) -> None:
        if item is not None:
            self.writes.append(item)


class References:
    """The classes of one function's variables, and of its expressions one by one."""

    def __init__(
        self,
        function: gast.FunctionDef,
        known_pure: KnownPure,
        scalars: frozenset[str],
        arrays: Mapping[str, int | None],
        footprints: Footprints,
    ) -> None:
        self._known_pure = known_pure
        self._scalars = scalars
        self._arrays = arrays
        self.constraints = Constraints()
        self.records: dict[gast.stmt, Record] = {}
        statements = list(statements_in(function.body))
        found = [footprints(item) for item in statements]
        outside = set[str]().union(
            *(item.names for item in statements if isinstance(item, (gast.Global, gast.Nonlocal)))
        )
        self.captured = frozenset[str]().union(*(item.captured for item in found))
        assigned = set[str]().union(*(item.binds | item.may_bind for item in found))
        self.variables = {name: ObjectClass() for name in assigned - outside}
        for name in parameter_names(function.args):
            self.variables[name] = foreign(array=name in arrays)
        # What nested functions do with the variables they see is not followed.
        for name in self.captured & self.variables.keys():
            self.variables[name] = foreign()
        self.record = Record(self.variables)

    def bind(self, target: gast.expr | None, value: ObjectClass | None) -> None:
        """Note that ``target`` becomes ``value``."""
        if isinstance(target, gast.Name):
            if target.id not in self.variables:
                # A global variable, or one of an enclosing function.
                self.record.visible = True
                release(value)
            elif target.id not in self._scalars:
                merge(self.variables[target.id], value)
        elif isinstance(target, (gast.Tuple, gast.List)):
            for element in target.elts:
                self.bind(element, inside(value))
        elif isinstance(target, gast.Starred):
            self.bind(target.value, new_container(value))
        elif target is not None:
            owner = self.value(target.value)
            if isinstance(target, gast.Subscript):
                self.value(target.slice)
            else:
                self.record.visible = True
                release(value)
            self.record.write(owner)
            if not self.is_array(target.value):
                self.constraints.store(owner, value)

    def is_array(self, node: gast.expr) -> bool:
        """Whether an expression is known to be an array of numbers."""
        return isinstance(node, gast.Name) and node.id in self._arrays

    def lookup(self, name: str) -> ObjectClass | None:
        """The class of a variable; what is not local comes from outside."""
        if name in self._scalars:
            return None
        return self.variables.get(name) or foreign(array=name in self._arrays)

    def value(self, node: gast.AST | None) -> ObjectClass | None:
        """The class of an expression's value; notes the effects of evaluating it."""
        if node is None or isinstance(node, gast.Constant):
            return None
        if isinstance(node, gast.Name):
            return self.lookup(node.id)
        if isinstance(node, gast.BinOp):
            return self._binary(node)
        if isinstance(node, gast.Subscript):
            return self._subscript(node)
        if isinstance(node, gast.Attribute):
            return self._attribute(node)
        if isinstance(node, gast.Call):
            return self._call(node)
        if isinstance(node, gast.NamedExpr):
            value = self.value(node.value)
            self.bind(node.target, value)
            return value
        if isinstance(node, (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)):
            return self._comprehension(node)
        if isinstance(node, gast.Lambda):
            for default in (*node.args.defaults, *node.args.kw_defaults):
                release(self.value(default))
            return foreign()
        values = [self.value(child) for child in children(node) if isinstance(child, gast.expr)]
        if isinstance(node, (gast.Tuple, gast.List, gast.Set, gast.Dict)):
            return new_container(*values)
        if isinstance(node, (gast.BoolOp, gast.IfExp)):
            return self._merged(values)
        if isinstance(node, gast.Starred):
            return inside(values[0])
        if isinstance(node, (gast.Yield, gast.YieldFrom, gast.Await)):
            self.record.visible = True
            self.release_all(values)
            return foreign()
        # Operators, comparisons and strings make new values.
        return new_array()

    def _merged(self, values: Sequence[ObjectClass | None]) -> ObjectClass | None:
        merged: ObjectClass | None = None
        for value in values:
            merged = merge(merged, value)
        return merged

    def release_all(self, values: Sequence[ObjectClass | None]) -> None:
        for value in values:
            release(value)
            self.record.expose(value)

    def _binary(self, node: gast.BinOp) -> ObjectClass | None:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, library.OPERATORS_ON_NUMBERS) or (
            isinstance(node.op, gast.Add) and (left is None or right is None)
        ):
            return new_array()
        if any(isinstance(side, gast.Constant) and isinstance(side.value, float) for side in (node.left, node.right)):
            return new_array()
        if isinstance(node.op, gast.Add) and (self.is_array(node.left) or self.is_array(node.right)):
            return new_array()
        result = self.constraints.copy(left)
        return merge(result, self.constraints.copy(right))

    def _subscript(self, node: gast.Subscript) -> ObjectClass | None:
        owner = self.value(node.value)
        self.value(node.slice)
        if isinstance(node.slice, gast.Slice):
            return part(owner)
        return None if library.is_element(node, self._scalars, self._arrays) else inside(owner)

    def _attribute(self, node: gast.Attribute) -> ObjectClass | None:
        path = dotted_path(node)
        if path is not None and path[0] in ("np", "math") and path[0] not in self.variables:
            return None
        owner = self.value(node.value)
        return None if node.attr in library.NUMBER_ATTRIBUTES else part(owner)

    def _comprehension(self, node: gast.expr) -> ObjectClass | None:
        names = local_names(node)
        hidden = {name: self.variables[name] for name in names if name in self.variables}
        self.variables.update({name: ObjectClass() for name in names})
        for generator in node.generators:
            self.bind(generator.target, inside(self.value(generator.iter)))
            for test in generator.ifs:
                self.value(test)
        parts = [node.key, node.value] if isinstance(node, gast.DictComp) else [node.elt]
        result = new_container(*(self.value(piece) for piece in parts))
        for name in names:
            del self.variables[name]
        self.variables.update(hidden)
        return result

    # Calls

    def _call(self, node: gast.Call) -> ObjectClass | None:
        path = dotted_path(node.func)
        is_method = isinstance(node.func, gast.Attribute) and (path is None or path[0] in self.variables)
        receiver = self.value(node.func.value) if is_method else None
        values = [self.value(argument) for argument in node.args]
        options = {option.arg: self.value(option.value) for option in node.keywords}
        if is_method:
            return self._method(node, receiver, values, [*options.values()])
        if path is None:
            values.append(self.value(node.func))
        elif path[0] not in self.variables:
            if path[0] in ("np", "numpy", "math") and len(path) > 1:
                return self._numpy(node, path, values, options)
            if len(path) == 1 and is_pure_library_call(node):
                return self._builtin(path[0], values, [*options.values()])
        return self._other(node, path, [*values, *options.values()])

    def _numpy(
        self,
        node: gast.Call,
        path: tuple[str, ...],
        values: list[ObjectClass | None],
        options: dict[str | None, ObjectClass | None],
    ) -> ObjectClass | None:
        function = path[-1]
        everything = [*values, *options.values()]
        if function in library.WRITERS and values and "random" not in path:
            self.record.write(values[0])
            return None
        if "out" in options and is_pure_library_call(library.without_out(node)):
            self.record.write(options["out"])
            self.record.write(inside(options["out"]))
            return options["out"]
        if not is_pure_library_call(node):
            return self._other(node, path, everything)
        if path[0] == "math":
            return None
        copies = function == "array" and not options.keys() & {"copy", "dtype"}
        if function in library.VIEWS or (function == "array" and not copies):
            return part(self._merged(everything))
        return new_array()

    def _builtin(
        self, function: str, values: list[ObjectClass | None], options: list[ObjectClass | None]
    ) -> ObjectClass | None:
        if function in library.NUMBERS:
            return None
        if function == "abs":
            return new_array()
        if function in ("max", "min") and len(values) > 1:
            return self._merged([*values, *options])
        # Elements, or tuples of elements, in a new container: one class for all of them.
        return part(new_container(*(inside(value) for value in values), *options))

    def _method(
        self,
        node: gast.Call,
        receiver: ObjectClass | None,
        values: list[ObjectClass | None],
        options: list[ObjectClass | None],
    ) -> ObjectClass | None:
        method = node.func.attr
        if method in library.STORING_METHODS and values and not options:
            self.record.write(receiver)
            self.constraints.store(receiver, values[-1])
            return None
        if method == "extend" and len(values) == 1:
            self.record.write(receiver)
            self.constraints.store(receiver, inside(values[0]))
            return None
        if method in library.WRITING_METHODS and not options:
            self.record.write(receiver)
            return None
        if method in library.TAKING_METHODS and not options:
            self.record.write(receiver)
            return merge(inside(receiver), self._merged(values[1:]))
        everything = [receiver, *values, *options]
        if not self._known_pure(node):
            self.record.visible = True
            self.release_all(everything)
            return foreign()
        if method in library.NEW_ARRAY_METHODS and not any(option.arg == "out" for option in node.keywords):
            return new_array()
        if method == "copy" and not values:
            return new_array() if self.is_array(node.func.value) else self.constraints.copy(receiver)
        return part(self._merged(everything))

    def _other(
        self, node: gast.Call, path: tuple[str, ...] | None, values: list[ObjectClass | None]
    ) -> ObjectClass | None:
        """A call of a function of which only ``known_pure`` knows anything."""
        if path == ("print",):
            self.record.visible = True
            return None
        pure = self._known_pure(node)
        if pure and path is not None and path[0] not in self.variables:
            if path[-1] == "zeros_like":
                return part(new_container())
            if path[-1] in ("sum_to", "like"):
                return part(self._merged(values))
        if not pure:
            self.record.visible = True
            self.release_all(values)
        else:
            for value in values:
                release(value)
        return foreign()
