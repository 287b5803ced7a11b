"""Linear inequalities between integers, and whether they contradict one another.

The method is Fourier and Motzkin's elimination, each inequality rounded to the integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import gcd

# Elimination may square the number of inequalities: beyond so many, nothing is said.
_MOST = 400


@dataclass(frozen=True)
class Linear:
    """``2 * i - n + 1`` as ``Linear({"i": 2, "n": -1}, 1)``: a sum of multiples of symbols and a number."""

    coefficients: Mapping[str, int] = field(default_factory=dict)
    constant: int = 0

    def plus(self, other: Linear, factor: int = 1) -> Linear:
        """This plus ``factor`` times another."""
        sums = dict(self.coefficients)
        for symbol, coefficient in other.coefficients.items():
            sums[symbol] = sums.get(symbol, 0) + factor * coefficient
        kept = {symbol: coefficient for symbol, coefficient in sums.items() if coefficient}
        return Linear(kept, self.constant + factor * other.constant)

    def minus(self, other: Linear) -> Linear:
        """The difference to another."""
        return self.plus(other, -1)

    def shifted(self, by: int) -> Linear:
        """This plus a number."""
        return Linear(self.coefficients, self.constant + by)

    def times(self, factor: int) -> Linear:
        """A multiple of this."""
        return Linear().plus(self, factor)

    def renamed(self, rename: Callable[[str], str]) -> Linear:
        """The same with other symbols."""
        return Linear({rename(symbol): value for symbol, value in self.coefficients.items()}, self.constant)


def contradictory(nonnegative: Iterable[Linear]) -> bool:
    """Whether no integers make all of these expressions at least 0; False where that is not found out.

    True for ``i - k - 1``, ``k - i``: i > k and i <= k.
    """
    rows: set[tuple[tuple[tuple[str, int], ...], int]] = set()
    for expression in nonnegative:
        row = _rounded(dict(expression.coefficients), expression.constant)
        if not row[0] and row[1] < 0:
            return True
        rows.add(row)
    while True:
        symbols = {symbol for terms, _ in rows for symbol, _ in terms}
        if not symbols:
            return False
        choices = ((symbol, *_split(rows, symbol)) for symbol in sorted(symbols))
        symbol, above, below = min(choices, key=lambda choice: len(choice[1]) * len(choice[2]))
        rows = {row for row in rows if all(name != symbol for name, _ in row[0])}
        if len(rows) + len(above) * len(below) > _MOST:
            return False
        for positive, first, one in above:
            for negative, second, other in below:
                sums = {name: -negative * value for name, value in first.items()}
                for name, value in second.items():
                    sums[name] = sums.get(name, 0) + positive * value
                row = _rounded(sums, -negative * one + positive * other)
                if row[0]:
                    rows.add(row)
                elif row[1] < 0:
                    return True


_Bound = tuple[int, dict[str, int], int]


def _split(
    rows: Iterable[tuple[tuple[tuple[str, int], ...], int]], symbol: str
) -> tuple[list[_Bound], list[_Bound]]:
    """The inequalities that bound a symbol from below and from above: its coefficient, the rest, the number."""
    above: list[_Bound] = []
    below: list[_Bound] = []
    for terms, constant in rows:
        rest = dict(terms)
        coefficient = rest.pop(symbol, 0)
        if coefficient:
            (above if coefficient > 0 else below).append((coefficient, rest, constant))
    return above, below


def _rounded(coefficients: dict[str, int], constant: int) -> tuple[tuple[tuple[str, int], ...], int]:
    """An inequality divided by the common divisor of its coefficients, its number rounded down."""
    terms = tuple(sorted((symbol, value) for symbol, value in coefficients.items() if value))
    divisor = gcd(*(value for _, value in terms))
    if divisor > 1:
        return tuple((symbol, value // divisor) for symbol, value in terms), constant // divisor
    return terms, constant
