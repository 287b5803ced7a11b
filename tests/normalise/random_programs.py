"""Random programs: nests of every statement that leaves or jumps, over a small state of integers."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import gast

from tests.normalise.running import function_tree


@dataclass
class ProgramWriter:
    """Writes one random function; ``random`` decides everything."""

    random: Random
    walrus: bool = False
    callee: str = ""
    name: str = "program"
    cleaning: bool = True
    mark: int = 0
    loops: int = 0
    lines: list[str] = field(default_factory=list)

    def function(self) -> gast.FunctionDef:
        """A function of a, b and a list x."""
        self.lines = [f"def {self.name}(a, b, x):"]
        self.block(1, self.random.randint(1, 4))
        if self.random.random() < 0.7:
            self.lines.append(f"    return {self.value()}")
        return function_tree("\n".join(self.lines))

    def line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def fresh_mark(self) -> int:
        self.mark += 1
        return self.mark

    def value(self) -> str:
        choices = ["a", "b", "a", f"visit({self.fresh_mark()}, a)", "a + b", "1", "None"]
        if self.name == "program" and not self.callee:  # or it would grow from call to call
            choices.append("(a, b)")
        return self.random.choice(choices)

    def test(self) -> str:
        mark = self.fresh_mark()
        choices = [
            f"check({mark})",
            f"check({mark}, a)",
            f"not check({mark}, b)",
            f"a % 3 == {mark % 3}",
            f"check({mark}) and check(b)",
        ]
        if self.walrus:
            choices += [
                f"(a := visit({mark})) > 1",
                f"check({mark}) or (b := a + {mark}) > 2",
                f"check((a := a + 1), {mark})",
            ]
        return self.random.choice(choices)

    def block(self, depth: int, budget: int) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.statement(depth, budget)

    def statement(self, depth: int, budget: int) -> None:
        simple = [self.assignment] * 3 + [self.leave] * 2
        compound = [self.if_statement] * 4 + [self.for_statement, self.while_statement]
        if self.cleaning:
            compound += [self.try_statement, self.with_statement]
        kind = self.random.choice(simple + (compound if budget > 0 else []))
        kind(depth, budget - 1)

    def assignment(self, depth: int, budget: int) -> None:
        mark = self.fresh_mark()
        choices = [
            f"a = visit({mark}, a, b)",
            f"b = a + {mark % 4}",
            "a, b = b, a + 1",
            f"x[{mark % 3}], a = a, x[{mark % 3}]",
            f"a = b = visit({mark})",
            f"x[a % 3] = a = {mark}",
            f"b, (a, x[b % 3]) = visit({mark}), (b, a)",
            f"a, *x = b, visit({mark}), a, b",
            "a, b = x[:2]",
            f"x[0], x[1] = x[1], visit({mark})",
            "pass",
            f"a = risky({mark})",
            f"a += visit({mark})",
            f"a, b = visit({mark}, a), visit({mark}, b)",
        ]
        if self.callee:
            arguments = [f"a, visit({mark}), x", "b, 2, x", f"visit({mark}), b, [a, b, {mark}]", "b + 1, x[1], x=x"]
            call = f"{self.callee}({self.random.choice(arguments)})"
            choices = [f"a = {call}", f"x[0] = {call}", call, f"b = a + {call}", f"y = {call}", *choices[:3]]
        if self.walrus:
            choices += [f"a = a + (a := visit({mark})) + a", f"b = [a := visit(v, {mark}) for v in x[:2]]"]
        self.line(depth, self.random.choice(choices))

    def leave(self, depth: int, budget: int) -> None:
        kinds = ["return"] * 2 + (["break", "continue"] * 3 if self.loops else [])
        kind = self.random.choice(kinds)
        if kind == "return":
            kind = f"return {self.value()}" if self.random.random() < 0.9 else "return"
        if self.random.random() < 0.85:
            self.line(depth, f"if {self.test()}:")
            depth += 1
        elif self.random.random() < 0.1:
            kind = f"raise ValueError({self.fresh_mark()})"
        self.line(depth, kind)

    def if_statement(self, depth: int, budget: int) -> None:
        self.line(depth, f"if {self.test()}:")
        self.block(depth + 1, budget)
        while self.random.random() < 0.2:
            self.line(depth, f"elif {self.test()}:")
            self.block(depth + 1, budget)
        if self.random.random() < 0.5:
            self.line(depth, "else:")
            self.block(depth + 1, budget)

    def loop_body(self, depth: int, budget: int) -> None:
        self.loops += 1
        self.line(depth + 1, f"visit({self.fresh_mark()})")
        self.block(depth + 1, budget)
        self.loops -= 1
        if self.random.random() < 0.35:
            self.line(depth, "else:")
            self.block(depth + 1, budget)

    def for_statement(self, depth: int, budget: int) -> None:
        targets = [
            "i in range(4)",
            "i, (a, b) in [(1, (2, 3)), (4, (5, 6))]",
            "x[0] in range(3)",
            "*a, b in [(1, 2, 3)]",
        ]
        self.line(depth, f"for {self.random.choice([targets[0], *targets])}:")
        self.loop_body(depth, budget)

    def while_statement(self, depth: int, budget: int) -> None:
        self.line(depth, f"while {self.random.choice(['True', self.test()])}:")
        self.loop_body(depth, budget)

    def with_statement(self, depth: int, budget: int) -> None:
        self.line(depth, f"with manager({self.fresh_mark()}) as {self.random.choice('ab')}:")
        self.block(depth + 1, budget)

    def try_statement(self, depth: int, budget: int) -> None:
        self.line(depth, "try:")
        self.block(depth + 1, budget)
        handled = self.random.random() < 0.7
        if handled:
            self.line(depth, "except ValueError:")
            self.block(depth + 1, budget)
            if self.random.random() < 0.3:
                self.line(depth, "else:")
                self.block(depth + 1, budget)
        if not handled or self.random.random() < 0.3:
            self.line(depth, "finally:")
            self.line(depth + 1, f"visit({self.fresh_mark()}, a)")
