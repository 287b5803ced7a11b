"""Helper functions for random programs to call."""

from __future__ import annotations

from random import Random

from tests.generated_expressions import Expressions, Scope

# Functions with this arity or more are not called from expressions.
WRITER = 10


def helper_functions(random: Random, writes: bool) -> dict[str, tuple[int, str]]:
    """Some helper functions by name, each with its number of float arguments and its text."""
    made: dict[str, tuple[int, str]] = {}
    makers = [plain, early, looping, recursive]
    for number in range(random.randint(0, 2)):
        name = f"helper{number}"
        made[name] = random.choice(makers)(random, name)
    if writes:
        for name, text in WRITERS.items():
            if random.random() < 0.5:
                made[name] = (WRITER, text)
    return made


class ScalarExpressions(Expressions):
    """Expressions without arrays."""

    def number(self, scope: Scope, depth: int) -> str:
        if depth <= 0:
            return self.leaf(scope)
        a, b = self.number(scope, depth - 1), self.leaf(scope)
        return self.random.choice(
            [f"({a} + {b})", f"({a}) * {b}", f"np.sin({a})", f"math.cos({a})", f"({a}) / (1.5 + {b} * {b})"]
        )


def filled(name: str, text: str, random: Random, *names: str) -> str:
    """The text with ``$N`` for the name, ``$E`` for a new bounded expression each time, and ``$C`` for a test."""
    expressions = ScalarExpressions(random)
    scope = Scope(floats=list(names), arrays={}, matrices=[], functions={})
    text = text.replace("$N", name)
    while "$E" in text:
        text = text.replace("$E", expressions.bounded(scope), 1)
    while "$C" in text:
        text = text.replace("$C", expressions.condition(scope), 1)
    return text


PLAIN = """\
def $N(s, t=0.7):
    r = $E
    return r * t + $E
"""

EARLY = """\
def $N(s, t):
    if $C:
        return $E
    s = $E
    return s * t if t > s else $E
"""

LOOPING = """\
def $N(s, t):
    r = s
    for k in range($T):
        r = 0.3 * r + $E
        if $C:
            $L
        s = s * 0.5 + $E
    return r + s
"""

RECURSIVE = """\
def $N(s, t, k=$T):
    if k <= 0 or $C:
        return $E
    return $N($E, s, k - 1) + $E
"""


def plain(random: Random, name: str) -> tuple[int, str]:
    """Straight-line code, with a default for its second argument."""
    return random.choice([1, 2]), filled(name, PLAIN, random, "s", "t")


def early(random: Random, name: str) -> tuple[int, str]:
    """Early returns."""
    return 2, filled(name, EARLY, random, "s", "t")


def looping(random: Random, name: str) -> tuple[int, str]:
    """A loop with a break or a return inside."""
    leave = random.choice(["break", "return r - t", "continue"])
    text = LOOPING.replace("$T", str(random.randint(0, 4))).replace("$L", leave)
    return 2, filled(name, text, random, "s", "t", "r")


def recursive(random: Random, name: str) -> tuple[int, str]:
    """Recursion of a bounded depth."""
    return 2, filled(name, RECURSIVE.replace("$T", str(random.randint(0, 3))), random, "s", "t")


WRITERS = {
    "bump": """\
def bump(v, s):
    v[0] = s * v[1]
    v[1:] *= 0.9
""",
    "blend": """\
def blend(v, w, s):
    for i in range(len(w)):
        v[i % len(v)] += np.sin(s) * w[i]
    return v
""",
    "tail": """\
def tail(v):
    return v[1:]
""",
    "clamp": """\
def clamp(v, s):
    for i in range(v.size):
        if v[i] > 1.0:
            v[i] = np.tanh(v[i]) * s
        elif v[i] < -3.0:
            return v[i]
    return v[0] * s
""",
    "spread": """\
def spread(v, s):
    if len(v) < 2:
        v *= s
        return v[0]
    middle = len(v) // 2
    left = spread(v[:middle], 0.8 * s)
    return left + spread(v[middle:], np.cos(s)) * v[0]
""",
    "turned": """\
def turned(v, k):
    v[k % len(v)] *= 0.9
    return v if k == 0 else turned(v[::-1], k - 1)
""",
    "exchange": """\
def exchange(v, w, s):
    if v[0] > w[0]:
        v, w = w, v
    v[-1] += s * w[0] ** 2
    return v, w[::-1]
""",
    "Tank": """\
class Tank:
    def __init__(self, level, rate):
        self.level = level
        self.rate = rate

    def fill(self, s):
        self.level[0] += s * self.rate
        return self

    def drain(self):
        self.level *= 0.9
        return self.level[1:]

    def swap(self, other):
        self.level, other.level = other.level, self.level
""",
}
