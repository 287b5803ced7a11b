from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

import gast
from hypothesis import HealthCheck, given, settings

from srcgrad.analyse.footprints import Footprints, statements_in
from srcgrad.analyse.liveness import liveness
from srcgrad.syntax.build import names_assigned, names_read
from srcgrad.syntax.comments import is_comment
from tests.optimise.functions import parse
from tests.optimise.random_programs import programs


@dataclass(eq=False)
class Point:
    """One point of a flow graph."""

    reads: set[str] = field(default_factory=set)
    kills: set[str] = field(default_factory=set)
    successors: list[Point] = field(default_factory=list)
    raising: list[Point] = field(default_factory=list)
    live: set[str] = field(default_factory=set)


class Graph:
    """A flow graph point by point: the textbook's algorithm, with nothing known of structure."""

    def __init__(self, function: gast.FunctionDef) -> None:
        self.points: list[Point] = []
        self.before: dict[gast.stmt, Point] = {}
        self.after: dict[gast.stmt, Point] = {}
        self.head: dict[gast.stmt, Point] = {}
        self.exit = self.point()
        self.block(function.body, self.exit, None, None, [])
        changed = True
        while changed:
            changed = False
            for point in reversed(self.points):
                out: set[str] = set().union(*(item.live for item in point.successors))
                live = (out - point.kills) | point.reads | self.exit.reads
                live = live.union(*(item.live for item in point.raising))
                changed |= live != point.live
                point.live = live

    def point(self, *successors: Point, reads: set[str] | None = None, kills: set[str] | None = None) -> Point:
        self.points.append(Point(reads or set(), kills or set(), list(successors)))
        return self.points[-1]

    def block(
        self,
        statements: Sequence[gast.stmt],
        following: Point,
        at_break: Point | None,
        at_continue: Point | None,
        raising: list[Point],
    ) -> Point:
        for statement in reversed(statements):
            self.after[statement] = following
            following = self.statement(statement, following, at_break, at_continue, raising)
            self.before[statement] = following
        return following

    def statement(
        self,
        statement: gast.stmt,
        after: Point,
        at_break: Point | None,
        at_continue: Point | None,
        raising: list[Point],
    ) -> Point:
        for node in gast.walk(statement):
            if isinstance(node, gast.Lambda):
                self.exit.reads |= names_read(node)
            if isinstance(node, gast.Global):
                self.exit.reads |= set(node.names)
        if isinstance(statement, gast.If):
            body = self.block(statement.body, after, at_break, at_continue, raising)
            orelse = self.block(statement.orelse, after, at_break, at_continue, raising)
            point = self.point(body, orelse, reads=names_read(statement.test))
        elif isinstance(statement, gast.While):
            point = self.point(reads=names_read(statement.test))
            point.successors = [self.block(statement.body, point, after, point, raising)]
            if not isinstance(statement.test, gast.Constant):
                point.successors.append(after)
            self.head[statement] = point
        elif isinstance(statement, gast.For):
            head = self.point()
            body = self.block(statement.body, head, after, head, raising)
            head.successors = [self.point(body, kills=names_assigned(statement.target)), after]
            head.raising = raising
            self.head[statement] = head
            point = self.point(head, reads=names_read(statement.iter))
        elif isinstance(statement, gast.Try):
            types = names_read([handler.type for handler in statement.handlers])
            handlers = [
                self.point(self.block(handler.body, after, at_break, at_continue, raising), reads=types)
                for handler in statement.handlers
            ]
            return self.block(statement.body, after, at_break, at_continue, [*raising, *handlers])
        elif isinstance(statement, gast.Break):
            assert at_break is not None
            return at_break
        elif isinstance(statement, gast.Continue):
            assert at_continue is not None
            return at_continue
        elif isinstance(statement, gast.Return):
            point = self.point(self.exit, reads=names_read(statement))
        elif is_comment(statement):
            return after
        else:
            point = self.point(after, reads=names_read(statement), kills=names_assigned(statement))
        point.raising = raising
        return point


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_agrees_with_a_flow_graph(text: str) -> None:
    function = parse(text)
    found, graph = liveness(function), Graph(function)
    for statement in statements_in(function.body):
        assert found.before[statement] == graph.before[statement].live, gast.dump(statement)
        assert found.after[statement] == graph.after[statement].live, gast.dump(statement)
        if statement in graph.head:
            assert found.head[statement] == graph.head[statement].live


def before_first(text: str) -> set[str]:
    """What is live at the start of ``def f(): ...``."""
    function = parse("def f():\n" + textwrap.indent(textwrap.dedent(text).strip(), "    "))
    return set(liveness(function).before[function.body[0]])


def test_writing_into_an_object_uses_it() -> None:
    assert before_first("a[i] = v") == {"a", "i", "v"}
    assert before_first("a.append(v)") == {"a", "v"}
    assert before_first("a += v") == {"a", "v"}
    assert before_first("a = 1\nreturn a") == set()


def test_a_loop_may_have_no_trip() -> None:
    assert before_first("for i in xs:\n    y = i\nreturn y, i") == {"xs", "y", "i"}


def test_an_endless_loop_is_left_by_break_only() -> None:
    assert before_first("while True:\n    y = 1\n    if c:\n        break\nreturn y") == {"c"}


def test_return_and_raise_go_nowhere() -> None:
    assert before_first("if c:\n    return a\nelse:\n    raise b\nreturn d") == {"a", "b", "c"}


def test_a_handler_may_be_reached_from_every_point_of_the_body() -> None:
    text = "y = 0\ntry:\n    y = f(x)\n    y = g(y)\nexcept E:\n    return y\nreturn 0"
    function = parse("def f():\n" + textwrap.indent(text, "    "))
    live = liveness(function)
    body = function.body[1].body
    assert "y" in live.after[function.body[0]]
    assert "y" in live.before[body[1]]
    assert "y" not in live.after[body[1]]


def test_finally_runs_on_every_way_out() -> None:
    assert before_first("try:\n    return a\nfinally:\n    f(b)") == {"a", "f", "b"}
    assert before_first("for i in xs:\n    try:\n        break\n    finally:\n        f(b)\nreturn c") == {
        "xs",
        "f",
        "b",
        "c",
    }


def test_a_manager_may_swallow_exceptions_unless_it_is_known_not_to() -> None:
    assert before_first("with suppress(E):\n    y = f(x)\nreturn y") == {"suppress", "E", "f", "x", "y"}
    assert before_first("with np.errstate():\n    y = f(x)\nreturn y") == {"np", "f", "x"}


def test_what_nested_functions_read_is_live_everywhere() -> None:
    function = parse("def f(x):\n    g = lambda: x\n    x = 1\n    y = g()\n    x = 2\n    return y")
    live = liveness(function)
    assert live.everywhere == {"x"}
    assert all("x" in live.before[statement] for statement in function.body)


def test_strong_liveness_counts_what_the_chosen_statements_need() -> None:
    function = parse(
        """
        def f(x, n):
            a = b = c = 0.0
            for i in range(n):
                a = b
                b = c
                c = a + x
            return n
        """
    )
    found = liveness(function, counts=lambda statement, live: isinstance(statement, gast.Return))
    assert found.counted == {function.body[-1]}
    assert found.before[function.body[0]] == {"n"}


def test_nested_loops_cost_few_walks() -> None:
    class Counting(Footprints):
        calls = 0

        def __call__(self, statement: gast.stmt):  # type: ignore[no-untyped-def]
            self.calls += 1
            return super().__call__(statement)

    depth = 12
    lines = ["def f(x, n):"]
    for level in range(depth):
        lines.append("    " * (level + 1) + f"for i{level} in range(n):")
    lines.append("    " * (depth + 1) + "x = x + i0")
    lines.append("    return x")
    footprints = Counting()
    liveness(parse("\n".join(lines)), footprints=footprints)
    assert footprints.calls < 10 * depth
