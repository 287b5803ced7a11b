"""``match`` statements as ``if`` and ``elif``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gast

from srcgrad.errors import UnsupportedError
from srcgrad.normalise.scopes import replaced, with_blocks
from srcgrad.syntax.build import assign, attribute, call, compare, constant, copy_tree, name, subscript, substitute
from srcgrad.syntax.names import Names
from srcgrad.syntax.tree import base_name, located_at
from srcgrad.syntax.walking import walk

Block = list[gast.stmt]

# Of these, a pattern such as ``float(v)`` gives v the whole value.
_WHOLE = frozenset("bool bytearray bytes dict float frozenset int list set str tuple".split())


def without_match(function: gast.FunctionDef, names: Names) -> gast.FunctionDef:
    """The function with its ``match`` statements as tests and assignments.

    ::

        match step:                                 if isinstance(step, (list, tuple)) and len(step) == 2 \\
            case ("scale", k):                                                        and step[0] == "scale":
                x = k * x               becomes         k = step[1]
            case _:                                     x = k * x
                x = x * x                           else:
                                                        x = x * x
    """
    nodes = list(walk(function))
    if not any(isinstance(node, gast.Match) for node in nodes):
        return function
    for node in nodes:
        names.take(_bound(node))
    return replaced(function, body=_block(function.body, names))


def _block(statements: Sequence[gast.stmt], names: Names) -> Block:
    done: Block = []
    for statement in statements:
        if isinstance(statement, gast.Match):
            done.extend(located_at(part, statement) for part in _Cases(statement, names).written())
        elif isinstance(statement, gast.FunctionDef):
            done.append(without_match(statement, names))
        else:
            done.append(with_blocks(statement, lambda block: _block(block, names)))
    return done


def _bound(node: gast.AST) -> Iterator[str]:
    """The variables that one node of a pattern binds."""
    for key in ("name", "rest"):
        bound = getattr(node, key, None)
        if type(node).__name__.startswith("Match") and isinstance(bound, str):
            yield bound


@dataclass
class _Pattern:
    """What a pattern asks of a value, and the variables that it binds, with what they get."""

    tests: list[gast.expr] = field(default_factory=list)
    bound: dict[str, gast.expr] = field(default_factory=dict)


class _Cases:
    """The cases of one statement."""

    def __init__(self, statement: Any, names: Names) -> None:
        self.statement = statement
        self.names = names

    def written(self) -> Block:
        """The statements in its place."""
        before, subject = self._subject()
        result: Block = []
        for case in reversed(self.statement.cases):
            found = _Pattern()
            self._read(case.pattern, subject, found)
            tests = list(found.tests)
            if case.guard is not None:
                tests.append(substitute(case.guard, found.bound))
            given = [located_at(assign(key, copy_tree(value)), case.pattern) for key, value in found.bound.items()]
            body = [*given, *_block(case.body, self.names)]
            if not tests:
                result = body
                continue
            test = located_at(_all(tests), case.pattern)
            result = [located_at(gast.If(test, body, result), case.pattern)]
        return [*before, *result]

    def _subject(self) -> tuple[Block, gast.expr]:
        """The value that is matched, as something that may be read again and again."""
        value = self.statement.subject
        bound = {key for case in self.statement.cases for node in walk(case.pattern) for key in _bound(node)}
        if isinstance(value, gast.Tuple) and not any(isinstance(item, gast.Starred) for item in value.elts):
            pairs = [self._once(item, bound) for item in value.elts]
            before = [statement for block, _ in pairs for statement in block]
            return before, gast.Tuple([item for _, item in pairs], gast.Load())
        return self._once(value, bound)

    def _once(self, value: gast.expr, bound: set[str]) -> tuple[Block, gast.expr]:
        if isinstance(value, gast.Constant) or (isinstance(value, gast.Name) and base_name(value) not in bound):
            return [], value
        held = self.names.fresh("subject")
        return [located_at(assign(held, value), value)], located_at(name(held), value)

    def _read(self, pattern: Any, value: gast.expr, found: _Pattern) -> None:
        match type(pattern).__name__:
            case "MatchValue":
                found.tests.append(compare(copy_tree(value), "==", pattern.value))
            case "MatchSingleton":
                found.tests.append(compare(copy_tree(value), "is", constant(pattern.value)))
            case "MatchAs":
                if pattern.pattern is not None:
                    self._read(pattern.pattern, value, found)
                if pattern.name is not None:
                    found.bound[pattern.name] = value
            case "MatchOr":
                self._either(pattern, value, found)
            case "MatchSequence":
                self._sequence(pattern, value, found)
            case "MatchMapping":
                self._mapping(pattern, value, found)
            case _:
                self._object(pattern, value, found)

    def _either(self, pattern: Any, value: gast.expr, found: _Pattern) -> None:
        sides: list[gast.expr] = []
        for alternative in pattern.patterns:
            side = _Pattern()
            self._read(alternative, value, side)
            if side.bound:
                raise UnsupportedError(
                    "alternatives that bind variables are not differentiated",
                    node=pattern,
                    advice="write a case of its own for each alternative",
                )
            if not side.tests:
                return
            sides.append(_all(side.tests))
        found.tests.append(gast.BoolOp(gast.Or(), sides))

    def _sequence(self, pattern: Any, value: gast.expr, found: _Pattern) -> None:
        parts = pattern.patterns
        stars = [place for place, part in enumerate(parts) if type(part).__name__ == "MatchStar"]
        if isinstance(value, gast.Tuple) and (len(parts) != len(value.elts) or stars):
            raise UnsupportedError(
                "a pattern of another length than the tuple that is matched is not differentiated",
                node=pattern,
                advice="give the tuple a name in a statement before",
            )
        if not isinstance(value, gast.Tuple):
            found.tests.append(call("isinstance", copy_tree(value), _types("list", "tuple")))
            length = constant(len(parts) - len(stars))
            found.tests.append(compare(call("len", copy_tree(value)), ">=" if stars else "==", length))
        for place, part in enumerate(parts):
            if type(part).__name__ != "MatchStar":
                behind = stars and place > stars[0]
                self._read(part, _element(value, place - len(parts) if behind else place), found)
            elif part.name is not None:
                last = place + 1 - len(parts)
                rest = gast.Slice(constant(place), constant(last) if last else None, None)
                found.bound[part.name] = call("list", gast.Subscript(copy_tree(value), rest, gast.Load()))

    def _mapping(self, pattern: Any, value: gast.expr, found: _Pattern) -> None:
        found.tests.append(call("isinstance", copy_tree(value), "dict"))
        for key, part in zip(pattern.keys, pattern.patterns, strict=True):
            found.tests.append(compare(key, "in", copy_tree(value)))
            self._read(part, subscript(copy_tree(value), copy_tree(key)), found)
        if pattern.rest is not None:
            key, item = self.names.fresh("key"), self.names.fresh("item")
            target = gast.Tuple([_stored(key), _stored(item)], gast.Store())
            known = gast.Tuple(copy_tree(pattern.keys), gast.Load())
            tests = [compare(name(key), "not in", known)] if pattern.keys else []
            items = gast.Call(attribute(copy_tree(value), "items"), [], [])
            others = gast.DictComp(name(key), name(item), [gast.comprehension(target, items, tests, 0)])
            found.bound[pattern.rest] = others

    def _object(self, pattern: Any, value: gast.expr, found: _Pattern) -> None:
        """``Point(x, y=0)``: positions stand for the attributes that the class lists in ``__match_args__``."""
        cls = pattern.cls
        found.tests.append(call("isinstance", copy_tree(value), copy_tree(cls)))
        for place, part in enumerate(pattern.patterns):
            if isinstance(cls, gast.Name) and cls.id in _WHOLE:
                self._read(part, value, found)
            else:
                key = subscript(attribute(copy_tree(cls), "__match_args__"), constant(place))
                self._read(part, call("getattr", copy_tree(value), key), found)
        for key, part in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
            self._read(part, attribute(copy_tree(value), key), found)


def _types(*types: str) -> gast.expr:
    """A tuple of types."""
    return gast.Tuple([name(cls) for cls in types], gast.Load())


def _element(value: gast.expr, place: int) -> gast.expr:
    return value.elts[place] if isinstance(value, gast.Tuple) else subscript(copy_tree(value), constant(place))


def _all(tests: Iterable[gast.expr]) -> gast.expr:
    every = list(tests)
    return every[0] if len(every) == 1 else gast.BoolOp(gast.And(), every)


def _stored(identifier: str) -> gast.expr:
    return gast.Name(identifier, gast.Store(), None, None)
