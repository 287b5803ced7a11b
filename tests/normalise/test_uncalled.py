"""Nested functions that nobody mentions any more."""

from __future__ import annotations

import gast

from srcgrad.normalise.uncalled import without_uncalled
from srcgrad.syntax.printer import print_tree

TEXT = """\
def f(x, y):
    scale = lambda v: 2.0 * v
    def unused(v):
        return scale(v)
    def kept(v, s=y):
        return v * s
    if x > 0.0:
        other = lambda: kept(1.0)
    return kept(x)
"""

WANTED = """\
def f(x, y):

    def kept(v, s=y):
        return v * s
    if x > 0.0:
        pass
    return kept(x)
"""


def test_functions_that_nobody_mentions_go():
    tree = gast.parse(TEXT).body[0]
    assert [line for line in print_tree(without_uncalled(tree)).splitlines() if line.strip()] == [
        line for line in WANTED.splitlines() if line.strip()
    ]


def test_what_its_default_computes_stays():
    tree = gast.parse("def f(x):\n    def g(v=print(x)):\n        return v\n    return x\n").body[0]
    assert without_uncalled(tree) is tree
