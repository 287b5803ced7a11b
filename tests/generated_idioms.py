"""Random turns of phrase: a few statements that people write together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated_expressions import Scope, paren

if TYPE_CHECKING:
    from tests.generator import Statements


def idiom(statements: Statements, scope: Scope) -> list[str]:
    """Some statements around one idiom of the language, which end in a new float."""
    random, expressions = statements.random, statements.expressions
    name = statements.fresh("m")
    old = random.choice(scope.floats)
    e = [expressions.bounded(scope) for _ in range(3)]
    array, condition = expressions.any_array(scope), expressions.condition(scope)
    trips = random.randint(0, 4)
    lines = random.choice(
        [
            # a state carried as a tuple
            [f"s{name} = ({old}, {e[0]})", f"for _ in range({trips}):", f"    p{name}, q{name} = s{name}",
             f"    s{name} = (np.sin(p{name} + q{name}), {paren(e[1])} * p{name})",
             f"{name} = s{name}[0] - s{name}[-1]"],
            # a function picked at run time
            [f"f{name} = np.sin if {condition} else np.tanh", f"{name} = f{name}({e[0]})"],
            [f"{name} = {old}", f"for f{name} in [np.sin, math.cos, lambda t: t * {paren(e[0])}]:",
             f"    {name} = f{name}({name})"],
            # unpacking
            [f"h{name}, *r{name} = {array}", f"{name} = h{name} * r{name}[-1] + {e[0]}"],
            [f"(g{name}, h{name}), {name} = ({e[0]}, {e[1]}), {e[2]}", f"{name} = g{name} * {name} - h{name}"],
            # lists: two names for one, taken apart from the end, pairs
            [f"l{name} = [{e[0]}, {old}]", f"n{name} = l{name}", f"n{name}.append({e[1]})",
             f"{name} = l{name}[2] * len(l{name}) + n{name}[0]"],
            [f"l{name} = [{e[0]}, {e[1]}, {old}]", f"{name} = 1.0", f"while l{name}:",
             f"    {name} = np.tanh({name} + l{name}.pop())"],
            [f"l{name} = [(v, v * {paren(e[0])}) for v in {array}]", f"{name} = sum(u * v for u, v in l{name})"],
            [f"{name} = sum([v * v for v in {array} if v > 0.3]) * {paren(e[0])}"],
            [f"d{name} = {{k: v * {paren(e[0])} for k, v in enumerate({array})}}", f"{name} = d{name}[0] + d{name}[1]"],
            # attributes
            [f"o{name} = SimpleNamespace(u={e[0]}, k=2)", f"for _ in range({trips}):",
             f"    o{name}.u = np.sin(o{name}.u * {old})", f"{name} = o{name}.u * o{name}.k"],
            # tests that assign, loops that end in the middle
            [f"{name} = {e[0]}", f"c{name} = 0",
             f"while (w{name} := {name} * 0.7 + 0.1) > -0.3 and c{name} < {trips}:", f"    {name} = np.cos(w{name})",
             f"    c{name} += 1", f"{name} = {name} + w{name}"],
            [f"{name} = 0.0", f"for v{name} in {array}:", f"    if v{name} > 0.5:",
             f"        {name} += v{name} * {e[0]}", "        continue",
             f"    if {name} > 1.0:", "        break", f"    {name} -= {e[1]} * v{name}"],
            # a number that becomes an array
            [f"a{name} = {old}", f"for _ in range({random.randint(1, 3)}):", f"    a{name} = np.sin(a{name} + {array})",
             f"{name} = np.sum(a{name} * {array})"],
            # a closure that sees what is assigned after it
            [f"{name} = {e[0]}", f"c{name} = lambda t: t * {name}", f"{name} = c{name}({old}) + {e[1]}",
             f"{name} = c{name}({name})"],
            [f"{name} = {old}", f"def c{name}(t, s={name}):", f"    return t * s + {old}",
             f"{name} = {e[1]}", f"{name} = c{name}({e[0]}) * c{name}({name}, 0.5)"],
            # bounds and indices that change afterwards
            [f"n{name} = {trips}", f"{name} = {e[0]}", f"for i{name} in range(n{name}):",
             f"    {name} = np.sin({name} + {array}[i{name} % {scope.arrays[array]}])", f"    n{name} = i{name}",
             f"n{name} += 1"],
            # things that do not matter
            ["with np.errstate(all='ignore'):", f"    {name} = {e[0]} * {old}"],
            [f"assert {old} == {old}, f'{{{old}}}'", f"{name} = {e[0]} if not {condition} else {old}"],
        ]
    )  # fmt: skip
    scope.floats.append(name)
    return lines
