"""The builders' simplifications: what they write, and that its value is right."""

from __future__ import annotations

import math

import gast
import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from srcgrad.syntax import build
from srcgrad.syntax.build import (
    add,
    assign,
    augment,
    base_name,
    binary,
    call,
    compare,
    constant,
    divide,
    for_statement,
    if_statement,
    is_number,
    matmul,
    method,
    multiply,
    name,
    negate,
    parse_expression,
    parse_statements,
    power,
    return_statement,
    subscript,
    subtract,
    tuple_of,
    while_statement,
)
from srcgrad.syntax.printer import print_tree

SIMPLIFIED = [
    (multiply(1.0, "e"), "e"),
    (multiply("e", 1), "e"),
    (multiply("e", "1.0 / y"), "e / y"),
    (multiply("e", "x / y"), "e * x / y"),
    (multiply("e", "-x / y"), "-e * x / y"),
    (multiply("1.0 / y", "x"), "x / y"),
    (multiply(1.0, "1.0 / y"), "1.0 / y"),
    (multiply(-1.0, "e"), "-e"),
    (multiply("a", "-b"), "-a * b"),
    (multiply("-a", "-b"), "a * b"),
    (multiply(2.0, multiply(0.5, "e")), "e"),
    (multiply(0.1, multiply(0.2, "e")), "0.02 * e"),
    (multiply(3, multiply(0.1, "e")), "0.3 * e"),
    (multiply(1e200, multiply(1e200, "e")), "1e+200 * 1e+200 * e"),
    (multiply("e", 0.5), "e * 0.5"),
    (multiply("e", 2, 3), "6 * e"),
    (multiply("e", "2.0 * x"), "2.0 * e * x"),
    (multiply("e", "-2.0 * x"), "-2.0 * e * x"),
    (multiply("e", "0.5 / z"), "0.5 * e / z"),
    (multiply("e", "x + y"), "e * (x + y)"),
    (multiply("e", "y * x ** (y - 1)"), "e * y * x ** (y - 1)"),
    (multiply(0.0, "e"), "0.0"),
    (multiply(2.0, "e / 3.0"), "2.0 * e / 3.0"),
    (multiply("p_bar", "p * p * np.exp(-z)"), "p_bar * p * p * np.exp(-z)"),
    (divide("e", 1.0), "e"),
    (divide("2.0 * e", 4.0), "0.5 * e"),
    (divide("e", "-y"), "-e / y"),
    (divide("e / y", 2.0), "e / y / 2.0"),
    (divide(1.0, 3.0), "1.0 / 3.0"),
    (divide(1.0, 4.0), "0.25"),
    (divide("a", "b * c"), "a / (b * c)"),
    (add(0.0, "e"), "e"),
    (add("e", 0), "e"),
    (add("a", "-b"), "a - b"),
    (add("-a", "b"), "b - a"),
    (add("-a", "-b"), "-a - b"),
    (add(1, 2), "3"),
    (add("a", "-2.0 * b"), "a - 2.0 * b"),
    (subtract("a", "-b"), "a + b"),
    (subtract("-a", "-b"), "b - a"),
    (subtract("a", 0), "a"),
    (subtract(0, "b"), "-b"),
    (subtract("a", "b - c"), "a - (b - c)"),
    (negate("-e"), "e"),
    (negate("a - b"), "-(a - b)"),
    (negate("a * b"), "-a * b"),
    (negate(2.0), "-2.0"),
    (negate(negate(2.0)), "2.0"),
    (negate("x ** 2"), "-x ** 2"),
    (matmul("a", "-b"), "-a @ b"),
    (power("a", 1), "a"),
    (power("a", 0), "1.0"),
    (power("-a", 2), "(-a) ** 2"),
    (power("a", 2), "a ** 2"),
    (binary("a", "*", 1.0), "a * 1.0"),
]


@pytest.mark.parametrize("tree, text", SIMPLIFIED, ids=[text for _, text in SIMPLIFIED])
def test_writes_what_a_person_would(tree: gast.expr, text: str) -> None:
    assert print_tree(tree) == text


leaves = st.sampled_from(
    ["x", "y", "-x", "x * y", "x / y", "-x / y", "x + y", "2.0 * x", "1.0 / y", "x ** 2"]
) | st.sampled_from([0, 1, -1, 2, 0.5, -0.25, 3.0])
builders = st.sampled_from([(add, "+"), (subtract, "-"), (multiply, "*"), (divide, "/")])


@st.composite
def expressions(draw: st.DrawFn, depth: int = 4) -> tuple[gast.expr, gast.expr]:
    """The same random expression built with and without simplification."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        leaf = build.expression(draw(leaves))
        return leaf, leaf
    if draw(st.integers(0, 4)) == 0:
        simple, plain = draw(expressions(depth - 1))
        return negate(simple), gast.UnaryOp(gast.USub(), plain)
    builder, operator = draw(builders)
    (a, plain_a), (b, plain_b) = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    return builder(a, b), binary(plain_a, operator, plain_b)


@settings(max_examples=400, deadline=None)
@given(expressions())
def test_simplification_keeps_the_value(pair: tuple[gast.expr, gast.expr]) -> None:
    values = {"x": 1.7, "y": -0.6}
    try:
        expected = eval(print_tree(pair[1]), dict(values))
    except ZeroDivisionError:
        return
    found = eval(print_tree(pair[0]), dict(values))
    assert math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12), (print_tree(pair[0]), print_tree(pair[1]))


@settings(max_examples=200, deadline=None)
@given(expressions())
def test_builders_leave_their_operands_alone(pair: tuple[gast.expr, gast.expr]) -> None:
    before = gast.dump(pair[0])
    for builder in (add, subtract, multiply, divide, matmul):
        builder(pair[0], "-q / r")
        builder("-q / r", pair[0])
    negate(pair[0])
    augment("x_bar", "+", pair[0])
    assert gast.dump(pair[0]) == before


def test_statements() -> None:
    statements = [
        assign("x_bar", "e"),
        assign("a, b[0]", "f(x)"),
        augment("x_bar[i]", "+", "-a * b"),
        augment("x_bar", "-", negate("e")),
        augment("x_bar", "*", -0.5),
        if_statement("a > 0.0", [assign("b", 1)], [assign("b", 2)]),
        for_statement("i, j", call("zip", "u", "v"), [assign(subscript("w", "i", "j"), 0.0)]),
        while_statement("tape", [assign(tuple_of("s", "t"), method("tape", "pop"))]),
        return_statement(compare("x", "is not", None)),
        return_statement(subscript("x", gast.Slice(constant(1), constant(-1), None), "i")),
    ]
    assert print_tree(statements).splitlines() == [
        "x_bar = e",
        "a, b[0] = f(x)",
        "x_bar[i] -= a * b",
        "x_bar += e",
        "x_bar *= -0.5",
        "if a > 0.0:",
        "    b = 1",
        "else:",
        "    b = 2",
        "for i, j in zip(u, v):",
        "    w[i, j] = 0.0",
        "while tape:",
        "    s, t = tape.pop()",
        "return x is not None",
        "return x[1:-1, i]",
    ]
    reparsed = gast.parse(print_tree(statements))
    assert gast.dump(reparsed) == gast.dump(gast.Module(statements, []))


def test_statements_do_not_share_nodes() -> None:
    shared = parse_expression("x + y")
    statements = [assign("a", shared), assign("b", shared), augment(shared.left, "+", shared)]
    nodes = [node for statement in statements for node in gast.walk(statement) if node._fields]
    assert len(nodes) == len({id(node) for node in nodes})
    assert isinstance(shared.left.ctx, gast.Load)


def test_indices_as_values() -> None:
    index = parse_expression("x[0, 1:n, :, ::2, None, ..., i]").slice
    text = "(0, slice(1, n), slice(None, None), slice(None, None, 2), None, ..., i)"
    assert print_tree(build.index_value(index)) == text
    assert print_tree(build.index_value(parse_expression("x[:-1]").slice)) == "slice(None, -1)"


def test_constants() -> None:
    assert print_tree(constant(("a", 1, -2.0, None, ...))) == '("a", 1, -2.0, None, ...)'
    assert print_tree(constant(True)) == "True"
    assert gast.dump(build.expression("None")) == gast.dump(constant(None))
    assert is_number(-2.0) and is_number("-2.0", -2) and not is_number("x") and not is_number(True)


def test_base_name() -> None:
    assert [base_name(parse_expression(text)) for text in ("a", "a[i]", "a.b[i].c", "f(a)[0]", "(a, b)")] == [
        "a",
        "a",
        "a",
        None,
        None,
    ]


def test_parsed_trees_have_no_location_and_take_one() -> None:
    (statement,) = parse_statements("y = f(x)")
    assert not any(getattr(node, "lineno", None) for node in gast.walk(statement))
    origin = gast.parse("\n\n  \nq = 1").body[0]
    build.located_at(statement, origin)
    assert {node.lineno for node in gast.walk(statement) if "lineno" in node._attributes} == {4}


def test_copies_are_deep() -> None:
    tree = parse_statements("for i in r:\n    x[i] += 1")
    copied = build.copy_tree(tree)
    assert gast.dump(copied[0]) == gast.dump(tree[0])
    copied[0].body[0].target.value.id = "changed"
    assert tree[0].body[0].target.value.id == "x"
    assert name("x").id == "x"
