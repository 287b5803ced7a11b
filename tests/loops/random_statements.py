"""Random functions of statements on slices, and arguments for them: what the loop pass must not change."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np

SCALARS = ("c", "d")
_UNARY = ("np.sin({})", "-{}", "np.abs({})", "np.tanh({})", "np.maximum({}, 0.1)", "np.sqrt(np.abs({}))")
_SUMS = ("{} + {}", "{} - {}", "{} * {}")
_BINARY = (*_SUMS, "{} / (2.0 + np.abs({}))", "np.where({} > 0.2, {}, c)", "np.minimum({}, {})")


@dataclass
class Generator:
    """Writes functions over arrays of one length ``n`` in each dimension, ``rank`` dimensions of them."""

    rng: random.Random
    rank: int
    temporaries: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def function(self, statements: int) -> str:
        lines = ["def program(a, b, r, c, d, n):"]
        if self.rng.random() < 0.3:
            lines.append(f"    v = a{self.index(self.window())}")
        for _ in range(statements):
            lines += [f"    {line}" for line in self.statement()]
        if self.rng.random() < 0.5:
            body = [f"    {line}" for line in lines[1:] if not line.strip().startswith("v =")]
            first = [line for line in lines if line.strip().startswith(("def", "v ="))]
            lines = [*first, "    for step in range(2):", *body]
        names = ", ".join(["a", "b", *(name for name, _ in self.temporaries)])
        return "\n".join([*lines, f"    return {names}"]) + "\n"

    # ---- parts ----

    def window(self) -> tuple[str, ...]:
        """How long a part is along each axis: the text of what is cut off."""
        return tuple(self.rng.choice(("0", "0", "1", "2", "2", "half")) for _ in range(self.rank))

    def index(self, window: tuple[str, ...]) -> str:
        """A random part of that size."""
        parts = [self.slice_of(cut) for cut in window]
        if all(part == ":" for part in parts) and self.rng.random() < 0.7:
            return ""
        return f"[{', '.join(parts)}]"

    def slice_of(self, cut: str) -> str:
        if cut == "half":
            return "::2"
        size = int(cut)
        start = self.rng.randint(0, size)
        end = size - start
        if size == 0:
            return self.rng.choice((":", ":", "::-1", "0:n", "0:"))
        lower = str(start) if start else ""
        upper = self.rng.choice((f"-{end}", f"n - {end}")) if end else self.rng.choice(("", "n"))
        return f"{lower}:{upper}"

    def leaf(self, window: tuple[str, ...]) -> str:
        kind = self.rng.random()
        known = [name for name, own in self.temporaries if own == window]
        if known and kind < 0.4:
            return self.rng.choice(known)
        if kind < 0.55:
            return self.rng.choice((*SCALARS, "2.0", f"a[{', '.join(['0'] * self.rank)}]"))
        if kind < 0.65 and self.rank > 1:
            return f"r[{self.slice_of(window[-1])}]"
        if kind < 0.72 and self.rank == 2:
            return f"r[{self.slice_of(window[0])}][:, None]"
        if kind < 0.78 and self.rank == 2 and window[0] == window[1]:
            return f"b{self.index(window)}.T"
        return f"{self.rng.choice('ab')}{self.index(window)}"

    def expression(self, window: tuple[str, ...], depth: int = 2) -> str:
        if depth == 0 or self.rng.random() < 0.2:
            return self.leaf(window)
        form = self.rng.choice((*_UNARY, *_BINARY, *_BINARY))
        operands = [self.expression(window, depth - 1) for _ in range(form.count("{}"))]
        return f"({form.format(*operands)})"

    # ---- statements ----

    def statement(self) -> list[str]:
        window = self.window()
        kind = self.rng.random()
        if kind < 0.25:
            name = self.rng.choice("xyz")
            value = f"{self.leaf_of_array(window)} * {self.expression(window)}"
            if any(name == known for known, _ in self.temporaries):
                name = next((other for other in "pqstuvw" if all(other != known for known, _ in self.temporaries)), "m")
            if all(name != known for known, _ in self.temporaries):
                self.temporaries.append((name, window))
                return [f"{name} = {value}"]
        if kind < 0.4:
            reduced = self.rng.choice(("np.sum({})", "np.mean({})", "np.sum({}, axis=0)[0]", "np.max({}, axis=-1)[0]"))
            value = f"{self.leaf_of_array(window)} * {self.expression(window)}"
            if self.rank == 1:
                reduced = self.rng.choice(("np.sum({})", "np.max({})"))
            return [f"c = 0.5 * np.tanh(np.asarray({reduced.format(value)}).sum())"]
        target = f"{self.rng.choice('ab')}{self.index(window) or '[...]'}"
        if kind < 0.6:
            # Several additions of the same values at different places, as adjoints make them.
            value = self.expression(window, 1)
            lines = [f"w = {self.leaf_of_array(window)} * {value}"]
            array = self.rng.choice("ab")
            for _ in range(self.rng.randint(2, 4)):
                factor = self.rng.choice(("w", "2.0 * w", f"w * {self.leaf(window)}"))
                lines.append(f"{array}{self.index(window) or '[...]'} {self.rng.choice(('+=', '-='))} 0.1 * {factor}")
            return lines
        operator = self.rng.choice(("=", "=", "+=", "-=", "*="))
        return [f"{target} {operator} {self.expression(window)}"]

    def leaf_of_array(self, window: tuple[str, ...]) -> str:
        return f"{self.rng.choice('ab')}{self.index(window)}"


def random_function(seed: int) -> tuple[str, int]:
    """The text of a function, and the number of dimensions of its arrays."""
    rng = random.Random(seed)
    rank = rng.choice((1, 1, 2, 2, 3))
    return Generator(rng, rank).function(rng.randint(2, 6)), rank


def arguments(rank: int, length: int, seed: int) -> tuple[object, ...]:
    """Two arrays, a row, two numbers and the length."""
    drawn = np.random.default_rng(seed)
    shape = (length,) * rank
    return (
        drawn.uniform(-1.0, 1.0, shape),
        drawn.uniform(-1.0, 1.0, shape),
        drawn.uniform(-1.0, 1.0, length),
        0.3,
        0.7,
        length,
    )
