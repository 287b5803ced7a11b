"""Random programs whose weight is in their expressions: what is evaluated in some order, or only sometimes."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import gast

from tests.normalise.running import function_tree


@dataclass
class ExpressionWriter:
    """Writes one random function; ``random`` decides everything."""

    random: Random
    mark: int = 0
    variables: list[str] = field(default_factory=lambda: ["a", "b"])

    def function(self) -> gast.FunctionDef:
        """A function of a, b and a list x."""
        lines = ["def program(a, b, x):"]
        for _ in range(self.random.randint(1, 3)):
            lines += self.statement(1)
        lines.append(f"    return a, {self.expression(2)}")
        return function_tree("\n".join(lines))

    def fresh_mark(self) -> int:
        self.mark += 1
        return self.mark

    def atom(self) -> str:
        mark = self.fresh_mark()
        return self.random.choice([*self.variables, "1", "2", f"visit({mark})", f"x[{mark % 3}]"])

    def test(self, depth: int) -> str:
        mark = self.fresh_mark()
        return self.random.choice([f"check({mark}, {self.expression(depth - 1)})", f"check({mark})", self.atom()])

    def expression(self, depth: int) -> str:
        if depth <= 0:
            return self.atom()
        mark = self.fresh_mark()
        some = [self.expression(depth - 1) for _ in range(3)]
        choices = [
            f"({some[0]} + {some[1]})",
            f"visit({mark}, {some[0]}, {some[1]})",
            f"({some[0]} if {self.test(depth - 1)} else {some[1]})",
            f"({self.test(depth - 1)} and {some[0]} or {some[1]})",
            f"({some[0]} < {some[1]} <= {some[2]})",
            f"write(x, {mark % 3}, {some[0]})",
            f"visit(*[{some[0]}, {some[1]}], {mark})",
            f"x[{some[0]} % 3 if True else 0]",
            f"visit({mark}, [{some[0]}, {some[1]}], ({some[2]},))",
            f"x[{self.random.choice(self.variables)} % 3 : {self.atom()}]",
            f"(not {some[0]})",
            f"visit(f'{{{self.atom()}}}', {mark})",
        ]
        return self.comprehension(depth) if self.random.random() < 0.3 else self.random.choice(choices)

    def comprehension(self, depth: int) -> str:
        variable = self.random.choice(["a", "i", "j", "v"])
        iterable = self.random.choice(["range(2)", "x[:2]", f"[{self.expression(depth - 1)}, {self.atom()}]"])
        self.variables.append(variable)
        element = self.expression(depth - 1)
        loops = f"for {variable} in {iterable}"
        if self.random.random() < 0.3:
            loops += f" for w in range(visit({self.fresh_mark()}, {variable}) % 3)"
        if self.random.random() < 0.4:
            loops += f" if {self.test(depth - 1)}"
        self.variables.pop()
        consumer = self.random.choice(["sum", "any", "all", "list", "tuple"])
        choices = [
            f"sum([{element} {loops}])",
            f"{consumer}({element} {loops})",
            f"len({{{element}: {self.atom()} {loops}}})",
            f"sum(({element} {loops}), {self.atom()})",
        ]
        return self.random.choice(choices)

    def statement(self, depth: int) -> list[str]:
        indent = "    " * depth
        value = self.expression(self.random.randint(1, 3))
        mark = self.fresh_mark()
        compound = {
            f"if {self.test(2)}:": ["else:"],
            f"while check({mark}) and {self.test(2)}:": [],
            f"for b in range({self.atom()}):": [],
        }
        if self.random.random() < 0.3:
            head = self.random.choice(list(compound))
            lines = [indent + head, *self.statement(depth + 1)]
            for other in compound[head]:
                lines += [indent + other, *self.statement(depth + 1)]
            return lines
        simple = [
            f"a = {value}",
            f"b = {value}",
            f"x[{self.atom()} if False else 1] = {value}",
            f"x[visit({mark}) % 3] = {value}",
            f"x[1] += {value}",
            f"b += {value}",
            value,
            f"a, b = visit({mark}), {value}",
            f"assert {value} or True, visit({mark})",
        ]
        return [indent + self.random.choice(simple)]
