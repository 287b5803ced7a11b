"""What is recorded of arrays written element by element: only what the reverse sweep reads."""

from __future__ import annotations

import linecache
from random import Random

import numpy as np
import pytest

from tests.differentiate.deriving import check, tapes

rng = np.random.default_rng(0)
MATRIX = rng.uniform(-0.5, 0.5, (4, 4)) + 4.0 * np.eye(4)
VECTOR = rng.uniform(0.5, 1.5, 6)


def elimination(A):
    n = len(A)
    for k in range(n - 1):
        for i in range(k + 1, n):
            A[i, k:] -= A[i, k] / A[k, k] * A[k, k:]
    return A[0, 0] * A[1, 1] * A[2, 2] * A[3, 3]


def substitution(L):
    x = np.ones(L.shape[0])
    for i in range(L.shape[0] - 1, -1, -1):
        for j in range(i + 1, L.shape[0]):
            x[i] -= L[i, j] * x[j]
    return np.sum(x * x)


def running(x):
    for i in range(1, len(x)):
        x[i] = x[i] + np.sin(x[i - 1])
    return np.sum(x * x)


def other_end(x):
    n = len(x)
    for i in range(n // 2):
        x[i] += x[n - 1 - i] * x[-1]
    return np.sum(x * x)


def own_element(x):
    for i in range(len(x)):
        x[i] = x[i] * np.sin(x[i])
    return np.sum(x)


def ahead(x):
    for i in range(len(x) - 1):
        x[i + 1] += x[i] * x[i]
        x[i] += 1.0
    return np.sum(x)


def index_from_the_end(x):
    for i in range(1, len(x)):
        x[-i] += np.sin(x[-i - 1])
    return np.sum(x * x)


def rows(A):
    for i in range(1, 4):
        A[i] += A[i - 1] * A[i - 1]
    return np.sum(A)


def late_name(x):
    k = 0
    for i in range(1, len(x)):
        x[k] += np.sin(x[i])
        last = i
        k = last
    return np.sum(x * x)


@pytest.mark.parametrize(
    "function, argument",
    [(substitution, MATRIX), (running, VECTOR), (rows, MATRIX)],
)
def test_what_is_not_written_again_is_not_recorded(function, argument):
    assert not tapes(function, argument)
    check(function, argument)


def test_a_value_is_read_where_it_was_written():
    def normalised(x):
        for i in range(1, len(x)):
            x[i] /= 1.0 + x[0] * x[0]
        return np.sum(x * x)

    assert tapes(normalised, VECTOR) == {}
    check(normalised, VECTOR)


def test_a_divisor_that_may_be_the_element_itself():
    def halved(x, k):
        for i in range(len(x)):
            x[i] /= x[k]
        return np.sum(x * x)

    assert tapes(halved, VECTOR, 2) == {"x_tape": "x[i]"}
    check(halved, VECTOR, 2)


@pytest.mark.parametrize("function", [own_element, ahead, late_name, other_end, index_from_the_end])
def test_what_is_read_and_written_is_recorded(function):
    assert tapes(function, VECTOR)
    check(function, VECTOR)


def test_elimination_keeps_the_column_that_it_clears():
    assert tapes(elimination, MATRIX) == {"A_tape": "A[i, k:].copy()"}
    check(elimination, MATRIX)


INDICES = ["i", "i + 1", "i - 1", "j", "k", "n - 1 - i", "n - i", "j - i", "-1", "0", "2", "-i", "2 * j - i", "p", "q"]
SLICES = ["1:", ":-1", "i:", ":i", "i + 1:", "j:k", "::2", "-i:", "::-1", "p:q + 1"]


def random_text(random: Random) -> str:
    """A program that writes into the elements of two arrays in nested loops."""

    def place() -> str:
        return f"{random.choice('ab')}[{random.choice(INDICES)}]"

    def statement(depth: int) -> list[str]:
        pad = "    " * depth
        kind = random.randrange(10)
        if kind < 3:
            value = f"np.sin({place()}) * {place()}"
        elif kind < 5:
            value = f"0.3 * {place()} * {place()} - {place()}"
        elif kind == 5:
            where = random.choice(SLICES)
            target, other = random.choice("ab"), random.choice("ab")
            return [f"{pad}{target}[{where}] {random.choice(['+=', '*=', '-='])} np.cos({other}[{where}])"]
        elif kind == 6 and depth < 5:
            test = random.choice(["i < j", "i == k", "i + j > 3", f"{place()} > 0.5"])
            return [f"{pad}if {test}:", *statement(depth + 1), *statement(depth + 1)]
        elif kind == 7:
            name = random.choice("pq")
            return [f"{pad}{name} = {random.choice(['i', 'min(i + 1, n - 1)', 'max(0, j - 1)', 'n - 1 - k', 'k'])}"]
        elif kind == 8:
            value = random.choice([f"np.exp(-{place()})", f"{place()} / (2.0 + {place()})", f"np.tanh({place()})"])
        else:
            value = place()
        return [f"{pad}{place()} {random.choice(['=', '=', '+=', '-=', '*=', '/='])} {value}"]

    lines = ["def program(a, b, n):", "    i = j = k = p = q = 0"]
    for _ in range(random.randint(1, 3)):
        depth = 1
        for name in random.sample("ijk", random.randint(1, 3)):
            outer = random.choice(["i", "j", "k"])
            bounds = random.choice(["n", "1, n - 1", f"{outer} + 1, n", f"{outer}", "n - 1, -1, -1", "0, n, 2", "3"])
            lines.append(f"{'    ' * depth}for {name} in range({bounds}):")
            depth += 1
            if random.random() < 0.4:
                lines += statement(depth)
        lines += [line for _ in range(random.randint(1, 2)) for line in statement(depth)]
        if random.random() < 0.5:
            lines += statement(2)
    return "\n".join([*lines, "    return np.sum(a * b) + a[0] * b[-1]"]) + "\n"


@pytest.mark.parametrize("seed", range(60))
def test_random_loops(seed: int):
    judge_random(seed)


def judge_random(seed: int) -> str:
    """Compare the gradient of a random program with complex steps; returns "checked", or why it was not."""
    from srcgrad import SrcgradError, grad

    text = random_text(Random(seed))
    filename = f"<random loops {seed}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace: dict[str, object] = {"np": np}
    exec(compile(text, filename, "exec"), namespace)
    program = namespace["program"]
    a, b = np.random.default_rng(seed).uniform(0.2, 0.9, (2, 5))
    with np.errstate(all="ignore"):
        try:
            value = program(a.copy(), b.copy(), 5)
        except IndexError:
            return "no such element"
        if not np.isfinite(value) or abs(value) > 1e6:
            return "too large"
        expected = np.zeros((2, 5))
        for which, element in np.ndindex(2, 5):
            moved = [a.astype(complex), b.astype(complex)]
            moved[which][element] += 1e-30j
            try:
                expected[which, element] = program(*moved, 5).imag / 1e-30
            except TypeError:
                return "compares complex numbers"
    try:
        found = grad(program, argnums=(0, 1))(a, b, 5)
    except SrcgradError:
        return "refused"
    source = grad(program, argnums=(0, 1)).source_for(a, b, 5)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8 * np.abs(expected).max(), err_msg=text + source)
    return "checked"
