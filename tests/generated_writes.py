"""Random statements that write into arrays, and that make views and aliases of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated_expressions import LENGTH, Scope, paren

if TYPE_CHECKING:
    from tests.generator import Statements

# Slices of an array by the length that they leave of four or of three.
SLICES = {
    4: [
        ("1:", 3), (":-1", 3), ("::2", 2), ("::-1", 4), ("1:3", 2), (":", 4), ("...", 4), ("-3:", 3), ("2::-1", 3),
        ("::-2", 2), (":-2", 2), ("-1:0:-1", 3), ("1::2", 2), ("-2:-5:-1", 3),
    ],
    3: [("1:", 2), (":-1", 2), ("::-1", 3), (":", 3), ("::-2", 2), ("-2:", 2), ("1::-1", 2), ("::2", 2)],
    2: [("::-1", 2), (":", 2), ("...", 2)],
}  # fmt: skip


def write_statement(statements: Statements, scope: Scope) -> list[str]:
    """One statement that writes into an array, or makes something to write into."""
    random, expressions = statements.random, statements.expressions
    name = expressions.any_array(scope)
    length = scope.arrays[name]
    number = expressions.bounded(scope)
    index = index_into(statements, scope, length)
    options: list[list[str]] = [
        [f"{name}[{index}] = {number}"],
        [f"{name}[{index}] = {number}"],
        [f"{name}[{index}] += {number}"],
        [f"{name}[{index}] *= {number}"],
        [f"{name} *= {number}"],
        [f"{name} += {number}"],
        [f"{name}[{name} > 0.9] = {number}"],
        [f"{name}[{name} < 0.1] *= {number}"],
        [f"np.sin({name}, out={name})"],
        [f"np.tanh({name}, {name})"],
        [f"{name}.fill({number})"],
        [f"{name}[[0, 1]] = {name}[[1, 0]]"],
        [f"{name}[np.array([1, 0, 1])] += {number}"],
        [f"np.add.at({name}, [0, 1, 0], {number})"],
    ]
    text, part = random.choice(SLICES[length])
    options += slice_writes(statements, scope, name, length, text, part)
    options += new_buffers(statements, scope, name, text, part)
    options += matrix_writes(statements, scope)
    options += callee_writes(statements, scope, name, number)
    chosen = random.choice(options)
    register(scope, chosen, part, length)
    return [line.replace("NEW ", "").replace("SAME ", "").replace("WHOLE ", "") for line in chosen]


def register(scope: Scope, lines: list[str], part: int, length: int) -> None:
    """Enter the arrays that the chosen lines define; a marker says how long each is."""
    for line in lines:
        for marker, made in (("NEW ", part), ("SAME ", length), ("WHOLE ", LENGTH)):
            if line.startswith(marker):
                scope.arrays[line.removeprefix(marker).split(" = ")[0]] = made


def index_into(statements: Statements, scope: Scope, length: int) -> str:
    """An index of an array of the given length."""
    if scope.integers and statements.random.random() < 0.6:
        return f"{statements.random.choice(scope.integers)} % {length}"
    return str(statements.random.randint(-length, length - 1))


def slice_writes(statements: Statements, scope: Scope, name: str, length: int, text: str, part: int) -> list[list[str]]:
    """Writes into slices, overlapping ones too."""
    random, expressions = statements.random, statements.expressions
    number = paren(expressions.bounded(scope))
    fitting = [other for other, size in scope.arrays.items() if size == part]
    options = [
        [f"{name}[{text}] = {number}"],
        [f"{name}[{text}] *= {number}"],
        [f"{name}[{text}] -= 0.5 * {name}[{text}]"],
    ]
    options += [[f"{name}[{text}] = {other} * {number}"] for other in fitting[:2]]
    options += [[f"{name}[{text}] {random.choice(['+=', '-=', '*='])} np.sin({other})"] for other in fitting[:2]]
    if length > 2:
        options += [
            [f"{name}[1:] += {name}[:-1]"],
            [f"{name}[:-1] = np.tanh({name}[1:])"],
            [f"{name}[1:] *= {name}[:-1]"],
        ]
    return options


def new_buffers(statements: Statements, scope: Scope, name: str, text: str, part: int) -> list[list[str]]:
    """Copies, views, aliases, swaps, and arrays kept in containers and attributes."""
    random, expressions = statements.random, statements.expressions
    fresh = statements.fresh("v")
    whole = expressions.whole(scope)
    number = expressions.bounded(scope)
    options = [
        [f"NEW {fresh} = {name}[{text}]"],
        [f"NEW {fresh} = {name}[{text}]"],
        [f"SAME {fresh} = {name}"],
        [f"SAME {fresh} = {name}.copy()"],
        [f"WHOLE {fresh} = np.zeros({LENGTH})"],
        [f"WHOLE {fresh} = {expressions.array(scope, 2)}"],
        [f"SAME {fresh} = {name}.ravel()", f"{fresh}[0] = {number}"],
        [
            f"for s{fresh} in range({scope.arrays[name]}):",
            f"    {name}[s{fresh}] = np.sin({name}[s{fresh} - 1]) * {number}",
        ],
    ]
    if len(whole) > 1:
        one, two = random.sample(whole, 2)
        options += [
            [f"WHOLE {fresh} = {one} if {expressions.condition(scope)} else {two}", f"{fresh}[1] = {number}"],
            [f"{one}, {two} = {two}, {one}"],
            [f"{one} = {two}"],
            [f"np.multiply({one}, {two}, out={one})"],
            [f"list{fresh} = [{one}, {two}]", f"for b{fresh} in list{fresh}:", f"    b{fresh}[0] *= {number}"],
            [f'box{fresh} = {{"k": {one}}}', f'box{fresh}["k"][1:] -= 0.1 * {two}[:-1]'],
            [f"state{fresh} = SimpleNamespace(u={one})", f"state{fresh}.u[2] = {number}", f"state{fresh}.u += {two}"],
            [f"{one}[0], {two}[1] = {two}[1], {one}[0]"],
        ]
        if whole:
            options.append([f"WHOLE {fresh} = {one}.reshape(2, 2).T.ravel()", f"{fresh} *= {number}"])
    return options


def matrix_writes(statements: Statements, scope: Scope) -> list[list[str]]:
    """Writes into a matrix and its rows."""
    if not scope.matrices:
        return []
    random, expressions = statements.random, statements.expressions
    matrix = random.choice(scope.matrices)
    fresh = statements.fresh("row")
    number = expressions.bounded(scope)
    row = index_into(statements, scope, LENGTH)
    return [
        [f"{matrix}[{row}, {random.randint(0, 3)}] = {number}"],
        [f"{matrix}[{row}] *= {number}"],
        [f"{matrix}[:, {random.randint(0, 3)}] += 0.1 * {matrix}[{row}]"],
        [f"WHOLE {fresh} = {matrix}[{row}]", f"{fresh}[1] = {number}"],
        [f"WHOLE {fresh} = {matrix}.T[{row}]", f"{fresh} += {number}"],
        [f"for {fresh} in {matrix}:", f"    {fresh}[0] = {fresh}[1] * {number}"],
    ]


def callee_writes(statements: Statements, scope: Scope, name: str, number: str) -> list[list[str]]:
    """Calls of helpers that write into their arguments, or return views of them."""
    options: list[list[str]] = []
    fresh = statements.fresh("q")
    other = statements.expressions.any_array(scope)
    if "bump" in scope.functions:
        options += [[f"bump({name}, {number})"], [f"bump({name}[::-1], {number})"]]
    if "blend" in scope.functions:
        options += [
            [f"blend({name}, {other}, {number})"],
            [f"SAME {fresh} = blend({name}, {other}.copy(), {number})", f"{fresh}[1] *= 0.7"],
        ]
    if "tail" in scope.functions:
        options.append([f"tail({name})[0] = {number}"])
    if "spread" in scope.functions:
        target = statements.random.choice(scope.floats)
        options += [[f"{target} = np.sin(spread({name}, {number}))"], [f"spread({name}[1:], {number})"]]
    if "turned" in scope.functions:
        options.append([f"SAME {fresh} = turned({name}, {statements.random.randint(0, 3)})", f"{fresh}[0] += {number}"])
    fitting = [one for one, length in scope.arrays.items() if length == scope.arrays[name]]
    if "exchange" in scope.functions:
        second = statements.random.choice(fitting)
        options.append([f"SAME {fresh} = exchange({name}, {second}, {number})[1]", f"{fresh}[0] = {number}"])
    if "Tank" in scope.functions:
        second = statements.random.choice(fitting)
        options += [
            [f"tank{fresh} = Tank({name}, {number})", f"tank{fresh}.fill({number}).drain()[0] *= 0.5"],
            [
                f"one{fresh}, two{fresh} = Tank({name}, 0.5), Tank({second}, {number})",
                f"one{fresh}.swap(two{fresh})",
                f"SAME {fresh} = one{fresh}.fill(0.7).level",
                f"two{fresh}.drain()[-1] = {number}",
            ],
        ]
    if "clamp" in scope.functions:
        target = statements.random.choice(scope.floats)
        options.append([f"{target} = np.sin(clamp({name}, {number}))"])
    return options
