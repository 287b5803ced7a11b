"""Random routines: the few statements with which people write into arrays to some end, around what is defined already.

In a template, ``$A`` and ``$B`` are two arrays of one length (they may be one array, or share memory), ``$W`` is a
matrix, ``$M`` makes names unique, ``$T`` is a number of trips, ``$K`` an index of ``$A``, and ``$E``, ``$X``, ``$C``
and ``$I`` are, anew each time, a bounded number, an array as long as ``$A``, a test and an integer array of indices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.generated_expressions import LENGTH, Scope, paren

if TYPE_CHECKING:
    from tests.generator import Statements


@dataclass(frozen=True)
class Routine:
    """A template, and what it defines: arrays with their lengths (0: that of ``$A``), floats, matrices, functions.

    ``least`` is the least length of ``$A``; with ``binds``, ``$A`` and ``$B`` are bound to other arrays.
    """

    text: str
    arrays: dict[str, int] = field(default_factory=dict)
    floats: tuple[str, ...] = ()
    matrices: tuple[str, ...] = ()
    integers: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    least: int = 2


def routine(statements: Statements, scope: Scope) -> list[str]:
    """The statements of one routine, which update ``scope``."""
    random = statements.random
    chosen = random.choice(ROUTINES + (MATRIX_ROUTINES if scope.matrices else []))
    fitting = [name for name, length in scope.arrays.items() if length >= chosen.least]
    if not fitting:
        return [f"{name} *= {statements.expressions.bounded(scope)}" for name in list(scope.arrays)[:1]]
    one = random.choice(fitting)
    length = scope.arrays[one]
    two = random.choice([name for name, size in scope.arrays.items() if size == length])
    unique = statements.fresh("")
    fixed = {
        "A": one, "B": two, "M": unique, "T": str(random.randint(0, 4)),
        "W": random.choice(scope.matrices) if scope.matrices else "",
    }  # fmt: skip

    def filled(match: re.Match[str]) -> str:
        key = match[1]
        return fixed[key] if key in fixed else piece(statements, scope, key, length)

    lines = re.sub(r"\$([A-Z])", filled, chosen.text).strip().splitlines()
    define(scope, chosen, unique, length)
    return lines


def piece(statements: Statements, scope: Scope, key: str, length: int) -> str:
    """What stands for a placeholder that is new each time."""
    expressions, random = statements.expressions, statements.random
    if key == "E":
        return paren(expressions.bounded(scope))
    if key == "C":
        return expressions.condition(scope)
    if key == "I":
        return index_array(statements, scope, length)
    if key == "K":
        if scope.integers and random.random() < 0.6:
            return f"{random.choice(scope.integers)} % {length}"
        return str(random.randint(-length, length - 1))
    fitting = [name for name, size in scope.arrays.items() if size == length]
    name, other = random.choice(fitting), random.choice(fitting)
    number = paren(expressions.bounded(scope))
    return random.choice(
        [
            name, f"{name}[::-1]", f"{name} * {number}", f"np.sin({name})", f"np.tanh({name} - {other})",
            f"{name}.copy()", f"0.5 * ({name} + {other})", f"np.where({name} > 0.2, {other}, {number})",
            f"np.cos({name} * {other})", f"{name} / (1.5 + {other} ** 2)",
        ]
    )  # fmt: skip


def index_array(statements: Statements, scope: Scope, length: int) -> str:
    """An integer array of indices, with repeats now and then."""
    random = statements.random
    picked = [random.randrange(-1, length) for _ in range(length)]
    options = [f"np.array({picked})", f"{picked}", f"np.arange({length})[::-1]"]
    return random.choice(options + [f"{name} % {length}" for name in scope.indexes])


def define(scope: Scope, chosen: Routine, unique: str, length: int) -> None:
    """Enter what a routine defines."""

    def named(name: str) -> str:
        return name.replace("$M", unique)

    for name, size in chosen.arrays.items():
        scope.arrays[named(name)] = size or length
    scope.floats += map(named, chosen.floats)
    scope.matrices += map(named, chosen.matrices)
    scope.integers += map(named, chosen.integers)
    scope.indexes += map(named, chosen.indexes)


ROUTINES = [
    # recurrences and stencils
    Routine("""
for i$M in range(1, len($A)):
    $A[i$M] += 0.5 * $A[i$M - 1] * $E
"""),
    Routine("""
for i$M in range(len($A) - 2, -1, -1):
    $A[i$M] = np.sin($A[i$M + 1] * $B[i$M]) + $E
"""),
    Routine("""
for t$M in range($T):
    $A[1:-1] = np.tanh($A[1:-1] + 0.3 * ($A[2:] - 2.0 * $A[1:-1] + $A[:-2]) * $E)
    $A[0] = $A[-1]
""", least=3),
    Routine("""
new$M = np.empty_like($A)
for t$M in range($T):
    new$M[1:] = np.cos($A[1:] - 0.4 * $A[:-1])
    new$M[0] = $E
    $A, new$M = new$M, $A
""", arrays={}),
    Routine("""
old$M, new$M = $A, $X.copy()
for t$M in range($T):
    new$M[:-1] -= 0.2 * old$M[1:] * new$M[:-1]
    old$M, new$M = new$M, old$M
""", arrays={"old$M": 0, "new$M": 0}),
    Routine("""
a$M, b$M, c$M = $A.copy(), $B, $X.copy()
for t$M in range($T):
    c$M[:] = 1.2 * b$M - 0.4 * a$M * $E
    a$M, b$M, c$M = b$M, c$M, a$M
""", arrays={"a$M": 0, "b$M": 0, "c$M": 0}),
    Routine("""
ring$M = np.zeros(3)
s$M = 0.0
for i$M, v$M in enumerate($A):
    ring$M[i$M % 3] = v$M * $E
    s$M += ring$M[(i$M + 1) % 3] * v$M
""", arrays={"ring$M": 3}, floats=("s$M",)),
    Routine("""
k$M = 0
while np.sum($A * $A) > 1.0 and k$M < 4:
    $A *= 0.6
    $A[$K] += 0.1 * $E
    k$M += 1
""", integers=("k$M",)),
    Routine("""
for t$M in range($T):
    $A += 0.1 * $X
    if $A[0] > 0.7:
        $A[0] = -0.5 * $A[0]
        continue
    if $A[-1] < -1.2:
        break
    $B[1:] = 0.9 * $B[1:]
"""),
    # order
    Routine("""
for i$M in range(len($A) - 1):
    if $A[i$M] > $A[i$M + 1]:
        $A[i$M], $A[i$M + 1] = $A[i$M + 1], $A[i$M]
"""),
    Routine("""
order$M = np.argsort($A)
$A[:] = $B[order$M] * $E
""", indexes=("order$M",)),
    Routine("""
$A.sort()
$A[0] *= $E
"""),
    Routine("""
$A[:] = np.sort($B)
"""),
    Routine("""
best$M = int(np.argmax($A))
$A[best$M] = $E
m$M = $A[best$M - 1]
""", floats=("m$M",)),
    # integer arrays and masks
    Routine("""
index$M = $I
$A[index$M] = $X
m$M = $A[index$M][0]
""", floats=("m$M",)),
    Routine("""
$A[$I] += $X
"""),
    Routine("""
np.add.at($A, $I, $X)
np.subtract.at($B, [0, 1, 0], $E)
"""),
    Routine("""
bins$M = np.zeros(3)
for k$M, v$M in zip([0, 2, 0, 1], $A):
    bins$M[k$M] += v$M * $E
""", arrays={"bins$M": 3}),
    Routine("""
mask$M = $A > $B[$K]
$A[mask$M] = $B[mask$M] * $E
$A[~mask$M] -= 0.3 * $E
"""),
    Routine("""
for k$M in np.flatnonzero($A > 0.1):
    $A[k$M] = np.sin($A[k$M]) * $E
"""),
    Routine("""
picked$M = $A[$I]
picked$M[0] += $E
$A[-1] = np.sum(picked$M)
""", arrays={"picked$M": 0}),
    Routine("""
np.put($A, [0, -1], $E)
"""),
    # copies, fills, out=
    Routine("""
np.copyto($A, $X)
"""),
    Routine("""
np.copyto($A, $E, where=$A > 0.4)
"""),
    Routine("""
np.add($A, $X, out=$B)
np.multiply($A[1:], $E, out=$A[:-1])
"""),
    Routine("""
np.exp(-$A * $A, out=$A)
$B[...] = $E
"""),
    Routine("""
$A[$K] = $B[$K] = s$M = $E
""", floats=("s$M",)),
    Routine("""
$A[:] = $B[::-1] = $E
$A[$K] -= $E
"""),
    Routine("""
$A **= 2
$A /= 1.5 + $B * $B
"""),
    Routine("""
$A[::2] **= 3
$A[1::2] /= 2.0 + np.abs($E)
"""),
    Routine("""
buffer$M = np.empty(len($A))
buffer$M.fill($E)
buffer$M[1:] += $A[:-1]
""", arrays={"buffer$M": 0}),
    Routine("""
s$M = np.zeros(())
s$M += np.sum($A)
s$M *= $E
m$M = s$M + 0.0
""", floats=("m$M",)),
    # views
    Routine("""
v$M = $A[::-1][1:]
v$M *= $E
$A[0] = v$M[0]
"""),
    Routine("""
column$M = $A[:, None]
column$M[$K, 0] = $E
$A[None, :][0, 1] += $E
"""),
    Routine("""
$A.reshape(-1, 1)[1] = $E
$A[np.newaxis, ...][..., 0] *= $E
"""),
    Routine("""
flat$M = $A.ravel()
flat$M[-1::-2] = $E
""", arrays={"flat$M": 0}),
    Routine("""
v$M = $A
while len(v$M) > 1:
    v$M[0] += v$M[1] * $E
    v$M = v$M[1:]
"""),
    Routine("""
head$M, tail$M = $A[:2], $A[-2:]
head$M += tail$M
tail$M[:] = head$M[::-1] * $E
""", arrays={"head$M": 2, "tail$M": 2}),
    Routine("""
if $C:
    v$M = $A[::-1]
elif $C:
    v$M = $B
else:
    v$M = $X.copy()
v$M[$K] = $E
""", arrays={"v$M": 0}),
    Routine("""
v$M = $A
for t$M in range($T):
    v$M[0] *= $E
    v$M = $B if $C else v$M[::-1]
    v$M[-1] += $E
""", arrays={"v$M": 0}),
    Routine("""
v$M = $A[-3:] if $C else $B[:3].copy()
v$M -= $E
""", arrays={"v$M": 3}, least=3),
    # containers
    Routine("""
box$M = {"k": $A, "m": $X.copy()}
for key$M in box$M:
    box$M[key$M][0] *= $E
""", arrays={'box$M["k"]': 0, 'box$M["m"]': 0}),
    Routine("""
box$M = {"k": $A, "m": $B}
for name$M, values$M in box$M.items():
    values$M[1:] -= 0.2 * $E
box$M["m"] = box$M["k"]
""", arrays={'box$M["m"]': 0}),
    Routine("""
state$M = SimpleNamespace(u=$A, v=$X.copy())
for t$M in range($T):
    state$M.u, state$M.v = state$M.v, state$M.u
    state$M.u[1:] += 0.3 * state$M.v[:-1]
""", arrays={"state$M.u": 0, "state$M.v": 0}),
    Routine("""
buffers$M = [$A, $B, $X.copy()]
for b$M in reversed(buffers$M):
    b$M[$K] = $E
buffers$M[0], buffers$M[2] = buffers$M[2], buffers$M[0]
""", arrays={"buffers$M[0]": 0, "buffers$M[-1]": 0}),
    Routine("""
stack$M = []
for t$M in range($T):
    stack$M.append($A.copy() if t$M % 2 else $B)
    stack$M[-1][0] += $E
s$M = sum(np.sum(b$M) for b$M in stack$M)
""", floats=("s$M",)),
    Routine("""
history$M = [$A.copy()]
for t$M in range($T):
    $A[:] = 0.5 * $A + 0.5 * history$M[-1][::-1]
    history$M.append($A.copy())
s$M = np.sum(history$M[len(history$M) // 2] * $E)
""", floats=("s$M",)),
    Routine("""
pair$M = ($A, $X.copy())
pair$M[1][:-1] = pair$M[0][1:] * $E
first$M, second$M = pair$M
first$M *= 0.8
""", arrays={"first$M": 0, "second$M": 0}),
    Routine("""
world$M = {"a": [$A, $B], "n": 0}
world$M["a"][1][-1] += $E
world$M["n"] += 1
world$M["a"][world$M["n"] % 2][:] *= $E
"""),
    Routine("""
parts$M = [$A[i$M:] for i$M in range(2)]
for part$M in parts$M:
    part$M[0] *= $E
"""),
    Routine("""
windows$M = {i$M: $A[i$M:i$M + 2] for i$M in range(2)}
windows$M[1][0] = $E
windows$M[0] += windows$M[1]
"""),
    Routine("""
made$M = np.array([v$M * $E if v$M > 0.0 else $E for v$M in $A])
made$M[$K] -= $E
""", arrays={"made$M": 0}),
    # functions inside
    Routine("""
def put$M(i, v):
    $A[i % len($A)] = v * $E
put$M(1, $E)
put$M(-1, $A[0])
"""),
    Routine("""
def push$M(v):
    $A[1:] = $A[:-1].copy()
    $A[0] = v
    return $A[-1] * v
for t$M in range($T):
    push$M($E)
m$M = push$M($E)
""", floats=("m$M",)),
    Routine("""
scale$M = lambda v, s: np.multiply(v, s, out=v)
scale$M($A, $E)
scale$M($B[1:], $E)
"""),
    Routine("""
count$M = 0.0
def step$M(v):
    nonlocal count$M
    count$M = count$M + v[0] * $E
    v[0] = count$M
    return v
step$M($A)
m$M = step$M($B)[0] + count$M
""", floats=("m$M",)),
    # errors and contexts
    Routine("""
try:
    $A[0] = $E
    $A[9] = 1.0
except IndexError:
    $A[-1] *= $E
finally:
    $B[$K] += $E
"""),
    Routine("""
with np.errstate(all="ignore"):
    $A[:] = np.sqrt(1.0 + $B * $B)
    $A[0] -= $E
"""),
    # a number that may become an array
    Routine("""
total$M = 0.0
for t$M in range($T):
    total$M += $X
s$M = np.sum(total$M * $E)
""", floats=("s$M",)),
    Routine("""
base$M = $E
total$M = base$M
if $C:
    total$M = $A.copy()
total$M *= $E
total$M = total$M + $B
""", arrays={"total$M": 0}),
    Routine("""
i$M = 0
for v$M in $A:
    if v$M > 0.9:
        break
    $B[i$M] = $E * v$M
    i$M += 1
else:
    $B[0] = $E
""", integers=("i$M",)),
]

MATRIX_ROUTINES = [
    Routine("""
for k$M in range(3):
    p$M = k$M + int(np.argmax(np.abs($W[k$M:, k$M])))
    if p$M != k$M:
        $W[[k$M, p$M]] = $W[[p$M, k$M]]
    for r$M in range(k$M + 1, 4):
        factor$M = $W[r$M, k$M] / (1.5 + $W[k$M, k$M] ** 2)
        $W[r$M, k$M:] -= factor$M * $W[k$M, k$M:]
"""),
    Routine("""
for row$M in $W:
    row$M -= row$M.mean()
    row$M[:2] *= $E
"""),
    Routine("""
for j$M in range(4):
    column$M = $W[:, j$M]
    column$M *= $E
    column$M[0] = column$M[-1]
"""),
    Routine("""
for r$M in range(4):
    v$M = $W[r$M]
    for k$M in range(r$M):
        v$M[k$M] -= 0.3 * $W[k$M][r$M] * $E
"""),
    Routine("""
$W[:, 1:3] += 0.2 * $W[:, ::-1][:, 1:3]
$W[::-1, 0] = $E
$W[..., -1] *= $E
"""),
    Routine("""
np.fill_diagonal($W, $E)
$W[[0, 2, 0], 1] = $E
"""),
    Routine("""
$W[[0, 1], [1, 0]] *= $E
$W[$W > 0.6] = $E
"""),
    Routine("""
block$M = $W[1:, :-1]
block$M *= $E
block$M.T[0] += $E
"""),
    Routine("""
$W[1:] += 0.5 * $W[:-1]
$W.ravel()[5] = $E
"""),
    Routine("""
$W.reshape(2, 8)[0, 1:5] = $E
$W.T[1:, 2] -= $E
"""),
    Routine("""
flip$M = $W.T if $C else $W[::-1]
flip$M[0] = $E
flip$M[:, 1] *= $E
""", matrices=("flip$M",)),
    Routine("""
other$M = $W.copy()
$W @= 0.5 * other$M
other$M[:, 0] = $W[0]
""", matrices=("other$M",)),
    Routine("""
rows$M = [row$M for row$M in $W]
rows$M[1][0] = $E
rows$M[0], rows$M[1] = rows$M[1], rows$M[0]
rows$M[0][-1] += $E
""", arrays={"rows$M[0]": LENGTH}),
    Routine("""
for row$M, v$M in zip($W, [0.3, $E]):
    row$M[1:] = v$M * row$M[:-1]
"""),
    Routine("""
diagonal$M = np.diag($W) * $E
$W[0, :] = diagonal$M
""", arrays={"diagonal$M": LENGTH}),
    Routine("""
$W[:, :, None][1, :, 0] = $E
np.add.at($W, ([0, 1, 0], [1, 2, 1]), $E)
"""),
    Routine("""
$W.sort(axis=0)
$W[0] *= $E
"""),
    Routine("""
sums$M = np.zeros(4)
np.sum($W, axis=0, out=sums$M)
sums$M *= $E
""", arrays={"sums$M": LENGTH}),
]
