"""If statements as a person writes them: no empty branches, no needless ``not``."""

from __future__ import annotations

from collections.abc import Sequence

import gast

from srcgrad.syntax.tree import located_at

_OPPOSITES = {
    gast.Eq: gast.NotEq,
    gast.NotEq: gast.Eq,
    gast.Is: gast.IsNot,
    gast.IsNot: gast.Is,
    gast.In: gast.NotIn,
    gast.NotIn: gast.In,
}


def branch(
    test: gast.expr, body: Sequence[gast.stmt], orelse: Sequence[gast.stmt], origin: gast.AST
) -> list[gast.stmt]:
    """``if test: body else: orelse``, turned round where the body is empty; no more than the test if both are."""
    if not body and not orelse:
        return [] if _is_plain(test) else [located_at(gast.Expr(test), origin)]
    if not body:
        test, body, orelse = negated(test), orelse, []
    return [gast.copy_location(gast.If(located_at(test, origin), list(body), list(orelse)), origin)]


def negated(test: gast.expr) -> gast.expr:
    """The test that holds where ``test`` does not.

    Orderings are not turned round (``not a < b`` differs from ``a >= b`` for NaN).
    """
    if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not):
        return test.operand
    if isinstance(test, gast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITES:
        opposite = gast.Compare(test.left, [_OPPOSITES[type(test.ops[0])]()], test.comparators)
        return located_at(opposite, test)
    return located_at(gast.UnaryOp(gast.Not(), test), test)


def _is_plain(test: gast.expr) -> bool:
    """Whether nobody notices that the test is not evaluated."""
    if isinstance(test, (gast.Name, gast.Constant)):
        return True
    if isinstance(test, gast.BoolOp):
        return all(_is_plain(value) for value in test.values)
    if isinstance(test, gast.Compare):
        return all(_is_plain(value) for value in (test.left, *test.comparators))
    return isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not) and _is_plain(test.operand)


def either(tests: Sequence[gast.expr]) -> gast.expr:
    """``tests[0] or tests[1] or ...``"""
    return tests[0] if len(tests) == 1 else gast.BoolOp(gast.Or(), list(tests))
