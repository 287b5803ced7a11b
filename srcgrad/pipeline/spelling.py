"""Spelling out: Python's own ways to build and combine containers, in words that the differentiation knows.

``list(map(f, xs))`` becomes a comprehension, ``dict(a=x)`` a display, ``table.get(key)`` a subscript, ``a or b`` a
conditional expression.  Only what varies with the differentiated parameters is rewritten.
"""

from __future__ import annotations

import builtins
import functools
import itertools
import math
from collections.abc import Callable
from typing import Any

import gast

from srcgrad.analyse.dependence import dependencies
from srcgrad.analyse.kinds import Kinds
from srcgrad.analyse.operations import is_path, single_target
from srcgrad.kind import DictOf, Iterator, SequenceOf, TupleOf
from srcgrad.pipeline.array_spelling import lists_as_arrays
from srcgrad.pipeline.bracket_spelling import spelled_brackets
from srcgrad.pipeline.container_spelling import spelled_container
from srcgrad.pipeline.iteration_spelling import (
    GETTERS,
    ITERATIONS,
    comprehension_by_position,
    values_by_key,
    with_run_through,
)
from srcgrad.pipeline.object_spelling import constructed_class, spelled_object
from srcgrad.rules.registry import is_hashable
from srcgrad.syntax.build import binary, call, compare, constant, copy_tree, located_at, name, subscript, substitute
from srcgrad.syntax.names import Names
from srcgrad.syntax.walking import children

# What is spelled out as statements, under a name.
_IN_STATEMENTS = (functools.reduce, itertools.accumulate)
_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))


class Speller:
    """Finds what to replace, by what; nothing inside of what is replaced."""

    def __init__(self, kinds: Kinds, names: Names) -> None:
        self.kinds = kinds
        self.names = names
        self.varied: frozenset[str] = frozenset()
        self.replaced: dict[gast.AST, gast.AST | list[gast.stmt]] = {}
        self.hoisted: set[gast.AST] = set()
        # The expression that a statement consists of.
        self.whole: gast.AST | None = None

    def depends(self, node: gast.AST) -> bool:
        return bool(dependencies(node, self.kinds) & self.varied)

    def expression(self, node: gast.AST) -> None:
        """Look at an expression and all below it."""
        waiting: list[gast.AST] = [node]
        while waiting:
            part = waiting.pop()
            if part in self.replaced:
                continue
            found = self._spelled(part) if isinstance(part, gast.expr) else None
            if found is not None:
                self.replaced[part] = located_at(copy_tree(found), part)
                continue
            if isinstance(part, gast.BinOp | gast.Call) and self.depends(part):
                for operand in lists_as_arrays(part, self.kinds):
                    self.replaced[operand] = located_at(call("np.array", copy_tree(operand)), operand)
            if not isinstance(part, gast.Lambda):
                waiting.extend(child for child in children(part))

    # ---- expressions ----

    def _spelled(self, node: gast.expr) -> gast.expr | None:
        if isinstance(node, gast.Call) and any(keyword.arg is None for keyword in node.keywords):
            return self._with_keywords(node)
        if isinstance(node, gast.Call) and is_hashable(self.target_of(node)) and self.target_of(node) in GETTERS:
            return GETTERS[self.target_of(node)](self, node)
        if not self.depends(node):
            return None
        found = (
            spelled_brackets(node, self.kinds)
            or spelled_object(node, self.kinds)
            or spelled_container(node, self.kinds)
        )
        if found is not None:
            return found
        match node:
            case gast.Call() if constructed_class(node, self.kinds) is not None:
                self.hoisted.add(node)
                return None
            case gast.Call():
                function = self.target_of(node)
                if function is None or not is_hashable(function):
                    return None
                if function in _IN_STATEMENTS and node is not self.whole:
                    return self.hoisted_call(node)
                if function in _CONSUMERS:
                    found = values_by_key(self, node) or with_run_through(self, node)
                    if found is not None:
                        return found
                spell = _SPELLINGS.get(function) or ITERATIONS.get(function)
                return spell(self, node) if spell is not None else None
            case gast.ListComp() | gast.GeneratorExp() | gast.SetComp() | gast.DictComp():
                return comprehension_by_position(self, node)
            case gast.Dict(keys=keys, values=values) if None in keys:
                return self._merged(keys, values)
            case gast.BoolOp(op=op, values=[first, *rest]) if self.is_plain(first):
                other = rest[0] if len(rest) == 1 else gast.BoolOp(op, rest)
                sides = (first, other) if isinstance(op, gast.Or) else (other, first)
                return gast.IfExp(first, *sides)
            case gast.Tuple(elts=elements) | gast.List(elts=elements):
                if isinstance(node.ctx, gast.Load) and any(isinstance(element, gast.Starred) for element in elements):
                    return self._joined(node, elements)
        return None

    def target_of(self, node: gast.AST) -> Any:
        """The one function that a call can reach, None where there is none or several."""
        target = single_target(node, self.kinds) if isinstance(node, gast.Call) else None
        return target.function if target is not None else None

    def is_call_of(self, node: gast.AST, function: Any) -> bool:
        """Whether an expression is a call of a function."""
        return self.target_of(node) is function

    def is_plain(self, node: gast.AST) -> bool:
        """Whether an expression may be written twice."""
        if isinstance(node, gast.Compare):
            return all(self.is_plain(part) for part in (node.left, *node.comparators))
        return isinstance(node, gast.Constant) or is_path(node, self.kinds)

    def listed(self, node: gast.Call) -> gast.expr | None:
        """``list(...)`` or ``tuple(...)`` of what can only be iterated over: ``[item for item in zip(a, b)]``."""
        if len(node.args) != 1 or node.keywords or isinstance(node.args[0], gast.Starred):
            return None
        iterable = node.args[0]
        if not isinstance(iterable, gast.Call) or self._spelled(iterable) is not None:
            return None
        kind = self.kinds.of.get(iterable)
        if not isinstance(kind, Iterator) and not (isinstance(kind, SequenceOf) and kind.cls in _VIEWS):
            return None
        item = self.names.fresh("item")
        items = gast.ListComp(name(item), [generator(item, iterable)])
        return call("tuple", items) if self.is_call_of(node, tuple) else items

    def mapped(self, node: gast.Call) -> gast.expr | None:
        """``map(f, xs)`` as ``(f(x) for x in xs)``."""
        function, *sources = node.args
        if not sources or any(isinstance(source, gast.Starred) for source in sources):
            return None
        items = [self.names.fresh("item") for _ in sources]
        applied = self.applied(function, [name(item) for item in items])
        if applied is None:
            return None
        if len(sources) == 1:
            return gast.GeneratorExp(applied, [generator(items[0], sources[0])])
        target = gast.Tuple([stored(item) for item in items], gast.Store())
        return gast.GeneratorExp(applied, [gast.comprehension(target, call("zip", *sources), [], 0)])

    def filtered(self, node: gast.Call) -> gast.expr | None:
        """``filter(f, xs)`` as ``(x for x in xs if f(x))``."""
        function, source = node.args
        item = self.names.fresh("item")
        is_truth = isinstance(function, gast.Constant) and function.value is None
        test = name(item) if is_truth else self.applied(function, [name(item)])
        if test is None:
            return None
        return gast.GeneratorExp(name(item), [gast.comprehension(stored(item), source, [test], 0)])

    def applied(self, function: gast.expr, arguments: list[gast.expr]) -> gast.expr | None:
        """A call of a function; a lambda's body with the arguments in place of its parameters."""
        if isinstance(function, gast.Lambda):
            plain = function.args
            if plain.vararg or plain.kwarg or plain.kwonlyargs or plain.defaults or plain.posonlyargs:
                return None
            if len(plain.args) != len(arguments):
                return None
            return substitute(function.body, {key.id: value for key, value in zip(plain.args, arguments, strict=True)})
        return call(function, *arguments) if isinstance(function, gast.Name | gast.Attribute) else None

    def dictionary(self, node: gast.Call) -> gast.expr | None:
        """``dict(other, a=x)`` as ``{**other, "a": x}``, ``dict(pairs)`` as a comprehension."""
        keys: list[gast.expr | None] = [constant(keyword.arg) for keyword in node.keywords]
        values = [keyword.value for keyword in node.keywords]
        if not node.args:
            return gast.Dict(keys, values)
        if len(node.args) == 1 and isinstance(self.kinds.of.get(node.args[0]), DictOf):
            return gast.Dict([None, *keys], [node.args[0], *values])
        if len(node.args) == 1 and not keys:
            key, value = self.names.fresh("key"), self.names.fresh("item")
            target = gast.Tuple([stored(key), stored(value)], gast.Store())
            return gast.DictComp(name(key), name(value), [gast.comprehension(target, node.args[0], [], 0)])
        return None

    def _merged(self, keys: list[gast.expr | None], values: list[gast.expr]) -> gast.expr | None:
        """``{**other, "a": x}`` with the entries of ``other`` one by one, where its keys are known."""
        entries: dict[Any, tuple[gast.expr, gast.expr]] = {}
        for key, value in zip(keys, values, strict=True):
            if key is None:
                known = self.keys_of(value)
                if known is None:
                    return None
                entries.update({item: (constant(item), subscript(value, constant(item))) for item in known})
            elif isinstance(key, gast.Constant):
                entries[key.value] = (key, value)
            else:
                return None
        return gast.Dict([key for key, _ in entries.values()], [value for _, value in entries.values()])

    def keys_of(self, node: gast.expr) -> list[Any] | None:
        """The keys of a dict, where the program fixes them."""
        kind = self.kinds.of.get(node)
        if not isinstance(kind, DictOf) or kind.entries is None or not kind.exact or not is_path(node, self.kinds):
            return None
        return [key for key, _ in kind.entries]

    def _with_keywords(self, node: gast.Call) -> gast.expr | None:
        """``f(**options)`` with the options one by one, where they are known."""
        keywords: list[gast.keyword] = []
        for keyword in node.keywords:
            if keyword.arg is not None:
                keywords.append(keyword)
                continue
            known = self.keys_of(keyword.value)
            if known is None or not all(isinstance(key, str) for key in known):
                return None
            keywords += [gast.keyword(key, subscript(keyword.value, constant(key))) for key in known]
        return gast.Call(node.func, node.args, keywords)

    def got(self, node: gast.Call) -> gast.expr | None:
        """``table.get(key, default)`` as ``table[key]``, under a test where the key may be missing."""
        assert isinstance(node.func, gast.Attribute)
        table = node.func.value
        if not 1 <= len(node.args) <= 2 or not is_path(table, self.kinds) or not self.is_plain(node.args[0]):
            return None
        key = node.args[0]
        default = node.args[1] if len(node.args) == 2 else constant(None)
        known = self.keys_of(table)
        if known is not None and isinstance(key, gast.Constant):
            return subscript(table, key) if key.value in known else default
        return gast.IfExp(compare(key, "in", table), subscript(table, key), default)

    def taken_out(self, node: gast.Call) -> gast.expr | None:
        """``table.pop(key, default)`` without the default, or as the default, where the keys are known."""
        assert isinstance(node.func, gast.Attribute)
        known = self.keys_of(node.func.value)
        if len(node.args) != 2:
            return None
        if known is None or not isinstance(node.args[0], gast.Constant):
            return self.hoisted_call(node)
        return gast.Call(node.func, node.args[:1], []) if node.args[0].value in known else node.args[1]

    def hoisted_call(self, node: gast.Call) -> gast.expr | None:
        """A call that is spelled out as a statement of its own."""
        self.hoisted.add(node)
        return None

    def chosen(self, node: gast.Call) -> gast.expr | None:
        """``max(xs, key=f)`` as ``xs[index]``: the index does not vary."""
        options = {keyword.arg: keyword.value for keyword in node.keywords}
        if "default" in options and len(node.args) == 1 and is_path(node.args[0], self.kinds):
            if not isinstance(self.kinds.of.get(node.args[0]), SequenceOf | TupleOf):
                return None
            rest = [keyword for keyword in node.keywords if keyword.arg != "default"]
            some = gast.Call(node.func, node.args, rest)
            return gast.IfExp(compare(call("len", node.args[0]), ">", 0), some, options["default"])
        if list(options) != ["key"] or len(node.args) != 1 or not is_path(node.args[0], self.kinds):
            return None
        if not isinstance(self.kinds.of.get(node.args[0]), SequenceOf | TupleOf):
            return None
        key = self._key_of_index(options["key"], node.args[0])
        if key is None:
            return None
        index = gast.Call(node.func, [call("range", call("len", node.args[0]))], [gast.keyword("key", key)])
        return subscript(node.args[0], index)

    def ordered(self, node: gast.Call) -> gast.expr | None:
        """``sorted(xs, key=f)`` as ``[xs[i] for i in order]``: the order does not vary."""
        options = {keyword.arg: keyword.value for keyword in node.keywords}
        if not options or len(node.args) != 1 or not is_path(node.args[0], self.kinds):
            return None
        source = node.args[0]
        index = self.names.fresh("index")
        key = self._key_of_index(options["key"], source) if "key" in options else self._key_of_index(None, source)
        if key is None:
            return None
        rest = [keyword for keyword in node.keywords if keyword.arg != "key"]
        order = gast.Call(node.func, [call("range", call("len", source))], [gast.keyword("key", key), *rest])
        return gast.ListComp(subscript(source, name(index)), [generator(index, order)])

    def _key_of_index(self, function: gast.expr | None, source: gast.expr) -> gast.expr | None:
        """The key of an element, by its index."""
        index = self.names.fresh("index")
        element = subscript(source, name(index))
        applied = element if function is None else self.applied(function, [element])
        if applied is None:
            return None
        parameters = gast.arguments([gast.Name(index, gast.Param(), None, None)], [], None, [], [], None, [])
        return gast.Lambda(parameters, applied)

    def _joined(self, node: gast.expr, elements: list[gast.expr]) -> gast.expr:
        """``[a, *xs]`` as ``[a] + list(xs)``."""
        is_list = isinstance(node, gast.List)
        display = gast.List if is_list else gast.Tuple
        parts: list[gast.expr] = []
        for element in elements:
            if isinstance(element, gast.Starred):
                parts.append(call("list" if is_list else "tuple", element.value))
            elif parts and isinstance(parts[-1], display):
                parts[-1].elts.append(element)
            else:
                parts.append(display([element], gast.Load()))
        return functools.reduce(lambda left, right: binary(left, "+", right), parts)


_Spelling = Callable[[Speller, gast.Call], gast.expr | None]
_SPELLINGS: dict[Any, _Spelling] = {
    builtins.list: Speller.listed,
    builtins.tuple: Speller.listed,
    builtins.map: Speller.mapped,
    builtins.filter: Speller.filtered,
    builtins.dict: Speller.dictionary,
    builtins.max: Speller.chosen,
    builtins.min: Speller.chosen,
    builtins.sorted: Speller.ordered,
    dict.get: Speller.got,
    dict.pop: Speller.taken_out,
    dict.setdefault: Speller.hoisted_call,
    itertools.accumulate: Speller.hoisted_call,
}

_CONSUMERS = frozenset({sum, list, tuple, max, min, sorted, any, all, set, zip, enumerate, math.prod})


def stored(identifier: str) -> gast.Name:
    return gast.Name(identifier, gast.Store(), None, None)


def generator(item: str, iterable: gast.expr) -> gast.comprehension:
    return gast.comprehension(stored(item), iterable, [], 0)
