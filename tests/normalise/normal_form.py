"""What the normal form promises."""

from __future__ import annotations

from collections import Counter

import gast

from srcgrad.normalise import normalise


def assert_normal_form(tree: gast.FunctionDef) -> None:
    """One return at the end, breaks in tail position, no continue, no loop-else, plain targets; no node twice."""
    returns = [node for node in gast.walk(tree) if isinstance(node, gast.Return)]
    assert returns == [tree.body[-1]]
    for node in gast.walk(tree):
        assert not isinstance(node, (gast.Continue, gast.AnnAssign, gast.NamedExpr))
        if isinstance(node, (gast.For, gast.While)):
            assert not node.orelse
        if isinstance(node, gast.For):
            assert_plain(node.target)
        if isinstance(node, gast.Assign):
            (target,) = node.targets
            if not isinstance(target, (gast.Attribute, gast.Subscript)):
                assert_plain(target)
            assert isinstance(target, gast.Name) or not isinstance(target, gast.Tuple) or not _is_display(node.value)
        if isinstance(node, (gast.stmt, gast.expr)):
            assert node.lineno > 0
    assert_breaks_last(tree.body, False)
    counted = Counter(id(node) for node in gast.walk(tree) if isinstance(node, (gast.stmt, gast.Name)))
    assert max(counted.values()) == 1
    assert gast.dump(normalise(tree)) == gast.dump(tree)


def assert_plain(target: gast.expr) -> None:
    """A variable, or a flat tuple of them."""
    elements = target.elts if isinstance(target, gast.Tuple) else [target]
    assert all(isinstance(element, gast.Name) for element in elements)


def assert_breaks_last(block: list[gast.stmt], tail: bool) -> None:
    """Nothing can follow a break in its trip."""
    for statement in block:
        last = tail and statement is block[-1]
        if isinstance(statement, gast.Break):
            assert last
        elif isinstance(statement, gast.If):
            assert_breaks_last(statement.body, last)
            assert_breaks_last(statement.orelse, last)
        elif isinstance(statement, (gast.For, gast.While)):
            assert_breaks_last(statement.body, True)
        elif isinstance(statement, (gast.Try, gast.With)):
            for inner in (statement.body, getattr(statement, "orelse", []), getattr(statement, "finalbody", [])):
                assert_breaks_last(inner, False)
            for handler in getattr(statement, "handlers", []):
                assert_breaks_last(handler.body, False)


def _is_display(value: gast.expr) -> bool:
    return isinstance(value, (gast.Tuple, gast.List))
