"""Names read and names assigned, and substitution, by Python's scoping rules."""

from __future__ import annotations

import ast
import symtable
import textwrap
from pathlib import Path

import gast
import pytest

import srcgrad
from srcgrad.syntax.build import names_assigned, names_read, parse_expression, parse_statements, substitute
from srcgrad.syntax.printer import print_tree
from srcgrad.syntax.scopes import local_names

READ_AND_ASSIGNED = [
    ("a = b", "b", "a"),
    ("a += b", "a b", "a"),
    ("a[i] = v", "a i v", ""),
    ("a[i] += v", "a i v", ""),
    ("a.b.c = v", "a v", ""),
    ("(a, [b, *c]), d[0] = e", "d e", "a b c"),
    ("del a, b[i]", "a b i", ""),
    ("a: int = b", "b", "a"),
    ("a: int", "", ""),
    ("a[i]: int", "a i", ""),
    ("for i, (j, *k) in r: x = i\nelse: y = 1", "r i", "i j k x y"),
    ("while (n := f(n)) > 1: pass", "f n", "n"),
    ("with a as b, c() as (d, e.f): g = b", "a c e b", "b d g"),
    ("import a.b, c as d, e.f as g", "", "a d g"),
    ("from a import b, c as d\nfrom e import *", "", "b d"),
    ("try: a = 1\nexcept E as e: b = e\nelse: c = 1\nfinally: d = 1", "E e", "a e b c d"),
    (
        "match s:\n    case [a, *b] | {'k': c, **d} if a: e = 1\n    case K(p, q=r) as t: pass",
        "s K a",
        "a b c d e p r t",
    ),
    ("y = [f(x, a) for x in x if x > b]", "x f a b", "y"),
    ("y = [x for x in r for z in x]", "r", "y"),
    ("y = [z for x in r for z in z]", "r", "y"),
    ("y = {k: (w := v) for k, v in d.items()}", "d", "y w"),
    ("y = any((last := x) > t for x in [x for x in s])", "any t s", "y last"),
    ("f = lambda x, y=d, *a, **k: x + y + c + len(a) + k[0]", "d c len", "f"),
    ("f = lambda x=(w := q): (v := x)", "q", "f w"),
    ("def f(x, y=d, *, z: t = e) -> r:\n    u = x + g\n    return u", "d t e r g", "f"),
    ("@deco\ndef f():\n    def g():\n        return free + local\n    local = 1\n    return g", "deco free", "f"),
    ("def f():\n    nonlocal s\n    s = 1", "s", "f"),
    ("def f():\n    x = 1\n    return [x + y for y in z]", "z", "f"),
    ("class C(B, m=M):\n    v = w\n    def g(self): return v", "B M w v", "C"),
    ("async def f(): await g()", "g", "f"),
    ("assert a, b", "a b", ""),
    ("raise E from c", "E c", ""),
    ("f'{a:{b}}'", "a b", ""),
    ("x = a if b else c", "a b c", "x"),
    ("global g", "", ""),
]


@pytest.mark.parametrize("text, read, assigned", READ_AND_ASSIGNED, ids=[case[0] for case in READ_AND_ASSIGNED])
def test_reads_and_assigns(text: str, read: str, assigned: str) -> None:
    statements = parse_statements(text)
    assert names_read(statements) == set(read.split())
    assert names_assigned(statements) == set(assigned.split())


def library_functions() -> list[tuple[ast.FunctionDef, symtable.SymbolTable]]:
    """The outermost functions of this package's modules, with what Python itself says about their names."""
    found = []
    for path in sorted(Path(srcgrad.__file__).parent.rglob("*.py")):
        text = path.read_text()
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                part = textwrap.dedent(ast.get_source_segment(text, node) or "")
                table = symtable.symtable(part, str(path), "exec").get_children()
                found += [(node, one) for one in table if one.get_name() == node.name and one.get_type() == "function"]
    return found


def test_local_names_are_those_of_pythons_own_symbol_tables() -> None:
    functions = library_functions()
    assert len(functions) > 50
    for node, table in functions:
        tree = gast.ast_to_gast(node)
        locals_of_table = {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_local() and (symbol.is_assigned() or symbol.is_parameter() or symbol.is_imported())
        }
        # From Python 3.12 on, comprehensions are inlined into the tables.
        inlined = {name for part in gast.walk(tree) for name in comprehension_names(part)}
        assert local_names(tree) - inlined == locals_of_table - inlined, node.name


def comprehension_names(node: gast.AST) -> set[str]:
    """The targets of a comprehension, nothing for another node."""
    if isinstance(node, gast.comprehension):
        return names_assigned(node.target)
    return set()


SUBSTITUTED = [
    ("a * x + a", {"a": "b + c"}, "(b + c) * x + (b + c)"),
    ("[a * x for x in a]", {"a": "b"}, "[b * x for x in b]"),
    ("[a * x for x in a]", {"a": "x"}, "[x * x_ for x_ in x]"),
    ("[x for x in x]", {"x": "y"}, "[x for x in y]"),
    ("{k: a for k, v in d if v for w in a}", {"a": "k[w]"}, "{k_: k[w] for k_, v in d if v for w_ in k[w]}"),
    ("lambda x, y=a: a * x * y", {"a": "x + z"}, "lambda x_, y=x + z: (x + z) * x_ * y"),
    ("lambda x: x + y", {"x": "q"}, "lambda x: x + y"),
    ("x[i:j]", {"i": "0", "x": "y.z"}, "y.z[0:j]"),
    ("f(a, key=a)", {"a": "b", "key": "c"}, "f(b, key=b)"),
    ("a.b", {"b": "c"}, "a.b"),
]


@pytest.mark.parametrize("text, replacements, expected", SUBSTITUTED, ids=[case[0] for case in SUBSTITUTED])
def test_substitutes_in_expressions(text: str, replacements: dict[str, str], expected: str) -> None:
    tree = parse_expression(text)
    before = gast.dump(tree)
    result = substitute(tree, {key: parse_expression(value) for key, value in replacements.items()})
    assert print_tree(result) == print_tree(parse_expression(expected))
    assert gast.dump(tree) == before


RENAMED = [
    ("x += x", {"x": "y[0]"}, "y[0] += y[0]"),
    ("for x in r: s = x", {"x": "t", "s": "u"}, "for t in r: u = t"),
    ("def f(x, y=a):\n    return x + a", {"a": "x"}, "def f(x_, y=x):\n    return x_ + x"),
    ("def f(): return f", {"f": "g"}, "def g(): return g"),
    ("def f():\n    nonlocal s\n    s = 1", {"s": "t"}, "def f():\n    nonlocal t\n    t = 1"),
    ("import numpy as np\nnp.sin(x)", {"np": "np_"}, "import numpy as np_\nnp_.sin(x)"),
    ("from m import a", {"a": "b"}, "from m import a as b"),
    ("try: pass\nexcept E as e: print(e)", {"e": "err"}, "try: pass\nexcept E as err: print(err)"),
    ("del x, y[i]", {"x": "z", "y": "w"}, "del z, w[i]"),
    ("def f():\n    x = a\n    return x", {"a": "x"}, "def f():\n    x_ = x\n    return x_"),
]


@pytest.mark.parametrize("text, replacements, expected", RENAMED, ids=[case[0] for case in RENAMED])
def test_substitutes_in_statements(text: str, replacements: dict[str, str], expected: str) -> None:
    result = substitute(parse_statements(text), {key: parse_expression(value) for key, value in replacements.items()})
    assert print_tree(result) == print_tree(parse_statements(expected))


def test_what_is_assigned_cannot_become_a_value() -> None:
    with pytest.raises(ValueError, match="x is assigned"):
        substitute(parse_statements("x = 1"), {"x": parse_expression("a + b")})
    with pytest.raises(ValueError, match="f is bound"):
        substitute(parse_statements("def f(): pass"), {"f": parse_expression("a.b")})
