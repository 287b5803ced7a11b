"""Random structured programs over numbers, arrays, views, lists and visible effects.

All arrays have four elements, so that every combination of them runs.  Every variable is bound at the start.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from hypothesis import strategies as st

NUMBERS = ("p", "q", "r", "s")
ARRAYS = ("a", "b", "v", "x")
TAPES = ("t", "u")
SHELVES = ("m", "z")
PARAMETERS = ("x", "k", "n", "z")

START = """\
p = 1.0
q = k
r = 0.5
s = 2.0
a = np.zeros(4)
b = x.copy()
v = a
t = []
u = []
m = [a]
"""


class Program:
    """Builds one program from hypothesis' choices."""

    def __init__(self, draw: Callable[..., object], *, exits: bool = True) -> None:
        self._draw = draw
        self._exits = exits
        self._counters = 0

    def text(self) -> str:
        """A whole function."""
        body = [START.rstrip()]
        if self.one_in(8):
            body.insert(0, "global total")
        body += self.block(depth=0, size=9, in_loop=False)
        results = [self.pick(NUMBERS), self.pick(NUMBERS + ARRAYS + TAPES + SHELVES)]
        body.append(f"return {', '.join(results[: 1 + self.below(2)])}")
        return f"def program({', '.join(PARAMETERS)}):\n" + textwrap.indent("\n".join(body), "    ")

    def pick(self, options: tuple[str, ...]) -> str:
        return self._draw(st.sampled_from(options))  # type: ignore[return-value]

    def below(self, bound: int) -> int:
        return self._draw(st.integers(0, bound - 1))  # type: ignore[return-value]

    def one_in(self, odds: int) -> bool:
        return self.below(odds) == odds - 1

    def block(self, depth: int, size: int, in_loop: bool) -> list[str]:
        lines: list[str] = []
        for _ in range(1 + self.below(size)):
            lines += self.statement(depth, in_loop)
        return lines

    def statement(self, depth: int, in_loop: bool) -> list[str]:
        if depth < 3 and self.one_in(4):
            return self.compound(depth, in_loop)
        return [self.simple()]

    def number(self) -> str:
        p, q, a = self.pick(NUMBERS), self.pick(NUMBERS), self.pick(ARRAYS)
        return self.pick(
            (
                p,
                f"0.5 * {p}",
                f"{p} - {q}",
                f"{a}[{self.below(4)}]",
                f"np.sum({a})",
                f"np.sin({p} * {q})",
                "1.0",
                "1.5",
                "0.0",
                f"-{p}",
            )
        )

    def array(self) -> str:
        a, b, m = self.pick(ARRAYS), self.pick(ARRAYS), self.pick(SHELVES)
        return self.pick(
            (
                "np.zeros(4)",
                a,
                f"{a}.copy()",
                f"{a}[::-1]",
                f"{a} * 0.5",
                f"{self.pick(NUMBERS)} * {a}",
                f"{a} / {self.pick(NUMBERS)}",
                f"{a} + {b}",
                f"pure({a})",
                f"np.sin({a})",
                f"np.asarray({a})",
                f"sum_to({a}, (4,))",
                f"{a}.reshape(4)",
                f"({a} if {self.number()} > 0.0 else {b})",
                f"{m}[0] if {m} else {a}",
                f"np.zeros_like({a})",
            )
        )

    def simple(self) -> str:
        p, q, a, b, t, m = (
            self.pick(NUMBERS),
            self.pick(NUMBERS),
            self.pick(ARRAYS),
            self.pick(ARRAYS),
            self.pick(TAPES),
            self.pick(SHELVES),
        )
        i, number = self.below(4), self.number()
        return self.pick(
            (
                f"{p} = {number}",
                f"{p} = {q}",
                f"{p} += {number}",
                f"{p} *= 0.5",
                f"{a} = {self.array()}",
                f"{a} = {self.array()}",
                f"{a}[{i}] = {number}",
                f"{a}[{i}] += {number}",
                f"{a}[{i}] = {b}[{i}] + {number}",
                f"{a}[1:3] *= 0.5",
                f"{a} += 0.1 * {b}",
                f"{t} = []",
                f"{t}.append({number})",
                f"{t}.append({p})",
                f"{m}.append({a})",
                f"{m} = [{a}, {b}]",
                f"{m} = {m} + [{a}]",
                f"{p} = {t}.pop() if {t} else {q}",
                f"{a} = {m}.pop() if {m} else {b}",
                f"{p} = len({t}) + 0.0",
                f"effect({p})",
                f"effect({a})",
                f"{a} = effect({b})",
                f"{p} = effect({number})",
                f"np.add({a}, {b}, out={a})",
                f"np.add.at({a}, [0, {i}], {p})",
                f"{a}.fill({p})",
                f"total = {p}",
                f"{p}, {q} = {q}, {number}",
                f"{a}[{i}], {p} = {number}, {q}",
                f"f = lambda: {p} + {a}[{i}]\n{q} = f()",
                f"# {p} = {number}",
                f"{p} = sum([g * {q} for g in {a}])",
                f"{p} = {a}.size * 0.5",
                f"{m}[0:1] = [{a}]",
                f"{p} = {q} + 0.0\n{a}[{i}] += {p}",
                f"if {m}:\n    {m}[0][{i}] = {number}",
                f"{a} = {a}.copy()",
            )
        )

    def compound(self, depth: int, in_loop: bool) -> list[str]:
        kind = self.below(6)
        body = textwrap.indent("\n".join(self.block(depth + 1, 4, in_loop or kind in (0, 1, 2))), "    ")
        p, q, t = self.pick(NUMBERS), self.pick(NUMBERS), self.pick(TAPES)
        test = self.pick((f"{p} > {q}", f"{p} > 0.3", "k > 0.0", f"effect({p}) > 0.5"))
        self._counters += 1
        counter = f"i{self._counters}"
        if kind == 0:
            lines = [f"for {counter} in range({self.pick(('n', '3'))}):", body]
        elif kind == 1:
            lines = [f"for {p} in {self.pick(ARRAYS)}.copy():", body]
        elif kind == 2:
            lines = [f"{counter} = 0", f"while {counter} < 3:", f"    {counter} += 1", body]
        elif kind == 3:
            return [f"while {t}:", f"    {p} = {t}.pop()" if self.one_in(2) else f"    {t}.pop()"]
        elif kind == 4 and self.one_in(4):
            return [
                "try:",
                body,
                f"    {p} = [1.0][int({q} > 0.5)]",
                "except IndexError:",
                f"    {p} = {self.number()}",
            ]
        else:
            other = textwrap.indent("\n".join(self.block(depth + 1, 3, in_loop)), "    ")
            lines = [f"if {test}:", body]
            return [*lines, "else:", other] if self.one_in(2) else lines
        if self._exits and self.one_in(3):
            lines += [f"    if {test}:", f"        {p} = {self.number()}", "        break"]
        return lines


@st.composite
def programs(draw: Callable[..., object]) -> str:
    """Texts of programs."""
    return Program(draw).text()
