"""Whole random programs as text: functions of floats and arrays with loops, branches, exits, calls and containers.

``random_program(random.Random(seed))`` writes one; the same code serves hypothesis, whose ``st.randoms()`` has the
interface of ``random.Random`` and shrinks.  Operations are chosen so that values stay finite, and every variable that
a statement reads has a value there.  With ``writes=True`` programs write into arrays too, through views, aliases and
callees.
"""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from tests import complex_numpy
from tests.generated_calls import helper_functions
from tests.generated_expressions import LENGTH, Expressions, Scope
from tests.generated_idioms import idiom
from tests.generated_routines import routine
from tests.generated_writes import write_statement
from tests.references import Call, substituted

MAXIMAL_DEPTH = 3

HEADER = "import math\nfrom types import SimpleNamespace\n\nimport numpy as np\n"

_numbers = itertools.count()


@dataclass(frozen=True)
class RandomProgram:
    """A generated program: its text, and what its entry function takes."""

    text: str
    floats: int
    arrays: int
    matrices: int

    def arguments(self, seed: int) -> tuple[Any, ...]:
        """Arguments for the entry function."""
        rng = np.random.default_rng(seed)
        numbers = [float(value) for value in rng.uniform(-1.5, 1.5, self.floats)]
        arrays = [rng.uniform(-1.5, 1.5, LENGTH) for _ in range(self.arrays)]
        return (*numbers, *arrays, *[rng.uniform(-1.0, 1.0, (LENGTH, LENGTH)) for _ in range(self.matrices)])

    def calls(self, seed: int = 0) -> tuple[Call, Call]:
        """The entry function with arguments, as it reads and as it reads for complex numbers."""
        arguments = self.arguments(seed)
        argnums = tuple(range(len(arguments)))
        filename = f"<random program {next(_numbers)}>"
        files = frozenset({filename})
        plain = loaded(self.text, filename)
        continued = loaded(self.text, filename, complex_step=True)
        return Call(plain, arguments, {}, argnums, files), Call(continued, arguments, {}, argnums, files)


def loaded(text: str, filename: str, complex_step: bool = False) -> Callable[..., Any]:
    """The entry function of a program's text, which is entered where Python looks for source."""
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": "random_program"}
    if complex_step:
        namespace |= {"__builtins__": complex_numpy.SUBSTITUTES.builtins, "__substitutes__": complex_numpy.SUBSTITUTES}
        exec(substituted(text, filename), namespace)
    else:
        exec(compile(text, filename, "exec"), namespace)
    return namespace["program"]


def random_program(random: Random, writes: bool = False) -> RandomProgram:
    """Write one program."""
    floats, arrays = random.randint(2, 4), random.randint(1, 2)
    matrices = int(random.random() < 0.3)
    helpers = helper_functions(random, writes)
    scope = Scope(
        floats=list("abcd"[:floats]),
        arrays={name: LENGTH for name in "xy"[:arrays]},
        matrices=["W"] * matrices,
        functions={name: arity for name, (arity, _) in helpers.items()},
    )
    parameters = ", ".join([*scope.floats, *scope.arrays, *scope.matrices])
    statements = Statements(random, writes)
    body = statements.block(scope, 0, random.randint(2, 7) if writes else random.randint(4, 10))
    body.append(f"return {statements.expressions.summary(scope)}")
    text = "".join(["\n\n" + definition for _, definition in helpers.values()])
    lines = "".join(f"    {line}\n" for line in body)
    return RandomProgram(f"{HEADER}{text}\n\ndef program({parameters}):\n{lines}", floats, arrays, matrices)


class Statements:
    """Writes blocks of statements, and keeps account of what is defined."""

    def __init__(self, random: Random, writes: bool) -> None:
        self.random = random
        self.writes = writes
        self.expressions = Expressions(random)
        self.counters = itertools.count(1)

    def fresh(self, stem: str) -> str:
        """A name that no other statement defines."""
        return f"{stem}{next(self.counters)}"

    def block(self, scope: Scope, depth: int, count: int) -> list[str]:
        """Up to ``count`` statements, which update ``scope``."""
        lines: list[str] = []
        for _ in range(count):
            lines += self.statement(scope, depth)
        return lines or ["pass"]

    def statement(self, scope: Scope, depth: int) -> list[str]:
        """One statement of any kind."""
        if self.writes and self.random.random() < 0.5:
            return routine(self, scope) if self.random.random() < 0.4 else write_statement(self, scope)
        if self.random.random() < 0.12:
            return idiom(self, scope)
        simple = [
            self.assignment, self.assignment, self.augmented, self.parallel, self.array, self.listing, self.mapping,
            self.flag, self.closure, self.pairing,
        ]  # fmt: skip
        compound = [self.branch, self.branch, self.counted, self.iterated, self.condition_loop]
        kinds = simple if depth >= MAXIMAL_DEPTH else simple + compound
        lines = self.random.choice(kinds)(scope, depth)
        return lines

    def target(self, scope: Scope) -> str:
        """The name of a float to assign: one that exists, or a new one."""
        if scope.floats and self.random.random() < 0.6:
            return self.random.choice(scope.floats)
        name = self.fresh("t")
        scope.floats.append(name)
        return name

    def assignment(self, scope: Scope, depth: int) -> list[str]:
        value = self.expressions.bounded(scope)
        first = self.target(scope)
        if self.random.random() < 0.1:
            return [f"{first} = {self.target(scope)} = {value}"]
        return [f"{first} = {value}"]

    def augmented(self, scope: Scope, depth: int) -> list[str]:
        value = self.expressions.bounded(scope)
        name = self.random.choice(scope.floats)
        operator = self.random.choice(["+=", "+=", "-=", "*=", "/="])
        return [f"{name} {operator} {f'(1.5 + {value} ** 2)' if operator == '/=' else value}"]

    def parallel(self, scope: Scope, depth: int) -> list[str]:
        if len(scope.floats) > 1 and self.random.random() < 0.5:
            a, b = self.random.sample(scope.floats, 2)
            return [f"{a}, {b} = {b}, {self.expressions.bounded(scope)}"]
        values = [self.expressions.bounded(scope) for _ in range(2)]
        names = [self.fresh("u"), self.fresh("u")]
        scope.floats += names
        return [f"{', '.join(names)} = {', '.join(values)}"]

    def array(self, scope: Scope, depth: int) -> list[str]:
        value = self.expressions.array(scope, 2)
        name = self.fresh("z")
        if not self.writes and self.random.random() < 0.3:
            total = self.random.choice(["0.0", "1.0", self.random.choice(scope.floats)])
            scope.arrays[name] = LENGTH
            return [
                f"{name} = {total}",
                f"for _ in range({self.random.randint(1, 3)}):",
                f"    {name} = {name} + {value}",
            ]
        scope.arrays[name] = LENGTH
        return [f"{name} = {value}"]

    def listing(self, scope: Scope, depth: int) -> list[str]:
        value = self.expressions.bounded(scope)
        if not scope.lists or self.random.random() < 0.3:
            name = self.fresh("items")
            second = self.expressions.bounded(scope)
            scope.lists.append(name)
            texts = [
                f"[{value}, {second}]",
                f"[{value}]",
                f"[{self.expressions.contraction('v')} for v in {self.expressions.any_array(scope)}]",
            ]
            return [f"{name} = {self.random.choice(texts)}"]
        name = self.random.choice(scope.lists)
        popped = self.target(scope.copy())
        if popped not in scope.floats:
            popped = self.random.choice(scope.floats)
        return self.random.choice(
            [
                [f"{name}.append({value})"],
                [f"{name}[0] = {value}"],
                [f"{name}[-1] *= {value}"],
                [f"if len({name}) > 1:", f"    {popped} = {name}.pop()"],
            ]
        )

    def mapping(self, scope: Scope, depth: int) -> list[str]:
        value = self.expressions.bounded(scope)
        if scope.mappings and self.random.random() < 0.6:
            name = self.random.choice(scope.mappings)
            return [f'{name}["{self.random.choice("pq")}"] {self.random.choice(["=", "+="])} {value}']
        name = self.fresh("table")
        other = self.expressions.bounded(scope)
        scope.mappings.append(name)
        return [f'{name} = {{"p": {value}, "q": {other}}}']

    def pairing(self, scope: Scope, depth: int) -> list[str]:
        values = [self.expressions.bounded(scope) for _ in range(3)]
        name = self.fresh("pair")
        one, two = self.fresh("u"), self.fresh("u")
        scope.floats += [one, two]
        return [
            f"{name} = ({values[0]}, {values[1]})",
            f"{one}, {two} = {name}",
            f"{one} = {one} * {name}[1] + {values[2]}",
        ]

    def flag(self, scope: Scope, depth: int) -> list[str]:
        condition = self.expressions.condition(scope)
        name = self.fresh("flag")
        scope.flags.append(name)
        return [f"{name} = {condition}"]

    def closure(self, scope: Scope, depth: int) -> list[str]:
        name = self.fresh("inner")
        inside = scope.copy()
        inside.floats.append("p")
        # Closures of closures of closures would take exponential time.
        inside.functions = {known: arity for known, arity in inside.functions.items() if known.startswith("helper")}
        value = self.expressions.bounded(inside)
        other = self.expressions.bounded(inside)
        condition = self.expressions.condition(inside)
        forms = [
            [f"{name} = lambda p: {value}"],
            [f"def {name}(p):", f"    return {value}"],
            [f"def {name}(p):", f"    if {condition}:", f"        return {other}", f"    return {value}"],
        ]
        lines = self.random.choice(forms)
        scope.functions[name] = 1
        return lines

    def branch(self, scope: Scope, depth: int) -> list[str]:
        lines: list[str] = []
        ends: list[Scope] = []
        condition = self.expressions.condition(scope)
        if self.random.random() < 0.1:
            name = self.fresh("w")
            condition = f"({name} := {self.expressions.bounded(scope)}) > {self.expressions.constant()}"
            scope.floats.append(name)
        for keyword in self.random.choice(
            [["if"], ["if", "else"], ["if", "else"], ["if", "elif", "else"], ["if", "elif"]]
        ):
            inside = scope.copy()
            head = keyword
            if keyword != "else":
                head = f"{keyword} {condition}"
                condition = self.expressions.condition(scope)
            body = self.block(inside, depth + 1, self.random.randint(1, 3))
            leaving = self.leaving(inside)
            lines += [f"{head}:", *indented(body + leaving)]
            if not leaving:
                ends.append(inside)
        if not lines[-1].strip() or not any(line.startswith("else") for line in lines):
            ends.append(scope.copy())
        scope.narrow(ends)
        return lines

    def leaving(self, scope: Scope) -> list[str]:
        """Now and then a break, continue or return, where one may stand."""
        chance = self.random.random()
        if chance < 0.12 and scope.in_loop:
            return ["break"]
        if chance < 0.2 and scope.in_loop:
            return ["continue"]
        if chance < 0.26:
            return [f"return {self.expressions.summary(scope)}"]
        return []

    def loop_body(self, scope: Scope, depth: int, prepare: Callable[[Scope], None] = lambda scope: None) -> list[str]:
        """The body of a loop; what it defines is not known after the loop."""
        inside = scope.copy()
        inside.in_loop = True
        prepare(inside)
        return self.block(inside, depth + 1, self.random.randint(1, 3))

    def closed(self, scope: Scope, depth: int, lines: list[str]) -> list[str]:
        """The loop, now and then with an else clause."""
        if self.random.random() < 0.15:
            inside = scope.copy()
            lines += ["else:", *indented(self.block(inside, depth + 1, 1))]
        return lines

    def counted(self, scope: Scope, depth: int) -> list[str]:
        index = self.fresh("i")
        bounds = [
            "3",
            "4",
            "0",
            "1, 4",
            "3, -1, -1",
            "0, 5, 2",
            "4, 0, -2",
            "len({a})",
            "{a}.size - 1",
            "int(2.0 * abs({f})) + 1",
        ]
        if scope.integers:
            bounds += ["{i}", "{i} + 1", "{i}, 3"]
        bound = self.random.choice(bounds).format(
            a=self.expressions.any_array(scope),
            i=self.random.choice(scope.integers or ["2"]),
            f=self.expressions.constant(),
        )
        body = self.loop_body(scope, depth, lambda inside: inside.integers.append(index))
        if self.random.random() < 0.15:
            return self.closed(scope, depth, [f"for {index} in reversed(range(3)):", *indented(body)])
        return self.closed(scope, depth, [f"for {index} in range({bound}):", *indented(body)])

    def iterated(self, scope: Scope, depth: int) -> list[str]:
        value, index, other = self.fresh("v"), self.fresh("i"), self.fresh("v")
        a, b = self.expressions.any_array(scope), self.expressions.any_array(scope)
        forms = [
            (f"for {value} in {a}:", [value], []),
            (f"for {value} in reversed({a}):", [value], []),
            (f"for {index}, {value} in enumerate({a}):", [value], [index]),
            (f"for {value}, {other} in zip({a}, {b}):", [value, other], []),
            (f"for {index}, ({value}, {other}) in enumerate(zip({a}, {b}), 1):", [value, other], [index]),
            (f"for {value} in ({', '.join(self.random.choice(scope.floats) for _ in range(3))}):", [value], []),
        ]
        forms += [(f"for {value} in {name}[:3]:", [value], []) for name in scope.lists]
        forms += [(f"for {value} in {name}.values():", [value], []) for name in scope.mappings]
        head, floats, integers = self.random.choice(forms)

        def prepare(inside: Scope) -> None:
            inside.floats += floats
            inside.integers += integers

        return self.closed(scope, depth, [head, *indented(self.loop_body(scope, depth, prepare))])

    def condition_loop(self, scope: Scope, depth: int) -> list[str]:
        counter = self.fresh("k")
        trips = self.random.randint(1, 4)
        body = self.loop_body(scope, depth, lambda inside: inside.integers.append(counter))
        condition = self.expressions.condition(scope)
        forms = [
            [f"{counter} = 0", f"while {counter} < {trips}:", f"    {counter} += 1", *indented(body)],
            [f"{counter} = 0", f"while ({condition}) and {counter} < {trips}:", f"    {counter} += 1", *indented(body)],
            [f"{counter} = {trips}", f"while {counter}:", f"    {counter} -= 1", *indented(body)],
            [f"{counter} = 0", "while True:", f"    {counter} += 1", f"    if {counter} > {trips}:", "        break",
             *indented(body)],
        ]  # fmt: skip
        lines = self.random.choice(forms)
        return lines if "while True:" in lines else self.closed(scope, depth, lines)


def indented(lines: list[str]) -> list[str]:
    """The lines, one level deeper."""
    return [f"    {line}" for line in lines]
