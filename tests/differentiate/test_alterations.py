"""Which objects may still change in place before their variables are bound anew."""

from __future__ import annotations

import gast

from srcgrad.differentiate.alterations import alterations
from srcgrad.differentiate.steps import Branch, Loop, Overwrite, Simple
from srcgrad.syntax.build import name


def binds(variable: str) -> Simple:
    return Simple([], assigned=frozenset([variable]), overwrites=[Overwrite(variable, name(variable))])


def changes(variable: str) -> Simple:
    return Simple([], overwrites=[Overwrite(variable, name(variable), whole=False)])


def loop(*body) -> Loop:
    return Loop(gast.parse("while t:\n    pass").body[0], list(body), True)


def test_a_variable_bound_first_is_safe():
    once = loop(binds("x"), changes("x"))
    found = alterations([once])
    assert found.before[once] == found.at_end[once] == frozenset()


def test_what_changes_before_it_is_bound_anew():
    once = loop(changes("x"), binds("x"))
    found = alterations([once])
    assert found.before[once] == found.at_end[once] == {"x"}


def test_what_changes_behind_a_loop_may_be_what_was_held_before_it():
    once = loop(binds("x"))
    found = alterations([once, changes("x")])
    assert found.before[once] == found.at_end[once] == {"x"}


def test_a_branch_may_leave_the_loop():
    branch = Branch(gast.parse("if t:\n    pass").body[0], [binds("y")], [], True)
    once = loop(branch, binds("x"))
    found = alterations([once, changes("x")])
    assert found.after_side[branch, True] == {"x"}
