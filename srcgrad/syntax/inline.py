"""Rules written into generated code: a rule's body with the caller's expressions in the place of its parameters."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import gast

from srcgrad.syntax.build import add, assign, divide, is_number, multiply, negate, power, split_sign, subtract
from srcgrad.syntax.folding import NOT_KNOWN, Fold, Folder, literal_value
from srcgrad.syntax.names import Names
from srcgrad.syntax.rule_source import RuleSource, global_value, rule_source
from srcgrad.syntax.scopes import COMPREHENSIONS, names_read
from srcgrad.syntax.substitution import substitute
from srcgrad.syntax.tree import blank, copy_tree
from srcgrad.syntax.walking import children, walk

__all__ = ["NOT_KNOWN", "Inlined", "inline_rule"]

# A variable of a rule that is used once is written where it is used, unless it has more nodes than this.
_NESTING_LIMIT = 24

_SHAPE_ATTRIBUTES = ("shape", "ndim", "size", "dtype")
_SHAPE_FUNCTIONS = ("shape", "ndim", "size", "zeros_like", "ones_like", "empty_like", "len")


@dataclass(frozen=True)
class Inlined:
    """A rule in the caller's terms.

    ``statements`` compute what several results share; ``results`` has one expression for each value returned,
    ``None`` as a constant where the rule returns None or the result is not wanted.  Where the rule returns one
    expression that is no tuple display, ``is_tuple`` is false and ``results`` has that expression alone; it may still
    be a tuple at run time.  ``globals`` are the names to be provided to the generated code.
    """

    statements: list[gast.stmt]
    results: list[gast.expr]
    is_tuple: bool
    globals: dict[str, object]
    _body: _Body

    def needs(self, k: int) -> set[str]:
        """The rule's parameters that result k reads, directly or through variables of the rule."""
        return self._body.parameters_read(k, names_read)

    def needs_shape_only(self, k: int) -> set[str]:
        """Those of ``needs(k)`` of which only shape, size, number of dimensions or dtype are read."""
        return self.needs(k) - self._body.parameters_read(k, _names_whose_value_is_read)


def inline_rule(
    function: Callable[..., Any],
    bindings: Mapping[str, gast.expr],
    fold: Fold,
    names: Names,
    wanted: Collection[int] | None = None,
    global_name: Callable[[str, object], str] | None = None,
) -> Inlined | None:
    """The body of a rule with ``bindings`` in the place of its parameters.

    A parameter that is not bound takes its default.  ``fold`` is asked about expressions in the rule's own
    parameters (``axis``, ``x.ndim``, ``is_constant(y)``) and answers with a value or NOT_KNOWN; logic and
    comparisons of what is known are worked out here, and branches follow.  None where a branch cannot be decided,
    the body is more than assignments and returns, or there is no source: the caller then calls the rule.

    Variables of the rule take fresh names from ``names``.  Only the results in ``wanted`` (all by default) are
    computed.  ``global_name(name, value)`` may choose another name for a global of the rule.
    """
    source = rule_source(function)
    if source is None:
        return None
    body = _Body(function, source, bindings, fold)
    if not body.follow(source.body):
        return None
    return body.inlined(names, wanted, global_name or (lambda name, value: name))


class _Body:
    """The straight-line code that is left of a rule when its questions are answered.

    ``steps`` are its assignments; every variable gets a name of its own for each assignment (``spread 1``: no
    identifier, so that it cannot clash).
    """

    def __init__(
        self, function: Callable[..., Any], source: RuleSource, bindings: Mapping[str, gast.expr], fold: Fold
    ) -> None:
        missing = [name for name in source.parameters if name not in bindings and name not in source.defaults]
        unknown = sorted(bindings.keys() - set(source.parameters))
        if missing or unknown:
            raise TypeError(f"rule {function.__qualname__}: missing {missing}, unknown {unknown}")
        self._function = function
        self._bindings = {name: bindings.get(name, source.defaults.get(name)) for name in source.parameters}
        self._current: dict[str, gast.expr] = {}
        values = {name: literal_value(node) for name, node in self._bindings.items()}
        constants = {name: value for name, value in values.items() if value is not NOT_KNOWN}
        self._folder = Folder(fold, constants, self._free_value)
        self.steps: list[tuple[list[str], gast.expr]] = []
        self.results: list[gast.expr] = []
        self.is_tuple = False

    def _free_value(self, name: str) -> Any:
        """The value of a global that a question refers to (``int`` in ``isinstance(axis, int)``)."""
        return NOT_KNOWN if name in self._bindings else global_value(self._function, name)

    # Following the body

    def follow(self, statements: list[gast.stmt]) -> bool:
        """Follow statements up to a return; False where that cannot be done before the run."""
        return self._follow(statements) is True

    def _follow(self, statements: list[gast.stmt]) -> bool | None:
        """True: returned; None: came to the end; False: cannot be followed."""
        for statement in statements:
            match statement:
                case gast.Return(value=gast.expr() as value):
                    self.is_tuple = isinstance(value, gast.Tuple)
                    values = value.elts if self.is_tuple else [value]
                    if any(isinstance(element, gast.Starred) for element in values):
                        return False
                    self.results = [self._expression(element) for element in values]
                    return True
                case gast.If():
                    test = self._folder.value(self._renamed(statement.test))
                    if test is NOT_KNOWN:
                        return False
                    ended = self._follow(statement.body if test else statement.orelse)
                    if ended is not None:
                        return ended
                case gast.Assign(targets=[target]) | gast.AnnAssign(target=target) if statement.value is not None:
                    if not self._assign(target, statement.value):
                        return False
                case gast.Expr(value=gast.Constant()) | gast.Pass():
                    pass
                case _:
                    return False
        return None

    def _assign(self, target: gast.expr, value: gast.expr) -> bool:
        """One assignment to a variable, or to a tuple of variables."""
        targets = target.elts if isinstance(target, gast.Tuple) else [target]
        if not all(isinstance(one, gast.Name) for one in targets):
            return False
        if isinstance(target, gast.Tuple) and isinstance(value, gast.Tuple) and len(value.elts) == len(targets):
            values = [self._expression(element) for element in value.elts]
            for one, element in zip(targets, values):
                self._step([one.id], element)
        else:
            self._step([one.id for one in targets], self._expression(value))
        return True

    def _step(self, variables: list[str], value: gast.expr) -> None:
        """Record an assignment under new names."""
        versions = [f"{variable} {len(self.steps)}" for variable in variables]
        for variable, version in zip(variables, versions):
            self._current[variable] = gast.Name(version, gast.Load(), None, None)
            self._folder.hidden.add(version)
            if len(variables) == 1:
                self._folder.definitions[version] = value
        self.steps.append((versions, value))

    def _expression(self, node: gast.expr) -> gast.expr:
        """An expression of the body in the present versions of the variables, its known choices made."""
        node = self._renamed(node)
        if any(isinstance(part, gast.IfExp) for part in walk(node)):
            return _Choices(self._folder).visit(copy_tree(node))
        return node

    def _renamed(self, node: gast.expr) -> gast.expr:
        """An expression of the body, to be read only, in the present versions of the variables."""
        return substitute(node, self._current) if self._current else node

    # Writing it in the caller's terms

    def inlined(
        self, names: Names, wanted: Collection[int] | None, global_name: Callable[[str, object], str]
    ) -> Inlined:
        """The statements and results in the caller's terms."""
        results = [
            result if wanted is None or k in wanted else gast.Constant(None, None)
            for k, result in enumerate(self.results)
        ]
        steps, results = self._nested(self._needed(results), results)
        used = set().union(*(names_read(node) for node in [*results, *(value for _, value in steps)]))
        used = used.union(*(names_read(self._bindings[name]) for name in used if name in self._defaulted()))
        provided: dict[str, object] = {}
        replacements: dict[str, gast.expr] = {}
        for name in sorted(used):
            if name in self._bindings or " " in name:
                continue
            value = global_value(self._function, name)
            chosen = global_name(name, value)
            replacements[name] = _name(chosen)
            if chosen != name or getattr(builtins, name, NOT_KNOWN) is not value:
                provided[chosen] = value
        for versions, _ in steps:
            for version in versions:
                replacements[version] = _name(names.fresh(version.partition(" ")[0]))
        for name, binding in self._bindings.items():
            replacements[name] = substitute(binding, replacements) if name in self._defaulted() else binding
        return Inlined(
            [self._statement(versions, value, replacements) for versions, value in steps],
            [_rewritten(result, replacements) for result in results],
            self.is_tuple,
            provided,
            self,
        )

    def _statement(self, versions: list[str], value: gast.expr, replacements: Mapping[str, gast.expr]) -> gast.stmt:
        """The assignment of one step."""
        targets = [replacements[version] for version in versions]
        target = targets[0] if len(targets) == 1 else gast.Tuple(targets, gast.Load())
        return assign(target, _rewritten(value, replacements))

    def _defaulted(self) -> set[str]:
        """The parameters that take their default, whose expression is in the rule's terms."""
        source = rule_source(self._function)
        assert source is not None
        return {name for name, node in self._bindings.items() if source.defaults.get(name) is node}

    def parameters_read(self, k: int, read: Callable[[gast.expr], set[str]]) -> set[str]:
        """The parameters that result k reads, directly or through variables, by one meaning of reading."""
        found = read(self.results[k])
        for versions, value in reversed(self.steps):
            if found.intersection(versions):
                found |= read(value)
        return found & self._bindings.keys()

    def _needed(self, results: list[gast.expr]) -> list[tuple[list[str], gast.expr]]:
        """The steps on which the results depend."""
        read = set().union(*(names_read(result) for result in results))
        needed = []
        for versions, value in reversed(self.steps):
            if read.intersection(versions):
                read |= names_read(value)
                needed.append((versions, value))
        return needed[::-1]

    def _nested(
        self, steps: list[tuple[list[str], gast.expr]], results: list[gast.expr]
    ) -> tuple[list[tuple[list[str], gast.expr]], list[gast.expr]]:
        """The steps that stay statements; copies and short values that are used once move into their use."""
        kept: list[tuple[list[str], gast.expr]] = []
        moved: dict[str, gast.expr] = {}
        for index, (versions, value) in enumerate(steps):
            value = substitute(value, moved) if moved else value
            later = [*(one for _, one in steps[index + 1 :]), *results]
            if len(versions) == 1 and _is_nestable(versions[0], value, later):
                moved[versions[0]] = value
            else:
                kept.append((versions, value))
        return kept, [substitute(result, moved) for result in results] if moved else results


def _is_nestable(version: str, value: gast.expr, later: list[gast.expr]) -> bool:
    """Whether a variable's value should stand where the variable is used."""
    if isinstance(value, (gast.Name, gast.Constant)):
        return True
    uses = sum(isinstance(part, gast.Name) and part.id == version for node in later for part in walk(node))
    repeated = any(
        isinstance(part, (*COMPREHENSIONS, gast.Lambda)) and version in names_read(part)
        for node in later
        for part in walk(node)
    )
    return (
        uses == 1 and not repeated and sum(isinstance(part, gast.expr) for part in walk(value)) <= _NESTING_LIMIT
    )


def _names_whose_value_is_read(node: gast.expr) -> set[str]:
    """The names read other than for their shape."""
    match node:
        case gast.Attribute(value=gast.Name(), attr=attribute) if attribute in _SHAPE_ATTRIBUTES:
            return set()
        case gast.Call(
            func=gast.Attribute(value=gast.Name(id="np"), attr=function) | gast.Name(id=function),
            args=[gast.Name(), *others],
        ) if function in _SHAPE_FUNCTIONS:
            parts = [*others, *(keyword.value for keyword in node.keywords)]
            return set().union(*(_names_whose_value_is_read(part) for part in parts))
    if isinstance(node, (gast.Name, gast.Lambda, *COMPREHENSIONS)):
        return names_read(node)
    return set().union(*(_names_whose_value_is_read(part) for part in children(node)))


class _Choices(gast.NodeTransformer):
    """Replaces conditional expressions whose condition is known by the side taken; works in place."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def visit_IfExp(self, node: gast.IfExp) -> gast.expr:
        test = self._folder.value(node.test)
        if test is NOT_KNOWN:
            self.generic_visit(node)
            return node
        return self.visit(node.body if test else node.orelse)


def _name(identifier: str) -> gast.Name:
    return gast.Name(identifier, gast.Load(), None, None)


def _rewritten(node: Any, replacements: Mapping[str, gast.expr]) -> Any:
    """The rule's expression with the replacements made, and without the 1.0 *, + 0 and - - that they bring."""
    if isinstance(node, list):
        return [_rewritten(item, replacements) for item in node]
    if not isinstance(node, gast.AST) or not node._fields:
        return node
    if isinstance(node, gast.Name):
        return copy_tree(replacements.get(node.id, node))
    if isinstance(node, (gast.Lambda, *COMPREHENSIONS)):
        return substitute(node, replacements)
    if isinstance(node, gast.BinOp):
        return _operation(node.op, _rewritten(node.left, replacements), _rewritten(node.right, replacements))
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        return negate(_rewritten(node.operand, replacements))
    result = blank(node)
    for field, value in node.__dict__.items():
        result.__dict__[field] = _rewritten(value, replacements)
    return result


def _operation(operator: gast.operator, left: gast.expr, right: gast.expr) -> gast.expr:
    """``left operator right``, simplified only where an operand is trivial: rules order their factors with care."""
    trivial = any(is_number(operand, value) for operand in (left, right) for value in (-1, 0, 1))
    numbers = is_number(left) and is_number(right)
    match operator:
        case gast.Mult() if trivial or numbers:
            return multiply(left, right)
        case gast.Div() if is_number(right, 1) or is_number(right, -1) or is_number(left, 0) or numbers:
            return divide(left, right)
        case gast.Add() if trivial or numbers or split_sign(right)[0]:
            return add(left, right)
        case gast.Sub() if trivial or numbers or split_sign(right)[0]:
            return subtract(left, right)
        case gast.Pow():
            return power(left, right)
    return gast.BinOp(left, operator, right)
