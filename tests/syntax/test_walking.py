"""Walking over trees without what holds nothing."""

from __future__ import annotations

import gast
import pytest

from srcgrad.syntax.walking import Collector, children, walk
from tests.programs import PROGRAMS

EMPTY = (gast.expr_context, gast.operator, gast.unaryop, gast.boolop, gast.cmpop)


@pytest.mark.parametrize("program", PROGRAMS[::40], ids=str)
def test_the_same_nodes_in_the_same_order_as_gast(program):
    import inspect
    import textwrap

    tree = gast.parse(textwrap.dedent(inspect.getsource(program.function)))
    expected = [node for node in gast.walk(tree) if not isinstance(node, EMPTY)]
    assert walk(tree) == expected
    for node in expected:
        assert children(node) == [child for child in gast.iter_child_nodes(node) if not isinstance(child, EMPTY)]


def test_collectors_visit_what_they_have_no_method_for():
    class Names(Collector):
        def __init__(self) -> None:
            self.found: set[str] = set()

        def visit_Name(self, node: gast.Name) -> None:
            self.found.add(node.id)

        def visit_Lambda(self, node: gast.Lambda) -> None:
            self.found.add("lambda")

    names = Names()
    names.visit(gast.parse("f(a[i], lambda x: x + hidden, [b for b in c])"))
    assert names.found == {"f", "a", "i", "lambda", "b", "c"}
