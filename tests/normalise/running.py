"""Running a program before and after a pass: results, exceptions and the order of everything that happens."""

from __future__ import annotations

import ast
import contextlib
import copy
import textwrap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import gast
import numpy as np


class OutOfFuel(Exception):
    """The program has run for long enough."""


@dataclass
class World:
    """What a program can call: everything leaves its mark in ``trace``, and decisions follow from the marks."""

    seed: int = 0
    limit: int = 300
    trace: list[Any] = field(default_factory=list)

    def visit(self, *marks: Any) -> int:
        """Leave a mark; a small number that depends on all that has happened."""
        self.trace.append(copy.deepcopy(marks))
        if len(self.trace) > self.limit:
            raise OutOfFuel
        return self._number(marks) % 5

    def check(self, *marks: Any) -> bool:
        """Leave a mark; true or false."""
        return self.visit("check", *marks) % 2 == 0

    def risky(self, *marks: Any) -> int:
        """Leave a mark; raises every third time or so."""
        if self.visit("risky", *marks) < 2:
            raise ValueError(marks)
        return len(self.trace)

    def write(self, x: list[Any], index: int, value: Any) -> Any:
        """Write into a list that the caller may be reading."""
        self.visit("write", index, value)
        x[index % len(x)] = value
        return value

    @contextlib.contextmanager
    def manager(self, *marks: Any) -> Iterator[int]:
        """A context manager that swallows an exception now and then."""
        value = self.visit("enter", *marks)
        try:
            yield value
        except ValueError:
            if not self.check("swallow", *marks):
                raise
        finally:
            self.visit("leave", *marks)

    def _number(self, marks: Any) -> int:
        return zlib.crc32(repr((self.seed, len(self.trace), marks)).encode()) >> 8

    def names(self) -> dict[str, Any]:
        """What programs see as globals."""
        public = (self.visit, self.check, self.risky, self.write, self.manager)
        return {**{function.__name__: function for function in public}, "np": np}


def function_tree(text: str) -> gast.FunctionDef:
    """The tree of the one function in ``text``."""
    (tree,) = gast.parse(textwrap.dedent(text)).body
    return tree


def text_of(tree: gast.AST) -> str:
    """The program as text, by Python's own means."""
    return ast.unparse(ast.fix_missing_locations(gast.gast_to_ast(tree)))


def outcome(code: CodeType, arguments: tuple[Any, ...], seed: int = 0, **extra: Any) -> tuple[Any, ...]:
    """Result or exception, the arguments afterwards, and the trace."""
    world = World(seed)
    arguments = copy.deepcopy(arguments)
    namespace = {**world.names(), **extra}
    exec(code, namespace)
    function = namespace[code.co_names[-1]]
    try:
        result: Any = ("returned", function(*arguments))
    except (OutOfFuel, ValueError, IndexError, UnboundLocalError, ZeroDivisionError, TypeError) as error:
        # What a message says about a variable depends on the name of the variable.
        result = ("raised", type(error).__name__)
    return result, arguments, world.trace


def assert_same(
    before: gast.FunctionDef, after: gast.FunctionDef, *arguments: Any, seeds: int = 8, callee: str = "", **extra: Any
) -> None:
    """The two programs do the same for every seed; ``callee`` is the text of a function that they call."""
    codes = [compile(f"{callee}\n\n{text_of(tree)}", "<program>", "exec") for tree in (before, after)]
    for seed in range(seeds):
        expected = outcome(codes[0], arguments, seed, **extra)
        found = outcome(codes[1], arguments, seed, **extra)
        assert repr(found) == repr(expected), f"seed {seed}\n{text_of(before)}\n\n{text_of(after)}"


def assert_text(tree: gast.FunctionDef, expected: str) -> None:
    """The program reads like this."""
    assert text_of(tree) == text_of(function_tree(expected))
