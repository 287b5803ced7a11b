"""Random expressions over what is defined at a point of a program."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

# The length of every array that is no proper part of another one.
LENGTH = 4


@dataclass
class Scope:
    """What is surely defined: names of each kind."""

    floats: list[str]
    arrays: dict[str, int]
    matrices: list[str]
    functions: dict[str, int]
    integers: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    mappings: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    indexes: list[str] = field(default_factory=list)
    in_loop: bool = False

    def copy(self) -> Scope:
        """The same names, to be added to apart."""
        return Scope(
            list(self.floats), dict(self.arrays), list(self.matrices), dict(self.functions), list(self.integers),
            list(self.lists), list(self.mappings), list(self.flags), list(self.indexes), self.in_loop,
        )  # fmt: skip

    def narrow(self, ends: list[Scope]) -> None:
        """Keep what every one of the given scopes has; where control never comes out, all stays."""
        for end in ends:
            self.floats = [name for name in self.floats if name in end.floats]
            self.arrays = {name: length for name, length in self.arrays.items() if end.arrays.get(name) == length}
        if ends:
            first, *others = ends
            self.floats += [
                name for name in first.floats if name not in self.floats and all(name in end.floats for end in others)
            ]


class Expressions:
    """Writes expressions whose values stay within a few units."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def constant(self) -> str:
        return self.random.choice(["0.5", "0.3", "1.2", "2.0", "0.75", "-0.4", "1.5", "3"])

    def leaf(self, scope: Scope) -> str:
        """A float that is at hand."""
        options = [self.random.choice(scope.floats)] * 6
        options += [self.constant()] * 2
        for name, length in scope.arrays.items():
            options.append(f"{name}[{self.random.randint(-length, length - 1)}]")
            if scope.integers:
                options.append(f"{name}[{self.random.choice(scope.integers)} % {length}]")
        for name in scope.matrices:
            options.append(f"{name}[{self.random.randint(0, 3)}, {self.random.randint(0, 3)}]")
            if scope.integers:
                options.append(f"{name}[{self.random.choice(scope.integers)} % {LENGTH}][1]")
        options += [f"{name}[{self.random.choice(['0', '-1', 'len(' + name + ') // 2'])}]" for name in scope.lists]
        options += [f'{name}["{self.random.choice("pq")}"]' for name in scope.mappings]
        if scope.integers:
            index = self.random.choice(scope.integers)
            options += [f"0.5 * {index}", f"({index} % 3 - 1)"]
        return self.random.choice(options)

    def number(self, scope: Scope, depth: int) -> str:
        """A float expression of the given depth."""
        if depth <= 0:
            return self.leaf(scope)
        a = self.number(scope, depth - 1)
        b = self.number(scope, self.random.randint(0, depth - 1))
        forms = [
            f"{a} + {b}", f"({a} - {b})", f"({a}) * {paren(b)}", f"-{paren(a)} * {self.constant()}",
            f"({a}) / (2.0 + {paren(b)} ** 2)", f"np.sin({a})", f"np.cos({a}) * {paren(b)}", f"np.tanh({a})",
            f"math.exp(-{paren(a)} ** 2)", f"np.sqrt(1.0 + ({a}) ** 2)", f"np.log(1.5 + ({a}) * ({a}))",
            f"({a} if {self.condition(scope)} else {b})", f"np.arctan({a}) - {paren(b)}",
        ]  # fmt: skip
        array = self.any_array(scope)
        other = self.any_array(scope)
        forms += [
            f"0.3 * np.sum({array})",
            f"0.2 * sum(v * {paren(b)} for v in {array})",
            f"max({a}, {b})",
            f"abs({a})",
        ]
        forms += [f"np.dot({array}, {other}) * 0.2"] if self.same_length(scope, array, other) else [f"{array}.mean()"]
        for name, arity in scope.functions.items():
            if arity < 10:
                arguments = ", ".join(self.number(scope, 0) if k else a for k in range(arity))
                forms += [f"{name}({arguments})"] * 2
        return self.random.choice(forms)

    def bounded(self, scope: Scope) -> str:
        """An expression whose value stays small however often it is assigned."""
        return self.contraction(self.number(scope, self.random.randint(0, 2)))

    def contraction(self, text: str) -> str:
        """The expression, mapped into a bounded range."""
        form = self.random.choice(
            ["np.sin({})", "np.tanh({})", "np.cos({})", "0.8 * np.arctan({})", "np.exp(-({}) ** 2)"]
        )
        return form.format(text)

    def condition(self, scope: Scope) -> str:
        """A test."""
        a, b = self.random.choice([self.random.choice(scope.floats), self.leaf(scope)]), self.leaf(scope)
        forms = [
            f"{a} > {self.constant()}", f"{a} < {b}", f"{a} * {a} > {self.constant()}", f"-0.7 < {a} < 0.9",
            f"{a} > {b} and {b} < {self.constant()}", f"not {a} > {self.constant()}",
            f"{a} > 0.1 or {b} > {self.constant()}",
        ]  # fmt: skip
        if scope.integers:
            index = self.random.choice(scope.integers)
            forms += [f"{index} % 2 == 0", f"{index} in (0, 2)", f"{index} > 1 and {a} > 0.2"]
        forms += list(scope.flags)
        return self.random.choice(forms)

    def any_array(self, scope: Scope) -> str:
        """The name of an array."""
        return self.random.choice(list(scope.arrays))

    def same_length(self, scope: Scope, first: str, second: str) -> bool:
        """Whether two arrays have one length."""
        return scope.arrays[first] == scope.arrays[second]

    def whole(self, scope: Scope) -> list[str]:
        """The arrays of full length."""
        return [name for name, length in scope.arrays.items() if length == LENGTH]

    def array(self, scope: Scope, depth: int) -> str:
        """A new array of full length, bounded."""
        whole = self.whole(scope)
        if depth <= 0 or not whole:
            return self.random.choice([f"{name}" for name in whole] or [f"np.ones({LENGTH})"])
        a = self.array(scope, depth - 1)
        b = self.array(scope, 0)
        number = self.number(scope, 1)
        forms = [
            f"np.sin({a})", f"np.tanh({a} + {b})", f"0.5 * ({a}) * {b}", f"np.cos({a}) * {paren(number)}",
            f"np.tanh({a} * {paren(number)})", f"np.where({b} > 0.2, {b}, 0.1 * ({a}))", f"({a})[::-1] * 0.9",
            f"np.tanh(({a}) / (1.5 + {b} * {b}))", f"0.3 * np.cumsum({b})", f"np.full({LENGTH}, {number}) * 0.5",
            f"np.array([np.sin({number}), {self.leaf(scope)}, 0.1, {self.leaf(scope)}])",
        ]  # fmt: skip
        forms += [f"0.4 * ({matrix} @ {b})" for matrix in scope.matrices]
        return self.random.choice(forms)

    def summary(self, scope: Scope) -> str:
        """What a program returns: much of what it has computed."""
        floats = self.random.sample(scope.floats, min(len(scope.floats), self.random.randint(1, 4)))
        terms = [f"{self.random.choice(['', '0.5 * ', '2.0 * '])}{name}" for name in floats]
        terms += [f"np.sum({name} * {name})" for name in scope.arrays if self.random.random() < 0.6]
        terms += [f"{name}[0] * {floats[0]}" for name in scope.lists if self.random.random() < 0.6]
        terms += [f'{name}["p"]' for name in scope.mappings if self.random.random() < 0.6]
        terms += [f"np.sum(np.sin({name}))" for name in scope.matrices]
        return " + ".join(terms)


def paren(text: str) -> str:
    """The expression in parentheses, unless it is a name or a positive number."""
    return text if text.replace(".", "").replace("_", "").isalnum() else f"({text})"
