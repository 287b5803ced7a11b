"""Symbolic lengths: integer polynomials over named values, each with one canonical text.

``"2 * n - 1"`` is a sum of terms; a term is a product of atoms; an atom is a text without spaces: a parameter
(``n``), a length (``x.shape[0]``), a function of lengths (``len(n[2:5])``) or an unknown (``~7``).  Two texts are
equal exactly if the polynomials are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

from srcgrad.kind import ANY_LENGTH, Dimension

Terms = tuple[tuple[tuple[str, ...], int], ...]

_UNKNOWN = re.compile(r"~\d+")
# An atom longer than this is not written out: those of a recursion would grow without an end.
_LONGEST = 400


@lru_cache(maxsize=8192)
def _parse(symbol: Dimension) -> Terms:
    """The terms of a canonical text."""
    if isinstance(symbol, int):
        return (((), symbol),) if symbol else ()
    words = symbol.split(" ")
    terms: list[tuple[tuple[str, ...], int]] = []
    sign, coefficient = 1, 1
    atoms: list[str] = []
    if words[0].startswith("-"):
        sign, words[0] = -1, words[0][1:]
    for word in [*words, "+"]:
        if word in ("+", "-"):
            terms.append((tuple(sorted(atoms)), sign * coefficient))
            sign, coefficient, atoms = (1 if word == "+" else -1), 1, []
        elif word.isdecimal():
            coefficient *= int(word)
        elif word != "*":
            atoms.append(word)
    return tuple(terms)


def _write(coefficients: dict[tuple[str, ...], int]) -> Dimension:
    """The canonical text of a polynomial, an int where it is one."""
    terms = [(atoms, factor) for atoms, factor in coefficients.items() if factor]
    if not terms:
        return 0
    if len(terms) == 1 and not terms[0][0]:
        return terms[0][1]
    # Positive terms first, so that a text rarely starts with a minus; the constant last.
    terms.sort(key=lambda term: (not term[0], term[1] < 0, term[0]))
    text = ""
    for atoms, factor in terms:
        size = abs(factor)
        product = " * ".join(([] if size == 1 and atoms else [str(size)]) + list(atoms))
        if not text:
            text = ("-" if factor < 0 else "") + product
        else:
            text += (" - " if factor < 0 else " + ") + product
    return text


@lru_cache(maxsize=8192)
def add(left: Dimension, right: Dimension) -> Dimension:
    """The sum of two lengths."""
    sums = dict(_parse(left))
    for atoms, factor in _parse(right):
        sums[atoms] = sums.get(atoms, 0) + factor
    return _write(sums)


def subtract(left: Dimension, right: Dimension) -> Dimension:
    """The difference of two lengths."""
    return add(left, multiply(-1, right))


@lru_cache(maxsize=8192)
def multiply(left: Dimension, right: Dimension) -> Dimension:
    """The product of two lengths."""
    sums: dict[tuple[str, ...], int] = {}
    for atoms, factor in _parse(left):
        for others, other in _parse(right):
            key = tuple(sorted(atoms + others))
            sums[key] = sums.get(key, 0) + factor * other
    return _write(sums)


def product(lengths: Iterable[Dimension]) -> Dimension:
    """The product of several lengths."""
    result: Dimension = 1
    for length in lengths:
        result = multiply(result, length)
    return result


def divide(left: Dimension, right: Dimension) -> Dimension | None:
    """The quotient where it goes without remainder as a polynomial, by a single term; else None."""
    divisor = _parse(right)
    if len(divisor) != 1 or not divisor[0][1]:
        return None
    ((atoms, factor),) = divisor
    sums: dict[tuple[str, ...], int] = {}
    for term, coefficient in _parse(left):
        rest = list(term)
        for atom in atoms:
            if atom not in rest:
                return None
            rest.remove(atom)
        if coefficient % factor:
            return None
        sums[tuple(rest)] = coefficient // factor
    return _write(sums)


def function(name: str, *arguments: object) -> str:
    """The atom for a value that is determined by others: ``max(n,m)``.

    A long one is told by the hash of its text, and by the unknowns in it.
    """
    atom = f"{name}({','.join(str(argument).replace(' ', '') for argument in arguments)})"
    if len(atom) <= _LONGEST:
        return atom
    digest = hashlib.sha256(atom.encode()).hexdigest()[:16]
    return f"{name}({','.join([f'h{digest}', *sorted(unknowns(atom))])})"


@lru_cache(maxsize=8192)
def unknowns(symbol: Dimension | None) -> frozenset[str]:
    """The unknowns (``~7``) that a length depends on."""
    return frozenset(_UNKNOWN.findall(symbol)) if isinstance(symbol, str) else frozenset()


def terms(symbol: Dimension) -> dict[tuple[str, ...], int]:
    """The terms of a length with their coefficients, each a product of atoms: ``{("n",): 2, (): -1}``."""
    return dict(_parse(symbol))


def linear_form(symbol: Dimension) -> tuple[Dimension, int]:
    """A length as what varies plus a constant: ``n - 2`` is ``("n", -2)``."""
    found = terms(symbol)
    constant = found.pop((), 0)
    return _write(found), constant


def broadcast(left: Dimension, right: Dimension) -> Dimension:
    """The length that two lengths broadcast to; ANY_LENGTH is never asked for here."""
    if left == right and left != ANY_LENGTH:
        return left
    if left == 1:
        return right
    if right == 1:
        return left
    # A constant other than 1 wins: the other length is the same or 1, or the program fails.
    if isinstance(left, int):
        return left
    if isinstance(right, int):
        return right
    parts = set(_parts(left)) | set(_parts(right))
    return function("broadcast", *sorted(parts))


def _parts(symbol: str) -> list[str]:
    """The lengths that a broadcast length was made of."""
    inner = re.fullmatch(r"broadcast\(([^()]*)\)", symbol)
    return inner[1].split(",") if inner else [symbol.replace(" ", "")]
