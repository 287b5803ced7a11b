"""Ownership: through which variables what a statement writes in place can be seen.

Every variable stands for a class of objects; classes that one object may belong to are merged, without regard to
order or kinds.  What parameters, globals and unknown calls may reach is foreign: what is written there can always
be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import gast

from srcgrad.analyse.footprints import DEFINITIONS, Footprints, blocks, statements_in
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
    resolve,
)
from srcgrad.syntax.build import local_names, names_assigned, parameter_names

# NumPy functions whose result may share its buffer with an argument; all others make new arrays.
_VIEWS = frozenset(
    "array_split asanyarray asarray asarray_chkfinite ascontiguousarray asfortranarray astype atleast_1d atleast_2d "
    "atleast_3d broadcast_arrays broadcast_to diag diagonal dsplit expand_dims flip fliplr flipud from_dlpack "
    "frombuffer hsplit imag ix_ matrix_transpose meshgrid moveaxis permute_dims ravel real real_if_close require "
    "reshape rollaxis rot90 split squeeze swapaxes transpose trim_zeros unstack vsplit".split()
)
# NumPy functions that write into their first argument.
_WRITERS = frozenset("at copyto fill_diagonal place put put_along_axis putmask".split())
# Python's own functions whose result is a number, a string or a range.
_NUMBERS = frozenset("bool complex float hasattr hash id int isinstance issubclass len range repr str".split())
_NUMBER_ATTRIBUTES = frozenset("shape ndim size dtype itemsize nbytes".split())
_NEW_ARRAY_METHODS = frozenset(
    "all any argmax argmin argsort cumprod cumsum dot flatten max mean min prod repeat std sum trace var".split()
)
_STORING_METHODS = frozenset("append add insert".split())
_WRITING_METHODS = frozenset("clear fill partition reverse sort".split())
_TAKING_METHODS = frozenset("pop popleft popitem".split())
# Operators that lists do not have.
_ON_NUMBERS = (gast.Sub, gast.Div, gast.FloorDiv, gast.MatMult, gast.Pow, gast.LShift, gast.RShift)


@dataclass(frozen=True)
class Effect:
    """What a statement's own part does besides binding names.

    ``visible``: it cannot be left out.  ``seen_by``: the variables through which what it writes in place can be
    seen; empty where it writes nothing.
    """

    visible: bool
    seen_by: frozenset[str]


@dataclass(frozen=True)
class Ownership:
    """The effect of each statement."""

    effects: Mapping[gast.stmt, Effect]


def ownership(
    function: gast.FunctionDef,
    known_pure: KnownPure,
    *,
    scalars: Iterable[str] = (),
    arrays: Mapping[str, int | None] | None = None,
    footprints: Footprints | None = None,
) -> Ownership:
    """What each statement of ``function`` writes in place, and through which variables that can be seen.

    ``known_pure`` says which calls have no effect; all other calls of unknown functions are visible.  ``scalars``
    are variables that hold immutable numbers, ``arrays`` such that hold arrays of numbers (not containers of
    arrays), with their number of dimensions where that is known.  A variable assigned at the top level of the
    function is a new variable from there on.
    """
    analysis = _Analysis(function, known_pure, frozenset(scalars), arrays or {}, footprints or Footprints())
    analysis.block(function.body, top=True)
    return Ownership(analysis.effects())


@dataclass(eq=False)
class _Record:
    """What has been found of one statement; its classes are resolved when all are known."""

    variables: Mapping[str, ObjectClass]
    visible: bool = False
    writes: list[ObjectClass] = field(default_factory=list)

    def write(self, item: ObjectClass | None) -> None:
        if item is not None:
            self.writes.append(item)


class _Analysis:
    """One walk over a function."""

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
        self._constraints = Constraints()
        self._records: dict[gast.stmt, _Record] = {}
        self._captured = frozenset().union(*(footprints(item).captured for item in statements_in(function.body)))
        self._variables = {name: ObjectClass() for name in local_names(function)}
        for name in parameter_names(function.args):
            self._variables[name] = foreign(array=name in arrays)
        # What nested functions do with the variables they see is not followed.
        for name in self._captured & self._variables.keys():
            self._variables[name] = foreign()
        self._record = _Record(self._variables)

    def effects(self) -> dict[gast.stmt, Effect]:
        """The effects of all statements walked over."""
        self._constraints.solve()
        watchers: dict[int, dict[ObjectClass, set[str]]] = {}
        found: dict[gast.stmt, Effect] = {}
        for statement, record in self._records.items():
            written = {resolve(item) for item in record.writes}
            if record.visible or any(item.foreign for item in written):
                found[statement] = Effect(True, frozenset())
            elif written:
                seen = watchers.get(id(record.variables))
                if seen is None:
                    seen = watchers[id(record.variables)] = _watchers(record.variables)
                found[statement] = Effect(False, frozenset().union(*(seen.get(item, ()) for item in written)))
            else:
                found[statement] = _NO_EFFECT
        return found

    # Statements

    def block(self, statements: Sequence[gast.stmt], *, top: bool = False) -> None:
        """Walk over the statements of a block."""
        for statement in statements:
            self._record = self._records[statement] = _Record(self._variables)
            self._statement(statement, top)
            for inner in blocks(statement):
                self.block(inner)

    def _statement(self, statement: gast.stmt, top: bool) -> None:
        """The own part of one statement."""
        record = self._record
        if isinstance(statement, gast.Assign):
            self._assign(statement, top)
        elif isinstance(statement, gast.AugAssign):
            self._augment(statement)
        elif isinstance(statement, gast.AnnAssign):
            if statement.value is not None:
                self._bind(statement.target, self._value(statement.value))
        elif isinstance(statement, gast.For):
            self._bind(statement.target, inside(self._value(statement.iter)))
        elif isinstance(statement, (gast.If, gast.While)):
            self._value(statement.test)
        elif isinstance(statement, gast.Expr):
            self._value(statement.value)
        elif isinstance(statement, gast.Delete):
            for target in statement.targets:
                if isinstance(target, gast.Subscript):
                    record.write(self._value(target.value))
                else:
                    record.visible |= not isinstance(target, gast.Name)
        elif isinstance(statement, gast.Try):
            for handler in statement.handlers:
                self._value(handler.type)
                self._bind(handler.name, foreign())
        elif isinstance(statement, gast.With):
            self._with(statement)
        elif isinstance(statement, (gast.Import, gast.ImportFrom, gast.FunctionDef)):
            self._definition(statement)
        elif not isinstance(statement, (gast.Pass, gast.Break, gast.Continue)):
            record.visible = True
            for child in gast.iter_child_nodes(statement):
                if isinstance(child, gast.expr):
                    self._value(child)

    def _assign(self, statement: gast.Assign, top: bool) -> None:
        value = self._value(statement.value)
        if top:
            new = {target.id: ObjectClass() for target in statement.targets if isinstance(target, gast.Name)}
            self._variables = {**self._variables, **{name: new[name] for name in new.keys() - self._captured}}
        for target in statement.targets:
            self._bind(target, value)

    def _augment(self, statement: gast.AugAssign) -> None:
        value = self._value(statement.value)
        target = statement.target
        if isinstance(target, gast.Name):
            item = self._lookup(target.id)
            self._record.write(item)
            self._constraints.store(item, inside(value))
            return
        owner = self._value(target.value)
        self._record.write(owner)
        if isinstance(target, gast.Subscript):
            self._value(target.slice)
        if not self._is_array(target.value):
            self._record.write(inside(owner))
            self._constraints.store(inside(owner), inside(value))
            self._constraints.store(owner, value)

    def _with(self, statement: gast.With) -> None:
        for item in statement.items:
            self._value(item.context_expr)
            path = dotted_path(item.context_expr.func) if isinstance(item.context_expr, gast.Call) else None
            if path is None or path[0] in self._variables or path[-1] not in ("errstate", "printoptions"):
                self._record.visible = True
            self._bind(item.optional_vars, foreign())

    def _definition(self, statement: gast.stmt) -> None:
        if isinstance(statement, DEFINITIONS):
            self._record.visible = bool(statement.decorator_list)
            for default in (*statement.args.defaults, *statement.args.kw_defaults):
                release(self._value(default))
        for name in names_assigned(statement):
            merge(self._variables.get(name), foreign())

    def _bind(self, target: gast.expr | None, value: ObjectClass | None) -> None:
        """Note that ``target`` becomes ``value``."""
        if isinstance(target, gast.Name):
            if target.id not in self._variables:
                # A global variable, or one of an enclosing function.
                self._record.visible = True
                release(value)
            elif target.id not in self._scalars:
                merge(self._variables[target.id], value)
        elif isinstance(target, (gast.Tuple, gast.List)):
            for element in target.elts:
                self._bind(element, inside(value))
        elif isinstance(target, gast.Starred):
            self._bind(target.value, new_container(value))
        elif target is not None:
            owner = self._value(target.value)
            if isinstance(target, gast.Subscript):
                self._value(target.slice)
            else:
                self._record.visible = True
                release(value)
            self._record.write(owner)
            if not self._is_array(target.value):
                self._constraints.store(owner, value)

    # Expressions

    def _is_array(self, node: gast.expr) -> bool:
        """Whether an expression is known to be an array of numbers."""
        return isinstance(node, gast.Name) and node.id in self._arrays

    def _lookup(self, name: str) -> ObjectClass | None:
        """The class of a variable; what is not local comes from outside."""
        if name in self._scalars:
            return None
        return self._variables.get(name) or foreign(array=name in self._arrays)

    def _value(self, node: gast.AST | None) -> ObjectClass | None:
        """The class of an expression's value; notes the effects of evaluating it."""
        if node is None or isinstance(node, gast.Constant):
            return None
        if isinstance(node, gast.Name):
            return self._lookup(node.id)
        if isinstance(node, gast.BinOp):
            return self._binary(node)
        if isinstance(node, gast.Subscript):
            return self._subscript(node)
        if isinstance(node, gast.Attribute):
            return self._attribute(node)
        if isinstance(node, gast.Call):
            return self._call(node)
        if isinstance(node, gast.NamedExpr):
            value = self._value(node.value)
            self._bind(node.target, value)
            return value
        if isinstance(node, (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)):
            return self._comprehension(node)
        if isinstance(node, gast.Lambda):
            for default in (*node.args.defaults, *node.args.kw_defaults):
                release(self._value(default))
            return foreign()
        values = [self._value(child) for child in gast.iter_child_nodes(node) if isinstance(child, gast.expr)]
        if isinstance(node, (gast.Tuple, gast.List, gast.Set, gast.Dict)):
            return new_container(*values)
        if isinstance(node, (gast.BoolOp, gast.IfExp)):
            return self._merged(values)
        if isinstance(node, gast.Starred):
            return inside(values[0])
        if isinstance(node, (gast.Yield, gast.YieldFrom, gast.Await)):
            self._record.visible = True
            self._release(values)
            return foreign()
        # Operators, comparisons and strings make new values.
        return new_array()

    def _merged(self, values: Sequence[ObjectClass | None]) -> ObjectClass | None:
        merged: ObjectClass | None = None
        for value in values:
            merged = merge(merged, value)
        return merged

    def _release(self, values: Sequence[ObjectClass | None]) -> None:
        for value in values:
            release(value)

    def _binary(self, node: gast.BinOp) -> ObjectClass | None:
        left, right = self._value(node.left), self._value(node.right)
        if isinstance(node.op, _ON_NUMBERS) or (isinstance(node.op, gast.Add) and (left is None or right is None)):
            return new_array()
        if any(isinstance(side, gast.Constant) and isinstance(side.value, float) for side in (node.left, node.right)):
            return new_array()
        if isinstance(node.op, gast.Add) and (self._is_array(node.left) or self._is_array(node.right)):
            return new_array()
        result = self._constraints.copy(left)
        return merge(result, self._constraints.copy(right))

    def _subscript(self, node: gast.Subscript) -> ObjectClass | None:
        owner = self._value(node.value)
        self._value(node.slice)
        if isinstance(node.slice, gast.Slice):
            return part(owner)
        return None if self._is_element(node) else inside(owner)

    def _is_element(self, node: gast.Subscript) -> bool:
        """Whether a subscript gives a number, or the copy that an index array makes: no view in any case."""
        dimensions = self._arrays.get(node.value.id) if isinstance(node.value, gast.Name) else None
        indices = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
        views = (gast.Slice, gast.Constant, gast.Starred)
        return (
            dimensions is not None
            and len(indices) >= dimensions > 0
            and not any(isinstance(index, views) and not _is_integer(index) for index in indices)
        )

    def _attribute(self, node: gast.Attribute) -> ObjectClass | None:
        path = dotted_path(node)
        if path is not None and path[0] in ("np", "math") and path[0] not in self._variables:
            return None
        owner = self._value(node.value)
        return None if node.attr in _NUMBER_ATTRIBUTES else part(owner)

    def _comprehension(self, node: gast.expr) -> ObjectClass | None:
        names = local_names(node)
        hidden = {name: self._variables[name] for name in names if name in self._variables}
        self._variables.update({name: ObjectClass() for name in names})
        for generator in node.generators:
            self._bind(generator.target, inside(self._value(generator.iter)))
            for test in generator.ifs:
                self._value(test)
        parts = [node.key, node.value] if isinstance(node, gast.DictComp) else [node.elt]
        result = new_container(*(self._value(piece) for piece in parts))
        for name in names:
            del self._variables[name]
        self._variables.update(hidden)
        return result

    # Calls

    def _call(self, node: gast.Call) -> ObjectClass | None:
        path = dotted_path(node.func)
        is_method = isinstance(node.func, gast.Attribute) and (path is None or path[0] in self._variables)
        receiver = self._value(node.func.value) if is_method else None
        values = [self._value(argument) for argument in node.args]
        options = {option.arg: self._value(option.value) for option in node.keywords}
        if is_method:
            return self._method(node, receiver, values, [*options.values()])
        if path is None:
            values.append(self._value(node.func))
        elif path[0] not in self._variables:
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
        if function in _WRITERS and values and "random" not in path:
            self._record.write(values[0])
            return None
        if "out" in options and is_pure_library_call(_without_out(node)):
            self._record.write(options["out"])
            self._record.write(inside(options["out"]))
            return options["out"]
        if not is_pure_library_call(node):
            return self._other(node, path, everything)
        if path[0] == "math":
            return None
        copies = function == "array" and not options.keys() & {"copy", "dtype"}
        if function in _VIEWS or (function == "array" and not copies):
            return part(self._merged(everything))
        return new_array()

    def _builtin(
        self, function: str, values: list[ObjectClass | None], options: list[ObjectClass | None]
    ) -> ObjectClass | None:
        if function in _NUMBERS:
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
        if method in _STORING_METHODS and values and not options:
            self._record.write(receiver)
            self._constraints.store(receiver, values[-1])
            return None
        if method == "extend" and len(values) == 1:
            self._record.write(receiver)
            self._constraints.store(receiver, inside(values[0]))
            return None
        if method in _WRITING_METHODS and not options:
            self._record.write(receiver)
            return None
        if method in _TAKING_METHODS and not options:
            self._record.write(receiver)
            return merge(inside(receiver), self._merged(values[1:]))
        everything = [receiver, *values, *options]
        if not self._known_pure(node):
            self._record.visible = True
            self._release(everything)
            return foreign()
        if method in _NEW_ARRAY_METHODS and not any(option.arg == "out" for option in node.keywords):
            return new_array()
        if method == "copy" and not values:
            return new_array() if self._is_array(node.func.value) else self._constraints.copy(receiver)
        return part(self._merged(everything))

    def _other(
        self, node: gast.Call, path: tuple[str, ...] | None, values: list[ObjectClass | None]
    ) -> ObjectClass | None:
        """A call of a function of which only ``known_pure`` knows anything."""
        if path == ("print",):
            self._record.visible = True
            return None
        pure = self._known_pure(node)
        if pure and path is not None and path[0] not in self._variables:
            if path[-1] == "zeros_like":
                return part(new_container())
            if path[-1] in ("sum_to", "like"):
                return part(self._merged(values))
        self._record.visible |= not pure
        self._release(values)
        return foreign()


_NO_EFFECT = Effect(False, frozenset())


def _is_integer(index: gast.expr) -> bool:
    """Whether an index is an integer constant (not None or Ellipsis)."""
    return isinstance(index, gast.Constant) and type(index.value) is int


def _watchers(variables: Mapping[str, ObjectClass]) -> dict[ObjectClass, set[str]]:
    """The variables through which the objects of a class can be reached."""
    found: dict[ObjectClass, set[str]] = {}
    for name, item in variables.items():
        reached: ObjectClass | None = resolve(item)
        while reached is not None and name not in found.setdefault(reached, set()):
            found[reached].add(name)
            reached = resolve(reached.inside) if reached.inside is not None else None
    return found


def _without_out(node: gast.Call) -> gast.Call:
    """The same call without ``out=``."""
    return gast.Call(node.func, node.args, [option for option in node.keywords if option.arg != "out"])
