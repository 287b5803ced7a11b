"""Kinds of expressions."""

from __future__ import annotations

import builtins
import difflib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gast

from srcgrad.analyse.kinds.conditions import comparison, narrowed, truth
from srcgrad.analyse.kinds.elementwise import unary
from srcgrad.analyse.kinds.facts import EnvironmentRead, symbol_of
from srcgrad.analyse.kinds.joins import as_element, forget_values, join, join_all, without_none
from srcgrad.analyse.kinds.operators import SPECIAL_METHODS, Operators
from srcgrad.analyse.kinds.values import constant_kind, environment_kind
from srcgrad.errors import UnsupportedError
from srcgrad.kind import (
    Constant,
    DictOf,
    Function,
    Instance,
    Iterator,
    Kind,
    Opaque,
    Scalar,
    SequenceOf,
    SliceOf,
    TupleOf,
    Unreachable,
)
from srcgrad.syntax.walking import children, walk


class Expressions(Operators):
    """The part of the interpreter that evaluates expressions."""

    def evaluate(self, node: gast.AST) -> Kind:
        evaluator = _EVALUATORS.get(type(node))
        if evaluator is None:
            for child in children(node):
                if isinstance(child, gast.expr):
                    self.evaluate(child)
            kind: Kind = Opaque()
        else:
            kind = evaluator(self, node)
        if self.session.changed_sites:
            kind = self.session.current(kind)
        self.of[node] = kind
        return kind

    # ---- names ----

    def _name(self, node: gast.Name) -> Kind:
        kind = self.read_variable(node.id)
        return self._free_name(node) if kind is None else kind

    def _free_name(self, node: gast.Name) -> Kind:
        """A name of the closure, the module or Python itself."""
        if node.id in self.free:
            return self.free[node.id]
        binding = self.session.program.lookup(self.function, node.id)
        if not binding.is_set:
            if binding.kind == "cell" or self.silent:
                return Opaque()
            raise UnsupportedError(
                f"the name {node.id!r} is not defined", node=node, advice=self._similar(node.id, binding)
            )
        kind = environment_kind(
            binding.value, symbol_of(binding.owner, binding.name) if binding.kind != "builtin" else node.id
        )
        if binding.kind != "builtin":
            self.note_read(binding.owner, binding.name, kind)
        self.free[node.id] = kind
        return kind

    def note_read(self, owner: Any, name: str, kind: Kind) -> None:
        """Note that a variable of the environment is read."""
        self.session.reads[(id(owner), name)] = EnvironmentRead(owner, name, kind)

    def _similar(self, name: str, binding: Any) -> str:
        owner = binding.owner if isinstance(binding.owner, dict) else {}
        close = difflib.get_close_matches(name, [*self.locals, *owner, *vars(builtins)], 1)
        return f"did you mean {close[0]!r}?" if close else "define it before the derivative is called"

    # ---- constants and displays ----

    def _constant(self, node: gast.Constant) -> Kind:
        return constant_kind(node.value, "constant")

    def _tuple(self, node: gast.Tuple) -> Kind:
        elements = self.display(node.elts)
        if elements is None:
            return SequenceOf(as_element(join_all([self.of[item] for item in node.elts])), tuple)
        return TupleOf(tuple(elements))

    def _list(self, node: gast.List) -> Kind:
        elements = self.display(node.elts)
        site = frozenset({self.site(node)})
        if elements is None:
            return SequenceOf(as_element(join_all([self.of[item] for item in node.elts])), list, None, site)
        return SequenceOf(as_element(join_all(elements)), list, tuple(elements), site)

    def _set(self, node: gast.Set) -> Kind:
        kinds = [self.evaluate(item) for item in node.elts]
        return SequenceOf(as_element(join_all(kinds)), set, None, frozenset({self.site(node)}))

    def display(self, items: list[gast.AST]) -> list[Kind] | None:
        """The kinds of the elements of a display or the arguments of a call; None where their number is not known."""
        kinds: list[Kind] = []
        is_known = True
        for item in items:
            if not isinstance(item, gast.Starred):
                kinds.append(self.evaluate(item))
                continue
            value = self.evaluate(item.value)
            self.of[item] = self.iterate(item, value)
            elements = self.elements_of(value)
            if elements is None:
                is_known = False
            else:
                kinds.extend(elements)
        return kinds if is_known else None

    def _dict(self, node: gast.Dict) -> Kind:
        entries: dict[Any, Kind] | None = {}
        values: list[Kind] = []
        keys: list[Kind] = []
        for key, value in zip(node.keys, node.values, strict=True):
            kind = self.evaluate(value)
            if key is None:
                known = kind.entries if isinstance(kind, DictOf) else None
                values.append(kind.element if isinstance(kind, DictOf) else Opaque())
                if known is None or entries is None:
                    entries = None
                else:
                    entries.update(known)
                continue
            keys.append(self.evaluate(key))
            values.append(kind)
            known_key = static_key(keys[-1])
            if known_key is None or entries is None:
                entries = None
            else:
                entries[known_key[0]] = kind
        known_entries = None if entries is None else tuple(entries.items())
        site = frozenset({self.site(node)})
        return DictOf(as_element(join_all(values)), known_entries, as_element(join_all(keys)), site)

    def _joined_string(self, node: gast.JoinedStr) -> Kind:
        for value in node.values:
            if isinstance(value, gast.FormattedValue):
                self.evaluate(value.value)
        return Opaque()

    # ---- operators ----

    def _binary(self, node: gast.BinOp) -> Kind:
        return self.operate(node, type(node.op), self.evaluate(node.left), self.evaluate(node.right))

    def _unary(self, node: gast.UnaryOp) -> Kind:
        operand = (
            without_none(self.evaluate(node.operand))
            if not isinstance(node.op, gast.Not)
            else self.evaluate(node.operand)
        )
        if isinstance(operand, Unreachable):
            return operand
        if isinstance(node.op, gast.Not):
            known = truth(operand)
            return Scalar("bool", True, None if known is None else not known)
        if isinstance(operand, Instance):
            found = self.class_attribute(operand, f"__{SPECIAL_METHODS.get(type(node.op), 'invert')}__")
            return (
                self.call(node, Function(found.targets), [operand], {})[0] if isinstance(found, Function) else Opaque()
            )
        return unary(type(node.op), operand, self.naming(node))

    def _compare(self, node: gast.Compare) -> Kind:
        left = self.evaluate(node.left)
        result: Kind | None = None
        for operation, operand in zip(node.ops, node.comparators, strict=True):
            right = self.evaluate(operand)
            if isinstance(left, Unreachable) or isinstance(right, Unreachable):
                found: Kind = Unreachable()
            elif isinstance(left, Instance) or isinstance(right, Instance):
                if isinstance(operation, (gast.Is, gast.IsNot, gast.In, gast.NotIn)):
                    found = comparison(operation, left, right, self.naming(node))
                else:
                    found = self.special_method(node, type(operation), left, right)
            else:
                found = comparison(operation, left, right, self.naming(node))
            if result is None:
                result = found
            elif truth(result) is False or isinstance(found, Unreachable):
                pass
            else:
                result = found if truth(result) is True else forget_values(join(result, found))
            left = right
        return result or Opaque()

    def decide(self, node: gast.AST, known: bool | None) -> bool | None:
        """Note whether a test always comes out the same."""
        if known is None:
            self.decided.pop(node, None)
        else:
            self.decided[node] = known
        return known

    def _boolean(self, node: gast.BoolOp) -> Kind:
        stops_at = isinstance(node.op, gast.Or)
        before = self.variables
        result: Kind = Unreachable()
        for position, value in enumerate(node.values):
            kind = self.evaluate(value)
            known = self.decide(value, truth(kind))
            if position == len(node.values) - 1 or known is stops_at:
                result = join(result, kind, self.naming(node))
                break
            if known is None:
                left = without_none(kind) if stops_at else kind
                result = join(result, left, self.naming(node))
            if self.variables is not None:
                self.variables = narrowed(self, value, not stops_at, dict(self.variables))
        if before is not None and self.variables is not None:
            # What the operands assigned (by walrus) stays; what they only told of a variable does not.
            walrus = {n.target.id for n in walk(node) if isinstance(n, gast.NamedExpr)}
            self.variables = {
                name: kind if name in walrus else before.get(name, kind) for name, kind in self.variables.items()
            }
        return result

    def _conditional(self, node: gast.IfExp) -> Kind:
        known = self.decide(node.test, truth(self.evaluate(node.test)))
        before = self.variables
        result: Kind = Unreachable()
        for outcome, branch in ((True, node.body), (False, node.orelse)):
            if known in (None, outcome):
                self.variables = None if before is None else narrowed(self, node.test, outcome, dict(before))
                result = join(result, self.evaluate(branch), self.naming(node))
        self.variables = before
        return result

    # ---- parts, calls, functions ----

    def _attribute(self, node: gast.Attribute) -> Kind:
        value = self.evaluate(node.value)
        kind = self.attribute(node, value, node.attr)
        if isinstance(kind, Function) and kind.bound and not kind.leading:
            return replace(kind, leading=(without_none(value),))
        return kind

    def _subscript(self, node: gast.Subscript) -> Kind:
        value = self.evaluate(node.value)
        return self.subscript(node, value, self.index(node.slice))

    def index(self, node: gast.AST) -> Kind:
        """The kind of an index, slices included."""
        if isinstance(node, gast.Slice):
            bounds = [
                Constant(None) if bound is None else self.evaluate(bound)
                for bound in (node.lower, node.upper, node.step)
            ]
            return SliceOf(*bounds)
        if isinstance(node, gast.Tuple) and not any(isinstance(item, gast.Starred) for item in node.elts):
            kind = TupleOf(tuple(self.index(item) for item in node.elts))
            if not any(isinstance(element, SliceOf) for element in kind.elements):
                self.of[node] = kind
            return kind
        return self.evaluate(node)

    def _lambda(self, node: gast.Lambda) -> Kind:
        self.define(node)
        for default in [*node.args.defaults, *[default for default in node.args.kw_defaults if default is not None]]:
            self.evaluate(default)
        return Function((node,))

    def _walrus(self, node: gast.NamedExpr) -> Kind:
        kind = self.evaluate(node.value)
        self.assign(node.target, kind)
        return self.of.get(node.target, kind)

    def _starred(self, node: gast.Starred) -> Kind:
        return self.iterate(node, self.evaluate(node.value))

    def _comprehension(self, node: Any) -> Kind:
        """List, set and dict comprehensions and generator expressions: their elements, evaluated once."""
        before = self.variables
        self.variables = dict(before or {})
        names: set[str] = set()
        reached = True
        for generator in node.generators:
            item = self.iterate(generator.iter, self.evaluate(generator.iter))
            names |= {name.id for name in walk(generator.target) if isinstance(name, gast.Name)}
            self.assign_locally(generator.target, item)
            for test in generator.ifs:
                known = self.decide(test, truth(self.evaluate(test)))
                reached = reached and known is not False
                if self.variables is not None:
                    self.variables = narrowed(self, test, True, self.variables)
        if isinstance(node, gast.DictComp):
            key = self.evaluate(node.key)
            result: Kind = DictOf(
                as_element(self.evaluate(node.value)), None, as_element(key), frozenset({self.site(node)})
            )
        else:
            element = as_element(self.evaluate(node.elt)) if reached else Unreachable()
            if isinstance(node, gast.GeneratorExp):
                result = Iterator(element)
            else:
                cls = list if isinstance(node, gast.ListComp) else set
                result = SequenceOf(element, cls, None, frozenset({self.site(node)}))
        walrus = {n.target.id for n in walk(node) if isinstance(n, gast.NamedExpr)}
        assigned = {name: kind for name, kind in self.variables.items() if name in walrus}
        self.variables = None if before is None else before
        for name, kind in assigned.items():
            self.write_variable(name, join((before or {}).get(name, Unreachable()), kind, self.naming(node, name)))
        return result

    def assign_locally(self, target: gast.AST, kind: Kind) -> None:
        """Bind a comprehension's variables, which are not the function's."""
        joined = dict(self.joined)
        self.assign(target, kind)
        self.joined = joined

    def _call(self, node: gast.Call) -> Kind:
        raise NotImplementedError


def static_key(kind: Kind) -> tuple[Any] | None:
    """The value of a key that the program's text fixes, wrapped; None where it is not fixed."""
    if isinstance(kind, Constant):
        return (kind.value,)
    if isinstance(kind, Scalar) and kind.value is not None:
        return (kind.value,)
    if isinstance(kind, TupleOf):
        keys = [static_key(element) for element in kind.elements]
        return (tuple(key[0] for key in keys if key is not None),) if None not in keys else None
    return None


_EVALUATORS: dict[type[gast.AST], Callable[[Any, Any], Kind]] = {
    gast.Name: Expressions._name,
    gast.Constant: Expressions._constant,
    gast.Tuple: Expressions._tuple,
    gast.List: Expressions._list,
    gast.Set: Expressions._set,
    gast.Dict: Expressions._dict,
    gast.JoinedStr: Expressions._joined_string,
    gast.BinOp: Expressions._binary,
    gast.UnaryOp: Expressions._unary,
    gast.Compare: Expressions._compare,
    gast.BoolOp: Expressions._boolean,
    gast.IfExp: Expressions._conditional,
    gast.Attribute: Expressions._attribute,
    gast.Subscript: Expressions._subscript,
    gast.Lambda: Expressions._lambda,
    gast.NamedExpr: Expressions._walrus,
    gast.Starred: Expressions._starred,
    gast.ListComp: Expressions._comprehension,
    gast.SetComp: Expressions._comprehension,
    gast.DictComp: Expressions._comprehension,
    gast.GeneratorExp: Expressions._comprehension,
    gast.Call: lambda frame, node: frame._call(node),
}
